import { parseOptions } from "../../core/options.js";
import { type PreparedData, prepareData, type TrainingData } from "./data.js";
import { ExactSplitter } from "./exact-splitter.js";
import { growDepthFirst } from "./grow.js";
import { NodePool } from "./node-pool.js";
import { BOOSTING_OPTIONS, type BoostingOptions } from "./options.js";
import { presort } from "./presort.js";
import type { TreeTask } from "./tree.js";
import { closeForest, type Forest, leafOfKeys } from "./walk.js";

/**
 * Trees whose sum counts.
 *
 * There are `numScores` sums: one per class (a single one for two classes: the log-odds of class 1), or one per
 * target. Tree s · numScores + k adds to sum k; its leaves already hold the learning rate.
 */
export interface Boosting {
  readonly task: TreeTask;
  /** Classes, or targets. */
  readonly numOutputs: number;
  readonly numScores: number;
  /** [numScores] the sums before the first tree. */
  readonly initial: Float64Array;
  readonly forest: Forest;
}

/**
 * Fits gradient boosting: each stage adds one regression tree per score, grown on what is still missing.
 *
 * Classifiers minimise the multinomial (two classes: binomial) deviance with one Newton step per leaf, regressors
 * squares. No randomness. Throws `InputError` for data or options that cannot be used.
 * Source: Friedman 2001, "Greedy function approximation: a gradient boosting machine", algorithms 5 and 6.
 */
export function fitBoosting(data: TrainingData, options: Partial<BoostingOptions> = {}): Boosting {
  const settings = parseOptions(BOOSTING_OPTIONS, options, "boosting");
  const prepared = prepareData(data);
  const { numRows, numFeatures, numOutputs, isClassification, weights } = prepared;
  const numScores = isClassification && numOutputs <= 2 ? 1 : numOutputs;
  // One target at a time: the trees of a stage do not share splits.
  const rest = { ...prepared, numOutputs: 1, isClassification: false, targets: new Float64Array(numRows) };
  const order = presort(prepared.keys, numRows, numFeatures);
  const limits = { maxFeatures: numFeatures, minSamplesLeaf: settings.minSamplesLeaf };
  const splitter = new ExactSplitter(rest, order, "squares", limits, null);
  const pool = new NodePool(numFeatures, 1, "regression");
  const roots = new Int32Array(settings.numStages * numScores);
  const initial = initialScores(prepared, numScores);
  const scores = new Float64Array(numRows * numScores);
  for (let i = 0; i < scores.length; i++) scores[i] = initial[i % numScores];
  const probabilities = new Float64Array(isClassification ? numRows * numOutputs : 0);
  const leaves = new Int32Array(numRows);

  for (let stage = 0; stage < settings.numStages; stage++) {
    if (isClassification) fillProbabilities(scores, numScores, numOutputs, probabilities);
    for (let k = 0; k < numScores; k++) {
      fillRest(prepared, scores, probabilities, numScores, k, rest.targets);
      const firstLeaf = pool.numLeafValues;
      const root = growDepthFirst(splitter, splitter.start(weights, 0), pool, settings);
      roots[stage * numScores + k] = root;
      for (let row = 0; row < numRows; row++) leaves[row] = leafOfKeys(pool, root, prepared.keys, row, numRows);
      if (isClassification) stepLeaves(pool, firstLeaf, leaves, rest.targets, weights, numOutputs);
      for (let leaf = firstLeaf; leaf < pool.numLeafValues; leaf++) pool.leafValues[leaf] *= settings.learningRate;
      for (let row = 0; row < numRows; row++) scores[row * numScores + k] += pool.leafValues[leaves[row]];
    }
  }
  return {
    task: isClassification ? "classification" : "regression",
    numOutputs,
    numScores,
    initial,
    forest: closeForest(pool, roots),
  };
}

/** The best constant: log-odds, log of the class shares, or means. */
function initialScores(
  { isClassification, labels, targets, weights, numOutputs, numRows }: PreparedData,
  numScores: number,
) {
  const sums = new Float64Array(numOutputs);
  let weight = 0;
  for (let row = 0; row < numRows; row++) {
    weight += weights[row];
    if (isClassification) sums[labels[row]] += weights[row];
    else for (let i = 0; i < numOutputs; i++) sums[i] += weights[row] * targets[row * numOutputs + i];
  }
  if (!isClassification) return sums.map((sum) => sum / weight);
  // A class without rows would start at minus infinity.
  const share = (i: number) => Math.min(Math.max((sums[i] ?? 0) / weight, 1e-12), 1 - 1e-12);
  return Float64Array.from({ length: numScores }, (_, i) =>
    numScores === 1 ? Math.log(share(1) / (1 - share(1))) : Math.log(share(i)),
  );
}

/** Fills `probabilities` [numRows, numClasses] from `scores` [numRows, numScores]. */
export function fillProbabilities(
  scores: Float64Array,
  numScores: number,
  numClasses: number,
  probabilities: Float64Array | Float32Array,
  to = 0,
): void {
  const numRows = scores.length / numScores;
  for (let row = 0; row < numRows; row++) {
    const from = row * numScores;
    const first = to + row * numClasses;
    if (numScores === 1) {
      const p = 1 / (1 + Math.exp(-scores[from]));
      // A forest of a single class has no second one.
      probabilities[first] = numClasses === 1 ? 1 : 1 - p;
      if (numClasses > 1) probabilities[first + 1] = p;
      continue;
    }
    let largest = -Infinity;
    for (let i = 0; i < numScores; i++) largest = Math.max(largest, scores[from + i]);
    let sum = 0;
    for (let i = 0; i < numScores; i++) sum += Math.exp(scores[from + i] - largest);
    for (let i = 0; i < numScores; i++) probabilities[first + i] = Math.exp(scores[from + i] - largest) / sum;
  }
}

/** Fills `rest` [numRows] with what score k still misses: the negative gradient of the loss. */
function fillRest(
  { isClassification, labels, targets, numOutputs }: PreparedData,
  scores: Float64Array,
  probabilities: Float64Array,
  numScores: number,
  k: number,
  rest: Float64Array,
): void {
  const label = numScores === 1 ? 1 : k;
  for (let row = 0; row < rest.length; row++) {
    rest[row] = isClassification
      ? (labels[row] === label ? 1 : 0) - (numOutputs === 1 ? 0 : probabilities[row * numOutputs + label])
      : targets[row * numOutputs + k] - scores[row * numScores + k];
  }
}

/** One Newton step per leaf. Source: Friedman 2001, equations 26 and 35. */
function stepLeaves(
  pool: NodePool,
  firstLeaf: number,
  leaves: Int32Array,
  rest: Float64Array,
  weights: Float64Array,
  numClasses: number,
): void {
  const size = pool.numLeafValues - firstLeaf;
  const numerators = new Float64Array(size);
  const denominators = new Float64Array(size);
  for (let row = 0; row < leaves.length; row++) {
    const leaf = leaves[row] - firstLeaf;
    const size = Math.abs(rest[row]);
    numerators[leaf] += weights[row] * rest[row];
    // |rest| is 1 - p or p, whichever class the row has.
    denominators[leaf] += weights[row] * size * (1 - size);
  }
  const factor = numClasses > 2 ? (numClasses - 1) / numClasses : 1;
  for (let leaf = 0; leaf < size; leaf++) {
    const isSure = denominators[leaf] < 1e-150;
    pool.leafValues[firstLeaf + leaf] = isSure ? 0 : (factor * numerators[leaf]) / denominators[leaf];
  }
}

/** Fills `scores` [numScores] with the sums for one row of inputs [numFeatures from `offset`]. */
export function fillBoostingScores(
  { forest, numScores, initial }: Boosting,
  inputs: ArrayLike<number>,
  offset: number,
  scores: Float64Array,
): void {
  const { pool, roots, walk } = forest;
  for (let k = 0; k < numScores; k++) scores[k] = initial[k];
  const leaves = walk.leavesOf(inputs, offset);
  for (let t = 0, k = 0; t < roots.length; t++) {
    scores[k] += pool.leafValues[leaves[t]];
    if (++k === numScores) k = 0;
  }
}
