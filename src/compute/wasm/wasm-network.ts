import { checkFlat, checkState } from "../checks.js";
import type { AdamSettings, EngineState } from "../engine.js";
import { ceil4, type NetworkLayout } from "../network.js";
import { instantiateKernels, type Kernels } from "./kernels.js";
import type { MemoryPlan, Rows } from "./plan.js";

const PAGE_BYTES = 65536;

/** A linear memory with kernels at work on it. */
export interface WasmRoom {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
}

/** Makes a linear memory of at least so many bytes, all zero. */
export function openRoom(module: WebAssembly.Module, bytes: number): WasmRoom {
  const numPages = Math.ceil(bytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: numPages, maximum: numPages });
  return { memory, kernels: instantiateKernels(module, memory) };
}

/**
 * A network in a linear memory, where its plan says, with float32 SIMD kernels at work on it.
 *
 * One call into WebAssembly does the whole forward or backward pass of a slot; all views are made once, so a step
 * allocates nothing. Batches are padded to a multiple of four rows, whose inputs and gradients are zero.
 */
export class WasmNetwork {
  /** All of the memory. */
  readonly values: Float32Array;
  readonly parameters: Float32Array;
  readonly gradients: Float32Array;
  private readonly firstMoments: Float32Array;
  private readonly secondMoments: Float32Array;
  private readonly kernels: Kernels;
  private readonly numLayers: number;
  private numSteps = 0;

  constructor(
    { memory, kernels }: WasmRoom,
    readonly layout: NetworkLayout,
    readonly plan: MemoryPlan,
    readonly maxRows: number,
  ) {
    const flat = (pointer: number) => new Float32Array(memory.buffer, pointer, layout.size);
    new Uint32Array(memory.buffer, plan.recordsPointer, plan.records.length).set(plan.records);
    this.kernels = kernels;
    this.numLayers = layout.layers.length;
    this.parameters = flat(plan.parameters);
    this.gradients = flat(plan.gradients);
    this.firstMoments = flat(plan.firstMoments);
    this.secondMoments = flat(plan.secondMoments);
    this.values = new Float32Array(memory.buffer);
  }

  get bytes(): number {
    return this.plan.bytes;
  }

  get numSlots(): number {
    return this.plan.slots.length;
  }

  get parameterCount(): number {
    return this.layout.parameterCount;
  }

  forward(slot: number, numRows: number): void {
    const { recordsPointer, inputs } = this.plan.slots[slot];
    this.clearPadding(inputs, numRows);
    this.kernels.forward(recordsPointer, this.numLayers, ceil4(numRows));
  }

  /** Adds to the gradients. */
  backward(slot: number, numRows: number): void {
    for (const rows of this.plan.outputGradients) this.clearPadding(rows, numRows);
    this.kernels.backward(this.plan.slots[slot].recordsPointer, this.numLayers, ceil4(numRows));
  }

  zeroGradients(): void {
    this.gradients.fill(0);
  }

  gradientNorm(): number {
    return this.kernels.norm(this.plan.gradients, this.layout.size);
  }

  adamStep({ learningRate, beta1, beta2, epsilon }: Omit<AdamSettings, "maxNorm">, scale: number): void {
    const { plan, layout } = this;
    this.numSteps++;
    this.kernels.adam(
      plan.parameters,
      plan.gradients,
      plan.firstMoments,
      plan.secondMoments,
      layout.size,
      scale,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      learningRate / (1 - beta1 ** this.numSteps),
      1 / (1 - beta2 ** this.numSteps),
      epsilon,
    );
    this.kernels.packWeights(plan.recordsPointer, this.numLayers);
  }

  getParameters(): Float32Array {
    return this.parameters.slice();
  }

  setParameters(parameters: ArrayLike<number>): void {
    checkFlat(this.layout, "parameters", parameters);
    this.parameters.set(parameters);
    this.kernels.packWeights(this.plan.recordsPointer, this.numLayers);
  }

  getGradients(): Float32Array {
    return this.gradients.slice();
  }

  setGradients(gradients: ArrayLike<number>): void {
    checkFlat(this.layout, "gradients", gradients);
    this.gradients.set(gradients);
  }

  getState(): EngineState {
    return {
      parameters: this.parameters.slice(),
      firstMoments: this.firstMoments.slice(),
      secondMoments: this.secondMoments.slice(),
      numSteps: this.numSteps,
    };
  }

  setState(state: EngineState): void {
    checkState(this.layout, state);
    this.setParameters(state.parameters);
    this.firstMoments.set(state.firstMoments);
    this.secondMoments.set(state.secondMoments);
    this.numSteps = state.numSteps;
  }

  /** Zeroes the rows that fill up a batch. */
  private clearPadding({ pointer, stride }: Rows, numRows: number): void {
    const padded = ceil4(numRows);
    if (numRows !== padded) this.values.fill(0, (pointer + numRows * stride) >>> 2, (pointer + padded * stride) >>> 2);
  }
}
