import { type AdamArrays, type AdamSettings, adamStepInto, type EngineState } from "../../compute/adam.js";
import type { Learnable } from "../../compute/unrolled.js";
import { sigmoid, softplus } from "./smooth.js";

/** How numbers follow from parameters, and where those start. */
interface Link {
  readonly first: number;
  value(parameter: number): number;
  slope(parameter: number): number;
}

const POSITIVE: Link = { first: 10, value: softplus, slope: sigmoid };
const SHARE: Link = { first: 0, value: sigmoid, slope: (x) => sigmoid(x) * sigmoid(-x) };

/** A few numbers that learn. */
class Scalars implements Learnable {
  /** What follows from the parameters [size]. */
  readonly values: Float64Array;
  private readonly arrays: AdamArrays<Float64Array>;
  private numSteps = 0;

  constructor(
    readonly parameterCount: number,
    private readonly link: Link,
  ) {
    const flat = () => new Float64Array(parameterCount);
    this.arrays = {
      parameters: flat().fill(link.first),
      gradients: flat(),
      firstMoments: flat(),
      secondMoments: flat(),
    };
    this.values = flat();
    this.refresh();
  }

  /** Adds d(loss)/d(values[index]). */
  addGradient(index: number, gradient: number): void {
    this.arrays.gradients[index] += gradient * this.link.slope(this.arrays.parameters[index]);
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
    for (let i = 0; i < this.parameterCount; i++) this.values[i] = this.link.value(this.arrays.parameters[i]);
  }
}

/** A few positive numbers that learn: softplus of parameters, which start at 10. */
export class PositiveScalars extends Scalars {
  constructor(parameterCount: number) {
    super(parameterCount, POSITIVE);
  }
}

/** A number between 0 and 1 that learns: sigmoid of a parameter, which starts at 0. */
export class LearnedShare extends Scalars {
  constructor() {
    super(1, SHARE);
  }
}
