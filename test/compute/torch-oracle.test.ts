import { describe, expect, it } from "vitest";
import type { NetworkLayout, NetworkSpec } from "../../src/compute/network.js";
import { ReferenceEngine } from "../../src/compute/reference-engine.js";
import oracle from "../oracles/gae.json";

/** What torch computed in float64; the reference engine does the same sums in another order. */
const DIGITS = 10;
const { ppo, adam } = oracle;
const batch = ppo.obs.length;

const network: NetworkSpec = {
  inputSize: 4,
  activation: "tanh",
  trunk: [],
  heads: [
    { name: "actor", hidden: [8], outputSize: 2, outputGain: 1 },
    { name: "critic", hidden: [8], outputSize: 1, outputGain: 1 },
  ],
};

type Tensors = Readonly<Record<string, readonly (readonly number[])[] | readonly number[]>>;

/** The flat array of tensors named `actor_w1`, `actor_b1`, … as the oracle has them (w[out][in]). */
function flatOf(layout: NetworkLayout, tensors: Tensors): Float64Array {
  const flat = new Float64Array(layout.size);
  for (const head of layout.heads) {
    head.layers.forEach(({ weights, biases, paddedIn }, i) => {
      const rows = tensors[`${head.name}_w${i + 1}`] as readonly (readonly number[])[];
      rows.forEach((row, o) => {
        flat.set(row, weights + o * paddedIn);
      });
      flat.set(tensors[`${head.name}_b${i + 1}`] as readonly number[], biases);
    });
  }
  return flat;
}

function expectFlat(actual: Float64Array, expected: Float64Array): void {
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], DIGITS);
}

function engineAtStart(): ReferenceEngine {
  const engine = new ReferenceEngine(network, batch);
  engine.setParameters(flatOf(engine.layout, ppo.parameters));
  return engine;
}

const observations = Float64Array.from(ppo.obs.flat());

/** Forward; fills d(policy loss − 0.01 entropy + 0.5 value MSE)/d(outputs), the oracle's `total_sb3`. */
function forwardWithLoss(engine: ReferenceEngine, outputGradients: Float64Array): void {
  const outputs = new Float64Array(batch * 3);
  engine.forward(observations, batch, outputs);
  for (let row = 0; row < batch; row++) {
    const logits = outputs.subarray(row * 3, row * 3 + 2);
    const sum = Math.exp(logits[0]) + Math.exp(logits[1]);
    const p = [Math.exp(logits[0]) / sum, Math.exp(logits[1]) / sum];
    const entropy = -p.reduce((total, x) => total + x * Math.log(x), 0);
    const action = ppo.actions[row];
    const advantage = ppo.advantages_used_as_given_not_normalised[row];
    const ratio = Math.exp(Math.log(p[action]) - ppo.old_log_probs[row]);
    const clipped = Math.min(Math.max(ratio, 1 - ppo.clip), 1 + ppo.clip);
    const slope = ratio * advantage <= clipped * advantage ? -advantage * ratio : 0;
    for (let a = 0; a < 2; a++) {
      const policy = slope * ((a === action ? 1 : 0) - p[a]);
      outputGradients[row * 3 + a] = (policy + 0.01 * p[a] * (Math.log(p[a]) + entropy)) / batch;
    }
    outputGradients[row * 3 + 2] = (outputs[row * 3 + 2] - ppo.returns[row]) / batch;
  }
}

describe("the reference engine equals torch in float64", () => {
  it("in the outputs of both heads", () => {
    const outputs = new Float64Array(batch * 3);
    engineAtStart().forward(observations, batch, outputs);
    for (let row = 0; row < batch; row++) {
      expect(outputs[row * 3]).toBeCloseTo(ppo.forward.logits[row][0], DIGITS);
      expect(outputs[row * 3 + 1]).toBeCloseTo(ppo.forward.logits[row][1], DIGITS);
      expect(outputs[row * 3 + 2]).toBeCloseTo(ppo.forward.values[row], DIGITS);
    }
  });

  it("in the gradient of the value's mean squared error", () => {
    const engine = engineAtStart();
    engine.forward(observations, batch, new Float64Array(batch * 3));
    const outputGradients = new Float64Array(batch * 3);
    for (let row = 0; row < batch; row++) {
      outputGradients[row * 3 + 2] = (2 * (ppo.forward.values[row] - ppo.returns[row])) / batch;
    }
    engine.backward(outputGradients, batch);
    expectFlat(engine.getGradients(), flatOf(engine.layout, ppo.losses.value_mse.gradient));
  });

  it("in the gradient of the whole PPO loss", () => {
    const engine = engineAtStart();
    const outputGradients = new Float64Array(batch * 3);
    forwardWithLoss(engine, outputGradients);
    engine.backward(outputGradients, batch);
    expectFlat(engine.getGradients(), flatOf(engine.layout, ppo.losses.total_sb3.gradient));
  });

  it.each(adam.runs)("over five Adam steps with lr $lr, beta1 $beta1, clipped to $max_grad_norm", (run) => {
    const engine = engineAtStart();
    const outputGradients = new Float64Array(batch * 3);
    const settings = { learningRate: run.lr, beta1: run.beta1, beta2: run.beta2, epsilon: run.eps };
    for (const step of run.per_step) {
      forwardWithLoss(engine, outputGradients);
      engine.backward(outputGradients, batch);
      const norm = engine.adamStep({ ...settings, maxNorm: run.max_grad_norm ?? 0 });
      if (step.grad_norm_before_clip !== null) expect(norm).toBeCloseTo(step.grad_norm_before_clip, DIGITS);
    }
    expectFlat(engine.getParameters(), flatOf(engine.layout, run.final_parameters));
  });

  it("in the steps of one number under given gradients", () => {
    const head = { name: "unused", hidden: [], outputSize: 1, outputGain: 1 };
    const free = { size: 1, initial: adam.scalar.theta0 };
    const engine = new ReferenceEngine({ inputSize: 1, activation: "tanh", trunk: [], heads: [head], free }, 1);
    const parameters = new Float64Array(engine.layout.size);
    parameters[engine.layout.freeOffset] = adam.scalar.theta0;
    engine.setParameters(parameters);
    const theta = new Float64Array(1);
    engine.forward(new Float64Array(1), 1, new Float64Array(1));
    adam.scalar.gradients.forEach((gradient, step) => {
      engine.backward(new Float64Array(1), 1, new Float64Array([gradient]));
      const { lr, beta1, beta2, eps } = adam.scalar;
      engine.adamStep({ learningRate: lr, beta1, beta2, epsilon: eps, maxNorm: 0 });
      engine.fillFree(theta);
      expect(theta[0]).toBeCloseTo(adam.scalar.theta_after_each_step[step], 12);
    });
  });
});
