import { ceil4, type LayerLayout, type NetworkLayout } from "../network.js";

/** Rows of numbers in linear memory: byte offset of the first one and bytes from one row to the next. */
export interface Rows {
  readonly pointer: number;
  readonly stride: number;
}

/** Where everything an engine holds lies in its linear memory, in bytes. */
export interface MemoryPlan {
  /** One record of {@link LAYER_WORDS} words per layer, as `assembly/network.ts` reads it. */
  readonly records: Uint32Array;
  readonly recordsPointer: number;
  /** Flat arrays in the layout of `network.ts`. */
  readonly parameters: number;
  readonly gradients: number;
  readonly firstMoments: number;
  readonly secondMoments: number;
  readonly inputs: Rows;
  /** d(loss)/d(inputs), with the stride of the inputs; null where nobody asked for it. */
  readonly inputGradients: Rows | null;
  /** The last layer of each head, and its gradient. */
  readonly outputs: readonly Rows[];
  readonly outputGradients: readonly Rows[];
  readonly bytes: number;
}

/** Words of one layer's record; keep in step with `class Layer` in `assembly/network.ts`. */
export const LAYER_WORDS = 16;

/** The kernels' own static data, if any, lies below. */
const FIRST_FREE = 1024;
const ACTIVATIONS = { tanh: 1, relu: 2 } as const;

/** Lays the memory of one network out for batches up to `maxBatch`. */
export function planMemory(layout: NetworkLayout, maxBatch: number): MemoryPlan {
  let next = FIRST_FREE;
  /** Every block starts on a cache line. */
  const allocate = (floats: number): number => {
    const pointer = next;
    next = (next + 4 * floats + 63) & ~63;
    return pointer;
  };
  const numRows = ceil4(maxBatch);
  const allocateRows = (paddedSize: number): Rows => {
    const stride = 4 * strideOf(paddedSize);
    return { pointer: allocate((numRows * stride) / 4), stride };
  };

  const recordsPointer = allocate(layout.layers.length * LAYER_WORDS);
  const [parameters, gradients, firstMoments, secondMoments] = Array.from({ length: 4 }, () => allocate(layout.size));
  const records: number[] = [];
  const inputs = allocateRows(ceil4(layout.spec.inputSize));
  const inputGradients = layout.spec.inputGradients ? allocateRows(ceil4(layout.spec.inputSize)) : null;

  /** Chains layers upon `below`, whose gradient is 0 for inputs that want none; answers the last one's rows. */
  const addLayers = (layers: readonly LayerLayout[], below: Activations, accumulateFirst: boolean): Activations => {
    let input = below;
    layers.forEach((layer, i) => {
      const { paddedIn, paddedOut } = layer;
      const output = allocateRows(paddedOut);
      const gradient = allocateRows(paddedOut).pointer;
      records.push(
        layer.activated ? ACTIVATIONS[layout.spec.activation] : 0,
        paddedIn,
        paddedOut,
        input.rows.pointer,
        input.rows.stride,
        output.pointer,
        output.stride,
        gradient,
        input.gradient,
        i === 0 && accumulateFirst ? 1 : 0,
        parameters + 4 * layer.weights,
        parameters + 4 * layer.biases,
        gradients + 4 * layer.weights,
        gradients + 4 * layer.biases,
        allocate(paddedIn * paddedOut),
        input.gradient ? allocate(paddedIn * paddedOut) : 0,
      );
      input = { rows: output, gradient };
    });
    return input;
  };
  const trunk = addLayers(layout.trunk, { rows: inputs, gradient: inputGradients?.pointer ?? 0 }, false);
  // Backward visits the heads last to first: the last one writes the gradient of the trunk, the others add to it.
  const heads = layout.heads.map((head, i) => addLayers(head.layers, trunk, i < layout.heads.length - 1));
  return {
    records: Uint32Array.from(records),
    recordsPointer,
    parameters,
    gradients,
    firstMoments,
    secondMoments,
    inputs,
    inputGradients,
    outputs: heads.map(({ rows }) => rows),
    outputGradients: heads.map(({ rows, gradient }) => ({ pointer: gradient, stride: rows.stride })),
    bytes: next,
  };
}

interface Activations {
  readonly rows: Rows;
  /** Byte offset of the gradient, with the same stride; 0 where none is wanted. */
  readonly gradient: number;
}

/**
 * Floats from one row of activations to the next. A stride of a power of two would map the columns that a tile reads
 * to a few sets of the cache, which then throw each other out; one more cache line spreads them.
 */
function strideOf(paddedSize: number): number {
  return paddedSize >= 64 && paddedSize % 32 === 0 ? paddedSize + 16 : paddedSize;
}
