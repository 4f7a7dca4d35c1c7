/**
 * Shapley values from a table of coalition values.
 *
 * A coalition is a bit mask: bit i says whether feature i is known. A table holds v(S) for all 2^n coalitions,
 * [2^n, numOutputs], row-major.
 */

/** More features than this and a table is not enumerated: 2^10 coalitions are 1,024 rows per state and background row. */
export const MAX_EXACT_FEATURES = 10;

/** Number of set bits. */
export function coalitionSize(mask: number): number {
  let size = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) size++;
  return size;
}

/** |S|! (n − |S| − 1)! / n! for every size |S| from 0 to n − 1. */
export function coalitionWeights(numFeatures: number): Float64Array {
  const weights = new Float64Array(numFeatures);
  // 1 / (n · C(n − 1, s)), without factorials that overflow.
  let combinations = 1;
  for (let size = 0; size < numFeatures; size++) {
    weights[size] = 1 / (numFeatures * combinations);
    combinations = (combinations * (numFeatures - 1 - size)) / (size + 1);
  }
  return weights;
}

/**
 * Exact Shapley values [numFeatures, numOutputs] of one table [2^n, numOutputs].
 *
 * φ_i = Σ over S without i of |S|! (n − |S| − 1)! / n! · (v(S ∪ {i}) − v(S)). They sum to v(all) − v(none).
 * Throws `RangeError` when the table has another size. Source: Shapley 1953, "A value for n-person games".
 */
export function shapleyValues(table: Float64Array, numFeatures: number, numOutputs: number): Float64Array {
  const numCoalitions = 2 ** numFeatures;
  if (table.length !== numCoalitions * numOutputs) {
    throw new RangeError(`expected ${numCoalitions * numOutputs} coalition values, got ${table.length}`);
  }
  const weights = coalitionWeights(numFeatures);
  const phi = new Float64Array(numFeatures * numOutputs);
  for (let mask = 0; mask < numCoalitions; mask++) {
    const size = coalitionSize(mask);
    for (let feature = 0; feature < numFeatures; feature++) {
      if (mask & (1 << feature)) continue;
      const weight = weights[size];
      const [without, withIt] = [mask * numOutputs, (mask | (1 << feature)) * numOutputs];
      for (let output = 0; output < numOutputs; output++) {
        phi[feature * numOutputs + output] += weight * (table[withIt + output] - table[without + output]);
      }
    }
  }
  return phi;
}
