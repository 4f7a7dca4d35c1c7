import { ceil4, type LayerLayout, type NetworkLayout } from "../network.js";

/** Rows of numbers in linear memory: byte offset of the first one and bytes from one row to the next. */
export interface Rows {
  readonly pointer: number;
  readonly stride: number;
}

/** What one application of the network keeps for its backward pass: its records, inputs and the heads' outputs. */
export interface SlotPlan {
  readonly recordsPointer: number;
  readonly inputs: Rows;
  readonly outputs: readonly Rows[];
}

/** Where everything an engine holds lies in its linear memory, in bytes. */
export interface MemoryPlan {
  /** By slot, one record of {@link LAYER_WORDS} words per layer, as `assembly/network.ts` reads it. */
  readonly records: Uint32Array;
  readonly recordsPointer: number;
  /** Flat arrays in the layout of `network.ts`. */
  readonly parameters: number;
  readonly gradients: number;
  readonly firstMoments: number;
  readonly secondMoments: number;
  readonly slots: readonly SlotPlan[];
  /** d(loss)/d(inputs), with the stride of the inputs; null where nobody asked for it. */
  readonly inputGradients: Rows | null;
  /** Gradient of the last layer of each head. */
  readonly outputGradients: readonly Rows[];
  /** How many bytes these are, and the first one behind them. */
  readonly bytes: number;
  readonly end: number;
}

/** Words of one layer's record; keep in step with `class Layer` in `assembly/network.ts`. */
export const LAYER_WORDS = 16;

/** The kernels' own static data, if any, lies below. */
export const FIRST_FREE = 1024;
const ACTIVATIONS = { tanh: 1, relu: 2, elu: 3 } as const;

/**
 * Lays the memory of one network out for batches up to `maxBatch`. Each slot keeps activations of its own; weights,
 * their panels and the gradients of activations, which no slot needs any longer than its backward pass, are shared.
 * All of it lies from byte `first` on, the end of a cache line.
 */
export function planMemory(layout: NetworkLayout, maxBatch: number, numSlots = 1, first = FIRST_FREE): MemoryPlan {
  const space = new Space(first);
  const allocate = (floats: number) => space.take(floats);
  const allocateRows = (paddedSize: number) => space.takeRows(maxBatch, paddedSize);

  const slotWords = layout.layers.length * LAYER_WORDS;
  const recordsPointer = allocate(numSlots * slotWords);
  const [parameters, gradients, firstMoments, secondMoments] = Array.from({ length: 4 }, () => allocate(layout.size));
  const records: number[] = [];
  const paddedInput = ceil4(layout.spec.inputSize);
  const inputGradients = layout.spec.inputGradients ? allocateRows(paddedInput) : null;
  const shared = new Map(
    layout.layers.map((layer) => [
      layer,
      {
        gradient: allocateRows(layer.paddedOut),
        forwardPanels: allocate(layer.paddedIn * layer.paddedOut),
        backwardPanels: allocate(layer.paddedIn * layer.paddedOut),
      },
    ]),
  );
  const sharedOf = (layer: LayerLayout) => shared.get(layer) as NonNullable<ReturnType<typeof shared.get>>;

  /** Chains layers upon `below`, whose gradient is 0 for inputs that want none; answers the last one's rows. */
  const addLayers = (layers: readonly LayerLayout[], below: Activations, accumulateFirst: boolean): Activations => {
    let input = below;
    layers.forEach((layer, i) => {
      const { paddedIn, paddedOut } = layer;
      const output = allocateRows(paddedOut);
      const { gradient, forwardPanels, backwardPanels } = sharedOf(layer);
      records.push(
        layer.activated ? ACTIVATIONS[layout.spec.activation] : 0,
        paddedIn,
        paddedOut,
        input.rows.pointer,
        input.rows.stride,
        output.pointer,
        output.stride,
        gradient.pointer,
        input.gradient,
        i === 0 && accumulateFirst ? 1 : 0,
        parameters + 4 * layer.weights,
        parameters + 4 * layer.biases,
        gradients + 4 * layer.weights,
        gradients + 4 * layer.biases,
        forwardPanels,
        backwardPanels,
      );
      input = { rows: output, gradient: gradient.pointer };
    });
    return input;
  };
  const slots = Array.from({ length: numSlots }, (_, slot): SlotPlan => {
    const inputs = allocateRows(paddedInput);
    const trunk = addLayers(layout.trunk, { rows: inputs, gradient: inputGradients?.pointer ?? 0 }, false);
    // Backward visits the heads last to first: the last one writes the gradient of the trunk, the others add to it.
    const heads = layout.heads.map((head, i) => addLayers(head.layers, trunk, i < layout.heads.length - 1));
    const outputs = heads.map(({ rows }) => rows);
    return { recordsPointer: recordsPointer + 4 * slot * slotWords, inputs, outputs };
  });
  return {
    records: Uint32Array.from(records),
    recordsPointer,
    parameters,
    gradients,
    firstMoments,
    secondMoments,
    slots,
    inputGradients,
    outputGradients: layout.heads.map((head) => sharedOf(head.layers[head.layers.length - 1]).gradient),
    bytes: space.next - first,
    end: space.next,
  };
}

/** Hands out linear memory from byte `next` on; every block starts on a cache line. */
export class Space {
  constructor(public next: number) {}

  /** Byte offset of a block. */
  take(floats: number): number {
    const pointer = this.next;
    this.next = (pointer + 4 * floats + 63) & ~63;
    return pointer;
  }

  /** As many rows as kernels take at a time, or a few more. */
  takeRows(numRows: number, paddedSize: number): Rows {
    const stride = 4 * strideOf(paddedSize);
    return { pointer: this.take((ceil4(numRows) * stride) / 4), stride };
  }
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
