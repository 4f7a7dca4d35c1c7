import { keyOfThreshold } from "./presort.js";
import type { Tree, TreeTask } from "./tree.js";

/** Words of 32 bits per node in {@link NodePool.words}. */
export const NODE_WORDS = 2;

/**
 * Nodes of one or many trees in a row of memory, made for walking.
 *
 * A node is 8 bytes, so that eight share a line of the cache. The first word is the key of its threshold: an input, which
 * is a float32, goes left where its own key is no larger (`presort.ts`). The second word of a split is
 * step << featureBits | feature, where `step` leads from the node to its left child; the right child comes right after
 * the left one. The second word of a leaf is ~row, its row in `leafValues` [numLeafValues, numOutputs]; the first
 * numOutputs rows of a classifier are the pure classes, which most leaves of a grown tree share.
 */
export class NodePool {
  numNodes = 0;
  /** [numNodes, 2] int32: see the class. */
  words: Int32Array;
  /** [numNodes] float64, as they were found; not needed for walking. */
  thresholds: Float64Array;
  samples: Float64Array;
  impurity: Float64Array;
  numLeafValues = 0;
  leafValues: Float64Array;
  /** [numNodes, numOutputs]: the values of splits too, when they are kept. A forest does without. */
  nodeValues: Float64Array | null;
  /** Bits of a split's second word that name its input. */
  readonly featureBits: number;

  constructor(
    readonly numFeatures: number,
    readonly numOutputs: number,
    readonly task: TreeTask,
    { capacity = 64, keepNodeValues = false } = {},
  ) {
    this.featureBits = featureBitsFor(numFeatures);
    this.nodeValues = keepNodeValues ? new Float64Array(numOutputs * capacity) : null;
    this.words = new Int32Array(NODE_WORDS * capacity);
    this.thresholds = new Float64Array(capacity);
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

  /** Adds rows of leaves' values [numRows, numOutputs] and answers with the place of the first. */
  addLeafValues(values: ArrayLike<number>): number {
    const first = this.numLeafValues;
    const at = first * this.numOutputs;
    const needed = at + values.length;
    if (needed > this.leafValues.length) {
      const grown = new Float64Array(Math.max(needed, 2 * this.leafValues.length));
      grown.set(this.leafValues);
      this.leafValues = grown;
    }
    this.leafValues.set(values, at);
    this.numLeafValues += values.length / this.numOutputs;
    return first;
  }

  setLeaf(node: number, leafValue: number): void {
    this.words[NODE_WORDS * node] = 0;
    this.words[NODE_WORDS * node + 1] = ~leafValue;
    this.thresholds[node] = 0;
  }

  /** Throws `RangeError` for a child too far away to be named, which takes more rows than any memory holds. */
  setSplit(node: number, feature: number, threshold: number, left: number): void {
    const step = left - node;
    if (step >= 2 ** (31 - this.featureBits)) throw new RangeError("a tree has more nodes than can be numbered");
    this.words[NODE_WORDS * node] = keyOfThreshold(threshold);
    this.words[NODE_WORDS * node + 1] = (step << this.featureBits) | feature;
    this.thresholds[node] = threshold;
  }

  /** Gives back the memory that growing took in advance; the words move to `words` [numNodes, 2], if that is given. */
  trim(words?: Int32Array): void {
    this.resize(this.numNodes, words);
    this.leafValues = this.leafValues.slice(0, this.numLeafValues * this.numOutputs);
  }

  private resize(capacity: number, words: Int32Array = new Int32Array(NODE_WORDS * capacity)): void {
    words.set(this.words.subarray(0, words.length));
    this.words = words;
    this.thresholds = resized(this.thresholds, capacity);
    this.samples = resized(this.samples, capacity);
    this.impurity = resized(this.impurity, capacity);
    if (this.nodeValues) this.nodeValues = resized(this.nodeValues, this.numOutputs * capacity);
  }
}

const featureBitsFor = (numFeatures: number) => 32 - Math.clz32(Math.max(1, numFeatures - 1));

function resized(values: Float64Array, length: number): Float64Array {
  const result = new Float64Array(length);
  result.set(values.subarray(0, length));
  return result;
}

/** One tree of a pool as {@link Tree}, in pre-order. Where the pool kept none, a split's value is the mean of its children. */
export function treeFromPool(pool: NodePool, root: number): Tree {
  const { words, thresholds, featureBits, numOutputs, leafValues, nodeValues } = pool;
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
    const word = words[NODE_WORDS * node + 1];
    if (word < 0) {
      const from = ~word * numOutputs;
      for (let k = 0; k < numOutputs; k++) tree.value[i * numOutputs + k] = leafValues[from + k];
    } else {
      tree.feature[i] = word & ((1 << featureBits) - 1);
      tree.threshold[i] = thresholds[node];
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
function preOrder(
  { words, featureBits }: NodePool,
  root: number,
): { nodes: number[]; left: number[]; right: number[] } {
  const nodes: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  // A right child waits with the place of its parent; -1 says there is none.
  const stack: [node: number, parent: number][] = [[root, -1]];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const [node, parent] = entry;
    const place = nodes.push(node) - 1;
    if (parent >= 0) right[parent] = place;
    const word = words[NODE_WORDS * node + 1];
    left.push(word >= 0 ? place + 1 : -1);
    right.push(-1);
    if (word < 0) continue;
    const child = node + (word >> featureBits);
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
