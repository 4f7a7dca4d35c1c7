import {
  type ForestKind,
  type ForestOptions,
  fillForestRow,
  fitForest,
  type Tree,
  treeOf,
} from "../../compute/trees/index.js";
import type { Packable } from "../../core/pack.js";
import type { Fit } from "./refit-learner.js";

/** A random forest or extremely randomised trees: probabilities are the mean over the trees. */
export const fitTrees =
  (kind: ForestKind, options: Partial<ForestOptions>): Fit =>
  ({ inputs, labels }, { inputSize, numActions }, seed) => {
    const forest = fitForest(kind, { inputs, numFeatures: inputSize, labels, numClasses: numActions }, options, seed);
    return {
      fillRow: (query, from, scores, to) => fillForestRow(forest, query, from, scores, to),
      serialise: () => ({
        kind: "forest",
        trees: Array.from(forest.roots, (_, i) => packableTree(treeOf(forest, i))),
      }),
    };
  };

function packableTree(tree: Tree): Packable {
  return { ...tree };
}
