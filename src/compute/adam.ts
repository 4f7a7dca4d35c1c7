/** What an optimiser step is told. */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Gradients are scaled by min(1, maxNorm / (norm + 1e-6)); 0 switches clipping off. */
  readonly maxNorm: number;
}

/** Everything an engine needs to go on exactly. Flat arrays in the layout of `network.ts`. */
export type EngineState = {
  readonly parameters: Float32Array | Float64Array;
  readonly firstMoments: Float32Array | Float64Array;
  readonly secondMoments: Float32Array | Float64Array;
  /** Adam steps taken so far. */
  readonly numSteps: number;
};

/** Parameters, moments and gradients of one network, as flat arrays that belong to whoever learns. */
export interface AdamArrays<Reals extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly parameters: Reals;
  readonly gradients: Reals;
  readonly firstMoments: Reals;
  readonly secondMoments: Reals;
}

/**
 * One Adam step with bias correction and clipping by the global norm, in place; returns the norm before clipping.
 *
 * `numSteps` counts this step too. tfjs's own Adam is not used: it neither clips nor resumes exactly, because it
 * restores the powers of β by `pow` where it had multiplied before. Source: Kingma & Ba 2015, algorithm 1.
 */
export function adamStepInto(arrays: AdamArrays, numSteps: EngineState["numSteps"], settings: AdamSettings): number {
  const { parameters, gradients, firstMoments, secondMoments } = arrays;
  const { learningRate, beta1, beta2, epsilon, maxNorm } = settings;
  let squares = 0;
  for (let i = 0; i < gradients.length; i++) squares += gradients[i] * gradients[i];
  const norm = Math.sqrt(squares);
  const scale = maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;

  const correction1 = 1 - beta1 ** numSteps;
  const correction2 = 1 - beta2 ** numSteps;
  for (let i = 0; i < parameters.length; i++) {
    const gradient = scale * gradients[i];
    firstMoments[i] = beta1 * firstMoments[i] + (1 - beta1) * gradient;
    secondMoments[i] = beta2 * secondMoments[i] + (1 - beta2) * gradient * gradient;
    const mean = firstMoments[i] / correction1;
    const deviation = Math.sqrt(secondMoments[i] / correction2);
    parameters[i] -= (learningRate * mean) / (deviation + epsilon);
  }
  return norm;
}
