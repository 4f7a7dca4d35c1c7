import { finishPaced } from "../../core/long-work.js";
import { firstStore, type InventoryProblem, numStores, SUPPLIER } from "../../envs/inventory/problem.js";
import { normalQuantile } from "../normal-distribution.js";
import { optimalBaseStock, optimalReorderPoint, type ReorderPoint } from "./backlogged.js";
import { demandTableOf } from "./demand-table.js";
import { type LostSalesStore, lotOf } from "./lost-sales.js";
import { type CostSettings, measureCost } from "./measure-cost.js";
import { type Optimum, revenueOf, type UnknownOptimum } from "./optimum.js";
import { bestBaseStock, bestCappedBaseStock, bestReorderPointOnGrid, stridesOf, waitingLevel } from "./order-rules.js";
import { type Found, patternSearch } from "./pattern-search.js";
import { type InventoryRule, ordersOf, ownEdges } from "./rules.js";

/** A simple policy with the best numbers found for it, and what it costs. */
export interface Benchmark {
  readonly name: "newsvendor" | InventoryRule["rule"];
  readonly rule: InventoryRule;
  /** Per store and period. */
  readonly cost: number;
  /** Standard error of `cost`; 0 where it is exact. */
  readonly costError: number;
}

export interface BenchmarkSettings {
  /** Seed of the traces that a policy is measured on; those that levels are chosen on are others. */
  readonly seed: number;
  /** Traces and periods of a measurement. */
  readonly cost?: Pick<CostSettings, "numTraces" | "burnIn" | "numPeriods">;
  /** Called now and then; what it answers with is waited for, and what it rejects with ends the work. */
  readonly breathe?: () => Promise<void> | undefined;
}

/** Traces and periods that levels are chosen on; the same for all levels. */
const SEARCH = { numTraces: 256, burnIn: 100, numPeriods: 400, streamName: "inventory/search" };
/** States of a base-stock rule, times demands, that are few enough to look at all of them for every level. */
const FEW_STEPS = 1e6;
/** Entries of a grid per standard deviation of normal demand, finest first. */
const GRIDS = [16, 8, 4];

/**
 * The simple policies of a network, each with the best numbers found for it, cheapest first.
 *
 * One store: the newsvendor level, the best level, and with lost sales the best level with a cap; their costs are exact
 * where the states are few, else levels are chosen on traces of their own and measured on others. Networks: echelon
 * levels, which are optimal in serial systems and nearly so in transshipment, elsewhere chosen on traces.
 *
 * @param optimum of the same problem; its levels are used where it has some
 */
export async function benchmarksOf(
  problem: InventoryProblem,
  optimum: Optimum | UnknownOptimum,
  settings: BenchmarkSettings,
): Promise<Benchmark[]> {
  const sold = problem.profit ? revenueOf(problem) : 0;
  const found =
    problem.nodes.length === 1 ? await ofStore(problem, settings) : [await ofNetwork(problem, optimum, settings)];
  return found
    .map((benchmark) => (benchmark.costError === 0 ? { ...benchmark, cost: benchmark.cost - sold } : benchmark))
    .sort((a, b) => a.cost - b.cost);
}

async function measured(
  problem: InventoryProblem,
  name: Benchmark["name"],
  rule: InventoryRule,
  { seed, cost, breathe }: BenchmarkSettings,
): Promise<Benchmark> {
  const { costMean, costError } = await measureCost(problem, ordersOf(rule, problem), { ...cost, seed, breathe });
  return { name, rule, cost: costMean, costError };
}

async function ofStore(problem: InventoryProblem, settings: BenchmarkSettings): Promise<Benchmark[]> {
  const { orderCost = 0 } = problem;
  const { holdingCost, underageCost } = problem.nodes[0];
  const { leadTime } = problem.edges[0];
  const { std, kind } = problem.demand;
  const onGrid = (parts: number): LostSalesStore => ({
    holdingCost,
    underageCost,
    leadTime,
    orderCost,
    demand: demandTableOf(problem.demand, 0, std[0] / parts),
  });
  if (problem.unmet === "backlogged") {
    const fine = onGrid(100);
    const { level, cost } = optimalBaseStock(fine);
    // Whoever orders up to a level orders whenever something was asked for.
    const nothing = fine.demand.first > 0 ? 0 : fine.demand.probabilities[0];
    const plain: Benchmark = {
      name: "base-stock",
      rule: { rule: "base-stock", level },
      cost: cost + orderCost * (1 - nothing),
      costError: 0,
    };
    return orderCost === 0 ? [plain] : [plain, ofReorderPoint(optimalReorderPoint(fine))];
  }
  const fine = onGrid(100);
  const newsvendor = waitingLevel(fine, leadTime + 1) * fine.demand.step;
  const first = await measured(problem, "newsvendor", { rule: "base-stock", level: newsvendor }, settings);
  const parts = (kind === "poisson" ? [1] : GRIDS).find((candidate) => stepsOf(onGrid(candidate)) <= FEW_STEPS);
  return [first, ...(await (parts ? exactly(onGrid(parts), settings) : onTraces(problem, onGrid(GRIDS[2]), settings)))];
}

function ofReorderPoint({ reorder, level, cost }: ReorderPoint): Benchmark {
  return { name: "reorder-point", rule: { rule: "reorder-point", reorder, level }, cost, costError: 0 };
}

/** States that a base-stock rule leads to, about, times demands: all ways to spread its level over the pipeline. */
function stepsOf(store: LostSalesStore): number {
  const level = waitingLevel(store, store.leadTime + 1);
  let states = 1;
  for (let i = 1; i <= store.leadTime; i++) states *= (level + i) / i;
  return states * store.demand.probabilities.length;
}

async function exactly(store: LostSalesStore, { breathe }: BenchmarkSettings): Promise<Benchmark[]> {
  const breath = () => breathe?.();
  const plain = await finishPaced(bestBaseStock(store), breath);
  const capped = await finishPaced(bestCappedBaseStock(store), breath);
  const waiting = store.orderCost ? [ofReorderPoint(await finishPaced(bestReorderPointOnGrid(store), breath))] : [];
  return [
    ...waiting,
    { name: "base-stock", rule: { rule: "base-stock", level: plain.level }, cost: plain.cost, costError: 0 },
    {
      name: "capped-base-stock",
      rule: { rule: "capped-base-stock", level: capped.level, most: capped.most },
      cost: capped.cost,
      costError: 0,
    },
  ];
}

async function onTraces(
  problem: InventoryProblem,
  store: LostSalesStore,
  settings: BenchmarkSettings,
): Promise<Benchmark[]> {
  const { step } = store.demand;
  const level = waitingLevel(store, store.leadTime + 1);
  const plain = await searchOnTraces(problem, [level], ([at]) => ({ rule: "base-stock", level: at * step }), settings);
  const capped = await searchOnTraces(
    problem,
    [level, waitingLevel(store, 1)],
    ([at, most]) => ({ rule: "capped-base-stock", level: at * step, most: most * step }),
    settings,
  );
  if (!store.orderCost) return [plain, capped];
  const waiting = await searchOnTraces(
    problem,
    [level, lotOf(store)],
    ([at, lot]) => ({ rule: "reorder-point", reorder: at * step, level: (at + lot) * step }),
    settings,
  );
  return [plain, capped, waiting];
}

/** The best numbers on the traces of the search, then measured on those of the test. */
async function searchOnTraces(
  problem: InventoryProblem,
  start: readonly number[],
  ruleOf: (point: readonly number[]) => InventoryRule,
  settings: BenchmarkSettings,
): Promise<Benchmark> {
  const { seed, breathe } = settings;
  const points = patternSearch(start, stridesOf(start));
  let step: IteratorResult<readonly number[], Found> = points.next();
  while (!step.done) {
    const orders = ordersOf(ruleOf(step.value), problem);
    const { costMean } = await measureCost(problem, orders, { ...SEARCH, seed, breathe });
    step = points.next(costMean);
  }
  const rule = ruleOf(step.value.at);
  return measured(problem, rule.rule, rule, settings);
}

function ofNetwork(
  problem: InventoryProblem,
  { policy }: Optimum | UnknownOptimum,
  settings: BenchmarkSettings,
): Promise<Benchmark> {
  if (policy?.kind === "echelon-base-stock") {
    return measured(problem, "echelon-base-stock", { rule: "echelon-base-stock", levels: policy.levels }, settings);
  }
  const { holdingCost, underageCost } = problem.nodes[firstStore(problem)];
  const start = normalQuantile(underageCost / (underageCost + holdingCost));
  // Standard deviations above the mean, in twentieths, and raised to be 0 or more: of stores, then of those that serve.
  const entryOf = (score: number) => Math.max(0, Math.round(20 * (score + 3)));
  const scoreOf = (entry: number) => entry / 20 - 3;
  const ruleOf = ([stores, others]: readonly number[]): InventoryRule => ({
    rule: "echelon-base-stock",
    levels: echelonLevels(problem, scoreOf(stores), scoreOf(others)),
  });
  return searchOnTraces(problem, [entryOf(start), entryOf(start)], ruleOf, settings);
}

/**
 * Echelon levels [numNodes] that are so many standard deviations above the demand that the stores below expect until
 * what is ordered helps them.
 */
function echelonLevels(problem: InventoryProblem, scoreOfStores: number, scoreOfOthers: number): number[] {
  const { nodes, edges, demand } = problem;
  const first = firstStore(problem);
  const own = ownEdges(problem);
  const path = (store: number) => {
    const passed: number[] = [];
    for (let node = store; node !== SUPPLIER; node = edges[own[node]].from) passed.push(node);
    return passed;
  };
  const paths = Array.from({ length: numStores(problem) }, (_, store) => path(first + store));
  return nodes.map((_, node) => {
    const below = paths.filter((passed) => passed.includes(node));
    let [mean, variance, together, periods] = [0, 0, 0, 0];
    for (const passed of below) {
      const store = passed[0] - first;
      const steps = passed.slice(0, passed.indexOf(node) + 1);
      periods = 1 + steps.reduce((sum, step) => sum + edges[own[step]].leadTime, 0);
      mean += periods * demand.mean[store];
      variance += periods * demand.std[store] ** 2;
      together += Math.sqrt(periods) * demand.std[store];
    }
    const { correlation } = demand;
    const spread = Math.sqrt((1 - correlation) * variance + correlation * together ** 2);
    return mean + (node >= first ? scoreOfStores : scoreOfOthers) * spread;
  });
}

/**
 * What it costs, per store and period, to know demand in advance and to order it so that it arrives in time: only what
 * is bought, by the road of least lead time. No policy costs less where the shortest road is the cheapest.
 */
export function justInTimeCost(problem: InventoryProblem): number {
  const { edges, demand } = problem;
  const own = ownEdges(problem);
  let total = 0;
  demand.mean.forEach((mean, store) => {
    for (let node = firstStore(problem) + store; node !== SUPPLIER; node = edges[own[node]].from) {
      total += mean * edges[own[node]].cost;
    }
  });
  return total / demand.mean.length;
}
