import type { RandomStream } from "../../core/random.js";
import type { PreparedData } from "./data.js";
import { type Criterion, giniScore, NodeStatistics, timesLog } from "./node-statistics.js";
import { FeatureDraw, type Split, type SplitLimits, type Splitter } from "./splitter.js";

/**
 * Draws one threshold for each input it looks at, uniformly between the smallest and the largest value in the node,
 * and keeps the best of them.
 *
 * Source: Geurts, Ernst & Wehenkel 2006, "Extremely randomized trees", table 1.
 */
export class RandomSplitter implements Splitter {
  readonly statistics: NodeStatistics;
  private weights: Float64Array;
  /** Rows, those of one node together. */
  private readonly rows: Int32Array;
  private readonly aside: Int32Array;
  /** One input of the rows of a node. */
  private readonly values: Float32Array;
  private readonly draw: FeatureDraw;
  private readonly leftSums: Float64Array;
  private copy = 0;
  private leftCount = 0;
  private readonly best: Split = { feature: -1, threshold: 0, numLeft: 0, score: 0 };

  constructor(
    private readonly data: PreparedData,
    private readonly criterion: Criterion,
    private readonly limits: SplitLimits,
    private readonly stream: RandomStream,
  ) {
    this.statistics = new NodeStatistics(data, criterion);
    this.weights = data.weights;
    this.rows = new Int32Array(data.numRows);
    this.aside = new Int32Array(data.numRows);
    this.values = new Float32Array(data.numRows);
    this.draw = new FeatureDraw(data.numFeatures, limits.maxFeatures, stream);
    this.leftSums = new Float64Array(data.numOutputs);
  }

  start(weights: Float64Array, copy: number): number {
    this.weights = weights;
    this.copy = copy;
    this.draw.copy = copy;
    let numRows = 0;
    for (let row = 0; row < weights.length; row++) if (weights[row] > 0) this.rows[numRows++] = row;
    return numRows;
  }

  measure(start: number, end: number): void {
    this.statistics.measure(this.rows, start, end, this.weights);
  }

  find(start: number, end: number): Split | null {
    const { best, draw, rows, values } = this;
    const { columns, numRows } = this.data;
    const { minSamplesLeaf } = this.limits;
    const numHere = end - start;
    best.feature = -1;
    best.score = -Infinity;
    draw.restart();
    let hasVaried = false;
    for (let feature = draw.next(hasVaried); feature >= 0; feature = draw.next(hasVaried)) {
      const base = feature * numRows;
      let low = Infinity;
      let high = -Infinity;
      for (let i = 0; i < numHere; i++) {
        const x = columns[base + rows[start + i]];
        values[i] = x;
        if (x < low) low = x;
        if (x > high) high = x;
      }
      if (low === high) continue;
      hasVaried = true;
      let threshold = low + this.stream.uniform(this.copy) * (high - low);
      // Rounding may reach the upper end, which would leave the right side empty.
      if (!(threshold < high)) threshold = low;
      const score = this.scoreAt(start, end, threshold);
      if (this.leftCount < minSamplesLeaf || numHere - this.leftCount < minSamplesLeaf) continue;
      if (score > best.score) {
        best.feature = feature;
        best.threshold = threshold;
        best.numLeft = this.leftCount;
        best.score = score;
      }
      // Both sides are pure: no other input can do better.
      if (this.criterion === "gini" && score >= this.statistics.weight) break;
    }
    return best.feature < 0 ? null : best;
  }

  partition(start: number, end: number, { feature, threshold }: Split): number {
    const { rows, aside } = this;
    const { columns, numRows } = this.data;
    const base = feature * numRows;
    let left = start;
    let right = 0;
    // Both are written and one of them counts: no branch that a processor could guess wrongly.
    for (let p = start; p < end; p++) {
      const row = rows[p];
      const isLeft = +(columns[base + row] <= threshold);
      rows[left] = row;
      aside[right] = row;
      left += isLeft;
      right += 1 - isLeft;
    }
    for (let i = 0; i < right; i++) rows[left + i] = aside[i];
    return left;
  }

  /** The score of cutting the gathered `values` at a threshold; sets how many rows go left. */
  private scoreAt(start: number, end: number, threshold: number): number {
    return this.criterion === "squares"
      ? this.scoreTargets(start, end, threshold)
      : this.scoreClasses(start, end, threshold);
  }

  private scoreClasses(start: number, end: number, threshold: number): number {
    const { rows, weights, values, leftSums, statistics } = this;
    const { labels } = this.data;
    leftSums.fill(0);
    let count = 0;
    for (let p = start; p < end; p++) {
      const isLeft = +(values[p - start] <= threshold);
      const row = rows[p];
      leftSums[labels[row]] += isLeft * weights[row];
      count += isLeft;
    }
    this.leftCount = count;
    let leftWeight = 0;
    for (let i = 0; i < leftSums.length; i++) leftWeight += leftSums[i];
    const rightWeight = statistics.weight - leftWeight;
    let left = 0;
    let right = 0;
    if (this.criterion === "gini") {
      for (let i = 0; i < leftSums.length; i++) {
        const rest = statistics.sums[i] - leftSums[i];
        left += leftSums[i] * leftSums[i];
        right += rest * rest;
      }
      return giniScore(left, leftWeight, right, rightWeight);
    }
    for (let i = 0; i < leftSums.length; i++) {
      left += timesLog(leftSums[i]);
      right += timesLog(statistics.sums[i] - leftSums[i]);
    }
    return left - timesLog(leftWeight) + right - timesLog(rightWeight);
  }

  private scoreTargets(start: number, end: number, threshold: number): number {
    const { rows, weights, values, leftSums, statistics } = this;
    const { targets, numOutputs } = this.data;
    leftSums.fill(0);
    let leftWeight = 0;
    let count = 0;
    for (let p = start; p < end; p++) {
      if (!(values[p - start] <= threshold)) continue;
      const row = rows[p];
      leftWeight += weights[row];
      count++;
      for (let i = 0; i < numOutputs; i++) leftSums[i] += weights[row] * targets[row * numOutputs + i];
    }
    this.leftCount = count;
    const rightWeight = statistics.weight - leftWeight;
    let score = 0;
    for (let i = 0; i < numOutputs; i++) {
      const right = statistics.sums[i] - leftSums[i];
      score += (leftSums[i] * leftSums[i]) / leftWeight + (right * right) / rightWeight;
    }
    return score;
  }
}
