import { InventoryRulePolicy } from "../agents/policies/inventory-rule.js";
import type { Policy } from "../agents/policies/policy.js";
import { TreePolicy } from "../agents/policies/tree.js";
import { fitTree } from "../compute/trees/cart.js";
import { numNodesOf } from "../compute/trees/tree.js";
import { InputError } from "../core/errors.js";
import { finishPaced } from "../core/long-work.js";
import type { OptionValues } from "../core/options.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import type { InventoryProblem } from "../envs/inventory/problem.js";
import { orderOf } from "../evaluate/inventory/lost-sales.js";
import { type CostReport, measureCost } from "../evaluate/inventory/measure-cost.js";
import { type Optimum, optimumOf, type UnknownOptimum } from "../evaluate/inventory/optimum.js";
import { ordersOfActor } from "../evaluate/inventory/orders-of-actor.js";
import type { Orders } from "../evaluate/inventory/play-traces.js";
import { type InventoryRule, ruleText } from "../evaluate/inventory/rules.js";
import { InventorySimulator } from "../evaluate/inventory/simulator.js";
import { explainedNetwork } from "./explained-network.js";
import type { OrderCurve } from "./explanation.js";
import { leastNear, levelStep } from "./level-search.js";
import { networkCandidates } from "./order-levels.js";
import type { OrdersOptions } from "./orders-options.js";
import type { Pace } from "./pace.js";
import type { ReadableOrders, Watched } from "./readable-orders.js";

export interface OrdersFound {
  readonly best: ReadableOrders;
  /** All that was tried, cheapest first, with its cost on traces of the choice and its agreement. */
  readonly tried: readonly { readonly readable: ReadableOrders; readonly cost: number; readonly agreement: number }[];
  readonly selectTraces: number;
  /** Costs per store and period on the test traces. */
  readonly teacherCost: CostReport;
  readonly studentCost: CostReport;
  /** Share of the periods in which both order the same to within half a unit: where the policy leads, and where the readable one does. */
  readonly fidelity: number;
  readonly fidelityOnOwnStates: number;
  readonly optimum: Optimum | UnknownOptimum;
  /** Null for a network. */
  readonly curve: OrderCurve | null;
}

/** Traces on which the cheapest is chosen, of one store and of a network: those differ by percents, and take longer. */
const SELECT_TRACES = [256, 48] as const;

/** Share of the least cost by which a network's rule may cost more than the cheapest, if it agrees more. */
const TOLERANCE = 0.01;

/** Of those that cost about as little as the first, the one that agrees most. */
function mostFaithful<Tried extends { readonly cost: number; readonly agreement: number }>(
  tried: readonly Tried[],
): Tried {
  const least = tried[0].cost;
  const close = tried.filter(({ cost }) => cost - least <= TOLERANCE * Math.abs(least));
  return close.reduce((best, one) => (one.agreement > best.agreement ? one : best));
}

/** Periods of a watched trace, and those before that do not count. */
const PERIODS = 200;
const BURN_IN = 100;
/** The same of a trace that measures a cost. */
const TEST_PERIODS = 1000;
const TEST_BURN_IN = 300;
/** Work of an order by a readable policy, beside one by the policy itself. */
const READABLE_WORK = 0.3;

/**
 * Makes the policy of one store readable: a base-stock level, one with a cap, a table by what the store has and expects,
 * or a small regression tree, whichever costs least; with the curve of its order-up-to levels beside the best ones. Of a
 * network: a level for each road or node, with a cap or without, whichever agrees most of those that cost least to within
 * a percent.
 *
 * Levels, table and tree are fitted by least squares to what the policy orders where it leads.
 * Does not show: how an order depends on when the goods under way arrive, which only the tree knows, and of a network how
 * it depends on what other nodes than the road's end have.
 * Throws {@link InputError} for recorded sales, and for other worlds.
 */
export async function readableOrders(
  policy: Policy,
  spec: EnvironmentSpec,
  envOptions: OptionValues,
  seed: number,
  options: OrdersOptions,
  pace: Pace,
): Promise<OrdersFound> {
  const problem = explainedNetwork("orders", spec, envOptions);
  if (problem.sales) {
    throw new InputError(
      "method",
      "orders",
      "demand that is drawn; recorded sales make orders depend on their past too",
    );
  }
  const breathe = () => pace.breathe();
  const { width } = new InventorySimulator(problem);
  const ordersOf = (actor: Policy) => ordersOfActor(new InventorySimulator(problem), actor);
  const done = new WorkDone(pace);
  const counted = (actor: Policy) => done.counted(ordersOf(actor), actor === policy ? 1 : READABLE_WORK);
  const watch = (actor: Policy) => watched(problem, counted(actor), seed, options.traces, breathe);
  const measure = (actor: Policy, numTraces: number, streamName?: string) =>
    measureCost(problem, counted(actor), {
      seed: options.testSeed,
      numTraces,
      burnIn: TEST_BURN_IN,
      numPeriods: TEST_PERIODS,
      breathe,
      ...(streamName && { streamName }),
    });
  const watchWork = options.traces * (BURN_IN + PERIODS);
  const testWork = TEST_BURN_IN + TEST_PERIODS;
  const alone = problem.nodes.length === 1;
  const selectTraces = Math.min(SELECT_TRACES[alone ? 0 : 1], options.testTraces);

  const seen = await watch(policy);
  const tried = [];
  const candidates = alone
    ? candidatesFor(problem, spec, seen, options.maxLeafNodes)
    : networkCandidates(problem, seen);
  done.total =
    watchWork +
    options.testTraces * testWork +
    READABLE_WORK * (watchWork + (candidates.length * selectTraces + options.testTraces) * testWork);
  for (const readable of candidates) {
    const { costMean } = await measure(readable.policy, selectTraces, "explain/select");
    const answers = await answersTo(readable.policy, seen, width, ordersOf);
    tried.push({ readable, cost: costMean, agreement: agreement(seen.orders, answers) });
  }
  tried.sort((a, b) => a.cost - b.cost);
  const chosen = alone ? tried[0] : mostFaithful(tried);
  const best = chosen.readable;
  const own = await watch(best.policy);
  const optimum = await finishPaced(optimumOf(problem), breathe);
  return {
    best,
    tried,
    selectTraces,
    teacherCost: await measure(policy, options.testTraces),
    studentCost: await measure(best.policy, options.testTraces),
    fidelity: chosen.agreement,
    fidelityOnOwnStates: agreement(own.orders, await answersTo(policy, own, width, ordersOf)),
    optimum,
    curve: alone ? curveOf(problem, seen, await answersTo(best.policy, seen, width, ordersOf), optimum) : null,
  };
}

/** Tells how much of the work is done, in rows of orders that the policy was asked for. */
class WorkDone {
  /** Rows that will be asked for; nothing is told until that is known. */
  total = 0;
  private done = 0;

  constructor(private readonly pace: Pace) {}

  /** Counts each row as `work` of one that the policy itself is asked for. */
  counted(orders: Orders, work: number): Orders {
    return (rows, count, out) => {
      this.done += work * count;
      if (this.total > 0) this.pace.progress?.(Math.min(1, this.done / this.total));
      return orders(rows, count, out);
    };
  }
}

async function watched(
  problem: InventoryProblem,
  fillOrders: Orders,
  seed: number,
  numTraces: number,
  breathe: () => Promise<void> | undefined,
): Promise<Watched> {
  const { width, numEdges } = new InventorySimulator(problem);
  const pipelines: Float64Array[] = [];
  const orders: Float64Array[] = [];
  let periods = 0;
  const recorder: Orders = async (rows, count, out) => {
    await fillOrders(rows, count, out);
    // Traces are played in chunks, each from its first period on.
    if (periods++ % (BURN_IN + PERIODS) < BURN_IN) return;
    pipelines.push(rows.slice(0, count * width));
    orders.push(out.slice(0, count * numEdges));
  };
  const streamName = "explain/gather";
  await measureCost(problem, recorder, { seed, numTraces, burnIn: BURN_IN, numPeriods: PERIODS, streamName, breathe });
  return { pipelines: joined(pipelines), orders: joined(orders) };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What another policy would order in these periods [n, numEdges]. */
async function answersTo(
  policy: Policy,
  { pipelines, orders }: Watched,
  width: number,
  ordersOf: (actor: Policy) => Orders,
): Promise<Float64Array> {
  const answers = new Float64Array(orders.length);
  await ordersOf(policy)(pipelines, pipelines.length / width, answers);
  return answers;
}

function agreement(a: Float64Array, b: Float64Array): number {
  let same = 0;
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i] - b[i]) <= 0.5) same++;
  return same / a.length;
}

/** On hand and on the way, in each period [n]. */
function positionsOf({ pipelines, orders }: Watched): Float64Array {
  const width = pipelines.length / orders.length;
  return orders.map((_, row) =>
    pipelines.subarray(row * width, (row + 1) * width).reduce((sum, units) => sum + units, 0),
  );
}

function candidatesFor(
  problem: InventoryProblem,
  spec: EnvironmentSpec,
  seen: Watched,
  maxLeafNodes: number,
): ReadableOrders[] {
  const step = levelStep(problem);
  const positions = positionsOf(seen);
  const rule = (fitted: InventoryRule, terms: number): ReadableOrders => ({
    label: ruleText(fitted, problem),
    policy: new InventoryRulePolicy(fitted, problem),
    size: { terms },
    text: ruleText(fitted, problem),
    levels: null,
  });
  const highest = seen.orders.reduce((most, order) => Math.max(most, order), 0);
  const level = positions.reduce((sum, position, row) => sum + position + seen.orders[row], 0) / positions.length;
  const [plainLevel] = leastNear([level / step], ([at]) =>
    squares(seen, positions, at * step, Number.POSITIVE_INFINITY),
  );
  const [cappedLevel, most] = leastNear([level / step, highest / step], ([at, cap]) =>
    squares(seen, positions, at * step, cap * step),
  );
  const table = orderTable(seen, positions, problem.wholeUnits ? 1 : problem.demand.mean[0] / 5, problem.wholeUnits);
  const trees = [...new Set([4, 8, maxLeafNodes])]
    .filter((leaves) => leaves <= maxLeafNodes)
    .map((leaves) => treeOf(spec, seen, leaves));
  return [
    rule({ rule: "base-stock", level: plainLevel * step }, 1),
    rule({ rule: "capped-base-stock", level: cappedLevel * step, most: most * step }, 2),
    rule(table, table.orders.length),
    ...trees,
  ];
}

function squares({ orders }: Watched, positions: Float64Array, level: number, most: number): number {
  let sum = 0;
  for (let row = 0; row < orders.length; row++) {
    sum += (Math.min(most, Math.max(0, level - positions[row])) - orders[row]) ** 2;
  }
  return sum;
}

/** The mean order by position; where the policy never was, that of the nearest place below, or of the first. */
function orderTable({ orders }: Watched, positions: Float64Array, step: number, whole: boolean) {
  const sums: number[] = [];
  const counts: number[] = [];
  positions.forEach((position, row) => {
    const entry = Math.max(0, Math.floor(position / step));
    sums[entry] = (sums[entry] ?? 0) + orders[row];
    counts[entry] = (counts[entry] ?? 0) + 1;
  });
  const means: number[] = [];
  let last = sums[counts.findIndex((count) => count > 0)] / counts[counts.findIndex((count) => count > 0)];
  for (let entry = 0; entry < counts.length; entry++) {
    if (counts[entry] > 0) last = sums[entry] / counts[entry];
    means.push(whole ? Math.round(last) : last);
  }
  return { rule: "order-table", step, orders: means } as const;
}

function treeOf(spec: EnvironmentSpec, { pipelines, orders }: Watched, maxLeafNodes: number): ReadableOrders {
  const observationNames = spec.observation.map(({ name }) => name);
  const tree = fitTree(
    { inputs: Float32Array.from(pipelines), numFeatures: observationNames.length, targets: orders },
    { maxLeafNodes },
  );
  const policy = new TreePolicy({ kind: "tree", tree }, { observationNames, actionNames: ["order"] });
  return {
    label: `tree of ${maxLeafNodes} leaves`,
    policy,
    size: { nodes: numNodesOf(tree) },
    text: null,
    levels: null,
  };
}

function curveOf(
  problem: InventoryProblem,
  seen: Watched,
  readable: Float64Array,
  optimum: Optimum | UnknownOptimum,
): OrderCurve {
  const positions = positionsOf(seen);
  const width = seen.pipelines.length / seen.orders.length;
  const step = problem.wholeUnits ? 1 : problem.demand.mean[0] / 10;
  const best = bestOrders(optimum);
  const places = new Map<number, { count: number; learned: number; readable: number; optimal: number }>();
  positions.forEach((position, row) => {
    const key = Math.round(position / step);
    const place = places.get(key) ?? { count: 0, learned: 0, readable: 0, optimal: 0 };
    places.set(key, place);
    place.count++;
    place.learned += position + seen.orders[row];
    place.readable += position + readable[row];
    place.optimal += position + (best?.(seen.pipelines.subarray(row * width, (row + 1) * width), position) ?? 0);
  });
  const sorted = [...places].sort(([a], [b]) => a - b);
  const mean = (entry: "learned" | "readable" | "optimal") => sorted.map(([, place]) => place[entry] / place.count);
  return {
    positions: sorted.map(([key]) => key * step),
    shares: sorted.map(([, { count }]) => count / positions.length),
    learned: mean("learned"),
    readable: mean("readable"),
    optimal: best ? mean("optimal") : null,
  };
}

/** What is best to order with such a pipeline, in units; null where that is not known. */
function bestOrders({ policy }: Optimum | UnknownOptimum) {
  if (policy?.kind === "base-stock") {
    const { level } = policy;
    return (_: ArrayLike<number>, position: number) => Math.max(0, level - position);
  }
  if (policy?.kind !== "table") return null;
  const { table } = policy;
  const state = new Int32Array(table.leadTime);
  return (pipeline: ArrayLike<number>) => {
    for (let i = 0; i < state.length; i++) state[i] = Math.round(pipeline[i] / table.step);
    return orderOf(table, state) * table.step;
  };
}
