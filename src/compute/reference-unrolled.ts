import { type AdamArrays, adamStepInto } from "./adam.js";
import { checkFlat, checkState } from "./checks.js";
import type { AdamSettings, EngineFactory, EngineState } from "./engine.js";
import type { NetworkLayout, NetworkSpec } from "./network.js";
import { createReferenceEngine, ReferenceEngine } from "./reference-engine.js";
import { checkUnrolled, type UnrolledNetwork, type ValueRows } from "./unrolled.js";

/**
 * The specification of an unrolled network in float64: it keeps each slot's inputs only, and goes forward again before
 * it goes backward.
 */
export class ReferenceUnrolledNetwork implements UnrolledNetwork {
  readonly layout: NetworkLayout;
  /** Inputs and outputs of slot after slot, then the gradients of the outputs and of the inputs. */
  readonly values: Float64Array;
  readonly outputGradients: ValueRows;
  readonly inputGradients: ValueRows;
  private readonly engine: ReferenceEngine;
  private readonly arrays: AdamArrays;
  private numSteps = 0;

  constructor(
    network: NetworkSpec,
    readonly numSlots: number,
    readonly maxRows: number,
  ) {
    this.engine = new ReferenceEngine(network, maxRows);
    this.layout = this.engine.layout;
    checkUnrolled(this.layout, numSlots, maxRows);
    const { outputSize, size } = this.layout;
    const { inputSize } = network;
    this.values = new Float64Array((numSlots + 1) * maxRows * (inputSize + outputSize));
    const first = numSlots * maxRows * (inputSize + outputSize);
    this.outputGradients = { first, stride: outputSize };
    this.inputGradients = { first: first + maxRows * outputSize, stride: inputSize };
    const flat = () => new Float64Array(size);
    this.arrays = { parameters: flat(), gradients: flat(), firstMoments: flat(), secondMoments: flat() };
  }

  get bytes(): number {
    return this.values.byteLength + 4 * this.arrays.parameters.byteLength + this.engine.bytes;
  }

  get parameterCount(): number {
    return this.layout.parameterCount;
  }

  inputs(slot: number): ValueRows {
    const { inputSize } = this.layout.spec;
    return { first: slot * this.maxRows * (inputSize + this.layout.outputSize), stride: inputSize };
  }

  outputs(slot: number): ValueRows {
    return {
      first: this.inputs(slot).first + this.maxRows * this.layout.spec.inputSize,
      stride: this.layout.outputSize,
    };
  }

  forward(slot: number, numRows: number): void {
    const inputs = this.values.subarray(this.inputs(slot).first);
    this.engine.forward(inputs, numRows, this.values.subarray(this.outputs(slot).first));
  }

  backward(slot: number, numRows: number): void {
    this.forward(slot, numRows);
    this.engine.backward(this.values.subarray(this.outputGradients.first), numRows);
    this.engine.fillInputGradients(this.values.subarray(this.inputGradients.first), numRows);
    const gradients = this.engine.getGradients();
    for (let i = 0; i < gradients.length; i++) this.arrays.gradients[i] += gradients[i];
  }

  zeroGradients(): void {
    this.arrays.gradients.fill(0);
  }

  gradientNorm(): number {
    let squares = 0;
    for (const gradient of this.arrays.gradients) squares += gradient * gradient;
    return Math.sqrt(squares);
  }

  adamStep(settings: Omit<AdamSettings, "maxNorm">, scale: number): void {
    const { gradients } = this.arrays;
    for (let i = 0; i < gradients.length; i++) gradients[i] *= scale;
    this.numSteps++;
    adamStepInto(this.arrays, this.numSteps, { ...settings, maxNorm: 0 });
    this.engine.setParameters(this.arrays.parameters);
  }

  getParameters(): Float32Array | Float64Array {
    return this.arrays.parameters.slice();
  }

  setParameters(parameters: ArrayLike<number>): void {
    this.engine.setParameters(parameters);
    this.arrays.parameters.set(parameters);
  }

  getGradients(): Float32Array | Float64Array {
    return this.arrays.gradients.slice();
  }

  setGradients(gradients: ArrayLike<number>): void {
    checkFlat(this.layout, "gradients", gradients);
    this.arrays.gradients.set(gradients);
  }

  getState(): EngineState {
    const { parameters, firstMoments, secondMoments } = this.arrays;
    return {
      parameters: parameters.slice(),
      firstMoments: firstMoments.slice(),
      secondMoments: secondMoments.slice(),
      numSteps: this.numSteps,
    };
  }

  setState(state: EngineState): void {
    checkState(this.layout, state);
    this.setParameters(state.parameters);
    this.arrays.firstMoments.set(state.firstMoments);
    this.arrays.secondMoments.set(state.secondMoments);
    this.numSteps = state.numSteps;
  }
}

/** Makes the reference engine of a network, unrolled or not. */
export const createReference: EngineFactory = Object.assign(
  (network: NetworkSpec, maxBatch: number) => createReferenceEngine(network, maxBatch),
  {
    unrolled: (network: NetworkSpec, numSlots: number, maxRows: number) =>
      new ReferenceUnrolledNetwork(network, numSlots, maxRows),
  },
);
