import { beforeEach, describe, expect, it } from "vitest";
import {
  categoricalPpoLoss,
  gaussianPpoLoss,
  NUM_STATISTICS,
  type PpoLossSettings,
} from "../../src/agents/ppo-loss.js";
import type { Engine } from "../../src/compute/engine.js";
import type { NetworkSpec } from "../../src/compute/network.js";
import { createReferenceEngine } from "../../src/compute/reference-engine.js";
import oracle from "../oracles/gae.json" with { type: "json" };

const SETTINGS: PpoLossSettings = {
  numActions: 2,
  clip: 0.2,
  valueCoefficient: 0.5,
  entropyCoefficient: 0.01,
  valueClipping: 0,
  valueClip: 0.2,
};
const NETWORK: NetworkSpec = {
  inputSize: 4,
  activation: "tanh",
  trunk: [],
  heads: [
    { name: "actor", hidden: [8], outputSize: 2, outputGain: 1 },
    { name: "critic", hidden: [8], outputSize: 1, outputGain: 1 },
  ],
};
const { ppo } = oracle;
const BATCH = ppo.obs.length;
type Tensors = Readonly<Record<string, unknown>>;
const LAYERS = ["actor_w1", "actor_w2", "critic_w1", "critic_w2"];

/** The oracle's tensors in the flat layout of the engines. */
function flatten(tensors: Tensors, engine: Engine): Float64Array {
  const flat = new Float64Array(engine.layout.size);
  engine.layout.layers.forEach((layer, i) => {
    const weights = tensors[LAYERS[i]] as number[][] | undefined;
    const biases = tensors[LAYERS[i].replace("w", "b")] as number[] | undefined;
    weights?.forEach((row, o) => {
      flat.set(row, layer.weights + o * layer.paddedIn);
    });
    if (biases) flat.set(biases, layer.biases);
  });
  return flat;
}

/** Forward, loss and backward on the oracle's batch; the mean loss and its parts. */
function learn(engine: Engine, settings: PpoLossSettings) {
  const outputs = new Float32Array(BATCH * 3);
  void engine.forward(Float32Array.from(ppo.obs.flat()), BATCH, outputs);
  const gradients = new Float64Array(BATCH * 3);
  const statistics = new Float64Array(NUM_STATISTICS);
  for (let i = 0; i < BATCH; i++) {
    const row = { $: gradients.subarray(i * 3, i * 3 + 3) };
    const sample = [
      ppo.old_log_probs[i],
      ppo.advantages_used_as_given_not_normalised[i],
      ppo.returns[i],
      ppo.old_values[i],
      ppo.actions[i],
    ];
    categoricalPpoLoss({ $: outputs.subarray(i * 3, i * 3 + 3) }, { $: sample }, settings, row, { $: statistics });
  }
  void engine.backward(
    Float32Array.from(gradients, (gradient) => gradient / BATCH),
    BATCH,
  );
  return statistics.map((sum) => sum / BATCH);
}

describe("the PPO loss against torch", () => {
  let engine: Engine;
  beforeEach(() => {
    engine = createReferenceEngine(NETWORK, BATCH);
    engine.setParameters(flatten(ppo.parameters, engine));
  });

  it("gives the same losses, KL and clip fraction", () => {
    const [policyLoss, valueLoss, entropy, kl, clipped] = learn(engine, SETTINGS);
    expect(policyLoss).toBeCloseTo(ppo.losses.policy_loss.value, 6);
    expect(valueLoss).toBeCloseTo(ppo.losses.value_mse.value, 6);
    expect(entropy).toBeCloseTo(ppo.losses.entropy.value, 6);
    expect(kl).toBeCloseTo(ppo.forward.approx_kl_k3, 6);
    expect(clipped).toBeCloseTo(ppo.forward.clip_fraction, 12);
  });

  const cases: { name: string; settings: Partial<PpoLossSettings>; gradient: Tensors; norm: number }[] = [
    {
      name: "total as in Stable-Baselines3",
      settings: {},
      gradient: ppo.losses.total_sb3.gradient,
      norm: ppo.losses.total_sb3.gradient_global_norm,
    },
    {
      name: "total as in CleanRL",
      settings: { valueCoefficient: 0.25 },
      gradient: ppo.losses.total_cleanrl.gradient,
      norm: ppo.losses.total_cleanrl.gradient_global_norm,
    },
    {
      name: "policy alone",
      settings: { valueCoefficient: 0, entropyCoefficient: 0 },
      gradient: ppo.losses.policy_loss.gradient,
      norm: ppo.losses.policy_loss.gradient_global_norm,
    },
  ];
  for (const { name, settings, gradient, norm } of cases) {
    it(`gives the same gradient: ${name}`, () => {
      learn(engine, { ...SETTINGS, ...settings });
      const ours = engine.getGradients() as Float64Array;
      const theirs = flatten(gradient, engine);
      const given = flatten(
        Object.fromEntries(
          Object.keys(gradient).map((key) => [
            key,
            (gradient[key] as unknown[]).map((row) => (Array.isArray(row) ? row.map(() => 1) : 1)),
          ]),
        ),
        engine,
      );
      for (let i = 0; i < ours.length; i++)
        if (given[i]) expect(Math.abs(ours[i] - theirs[i])).toBeLessThanOrEqual(1e-6);
      expect(Math.hypot(...ours)).toBeCloseTo(norm, 5);
    });
  }

  for (const [valueClipping, name] of [
    [1, "value_mse_clipped_sb3"],
    [2, "value_loss_clipped_max_cleanrl"],
  ] as const) {
    it(`gives the same clipped value loss: ${name}`, () => {
      const theirs = ppo.losses[name];
      // A value coefficient of 1 and a huge clip leave the value loss alone in the critic.
      const statistics = learn(engine, { ...SETTINGS, valueClipping, valueCoefficient: 1, entropyCoefficient: 0 });
      expect(statistics[1]).toBeCloseTo(theirs.value, 6);
      const ours = engine.getGradients() as Float64Array;
      const critic = engine.layout.layers[3];
      theirs.gradient.critic_w2[0].forEach((value, i) => {
        expect(Math.abs(ours[critic.weights + i] - value)).toBeLessThanOrEqual(1e-6);
      });
      expect(Math.abs(ours[critic.biases] - theirs.gradient.critic_b2[0])).toBeLessThanOrEqual(1e-6);
    });
  }

  for (const run of oracle.adam.runs) {
    it(`takes the same five Adam steps: learning rate ${run.lr}, clipping at ${run.max_grad_norm ?? "nothing"}`, () => {
      const settings = {
        learningRate: run.lr,
        beta1: run.beta1,
        beta2: run.beta2,
        epsilon: run.eps,
        maxNorm: run.max_grad_norm ?? 0,
      };
      for (const step of run.per_step) {
        learn(engine, SETTINGS);
        const norm = engine.adamStep(settings);
        // The oracle notes the norm only where torch clipped by it.
        if (step.grad_norm_before_clip !== null) expect(norm).toBeCloseTo(step.grad_norm_before_clip, 5);
      }
      const ours = engine.getParameters() as Float64Array;
      const theirs = flatten(run.final_parameters, engine);
      for (let i = 0; i < ours.length; i++) expect(Math.abs(ours[i] - theirs[i])).toBeLessThanOrEqual(2e-6);
    });
  }
});

describe("the Gaussian PPO loss", () => {
  const settings = { ...SETTINGS, numActions: 2 };
  const sample = { $: [-2.1, 0.7, 1.5, 0.2, 0.4, -0.9] };
  /** policy loss + 0.5 · value loss − 0.01 · entropy of the one sample. */
  const lossAt = (outputs: number[], logStd: number[]) => {
    const statistics = new Float64Array(NUM_STATISTICS);
    const gradients = new Float64Array(3);
    const logStdGradients = new Float64Array(2);
    gaussianPpoLoss(
      { $: outputs },
      { $: logStd },
      sample,
      settings,
      { $: gradients },
      { $: logStdGradients },
      { $: statistics },
    );
    return { loss: statistics[0] + 0.5 * statistics[1] - 0.01 * statistics[2], gradients, logStdGradients };
  };

  it("has the gradient that finite differences give", () => {
    const outputs = [0.1, -0.3, 0.8];
    const logStd = [-0.2, 0.1];
    const { gradients, logStdGradients } = lossAt(outputs, logStd);
    const h = 1e-6;
    const nudge = (values: number[], i: number, by: number) => values.map((value, j) => (i === j ? value + by : value));
    for (let i = 0; i < 3; i++) {
      const slope = (lossAt(nudge(outputs, i, h), logStd).loss - lossAt(nudge(outputs, i, -h), logStd).loss) / (2 * h);
      expect(gradients[i]).toBeCloseTo(slope, 6);
    }
    for (let i = 0; i < 2; i++) {
      const slope = (lossAt(outputs, nudge(logStd, i, h)).loss - lossAt(outputs, nudge(logStd, i, -h)).loss) / (2 * h);
      expect(logStdGradients[i]).toBeCloseTo(slope, 6);
    }
  });

  it("has the entropy of a Gaussian: log σ + ½ log 2πe for each entry", () => {
    const statistics = new Float64Array(NUM_STATISTICS);
    gaussianPpoLoss({ $: [0, 0, 0] }, { $: [0.5, -1] }, sample, settings, { $: [] }, { $: [0, 0] }, { $: statistics });
    expect(statistics[2]).toBeCloseTo(0.5 - 1 + Math.log(2 * Math.PI * Math.E), 12);
  });
});
