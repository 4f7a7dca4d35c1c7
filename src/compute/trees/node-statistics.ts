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
    let squares = 0;
    let numPresent = 0;
    for (let i = 0; i < sums.length; i++) {
      weight += sums[i];
      squares += sums[i] * sums[i];
      if (sums[i] === 0) continue;
      numPresent++;
      this.pureClass = i;
    }
    for (let i = 0; i < sums.length; i++) values[i] = sums[i] / weight;
    this.weight = weight;
    this.isPure = numPresent <= 1;
    if (!this.isPure) this.pureClass = -1;
    if (this.criterion === "gini") {
      this.impurity = giniOf(squares, weight);
      this.score = squares / weight;
    } else {
      this.score = -timesLog(weight);
      for (let i = 0; i < sums.length; i++) this.score += timesLog(sums[i]);
      this.impurity = this.isPure ? 0 : -this.score / weight;
    }
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

/** Gini impurity of a node from the sum of the squares of its class weights. */
export function giniOf(squares: number, weight: number): number {
  // Rounding must not leave a pure node a little above or below 0.
  return Math.max(0, 1 - squares / (weight * weight));
}

/** Σ over both sides of Σ c² / W, from the sums of squares and weights: one division, since a scan does little else. */
export function giniScore(left: number, leftWeight: number, right: number, rightWeight: number): number {
  return (left * rightWeight + right * leftWeight) / (leftWeight * rightWeight);
}

/** x log₂ x; 0 at 0, and where rounding left a sum of weights just below it. */
export function timesLog(x: number): number {
  return x > 0 ? x * Math.log2(x) : 0;
}
