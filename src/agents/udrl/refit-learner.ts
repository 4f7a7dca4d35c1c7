import type { Packable } from "../../core/pack.js";
import type { SerialisedPolicy } from "../policies/policy.js";
import { type Examples, type FitReport, type Learner, type LearnerSizes, reportOn } from "./learner.js";

/** A classifier that was fitted. */
export interface Classifier {
  /** Fills `scores` [numActions] at `to` with probabilities for the row of `inputs` that starts at `from`. */
  fillRow(inputs: Float32Array, from: number, scores: Float32Array, to: number): void;
  serialise(): SerialisedPolicy;
}

/** Fits a classifier to examples. A pure function of its arguments. */
export type Fit = (examples: Examples, sizes: LearnerSizes, seed: number) => Classifier;

/**
 * A learner that is fitted from nothing each time: trees, neighbours, a linear rule.
 *
 * Its state is the examples of the last fit and their seed, which are small; going on fits them once more.
 */
export class RefitLearner implements Learner {
  readonly incremental = false;
  private classifier: Classifier | null = null;
  private last: { readonly examples: Examples; readonly seed: number } | null = null;

  constructor(
    private readonly sizes: LearnerSizes,
    private readonly fitClassifier: Fit,
  ) {}

  get fitted(): boolean {
    return this.classifier !== null;
  }

  fit(examples: Examples, seed: number): FitReport {
    this.refit(examples, seed);
    const scores = new Float32Array(examples.labels.length * this.sizes.numActions);
    this.fillScores(examples.inputs, examples.labels.length, scores);
    return reportOn(scores, examples.labels, this.sizes.numActions);
  }

  fillScores(inputs: Float32Array, numRows: number, scores: Float32Array): void {
    const { classifier } = this;
    const { inputSize, numActions } = this.sizes;
    if (!classifier) {
      scores.fill(1 / numActions, 0, numRows * numActions);
      return;
    }
    for (let row = 0; row < numRows; row++) classifier.fillRow(inputs, row * inputSize, scores, row * numActions);
  }

  /** Another that knows the same: what was fitted never changes, the next fit puts something else in its place. */
  copy(): RefitLearner {
    const copy = new RefitLearner(this.sizes, this.fitClassifier);
    copy.classifier = this.classifier;
    copy.last = this.last;
    return copy;
  }

  getState(): Packable {
    const { last } = this;
    return last && { inputs: last.examples.inputs, labels: last.examples.labels, seed: last.seed };
  }

  setState(state: Packable): void {
    const last = state as { inputs: Float32Array; labels: Int32Array; seed: number } | null;
    this.classifier = null;
    this.last = null;
    if (last) this.refit({ inputs: last.inputs, labels: last.labels }, last.seed);
  }

  serialise(): SerialisedPolicy {
    // Nothing was learned yet: a forest without trees finds every action equally probable.
    return this.classifier?.serialise() ?? { kind: "forest", trees: [] };
  }

  dispose(): void {}

  private refit(examples: Examples, seed: number): void {
    this.classifier = this.fitClassifier(examples, this.sizes, seed);
    this.last = { examples, seed };
  }
}
