import { describe, expect, it } from "vitest";
import { dqn } from "../../src/agents/dqn-definition.js";
import { actionValue, dqnLoss } from "../../src/agents/dqn-loss.js";
import type { DqnOptions } from "../../src/agents/dqn-options.js";
import type { DqnState } from "../../src/agents/dqn-state.js";
import { ReplayBuffer } from "../../src/agents/replay.js";
import { ResidentDqn } from "../../src/agents/resident/dqn.js";
import type { GraphicsDevice } from "../../src/compute/gpu/device.js";
import { createReferenceEngine } from "../../src/compute/reference-engine.js";
import { type OptionValues, parseOptions } from "../../src/core/options.js";
import { RandomStream } from "../../src/core/random.js";
import { createVectorEnvironment, findEnvironment, loadWorld } from "../../src/envs/index.js";
import { evaluatePolicy } from "../../src/evaluate/evaluate.js";

const SEED = 4;
const ref = ($: Float32Array | Float64Array) => ({ $ });

async function createDqn(graphics: GraphicsDevice, world: string, values: OptionValues, horizon = 30) {
  const options = parseOptions(dqn.options, values, "agent") as unknown as DqnOptions;
  const settings = { numEnvs: options.numEnvs, seed: SEED, options: { horizon } };
  const env = createVectorEnvironment(findEnvironment(world), settings);
  const network = dqn.network(env.spec, options as unknown as OptionValues);
  if (!network) throw new Error("expected DQN to have a network, got none");
  const context = {
    env,
    envOptions: {},
    createEngine: createReferenceEngine,
    seed: SEED,
    options: options as unknown as OptionValues,
  };
  return {
    agent: await ResidentDqn.create(context, graphics, options, network.spec),
    env,
    options,
    network: network.spec,
  };
}

const stateOf = async (agent: ResidentDqn) => (await agent.getState()) as unknown as DqnState;

const SMALL = {
  ...{ numEnvs: 6, bufferSize: 120, batchSize: 20, hidden: [12], trainEvery: 258, learningStarts: 1, gradientSteps: 2 },
  ...{ targetEvery: 100_000, scheduleSteps: 400, learningRate: 0.003 },
};

/** What the resident DQN has to prove on a software adapter, in Node and in Chromium alike. */
export function describeResidentDqn(graphics: GraphicsDevice): void {
  describe("DQN on the device", () => {
    it.each([
      ["cartpole", { nSteps: 3 }],
      ["lavaland", { dueling: true, activation: "tanh", nSteps: 2 }],
      ["inventory-whole", {}],
      ["mountain-car", { double: false, loss: "squared", maxGradNorm: 0 }],
    ] as const)("takes the gradient steps of the reference in %s (%o)", (world, options) =>
      expectUpdate(graphics, world, { ...SMALL, ...options }),
    );
    it("plays a ring of transitions that the CPU can step after it", () => expectTransitions(graphics));
    it("goes on bit for bit from its state and its segments", () => expectRoundTrip(graphics));
    it("evaluates in lavaland as the CPU does", () => expectEvaluation(graphics));
    it("says in one sentence that it has no prioritised replay", () => {
      const { spec } = findEnvironment("cartpole");
      const refusal = (prioritised: boolean) =>
        dqn.resident?.unsupported(spec, parseOptions(dqn.options, { prioritised }, "agent") as OptionValues);
      expect(refusal(true)).toBe("Prioritised replay is not available on the graphics device.");
      expect(refusal(false)).toBeNull();
    });
  });
}

/**
 * Two gradient steps on the samples that the CPU's own replay buffer draws from the device's segment. The update comes
 * at the end of the iteration's 43 rows of six copies; the ring of 20 rows has wrapped around by then.
 */
async function expectUpdate(graphics: GraphicsDevice, world: string, values: OptionValues): Promise<void> {
  await loadWorld(world, {});
  const { agent, env, options, network } = await createDqn(graphics, world, values);
  const start = await stateOf(agent);
  const { diagnostics } = await agent.iterate();
  const { replay } = agent;
  expect(replay.numWritten).toBe(258);
  const cpu = new ReplayBuffer(env, { capacity: options.bufferSize, batchSize: options.batchSize, prioritised: false });
  cpu.restoreSegment(await replay.segment(258 - replay.capacity, 258));
  const [online, target] = [0, 1].map(() => createReferenceEngine(network, options.batchSize));
  online.setParameters(start.engine.parameters);
  target.setParameters(start.target);
  const { outputSize } = online.layout;
  const numActions = env.spec.action.kind === "discrete" ? env.spec.action.names.length : 0;
  const settings = { numActions, dueling: options.dueling ? 1 : 0, huber: options.loss === "huber" ? 1 : 0 };
  const stream = new RandomStream(SEED, "dqn/replay");
  const totals = new Float64Array(4);
  for (let update = 0; update < options.gradientSteps; update++) {
    const batch = cpu.sample(stream, options.nSteps, options.gamma, 1);
    const [next, chooser, outputs, gradients] = [0, 1, 2, 3].map(
      () => new Float32Array(options.batchSize * outputSize),
    );
    target.forward(batch.nextObservations, options.batchSize, next);
    (options.double ? online : target).forward(batch.nextObservations, options.batchSize, chooser);
    online.forward(batch.observations, options.batchSize, outputs);
    for (let i = 0; i < options.batchSize; i++) {
      const row = (all: Float32Array) => ref(all.subarray(i * outputSize, (i + 1) * outputSize));
      let best = 0;
      for (let action = 1; action < numActions; action++) {
        if (actionValue(row(chooser), action, settings) > actionValue(row(chooser), best, settings)) best = action;
      }
      const value = batch.rewards[i] + batch.discounts[i] * actionValue(row(next), best, settings);
      const sample = ref(Float64Array.of(batch.actions[i], value, 1));
      dqnLoss(row(outputs), sample, settings, row(gradients), ref(totals));
    }
    online.backward(
      gradients.map((x) => x / options.batchSize),
      options.batchSize,
    );
    const maxNorm = options.maxGradNorm;
    await online.adamStep({ learningRate: options.learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm });
  }
  const after = await stateOf(agent);
  expect(after.engine.numSteps).toBe(options.gradientSteps);
  expect(after.samplePositions[0]).toBe(stream.positions[0]);
  expect(after.target).toEqual(start.target);
  // Adam divides a gradient by its own size: entries that all but cancel keep only a few digits.
  const expected = (await online.getState()).parameters;
  const far = Array.from(expected).filter((x, i) => Math.abs(after.engine.parameters[i] - x) > 1e-5);
  expect(far.length).toBeLessThanOrEqual(expected.length / 100);
  const numSamples = options.gradientSteps * options.batchSize;
  expect(diagnostics?.["loss"]).toBeCloseTo(totals[0] / numSamples, 4);
  expect(diagnostics?.["tdError"]).toBeCloseTo(totals[1] / numSamples, 4);
  agent.dispose();
}

async function expectTransitions(graphics: GraphicsDevice): Promise<void> {
  const { agent, env } = await createDqn(graphics, "cartpole", { ...SMALL, bufferSize: 600, trainEvery: 100_000 });
  const { episodes, numEpisodes, steps } = await agent.iterate();
  const part = (await agent.replay.segment(0, steps)) as unknown as {
    observations: Float32Array;
    nextObservations: Float32Array;
    actions: Float32Array;
    rewards: Float32Array;
    endings: Uint8Array;
  };
  expect(new Set(part.actions)).toEqual(new Set([0, 1]));
  expect(numEpisodes).toBe(part.endings.filter((ending) => ending !== 0).length);
  expect(episodes).toHaveLength(numEpisodes ?? 0);
  for (let entry = 0; entry < steps; entry++) {
    const copy = entry % env.numEnvs;
    env.setStateOf(copy, part.observations.slice(4 * entry, 4 * entry + 4));
    if (copy < env.numEnvs - 1) continue;
    const first = entry - copy;
    env.step(part.actions.slice(first, entry + 1));
    env.finalObservations.forEach((x, i) => {
      expect(Math.abs(part.nextObservations[4 * first + i] - x)).toBeLessThan(1e-4 * Math.max(1, Math.abs(x)));
    });
    for (let i = 0; i < env.numEnvs; i++) {
      // The CPU's copies were put into place a step ago, so only the world's own ending can be compared.
      if (part.endings[first + i] !== 2) expect(part.endings[first + i]).toBe(env.terminated[i]);
      expect(part.rewards[first + i]).toBe(env.rewards[i]);
    }
  }
  agent.dispose();
}

async function expectRoundTrip(graphics: GraphicsDevice): Promise<void> {
  const values = { ...SMALL, trainEvery: 60, targetEvery: 90, targetRate: 0.5, nSteps: 2 };
  const first = await createDqn(graphics, "cartpole", values);
  await first.agent.iterate();
  const saved = structuredClone(await stateOf(first.agent));
  const { numWritten, capacity } = first.agent.replay;
  const [oldest, middle] = [numWritten - capacity, numWritten - 50];
  const segments = [
    await first.agent.replay.segment(oldest, middle),
    await first.agent.replay.segment(middle, numWritten),
  ];
  const second = await createDqn(graphics, "cartpole", values);
  for (const segment of segments) second.agent.replay.restoreSegment(segment);
  second.agent.setState(saved as never);
  expect(await stateOf(second.agent)).toEqual(saved);
  for (let i = 0; i < 2; i++) expect(await second.agent.iterate()).toEqual(await first.agent.iterate());
  expect(await stateOf(second.agent)).toEqual(await stateOf(first.agent));
  first.agent.dispose();
  second.agent.dispose();
}

async function expectEvaluation(graphics: GraphicsDevice): Promise<void> {
  const { agent } = await createDqn(graphics, "lavaland", { ...SMALL, dueling: true });
  const request = { episodes: 14, seed: 5, streamName: "evaluation/64", options: { horizon: 30 } };
  const onDevice = await agent.evaluateHere(request);
  const onCpu = await evaluatePolicy(agent.policy, findEnvironment("lavaland"), request);
  expect(onDevice.lengths).toEqual(onCpu.lengths);
  onDevice.returns.forEach((value, i) => {
    expect(value).toBeCloseTo(onCpu.returns[i], 4);
  });
  agent.dispose();
}
