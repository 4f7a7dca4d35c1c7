import { describe, expect, it } from "vitest";
import { createHdpo } from "../../src/agents/hdpo.js";
import { hdpo } from "../../src/agents/hdpo-definition.js";
import type { HdpoState } from "../../src/agents/hdpo-state.js";
import { ResidentHdpo } from "../../src/agents/resident/hdpo.js";
import { loadCpuEngine } from "../../src/agents/resident/policy.js";
import type { GraphicsDevice } from "../../src/compute/gpu/device.js";
import { loadEngine } from "../../src/compute/index.js";
import type { TileLimits } from "../../src/compute/wgsl/tile.js";
import { type OptionValues, parseOptions } from "../../src/core/options.js";
import { createVectorEnvironment, loadWorld } from "../../src/envs/index.js";
import { openPlainDevice } from "../helpers/plain-device.js";

/** Batches of 40, 40 and 16 traces, a look at the development traces after every second epoch. */
const SMALL = {
  hidden: [8, 8],
  batchSize: 40,
  trainTraces: 96,
  devTraces: 70,
  devEvery: 2,
  trainPeriods: 7,
  trainIgnored: 2,
  devPeriods: 9,
  devIgnored: 3,
  scheduleSteps: 3000,
};

/** What HDPO on the device has to prove on a software adapter, in Node and in Chromium alike. */
export function describeResidentHdpo(graphics: GraphicsDevice): void {
  describe("HDPO on the device", () => {
    it.each([
      ["lost sales", { setting: "one-store-lost", demand: "poisson", demandMean: 5, leadTime: 4 }, {}],
      ["a lead time of one period", { setting: "one-store-lost", leadTime: 1 }, { maxNorm: 0.05 }],
      ["waiting demand", { setting: "one-store-backlogged", leadTime: 3, underageCost: 19 }, { recipe: "published" }],
    ] as const)("takes the gradient steps of the CPU: %s", (_, envOptions, options) =>
      expectSteps(graphics, envOptions, { ...SMALL, ...options }),
    );
    it("goes on from a state of the CPU, and the CPU from its", () => expectRoundTrip(graphics));
    it("ends with its schedule, looked at", () => expectEnd(graphics));
    it("works within WebGPU's default limits, from workgroup memory as from a storage buffer", expectPlainLimits);
    it("refuses a setting, a policy and a cost that it cannot learn", () => expectRefusals(graphics));
  });
}

const LOST = { setting: "one-store-lost", leadTime: 2 };

export async function contextOf(envOptions: OptionValues, options: OptionValues) {
  const world = await loadWorld("inventory", envOptions);
  const parsed = parseOptions(world.spec.options, envOptions, "env") as OptionValues;
  const env = createVectorEnvironment(world, { numEnvs: 1, seed: 3, options: parsed });
  const agentOptions = parseOptions(hdpo.options, options, "agent") as unknown as OptionValues;
  const createEngine = await loadEngine("reference");
  if (!createEngine) throw new Error("expected the reference engine, got none");
  return { env, envOptions: parsed, createEngine, seed: 3, options: agentOptions };
}

export const stateOf = async (agent: { getState(): unknown }) => (await agent.getState()) as HdpoState;

/** Iterates an agent of either kind until it has finished that many epochs and all that was due after them. */
export async function finishEpochs(agent: Awaited<ReturnType<typeof createHdpo>>, epochs: number): Promise<HdpoState> {
  for (;;) {
    const state = await stateOf(agent);
    if (state.epoch >= epochs && state.devPlayed === null) return state;
    await agent.iterate();
  }
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i])));
  expect(worst).toBeLessThan(tolerance);
}

function expectSameTraining(device: HdpoState, cpu: HdpoState): void {
  const [learned, expected] = [device.learnables[0], cpu.learnables[0]];
  expect(learned.numSteps).toBe(expected.numSteps);
  expectClose(learned.parameters, expected.parameters, 2e-4);
  expectClose(learned.firstMoments, expected.firstMoments, 1e-4);
  expectClose(device.best[0], cpu.best[0], 2e-4);
  expect(device.devCost).toBeCloseTo(cpu.devCost ?? Number.NaN, 3);
  expect(device.bestCost).toBeCloseTo(cpu.bestCost ?? Number.NaN, 3);
  const { order, steps, epoch, bestEpoch, batchStart } = cpu;
  expect(device).toMatchObject({ order, steps, epoch, bestEpoch, batchStart });
}

async function expectSteps(graphics: GraphicsDevice, envOptions: OptionValues, options: OptionValues): Promise<void> {
  const context = await contextOf(envOptions, options);
  const cpu = await createHdpo(context);
  const device = await ResidentHdpo.create(context, graphics);
  try {
    const before = await stateOf(device);
    expectClose(before.learnables[0].parameters, (await stateOf(cpu)).learnables[0].parameters, 1e-6);
    const { diagnostics, steps } = await device.iterate();
    expect(steps).toBe(96 * 7);
    const first = await finishEpochs(cpu, 1);
    expectClose((await stateOf(device)).learnables[0].parameters, first.learnables[0].parameters, 1e-4);
    // The steps have moved them by more than that.
    expect(() => expectClose(before.learnables[0].parameters, first.learnables[0].parameters, 1e-3)).toThrow();
    expect(diagnostics?.["trainCost"]).toBeGreaterThan(0);
    expectSameTraining(await finishEpochs(device, 2), await finishEpochs(cpu, 2));
    const [row, orders, expected] = [
      Float32Array.from({ length: 2 * context.env.spec.observation.length }, (_, i) => i),
      new Float32Array(2),
      new Float32Array(2),
    ];
    device.policy.act(row, null, orders);
    cpu.policy.act(row, null, expected, null);
    expectClose(orders, expected, 2e-3);
    expect(device.bytes).toBeGreaterThan(4 * 96 * 7);
  } finally {
    device.dispose();
  }
}

async function expectRoundTrip(graphics: GraphicsDevice): Promise<void> {
  const context = await contextOf(LOST, SMALL);
  const cpu = await createHdpo(context);
  await finishEpochs(cpu, 2);
  const device = await ResidentHdpo.create(context, graphics);
  const again = await createHdpo({ ...context, seed: 4 });
  try {
    device.setState(await cpu.getState());
    expectSameTraining(await stateOf(device), await stateOf(cpu));
    await finishEpochs(device, 3);
    again.setState(await device.getState());
    expectSameTraining(await stateOf(again), await finishEpochs(cpu, 3));
    // A look that was due is taken first.
    device.setState({ ...(await stateOf(cpu)), devPlayed: 32 } as never);
    const { steps, diagnostics } = await device.iterate();
    expect([steps, diagnostics]).toEqual([0, null]);
    expect((await stateOf(device)).devPlayed).toBeNull();
  } finally {
    device.dispose();
  }
}

async function expectEnd(graphics: GraphicsDevice): Promise<void> {
  const context = await contextOf(LOST, { ...SMALL, scheduleSteps: 96 * 7 + 100 });
  const device = await ResidentHdpo.create(context, graphics);
  try {
    let total = 0;
    for (let i = 0; i < 9 && !device.done; i++) total += (await device.iterate()).steps;
    // The first batch that reaches it ends the schedule.
    expect(total).toBe((96 + 40) * 7);
    expect(device.done).toBe(true);
    const { bestCost, devPlayed } = await stateOf(device);
    expect(bestCost).toBeGreaterThan(0);
    expect(devPlayed).toBeNull();
  } finally {
    device.dispose();
  }
}

async function expectPlainLimits(): Promise<void> {
  const plain = await openPlainDevice();
  if (!plain) throw new Error("expected a device, got none");
  const context = await contextOf(LOST, SMALL);
  const states: HdpoState[] = [];
  for (const workgroupBytes of [0, 16384] satisfies TileLimits["workgroupBytes"][]) {
    const agent = await ResidentHdpo.create(context, plain, { workgroupBytes });
    expect(agent.tile.memory).toBe(workgroupBytes === 0 ? "storage" : "workgroup");
    states.push(await finishEpochs(agent, 1));
    agent.dispose();
  }
  plain.device.destroy();
  expectClose(states[0].learnables[0].parameters, states[1].learnables[0].parameters, 1e-5);
}

async function expectRefusals(graphics: GraphicsDevice): Promise<void> {
  const refusal = async (envOptions: OptionValues, options: OptionValues) => {
    const context = await contextOf(envOptions, options);
    return hdpo.resident?.unsupported(context.env.spec, context.options);
  };
  expect(await refusal(LOST, {})).toBeNull();
  const sentence = "On the graphics device HDPO learns the plain network of one store.";
  expect(await refusal(LOST, { policy: "base-stock" })).toBe(sentence);
  expect(await refusal({ setting: "serial" }, {})).toBe(sentence);
  const costly = await contextOf({ ...LOST, orderCost: 3 }, SMALL);
  await expect(ResidentHdpo.create(costly, graphics)).rejects.toThrow("env.orderCost");
  const context = await contextOf(LOST, SMALL);
  const tiny = { ...graphics, device: { limits: { maxStorageBufferBindingSize: 1000, maxBufferSize: 1000 } } };
  await expect(ResidentHdpo.create(context, tiny as never)).rejects.toThrow("agent.trainPeriods");
  expect(await loadCpuEngine()).toHaveProperty("unrolled");
}
