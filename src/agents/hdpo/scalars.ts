import { type AdamArrays, type AdamSettings, adamStepInto, type EngineState } from "../../compute/adam.js";
import type { Learnable } from "../../compute/unrolled.js";
import { sigmoid, softplus } from "./smooth.js";

/** A few positive numbers that learn: softplus of parameters, which start at 10. */
export class PositiveScalars implements Learnable {
  /** softplus(parameters) [size]. */
  readonly values: Float64Array;
  private readonly arrays: AdamArrays<Float64Array>;
  private numSteps = 0;

  constructor(readonly parameterCount: number) {
    const flat = () => new Float64Array(parameterCount);
    this.arrays = { parameters: flat().fill(10), gradients: flat(), firstMoments: flat(), secondMoments: flat() };
    this.values = flat();
    this.refresh();
  }

  /** Adds d(loss)/d(values[index]). */
  addGradient(index: number, gradient: number): void {
    this.arrays.gradients[index] += gradient * sigmoid(this.arrays.parameters[index]);
  }

  zeroGradients(): void {
    this.arrays.gradients.fill(0);
  }

  gradientNorm(): number {
    return Math.hypot(...this.arrays.gradients);
  }

  adamStep(settings: Omit<AdamSettings, "maxNorm">, scale: number): void {
    const { gradients } = this.arrays;
    for (let i = 0; i < gradients.length; i++) gradients[i] *= scale;
    this.numSteps++;
    adamStepInto(this.arrays, this.numSteps, { ...settings, maxNorm: 0 });
    this.refresh();
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
    this.setParameters(state.parameters);
    this.arrays.firstMoments.set(state.firstMoments);
    this.arrays.secondMoments.set(state.secondMoments);
    this.numSteps = state.numSteps;
  }

  getParameters(): Float64Array {
    return this.arrays.parameters.slice();
  }

  setParameters(parameters: ArrayLike<number>): void {
    if (parameters.length !== this.parameterCount) {
      throw new RangeError(`expected ${this.parameterCount} parameters, got ${parameters.length}`);
    }
    this.arrays.parameters.set(parameters);
    this.refresh();
  }

  getGradients(): Float64Array {
    return this.arrays.gradients.slice();
  }

  setGradients(gradients: ArrayLike<number>): void {
    this.arrays.gradients.set(gradients);
  }

  private refresh(): void {
    for (let i = 0; i < this.parameterCount; i++) this.values[i] = softplus(this.arrays.parameters[i]);
  }
}
