import type { PreparedData } from "./data.js";

export type Criterion = "gini" | "entropy" | "squares";

/**
 * What the rows of one node are like: weight, sums by class or target, impurity.
 *
 * Splits are compared by `score`, which grows as impurity x weight falls: Σ c² / W for Gini, Σ S² / W for squares,
 * Σ c log₂ c − W log₂ W for entropy. The gain of a split is score(left) + score(right) − score(node).
 */
export class NodeStatistics {
  weight = 0;
  /** [numOutputs] weight of each class, or weighted sum of each target. */
  readonly sums: Float64Array;
  /** [numOutputs] what a leaf answers: probabilities or means. */
  readonly values: Float64Array;
  impurity = 0;
  score = 0;
  /** All rows have one class or the same targets: nothing is left to split. */
  isPure = false;
  /** The class of a pure node of a classifier; else -1. */
  pureClass = -1;

  constructor(
    private readonly data: PreparedData,
    private readonly criterion: Criterion,
  ) {
    this.sums = new Float64Array(data.numOutputs);
    this.values = new Float64Array(data.numOutputs);
  }

  /** Looks at `rows` from `start` to before `end`, weighted by `weights` [numRows]. */
  measure(rows: Int32Array, start: number, end: number, weights: Float64Array): void {
    if (this.criterion === "squares") this.measureTargets(rows, start, end, weights);
    else this.measureClasses(rows, start, end, weights);
  }

  private measureClasses(rows: Int32Array, start: number, end: number, weights: Float64Array): void {
    const { sums, values } = this;
    const { labels } = this.data;
    sums.fill(0);
    for (let p = start; p < end; p++) {
      const row = rows[p];
      sums[labels[row]] += weights[row];
    }
    let weight = 0;
    for (let i = 0; i < sums.length; i++) weight += sums[i];
    let squares = 0;
    let logs = 0;
    let numPresent = 0;
    for (let i = 0; i < sums.length; i++) {
      const share = sums[i] / weight;
      values[i] = share;
      squares += share * share;
      if (share === 0) continue;
      logs -= share * Math.log2(share);
      numPresent++;
      this.pureClass = i;
    }
    this.weight = weight;
    this.isPure = numPresent <= 1;
    if (!this.isPure) this.pureClass = -1;
    this.impurity = this.isPure ? 0 : this.criterion === "gini" ? 1 - squares : logs;
    this.score = this.criterion === "gini" ? squares * weight : -logs * weight;
  }

  private measureTargets(rows: Int32Array, start: number, end: number, weights: Float64Array): void {
    const { sums, values } = this;
    const { targets, numOutputs } = this.data;
    sums.fill(0);
    let weight = 0;
    let isPure = true;
    const first = rows[start] * numOutputs;
    for (let p = start; p < end; p++) {
      const row = rows[p];
      weight += weights[row];
      for (let i = 0; i < numOutputs; i++) {
        const target = targets[row * numOutputs + i];
        sums[i] += weights[row] * target;
        if (target !== targets[first + i]) isPure = false;
      }
    }
    this.score = 0;
    for (let i = 0; i < numOutputs; i++) {
      values[i] = isPure ? targets[first + i] : sums[i] / weight;
      this.score += (sums[i] * sums[i]) / weight;
    }
    // From the mean rather than from the sum of squares, which cancels.
    let squares = 0;
    for (let p = start; p < end && !isPure; p++) {
      for (let i = 0; i < numOutputs; i++) {
        const difference = targets[rows[p] * numOutputs + i] - values[i];
        squares += weights[rows[p]] * difference * difference;
      }
    }
    this.weight = weight;
    this.isPure = isPure;
    this.impurity = squares / weight / numOutputs;
  }
}
