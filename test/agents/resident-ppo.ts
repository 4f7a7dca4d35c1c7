import { describe, expect, it } from "vitest";
import { explainedVariance, fillAdvantages, normaliseInPlace } from "../../src/agents/advantages.js";
import { RunningStatistics } from "../../src/agents/normaliser.js";
import { ppo } from "../../src/agents/ppo-definition.js";
import {
  categoricalPpoLoss,
  gaussianPpoLoss,
  NUM_STATISTICS,
  type PpoLossSettings,
} from "../../src/agents/ppo-loss.js";
import { drawsPerStep, recordSize } from "../../src/agents/resident/ppo-code.js";
import type { GraphicsDevice } from "../../src/compute/gpu/device.js";
import { createReferenceEngine } from "../../src/compute/reference-engine.js";
import { shuffled } from "../../src/compute/wgsl/shuffle.js";
import type { OptionValues } from "../../src/core/options.js";
import { streamNumber } from "../../src/core/random.js";
import { actionSize } from "../../src/core/spaces.js";
import { findEnvironment } from "../../src/envs/index.js";
import { evaluatePolicy } from "../../src/evaluate/evaluate.js";
import { GPU_WORLDS, type GpuWorld } from "../helpers/gpu-worlds.js";
import { openPlainDevice } from "../helpers/plain-device.js";
import { copiesOf, createResident, type ResidentRequest, rolloutOf, stateOf } from "./resident-kit.js";

/** Difference in units of max(1, |expected|). */
const gap = (actual: number, expected: number) => Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
const ref = ($: Float32Array | Float64Array) => ({ $ });

/** What the resident PPO has to prove on a software adapter, in Node and in Chromium alike. */
export function describeResidentPpo(graphics: GraphicsDevice, worlds: readonly GpuWorld[] = GPU_WORLDS): void {
  describe("a rollout on the device", () => {
    it.each(worlds)("plays $name as the CPU does, transition by transition", (world) =>
      expectTransitions(graphics, world),
    );
    it("of eight steps is eight rollouts of one step", () => expectSameSteps(graphics));
    it("gives each copy the parameters that a curriculum wrote, from its next episode on", () =>
      expectParams(graphics));
    it("tells the episodes that ended, and counts all of them", () => expectEpisodes(graphics));
  });

  describe("PPO on the device", () => {
    it.each([
      ["cartpole", {}],
      ["inventory", {}],
      ["pendulum", { hidden: [24], sharedTrunk: true, valueClipping: "clipped", maxGradNorm: 0 }],
      ["cartpole", { targetKl: 0.0001, activation: "relu", learningRate: 0.02, normaliseAdvantages: false }],
    ] as const)("takes the update of the reference in %s (%o)", (world, options) =>
      expectUpdate(graphics, { world, options: { hidden: [16, 16], ...options } }),
    );
    it("normalises the advantages of a minibatch of thousands", () => expectLargeMinibatch(graphics));
    it("takes at most 60 dispatches and 4 KB of read-back for 64 steps, 4 epochs and 4 minibatches", () =>
      expectTraffic(graphics));
    it("works within WebGPU's default limits, from workgroup memory as from a storage buffer", expectPlainLimits);
    it("goes on bit for bit from its state, with every normaliser", () => expectRoundTrip(graphics));
    it("gives its state to a PPO on the CPU, which acts the same", () => expectSameActions(graphics));
    it.each(["lavaland", "cartpole", "inventory"])("evaluates in %s as the CPU does", (world) =>
      expectEvaluation(graphics, world),
    );
    it("refuses a rollout that does not fit into a buffer, naming both numbers", () => expectRefusal(graphics));
  });
}

/** One step at a time: the CPU starts each one from the device's own state, so no error grows. */
async function expectTransitions(graphics: GraphicsDevice, world: GpuWorld): Promise<void> {
  const numEnvs = 48;
  const request: ResidentRequest = {
    world: world.id,
    envOptions: world.options,
    horizon: 5,
    randomParams: true,
    options: { numEnvs, numSteps: 1, minibatchSize: numEnvs, epochs: 1, hidden: [8] },
  };
  const { agent, options, network } = await createResident(graphics, request);
  const env = copiesOf(request, numEnvs);
  const { spec } = env;
  const [size, outputs] = [recordSize(spec), new Float64Array(numEnvs * agent.tile.layout.outputSize)];
  const reference = createReferenceEngine(network, numEnvs);
  const actionLength = actionSize(spec.action);
  const numOutputs = agent.tile.layout.outputSize;
  let flagsApart = 0;
  let numEnded = 0;
  for (let step = 0; step < 7; step++) {
    const before = await stateOf(agent);
    env.setState(before.environment);
    const observations = env.observations.slice();
    await agent.iterate();
    const { observations: seen, records, traces } = await rolloutOf(graphics, agent);
    reference.setParameters(before.engine.parameters);
    reference.forward(observations, numEnvs, outputs as unknown as Float32Array);

    const drawn = new Float32Array(numEnvs * actionLength);
    for (let copy = 0; copy < numEnvs; copy++) {
      for (let i = 0; i < spec.observation.length; i++) {
        const at = copy * spec.observation.length + i;
        expect(gap(seen[at], observations[at])).toBeLessThan(1e-4);
      }
      const row = records.subarray(copy * size, (copy + 1) * size);
      const own = outputs.subarray(copy * numOutputs, (copy + 1) * numOutputs);
      const action = row.subarray(4, 4 + actionLength);
      const logStd = before.engine.parameters.subarray(agent.tile.layout.freeOffset);
      expect(gap(row[0], logProbOf(spec.action.kind, own, action, logStd))).toBeLessThan(1e-5);
      expect(gap(row[3], own[numOutputs - 1])).toBeLessThan(1e-5);
      action.forEach((value, i) => {
        const bounds = spec.action.kind === "continuous" ? spec.action.features[i] : { low: 0, high: value };
        drawn[copy * actionLength + i] = Math.min(Math.max(value, bounds.low), bounds.high);
      });
    }
    env.step(drawn);
    const after = (await stateOf(agent)).environment;
    const expected = env.getState();
    const stateSize = spec.state.length;
    for (let copy = 0; copy < numEnvs; copy++) {
      expect(gap(traces[copy], env.rewards[copy])).toBeLessThan(1e-5);
      const ending = env.terminated[copy] ? 1 : env.truncated[copy] ? 2 : 0;
      if (traces[2 * numEnvs + copy] !== ending) {
        flagsApart++;
        continue;
      }
      if (ending !== 0) numEnded++;
      expect(after.episodeLengths[copy]).toBe(ending === 0 ? env.episodeLengths[copy] : 0);
      expect(after.noisePositions[copy]).toBe(expected.noisePositions[copy]);
      for (let i = 0; i < stateSize; i++) {
        expect(gap(after.states[copy * stateSize + i], expected.states[copy * stateSize + i])).toBeLessThan(1e-4);
      }
    }
    // The value of what followed: of the last observation where the horizon cut the episode short.
    reference.forward(env.finalObservations, numEnvs, outputs as unknown as Float32Array);
    for (let copy = 0; copy < numEnvs; copy++) {
      if (traces[2 * numEnvs + copy] === 1) continue;
      expect(gap(traces[numEnvs + copy], outputs[(copy + 1) * numOutputs - 1])).toBeLessThan(2e-4);
    }
  }
  expect(numEnded).toBeGreaterThanOrEqual(numEnvs);
  // Within rounding of a threshold the device may decide the other way.
  expect(flagsApart).toBeLessThanOrEqual(1);
  expect(options.numSteps).toBe(1);
  agent.dispose();
}

function logProbOf(
  kind: "discrete" | "continuous",
  outputs: Float64Array,
  action: Float32Array,
  logStd: ArrayLike<number>,
): number {
  if (kind === "continuous") {
    return action.reduce((sum, value, i) => {
      const z = (value - outputs[i]) / Math.exp(logStd[i]);
      return sum - 0.5 * z * z - logStd[i] - 0.9189385332046727;
    }, 0);
  }
  const logits = outputs.subarray(0, outputs.length - 1);
  const largest = Math.max(...logits);
  return logits[action[0]] - largest - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
}

async function expectSameSteps(graphics: GraphicsDevice): Promise<void> {
  // A learning rate too small to change a parameter, so that eight updates do no more than one.
  const options = { numEnvs: 20, minibatchSize: 512, epochs: 1, hidden: [8], learningRate: 1e-6, maxGradNorm: 1e-6 };
  const whole = await createResident(graphics, { world: "cartpole", options: { ...options, numSteps: 8 } });
  const parts = await createResident(graphics, { world: "cartpole", options: { ...options, numSteps: 1 } });
  const before = await stateOf(parts.agent);
  await whole.agent.iterate();
  const eight = await rolloutOf(graphics, whole.agent);
  for (let step = 0; step < 8; step++) {
    await parts.agent.iterate();
    const one = await rolloutOf(graphics, parts.agent);
    expect(eight.observations.slice(80 * step, 80 * (step + 1))).toEqual(one.observations);
    expect(eight.traces.slice(20 * step, 20 * (step + 1))).toEqual(one.traces.slice(0, 20));
    const kept = await stateOf(parts.agent);
    parts.agent.setState({ ...kept, engine: before.engine } as never);
  }
  expect((await stateOf(whole.agent)).environment).toEqual((await stateOf(parts.agent)).environment);
  whole.agent.dispose();
  parts.agent.dispose();
}

async function expectParams(graphics: GraphicsDevice): Promise<void> {
  const options = { numEnvs: 5, numSteps: 1, minibatchSize: 5, epochs: 1, hidden: [4] };
  const { agent, env } = await createResident(graphics, { world: "cartpole", horizon: 3, options });
  const before = env.params.slice();
  await agent.iterate();
  env.params.set(before.map((value, i) => Math.fround(value + i / 64)));
  await agent.iterate();
  expect((await stateOf(agent)).environment.activeParams).toEqual(before.map(Math.fround));
  // The third step ends every episode.
  await agent.iterate();
  const { activeParams, params } = (await stateOf(agent)).environment;
  expect(activeParams).toEqual(env.params);
  expect(params).toEqual(env.params);
  agent.dispose();
}

async function expectEpisodes(graphics: GraphicsDevice): Promise<void> {
  const options = { numEnvs: 30, numSteps: 64, minibatchSize: 2000, epochs: 1, hidden: [8] };
  const { agent } = await createResident(graphics, { world: "cartpole", horizon: 20, options });
  const { episodes, numEpisodes, steps } = await agent.iterate();
  const { traces } = await rolloutOf(graphics, agent);
  const endings = traces.subarray(2 * steps);
  expect(numEpisodes).toBe(endings.filter((ending) => ending !== 0).length);
  expect(episodes.filter(({ terminated }) => terminated)).toHaveLength(endings.filter((ending) => ending === 1).length);
  expect(episodes).toHaveLength(numEpisodes ?? 0);
  for (const { episodeReturn, length, terminated } of episodes) {
    expect(episodeReturn).toBe(length);
    if (!terminated) expect(length).toBe(20);
  }
  agent.dispose();
}

/** The update that the reference engine, in float64, makes of the device's own rollout. */
async function expectUpdate(graphics: GraphicsDevice, request: ResidentRequest): Promise<void> {
  const sizes = {
    numEnvs: 10,
    numSteps: 9,
    minibatchSize: 40,
    epochs: 2,
    learningRate: 0.003,
    entropyCoefficient: 0.01,
  };
  const { agent, options, env, network } = await createResident(graphics, {
    ...request,
    horizon: 6,
    options: { ...sizes, ...request.options },
  });
  const { spec, numEnvs } = env;
  const start = await stateOf(agent);
  const { diagnostics } = await agent.iterate();
  const { observations, records, traces } = await rolloutOf(graphics, agent);
  const total = options.numSteps * numEnvs;
  const size = recordSize(spec);
  const column = (i: number) => Float64Array.from({ length: total }, (_, n) => records[n * size + i]);

  const advantages = new Float64Array(total);
  const endings = traces.subarray(2 * total);
  const rollout = {
    numSteps: options.numSteps,
    numEnvs,
    rewards: traces.subarray(0, total),
    values: column(3),
    nextValues: traces.subarray(total, 2 * total),
    terminated: endings.map((ending) => Number(ending === 1)),
    truncated: endings.map((ending) => Number(ending === 2)),
  };
  expect(endings).toContain(2);
  fillAdvantages(rollout, options.gamma, options.lambda, advantages);
  advantages.forEach((advantage, i) => {
    expect(gap(records[i * size + 1], advantage)).toBeLessThan(1e-5);
    expect(gap(records[i * size + 2], advantage + records[i * size + 3])).toBeLessThan(1e-5);
  });

  const engine = createReferenceEngine(network, total);
  engine.setParameters(start.engine.parameters);
  const { outputSize, freeSize } = engine.layout;
  const settings: PpoLossSettings = {
    numActions: outputSize - 1,
    clip: options.clip,
    valueCoefficient: options.valueCoefficient,
    entropyCoefficient: options.entropyCoefficient,
    valueClipping: { off: 0, clipped: 1, pessimistic: 2 }[options.valueClipping],
    valueClip: options.valueClip,
  };
  const totals = new Float64Array(NUM_STATISTICS);
  let [numSamples, norms, numSteps, stopped] = [0, 0, 0, false];
  for (let epoch = 0; epoch < options.epochs && !stopped; epoch++) {
    for (let first = 0; first < total && !stopped; first += options.minibatchSize) {
      const count = Math.min(options.minibatchSize, total - first);
      const rows = Array.from({ length: count }, (_, i) =>
        shuffled(first + i, total, 3, streamNumber("ppo/shuffle"), epoch),
      );
      const own = Float64Array.from(rows, (row) => advantages[row]);
      if (options.normaliseAdvantages) normaliseInPlace(own);
      const inputs = Float64Array.from(
        rows.flatMap((row) => Array.from(rowOf(observations, row, spec.observation.length))),
      );
      const outputs = new Float64Array(count * outputSize);
      engine.forward(inputs as unknown as Float32Array, count, outputs as unknown as Float32Array);
      const gradients = new Float64Array(count * outputSize);
      const freeGradients = new Float64Array(freeSize);
      const free = new Float64Array(freeSize);
      engine.fillFree(free as unknown as Float32Array);
      const statistics = new Float64Array(NUM_STATISTICS);
      rows.forEach((row, i) => {
        const sample = Float64Array.from(rowOf(records, row, size));
        sample[1] = own[i];
        const [output, gradient] = [outputs, gradients].map((all) =>
          ref(all.subarray(i * outputSize, (i + 1) * outputSize)),
        );
        if (spec.action.kind === "discrete")
          categoricalPpoLoss(output, ref(sample), settings, gradient, ref(statistics));
        else gaussianPpoLoss(output, ref(free), ref(sample), settings, gradient, ref(freeGradients), ref(statistics));
      });
      statistics.forEach((value, i) => {
        totals[i] += value;
      });
      numSamples += count;
      stopped = options.targetKl > 0 && statistics[3] / count > 1.5 * options.targetKl;
      if (stopped) break;
      const mean = (values: Float64Array) => values.map((x) => x / count) as unknown as Float32Array;
      engine.backward(mean(gradients), count, mean(freeGradients));
      norms += Number(
        engine.adamStep({
          learningRate: options.learningRate,
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-5,
          maxNorm: options.maxGradNorm,
        }),
      );
      numSteps++;
    }
  }
  const after = await stateOf(agent);
  const expected = (await engine.getState()).parameters;
  expect(after.engine.numSteps).toBe(numSteps);
  if (options.targetKl > 0) expect(stopped).toBe(true);
  let worst = 0;
  expected.forEach((x, i) => {
    worst = Math.max(worst, Math.abs(after.engine.parameters[i] - x));
  });
  expect(worst).toBeLessThan(1e-5);
  expect(diagnostics?.["policyLoss"]).toBeCloseTo(totals[0] / numSamples, 4);
  expect(gap(diagnostics?.["valueLoss"] ?? 0, totals[1] / numSamples)).toBeLessThan(1e-4);
  expect(diagnostics?.["entropy"]).toBeCloseTo(totals[2] / numSamples, 4);
  expect(diagnostics?.["kl"]).toBeCloseTo(totals[3] / numSamples, 5);
  expect(gap(diagnostics?.["gradientNorm"] ?? 0, norms / Math.max(1, numSteps))).toBeLessThan(1e-3);
  expect(after.actionPositions[0]).toBe(options.numSteps * drawsPerStep(spec));
  agent.dispose();
}

const rowOf = (array: Float32Array, row: number, size: number) => array.subarray(row * size, (row + 1) * size);

/** One minibatch: the statistics of the loss say what the normalised advantages were. */
async function expectLargeMinibatch(graphics: GraphicsDevice): Promise<void> {
  const values = {
    numEnvs: 128,
    numSteps: 33,
    minibatchSize: 65536,
    epochs: 1,
    hidden: [8],
    normaliseObservations: true,
  };
  const { agent, options } = await createResident(graphics, { world: "cartpole", options: values });
  const { diagnostics, steps } = await agent.iterate();
  expect(steps).toBe(4224);
  // At the first step all ratios are 1, so the surrogate is the mean of the normalised advantages: zero.
  expect(Math.abs(diagnostics?.["policyLoss"] ?? 1)).toBeLessThan(1e-5);
  const { observations, records } = await rolloutOf(graphics, agent);
  const size = records.length / steps;
  const [returns, values_] = [2, 3].map((i) => Float64Array.from({ length: steps }, (_, n) => records[n * size + i]));
  expect(diagnostics?.["explainedVariance"]).toBeCloseTo(explainedVariance(values_, returns), 4);
  const statistics = new RunningStatistics(4);
  statistics.update(observations, steps);
  const { normaliser } = await stateOf(agent);
  const kept = normaliser as unknown as { count: number; mean: Float64Array; variance: Float64Array };
  expect(kept.count).toBeCloseTo(steps, 2);
  statistics.mean.forEach((mean, i) => {
    expect(kept.mean[i]).toBeCloseTo(mean, 5);
    expect(gap(kept.variance[i], statistics.variance[i])).toBeLessThan(1e-5);
  });
  expect(options.normaliseAdvantages).toBe(true);
  agent.dispose();
}

async function expectTraffic(graphics: GraphicsDevice): Promise<void> {
  const options = { numEnvs: 16, numSteps: 64, minibatchSize: 256, epochs: 4, hidden: [8] };
  const extras: OptionValues[] = [{}, { normaliseObservations: true, normaliseRewards: true }];
  for (const extra of extras) {
    const { agent } = await createResident(graphics, { world: "cartpole", options: { ...options, ...extra } });
    await agent.iterate();
    expect(agent.traffic.dispatches).toBeLessThanOrEqual(60);
    expect(agent.traffic.bytesRead).toBeLessThanOrEqual(4096);
    agent.dispose();
  }
  // Of more copies no more is read: see `EPISODE_SLOTS`.
  const many = await createResident(graphics, {
    world: "cartpole",
    options: { ...options, numEnvs: 16384, numSteps: 1 },
  });
  expect(many.agent.rollout.told.bytes).toBeLessThanOrEqual(4096 - 200);
  many.agent.dispose();
}

/** With every buffer there is: both normalisers, a Gaussian head, activations in storage. */
async function expectPlainLimits(): Promise<void> {
  const plain = await openPlainDevice();
  if (!plain) throw new Error("expected a device of its own, got none");
  expect(plain.device.limits.maxStorageBuffersPerShaderStage).toBe(8);
  const options = {
    ...{ numEnvs: 14, numSteps: 6, minibatchSize: 30, epochs: 1, hidden: [8] },
    ...{ normaliseObservations: true, normaliseRewards: true },
  };
  const states = [];
  for (const workgroupBytes of [0, 16384]) {
    const limits = { workgroupBytes, mostQuads: 3 };
    const { agent } = await createResident(plain, { world: "pendulum", horizon: 4, options, limits });
    expect(agent.tile).toMatchObject({ memory: workgroupBytes === 0 ? "storage" : "workgroup", quads: 3 });
    await agent.iterate();
    states.push(await stateOf(agent));
    agent.dispose();
  }
  expect(states[1]).toEqual(states[0]);
  expect(plain.loss).toBeNull();
  plain.device.destroy();
}

async function expectRoundTrip(graphics: GraphicsDevice): Promise<void> {
  const options = {
    ...{ numEnvs: 14, numSteps: 6, minibatchSize: 30, epochs: 2, hidden: [8] },
    ...{ normaliseObservations: true, normaliseRewards: true, learningRateSchedule: "linear" },
  };
  const first = await createResident(graphics, { world: "mountain-car", options });
  for (let i = 0; i < 2; i++) await first.agent.iterate();
  const saved = structuredClone(await stateOf(first.agent));
  const second = await createResident(graphics, { world: "mountain-car", options });
  second.agent.setState(saved as never);
  expect(await stateOf(second.agent)).toEqual(saved);
  for (let i = 0; i < 2; i++) {
    const [a, b] = [await first.agent.iterate(), await second.agent.iterate()];
    expect(b).toEqual(a);
  }
  expect(await stateOf(second.agent)).toEqual(await stateOf(first.agent));
  first.agent.dispose();
  second.agent.dispose();
}

async function expectSameActions(graphics: GraphicsDevice): Promise<void> {
  const values = { numEnvs: 8, numSteps: 8, minibatchSize: 64, epochs: 2, hidden: [8], normaliseObservations: true };
  const { agent, env, options } = await createResident(graphics, { world: "cartpole", options: values });
  await agent.iterate();
  const twin = {
    env,
    envOptions: {},
    createEngine: createReferenceEngine,
    seed: 3,
    options: options as unknown as OptionValues,
  };
  const cpu = await ppo.create(twin);
  cpu.setState((await agent.getState()) as never);
  const [here, there] = [new Float32Array(16), new Float32Array(16)];
  await agent.policy.actionScores(env.observations, here);
  await cpu.policy.actionScores?.(env.observations, there);
  here.forEach((score, i) => {
    expect(score).toBeCloseTo(there[i], 5);
  });
  cpu.dispose();
  agent.dispose();
}

async function expectEvaluation(graphics: GraphicsDevice, world: string): Promise<void> {
  const options = { numEnvs: 8, numSteps: 8, minibatchSize: 64, epochs: 1, hidden: [8] };
  const { agent } = await createResident(graphics, { world, options });
  const environment = findEnvironment(world);
  const request = { episodes: 14, seed: 5, streamName: "evaluation/64", options: { horizon: 30 } };
  const onDevice = await agent.evaluateHere(request);
  const onCpu = await evaluatePolicy(agent.policy, environment, request);
  expect(onDevice.lengths).toEqual(onCpu.lengths);
  onDevice.returns.forEach((value, i) => {
    expect(gap(value, onCpu.returns[i])).toBeLessThan(1e-5);
  });
  agent.dispose();
}

async function expectRefusal(graphics: GraphicsDevice): Promise<void> {
  const options = { numEnvs: 16384, numSteps: 65536, minibatchSize: 65536, hidden: [8] };
  await expect(createResident(graphics, { world: "cartpole", options })).rejects.toThrow(
    /^agent.numSteps: expected at most \d+ on this graphics device, got 1073741824 steps in a rollout$/,
  );
}
