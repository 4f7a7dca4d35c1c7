// Growing extremely randomised trees by Gini: what is done to the rows of one node, each a code, its row << shift |
// class << 1 | 1. Keys sort like the values of an input (`presort.ts`). All pointers are byte offsets.
import { uniformOf } from "./threefry";

/** Of one node, written by `gatherKeys` and `countUpTo`. */
let lowKey: i32 = 0;
let highKey: i32 = 0;
let numLeft: i32 = 0;
let left1: i32 = 0;
let left2: i32 = 0;
let left3: i32 = 0;

/**
 * Looks for the best split of a node, as `CountedRandomSplitter.find` does, for four classes at most.
 *
 * `columns` [numFeatures, stride] keys; `codes` [size]; `values` [size] is written over; `features` [numFeatures] is the
 * order in which inputs were last drawn; `sums` [4] float64, the node's rows by class. `position` is the index of the
 * stream's next draw, and the answer the one after the last. `found`: float64 threshold and score, float64 [4] left
 * rows by class, int32 input (-1: none), key and left rows in all.
 */
export function findRandomSplit(
  columns: usize, stride: i32, codes: usize, size: i32, shift: i32, labelMask: i32, values: usize,
  features: usize, numFeatures: i32, numWanted: i32, minLeaf: i32, sums: usize, found: usize,
  key0: u32, key1: u32, copy: u32, position: u32,
): u32 {
  let bestScore: f64 = -Infinity;
  let hasVaried = false;
  store<i32>(found, -1, 48);
  for (let drawn = 0; drawn < numFeatures && !(drawn >= numWanted && hasVaried); drawn++) {
    let feature = drawn;
    if (numWanted < numFeatures) {
      const place = drawn + i32(uniformOf(key0, key1, copy, position++) * <f64>(numFeatures - drawn));
      const there = features + (<usize>place << 2);
      const here = features + (<usize>drawn << 2);
      feature = load<i32>(there);
      store<i32>(there, load<i32>(here));
      store<i32>(here, feature);
    }
    gatherKeys(columns + <usize>(feature * stride << 2), codes, values, size, shift);
    if (lowKey == highKey) continue;
    hasVaried = true;
    const low = valueOfKey(lowKey);
    const high = valueOfKey(highKey);
    let threshold = low + uniformOf(key0, key1, copy, position++) * (high - low);
    // Rounding may reach the upper end, which would leave the right side empty.
    if (!(threshold < high)) threshold = low;
    const key = keyOfThreshold(threshold);
    countUpTo(values, codes, size, key, labelMask);
    const numRight = size - numLeft;
    if (numLeft < minLeaf || numRight < minLeaf) continue;
    const a = <f64>(numLeft - left1 - left2 - left3), b = <f64>left1, c = <f64>left2, d = <f64>left3;
    const p = load<f64>(sums) - a, q = load<f64>(sums, 8) - b, r = load<f64>(sums, 16) - c, s = load<f64>(sums, 24) - d;
    const left = a * a + b * b + c * c + d * d;
    const right = p * p + q * q + r * r + s * s;
    const score = (left * <f64>numRight + right * <f64>numLeft) / (<f64>numLeft * <f64>numRight);
    if (score > bestScore) {
      bestScore = score;
      store<f64>(found, threshold);
      store<f64>(found, score, 8);
      store<f64>(found, a, 16);
      store<f64>(found, b, 24);
      store<f64>(found, c, 32);
      store<f64>(found, d, 40);
      store<i32>(found, feature, 48);
      store<i32>(found, key, 52);
      store<i32>(found, numLeft, 56);
    }
    // Both sides are pure: no other input can do better.
    if (score >= <f64>size) break;
  }
  return position;
}

/** Gathers the keys of one input for `size` codes into `values`, and finds the least and the largest. */
// @ts-ignore: decorator
@inline
function gatherKeys(keys: usize, codes: usize, values: usize, size: i32, shift: i32): void {
  let low: i32 = i32.MAX_VALUE;
  let high: i32 = i32.MIN_VALUE;
  const end = codes + (<usize>size << 2);
  if (size >= 4) {
    let low4 = i32x4.splat(low);
    let high4 = i32x4.splat(high);
    for (; codes + 12 < end; codes += 16) {
      const places = i32x4.shl(i32x4.shr_u(v128.load(codes), shift), 2);
      let v = v128.load32_zero(keys + <usize>i32x4.extract_lane(places, 0));
      v = v128.load_lane<i32>(keys + <usize>i32x4.extract_lane(places, 1), v, 1);
      v = v128.load_lane<i32>(keys + <usize>i32x4.extract_lane(places, 2), v, 2);
      v = v128.load_lane<i32>(keys + <usize>i32x4.extract_lane(places, 3), v, 3);
      v128.store(values, v);
      values += 16;
      low4 = i32x4.min_s(low4, v);
      high4 = i32x4.max_s(high4, v);
    }
    low4 = i32x4.min_s(low4, v128.shuffle<i32>(low4, low4, 2, 3, 0, 1));
    low4 = i32x4.min_s(low4, v128.shuffle<i32>(low4, low4, 1, 0, 3, 2));
    high4 = i32x4.max_s(high4, v128.shuffle<i32>(high4, high4, 2, 3, 0, 1));
    high4 = i32x4.max_s(high4, v128.shuffle<i32>(high4, high4, 1, 0, 3, 2));
    low = i32x4.extract_lane(low4, 0);
    high = i32x4.extract_lane(high4, 0);
  }
  for (; codes < end; codes += 4) {
    const key = load<i32>(keys + (<usize>(load<u32>(codes) >>> shift) << 2));
    store<i32>(values, key);
    values += 4;
    low = min(low, key);
    high = max(high, key);
  }
  lowKey = low;
  highKey = high;
}

/** Counts the keys among `size` that are at most `key`: all, and those of classes 1 to 3. */
// @ts-ignore: decorator
@inline
function countUpTo(values: usize, codes: usize, size: i32, key: i32, labelMask: i32): void {
  const key4 = i32x4.splat(key);
  const mask4 = i32x4.splat(labelMask);
  let all4 = i32x4.splat(0), a4 = all4, b4 = all4, c4 = all4;
  const whole = values + (<usize>(size & ~3) << 2);
  for (; values < whole; values += 16) {
    const isLeft = i32x4.le_s(v128.load(values), key4);
    const label = v128.and(i32x4.shr_u(v128.load(codes), 1), mask4);
    codes += 16;
    // A comparison that holds is -1 in its lane.
    all4 = i32x4.sub(all4, isLeft);
    a4 = i32x4.sub(a4, v128.and(isLeft, i32x4.eq(label, i32x4.splat(1))));
    if (labelMask > 1) {
      b4 = i32x4.sub(b4, v128.and(isLeft, i32x4.eq(label, i32x4.splat(2))));
      c4 = i32x4.sub(c4, v128.and(isLeft, i32x4.eq(label, i32x4.splat(3))));
    }
  }
  let all = sum4(all4);
  let a = sum4(a4);
  let b = sum4(b4);
  let c = sum4(c4);
  const end = whole + (<usize>(size & 3) << 2);
  for (; values < end; values += 4) {
    const isLeft = i32(load<i32>(values) <= key);
    const label = (load<i32>(codes) >>> 1) & labelMask;
    codes += 4;
    all += isLeft;
    a += isLeft & i32(label == 1);
    b += isLeft & i32(label == 2);
    c += isLeft & i32(label == 3);
  }
  numLeft = all;
  left1 = a;
  left2 = b;
  left3 = c;
}

// @ts-ignore: decorator
@inline
function sum4(v: v128): i32 {
  const half = i32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1);
}

/**
 * Puts the codes whose key is at most `key` before the others, each side in its order; `aside` has room for `size`.
 *
 * Every code is written to both sides and those that belong there counted: no branch that a processor could guess
 * wrongly.
 */
export function partitionCodes(keys: usize, codes: usize, aside: usize, size: i32, key: i32, shift: i32): void {
  let left = codes;
  let right = aside;
  const end = codes + (<usize>size << 2);
  for (let p = codes; p < end; p += 4) {
    const code = load<u32>(p);
    const isLeft = <usize>(load<i32>(keys + (<usize>(code >>> shift) << 2)) <= key) << 2;
    store<u32>(left, code);
    store<u32>(right, code);
    left += isLeft;
    right += 4 - isLeft;
  }
  memory.copy(left, aside, right - aside);
}

/**
 * Copies the keys of a branch's rows from `rowKeys` [numRows, numFeatures] to `columns` [numFeatures, stride], side by
 * side, and has their codes name places there from then on; see `NearColumns`.
 */
export function copyNear(
  rowKeys: usize, numFeatures: i32, codes: usize, size: i32, shift: i32, columns: usize, stride: i32,
): void {
  const mask = (1 << shift) - 1;
  const columnBytes = <usize>stride << 2;
  for (let place = 0; place < size; place++) {
    const code = load<u32>(codes);
    store<u32>(codes, (place << shift) | (code & mask));
    codes += 4;
    let from = rowKeys + (<usize>((code >>> shift) * numFeatures) << 2);
    let to = columns + (<usize>place << 2);
    const end = from + (<usize>numFeatures << 2);
    for (; from < end; from += 4) {
      store<i32>(to, load<i32>(from));
      to += columnBytes;
    }
  }
}

/** The float32 of a key. */
// @ts-ignore: decorator
@inline
function valueOfKey(key: i32): f64 {
  return <f64>reinterpret<f32>(key ^ ((key >> 31) & 0x7fffffff));
}

/** The key for which keys up to it are of the values up to `threshold`. */
// @ts-ignore: decorator
@inline
function keyOfThreshold(threshold: f64): i32 {
  const rounded = <f32>(threshold + 0.0);
  const bits = reinterpret<i32>(rounded);
  const key = bits ^ ((bits >> 31) & 0x7fffffff);
  // Rounding may have gone up, past floats that are no more than the threshold.
  return key - i32(<f64>rounded > threshold);
}
