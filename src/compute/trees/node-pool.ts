import type { Tree, TreeTask } from "./tree.js";

/** Words of 32 bits per node in {@link NodePool.words}: two for the threshold, then feature and link. */
export const NODE_WORDS = 4;

/**
 * Nodes of one or many trees in a row of memory, made for walking.
 *
 * A node is 16 bytes: its threshold (float64), then its feature (-1: leaf) and a link (int32). The link of a split is
 * its left child, and the right child comes right after it, so that four nodes share a line of the cache and a step
 * costs at most one miss. The link of a leaf is its row in `leafValues` [numLeafValues, numOutputs]; the first
 * numOutputs rows of a classifier are the pure classes, which most leaves of a grown tree share.
 */
export class NodePool {
  numNodes = 0;
  /** [numNodes, 4] int32: see the class. */
  words: Int32Array;
  /** [numNodes, 2] float64 over the same memory: the threshold of node i stands at 2 i. */
  thresholds: Float64Array;
  samples: Float64Array;
  impurity: Float64Array;
  numLeafValues = 0;
  leafValues: Float64Array;
  /** [numNodes, numOutputs]: the values of splits too, when they are kept. A forest does without. */
  nodeValues: Float64Array | null;

  constructor(
    readonly numFeatures: number,
    readonly numOutputs: number,
    readonly task: TreeTask,
    { capacity = 64, keepNodeValues = false } = {},
  ) {
    this.nodeValues = keepNodeValues ? new Float64Array(numOutputs * capacity) : null;
    this.words = new Int32Array(NODE_WORDS * capacity);
    this.thresholds = new Float64Array(this.words.buffer);
    this.samples = new Float64Array(capacity);
    this.impurity = new Float64Array(capacity);
    this.leafValues = new Float64Array(numOutputs * (numOutputs + capacity));
    if (task === "classification") {
      for (let i = 0; i < numOutputs; i++) this.leafValues[i * numOutputs + i] = 1;
      this.numLeafValues = numOutputs;
    }
  }

  /** Makes room for `count` nodes in a row and answers with the first. */
  add(count: number): number {
    const first = this.numNodes;
    this.numNodes += count;
    if (this.numNodes > this.samples.length) this.resize(Math.max(this.numNodes, 2 * this.samples.length));
    return first;
  }

  /** Makes room in advance, so that growing need not copy. */
  reserve(numNodes: number): void {
    if (numNodes > this.samples.length) this.resize(numNodes);
  }

  /** Adds the row of a leaf's values and answers with its place. */
  addLeafValues(values: ArrayLike<number>): number {
    const { numOutputs } = this;
    const needed = (this.numLeafValues + 1) * numOutputs;
    if (needed > this.leafValues.length) {
      const grown = new Float64Array(Math.max(needed, 2 * this.leafValues.length));
      grown.set(this.leafValues);
      this.leafValues = grown;
    }
    for (let i = 0; i < numOutputs; i++) this.leafValues[this.numLeafValues * numOutputs + i] = values[i];
    return this.numLeafValues++;
  }

  setLeaf(node: number, leafValue: number): void {
    this.thresholds[2 * node] = 0;
    this.words[NODE_WORDS * node + 2] = -1;
    this.words[NODE_WORDS * node + 3] = leafValue;
  }

  setSplit(node: number, feature: number, threshold: number, left: number): void {
    this.thresholds[2 * node] = threshold;
    this.words[NODE_WORDS * node + 2] = feature;
    this.words[NODE_WORDS * node + 3] = left;
  }

  /** Gives back the memory that growing took in advance. */
  trim(): void {
    this.resize(this.numNodes);
    this.leafValues = this.leafValues.slice(0, this.numLeafValues * this.numOutputs);
  }

  private resize(capacity: number): void {
    const words = new Int32Array(NODE_WORDS * capacity);
    words.set(this.words.subarray(0, words.length));
    this.words = words;
    this.thresholds = new Float64Array(words.buffer);
    const samples = new Float64Array(capacity);
    samples.set(this.samples.subarray(0, capacity));
    this.samples = samples;
    const impurity = new Float64Array(capacity);
    impurity.set(this.impurity.subarray(0, capacity));
    this.impurity = impurity;
    if (!this.nodeValues) return;
    const nodeValues = new Float64Array(this.numOutputs * capacity);
    nodeValues.set(this.nodeValues.subarray(0, nodeValues.length));
    this.nodeValues = nodeValues;
  }
}

/** The row of `leafValues` that an input row [numFeatures from `offset`] reaches from `root`. */
export function leafValueOf(pool: NodePool, root: number, inputs: ArrayLike<number>, offset: number): number {
  const { words, thresholds } = pool;
  let node = root;
  let feature = words[NODE_WORDS * node + 2];
  while (feature >= 0) {
    node = words[NODE_WORDS * node + 3] + (inputs[offset + feature] <= thresholds[2 * node] ? 0 : 1);
    feature = words[NODE_WORDS * node + 2];
  }
  return words[NODE_WORDS * node + 3];
}

/** One tree of a pool as {@link Tree}, in pre-order. Where the pool kept none, a split's value is the mean of its children. */
export function treeFromPool(pool: NodePool, root: number): Tree {
  const { words, thresholds, numOutputs, leafValues, nodeValues } = pool;
  const order = preOrder(pool, root);
  const n = order.nodes.length;
  const tree: Tree = {
    numFeatures: pool.numFeatures,
    numOutputs,
    task: pool.task,
    feature: new Int32Array(n).fill(-1),
    threshold: new Float64Array(n),
    left: Int32Array.from(order.left),
    right: Int32Array.from(order.right),
    value: new Float64Array(n * numOutputs),
    samples: new Float64Array(n),
    impurity: new Float64Array(n),
  };
  // Backwards: children come after their parent.
  for (let i = n - 1; i >= 0; i--) {
    const node = order.nodes[i];
    tree.samples[i] = pool.samples[node];
    tree.impurity[i] = pool.impurity[node];
    const feature = words[NODE_WORDS * node + 2];
    if (feature < 0) {
      const from = words[NODE_WORDS * node + 3] * numOutputs;
      for (let k = 0; k < numOutputs; k++) tree.value[i * numOutputs + k] = leafValues[from + k];
    } else {
      tree.feature[i] = feature;
      tree.threshold[i] = thresholds[2 * node];
      if (nodeValues) tree.value.set(nodeValues.subarray(node * numOutputs, (node + 1) * numOutputs), i * numOutputs);
      else fillMeanOfChildren(tree, i);
    }
  }
  return tree;
}

/** Sets the value of a split to the mean of its children by weight. */
export function fillMeanOfChildren(tree: Tree, node: number): void {
  const { left, right, samples, value, numOutputs } = tree;
  const [l, r] = [left[node], right[node]];
  const total = samples[l] + samples[r];
  for (let k = 0; k < numOutputs; k++) {
    const sum = samples[l] * value[l * numOutputs + k] + samples[r] * value[r * numOutputs + k];
    value[node * numOutputs + k] = sum / total;
  }
}

/** The nodes below `root` in pre-order, and the places of their children in that order. */
function preOrder({ words }: NodePool, root: number): { nodes: number[]; left: number[]; right: number[] } {
  const nodes: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  // A right child waits with the place of its parent; -1 says there is none.
  const stack: [node: number, parent: number][] = [[root, -1]];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const [node, parent] = entry;
    const place = nodes.push(node) - 1;
    if (parent >= 0) right[parent] = place;
    const isSplit = words[NODE_WORDS * node + 2] >= 0;
    left.push(isSplit ? place + 1 : -1);
    right.push(-1);
    if (!isSplit) continue;
    const child = words[NODE_WORDS * node + 3];
    stack.push([child + 1, place], [child, -1]);
  }
  return { nodes, left, right };
}

/** Writes a {@link Tree} into a pool and answers with its root. */
export function addTreeToPool(pool: NodePool, tree: Tree): number {
  const root = pool.add(1);
  const places = new Int32Array(tree.feature.length);
  places[0] = root;
  for (let node = 0; node < places.length; node++) {
    const place = places[node];
    pool.samples[place] = tree.samples[node];
    pool.impurity[place] = tree.impurity[node];
    if (tree.feature[node] < 0) {
      const from = node * tree.numOutputs;
      pool.setLeaf(place, pool.addLeafValues(tree.value.subarray(from, from + tree.numOutputs)));
    } else {
      const left = pool.add(2);
      pool.setSplit(place, tree.feature[node], tree.threshold[node], left);
      places[tree.left[node]] = left;
      places[tree.right[node]] = left + 1;
    }
  }
  return root;
}
