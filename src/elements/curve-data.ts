/** One column of a curve: what the values within each bucket came to. Null where a bucket holds none. */
export interface CurveColumn {
  readonly mean: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
}

interface Sums {
  sum: Float64Array;
  count: Uint32Array;
  min: Float64Array;
  max: Float64Array;
}

/**
 * Curves over environment steps at a bounded size, for drawing.
 *
 * Steps fall into buckets of equal width; each keeps count, sum, smallest and largest value per column, so no spike
 * is lost. When the run outgrows the buckets, neighbours are merged and the width doubles.
 */
export class CurveData {
  private bucketSteps: number;
  private size = 0;
  private readonly steps: Float64Array;
  private readonly columns = new Map<string, Sums>();

  constructor(
    readonly capacity = 256,
    /** First width of a bucket in steps. */
    width = 256,
  ) {
    this.bucketSteps = width;
    this.steps = new Float64Array(capacity);
  }

  /** Steps per bucket. */
  get width(): number {
    return this.bucketSteps;
  }

  /** Number of buckets up to the newest value. */
  get length(): number {
    return this.size;
  }

  /** Adds the values measured at one step; null and missing values are skipped. */
  add(step: number, values: Readonly<Record<string, number | null | undefined>>): void {
    while (Math.floor(step / this.bucketSteps) >= this.capacity) this.fold();
    const bucket = Math.floor(step / this.bucketSteps);
    // A bucket is drawn at the newest step within it, so that the head of a curve is where the run is.
    this.steps[bucket] = Math.max(this.steps[bucket], step);
    this.size = Math.max(this.size, bucket + 1);
    for (const [key, value] of Object.entries(values)) {
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      const sums = this.sumsOf(key);
      if (sums.count[bucket] === 0) {
        sums.min[bucket] = value;
        sums.max[bucket] = value;
      } else {
        sums.min[bucket] = Math.min(sums.min[bucket], value);
        sums.max[bucket] = Math.max(sums.max[bucket], value);
      }
      sums.sum[bucket] += value;
      sums.count[bucket]++;
    }
  }

  /** Doubles the width until it is at least `width`; for curves that are to share their buckets. */
  foldTo(width: number): void {
    while (this.bucketSteps < width) this.fold();
  }

  /** The step of each bucket, [length]; empty buckets stand at their middle. */
  stepColumn(): number[] {
    return Array.from({ length: this.size }, (_, i) => this.steps[i] || (i + 0.5) * this.bucketSteps);
  }

  /** One column, [length]. A key never added has only nulls. */
  column(key: string): CurveColumn {
    const sums = this.columns.get(key);
    const take = (value: (i: number, found: Sums) => number) =>
      Array.from({ length: this.size }, (_, i) => (sums && sums.count[i] > 0 ? value(i, sums) : null));
    return {
      mean: take((i, found) => found.sum[i] / found.count[i]),
      min: take((i, found) => found.min[i]),
      max: take((i, found) => found.max[i]),
    };
  }

  private sumsOf(key: string): Sums {
    let sums = this.columns.get(key);
    if (!sums) {
      sums = {
        sum: new Float64Array(this.capacity),
        count: new Uint32Array(this.capacity),
        min: new Float64Array(this.capacity),
        max: new Float64Array(this.capacity),
      };
      this.columns.set(key, sums);
    }
    return sums;
  }

  private fold(): void {
    this.bucketSteps *= 2;
    this.size = Math.ceil(this.size / 2);
    for (let i = 0; i < this.capacity; i++) {
      const [a, b] = [2 * i, 2 * i + 1];
      this.steps[i] = b < this.capacity ? Math.max(this.steps[a], this.steps[b]) : 0;
    }
    for (const { sum, count, min, max } of this.columns.values()) {
      for (let i = 0; i < this.capacity; i++) {
        const [a, b] = [2 * i, 2 * i + 1];
        const [left, right] = b < this.capacity ? [count[a], count[b]] : [0, 0];
        min[i] = left === 0 ? min[b] : right === 0 ? min[a] : Math.min(min[a], min[b]);
        max[i] = left === 0 ? max[b] : right === 0 ? max[a] : Math.max(max[a], max[b]);
        sum[i] = left + right === 0 ? 0 : sum[a] + sum[b];
        count[i] = left + right;
      }
    }
  }
}

/** Two-sided 97.5 % quantiles of Student's t by degrees of freedom 1 … 9. */
const T_QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** A mean over seeds with its 95 % interval, bucket by bucket. */
export interface SeedSummary {
  readonly steps: number[];
  readonly mean: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
}

/**
 * The mean of one column over several seeds (2 to 10) with its Student-t 95 % interval, where all seeds have values.
 *
 * Folds the curves to a common width.
 */
export function summariseSeeds(curves: readonly CurveData[], key: string): SeedSummary {
  const width = Math.max(...curves.map((curve) => curve.width));
  for (const curve of curves) curve.foldTo(width);
  const length = Math.min(...curves.map((curve) => curve.length));
  const columns = curves.map((curve) => curve.column(key).mean);
  const summary: SeedSummary = { steps: curves[0].stepColumn().slice(0, length), mean: [], low: [], high: [] };
  for (let i = 0; i < length; i++) {
    const values = columns.map((column) => column[i]).filter((value) => value !== null);
    const complete = values.length === curves.length;
    const mean = complete ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
    const half = mean === null ? 0 : halfInterval(values, mean);
    summary.mean.push(mean);
    summary.low.push(mean === null ? null : mean - half);
    summary.high.push(mean === null ? null : mean + half);
  }
  return summary;
}

/** Half the width of the 95 % interval of a mean (Student's t, 2 to 10 values); 0 for a single value. */
export function halfInterval(values: readonly number[], mean: number): number {
  const n = values.length;
  if (n < 2) return 0;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return T_QUANTILES[Math.min(n, 10) - 2] * Math.sqrt(variance / n);
}
