import { type Boosting, fillBoostingScores, fillProbabilities } from "./boosting.js";
import { fillForestRow } from "./forest.js";
import { largestOf, leafOf, type Tree, type TreeTask } from "./tree.js";
import type { Forest } from "./walk.js";

/** Anything made of trees that answers a row of inputs with probabilities or numbers. */
export type TreeModel =
  | { readonly kind: "tree"; readonly tree: Tree }
  /** The mean of its trees. */
  | { readonly kind: "forest"; readonly forest: Forest }
  /** The sum of its trees. */
  | { readonly kind: "boosting"; readonly boosting: Boosting };

/** What goes in and comes out. */
export interface ModelShape {
  readonly numFeatures: number;
  readonly numOutputs: number;
  readonly task: TreeTask;
}

export function shapeOf(model: TreeModel): ModelShape {
  if (model.kind === "tree") return model.tree;
  if (model.kind === "forest") return model.forest.pool;
  const { task, numOutputs, forest } = model.boosting;
  return { task, numOutputs, numFeatures: forest.pool.numFeatures };
}

/** Nodes of all trees. */
export function modelNodes(model: TreeModel): number {
  if (model.kind === "tree") return model.tree.feature.length;
  return (model.kind === "forest" ? model.forest : model.boosting.forest).pool.numNodes;
}

/**
 * Fills `out` [numOutputs from `to`] for one row of inputs [numFeatures from `offset`]: class probabilities that sum
 * to 1, or numbers.
 */
export function fillModelRow(
  model: TreeModel,
  inputs: ArrayLike<number>,
  offset: number,
  out: Float32Array | Float64Array,
  to = 0,
): void {
  if (model.kind === "forest") {
    fillForestRow(model.forest, inputs, offset, out, to);
    return;
  }
  if (model.kind === "tree") {
    const { tree } = model;
    const from = leafOf(tree, inputs, offset) * tree.numOutputs;
    for (let i = 0; i < tree.numOutputs; i++) out[to + i] = tree.value[from + i];
    return;
  }
  const { boosting } = model;
  const scores = new Float64Array(boosting.numScores);
  fillBoostingScores(boosting, inputs, offset, scores);
  if (boosting.task === "classification") {
    fillProbabilities(scores, boosting.numScores, boosting.numOutputs, out, to);
  } else for (let i = 0; i < boosting.numOutputs; i++) out[to + i] = scores[i];
}

/** Fills `out` [numRows, numOutputs] for `inputs` [numRows, numFeatures]; see {@link fillModelRow}. */
export function fillModelValues(model: TreeModel, inputs: Float32Array, out: Float32Array | Float64Array): void {
  const { numFeatures, numOutputs } = shapeOf(model);
  const numRows = inputs.length / numFeatures;
  for (let row = 0; row < numRows; row++) fillModelRow(model, inputs, row * numFeatures, out, row * numOutputs);
}

/** The classes [numRows] that a model gives to `inputs` [numRows, numFeatures]; the first of equally probable ones. */
export function predictClasses(model: TreeModel, inputs: Float32Array): Int32Array {
  const { numFeatures, numOutputs } = shapeOf(model);
  const row = new Float64Array(numOutputs);
  return Int32Array.from({ length: inputs.length / numFeatures }, (_, i) => {
    fillModelRow(model, inputs, i * numFeatures, row);
    return largestOf(row, 0, numOutputs);
  });
}
