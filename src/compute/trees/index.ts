/** Decision trees, forests and boosting on typed arrays. */
export { type Boosting, fitBoosting } from "./boosting.js";
export { fitTree } from "./cart.js";
export type { ClassificationData, RegressionData, TrainingData, TrainingRows } from "./data.js";
export { editTree, type TreeEdit } from "./edit-tree.js";
export { fitTreeModel, TREE_MODELS, type TreeModelName, treeModelName, treeModelOptions } from "./fit.js";
export {
  type ForestKind,
  fillForestRow,
  fillForestValues,
  fitForest,
  forestOf,
  numForestNodes,
  predictForestClasses,
  treeOf,
} from "./forest.js";
export {
  fillModelRow,
  fillModelValues,
  modelNodes,
  predictClasses,
  shapeOf,
  type TreeModel,
} from "./model.js";
export { jsonOf, type ModelData, modelToData, parseModel, treesOf } from "./model-data.js";
export {
  BOOSTING_OPTIONS,
  type BoostingOptions,
  FOREST_OPTIONS,
  type ForestOptions,
  NO_LIMIT,
  TREE_OPTIONS,
  type TreeOptions,
} from "./options.js";
export { parseTree } from "./parse-tree.js";
export { pruneTree, subtreeOf } from "./prune.js";
export { type LabelledTable, labelledTable, parseTable, type TestTable, type TextTable, testTable } from "./table.js";
export {
  classOf,
  type DecisionNodes,
  deepestOf,
  depthOf,
  fillTreeValues,
  largestOf,
  leafOf,
  numLeavesOf,
  numNodesOf,
  pathOf,
  predictTreeClasses,
  type Tree,
  type TreeTask,
} from "./tree.js";
export type { Forest } from "./walk.js";
