import { type RandomStream, streamNumber } from "../../core/random.js";
import { type CountedSplit, type CountedSplitter, packRows, type RowCodes } from "./counted.js";
import { nearCapacity } from "./counted-random-splitter.js";
import type { PreparedData } from "./data.js";
import type { SplitLimits } from "./splitter.js";
import { type KernelMemory, kernelMemory, type TreeKernels } from "./tree-kernels.js";

/** Classes that the kernels can count. */
const MAX_CLASSES = 4;
/** Words of what a search finds, and where in them its whole numbers stand; see `findRandomSplit`. */
const FOUND_WORDS = 16;
const [FEATURE, KEY, NUM_LEFT] = [12, 13, 14];

/** `CountedRandomSplitter` in WebAssembly: the same splits from the same draws, sooner. */
export class KernelRandomSplitter implements CountedSplitter {
  readonly rootSums: Float64Array;
  readonly best: CountedSplit;
  private readonly kernels: TreeKernels;
  /** [4] rows of a node by class. */
  private readonly sums: Float64Array;
  private readonly found: Int32Array;
  private readonly foundFloats: Float64Array;
  /** Codes, those of one node together. */
  private readonly rows: Int32Array;
  /** Room for a word of each row. */
  private readonly aside: Int32Array;
  /** [numFeatures] in the order in which they were last drawn. */
  private readonly features: Int32Array;
  /** [numFeatures, numRows] */
  private readonly keys: Int32Array;
  /** [numRows, numFeatures] */
  private readonly rowKeys: Int32Array;
  /** [numFeatures, nearStride] the keys of the branch [nearStart, nearEnd); see `NearColumns`. */
  private readonly near: Int32Array;
  private nearStart = 0;
  private nearEnd = 0;
  private readonly capacity: number;
  private readonly nearStride: number;
  /** The columns of the node last looked at, and how many keys each has. */
  private columns: Int32Array;
  private stride = 0;
  private readonly key1: number;
  private copy = 0;

  /** One over this data; null where there are more classes than kernels can count, or no kernels. */
  static over(data: PreparedData, plan: RowCodes, limits: SplitLimits, stream: RandomStream) {
    if (data.numOutputs > MAX_CLASSES) return null;
    const { numRows, numFeatures } = data;
    const numKeys = numFeatures * (2 * numRows + nearStrideOf(numFeatures));
    const memory = kernelMemory(2 * MAX_CLASSES + FOUND_WORDS + 2 * numRows + numFeatures + numKeys);
    return memory && new KernelRandomSplitter(data, plan, limits, stream, memory);
  }

  private constructor(
    private readonly data: PreparedData,
    private readonly plan: RowCodes,
    private readonly limits: SplitLimits,
    private readonly stream: RandomStream,
    memory: KernelMemory,
  ) {
    const { numRows, numFeatures, numOutputs, keys } = data;
    this.kernels = memory.kernels;
    this.key1 = streamNumber(stream.streamName);
    this.rootSums = new Float64Array(numOutputs);
    this.best = { feature: -1, threshold: 0, numLeft: 0, score: 0, leftSums: new Float64Array(numOutputs) };
    this.sums = floatsOver(memory.int32(2 * MAX_CLASSES));
    this.found = memory.int32(FOUND_WORDS);
    this.foundFloats = floatsOver(this.found);
    this.rows = memory.int32(numRows);
    this.aside = memory.int32(numRows);
    this.features = memory.int32(numFeatures);
    for (let i = 0; i < numFeatures; i++) this.features[i] = i;
    this.keys = memory.int32(keys.length);
    this.keys.set(keys);
    this.rowKeys = memory.int32(keys.length);
    for (let feature = 0; feature < numFeatures; feature++) {
      for (let row = 0; row < numRows; row++) this.rowKeys[row * numFeatures + feature] = keys[feature * numRows + row];
    }
    this.capacity = nearCapacity(numFeatures);
    this.nearStride = nearStrideOf(numFeatures);
    this.near = memory.int32(numFeatures * this.nearStride);
    this.columns = this.keys;
  }

  start(weights: Float64Array, copy: number): number {
    const { data, plan, rows } = this;
    this.copy = copy;
    this.nearStart = 0;
    this.nearEnd = 0;
    return packRows(plan, data, weights, this.rootSums, rows);
  }

  find(start: number, end: number, sums: Float64Array, at: number): boolean {
    const { best, data, found, foundFloats, limits, plan, rows, stream } = this;
    this.look(start, end);
    const { leftSums } = best;
    for (let i = 0; i < leftSums.length; i++) this.sums[i] = sums[at + i];
    stream.positions[this.copy] = this.kernels.findRandomSplit(
      this.columns.byteOffset,
      this.stride,
      rows.byteOffset + 4 * start,
      end - start,
      plan.shift,
      plan.labelMask,
      this.aside.byteOffset,
      this.features.byteOffset,
      data.numFeatures,
      limits.maxFeatures,
      limits.minSamplesLeaf,
      this.sums.byteOffset,
      found.byteOffset,
      stream.seed,
      this.key1,
      this.copy,
      stream.positions[this.copy],
    );
    best.feature = found[FEATURE];
    best.threshold = foundFloats[0];
    best.score = foundFloats[1];
    best.numLeft = found[NUM_LEFT];
    for (let i = 0; i < leftSums.length; i++) leftSums[i] = foundFloats[2 + i];
    return best.feature >= 0;
  }

  /** Chooses the columns for a node, and copies those of a branch that has become small enough. */
  private look(start: number, end: number): void {
    const { data, near, nearStride, rows } = this;
    const isNear = start >= this.nearStart && end <= this.nearEnd;
    if (!isNear && end - start > this.capacity) {
      this.columns = this.keys;
      this.stride = data.numRows;
      return;
    }
    this.columns = near;
    this.stride = nearStride;
    if (isNear) return;
    this.nearStart = start;
    this.nearEnd = end;
    const codes = rows.byteOffset + 4 * start;
    const { shift } = this.plan;
    const from = this.rowKeys.byteOffset;
    this.kernels.copyNear(from, data.numFeatures, codes, end - start, shift, near.byteOffset, nearStride);
  }

  /** Keeps both sides, whatever is asked for. */
  partition(start: number, end: number): void {
    const { rows, aside, best, found, plan } = this;
    const column = this.columns.byteOffset + 4 * best.feature * this.stride;
    const codes = rows.byteOffset + 4 * start;
    this.kernels.partitionCodes(column, codes, aside.byteOffset, end - start, found[KEY], plan.shift);
  }
}

/** A line of the cache more than a column needs: columns a power of two apart would crowd each other out of it. */
const nearStrideOf = (numFeatures: number) => nearCapacity(numFeatures) + 16;

const floatsOver = ({ buffer, byteOffset, length }: Int32Array) => new Float64Array(buffer, byteOffset, length / 2);
