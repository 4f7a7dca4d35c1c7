/** Moves between a float and a whole number that sorts like it. */
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * Whole numbers that sort like the float32 `values`, with -0 as 0; comparing them costs a processor less.
 *
 * The bits of a positive float sort as they are, those of a negative one backwards.
 */
export function keysOf(values: Float32Array): Int32Array {
  const keys = new Int32Array(values.length);
  fillKeys(keys, values, 0, values.length);
  return keys;
}

/** Fills `keys` with those of `count` of the `values` from `offset`, each rounded to float32. */
export function fillKeys(keys: Int32Array, values: ArrayLike<number>, offset: number, count: number): void {
  for (let i = 0; i < count; i++) {
    float[0] = values[offset + i] + 0;
    keys[i] = bits[0] ^ ((bits[0] >> 31) & 0x7fffffff);
  }
}

/** The float32 of a key. */
export function valueOfKey(key: number): number {
  bits[0] = key ^ ((key >> 31) & 0x7fffffff);
  return float[0];
}

/** The key for which `keyOf(x) <= key` says the same as `x <= threshold`, for every float32 x. */
export function keyOfThreshold(threshold: number): number {
  float[0] = threshold + 0;
  const key = bits[0] ^ ((bits[0] >> 31) & 0x7fffffff);
  // Rounding to float32 may have gone up, past floats that are no more than the threshold.
  return float[0] > threshold ? key - 1 : key;
}

/**
 * Fills `order` [numRows from `offset`] with the rows sorted by `keys` [numRows]; equals keep their order.
 *
 * A radix sort, three passes of 11 bits: ten times as fast as a comparison sort at 50,000 rows.
 */
function fillOrder(given: Int32Array, order: Int32Array, offset: number): void {
  const n = given.length;
  let keys = new Uint32Array(n);
  let rows = new Int32Array(n);
  let nextKeys = new Uint32Array(n);
  let nextRows = new Int32Array(n);
  for (let row = 0; row < n; row++) {
    keys[row] = given[row] ^ 0x80000000;
    rows[row] = row;
  }
  const counts = new Int32Array(2048);
  for (const shift of [0, 11, 22]) {
    counts.fill(0);
    for (let i = 0; i < n; i++) counts[(keys[i] >>> shift) & 2047]++;
    let sum = 0;
    for (let digit = 0; digit < 2048; digit++) {
      const count = counts[digit];
      counts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < n; i++) {
      const to = counts[(keys[i] >>> shift) & 2047]++;
      nextKeys[to] = keys[i];
      nextRows[to] = rows[i];
    }
    [keys, nextKeys] = [nextKeys, keys];
    [rows, nextRows] = [nextRows, rows];
  }
  order.set(rows, offset);
}

/** The rows sorted by each column: [numFeatures, numRows], from the keys of `columns` [numFeatures, numRows]. */
export function presort(keys: Int32Array, numRows: number, numFeatures: number): Int32Array {
  const order = new Int32Array(numFeatures * numRows);
  for (let feature = 0; feature < numFeatures; feature++) {
    const from = feature * numRows;
    fillOrder(keys.subarray(from, from + numRows), order, from);
  }
  return order;
}
