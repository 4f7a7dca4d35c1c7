import type { PreparedData } from "./data.js";
import type { GrowthLimits } from "./grow.js";
import type { NodePool } from "./node-pool.js";
import { giniOf } from "./node-statistics.js";

/**
 * The fast way to grow classifiers by Gini where every row counts a whole number of times, as in a bootstrap sample.
 *
 * A row travels as one code: its index, its class and its count, so that a scan reads one array less for each of them.
 * Sums are then exact: a child's are its parent's minus its sibling's, and a leaf is known without looking at it. The
 * plain way (`grow.ts`, `exact-splitter.ts`, `random-splitter.ts`) gives the same trees, node for node, and a test
 * holds both to that.
 */
export interface RowCodes {
  /** [numRows] row << shift | class << countBits | count; 0 in the count leaves a row out. */
  readonly codes: Int32Array;
  readonly shift: number;
  readonly countBits: number;
  readonly labelMask: number;
  readonly countMask: number;
}

const bitsFor = (largest: number) => Math.ceil(Math.log2(largest + 1));

/** How rows are packed with counts up to `maxCount`; null where 31 bits do not hold that. */
export function planCodes(data: PreparedData, maxCount: number): RowCodes | null {
  const countBits = bitsFor(maxCount);
  const labelBits = bitsFor(data.numOutputs - 1);
  const shift = countBits + labelBits;
  if (shift + bitsFor(data.numRows - 1) > 31) return null;
  return {
    codes: new Int32Array(data.numRows),
    shift,
    countBits,
    labelMask: (1 << labelBits) - 1,
    countMask: (1 << countBits) - 1,
  };
}

/** Packs rows with their weights, which are whole numbers within the plan; fills `sums` [numClasses] with their sums. */
export function packCodes(plan: RowCodes, data: PreparedData, weights: Float64Array, sums: Float64Array): void {
  const { codes, shift, countBits } = plan;
  const { labels } = data;
  sums.fill(0);
  for (let row = 0; row < codes.length; row++) {
    codes[row] = (row << shift) | (labels[row] << countBits) | weights[row];
    sums[labels[row]] += weights[row];
  }
}

/** Packs likewise, and puts the codes of the rows that count at all into `rows` [numRows]; answers how many they are. */
export function packRows(
  plan: RowCodes,
  data: PreparedData,
  weights: Float64Array,
  sums: Float64Array,
  rows: Int32Array,
): number {
  const { codes, countMask } = plan;
  packCodes(plan, data, weights, sums);
  let numRows = 0;
  for (let row = 0; row < rows.length; row++) {
    rows[numRows] = codes[row];
    if ((codes[row] & countMask) > 0) numRows++;
  }
  return numRows;
}

/** The largest weight when all are whole numbers below 2^16; else 0. */
export function largestCount(weights: Float64Array): number {
  let largest = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row];
    if ((weight & 0xffff) !== weight) return 0;
    if (weight > largest) largest = weight;
  }
  return largest;
}

/** Finds splits over coded rows; see `Splitter` for what the ranges mean. */
export interface CountedSplitter {
  /** [numClasses] of the whole tree, after `start`. */
  readonly rootSums: Float64Array;
  /** The split that `find` found. */
  readonly best: CountedSplit;
  /** Starts a tree; answers how many rows it has. `copy` numbers the draws. */
  start(weights: Float64Array, copy: number): number;
  /** Looks for the best split of a node whose class sums stand in `sums` from `at`; false when there is none. */
  find(start: number, end: number, sums: Float64Array, at: number): boolean;
  /** Divides the node's rows by the split found; a side that is not kept may be lost. */
  partition(start: number, end: number, keepLeft: boolean, keepRight: boolean): void;
}

export interface CountedSplit {
  feature: number;
  threshold: number;
  numLeft: number;
  score: number;
  /** [numClasses] of the left side. */
  readonly leftSums: Float64Array;
}

/** Grows one tree depth first, like `growDepthFirst`. Answers with its root. */
export function growCounted(splitter: CountedSplitter, numRows: number, pool: NodePool, limits: GrowthLimits): number {
  const { best, rootSums } = splitter;
  const numClasses = rootSums.length;
  const { maxDepth } = limits;
  const minRows = Math.max(limits.minSamplesSplit, 2 * limits.minSamplesLeaf);
  // Open nodes: node, start, end, depth in one stack, their class sums in the other.
  let stack = new Int32Array(4 * 256);
  let sums = new Float64Array(numClasses * 256);
  let size = 0;

  const root = pool.add(1);
  sums.set(rootSums);
  if (settle(pool, root, sums, 0, maxDepth > 0 && numRows >= minRows)) {
    stack.set([root, 0, numRows, 0]);
    size = 1;
  }
  while (size > 0) {
    size--;
    const node = stack[4 * size];
    const start = stack[4 * size + 1];
    const end = stack[4 * size + 2];
    const depth = stack[4 * size + 3] + 1;
    const at = numClasses * size;
    if (!splitter.find(start, end, sums, at)) {
      setMixedLeaf(pool, node, sums, at);
      continue;
    }
    if (4 * (size + 2) > stack.length) {
      const [before, sumsBefore] = [stack, sums];
      stack = new Int32Array(2 * before.length);
      stack.set(before);
      sums = new Float64Array(2 * sumsBefore.length);
      sums.set(sumsBefore);
    }
    const left = pool.add(2);
    pool.setSplit(node, best.feature, best.threshold, left);
    // The right side waits below the left one, so its sums take the parent's place.
    for (let i = 0; i < numClasses; i++) {
      const sum = best.leftSums[i];
      sums[at + numClasses + i] = sum;
      sums[at + i] -= sum;
    }
    const middle = start + best.numLeft;
    const keepLeft = settle(pool, left, sums, at + numClasses, depth < maxDepth && middle - start >= minRows);
    const keepRight = settle(pool, left + 1, sums, at, depth < maxDepth && end - middle >= minRows);
    if (!keepLeft && !keepRight) continue;
    splitter.partition(start, end, keepLeft, keepRight);
    if (keepRight) {
      const to = 4 * size;
      stack[to] = left + 1;
      stack[to + 1] = middle;
      stack[to + 2] = end;
      stack[to + 3] = depth;
      size++;
    }
    if (keepLeft) {
      const to = 4 * size;
      stack[to] = left;
      stack[to + 1] = start;
      stack[to + 2] = middle;
      stack[to + 3] = depth;
      // Where only the left side stays open its sums move down.
      if (!keepRight) sums.copyWithin(at, at + numClasses, at + 2 * numClasses);
      size++;
    }
  }
  return root;
}

/**
 * Records a node whose class sums stand in `sums` from `at`; makes it a leaf where it is pure or may not be split, and
 * answers whether it stays open.
 */
function settle(pool: NodePool, node: number, sums: Float64Array, at: number, maySplit: boolean): boolean {
  const { numOutputs, nodeValues } = pool;
  let weight = 0;
  let squares = 0;
  let numPresent = 0;
  let pureClass = 0;
  for (let i = 0; i < numOutputs; i++) {
    const sum = sums[at + i];
    weight += sum;
    squares += sum * sum;
    if (sum === 0) continue;
    numPresent++;
    pureClass = i;
  }
  pool.samples[node] = weight;
  pool.impurity[node] = giniOf(squares, weight);
  if (nodeValues) {
    for (let i = 0; i < numOutputs; i++) nodeValues[node * numOutputs + i] = sums[at + i] / weight;
  }
  if (numPresent <= 1) {
    pool.setLeaf(node, pureClass);
    return false;
  }
  if (!maySplit) setMixedLeaf(pool, node, sums, at);
  return maySplit;
}

function setMixedLeaf(pool: NodePool, node: number, sums: Float64Array, at: number): void {
  const { numOutputs } = pool;
  const values = new Float64Array(numOutputs);
  for (let i = 0; i < numOutputs; i++) values[i] = sums[at + i] / pool.samples[node];
  pool.setLeaf(node, pool.addLeafValues(values));
}

/** Puts `count` entries of `from` behind one another in `to`; the built-in copy pays only for longer stretches. */
export function copyRows(from: Int32Array, count: number, to: Int32Array, at: number): void {
  if (count > 64) to.set(from.subarray(0, count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[i];
}

/** Each column of `keys` [numFeatures, numRows] as an array of its own, over the same memory. */
export function columnViews(keys: Int32Array, numFeatures: number, numRows: number): Int32Array[] {
  return Array.from({ length: numFeatures }, (_, feature) => keys.subarray(feature * numRows, (feature + 1) * numRows));
}
