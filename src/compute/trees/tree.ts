/**
 * A binary decision tree as flat arrays; node 0 is the root and a child's index is above its parent's.
 *
 * For a classifier `value` holds class probabilities, for a regressor means. `samples` is the weight of the training
 * rows that reached a node: their number, unless rows were weighted.
 */
export interface Tree {
  readonly numFeatures: number;
  readonly numOutputs: number;
  /** What a row of `value` is. */
  readonly task: TreeTask;
  /** [numNodes] the input that is compared; -1 marks a leaf. */
  readonly feature: Int32Array;
  /** [numNodes] `x <= threshold` goes left; 0 in a leaf. */
  readonly threshold: Float64Array;
  /** [numNodes] the node for `x <= threshold`; -1 in a leaf. */
  readonly left: Int32Array;
  /** [numNodes] the node for `x > threshold`; -1 in a leaf. */
  readonly right: Int32Array;
  /** [numNodes, numOutputs] row-major. */
  readonly value: Float64Array;
  /** [numNodes] weight of the training rows. */
  readonly samples: Float64Array;
  /** [numNodes] Gini impurity or entropy (bits) of the classes, or mean squared deviation. */
  readonly impurity: Float64Array;
}

export type TreeTask = "classification" | "regression";

/** Nodes, leaves included. */
export function numNodesOf(tree: Tree): number {
  return tree.feature.length;
}

/** Leaves alone. */
export function numLeavesOf(tree: Tree): number {
  // Every split has two children, so a binary tree of n nodes has (n + 1) / 2 leaves.
  return (tree.feature.length + 1) >> 1;
}

/** Splits on the longest way from the root to a leaf: 0 for a tree that is one leaf. */
export function depthOf(tree: Tree): number {
  const depth = new Int32Array(numNodesOf(tree));
  let deepest = 0;
  for (let node = 0; node < depth.length; node++) {
    deepest = Math.max(deepest, depth[node]);
    if (tree.feature[node] < 0) continue;
    depth[tree.left[node]] = depth[node] + 1;
    depth[tree.right[node]] = depth[node] + 1;
  }
  return deepest;
}

/** Splits on the longest way to a leaf of any of `trees`; 0 for none. */
export function deepestOf(trees: readonly Tree[]): number {
  // Boosting may have more trees than a call takes arguments.
  return trees.reduce((deepest, tree) => Math.max(deepest, depthOf(tree)), 0);
}

/** The leaf that a row of `inputs` [numFeatures from `offset`] reaches. */
export function leafOf(tree: Tree, inputs: ArrayLike<number>, offset = 0): number {
  const { feature, threshold, left, right } = tree;
  let node = 0;
  while (feature[node] >= 0) {
    node = inputs[offset + feature[node]] <= threshold[node] ? left[node] : right[node];
  }
  return node;
}

/** The part of a tree that decides, as typed arrays or as the lists of a JSON file. */
export interface DecisionNodes {
  readonly feature: ArrayLike<number>;
  readonly threshold: ArrayLike<number>;
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
}

/** The nodes from the root to the leaf that a row reaches, both included. */
export function pathOf(tree: DecisionNodes, inputs: ArrayLike<number>, offset = 0): number[] {
  const path = [0];
  let node = 0;
  while (tree.feature[node] >= 0) {
    node = inputs[offset + tree.feature[node]] <= tree.threshold[node] ? tree.left[node] : tree.right[node];
    path.push(node);
  }
  return path;
}

/** Fills `out` [numRows, numOutputs] with the values of the leaves that `inputs` [numRows, numFeatures] reach. */
export function fillTreeValues(tree: Tree, inputs: Float32Array, out: Float32Array | Float64Array): void {
  const { numFeatures, numOutputs, value } = tree;
  const numRows = inputs.length / numFeatures;
  for (let row = 0; row < numRows; row++) {
    const leaf = leafOf(tree, inputs, row * numFeatures);
    for (let i = 0; i < numOutputs; i++) out[row * numOutputs + i] = value[leaf * numOutputs + i];
  }
}

/** The largest entry of `values` [size from `offset`]; the first of equals. */
export function largestOf(values: ArrayLike<number>, offset: number, size: number): number {
  let best = 0;
  for (let i = 1; i < size; i++) if (values[offset + i] > values[offset + best]) best = i;
  return best;
}

/** The class of a node: the most probable, the first of equals. */
export function classOf(tree: Tree, node: number): number {
  return largestOf(tree.value, node * tree.numOutputs, tree.numOutputs);
}

/** The classes [numRows] that a classifier gives to `inputs` [numRows, numFeatures]. */
export function predictTreeClasses(tree: Tree, inputs: Float32Array): Int32Array {
  const classes = new Int32Array(inputs.length / tree.numFeatures);
  for (let row = 0; row < classes.length; row++)
    classes[row] = classOf(tree, leafOf(tree, inputs, row * tree.numFeatures));
  return classes;
}
