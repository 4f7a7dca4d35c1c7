/**
 * Spearman's rank correlation of two lists, ties at their mean rank; NaN where one of them is constant.
 *
 * Throws `RangeError` when the lengths differ. Source: Spearman 1904; Pearson's correlation of the ranks.
 */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) throw new RangeError(`expected ${x.length} values to compare with, got ${y.length}`);
  const [a, b] = [ranksOf(x), ranksOf(y)];
  // Ranks always have this mean, ties or not.
  const centre = (x.length - 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    ab += (a[i] - centre) * (b[i] - centre);
    aa += (a[i] - centre) ** 2;
    bb += (b[i] - centre) ** 2;
  }
  return aa === 0 || bb === 0 ? Number.NaN : ab / Math.sqrt(aa * bb);
}

function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i] - values[j]);
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]] === values[order[first]]) last++;
    for (let i = first; i <= last; i++) ranks[order[i]] = (first + last) / 2;
    first = last + 1;
  }
  return ranks;
}
