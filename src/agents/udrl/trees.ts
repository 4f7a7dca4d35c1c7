import {
  type BoostingOptions,
  type ForestKind,
  type ForestOptions,
  fillModelRow,
  fitBoosting,
  fitForest,
  modelToData,
  type TreeModel,
} from "../../compute/trees/index.js";
import type { LearnerSizes } from "./learner.js";
import type { Classifier, Fit } from "./refit-learner.js";

/** A random forest or extremely randomised trees: probabilities are the mean over the trees. */
export const fitTrees =
  (kind: ForestKind, options: Partial<ForestOptions>): Fit =>
  ({ inputs, labels }, { inputSize, numActions }, seed) => {
    const data = { inputs, numFeatures: inputSize, labels, numClasses: numActions };
    return classifierOf({ kind: "forest", forest: fitForest(kind, data, options, seed) });
  };

/** Gradient boosting: log-odds are the sum over the trees. No seed matters. */
export const fitBoostedTrees =
  (options: Partial<BoostingOptions>): Fit =>
  ({ inputs, labels }, { inputSize, numActions }: LearnerSizes) => {
    const data = { inputs, numFeatures: inputSize, labels, numClasses: numActions };
    return classifierOf({ kind: "boosting", boosting: fitBoosting(data, options) });
  };

function classifierOf(model: TreeModel): Classifier {
  return {
    fillRow: (query, from, scores, to) => fillModelRow(model, query, from, scores, to),
    serialise: () => modelToData(model),
  };
}
