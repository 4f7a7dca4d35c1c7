import type { RandomStream } from "../../core/random.js";
import type { PreparedData } from "./data.js";
import { type Criterion, giniScore, NodeStatistics, timesLog } from "./node-statistics.js";
import { FeatureDraw, type Split, type SplitLimits, type Splitter } from "./splitter.js";

/**
 * Tries every threshold halfway between neighbouring values, over rows that were sorted once.
 *
 * For each input the rows of a node stand sorted in the same range [start, end) of that input's list; a split
 * divides every list and keeps its order, so nothing is sorted again. Equal splits: the lowest input, then the lowest
 * threshold (the first drawn input where inputs are drawn).
 */
export class ExactSplitter implements Splitter {
  readonly statistics: NodeStatistics;
  private weights: Float64Array;
  private numRows = 0;
  /** [numFeatures, numRows of the data]: sorted rows, of which the first `numRows` of each input are in use. */
  private readonly lists: Int32Array;
  private readonly goesLeft: Uint8Array;
  private readonly aside: Int32Array;
  private readonly draw: FeatureDraw;
  private readonly leftSums: Float64Array;
  private readonly rightSums: Float64Array;
  private readonly best: Split = { feature: -1, threshold: 0, numLeft: 0, score: 0 };

  constructor(
    private readonly data: PreparedData,
    /** From `presort`: [numFeatures, numRows]. */
    private readonly order: Int32Array,
    private readonly criterion: Criterion,
    private readonly limits: SplitLimits,
    stream: RandomStream | null,
  ) {
    this.statistics = new NodeStatistics(data, criterion);
    this.weights = data.weights;
    this.lists = new Int32Array(order.length);
    this.goesLeft = new Uint8Array(data.numRows);
    this.aside = new Int32Array(data.numRows);
    this.draw = new FeatureDraw(data.numFeatures, limits.maxFeatures, stream);
    this.leftSums = new Float64Array(data.numOutputs);
    this.rightSums = new Float64Array(data.numOutputs);
  }

  start(weights: Float64Array, copy: number): number {
    const { lists, order } = this;
    const { numRows, numFeatures } = this.data;
    this.weights = weights;
    this.draw.copy = copy;
    for (let feature = 0; feature < numFeatures; feature++) {
      let to = feature * numRows;
      const from = to;
      for (let i = from; i < from + numRows; i++) {
        const row = order[i];
        lists[to] = row;
        if (weights[row] > 0) to++;
      }
      this.numRows = to - from;
    }
    return this.numRows;
  }

  measure(start: number, end: number): void {
    this.statistics.measure(this.lists, start, end, this.weights);
  }

  find(start: number, end: number): Split | null {
    const { best, draw, data, lists } = this;
    best.feature = -1;
    best.score = -Infinity;
    draw.restart();
    let hasVaried = false;
    for (let feature = draw.next(hasVaried); feature >= 0; feature = draw.next(hasVaried)) {
      const base = feature * data.numRows;
      const first = data.columns[base + lists[base + start]];
      const last = data.columns[base + lists[base + end - 1]];
      if (first === last) continue;
      hasVaried = true;
      const column = data.columns.subarray(base, base + data.numRows);
      const numLeft = this.scan(base + start, base + end, column);
      if (numLeft === 0) continue;
      best.feature = feature;
      best.numLeft = numLeft;
      const middle = base + start + numLeft;
      best.threshold = column[lists[middle - 1]] / 2 + column[lists[middle]] / 2;
    }
    return best.feature < 0 ? null : best;
  }

  partition(start: number, end: number, { feature, numLeft }: Split): number {
    const { lists, goesLeft, aside, data } = this;
    const { numRows, numFeatures } = data;
    const middle = start + numLeft;
    const own = feature * numRows;
    for (let p = own + start; p < own + middle; p++) goesLeft[lists[p]] = 1;
    for (let p = own + middle; p < own + end; p++) goesLeft[lists[p]] = 0;
    for (let other = 0; other < numFeatures; other++) {
      if (other === feature) continue;
      const to = other * numRows + end;
      let left = other * numRows + start;
      let right = 0;
      // Both are written and one of them counts: no branch that a processor could guess wrongly.
      for (let p = left; p < to; p++) {
        const row = lists[p];
        const isLeft = goesLeft[row];
        lists[left] = row;
        aside[right] = row;
        left += isLeft;
        right += 1 - isLeft;
      }
      for (let i = 0; i < right; i++) lists[left + i] = aside[i];
    }
    return middle;
  }

  /** Looks for a better split of one input's list; answers how many rows go left, or 0, and sets the best score. */
  private scan(from: number, to: number, column: Float32Array): number {
    switch (this.criterion) {
      case "gini":
        return this.scanGini(from, to, column);
      case "entropy":
        return this.scanEntropy(from, to, column);
      case "squares":
        return this.scanSquares(from, to, column);
      default:
        return this.criterion satisfies never;
    }
  }

  private scanGini(from: number, to: number, column: Float32Array): number {
    const { lists, weights, leftSums, rightSums, statistics, best } = this;
    const { labels } = this.data;
    const { minSamplesLeaf } = this.limits;
    const total = statistics.weight;
    leftSums.fill(0);
    let rightSquares = 0;
    for (let i = 0; i < rightSums.length; i++) {
      rightSums[i] = statistics.sums[i];
      rightSquares += rightSums[i] * rightSums[i];
    }
    let leftSquares = 0;
    let leftWeight = 0;
    let bestScore = best.score;
    let numLeft = 0;
    const last = to - minSamplesLeaf;
    const firstSplit = from + minSamplesLeaf;
    let row = lists[from];
    let x = column[row];
    for (let p = from + 1; p <= last; p++) {
      const weight = weights[row];
      const label = labels[row];
      const l = leftSums[label];
      const r = rightSums[label];
      leftSums[label] = l + weight;
      rightSums[label] = r - weight;
      leftSquares += weight * (2 * l + weight);
      rightSquares -= weight * (2 * r - weight);
      leftWeight += weight;
      row = lists[p];
      const previous = x;
      x = column[row];
      if (x === previous || p < firstSplit) continue;
      const score = giniScore(leftSquares, leftWeight, rightSquares, total - leftWeight);
      if (score > bestScore) {
        bestScore = score;
        numLeft = p - from;
      }
    }
    best.score = bestScore;
    return numLeft;
  }

  private scanEntropy(from: number, to: number, column: Float32Array): number {
    const { lists, weights, leftSums, rightSums, statistics, best } = this;
    const { labels } = this.data;
    const { minSamplesLeaf } = this.limits;
    leftSums.fill(0);
    rightSums.set(statistics.sums);
    let leftWeight = 0;
    let numLeft = 0;
    for (let p = from + 1; p <= to - minSamplesLeaf; p++) {
      const row = lists[p - 1];
      leftSums[labels[row]] += weights[row];
      rightSums[labels[row]] -= weights[row];
      leftWeight += weights[row];
      if (p < from + minSamplesLeaf || column[lists[p]] === column[row]) continue;
      let score = -timesLog(leftWeight) - timesLog(statistics.weight - leftWeight);
      for (let i = 0; i < leftSums.length; i++) score += timesLog(leftSums[i]) + timesLog(rightSums[i]);
      if (score > best.score) {
        best.score = score;
        numLeft = p - from;
      }
    }
    return numLeft;
  }

  private scanSquares(from: number, to: number, column: Float32Array): number {
    const { lists, weights, leftSums, statistics, best } = this;
    const { targets, numOutputs } = this.data;
    const { minSamplesLeaf } = this.limits;
    leftSums.fill(0);
    let leftWeight = 0;
    let numLeft = 0;
    for (let p = from + 1; p <= to - minSamplesLeaf; p++) {
      const row = lists[p - 1];
      const weight = weights[row];
      for (let i = 0; i < numOutputs; i++) leftSums[i] += weight * targets[row * numOutputs + i];
      leftWeight += weight;
      if (p < from + minSamplesLeaf || column[lists[p]] === column[row]) continue;
      const rightWeight = statistics.weight - leftWeight;
      let score = 0;
      for (let i = 0; i < numOutputs; i++) {
        const left = leftSums[i];
        const right = statistics.sums[i] - left;
        score += (left * left) / leftWeight + (right * right) / rightWeight;
      }
      if (score > best.score) {
        best.score = score;
        numLeft = p - from;
      }
    }
    return numLeft;
  }
}
