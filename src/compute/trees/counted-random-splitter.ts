import type { RandomStream } from "../../core/random.js";
import { type CountedSplit, type CountedSplitter, columnViews, copyRows, packRows, type RowCodes } from "./counted.js";
import type { PreparedData } from "./data.js";
import { giniScore } from "./node-statistics.js";
import { keyOfThreshold, valueOfKey } from "./presort.js";
import { FeatureDraw, type SplitLimits } from "./splitter.js";

/** `RandomSplitter` for Gini over coded rows that count once each: the same splits, faster. */
export class CountedRandomSplitter implements CountedSplitter {
  readonly rootSums: Float64Array;
  readonly best: CountedSplit;
  /** Codes, those of one node together. */
  private readonly rows: Int32Array;
  /** [numFeatures] the keys of each input, by the index in a row's code. */
  private columns: readonly Int32Array[];
  private readonly allColumns: readonly Int32Array[];
  private readonly near: NearColumns;
  private readonly aside: Int32Array;
  /** The keys of one input in the rows of a node. */
  private readonly values: Int32Array;
  /** The key of the best threshold. */
  private bestKey = 0;
  private readonly draw: FeatureDraw;
  private readonly sums: Float64Array;
  private copy = 0;
  /** [numClasses, 4] counts, as whole numbers. */
  private readonly turns: Int32Array;

  constructor(
    private readonly data: PreparedData,
    private readonly plan: RowCodes,
    private readonly limits: SplitLimits,
    private readonly stream: RandomStream,
  ) {
    const { numRows, numFeatures, numOutputs, keys } = data;
    this.rootSums = new Float64Array(numOutputs);
    this.best = { feature: -1, threshold: 0, numLeft: 0, score: 0, leftSums: new Float64Array(numOutputs) };
    this.rows = new Int32Array(numRows);
    this.allColumns = columnViews(keys, numFeatures, numRows);
    this.columns = this.allColumns;
    this.near = new NearColumns(keys, numFeatures, numRows);
    this.aside = new Int32Array(numRows);
    this.values = new Int32Array(numRows);
    this.draw = new FeatureDraw(numFeatures, limits.maxFeatures, stream);
    // Room for every class that the code's bits can name.
    this.sums = new Float64Array(plan.labelMask + 1 + 3);
    this.turns = new Int32Array(4 * (plan.labelMask + 1));
  }

  start(weights: Float64Array, copy: number): number {
    const { data, plan, rows } = this;
    this.copy = copy;
    this.draw.copy = copy;
    this.near.leave();
    return packRows(plan, data, weights, this.rootSums, rows);
  }

  find(start: number, end: number, sums: Float64Array, at: number): boolean {
    const { best, draw, rows, values, near } = this;
    const { shift } = this.plan;
    const { minSamplesLeaf } = this.limits;
    const numHere = end - start;
    this.columns = near.columnsFor(start, end, rows, shift) ?? this.allColumns;
    best.feature = -1;
    best.score = -Infinity;
    draw.restart();
    let hasVaried = false;
    for (let feature = draw.next(hasVaried); feature >= 0; feature = draw.next(hasVaried)) {
      const column = this.columns[feature];
      let lowKey = column[rows[start] >>> shift];
      let highKey = lowKey;
      values[0] = lowKey;
      for (let i = 1; i < numHere; i++) {
        const key = column[rows[start + i] >>> shift];
        values[i] = key;
        if (key < lowKey) lowKey = key;
        if (key > highKey) highKey = key;
      }
      if (lowKey === highKey) continue;
      hasVaried = true;
      const low = valueOfKey(lowKey);
      const high = valueOfKey(highKey);
      let threshold = low + this.stream.uniform(this.copy) * (high - low);
      // Rounding may reach the upper end, which would leave the right side empty.
      if (!(threshold < high)) threshold = low;
      const key = keyOfThreshold(threshold);
      const numLeft = this.count(start, numHere, key);
      if (numLeft < minSamplesLeaf || numHere - numLeft < minSamplesLeaf) continue;
      const score = this.score(numLeft, numHere, sums, at);
      if (score > best.score) {
        best.feature = feature;
        best.threshold = threshold;
        this.bestKey = key;
        best.numLeft = numLeft;
        best.score = score;
        for (let i = 0; i < best.leftSums.length; i++) best.leftSums[i] = this.sums[i];
      }
      // Both sides are pure: no other input can do better.
      if (score >= numHere) break;
    }
    return best.feature >= 0;
  }

  partition(start: number, end: number, keepLeft: boolean, keepRight: boolean): void {
    const { rows, aside, best } = this;
    const { shift } = this.plan;
    const column = this.columns[best.feature];
    const { bestKey } = this;
    // Every code is written and those that belong there counted: no branch that a processor could guess wrongly.
    if (!keepRight) {
      for (let p = start, left = start; p < end; p++) {
        const code = rows[p];
        rows[left] = code;
        left += +(column[code >>> shift] <= bestKey);
      }
      return;
    }
    if (!keepLeft) {
      for (let p = end - 1, right = end - 1; p >= start; p--) {
        const code = rows[p];
        rows[right] = code;
        right -= +(column[code >>> shift] > bestKey);
      }
      return;
    }
    let left = start;
    let right = 0;
    for (let p = start; p < end; p++) {
      const code = rows[p];
      const isLeft = +(column[code >>> shift] <= bestKey);
      rows[left] = code;
      aside[right] = code;
      left += isLeft;
      right += 1 - isLeft;
    }
    copyRows(aside, right, rows, left);
  }

  /** Counts the gathered keys up to that of a threshold, by class into `sums`; answers how many there are. */
  private count(start: number, numHere: number, key: number): number {
    const { rows, values, sums } = this;
    const { labelMask } = this.plan;
    let count = 0;
    if (labelMask <= 1) {
      let ones = 0;
      for (let i = 0; i < numHere; i++) {
        const isLeft = +(values[i] <= key);
        count += isLeft;
        ones += isLeft & (rows[start + i] >>> 1) & labelMask;
      }
      sums[0] = count - ones;
      sums[1] = ones;
    } else if (labelMask <= 3 && numHere < 1024) {
      // Counts of three classes share one whole number, 10 bits each; a fourth one overflows and is what remains.
      let shared = 0;
      for (let i = 0; i < numHere; i++) {
        const isLeft = +(values[i] <= key);
        count += isLeft;
        shared = (shared + (isLeft << (10 * ((rows[start + i] >>> 1) & 3)))) | 0;
      }
      sums[0] = shared & 1023;
      sums[1] = (shared >>> 10) & 1023;
      sums[2] = (shared >>> 20) & 1023;
      sums[3] = count - sums[0] - sums[1] - sums[2];
    } else {
      // Four places per class take turns, so that a row need not wait for the one before.
      sums.fill(0);
      const { turns } = this;
      turns.fill(0);
      for (let i = 0; i < numHere; i++) {
        const isLeft = +(values[i] <= key);
        count += isLeft;
        turns[(((rows[start + i] >>> 1) & labelMask) << 2) | (i & 3)] += isLeft;
      }
      for (let i = 0; i < turns.length; i++) sums[i >> 2] += turns[i];
    }
    return count;
  }

  private score(numLeft: number, numHere: number, all: Float64Array, at: number): number {
    const { sums, best } = this;
    let left = 0;
    let right = 0;
    for (let i = 0; i < best.leftSums.length; i++) {
      const rest = all[at + i] - sums[i];
      left += sums[i] * sums[i];
      right += rest * rest;
    }
    return giniScore(left, numLeft, right, numHere - numLeft);
  }
}

/** Keys that are copied together at most: they stay within the nearer caches of a processor, and alone there. */
const NEAR_KEYS = 24576;

/** Rows of a branch that is copied at most; see `NearColumns`. */
export const nearCapacity = (numFeatures: number) => Math.max(1, Math.floor(NEAR_KEYS / numFeatures));

/**
 * A copy of the keys of one small branch, row by row together.
 *
 * Deep in a tree the rows of a node lie scattered over all rows, and every look at an input misses the cache. So a
 * branch that is small enough is copied once, and its codes name places in the copy from then on. Depth first, a branch
 * is done before anything outside of it is looked at again.
 */
class NearColumns {
  /** [numRows, numFeatures]: a row lies in one or two lines of the cache, and is looked up once. */
  private readonly rowKeys: Int32Array;
  private readonly capacity: number;
  private readonly columns: readonly Int32Array[];
  private start = 0;
  private end = 0;

  /** `keys` [numFeatures, numRows] */
  constructor(
    keys: Int32Array,
    private readonly numFeatures: number,
    numRows: number,
  ) {
    this.rowKeys = new Int32Array(keys.length);
    for (let feature = 0; feature < numFeatures; feature++) {
      for (let row = 0; row < numRows; row++) {
        this.rowKeys[row * numFeatures + feature] = keys[feature * numRows + row];
      }
    }
    this.capacity = nearCapacity(numFeatures);
    this.columns = columnViews(new Int32Array(this.capacity * numFeatures), numFeatures, this.capacity);
  }

  /** Forgets the branch. */
  leave(): void {
    this.start = 0;
    this.end = 0;
  }

  /** The columns for the node [start, end), whose codes may be rewritten; null for a node that is too large. */
  columnsFor(start: number, end: number, rows: Int32Array, shift: number): readonly Int32Array[] | null {
    const { rowKeys, numFeatures, columns, capacity } = this;
    if (start >= this.start && end <= this.end) return columns;
    if (end - start > capacity) return null;
    this.start = start;
    this.end = end;
    const mask = (1 << shift) - 1;
    for (let p = start; p < end; p++) {
      const code = rows[p];
      const from = (code >>> shift) * numFeatures;
      for (let feature = 0; feature < numFeatures; feature++) columns[feature][p - start] = rowKeys[from + feature];
      rows[p] = ((p - start) << shift) | (code & mask);
    }
    return columns;
  }
}
