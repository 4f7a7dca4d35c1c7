import type { InventorySimulator } from "./simulator.js";
import type { Traces } from "./traces.js";

/**
 * Whatever orders: fills `orders` [numTraces, numEdges] for `pipelines` [numTraces, width], the pipelines of all nodes
 * one after another, each with its stock on hand first, and the facts of samples behind them. Both are row-major; edges are those of the problem, in order.
 */
export type Orders = (pipelines: Float64Array, numTraces: number, orders: Float64Array) => void | Promise<void>;

/** Which traces are played, and where their costs go. */
export interface PlaySettings {
  /** Index of the first one, and how many. */
  readonly first: number;
  readonly numTraces: number;
  /** Periods at the start whose costs do not count. */
  readonly burnIn: number;
  /** [numTraces] each trace's cost over all periods that count, replaced. */
  readonly traceCosts: Float64Array;
  /** [numNodes, 3] holding, underage and procurement cost over all traces, added to. */
  readonly costs: Float64Array;
  /** Called every period; what it answers with is waited for. */
  readonly breathe?: (() => Promise<void> | undefined) | undefined;
}

/** Plays traces side by side to their end; orders are rounded to whole units where the problem says so. */
export async function playTraces(
  simulator: InventorySimulator,
  fillOrders: Orders,
  { numPeriods, demands, starts, days }: Traces,
  { first, numTraces, burnIn, traceCosts, costs, breathe }: PlaySettings,
): Promise<void> {
  const { width, numEdges, numStores, problem } = simulator;
  const orders = new Float64Array(numTraces * numEdges);
  const ignored = new Float64Array(costs.length);
  let pipelines = starts.slice(first * width, (first + numTraces) * width);
  let next = new Float64Array(pipelines.length);
  for (let period = 0; period < numPeriods; period++) {
    const pending = fillOrders(pipelines, numTraces, orders);
    if (pending) await pending;
    if (problem.wholeUnits) for (let i = 0; i < orders.length; i++) orders[i] = Math.round(orders[i]);
    const firstDemand = (first * numPeriods + period) * numStores;
    const rows = { values: demands, first: firstDemand, stride: numPeriods * numStores };
    const demand = days ? { ...rows, nextDays: days[period + 1] } : rows;
    if (period === burnIn) traceCosts.fill(0);
    simulator.step(numTraces, pipelines, orders, demand, next, traceCosts, period < burnIn ? ignored : costs);
    [pipelines, next] = [next, pipelines];
    const breath = breathe?.();
    if (breath) await breath;
  }
}
