import type { RandomStream } from "../../core/random.js";
import type { NodeStatistics } from "./node-statistics.js";

/** A way to cut the rows of a node in two. */
export interface Split {
  feature: number;
  threshold: number;
  /** How many rows go left. */
  numLeft: number;
  /** score(left) + score(right); see `NodeStatistics`. */
  score: number;
}

/** Finds splits, and keeps the rows of a node together: node by node, each owns the range [start, end). */
export interface Splitter {
  readonly statistics: NodeStatistics;
  /** Starts a tree on the rows whose weight is positive and answers with their number. `copy` numbers the draws. */
  start(weights: Float64Array, copy: number): number;
  /** Measures a node's rows into `statistics`. */
  measure(start: number, end: number): void;
  /** Finds the split of the node last measured; null when there is none. The object is used again by the next call. */
  find(start: number, end: number): Split | null;
  /** Puts the rows that go left before those that go right, and answers with the first of the latter. */
  partition(start: number, end: number, split: Split): number;
}

/** Which inputs a split may look at. */
export interface SplitLimits {
  /** How many inputs each split looks at. */
  readonly maxFeatures: number;
  /** Rows on either side, at least. */
  readonly minSamplesLeaf: number;
}

/** Draws inputs without replacement, or names them in order when all are looked at. */
export class FeatureDraw {
  private readonly features: Int32Array;
  private numDrawn = 0;
  copy = 0;

  constructor(
    numFeatures: number,
    private readonly numWanted: number,
    private readonly stream: RandomStream | null,
  ) {
    this.features = Int32Array.from({ length: numFeatures }, (_, i) => i);
  }

  restart(): void {
    this.numDrawn = 0;
  }

  /** The next input, or -1 when enough were drawn and one of them at least could be split. */
  next(hasSplit: boolean): number {
    const { features } = this;
    const drawn = this.numDrawn;
    if (drawn === features.length || (drawn >= this.numWanted && hasSplit)) return -1;
    this.numDrawn++;
    if (!this.stream || this.numWanted >= features.length) return drawn;
    const place = drawn + this.stream.integer(features.length - drawn, this.copy);
    const feature = features[place];
    features[place] = features[drawn];
    features[drawn] = feature;
    return feature;
  }
}
