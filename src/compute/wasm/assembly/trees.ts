// Growing extremely randomised trees by Gini, for four classes at most, and walking trees of any kind. A row to learn
// from is a code: its row << shift | class << 1 | 1. Keys sort like the values of an input (`presort.ts`). All pointers
// are byte offsets.
import { uniformBits4 } from "./threefry";

/** Of the data and the limits, set once by `prepare`; what each is stands there. */
let columns: usize, numRows: i32, rowKeys: usize, near: usize, nearCapacity: i32, nearStride: i32;
let codes: usize, values: usize, features: usize, draws: usize, stack: usize;
let words: usize, thresholds: usize, samples: usize, impurities: usize, leafValues: usize;
let numFeatures: i32, featureBits: i32, numClasses: i32, shift: i32, labelMask: i32;
let numWanted: i32, minLeaf: i32, minRows: i32, maxDepth: i32;

/** The stream's numbers, the index of its next draw, and of the first of those in `draws`. */
let key0: u32, key1: u32, copy: u32, position: u32, drawsFrom: u32;

/** Of the tree so far. */
let numNodes: i32, numMixed: i32, firstMixed: i32;

/** The rows [nearStart, nearEnd) that lie in the near columns. */
let nearStart: i32, nearEnd: i32;

/** Of one look at an input, written by `gatherKeys` and `countUpTo`. */
let lowKey: i32, highKey: i32, numLeft: i32, left1: i32, left2: i32, left3: i32;

/** Of an open node: int32 node, start, end, depth; float64 [4] rows by class. */
const OPEN = 48;

/**
 * Takes where everything stands, int32 each, in the order of the loads below.
 *
 * `columns` [numFeatures, numRows] keys; `rowKeys` the same row by row; `near` [numFeatures, nearStride] room for the
 * keys of `nearCapacity` rows and three more; `codes` and `values` [numRows + 3]; `features` [numFeatures] the order in which inputs
 * were last drawn; `draws` [4]; `stack` room for numRows / 2 + 2 open nodes. The tree comes to stand in `words` [nodes, 2]
 * (`node-pool.ts`), `thresholds`, `samples`, `impurities` [nodes] float64 and, for leaves of several classes,
 * `leafValues` [leaves, numClasses] float64. `minRows`: a node with fewer stays a leaf.
 */
export function prepare(from: usize): void {
  columns = load<u32>(from, 0);
  numRows = load<i32>(from, 4);
  rowKeys = load<u32>(from, 8);
  near = load<u32>(from, 12);
  nearCapacity = load<i32>(from, 16);
  nearStride = load<i32>(from, 20);
  codes = load<u32>(from, 24);
  values = load<u32>(from, 28);
  features = load<u32>(from, 32);
  draws = load<u32>(from, 36);
  stack = load<u32>(from, 40);
  words = load<u32>(from, 44);
  thresholds = load<u32>(from, 48);
  samples = load<u32>(from, 52);
  impurities = load<u32>(from, 56);
  leafValues = load<u32>(from, 60);
  numFeatures = load<i32>(from, 64);
  featureBits = load<i32>(from, 68);
  numClasses = load<i32>(from, 72);
  shift = load<i32>(from, 76);
  labelMask = load<i32>(from, 80);
  numWanted = load<i32>(from, 84);
  minLeaf = load<i32>(from, 88);
  minRows = load<i32>(from, 92);
  maxDepth = load<i32>(from, 96);
  key0 = load<u32>(from, 100);
  key1 = load<u32>(from, 104);
}

/**
 * Grows one tree depth first, as `growCounted` with `CountedRandomSplitter` does, over the first `size` codes; their
 * rows by class stand as float64 [4] in the first open node of `stack`, at byte 16. Draws from copy `ofCopy` of the
 * stream, from index `from`. `firstLeaf` is the row of leaf values that the first leaf of several classes gets; a leaf
 * of one class names that class. Answers with the number of nodes.
 */
export function growTree(size: i32, ofCopy: u32, from: u32, firstLeaf: i32): i32 {
  copy = ofCopy;
  position = from;
  drawsFrom = from - 4;
  firstMixed = firstLeaf;
  numNodes = 1;
  numMixed = 0;
  nearStart = 0;
  nearEnd = 0;
  let top = stack;
  if (settle(0, load<f64>(top, 16), load<f64>(top, 24), load<f64>(top, 32), load<f64>(top, 40), maxDepth > 0 && size >= minRows)) {
    store<i32>(top, 0);
    store<i32>(top, 0, 4);
    store<i32>(top, size, 8);
    store<i32>(top, 0, 12);
    top += OPEN;
  }
  while (top > stack) {
    top -= OPEN;
    top = splitNode(top);
  }
  return numNodes;
}

/** The index of the stream's next draw. */
export function nextDraw(): u32 {
  return position;
}

/** Leaves of several classes. */
export function numMixedLeaves(): i32 {
  return numMixed;
}

/** Splits the open node at `top`, or makes a leaf of it; answers the stack's top with those children that are open. */
function splitNode(top: usize): usize {
  const node = load<i32>(top);
  const start = load<i32>(top, 4);
  const end = load<i32>(top, 8);
  const depth = load<i32>(top, 12) + 1;
  const a = load<f64>(top, 16), b = load<f64>(top, 24), c = load<f64>(top, 32), d = load<f64>(top, 40);
  const size = end - start;
  const first = codes + (<usize>start << 2);

  // Which columns: those of all rows, or of a branch that is small enough to be copied.
  let from = near, stride = nearStride;
  if (start < nearStart || end > nearEnd) {
    if (size > nearCapacity) {
      from = columns;
      stride = numRows;
    } else {
      nearStart = start;
      nearEnd = end;
      copyNear(first, size);
    }
  }

  let bestScore: f64 = -Infinity, bestThreshold: f64 = 0, hasVaried = false;
  let bestFeature = -1, bestKey = 0, bestSize = 0, best1 = 0, best2 = 0, best3 = 0;
  for (let drawn = 0; drawn < numFeatures && !(drawn >= numWanted && hasVaried); drawn++) {
    let feature = drawn;
    if (numWanted < numFeatures) {
      const there = features + (<usize>(drawn + i32(uniform() * <f64>(numFeatures - drawn))) << 2);
      const here = features + (<usize>drawn << 2);
      feature = load<i32>(there);
      store<i32>(there, load<i32>(here));
      store<i32>(here, feature);
    }
    gatherKeys(from + <usize>(feature * stride << 2), first, size);
    if (lowKey == highKey) continue;
    hasVaried = true;
    const low = valueOfKey(lowKey);
    const high = valueOfKey(highKey);
    let threshold = low + uniform() * (high - low);
    // Rounding may reach the upper end, which would leave the right side empty.
    if (!(threshold < high)) threshold = low;
    const key = keyOfThreshold(threshold);
    countUpTo(first, size, key);
    const numRight = size - numLeft;
    if (numLeft < minLeaf || numRight < minLeaf) continue;
    const e = <f64>(numLeft - left1 - left2 - left3), f = <f64>left1, g = <f64>left2, h = <f64>left3;
    const p = a - e, q = b - f, r = c - g, s = d - h;
    const left = e * e + f * f + g * g + h * h;
    const right = p * p + q * q + r * r + s * s;
    const score = (left * <f64>numRight + right * <f64>numLeft) / (<f64>numLeft * <f64>numRight);
    if (score > bestScore) {
      bestScore = score;
      bestThreshold = threshold;
      bestFeature = feature;
      bestKey = key;
      bestSize = numLeft;
      best1 = left1;
      best2 = left2;
      best3 = left3;
    }
    // Both sides are pure: no other input can do better.
    if (score >= <f64>size) break;
  }
  if (bestFeature < 0) {
    setMixedLeaf(node, a, b, c, d, <f64>size);
    return top;
  }

  const child = numNodes;
  numNodes += 2;
  const word = words + (<usize>node << 3);
  store<i32>(word, bestKey);
  store<i32>(word, ((child - node) << featureBits) | bestFeature, 4);
  store<f64>(thresholds + (<usize>node << 3), bestThreshold);
  const e = <f64>(bestSize - best1 - best2 - best3), f = <f64>best1, g = <f64>best2, h = <f64>best3;
  const middle = start + bestSize;
  const mayGrow = depth < maxDepth;
  const keepLeft = settle(child, e, f, g, h, mayGrow && bestSize >= minRows);
  const keepRight = settle(child + 1, a - e, b - f, c - g, d - h, mayGrow && end - middle >= minRows);
  if (!keepLeft && !keepRight) return top;
  divide(from + <usize>(bestFeature * stride << 2), first, size, bestKey);
  if (keepRight) {
    open(top, child + 1, middle, end, depth, a - e, b - f, c - g, d - h);
    top += OPEN;
  }
  if (keepLeft) {
    open(top, child, start, middle, depth, e, f, g, h);
    top += OPEN;
  }
  return top;
}

// @ts-ignore: decorator
@inline
function open(at: usize, node: i32, start: i32, end: i32, depth: i32, a: f64, b: f64, c: f64, d: f64): void {
  store<i32>(at, node);
  store<i32>(at, start, 4);
  store<i32>(at, end, 8);
  store<i32>(at, depth, 12);
  store<f64>(at, a, 16);
  store<f64>(at, b, 24);
  store<f64>(at, c, 32);
  store<f64>(at, d, 40);
}

/** Records a node; makes it a leaf where it is pure or may not be split, and answers whether it stays open. */
// @ts-ignore: decorator
@inline
function settle(node: i32, a: f64, b: f64, c: f64, d: f64, maySplit: bool): bool {
  const weight = a + b + c + d;
  const at = <usize>node << 3;
  store<f64>(samples + at, weight);
  store<f64>(impurities + at, max<f64>(0, 1 - (a * a + b * b + c * c + d * d) / (weight * weight)));
  if (max(max(a, b), max(c, d)) == weight) {
    setLeaf(node, i32(b == weight) + 2 * i32(c == weight) + 3 * i32(d == weight));
    return false;
  }
  if (!maySplit) setMixedLeaf(node, a, b, c, d, weight);
  return maySplit;
}

// @ts-ignore: decorator
@inline
function setLeaf(node: i32, row: i32): void {
  const word = words + (<usize>node << 3);
  store<i32>(word, 0);
  store<i32>(word, ~row, 4);
  store<f64>(thresholds + (<usize>node << 3), 0);
}

function setMixedLeaf(node: i32, a: f64, b: f64, c: f64, d: f64, weight: f64): void {
  const to = leafValues + (<usize>(numMixed * numClasses) << 3);
  store<f64>(to, a / weight);
  if (numClasses > 1) store<f64>(to, b / weight, 8);
  if (numClasses > 2) store<f64>(to, c / weight, 16);
  if (numClasses > 3) store<f64>(to, d / weight, 24);
  setLeaf(node, firstMixed + numMixed);
  numMixed++;
}

/** The stream's next draw, in [0, 1). Four are made at a time. */
// @ts-ignore: decorator
@inline
function uniform(): f64 {
  if (position - drawsFrom >= 4) {
    drawsFrom = position;
    v128.store(draws, uniformBits4(key0, key1, copy, position));
  }
  const bits = load<u32>(draws + (<usize>(position - drawsFrom) << 2));
  position++;
  return <f64>bits / 16777216.0;
}

/**
 * Gathers the keys of one input for `size` codes into `values`, and finds the least and the largest.
 *
 * Four at a time, whatever the size: what lies behind the last code is some other row's, or nought, and is not counted.
 * Most nodes are small, and a loop over what is left would cost a wrong guess in each.
 */
// @ts-ignore: decorator
@inline
function gatherKeys(keys: usize, from: usize, size: i32): void {
  let low4 = i32x4.splat(i32.MAX_VALUE);
  let high4 = i32x4.splat(i32.MIN_VALUE);
  let to = values;
  let left = size;
  for (; left > 4; left -= 4) {
    const v = fourKeys(keys, from);
    v128.store(to, v);
    low4 = i32x4.min_s(low4, v);
    high4 = i32x4.max_s(high4, v);
    from += 16;
    to += 16;
  }
  const v = fourKeys(keys, from);
  v128.store(to, v);
  const isMine = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left));
  low4 = i32x4.min_s(low4, v128.bitselect(v, low4, isMine));
  high4 = i32x4.max_s(high4, v128.bitselect(v, high4, isMine));
  low4 = i32x4.min_s(low4, v128.shuffle<i32>(low4, low4, 2, 3, 0, 1));
  low4 = i32x4.min_s(low4, v128.shuffle<i32>(low4, low4, 1, 0, 3, 2));
  high4 = i32x4.max_s(high4, v128.shuffle<i32>(high4, high4, 2, 3, 0, 1));
  high4 = i32x4.max_s(high4, v128.shuffle<i32>(high4, high4, 1, 0, 3, 2));
  lowKey = i32x4.extract_lane(low4, 0);
  highKey = i32x4.extract_lane(high4, 0);
}

// @ts-ignore: decorator
@inline
function fourKeys(keys: usize, from: usize): v128 {
  const places = i32x4.shl(i32x4.shr_u(v128.load(from), shift), 2);
  let v = v128.load32_zero(keys + <usize>i32x4.extract_lane(places, 0));
  v = v128.load_lane<i32>(keys + <usize>i32x4.extract_lane(places, 1), v, 1);
  v = v128.load_lane<i32>(keys + <usize>i32x4.extract_lane(places, 2), v, 2);
  return v128.load_lane<i32>(keys + <usize>i32x4.extract_lane(places, 3), v, 3);
}

/** Counts the keys gathered that are at most `key`: all, and those of classes 1 to 3. */
// @ts-ignore: decorator
@inline
function countUpTo(from: usize, size: i32, key: i32): void {
  const key4 = i32x4.splat(key);
  const mask4 = i32x4.splat(labelMask);
  let all4 = i32x4.splat(0), a4 = all4, b4 = all4, c4 = all4;
  let at = values;
  // How many are left, lane by lane; a lane without one counts nothing.
  let left4 = i32x4.sub(i32x4.splat(size), i32x4(0, 1, 2, 3));
  const end = values + (<usize>size << 2);
  for (; at < end; at += 16) {
    const isLeft = v128.and(i32x4.le_s(v128.load(at), key4), i32x4.gt_s(left4, i32x4.splat(0)));
    const label = v128.and(i32x4.shr_u(v128.load(from), 1), mask4);
    from += 16;
    left4 = i32x4.sub(left4, i32x4.splat(4));
    // A comparison that holds is -1 in its lane.
    all4 = i32x4.sub(all4, isLeft);
    a4 = i32x4.sub(a4, v128.and(isLeft, i32x4.eq(label, i32x4.splat(1))));
    if (labelMask > 1) {
      b4 = i32x4.sub(b4, v128.and(isLeft, i32x4.eq(label, i32x4.splat(2))));
      c4 = i32x4.sub(c4, v128.and(isLeft, i32x4.eq(label, i32x4.splat(3))));
    }
  }
  numLeft = sum4(all4);
  left1 = sum4(a4);
  left2 = sum4(b4);
  left3 = sum4(c4);
}

// @ts-ignore: decorator
@inline
function sum4(v: v128): i32 {
  const half = i32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1);
}

/** Rows of a node that are divided by exchanging codes; more are copied, which waits less for what was just written. */
const FEW_ROWS = 32;

/** Puts the codes whose key is at most `key` before the others. No branch that a processor could guess wrongly. */
// @ts-ignore: decorator
@inline
function divide(keys: usize, from: usize, size: i32, key: i32): void {
  let left = from;
  const end = from + (<usize>size << 2);
  if (size <= FEW_ROWS) {
    for (let p = from; p < end; p += 4) {
      const code = load<u32>(p);
      const isLeft = <usize>(load<i32>(keys + (<usize>(code >>> shift) << 2)) <= key) << 2;
      store<u32>(p, load<u32>(left));
      store<u32>(left, code);
      left += isLeft;
    }
    return;
  }
  // Every code is written to both sides, and those that belong there counted.
  let right = values;
  for (let p = from; p < end; p += 4) {
    const code = load<u32>(p);
    const isLeft = <usize>(load<i32>(keys + (<usize>(code >>> shift) << 2)) <= key) << 2;
    store<u32>(left, code);
    store<u32>(right, code);
    left += isLeft;
    right += 4 - isLeft;
  }
  memory.copy(left, values, right - values);
}

/**
 * Copies the keys of a branch's rows from `rowKeys` to the near columns, side by side, and has their codes name places
 * there from then on; see `NearColumns`.
 */
function copyNear(from: usize, size: i32): void {
  const mask = (1 << shift) - 1;
  const columnBytes = <usize>nearStride << 2;
  for (let place = 0; place < size; place++) {
    const code = load<u32>(from);
    store<u32>(from, (place << shift) | (code & mask));
    from += 4;
    let key = rowKeys + (<usize>((code >>> shift) * numFeatures) << 2);
    let to = near + (<usize>place << 2);
    const end = key + (<usize>numFeatures << 2);
    for (; key < end; key += 4) {
      store<i32>(to, load<i32>(key));
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

/**
 * Fills `leaves` [numTrees] with the rows of leaf values that a row of inputs reaches from `roots` [numTrees], nodes of
 * `nodes` (`node-pool.ts`). `keys` has room for 2^bits, those of the inputs first; `open` for two words per tree.
 *
 * All trees are walked together, three steps of each in turn: their nodes lie far apart, and so the processor fetches
 * many while it would wait for one. Nothing in a turn is a branch that could be guessed wrongly: a comparison is a
 * number that is added, and a walk that has come to its leaf stays there.
 */
export function walkTrees(
  nodes: usize, roots: usize, numTrees: i32, keys: usize, bits: i32, leaves: usize, open: usize,
): void {
  const mask = (1 << bits) - 1;
  let end = open;
  for (let t = 0; t < numTrees; t++) {
    store<u32>(end, nodes + (<usize>load<u32>(roots) << 3));
    store<u32>(end, leaves + (<usize>t << 2), 4);
    roots += 4;
    end += 8;
  }
  while (end > open) {
    let kept = open;
    for (let at = open; at < end; at += 8) {
      const leaf = <usize>load<u32>(at, 4);
      let node = <usize>load<u32>(at);
      node = childOf(node, keys, bits, mask);
      node = childOf(node, keys, bits, mask);
      node = childOf(node, keys, bits, mask);
      const word = load<i32>(node, 4);
      store<i32>(leaf, ~word);
      store<u32>(kept, node);
      store<u32>(kept, leaf, 4);
      kept += <usize>(word >= 0) << 3;
    }
    end = kept;
  }
}

/** The child that the walk goes to, or the leaf itself. */
// @ts-ignore: decorator
@inline
function childOf(node: usize, keys: usize, bits: i32, mask: i32): usize {
  const word = load<i32>(node, 4);
  const isRight = i32(load<i32>(keys + (<usize>(word & mask) << 2)) > load<i32>(node));
  return node + (<usize>(((word >> bits) + isRight) & ~(word >> 31)) << 3);
}
