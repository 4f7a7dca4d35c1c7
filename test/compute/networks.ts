import fc from "fast-check";
import type { AdamSettings } from "../../src/compute/engine.js";
import { initialParameters } from "../../src/compute/initialise.js";
import type { NetworkLayout, NetworkSpec } from "../../src/compute/network.js";
import { RandomStream } from "../../src/core/random.js";

/** The actor and critic of PPO on CartPole: two heads that share nothing. */
export const actorCritic: NetworkSpec = {
  inputSize: 4,
  activation: "tanh",
  trunk: [],
  heads: [
    { name: "actor", hidden: [64, 64], outputSize: 2, outputGain: 0.01 },
    { name: "critic", hidden: [64, 64], outputSize: 1, outputGain: 1 },
  ],
};

/** The Q-network of DQN on CartPole, as Stable-Baselines3 sizes it. */
export const wideQ: NetworkSpec = {
  inputSize: 4,
  activation: "relu",
  trunk: [],
  heads: [{ name: "q", hidden: [256, 256], outputSize: 2, outputGain: 1 }],
};

export const plainAdam: AdamSettings = { learningRate: 3e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0 };

/** Networks of every shape an engine must take: with and without trunk, one to three heads, free parameters. */
export function networks(maxWidth: number, minWidth = 1): fc.Arbitrary<NetworkSpec> {
  const widths = (maxLength: number) => fc.array(fc.integer({ min: minWidth, max: maxWidth }), { maxLength });
  const head = fc.record({
    hidden: widths(2),
    outputSize: fc.integer({ min: 1, max: 6 }),
    outputGain: fc.constantFrom(0.01, 0.5, 1),
  });
  return fc.record({
    inputSize: fc.integer({ min: 1, max: Math.min(maxWidth, 24) }),
    activation: fc.constantFrom("tanh" as const, "relu" as const),
    trunk: widths(2),
    heads: fc
      .array(head, { minLength: 1, maxLength: 3 })
      .map((heads) => heads.map((one, i) => ({ name: `head${i}`, ...one }))),
    free: fc.option(fc.record({ size: fc.integer({ min: 1, max: 5 }), initial: fc.constant(-0.5) }), {
      nil: undefined,
    }),
    inputGradients: fc.boolean(),
  }) as fc.Arbitrary<NetworkSpec>;
}

/** Parameters that are nowhere zero except in the padding: orthogonal weights and random biases. */
export function randomParameters(layout: NetworkLayout, seed: number): Float32Array {
  const stream = new RandomStream(seed, "test-parameters");
  const parameters = initialParameters(layout, stream);
  for (const { biases, outSize } of layout.layers) {
    for (let o = 0; o < outSize; o++) parameters[biases + o] = 0.3 * stream.normal();
  }
  return parameters;
}

/** `count` standard normals, times `scale`. */
export function normals(count: number, seed: number, name: string, scale = 1): Float32Array {
  const stream = new RandomStream(seed, name);
  return Float32Array.from({ length: count }, () => scale * stream.normal());
}

/** Inputs, output gradients of a mean loss, and gradients of the free parameters, for one batch. */
export function randomBatch(layout: NetworkLayout, batch: number, seed: number) {
  return {
    inputs: normals(batch * layout.spec.inputSize, seed, "test-inputs"),
    outputGradients: normals(batch * layout.outputSize, seed, "test-output-gradients", 1 / batch),
    freeGradients: normals(layout.freeSize, seed, "test-free-gradients", 0.1),
  };
}

/** The tensors of a flat array: each layer's W [paddedOut, paddedIn] and b [paddedOut], and the free parameters. */
export function tensorsOf(layout: NetworkLayout, flat: Float32Array | Float64Array) {
  const tensors = layout.layers.flatMap(({ weights, biases, paddedIn, paddedOut }, i) => [
    { name: `layer ${i} weights`, values: flat.subarray(weights, weights + paddedOut * paddedIn) },
    { name: `layer ${i} biases`, values: flat.subarray(biases, biases + paddedOut) },
  ]);
  if (layout.freeSize > 0) tensors.push({ name: "free", values: flat.subarray(layout.freeOffset, layout.size) });
  return tensors;
}

/** The entries of a flat array that no parameter uses. */
export function paddingOf(layout: NetworkLayout, flat: ArrayLike<number>): number[] {
  const used = new Uint8Array(layout.size);
  for (const { weights, biases, inSize, outSize, paddedIn } of layout.layers) {
    for (let o = 0; o < outSize; o++) {
      used.fill(1, weights + o * paddedIn, weights + o * paddedIn + inSize);
      used[biases + o] = 1;
    }
  }
  used.fill(1, layout.freeOffset, layout.freeOffset + layout.freeSize);
  return Array.from(flat).filter((_, i) => used[i] === 0);
}
