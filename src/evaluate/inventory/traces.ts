import type { RandomStream } from "../../core/random.js";
import { normalQuantile, poissonQuantile } from "../../envs/inventory/demand.js";
import type { DemandModel } from "../../envs/inventory/problem.js";
import type { InventorySimulator } from "./simulator.js";

/** What happens to an inventory network whatever it orders: its first stock, and demand. */
export interface Traces {
  readonly numTraces: number;
  readonly numPeriods: number;
  /** [numTraces, numPeriods, numStores] */
  readonly demands: Float32Array;
  /** [numTraces, width] pipelines before the first period. */
  readonly starts: Float64Array;
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
  return { numTraces, numPeriods, demands, starts };
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
      throw new RangeError("expected a demand that can be drawn, poisson or normal, got traces");
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
