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

/**
 * Interquartile mean: the mean of the middle half, robust against outliers yet using half of all values.
 *
 * ⌊n / 4⌋ values are cut from each end, without fractional weights. For several tasks, give the normalised returns of
 * all runs in one list. NaN for an empty list. Source: Agarwal et al. 2021, arXiv:2108.13264, section 4.3.
 */
export function interquartileMean(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length / 4);
  return mean(sorted.subarray(cut, sorted.length - cut));
}

/**
 * How likely a run of X is better than one of Y on a task drawn at random, ties counting half; 0.5 says neither.
 *
 * `x` and `y` hold one list of returns per task, in the same order of tasks; the numbers of runs may differ. Throws
 * `RangeError` when the numbers of tasks differ. Source: Agarwal et al. 2021, arXiv:2108.13264, section 4.3.
 */
export function probabilityOfImprovement(x: readonly ArrayLike<number>[], y: readonly ArrayLike<number>[]): number {
  if (x.length !== y.length) throw new RangeError(`expected returns for ${x.length} tasks, got ${y.length}`);
  const perTask = x.map((ours, task) => {
    const theirs = y[task];
    let wins = 0;
    for (let i = 0; i < ours.length; i++) {
      for (let j = 0; j < theirs.length; j++) wins += ours[i] > theirs[j] ? 1 : ours[i] === theirs[j] ? 0.5 : 0;
    }
    return wins / (ours.length * theirs.length);
  });
  return mean(perTask);
}

/** The middle value, or the mean of the two middle ones; NaN for an empty list. */
export function median(values: ArrayLike<number>): number {
  return values.length === 0 ? Number.NaN : quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}

/** The value below which `fraction` (0 … 1) of a sorted list lies, interpolated between neighbours. */
export function quantileOfSorted(sorted: ArrayLike<number>, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
