/** Arithmetic mean; NaN for an empty list. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function sumOfSquares(values: ArrayLike<number>): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - centre) ** 2;
  return squares;
}

/** Standard deviation of these very values (divided by n). */
export function populationDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(sumOfSquares(values) / values.length);
}

/** Standard deviation of what these values are a sample of (divided by n − 1); NaN for fewer than two. */
export function sampleDeviation(values: ArrayLike<number>): number {
  return values.length < 2 ? Number.NaN : Math.sqrt(sumOfSquares(values) / (values.length - 1));
}
