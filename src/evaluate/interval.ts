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

/**
 * Difference of two means, ours minus theirs, with its interval: Welch's t, which lets the two spreads differ.
 *
 * Throws `RangeError` for fewer than two values on a side. Source: Welch 1947; degrees by Satterthwaite 1946.
 */
export function differenceInterval(
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  confidence = 0.95,
): { readonly mean: number; readonly low: number; readonly high: number } {
  for (const values of [ours, theirs]) {
    if (values.length < 2) throw new RangeError(`expected 2 or more values on each side, got ${values.length}`);
  }
  const centre = mean(ours) - mean(theirs);
  const [a, b] = [ours, theirs].map((values) => sampleDeviation(values) ** 2 / values.length);
  if (a + b === 0) return { mean: centre, low: centre, high: centre };
  const degrees = (a + b) ** 2 / (a ** 2 / (ours.length - 1) + b ** 2 / (theirs.length - 1));
  const half = studentTQuantile((1 + confidence) / 2, degrees) * Math.sqrt(a + b);
  return { mean: centre, low: centre - half, high: centre + half };
}
