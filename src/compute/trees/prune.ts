import type { Tree } from "./tree.js";

/**
 * Minimal cost-complexity pruning: the smallest subtree that makes (impurity of its leaves, by weight) + alpha x
 * (number of leaves) smallest.
 *
 * Answers the same subtree as cutting weakest links one after another while their price per leaf is at most `alpha`,
 * in one pass from the leaves up. Source: Breiman, Friedman, Olshen & Stone 1984, chapter 3.
 */
export function pruneTree(tree: Tree, alpha: number): Tree {
  if (alpha <= 0) return tree;
  const { feature, left, right, samples, impurity } = tree;
  const cost = new Float64Array(feature.length);
  const isCut = new Uint8Array(feature.length);
  // Backwards: children come after their parent.
  for (let node = feature.length - 1; node >= 0; node--) {
    const alone = (impurity[node] * samples[node]) / samples[0] + alpha;
    const below = feature[node] < 0 ? Infinity : cost[left[node]] + cost[right[node]];
    isCut[node] = alone <= below ? 1 : 0;
    cost[node] = Math.min(alone, below);
  }
  return subtreeOf(tree, (node) => isCut[node] === 1);
}

/** The tree with every node for which `isLeaf` holds made a leaf, renumbered in pre-order. */
export function subtreeOf(tree: Tree, isLeaf: (node: number) => boolean): Tree {
  const kept: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const visit = (node: number): number => {
    const place = kept.push(node) - 1;
    left.push(-1);
    right.push(-1);
    if (tree.feature[node] < 0 || isLeaf(node)) return place;
    left[place] = visit(tree.left[node]);
    right[place] = visit(tree.right[node]);
    return place;
  };
  visit(0);
  const pick = (from: Float64Array, size = 1) =>
    Float64Array.from({ length: kept.length * size }, (_, i) => from[kept[Math.floor(i / size)] * size + (i % size)]);
  return {
    numFeatures: tree.numFeatures,
    numOutputs: tree.numOutputs,
    task: tree.task,
    feature: Int32Array.from(kept, (node, place) => (left[place] < 0 ? -1 : tree.feature[node])),
    threshold: Float64Array.from(kept, (node, place) => (left[place] < 0 ? 0 : tree.threshold[node])),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: pick(tree.value, tree.numOutputs),
    samples: pick(tree.samples),
    impurity: pick(tree.impurity),
  };
}
