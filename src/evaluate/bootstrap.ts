import type { RandomStream } from "../core/random.js";
import { quantileOfSorted } from "./statistics.js";

/** How an interval is drawn. */
export interface BootstrapSettings {
  /** Where the resamples come from: the same stream gives the same interval. */
  readonly stream: RandomStream;
  /** Number of resamples; 2,000 by default. */
  readonly numResamples?: number;
  /** Share of the resamples that the interval holds; 0.95 by default. */
  readonly confidence?: number;
}

/**
 * Stratified bootstrap interval of a statistic over runs and tasks (percentile method).
 *
 * `runs` holds one list of values per task; each resample draws, within each task, as many runs as there are, with
 * replacement, so that every task keeps its weight. `statistic` gets lists of that shape, reused between calls. One
 * task gives the plain bootstrap over seeds. Throws `RangeError` when there is no task or one without runs.
 * Does not show: what tasks that were not tried would say. Source: Agarwal et al. 2021, arXiv:2108.13264, section 4.2.
 */
export function bootstrapInterval(
  runs: readonly ArrayLike<number>[],
  statistic: (resample: readonly Float64Array[]) => number,
  { stream, numResamples = 2000, confidence = 0.95 }: BootstrapSettings,
): { readonly low: number; readonly high: number } {
  if (runs.length === 0 || runs.some((values) => values.length === 0)) {
    throw new RangeError("expected 1 or more runs in each of 1 or more tasks, got none");
  }
  const resample = runs.map((values) => new Float64Array(values.length));
  const values = new Float64Array(numResamples);
  for (let round = 0; round < numResamples; round++) {
    resample.forEach((drawn, task) => {
      for (let run = 0; run < drawn.length; run++) drawn[run] = runs[task][stream.integer(drawn.length)];
    });
    values[round] = statistic(resample);
  }
  values.sort();
  const outside = (1 - confidence) / 2;
  return { low: quantileOfSorted(values, outside), high: quantileOfSorted(values, 1 - outside) };
}
