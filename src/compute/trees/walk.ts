import { NODE_WORDS, type NodePool } from "./node-pool.js";
import { fillKeys } from "./presort.js";
import { type KernelMemory, kernelMemory } from "./tree-kernels.js";

/** Trees of one pool that answer together. */
export interface Forest {
  readonly pool: NodePool;
  /** [numTrees] first node of each tree. */
  readonly roots: Int32Array;
  readonly walk: Walk;
}

/** Finds the leaves that a row of inputs reaches in all trees of a forest. */
interface Walk {
  /**
   * The rows of `leafValues` [numTrees] for inputs [numFeatures from `offset`], each read as float32. The answer is
   * written over by the next call.
   */
  leavesOf(inputs: ArrayLike<number>, offset: number): Int32Array;
}

/** The forest of a pool that is not added to any more. Its nodes move to where kernels can reach them, if there are any. */
export function closeForest(pool: NodePool, roots: Int32Array): Forest {
  const numTrees = roots.length;
  const memory = kernelMemory(NODE_WORDS * pool.numNodes + 2 ** pool.featureBits + 4 * numTrees + 16);
  if (!memory) {
    pool.trim();
    return { pool, roots, walk: new PlainWalk(pool, roots) };
  }
  pool.trim(memory.int32(NODE_WORDS * pool.numNodes));
  return { pool, roots, walk: new KernelWalk(pool, roots, memory) };
}

/** All trees at once, in WebAssembly; see `walkTrees`. */
export class KernelWalk implements Walk {
  private readonly kernels: KernelMemory["kernels"];
  private readonly nodes: number;
  private readonly roots: number;
  private readonly numTrees: number;
  private readonly keys: Int32Array;
  private readonly leaves: Int32Array;
  private readonly open: number;
  private readonly featureBits: number;

  /** The pool's words lie in that memory, which has room for 2^featureBits + 4 numTrees + 16 more. */
  constructor(pool: NodePool, roots: Int32Array, { kernels, int32 }: KernelMemory) {
    this.kernels = kernels;
    this.nodes = pool.words.byteOffset;
    this.numTrees = roots.length;
    this.featureBits = pool.featureBits;
    this.keys = int32(2 ** pool.featureBits).subarray(0, pool.numFeatures);
    const near = int32(roots.length);
    near.set(roots);
    this.roots = near.byteOffset;
    this.leaves = int32(roots.length);
    this.open = int32(2 * roots.length).byteOffset;
  }

  leavesOf(inputs: ArrayLike<number>, offset: number): Int32Array {
    const { keys, leaves } = this;
    fillKeys(keys, inputs, offset, keys.length);
    const { byteOffset } = leaves;
    this.kernels.walkTrees(
      this.nodes,
      this.roots,
      this.numTrees,
      keys.byteOffset,
      this.featureBits,
      byteOffset,
      this.open,
    );
    return leaves;
  }
}

/** One tree after the other. */
export class PlainWalk implements Walk {
  private readonly keys: Int32Array;
  private readonly leaves: Int32Array;

  constructor(
    private readonly pool: NodePool,
    private readonly roots: Int32Array,
  ) {
    this.keys = new Int32Array(pool.numFeatures);
    this.leaves = new Int32Array(roots.length);
  }

  leavesOf(inputs: ArrayLike<number>, offset: number): Int32Array {
    const { pool, roots, keys, leaves } = this;
    fillKeys(keys, inputs, offset, keys.length);
    for (let t = 0; t < roots.length; t++) leaves[t] = leafOfKeys(pool, roots[t], keys, 0, 1);
    return leaves;
  }
}

/**
 * The row of `leafValues` that an input row reaches from `root`. The key of input i stands in `keys` at
 * `offset` + i * `stride`.
 */
export function leafOfKeys(pool: NodePool, root: number, keys: Int32Array, offset: number, stride: number): number {
  const { words, featureBits } = pool;
  const featureMask = (1 << featureBits) - 1;
  let node = root;
  let word = words[NODE_WORDS * node + 1];
  while (word >= 0) {
    const key = keys[offset + stride * (word & featureMask)];
    node += (word >> featureBits) + Number(key > words[NODE_WORDS * node]);
    word = words[NODE_WORDS * node + 1];
  }
  return ~word;
}
