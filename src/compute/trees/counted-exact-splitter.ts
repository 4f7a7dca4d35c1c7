import type { RandomStream } from "../../core/random.js";
import { type CountedSplit, type CountedSplitter, columnViews, copyRows, packCodes, type RowCodes } from "./counted.js";
import type { PreparedData } from "./data.js";
import { giniScore } from "./node-statistics.js";
import { valueOfKey } from "./presort.js";
import { FeatureDraw, type SplitLimits } from "./splitter.js";

/** `ExactSplitter` for Gini over coded rows: the same splits, faster. */
export class CountedExactSplitter implements CountedSplitter {
  readonly rootSums: Float64Array;
  readonly best: CountedSplit;
  /** [numFeatures, numRows of the data]: sorted codes, of which the first rows of each input are in use. */
  private readonly lists: Int32Array;
  /** [numFeatures] the keys of each input by row. */
  private readonly columns: readonly Int32Array[];
  private readonly goesLeft: Uint8Array;
  private readonly aside: Int32Array;
  private readonly draw: FeatureDraw;
  private readonly leftSums: Float64Array;
  private readonly rightSums: Float64Array;

  constructor(
    private readonly data: PreparedData,
    /** From `presort`: [numFeatures, numRows]. */
    private readonly order: Int32Array,
    private readonly plan: RowCodes,
    private readonly limits: SplitLimits,
    stream: RandomStream | null,
  ) {
    const { numRows, numFeatures, numOutputs, keys } = data;
    this.rootSums = new Float64Array(numOutputs);
    this.best = { feature: -1, threshold: 0, numLeft: 0, score: 0, leftSums: new Float64Array(numOutputs) };
    this.lists = new Int32Array(order.length);
    this.columns = columnViews(keys, numFeatures, numRows);
    this.goesLeft = new Uint8Array(numRows);
    this.aside = new Int32Array(numRows);
    this.draw = new FeatureDraw(numFeatures, limits.maxFeatures, stream);
    this.leftSums = new Float64Array(numOutputs);
    this.rightSums = new Float64Array(numOutputs);
  }

  start(weights: Float64Array, copy: number): number {
    const { lists, order, plan } = this;
    const { numRows, numFeatures } = this.data;
    const { codes, countMask } = plan;
    this.draw.copy = copy;
    packCodes(plan, this.data, weights, this.rootSums);
    let numUsed = 0;
    for (let feature = 0; feature < numFeatures; feature++) {
      const from = feature * numRows;
      let to = from;
      for (let i = from; i < from + numRows; i++) {
        const code = codes[order[i]];
        lists[to] = code;
        to += +((code & countMask) !== 0);
      }
      numUsed = to - from;
    }
    return numUsed;
  }

  find(start: number, end: number, sums: Float64Array, at: number): boolean {
    const { best, draw, lists } = this;
    const { numRows, numOutputs } = this.data;
    const { shift } = this.plan;
    best.feature = -1;
    best.score = -Infinity;
    draw.restart();
    let hasVaried = false;
    for (let feature = draw.next(hasVaried); feature >= 0; feature = draw.next(hasVaried)) {
      const base = feature * numRows;
      const column = this.columns[feature];
      if (column[lists[base + start] >>> shift] === column[lists[base + end - 1] >>> shift]) continue;
      hasVaried = true;
      const [from, to] = [base + start, base + end];
      const numLeft =
        numOutputs === 2 ? this.scanTwo(from, to, column, sums, at) : this.scanMany(from, to, column, sums, at);
      if (numLeft === 0) continue;
      best.feature = feature;
      best.numLeft = numLeft;
    }
    if (best.feature < 0) return false;
    const middle = best.feature * numRows + start + best.numLeft;
    const column = this.columns[best.feature];
    best.threshold =
      valueOfKey(column[lists[middle - 1] >>> shift]) / 2 + valueOfKey(column[lists[middle] >>> shift]) / 2;
    return true;
  }

  partition(start: number, end: number, keepLeft: boolean, keepRight: boolean): void {
    const { lists, goesLeft, best } = this;
    const { numRows, numFeatures } = this.data;
    const { shift } = this.plan;
    const own = best.feature * numRows;
    const middle = own + start + best.numLeft;
    for (let p = own + start; p < middle; p++) goesLeft[lists[p] >>> shift] = 1;
    for (let p = middle; p < own + end; p++) goesLeft[lists[p] >>> shift] = 0;
    for (let feature = 0; feature < numFeatures; feature++) {
      if (feature === best.feature) continue;
      const from = feature * numRows + start;
      const to = feature * numRows + end;
      if (!keepRight) this.keepLeft(from, to);
      else if (!keepLeft) this.keepRight(from, to);
      else this.keepBoth(from, to);
    }
  }

  // Each writes every code and counts those that belong there: no branch that a processor could guess wrongly.

  private keepBoth(from: number, to: number): void {
    const { lists, goesLeft, aside } = this;
    const { shift } = this.plan;
    let left = from;
    let right = 0;
    for (let p = from; p < to; p++) {
      const code = lists[p];
      const isLeft = goesLeft[code >>> shift];
      lists[left] = code;
      aside[right] = code;
      left += isLeft;
      right += 1 - isLeft;
    }
    copyRows(aside, right, lists, left);
  }

  private keepLeft(from: number, to: number): void {
    const { lists, goesLeft } = this;
    const { shift } = this.plan;
    let left = from;
    for (let p = from; p < to; p++) {
      const code = lists[p];
      lists[left] = code;
      left += goesLeft[code >>> shift];
    }
  }

  private keepRight(from: number, to: number): void {
    const { lists, goesLeft } = this;
    const { shift } = this.plan;
    let right = to - 1;
    for (let p = to - 1; p >= from; p--) {
      const code = lists[p];
      lists[right] = code;
      right -= 1 - goesLeft[code >>> shift];
    }
  }

  /** Looks for a better split of one input's list; answers how many rows go left, or 0. */
  private scanTwo(from: number, to: number, column: Int32Array, sums: Float64Array, at: number): number {
    const { lists, best } = this;
    const { shift, countBits, countMask } = this.plan;
    const { minSamplesLeaf } = this.limits;
    const zeros = sums[at];
    const ones = sums[at + 1];
    const last = to - minSamplesLeaf;
    const firstSplit = from + minSamplesLeaf;
    let bestScore = best.score;
    let numLeft = 0;
    let leftOnes = 0;
    let leftWeight = 0;
    let bestOnes = 0;
    let bestWeight = 0;
    let code = lists[from];
    let x = column[code >>> shift];
    for (let p = from + 1; p <= last; p++) {
      const count = code & countMask;
      leftWeight += count;
      leftOnes += ((code >>> countBits) & 1) * count;
      code = lists[p];
      const previous = x;
      x = column[code >>> shift];
      if (x === previous || p < firstSplit) continue;
      const leftZeros = leftWeight - leftOnes;
      const rightOnes = ones - leftOnes;
      const rightZeros = zeros - leftZeros;
      const left = leftZeros * leftZeros + leftOnes * leftOnes;
      const right = rightZeros * rightZeros + rightOnes * rightOnes;
      const score = giniScore(left, leftWeight, right, rightZeros + rightOnes);
      if (score > bestScore) {
        bestScore = score;
        numLeft = p - from;
        bestOnes = leftOnes;
        bestWeight = leftWeight;
      }
    }
    if (numLeft === 0) return 0;
    best.score = bestScore;
    best.leftSums[0] = bestWeight - bestOnes;
    best.leftSums[1] = bestOnes;
    return numLeft;
  }

  private scanMany(from: number, to: number, column: Int32Array, sums: Float64Array, at: number): number {
    const { lists, best, leftSums, rightSums } = this;
    const { shift, countBits, countMask, labelMask } = this.plan;
    const { minSamplesLeaf } = this.limits;
    let rightSquares = 0;
    let total = 0;
    for (let i = 0; i < rightSums.length; i++) {
      const sum = sums[at + i];
      leftSums[i] = 0;
      rightSums[i] = sum;
      rightSquares += sum * sum;
      total += sum;
    }
    const last = to - minSamplesLeaf;
    const firstSplit = from + minSamplesLeaf;
    let leftSquares = 0;
    let leftWeight = 0;
    let bestScore = best.score;
    let numLeft = 0;
    let code = lists[from];
    let x = column[code >>> shift];
    for (let p = from + 1; p <= last; p++) {
      const count = code & countMask;
      const label = (code >>> countBits) & labelMask;
      const l = leftSums[label];
      const r = rightSums[label];
      leftSums[label] = l + count;
      rightSums[label] = r - count;
      leftSquares += count * (2 * l + count);
      rightSquares -= count * (2 * r - count);
      leftWeight += count;
      code = lists[p];
      const previous = x;
      x = column[code >>> shift];
      if (x === previous || p < firstSplit) continue;
      const score = giniScore(leftSquares, leftWeight, rightSquares, total - leftWeight);
      if (score > bestScore) {
        bestScore = score;
        numLeft = p - from;
      }
    }
    if (numLeft === 0) return 0;
    best.score = bestScore;
    best.leftSums.fill(0);
    for (let p = from; p < from + numLeft; p++) {
      best.leftSums[(lists[p] >>> countBits) & labelMask] += lists[p] & countMask;
    }
    return numLeft;
  }
}
