import { loadEngine } from "../../compute/index.js";
import { createReferenceGroup } from "../../compute/reference-unrolled.js";
import { createUnrolled, type UnrolledNetwork } from "../../compute/unrolled.js";
import { finishPaced } from "../../core/long-work.js";
import type { InventoryProblem } from "../../envs/inventory/problem.js";
import { HISTORY } from "../../envs/inventory/sales.js";
import { PRICES, salesTable } from "../../envs/inventory/sales-table.js";
import { DAY_UNIT, FORECAST_ROWS, FORECASTER, fitForecaster, type Level, readLevel } from "./forecaster.js";
import { measureCost } from "./measure-cost.js";
import { patternSearch } from "./pattern-search.js";
import type { Orders } from "./play-traces.js";
import { InventorySimulator } from "./simulator.js";

/** The price over the holding cost at which a rule's `shift` is read: the middle of the prices. */
const MIDDLE = 9;

/**
 * A newsvendor of one store with recorded sales: it orders up to the quantile of forecast demand whose log-odds are
 * `shift` + `slope` · log(p / 9h). Plain data.
 */
export interface NewsvendorRule {
  readonly shift: number;
  readonly slope: number;
  /** Whether what is too much may be sent back, which no store can do. */
  readonly returns: boolean;
  /** Units of stock that count as 1 to the forecaster, and its parameters. */
  readonly unit: number;
  readonly forecaster: Float32Array | Float64Array;
}

export type NewsvendorName = "quantile-nv" | "returns-nv" | "fixed-quantile" | "transformed-nv";

/** A newsvendor, and what it costs per store and week in the weeks that nothing was learned from. */
export interface MeasuredNewsvendor {
  readonly name: NewsvendorName;
  readonly rule: NewsvendorRule;
  readonly cost: number;
  readonly costError: number;
}

/** What a newsvendor does, in words. */
export function newsvendorText({ shift, slope, returns }: NewsvendorRule): string {
  const at = (price: number) => (1 / (1 + Math.exp(-shift - slope * Math.log(price / MIDDLE)))).toFixed(2);
  const quantile = slope === 0 ? at(MIDDLE) : `${at(PRICES[0])} to ${at(PRICES[1])}, by the price`;
  return `order up to the quantile ${quantile}${returns ? ", and send back what is too much" : ""}`;
}

/** Samples on whose training weeks numbers are chosen. */
const SEARCH_TRACES = 128;
/** A search counts in twentieths, from this on. */
const ORIGIN = -10;
const PARTS_OF_ONE = 20;

/** What a newsvendor orders. `create` makes the network that forecasts, one slot of so many rows. */
export function newsvendorOrders(
  { shift, slope, returns, unit, forecaster }: NewsvendorRule,
  problem: InventoryProblem,
  create: (rows: number) => UnrolledNetwork = (rows) => createUnrolled(createReferenceGroup, FORECASTER, 1, rows),
): Orders {
  const { width, pipelineWidth, facts } = new InventorySimulator(problem);
  const level: Level = { units: 0, slope: 0 };
  let network: UnrolledNetwork | null = null;
  return (pipelines, numTraces, orders) => {
    if (!network || network.maxRows < numTraces) {
      network = create(numTraces);
      network.setParameters(forecaster);
    }
    const { values } = network;
    const [inputs, outputs] = [network.inputs(0), network.outputs(0)];
    for (let trace = 0; trace < numTraces; trace++) {
      const from = trace * width + pipelineWidth;
      const to = inputs.first + trace * inputs.stride;
      for (let i = 0; i < HISTORY; i++) values[to + i] = pipelines[from + facts.past + i] / unit;
      values[to + HISTORY] = pipelines[from + facts.days] / DAY_UNIT;
    }
    network.forward(0, numTraces);
    for (let trace = 0; trace < numTraces; trace++) {
      const from = trace * width + pipelineWidth;
      const odds = Math.log(pipelines[from + facts.underageCosts] / (MIDDLE * pipelines[from + facts.holdingCosts]));
      const quantile = 1 / (1 + Math.exp(-shift - slope * odds));
      const first = outputs.first + trace * outputs.stride;
      readLevel(values, first, pipelines[from + facts.leadTimes], quantile, unit, level);
      let position = 0;
      for (let entry = trace * width; entry < trace * width + pipelineWidth; entry++) position += pipelines[entry];
      orders[trace] = returns ? level.units - position : Math.max(0, level.units - position);
    }
  };
}

/** Those of the newest few sales and seeds. */
const fitted = new Map<string, Promise<readonly MeasuredNewsvendor[]>>();
const MOST_FITTED = 4;

/**
 * The newsvendors of one store with recorded sales, cheapest first: the forecaster is fitted to the training weeks, and
 * so is what each has to choose (one quantile for all, or how it follows from the price), by a local search on the same
 * demand; all are measured in the test weeks. `breathe` is called now and then; what it rejects with ends the work.
 */
export function measuredNewsvendors(
  problem: InventoryProblem,
  seed: number,
  breathe: () => Promise<void> | undefined = () => undefined,
): Promise<readonly MeasuredNewsvendor[]> {
  const key = JSON.stringify([problem.sales, problem.nodes, seed]);
  const before = fitted.get(key);
  if (before) return before;
  const work = fitNewsvendors(problem, seed, breathe);
  fitted.set(key, work);
  if (fitted.size > MOST_FITTED) fitted.delete(fitted.keys().next().value as string);
  // What was ended half-way is not kept.
  work.catch(() => fitted.delete(key));
  return work;
}

async function fitNewsvendors(problem: InventoryProblem, seed: number, breathe: () => Promise<void> | undefined) {
  const engine = await loadEngine("wasm-simd");
  const create = (rows: number): UnrolledNetwork =>
    createUnrolled(engine?.unrolled ?? createReferenceGroup, FORECASTER, 1, rows);
  const unit = problem.demand.mean[0];
  const network = create(FORECAST_ROWS);
  await finishPaced(fitForecaster(network, salesTable(problem.sales?.data ?? "", 1), unit, seed), () => breathe());
  const forecaster = network.getParameters();
  const ruleOf = (shift: number, slope: number, returns = false): NewsvendorRule => {
    return { shift, slope, returns, unit, forecaster };
  };
  const measure = (rule: NewsvendorRule, part: "train" | "test", numTraces?: number) =>
    measureCost(problem, newsvendorOrders(rule, problem, create), {
      seed,
      part,
      ...(numTraces && { numTraces }),
      breathe,
    });
  const search = async (start: readonly number[], of: (point: readonly number[]) => NewsvendorRule) => {
    const entries = start.map((value) => Math.round((value - ORIGIN) * PARTS_OF_ONE));
    const values = (point: readonly number[]) => point.map((entry) => entry / PARTS_OF_ONE + ORIGIN);
    const points = patternSearch(
      entries,
      entries.map(() => PARTS_OF_ONE),
    );
    let step = points.next();
    while (!step.done) {
      const { costMean } = await measure(of(values(step.value)), "train", SEARCH_TRACES);
      step = points.next(costMean);
    }
    return of(values(step.value.at));
  };
  const fixed = await search([Math.log(MIDDLE)], ([shift]) => ruleOf(shift, 0));
  const rules: readonly (readonly [NewsvendorName, NewsvendorRule])[] = [
    ["quantile-nv", ruleOf(Math.log(MIDDLE), 1)],
    ["returns-nv", ruleOf(Math.log(MIDDLE), 1, true)],
    ["fixed-quantile", fixed],
    ["transformed-nv", await search([fixed.shift, 0], ([shift, slope]) => ruleOf(shift, slope))],
  ];
  const measured: MeasuredNewsvendor[] = [];
  for (const [name, rule] of rules) {
    const { costMean, costError } = await measure(rule, "test");
    measured.push({ name, rule, cost: costMean, costError });
  }
  return measured.sort((a, b) => a.cost - b.cost);
}
