import { type Boosting, fillBoostingScores } from "../../compute/trees/boosting.js";
import { treesOf } from "../../compute/trees/model-data.js";
import { depthOf, fillTreeValues, type Tree } from "../../compute/trees/tree.js";
import { coalitionWeights } from "./values.js";

/** Shapley values of trees for one row of inputs. */
export interface TreeShapley {
  /** [numOutputs] what is expected before any input is known: the value of the empty coalition. */
  readonly base: Float64Array;
  /** [numFeatures, numOutputs] row-major; with `base` they sum to the value of the row. */
  readonly values: Float64Array;
}

/** What share of the rows of a split went to one child; halves where nobody came by. */
function shareOf({ samples, left, right }: Tree, node: number, child: number): number {
  const total = samples[left[node]] + samples[right[node]];
  return total > 0 ? samples[child] / total : 0.5;
}

/**
 * Path-dependent Shapley values of the mean of `trees` for the row `x` [numFeatures]: an unknown input is answered by
 * both branches of its splits, weighted by the training rows that went there.
 *
 * Costs leaves x depth² per tree. Not the same as {@link interventionalTreeShapley} where inputs hang together.
 * Throws `RangeError` for no tree, and for a row of another length or with NaN.
 * Source: Lundberg, Erion & Lee 2018, arXiv:1802.03888, algorithm 2; Lundberg et al. 2020.
 */
export function pathDependentTreeShapley(trees: readonly Tree[], x: ArrayLike<number>): TreeShapley {
  return meanOf(trees, x, (tree, into) => {
    new PathWalk(tree, x, into.values).walk();
    fillExpected(tree, 0, 1, into.base);
  });
}

/** Adds the mean of the leaves below `node`, by training rows, times `share`. */
function fillExpected(tree: Tree, node: number, share: number, base: Float64Array): void {
  if (tree.feature[node] < 0) {
    for (let k = 0; k < tree.numOutputs; k++) base[k] += share * tree.value[node * tree.numOutputs + k];
    return;
  }
  for (const child of [tree.left[node], tree.right[node]]) {
    fillExpected(tree, child, share * shareOf(tree, node, child), base);
  }
}

/**
 * One walk over all leaves.
 *
 * An element of the path is an input with two factors: `zeros`, the share of training rows that take its branches, and
 * `ones`, 1 while the row takes them too. `weights[i]` is the sum over subsets of i elements of their products, times
 * the Shapley weight of that size. Every level of the tree has its own copy, in one row of memory.
 */
class PathWalk {
  private readonly features: Int32Array;
  private readonly zeros: Float64Array;
  private readonly ones: Float64Array;
  private readonly weights: Float64Array;

  constructor(
    private readonly tree: Tree,
    private readonly x: ArrayLike<number>,
    private readonly phi: Float64Array,
  ) {
    const depth = depthOf(tree) + 2;
    const size = (depth * (depth + 1)) / 2;
    this.features = new Int32Array(size);
    this.zeros = new Float64Array(size);
    this.ones = new Float64Array(size);
    this.weights = new Float64Array(size);
  }

  walk(): void {
    this.visit(0, 0, 0, 0, 1, 1, -1);
  }

  /** `from` is where the parent's copy of `length` elements starts, `at` where this node's copy goes. */
  private visit(
    node: number,
    from: number,
    at: number,
    length: number,
    zero: number,
    one: number,
    feature: number,
  ): void {
    const { tree, features, zeros, ones, weights } = this;
    // No coalition leads here.
    if (zero === 0 && one === 0) return;
    if (from !== at) {
      features.copyWithin(at, from, from + length);
      zeros.copyWithin(at, from, from + length);
      ones.copyWithin(at, from, from + length);
      weights.copyWithin(at, from, from + length);
    }
    this.extend(at, length, zero, one, feature);
    if (tree.feature[node] < 0) {
      this.addLeaf(node, at, length);
      return;
    }
    const split = tree.feature[node];
    const goesLeft = this.x[split] <= tree.threshold[node];
    let last = length;
    let zeroBefore = 1;
    let oneBefore = 1;
    for (let i = 1; i <= length; i++) {
      if (features[at + i] !== split) continue;
      zeroBefore = zeros[at + i];
      oneBefore = ones[at + i];
      this.unwind(at, length, i);
      last--;
      break;
    }
    const next = at + length + 1;
    for (const child of [tree.left[node], tree.right[node]]) {
      const isHot = (child === tree.left[node]) === goesLeft;
      const share = shareOf(tree, node, child);
      this.visit(child, at, next, last + 1, zeroBefore * share, isHot ? oneBefore : 0, split);
    }
  }

  /** Adds an element behind `length` others. */
  private extend(at: number, length: number, zero: number, one: number, feature: number): void {
    const { features, zeros, ones, weights } = this;
    features[at + length] = feature;
    zeros[at + length] = zero;
    ones[at + length] = one;
    weights[at + length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i--) {
      weights[at + i + 1] += (one * weights[at + i] * (i + 1)) / (length + 1);
      weights[at + i] = (zero * weights[at + i] * (length - i)) / (length + 1);
    }
  }

  /** Takes element `index` of 0 … `length` out again: the inverse of `extend`. */
  private unwind(at: number, length: number, index: number): void {
    const { features, zeros, ones, weights } = this;
    const zero = zeros[at + index];
    const one = ones[at + index];
    let next = weights[at + length];
    for (let j = length - 1; j >= 0; j--) {
      if (one !== 0) {
        const kept = weights[at + j];
        weights[at + j] = (next * (length + 1)) / ((j + 1) * one);
        next = kept - (weights[at + j] * zero * (length - j)) / (length + 1);
      } else {
        weights[at + j] = (weights[at + j] * (length + 1)) / (zero * (length - j));
      }
    }
    for (let j = index; j < length; j++) {
      features[at + j] = features[at + j + 1];
      zeros[at + j] = zeros[at + j + 1];
      ones[at + j] = ones[at + j + 1];
    }
  }

  /** The sum of the weights that unwinding element `index` would leave. */
  private unwoundSum(at: number, length: number, index: number): number {
    const { zeros, ones, weights } = this;
    const zero = zeros[at + index];
    const one = ones[at + index];
    let next = weights[at + length];
    let sum = 0;
    for (let j = length - 1; j >= 0; j--) {
      if (one !== 0) {
        const weight = (next * (length + 1)) / ((j + 1) * one);
        sum += weight;
        next = weights[at + j] - (weight * zero * (length - j)) / (length + 1);
      } else {
        sum += (weights[at + j] * (length + 1)) / (zero * (length - j));
      }
    }
    return sum;
  }

  private addLeaf(node: number, at: number, length: number): void {
    const { tree, features, zeros, ones, phi } = this;
    const { numOutputs, value } = tree;
    for (let i = 1; i <= length; i++) {
      const factor = this.unwoundSum(at, length, i) * (ones[at + i] - zeros[at + i]);
      const to = features[at + i] * numOutputs;
      for (let k = 0; k < numOutputs; k++) phi[to + k] += factor * value[node * numOutputs + k];
    }
  }
}

/**
 * Interventional Shapley values of the mean of `trees` for the row `x` [numFeatures]: an unknown input takes its value
 * from a row of `background` [numRows, numFeatures], mean over the rows. What KernelSHAP estimates, exactly.
 *
 * Throws `RangeError` for a background that is no whole rows or none, and as {@link pathDependentTreeShapley}. Source: Lundberg et al. 2020, "From local explanations to global
 * understanding with explainable AI for trees", algorithm 3.
 */
export function interventionalTreeShapley(
  trees: readonly Tree[],
  x: ArrayLike<number>,
  background: Float32Array,
): TreeShapley {
  if (background.length === 0) throw new RangeError("expected a background of one row or more, got none");
  const width = trees[0]?.numFeatures ?? 1;
  if (background.length % width !== 0) {
    throw new RangeError(`expected a background of rows of ${width}, got ${background.length} numbers`);
  }
  return meanOf(trees, x, (tree, into) => {
    const { numFeatures, numOutputs } = tree;
    const numRows = background.length / numFeatures;
    const walk = new TwoRowWalk(tree, x, background, into.values);
    for (let row = 0; row < numRows; row++) walk.walk(row * numFeatures);
    for (let i = 0; i < into.values.length; i++) into.values[i] /= numRows;
    const outputs = new Float64Array(numRows * numOutputs);
    fillTreeValues(tree, background, outputs);
    for (let i = 0; i < outputs.length; i++) into.base[i % numOutputs] += outputs[i] / numRows;
  });
}

/** Follows a row and a background row at once; where they part, into both. */
class TwoRowWalk {
  /** [numFeatures] 1: the input must come from the row; 2: from the background; 0: either. */
  private readonly origin: Uint8Array;
  /** Inputs with an origin, in the order in which they got it. */
  private readonly decided: Int32Array;
  /** By number of inputs n: (a − 1)! b! / n!, at a − 1 … see `weightOf`. */
  private readonly sizes: readonly Float64Array[];
  private offset = 0;

  constructor(
    private readonly tree: Tree,
    private readonly x: ArrayLike<number>,
    private readonly background: Float32Array,
    private readonly phi: Float64Array,
  ) {
    this.origin = new Uint8Array(tree.numFeatures);
    this.decided = new Int32Array(tree.numFeatures);
    this.sizes = Array.from({ length: tree.numFeatures + 1 }, (_, n) => coalitionWeights(n));
  }

  walk(offset: number): void {
    this.offset = offset;
    this.visit(0, 0, 0);
  }

  /** `a` inputs come from the row, `b` from the background. */
  private visit(node: number, a: number, b: number): void {
    const { tree, origin, decided } = this;
    const feature = tree.feature[node];
    if (feature < 0) {
      this.addLeaf(node, a, b);
      return;
    }
    const forRow = this.x[feature] <= tree.threshold[node] ? tree.left[node] : tree.right[node];
    const other = this.background[this.offset + feature] <= tree.threshold[node] ? tree.left[node] : tree.right[node];
    if (forRow === other || origin[feature] !== 0) {
      this.visit(origin[feature] === 2 ? other : forRow, a, b);
      return;
    }
    decided[a + b] = feature;
    origin[feature] = 1;
    this.visit(forRow, a + 1, b);
    origin[feature] = 2;
    this.visit(other, a, b + 1);
    origin[feature] = 0;
  }

  private addLeaf(node: number, a: number, b: number): void {
    const { tree, origin, decided, phi, sizes } = this;
    const { numOutputs, value } = tree;
    // The weight of a coalition of s among n − 1 others is s! (n − s − 1)! / n!.
    const gain = a > 0 ? sizes[a + b][a - 1] : 0;
    const loss = b > 0 ? sizes[a + b][a] : 0;
    for (let i = 0; i < a + b; i++) {
      const feature = decided[i];
      const factor = origin[feature] === 1 ? gain : -loss;
      for (let k = 0; k < numOutputs; k++) {
        phi[feature * numOutputs + k] += factor * value[node * numOutputs + k];
      }
    }
  }
}

/**
 * Shapley values of a boosted model's scores (log-odds of class 1, one score per class, or targets): path-dependent,
 * or interventional when there is a `background`. Throws `RangeError` as these do.
 */
export function boostingShapley(
  boosting: Boosting,
  x: ArrayLike<number>,
  background: Float32Array | null = null,
): TreeShapley {
  const { numScores, initial, forest } = boosting;
  const numStages = forest.roots.length / numScores;
  const trees = treesOf(forest);
  const base = initial.slice();
  const values = new Float64Array(forest.pool.numFeatures * numScores);
  for (let k = 0; k < numScores; k++) {
    const own = trees.filter((_, t) => t % numScores === k);
    const mean = background ? interventionalTreeShapley(own, x, background) : pathDependentTreeShapley(own, x);
    base[k] += numStages * mean.base[0];
    mean.values.forEach((value, feature) => {
      values[feature * numScores + k] = numStages * value;
    });
  }
  return { base, values };
}

/** The scores that {@link boostingShapley} shares out: [numScores]. */
export function boostingScores(boosting: Boosting, x: ArrayLike<number>): Float64Array {
  const scores = new Float64Array(boosting.numScores);
  fillBoostingScores(boosting, x, 0, scores);
  return scores;
}

function meanOf(
  trees: readonly Tree[],
  x: ArrayLike<number>,
  explain: (tree: Tree, into: TreeShapley) => void,
): TreeShapley {
  const [first] = trees;
  if (!first) throw new RangeError("expected one tree or more, got none");
  if (x.length !== first.numFeatures) {
    throw new RangeError(`expected a row of ${first.numFeatures} inputs, got ${x.length}`);
  }
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i])) throw new RangeError(`expected a number for input ${i}, got NaN`);
  }
  const total = {
    base: new Float64Array(first.numOutputs),
    values: new Float64Array(first.numFeatures * first.numOutputs),
  };
  for (const tree of trees) {
    const one = { base: new Float64Array(total.base.length), values: new Float64Array(total.values.length) };
    explain(tree, one);
    for (let i = 0; i < one.base.length; i++) total.base[i] += one.base[i] / trees.length;
    for (let i = 0; i < one.values.length; i++) total.values[i] += one.values[i] / trees.length;
  }
  return total;
}
