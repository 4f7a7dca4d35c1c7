import type { RandomStream } from "../../core/random.js";
import { normalQuantile, poissonQuantile } from "../../envs/inventory/demand.js";
import { type DemandModel, storeRoads } from "../../envs/inventory/problem.js";
import { HISTORY, PARTS, periodsOf, type SalesPart } from "../../envs/inventory/sales.js";
import { salesTable } from "../../envs/inventory/sales-table.js";
import type { InventorySimulator } from "./simulator.js";

/** What happens to an inventory network whatever it orders: its first stock, and demand. */
export interface Traces {
  readonly numTraces: number;
  readonly numPeriods: number;
  /** [numTraces, numPeriods, numStores] */
  readonly demands: Float32Array;
  /** [numTraces, width] pipelines before the first period. */
  readonly starts: Float64Array;
  /** [numPeriods + 1] days from the nearest Christmas of every period; null where demand is drawn. */
  readonly days: ArrayLike<number> | null;
}

/**
 * Draws traces `first` to `first + numTraces` from as many copies of `stream`: a trace is the same in any company.
 *
 * Every entry of a store's first pipeline is uniform in [0, mean demand]; warehouses and echelons start empty.
 * Source: the data generator of Alvo et al. 2023; correlated normals have one common factor, √ρ g + √(1 − ρ) ε.
 */
export function drawTraces(
  simulator: InventorySimulator,
  stream: RandomStream,
  first: number,
  numTraces: number,
  numPeriods: number,
): Traces {
  const { width, offsets, lengths, firstStore, numStores, problem } = simulator;
  const demands = new Float32Array(numTraces * numPeriods * numStores);
  const starts = new Float64Array(numTraces * width);
  const fillPeriod = demandSampler(problem.demand);
  for (let trace = 0; trace < numTraces; trace++) {
    const copy = first + trace;
    for (let store = 0; store < numStores; store++) {
      const from = trace * width + offsets[firstStore + store];
      for (let entry = 0; entry < lengths[firstStore + store]; entry++) {
        starts[from + entry] = problem.demand.mean[store] * stream.uniform(copy);
      }
    }
    for (let period = 0; period < numPeriods; period++) {
      fillPeriod(stream, copy, demands, (trace * numPeriods + period) * numStores);
    }
  }
  return { numTraces, numPeriods, demands, starts, days: null };
}

/**
 * The samples of recorded sales that `samples` names, in the weeks of a part: nothing in stock before the first, and the
 * facts of each sample.
 */
export function recordedTraces(
  simulator: InventorySimulator,
  part: SalesPart,
  samples: ArrayLike<number>,
  numPeriods = periodsOf(part),
): Traces {
  const { width, pipelineWidth, facts, numStores, problem, holdingCost, firstStore } = simulator;
  const table = salesTable(problem.sales?.data ?? "", numStores);
  const week = PARTS[part][0] + HISTORY;
  const numTraces = samples.length;
  const demands = new Float32Array(numTraces * numPeriods * numStores);
  const starts = new Float64Array(numTraces * width);
  const roads = storeRoads(problem);
  for (let trace = 0; trace < numTraces; trace++) {
    const first = trace * width + pipelineWidth;
    for (let store = 0; store < numStores; store++) {
      const series = (samples[trace] * numStores + store) * table.numWeeks;
      for (let period = 0; period < numPeriods; period++) {
        demands[(trace * numPeriods + period) * numStores + store] = table.demands[series + week + period];
      }
      for (let i = 0; i < HISTORY; i++) {
        starts[first + facts.past + store * HISTORY + i] = table.demands[series + week - HISTORY + i];
      }
      starts[first + facts.underageCosts + store] = table.underageCosts[samples[trace] * numStores + store];
      starts[first + facts.holdingCosts + store] = holdingCost[firstStore + store];
    }
    starts[first + facts.days] = table.days[week];
    roads.forEach((edge, road) => {
      const leadTime = table.leadTimes.length > 0 ? table.leadTimes[samples[trace]] : problem.edges[edge].leadTime;
      starts[first + facts.leadTimes + road] = leadTime;
    });
  }
  const days = Float64Array.from({ length: numPeriods + 1 }, (_, period) => table.days[week + period]);
  return { numTraces, numPeriods, demands, starts, days };
}

/** Fills the demand of all stores in one period, from `to` on. */
type FillPeriod = (stream: RandomStream, copy: number, demands: Float32Array, to: number) => void;

/** The draws of the world's dynamics: one uniform for each store and, where they move together, one for all. */
function demandSampler({ kind, mean, std, correlation, clipped }: DemandModel): FillPeriod {
  switch (kind) {
    case "poisson": {
      const samplers = mean.map(poissonSampler);
      return (stream, copy, demands, to) => {
        for (let store = 0; store < samplers.length; store++) {
          demands[to + store] = samplers[store](stream.uniform(copy));
        }
      };
    }
    case "normal": {
      const shared = Math.sqrt(correlation);
      const own = Math.sqrt(1 - correlation);
      return (stream, copy, demands, to) => {
        for (let store = 0; store < mean.length; store++) {
          demands[to + store] = own * normalQuantile(stream.uniform(copy));
        }
        const common = shared > 0 ? shared * normalQuantile(stream.uniform(copy)) : 0;
        for (let store = 0; store < mean.length; store++) {
          const demand = mean[store] + std[store] * (demands[to + store] + common);
          demands[to + store] = clipped && demand < 0 ? 0 : demand;
        }
      };
    }
    case "traces":
      throw new RangeError(
        "expected a demand that can be drawn, poisson or normal, got recorded sales: see recordedTraces",
      );
    default:
      return kind satisfies never;
  }
}

/** Parts of the unit interval whose quantile is known beforehand. */
const NUM_PARTS = 4096;

/** {@link poissonQuantile} of one mean: most uniforms fall into a part that has the same quantile at both ends. */
function poissonSampler(mean: number): (uniform: number) => number {
  const ends = Float64Array.from({ length: NUM_PARTS + 1 }, (_, part) =>
    poissonQuantile(Math.min(part / NUM_PARTS, 1 - 2 ** -24), mean),
  );
  return (uniform) => {
    const part = Math.floor(uniform * NUM_PARTS);
    return ends[part] === ends[part + 1] ? ends[part] : poissonQuantile(uniform, mean);
  };
}
