import { RandomStream } from "../../core/random.js";
import type { InventoryProblem } from "../../envs/inventory/problem.js";
import { IGNORED, periodsOf, type SalesPart } from "../../envs/inventory/sales.js";
import { salesTable } from "../../envs/inventory/sales-table.js";
import { type Orders, playTraces } from "./play-traces.js";
import { COST_TERMS, InventorySimulator } from "./simulator.js";
import { drawTraces, recordedTraces } from "./traces.js";

export type { Orders } from "./play-traces.js";

/** How long and how often a policy is tested; the defaults err by less than 0.1 %. */
export interface CostSettings {
  readonly seed: number;
  readonly numTraces?: number;
  /** Periods that are played first and do not count. */
  readonly burnIn?: number;
  /** Periods that count. */
  readonly numPeriods?: number;
  /** Name of the stream that the traces are drawn from. */
  readonly streamName?: string;
  /** Weeks of recorded sales; they decide the periods, and nothing of them is drawn. */
  readonly part?: SalesPart;
  /** Called now and then; what it answers with is waited for. */
  readonly breathe?: (() => Promise<void> | undefined) | undefined;
}

/** What a policy costs, per store and period. */
export interface CostReport {
  readonly costMean: number;
  /** Standard deviation of the mean cost of a trace, over traces. */
  readonly costStd: number;
  /** Standard error of `costMean`. */
  readonly costError: number;
  readonly numTraces: number;
  readonly numPeriods: number;
  /** By node: the parts of `costMean`, which they sum up to. */
  readonly nodes: readonly { readonly name: string; readonly terms: Readonly<Record<CostTerm, number>> }[];
}

export type CostTerm = (typeof COST_TERMS)[number];

/** Traces that are played side by side: what is in flight stays in the cache of a core. */
const CHUNK = 256;

/**
 * The long-run average cost of a policy in an inventory network, on traces of its own; where demand is recorded, its
 * average cost in the weeks that nothing was learned from.
 *
 * Orders are rounded to whole units where the problem says so. Source: the test of Alvo et al. 2023, with fewer and
 * shorter traces (they play 32,768 of 5,000 periods and ignore 3,000).
 */
export async function measureCost(
  problem: InventoryProblem,
  fillOrders: Orders,
  settings: CostSettings,
): Promise<CostReport> {
  const { seed, numTraces = 2048, burnIn = 300, numPeriods = 2000, streamName = "inventory/test", breathe } = settings;
  const simulator = new InventorySimulator(problem);
  if (problem.sales) return measureRecorded(simulator, fillOrders, settings);
  const stream = new RandomStream(seed, streamName, numTraces);
  const traceCosts = new Float64Array(numTraces);
  const costs = new Float64Array(simulator.numNodes * COST_TERMS.length);
  for (let first = 0; first < numTraces; first += CHUNK) {
    const count = Math.min(CHUNK, numTraces - first);
    const traces = drawTraces(simulator, stream, first, count, burnIn + numPeriods);
    await playTraces(simulator, fillOrders, traces, {
      first: 0,
      numTraces: count,
      burnIn,
      traceCosts: traceCosts.subarray(first, first + count),
      costs,
      breathe,
    });
  }
  return reportOf(simulator, traceCosts, costs, numPeriods);
}

/** The mean cost over samples of recorded sales, in those weeks of a part that count. */
async function measureRecorded(
  simulator: InventorySimulator,
  fillOrders: Orders,
  { numTraces: most = 4096, part = "test", breathe }: CostSettings,
): Promise<CostReport> {
  const { problem, numStores } = simulator;
  const { numSamples } = salesTable(problem.sales?.data ?? "", numStores);
  const numTraces = Math.min(most, numSamples);
  const traceCosts = new Float64Array(numTraces);
  const costs = new Float64Array(simulator.numNodes * COST_TERMS.length);
  for (let first = 0; first < numTraces; first += CHUNK) {
    const count = Math.min(CHUNK, numTraces - first);
    const samples = Uint32Array.from({ length: count }, (_, i) => first + i);
    await playTraces(simulator, fillOrders, recordedTraces(simulator, part, samples), {
      first: 0,
      numTraces: count,
      burnIn: IGNORED,
      traceCosts: traceCosts.subarray(first, first + count),
      costs,
      breathe,
    });
  }
  return reportOf(simulator, traceCosts, costs, periodsOf(part) - IGNORED);
}

/** Means over traces, stores and periods. */
function reportOf(
  { problem, numStores }: InventorySimulator,
  traceCosts: Float64Array,
  costs: Float64Array,
  numPeriods: number,
): CostReport {
  const count = numPeriods * numStores;
  const numTraces = traceCosts.length;
  const mean = traceCosts.reduce((sum, cost) => sum + cost, 0) / numTraces;
  const squares = traceCosts.reduce((sum, cost) => sum + (cost - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(numTraces - 1, 1)) / count;
  const share = (node: number, term: number) => costs[node * COST_TERMS.length + term] / (count * numTraces);
  return {
    costMean: mean / count,
    costStd: deviation,
    costError: deviation / Math.sqrt(numTraces),
    numTraces,
    numPeriods,
    nodes: problem.nodes.map(({ name }, node) => ({
      name,
      terms: { holding: share(node, 0), underage: share(node, 1), procurement: share(node, 2) },
    })),
  };
}
