import { parseOptions } from "../../core/options.js";
import { RandomStream } from "../../core/random.js";
import { isClassification, type PreparedData, prepareData, type TrainingData } from "./data.js";
import { ExactSplitter } from "./exact-splitter.js";
import { grow } from "./grow.js";
import { NodePool, treeFromPool } from "./node-pool.js";
import type { Criterion } from "./node-statistics.js";
import { TREE_OPTIONS, type TreeOptions } from "./options.js";
import { presort } from "./presort.js";
import { pruneTree } from "./prune.js";
import type { Tree } from "./tree.js";

/**
 * Fits one decision tree: CART with exact thresholds, weights, limits and pruning.
 *
 * Thresholds lie halfway between neighbouring values; equal splits go to the lowest input, then the lowest threshold;
 * an impure node is split even at no gain, as long as a limit allows it, so that exclusive-or is learnt. Row weights
 * count everywhere but in `minSamplesLeaf` and `minSamplesSplit`, which count rows. The seed matters only where
 * `maxFeatures` draws inputs. Throws `InputError` for data or options that cannot be used.
 * Source: Breiman, Friedman, Olshen & Stone 1984, "Classification and regression trees".
 */
export function fitTree(data: TrainingData, options: Partial<TreeOptions> = {}, seed = 0): Tree {
  const settings = parseOptions(TREE_OPTIONS, options, "tree");
  const prepared = prepareData(data);
  const criterion = criterionOf(data, settings.criterion);
  const maxFeatures = settings.maxFeatures === 0 ? prepared.numFeatures : settings.maxFeatures;
  const splitter = new ExactSplitter(
    prepared,
    presort(prepared.keys, prepared.numRows, prepared.numFeatures),
    criterion,
    { maxFeatures, minSamplesLeaf: settings.minSamplesLeaf },
    new RandomStream(seed, "tree"),
  );
  const pool = poolFor(prepared, true);
  const root = grow(splitter, splitter.start(prepared.weights, 0), pool, settings, settings.maxLeafNodes);
  return pruneTree(treeFromPool(pool, root), settings.ccpAlpha);
}

/** What a split makes small. */
export function criterionOf(data: TrainingData, chosen: "gini" | "entropy"): Criterion {
  return isClassification(data) ? chosen : "squares";
}

/** An empty pool for trees of that data. */
export function poolFor(data: PreparedData, keepNodeValues: boolean): NodePool {
  const task = data.isClassification ? "classification" : "regression";
  return new NodePool(data.numFeatures, data.numOutputs, task, { keepNodeValues });
}
