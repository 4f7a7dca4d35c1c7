import type { Packable } from "../../core/pack.js";
import type { SerialisedPolicy } from "../policies/policy.js";

/** Rows to learn from: what was seen and asked, and what was done. */
export interface Examples {
  /** [numRows, inputSize] observation, scaled return to go, scaled steps to go. */
  readonly inputs: Float32Array;
  /** [numRows] indices of actions. */
  readonly labels: Int32Array;
}

/** How well a learner explains the examples it was just given. */
export interface FitReport {
  /** Share of rows whose action it finds most probable, 0 to 1. */
  readonly accuracy: number;
  /** Mean negative log-probability of the actions, nats. */
  readonly loss: number;
}

/**
 * The behaviour function B(s, d_r, d_h) behind one small interface: any classifier of actions will do.
 *
 * Source: Srivastava et al. 2019, arXiv:1912.02877, section 3.
 */
export interface Learner {
  /** Goes on from what it knows, batch by batch; else every fit starts from nothing. */
  readonly incremental: boolean;
  /** Whether it has learned anything to act on. */
  readonly fitted: boolean;
  /** Learns from examples; `seed` decides whatever it draws. */
  fit(examples: Examples, seed: number): FitReport | Promise<FitReport>;
  /** Fills `scores` [numRows, numActions] with probabilities for `inputs` [numRows, inputSize]; even where unfitted. */
  fillScores(inputs: Float32Array, numRows: number, scores: Float32Array): void | Promise<void>;
  /** Everything to go on exactly. */
  getState(): Packable | Promise<Packable>;
  setState(state: Packable): void;
  /** What it needs to act again, as JSON. */
  serialise(): SerialisedPolicy | Promise<SerialisedPolicy>;
  dispose(): void;
}

/** Sizes of a learner's inputs and outputs. */
export interface LearnerSizes {
  /** Observation entries plus the two of the command. */
  readonly inputSize: number;
  readonly numActions: number;
}

/** Accuracy and loss of `scores` [numRows, numActions] on the labels; probabilities below 1e-9 count as that. */
export function reportOn(scores: Float32Array, labels: Int32Array, numActions: number): FitReport {
  let correct = 0;
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    const from = row * numActions;
    if (largestIndex(scores, from, numActions) === labels[row]) correct++;
    loss -= Math.log(Math.max(scores[from + labels[row]], 1e-9));
  }
  return { accuracy: correct / labels.length, loss: loss / labels.length };
}

/** Index of the largest of `size` scores from `from`; the first of equals. */
export function largestIndex(scores: ArrayLike<number>, from: number, size: number): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (scores[from + i] > scores[from + best]) best = i;
  return best;
}
