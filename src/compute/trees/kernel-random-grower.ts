import { type RandomStream, streamNumber } from "../../core/random.js";
import { packRows, type RowCodes } from "./counted.js";
import { nearCapacity } from "./counted-random-splitter.js";
import type { PreparedData } from "./data.js";
import type { GrowthLimits } from "./grow.js";
import { NODE_WORDS, type NodePool } from "./node-pool.js";
import type { SplitLimits } from "./splitter.js";
import { type KernelMemory, kernelMemory, type TreeKernels } from "./tree-kernels.js";

/** Classes that the kernels can count. */
const MAX_CLASSES = 4;
/** Words of an open node, and where in them its rows by class stand; see `growTree`. */
const OPEN_WORDS = 12;
const OPEN_SUMS = 4;
/** Words of what `prepare` is told. */
const SETTINGS_WORDS = 28;
/** Words that may be read, and are then not counted, behind the last row. */
const READ_AHEAD = 4;

/** Grows extremely randomised trees in WebAssembly: what `growCounted` over a `CountedRandomSplitter` grows, sooner. */
export class KernelRandomGrower {
  private readonly kernels: TreeKernels;
  /** [numRows] codes. */
  private readonly rows: Int32Array;
  private readonly rootSums: Float64Array;
  /** The same as the kernels take them, [4]. */
  private readonly openSums: Float64Array;
  /** The tree just grown; see `prepare`. */
  private readonly words: Int32Array;
  private readonly thresholds: Float64Array;
  private readonly samples: Float64Array;
  private readonly impurity: Float64Array;
  private readonly leafValues: Float64Array;

  /** One over this data; null where there are more classes than kernels can count, or no kernels. */
  static over(
    data: PreparedData,
    plan: RowCodes,
    limits: SplitLimits & GrowthLimits,
    stream: RandomStream,
    featureBits: number,
  ): KernelRandomGrower | null {
    if (data.numOutputs > MAX_CLASSES) return null;
    const memory = kernelMemory(numWords(data));
    return memory && new KernelRandomGrower(data, plan, limits, stream, featureBits, memory);
  }

  private constructor(
    private readonly data: PreparedData,
    private readonly plan: RowCodes,
    limits: SplitLimits & GrowthLimits,
    private readonly stream: RandomStream,
    featureBits: number,
    memory: KernelMemory,
  ) {
    const { numRows, numFeatures, numOutputs, keys } = data;
    const { int32, float64 } = memory;
    const { maxNodes, maxMixed, maxOpen, nearStride } = sizesOf(data);
    this.kernels = memory.kernels;
    const settings = int32(SETTINGS_WORDS);
    const draws = int32(4);
    this.rootSums = new Float64Array(numOutputs);
    const stack = int32(OPEN_WORDS * maxOpen);
    this.openSums = new Float64Array(stack.buffer, stack.byteOffset + 4 * OPEN_SUMS, MAX_CLASSES);
    this.thresholds = float64(maxNodes);
    this.samples = float64(maxNodes);
    this.impurity = float64(maxNodes);
    this.leafValues = float64(numOutputs * maxMixed);
    this.words = int32(NODE_WORDS * maxNodes);
    this.rows = int32(numRows);
    int32(READ_AHEAD);
    const values = int32(numRows + READ_AHEAD);
    const features = int32(numFeatures);
    for (let i = 0; i < numFeatures; i++) features[i] = i;
    // Before the others: a place that is read ahead may be one of those, beyond what is near.
    const near = int32(numFeatures * nearStride);
    const columns = int32(keys.length);
    columns.set(keys);
    const rowKeys = int32(keys.length);
    for (let feature = 0; feature < numFeatures; feature++) {
      for (let row = 0; row < numRows; row++) rowKeys[row * numFeatures + feature] = keys[feature * numRows + row];
    }
    const { minSamplesLeaf, minSamplesSplit, maxFeatures, maxDepth } = limits;
    const minRows = Math.max(minSamplesSplit, 2 * minSamplesLeaf);
    settings.set([columns.byteOffset, numRows, rowKeys.byteOffset]);
    settings.set([near.byteOffset, nearCapacity(numFeatures), nearStride], 3);
    settings.set([this.rows, values, features, draws, stack].map(offsetOf), 6);
    settings.set([this.words, this.thresholds, this.samples, this.impurity, this.leafValues].map(offsetOf), 11);
    settings.set([numFeatures, featureBits, numOutputs, plan.shift, plan.labelMask], 16);
    settings.set([maxFeatures, minSamplesLeaf, minRows, maxDepth], 21);
    settings.set([stream.seed, streamNumber(stream.streamName)], 25);
    this.kernels.prepare(settings.byteOffset);
  }

  /** Grows one tree into `pool` over the rows whose weight is 1, from the draws of `copy`; answers with its root. */
  grow(weights: Float64Array, copy: number, pool: NodePool): number {
    const { data, kernels, openSums, plan, rootSums, rows, stream } = this;
    const numRows = packRows(plan, data, weights, rootSums, rows);
    openSums.fill(0);
    openSums.set(rootSums);
    const numNodes = kernels.growTree(numRows, copy, stream.positions[copy], pool.numLeafValues);
    stream.positions[copy] = kernels.nextDraw();
    const root = pool.add(numNodes);
    pool.words.set(this.words.subarray(0, NODE_WORDS * numNodes), NODE_WORDS * root);
    pool.thresholds.set(this.thresholds.subarray(0, numNodes), root);
    pool.samples.set(this.samples.subarray(0, numNodes), root);
    pool.impurity.set(this.impurity.subarray(0, numNodes), root);
    pool.addLeafValues(this.leafValues.subarray(0, kernels.numMixedLeaves() * data.numOutputs));
    return root;
  }
}

/** What a tree needs at most. A leaf of several classes, and an open node, have two rows or more. */
function sizesOf({ numRows, numFeatures }: PreparedData) {
  return {
    maxNodes: 2 * numRows,
    maxMixed: Math.floor(numRows / 2) + 1,
    maxOpen: Math.floor(numRows / 2) + 2,
    // A line of the cache more than a column needs: columns a power of two apart would crowd each other out of it.
    nearStride: nearCapacity(numFeatures) + 16,
  };
}

/** 32-bit words of memory, with some to spare for what must lie even. */
function numWords(data: PreparedData): number {
  const { numRows, numFeatures, numOutputs } = data;
  const { maxNodes, maxMixed, maxOpen, nearStride } = sizesOf(data);
  const tree = (NODE_WORDS + 6) * maxNodes + 2 * numOutputs * maxMixed + OPEN_WORDS * maxOpen;
  const keys = numFeatures * (2 * numRows + nearStride + 1);
  return SETTINGS_WORDS + 64 + tree + keys + 2 * (numRows + READ_AHEAD);
}

const offsetOf = ({ byteOffset }: { readonly byteOffset: number }) => byteOffset;
