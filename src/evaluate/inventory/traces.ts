import type { RandomStream } from "../../core/random.js";
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

function demandSampler({ kind, mean, std, correlation, clipped }: DemandModel): FillPeriod {
  switch (kind) {
    case "poisson": {
      const samplers = mean.map(poissonInverse);
      return (stream, copy, demands, to) => {
        for (let store = 0; store < samplers.length; store++) {
          demands[to + store] = samplers[store](stream.uniform(copy));
        }
      };
    }
    case "normal": {
      const common = Math.sqrt(correlation);
      const own = Math.sqrt(1 - correlation);
      return (stream, copy, demands, to) => {
        const factor = common === 0 ? 0 : common * stream.normal(copy);
        for (let store = 0; store < mean.length; store++) {
          const noise = own === 0 ? factor : factor + own * stream.normal(copy);
          const demand = mean[store] + std[store] * noise;
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

/** Parts of the unit interval for which the search's start is kept. */
const NUM_GUIDES = 64;

/** The quantile function of a Poisson distribution, by a search in its cumulative sums that starts near its end. */
function poissonInverse(mean: number): (uniform: number) => number {
  const cumulative: number[] = [];
  // Beyond the last sum no uniform of 24 bits is left.
  const last = Math.ceil(mean + 12 * Math.sqrt(mean) + 24);
  let logProbability = -mean;
  let sum = 0;
  for (let count = 0; count <= last; count++) {
    if (count > 0) logProbability += Math.log(mean / count);
    sum += Math.exp(logProbability);
    cumulative.push(sum);
  }
  cumulative.push(Number.POSITIVE_INFINITY);
  const guides = Int32Array.from({ length: NUM_GUIDES }, (_, part) =>
    cumulative.findIndex((probability) => probability > part / NUM_GUIDES),
  );
  return (uniform) => {
    let count = guides[Math.floor(uniform * NUM_GUIDES)];
    while (cumulative[count] <= uniform) count++;
    return count;
  };
}
