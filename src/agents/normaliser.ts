import type { Packable } from "../core/pack.js";

/**
 * Running mean and variance of rows, merged batch by batch.
 *
 * Starts as if it had seen 1e-4 rows of mean 0 and variance 1, so that the first batch decides.
 * Source: Chan, Golub & LeVeque 1979, the parallel update of mean and sum of squares.
 */
export class RunningStatistics {
  count = 1e-4;
  readonly mean: Float64Array;
  readonly variance: Float64Array;

  constructor(readonly size: number) {
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
  }

  /** Merges `numRows` rows [numRows, size]. */
  update(rows: ArrayLike<number>, numRows: number): void {
    const total = this.count + numRows;
    for (let column = 0; column < this.size; column++) {
      let sum = 0;
      for (let row = 0; row < numRows; row++) sum += rows[row * this.size + column];
      const batchMean = sum / numRows;
      let squares = 0;
      for (let row = 0; row < numRows; row++) squares += (rows[row * this.size + column] - batchMean) ** 2;
      const delta = batchMean - this.mean[column];
      const merged = this.variance[column] * this.count + squares + (delta * delta * this.count * numRows) / total;
      this.mean[column] += (delta * numRows) / total;
      this.variance[column] = merged / total;
    }
    this.count = total;
  }

  getState(): Packable {
    return { count: this.count, mean: this.mean.slice(), variance: this.variance.slice() };
  }

  setState(state: Packable): void {
    const { count, mean, variance } = state as { count: number; mean: Float64Array; variance: Float64Array };
    if (mean.length !== this.size)
      throw new RangeError(`expected statistics of ${this.size} columns, got ${mean.length}`);
    this.count = count;
    this.mean.set(mean);
    this.variance.set(variance);
  }
}

/** Observations are clipped to this many standard deviations. */
const CLIP = 10;

/** Writes (row − mean) / √(variance + 1e-8), clipped to ±10, for `numRows` rows; `out` may be `rows`. */
export function normaliseRowsInto(
  statistics: RunningStatistics,
  rows: Float32Array,
  numRows: number,
  out: Float32Array,
): void {
  const { size, mean, variance } = statistics;
  for (let column = 0; column < size; column++) {
    const scale = 1 / Math.sqrt(variance[column] + 1e-8);
    for (let i = column; i < numRows * size; i += size) {
      out[i] = Math.min(Math.max((rows[i] - mean[column]) * scale, -CLIP), CLIP);
    }
  }
}
