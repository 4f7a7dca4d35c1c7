import { mean, sampleDeviation } from "./statistics.js";
import { studentTQuantile } from "./student-t.js";

/** A mean and the interval that holds the true one with the stated confidence; no interval where there is one value. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Mean and interval of values that are independent draws, such as one per seed: Student's t.
 *
 * Throws `RangeError` for an empty list.
 */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): MeanInterval {
  if (values.length === 0) throw new RangeError("expected 1 or more values, got 0");
  const centre = mean(values);
  if (values.length === 1) return { mean: centre, low: null, high: null };
  const quantile = studentTQuantile((1 + confidence) / 2, values.length - 1);
  const half = (quantile * sampleDeviation(values)) / Math.sqrt(values.length);
  return { mean: centre, low: centre - half, high: centre + half };
}
