import { parseOptions } from "../../core/options.js";
import { RandomStream } from "../../core/random.js";
import { criterionOf, poolFor } from "./cart.js";
import { growCounted, largestCount, planCodes } from "./counted.js";
import { CountedExactSplitter } from "./counted-exact-splitter.js";
import { CountedRandomSplitter } from "./counted-random-splitter.js";
import { type PreparedData, prepareData, type TrainingData } from "./data.js";
import { ExactSplitter } from "./exact-splitter.js";
import { growDepthFirst } from "./grow.js";
import { KernelRandomGrower } from "./kernel-random-grower.js";
import { addTreeToPool, NodePool, treeFromPool } from "./node-pool.js";
import type { Criterion } from "./node-statistics.js";
import { FOREST_OPTIONS, type ForestOptions } from "./options.js";
import { presort } from "./presort.js";
import { RandomSplitter } from "./random-splitter.js";
import type { Splitter } from "./splitter.js";
import { largestOf, type Tree } from "./tree.js";
import { closeForest, type Forest } from "./walk.js";

export type ForestKind =
  /** Bootstrap samples, exact thresholds. Source: Breiman 2001, "Random forests". */
  | "random-forest"
  /** All rows, drawn thresholds. Source: Geurts, Ernst & Wehenkel 2006, "Extremely randomized trees". */
  | "extra-trees";

/**
 * Fits a random forest or extremely randomised trees. Same data, options and seed, same forest.
 *
 * Tree t draws from copy t of the streams, so that a forest of more trees begins with the same ones. Throws
 * `InputError` for data or options that cannot be used.
 */
export function fitForest(
  kind: ForestKind,
  data: TrainingData,
  options: Partial<ForestOptions> = {},
  seed = 0,
): Forest {
  const settings = parseOptions(FOREST_OPTIONS, options, "forest");
  const prepared = prepareData(data);
  const criterion = criterionOf(data, settings.criterion);
  const bag = kind === "random-forest" ? new Bag(prepared, seed, settings.numTrees) : null;
  const pool = poolFor(prepared, false);
  const growTree = growerFor(kind, prepared, criterion, settings, pool, seed);
  const roots = new Int32Array(settings.numTrees);
  for (let t = 0; t < roots.length; t++) {
    roots[t] = growTree(bag ? bag.draw(t) : prepared.weights, t);
    // The others will be about as large.
    if (t === 0) pool.reserve(Math.ceil(1.1 * pool.numNodes * roots.length));
  }
  return closeForest(pool, roots);
}

/** A row is drawn this often in a bootstrap sample of whole weights only with a chance below 1e-70. */
const MAX_DRAWS = 63;

/** Grows tree t on weighted rows and answers with its root. */
type Grower = (weights: Float64Array, t: number) => number;

function growerFor(
  kind: ForestKind,
  data: PreparedData,
  criterion: Criterion,
  settings: ForestOptions,
  pool: NodePool,
  seed: number,
): Grower {
  const { numFeatures, numRows, keys } = data;
  const fallback = data.isClassification ? Math.max(1, Math.floor(Math.sqrt(numFeatures))) : numFeatures;
  const { maxFeatures, minSamplesLeaf } = settings;
  const limits = { maxFeatures: maxFeatures === 0 ? fallback : maxFeatures, minSamplesLeaf };
  const stream = new RandomStream(seed, "forest/splits", settings.numTrees);
  const isRandom = kind === "extra-trees";
  const order = isRandom ? new Int32Array(0) : presort(keys, numRows, numFeatures);

  const plain: Splitter = isRandom
    ? new RandomSplitter(data, criterion, limits, stream)
    : new ExactSplitter(data, order, criterion, limits, stream);
  const growPlain: Grower = (weights, t) => growDepthFirst(plain, plain.start(weights, t), pool, settings);
  const unit = largestCount(data.weights);
  const plan = criterion === "gini" && unit === 1 ? planCodes(data, isRandom ? 1 : MAX_DRAWS) : null;
  if (!plan) return growPlain;
  const orPlain =
    (growFast: Grower): Grower =>
    (weights, t) =>
      (largestCount(weights) > plan.countMask ? growPlain : growFast)(weights, t);
  const kernel = isRandom
    ? KernelRandomGrower.over(data, plan, { ...settings, ...limits }, stream, pool.featureBits)
    : null;
  if (kernel) return orPlain((weights, t) => kernel.grow(weights, t, pool));
  const counted = isRandom
    ? new CountedRandomSplitter(data, plan, limits, stream)
    : new CountedExactSplitter(data, order, plan, limits, stream);
  return orPlain((weights, t) => growCounted(counted, counted.start(weights, t), pool, settings));
}

/** Bootstrap samples as weights: as many draws with replacement as there are rows. */
class Bag {
  private readonly weights: Float64Array;
  private readonly stream: RandomStream;

  constructor(
    private readonly data: PreparedData,
    seed: number,
    numTrees: number,
  ) {
    this.weights = new Float64Array(data.numRows);
    this.stream = new RandomStream(seed, "forest/bags", numTrees);
  }

  draw(copy: number): Float64Array {
    const { numRows, weights: given } = this.data;
    const { weights, stream } = this;
    weights.fill(0);
    // A sample of rows of weight 0 alone would leave nothing to fit.
    for (let hasWeight = false; !hasWeight; ) {
      for (let i = 0; i < numRows; i++) {
        const row = stream.integer(numRows, copy);
        weights[row] += given[row];
        if (given[row] > 0) hasWeight = true;
      }
    }
    return weights;
  }
}

/** A forest of trees that came from elsewhere. They must agree in inputs, outputs and task. */
export function forestOf(trees: readonly Tree[]): Forest {
  const [first] = trees;
  const pool = new NodePool(first.numFeatures, first.numOutputs, first.task);
  const roots = Int32Array.from(trees, (tree) => addTreeToPool(pool, tree));
  return closeForest(pool, roots);
}

/** One of the trees, with its own arrays. */
export function treeOf({ pool, roots }: Forest, index: number): Tree {
  return treeFromPool(pool, roots[index]);
}

/** Nodes of all trees. */
export function numForestNodes({ pool }: Forest): number {
  return pool.numNodes;
}

/**
 * Fills `out` [numOutputs from `to`] with the mean of the trees' values for one row of inputs [numFeatures from
 * `offset`], each read as float32: probabilities for a classifier.
 */
export function fillForestRow(
  { pool, walk, roots }: Forest,
  inputs: ArrayLike<number>,
  offset: number,
  out: Float32Array | Float64Array,
  to = 0,
): void {
  const { numOutputs, leafValues } = pool;
  const leaves = walk.leavesOf(inputs, offset);
  for (let i = 0; i < numOutputs; i++) out[to + i] = 0;
  for (let t = 0; t < roots.length; t++) {
    const from = leaves[t] * numOutputs;
    for (let i = 0; i < numOutputs; i++) out[to + i] += leafValues[from + i];
  }
  for (let i = 0; i < numOutputs; i++) out[to + i] /= roots.length;
}

/** Fills `out` [numRows, numOutputs] for `inputs` [numRows, numFeatures]; see {@link fillForestRow}. */
export function fillForestValues(forest: Forest, inputs: Float32Array, out: Float32Array | Float64Array): void {
  const { numFeatures, numOutputs } = forest.pool;
  const numRows = inputs.length / numFeatures;
  for (let row = 0; row < numRows; row++) fillForestRow(forest, inputs, row * numFeatures, out, row * numOutputs);
}

/** The classes [numRows] that a forest's mean probabilities give to `inputs` [numRows, numFeatures]. */
export function predictForestClasses(forest: Forest, inputs: Float32Array): Int32Array {
  const { numFeatures, numOutputs } = forest.pool;
  const means = new Float64Array(numOutputs);
  return Int32Array.from({ length: inputs.length / numFeatures }, (_, row) => {
    fillForestRow(forest, inputs, row * numFeatures, means);
    return largestOf(means, 0, numOutputs);
  });
}
