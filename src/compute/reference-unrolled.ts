import { type AdamArrays, adamStepInto } from "./adam.js";
import { checkFlat, checkState } from "./checks.js";
import type { AdamSettings, EngineFactory, EngineState } from "./engine.js";
import { layoutOf, type NetworkLayout, type NetworkSpec } from "./network.js";
import { createReferenceEngine, ReferenceEngine } from "./reference-engine.js";
import {
  checkUnrolled,
  type GroupSpec,
  type UnrolledGroup,
  type UnrolledNetwork,
  type UnrolledSpec,
  type ValueRows,
} from "./unrolled.js";

/**
 * The specification of an unrolled network in float64: it keeps each slot's inputs only, and goes forward again before
 * it goes backward.
 */
class ReferenceUnrolledNetwork implements UnrolledNetwork {
  readonly layout: NetworkLayout;
  readonly outputGradients: ValueRows;
  readonly inputGradients: ValueRows;
  private readonly engine: ReferenceEngine;
  private readonly arrays: AdamArrays;
  private numSteps = 0;

  readonly numSlots: number;
  readonly maxRows: number;

  constructor(
    { network, numSlots, maxRows }: UnrolledSpec,
    /** From entry `start` on: inputs and outputs of slot after slot, then the gradients of the outputs and of the inputs. */
    readonly values: Float64Array,
    private readonly start: number,
  ) {
    this.numSlots = numSlots;
    this.maxRows = maxRows;
    this.engine = new ReferenceEngine(network, maxRows);
    this.layout = this.engine.layout;
    const { outputSize, size } = this.layout;
    const { inputSize } = network;
    const first = start + numSlots * maxRows * (inputSize + outputSize);
    this.outputGradients = { first, stride: outputSize };
    this.inputGradients = { first: first + maxRows * outputSize, stride: inputSize };
    const flat = () => new Float64Array(size);
    this.arrays = { parameters: flat(), gradients: flat(), firstMoments: flat(), secondMoments: flat() };
  }

  get bytes(): number {
    return 8 * sizeOf(this) + 4 * this.arrays.parameters.byteLength + this.engine.bytes;
  }

  get parameterCount(): number {
    return this.layout.parameterCount;
  }

  inputs(slot: number): ValueRows {
    const { inputSize } = this.layout.spec;
    const first = this.start + slot * this.maxRows * (inputSize + this.layout.outputSize);
    return { first, stride: inputSize };
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

/** Entries of `values` that a network takes. */
function sizeOf({ layout, numSlots, maxRows }: Pick<UnrolledNetwork, "layout" | "numSlots" | "maxRows">): number {
  return (numSlots + 1) * maxRows * (layout.spec.inputSize + layout.outputSize);
}

/** The specification of networks that share their values. */
export function createReferenceGroup<Name extends string>({
  networks: specs,
  blocks = [],
  moves,
}: GroupSpec<Name>): UnrolledGroup<Name> {
  let size = 0;
  const take = (count: number): number => {
    size += count;
    return size - count;
  };
  const starts = specs.map((spec) => {
    const layout = layoutOf(spec.network);
    checkUnrolled(layout, spec.numSlots, spec.maxRows);
    return take(sizeOf({ ...spec, layout }));
  });
  const rows = blocks.map(({ numRows, size }): ValueRows => ({ first: take(numRows * size), stride: size }));
  const values = new Float64Array(size);
  return {
    networks: specs.map((spec, i) => new ReferenceUnrolledNetwork(spec, values, starts[i])),
    blocks: rows,
    values,
    move(name, numTraces, count, from, fromPerTrace, to, toPerTrace) {
      for (let trace = 0; trace < numTraces; trace++) {
        for (const move of moves?.[name] ?? []) {
          const { fromColumn = 0, toColumn = 0, scale = 1, add = false } = move;
          const source = from.first + (trace * fromPerTrace + move.from) * from.stride + fromColumn;
          const target = to.first + (trace * toPerTrace + move.to) * to.stride + toColumn;
          for (let i = 0; i < count; i++) {
            values[target + i] = scale * values[source + i] + (add ? values[target + i] : 0);
          }
        }
      }
    },
  };
}

/** Makes the reference engine of a network, unrolled or not. */
export const createReference: EngineFactory = Object.assign(
  (network: NetworkSpec, maxBatch: number) => createReferenceEngine(network, maxBatch),
  { unrolled: createReferenceGroup },
);
