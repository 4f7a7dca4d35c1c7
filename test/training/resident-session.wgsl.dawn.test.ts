import { afterAll, describe, expect, it } from "vitest";
import { openDevice } from "../../src/compute/gpu/device.js";
import { resolveConfig, type SessionRequest } from "../../src/training/config.js";
import type { Segment } from "../../src/training/messages.js";
import { readCheckpoint, Session } from "../../src/training/session.js";
import { installWebgpu } from "../helpers/webgpu-node.js";

installWebgpu();
const graphics = await openDevice();
afterAll(() => graphics?.device.destroy());

const configOf = (request: Partial<SessionRequest>) =>
  resolveConfig({ env: "cartpole", agent: "ppo", seed: 2, engine: "wgsl", ...request });

/** Trains to the end; answers the mean returns of the evaluations. */
async function train(request: Partial<SessionRequest>): Promise<{ session: Session; returns: readonly number[] }> {
  const session = await Session.create(configOf(request));
  while (!session.finished) await session.advance();
  session.dispose();
  return { session, returns: session.evaluations.map(({ returnMean }) => returnMean) };
}

it.skipIf(!graphics && process.env["CI"] !== "1")("finds a device", () => expect(graphics).not.toBeNull());

describe.skipIf(!graphics)("a session on the engine wgsl", () => {
  it("learns to balance the pole, 475 of 500 steps, within 40,000 steps", { timeout: 300_000 }, async () => {
    const { session, returns } = await train({
      agentOptions: {
        ...{ numEnvs: 12, numSteps: 32, minibatchSize: 96, epochs: 3, learningRate: 0.006, hidden: [32] },
        ...{ learningRateSchedule: "constant", clipSchedule: "constant" },
      },
      budget: 40_000,
      stopAt: 475,
      evaluation: { every: 1536, episodes: 20 },
    });
    expect(session.finished).toBe("solved");
    expect(returns.at(-1)).toBeGreaterThanOrEqual(475);
    expect(session.engine.chosen).toBe("wgsl");
  });

  it("improves over random actions with DQN, by more than 40 steps of balance", { timeout: 300_000 }, async () => {
    const { returns } = await train({
      agent: "dqn",
      agentOptions: { numEnvs: 8, trainEvery: 32, gradientSteps: 4, hidden: [32], scheduleSteps: 3000 },
      budget: 8000,
      stopAt: 65,
      evaluation: { every: 1024, episodes: 20 },
    });
    // Uniformly random actions balance for 22 steps.
    expect(Math.max(...returns)).toBeGreaterThan(62);
  });

  it.each([
    ["ppo", { numEnvs: 6, numSteps: 8, minibatchSize: 24, epochs: 2, hidden: [8] }],
    ["dqn", { numEnvs: 6, learningStarts: 60, bufferSize: 120, batchSize: 16, hidden: [8], dueling: true }],
  ] as const)(
    "goes on from a checkpoint bit for bit with %s, and on the CPU where the device is gone",
    async (agent, agentOptions) => {
      const config = configOf({ agent, agentOptions, evaluation: { every: 0 } });
      const whole = await Session.create(config);
      const segments: Segment[] = [];
      for (let i = 0; i < 2; i++) await whole.advance();
      const checkpoint = await whole.checkpoint();
      segments.push(...checkpoint.segments);
      const resumed = await Session.create(config, { bytes: checkpoint.bytes, segments });
      expect(resumed.notice).toBeNull();
      for (const session of [whole, resumed]) for (let i = 0; i < 2; i++) await session.advance();
      const learned = async (session: Session) => readCheckpoint((await session.checkpoint()).bytes).agent;
      expect(await learned(resumed)).toEqual(await learned(whole));
      whole.dispose();
      resumed.dispose();

      // Without a device the same checkpoint goes on, on the CPU.
      const surroundings = { withoutGpu: true };
      const onCpu = await Session.create(config, { bytes: checkpoint.bytes, segments }, surroundings);
      expect(onCpu.notice).toContain("no longer bit for bit");
      const { progress } = await onCpu.advance();
      expect(progress.step).toBeGreaterThan(checkpoint.step);
      expect(Object.values(progress.diagnostics ?? {}).every(Number.isFinite)).toBe(true);
      onCpu.dispose();
    },
  );

  it("leaves to worlds on the CPU what the device does not offer", async () => {
    const agentOptions = { prioritised: true, batchSize: 4, learningStarts: 1, hidden: [4], trainEvery: 64 };
    const session = await Session.create(configOf({ agent: "dqn", agentOptions, evaluation: { every: 0 } }));
    const { progress } = await session.advance();
    expect(progress.step).toBe(64);
    expect(progress.diagnostics).not.toBeNull();
    session.dispose();
  });

  it.each(["ppo", "dqn"])("releases every buffer of %s when it is over", async (agent) => {
    const { device } = graphics as NonNullable<typeof graphics>;
    const alive = new Set<GPUBuffer>();
    const create = device.createBuffer.bind(device);
    device.createBuffer = (description) => {
      const buffer = create(description);
      const destroy = buffer.destroy.bind(buffer);
      alive.add(buffer);
      buffer.destroy = () => {
        alive.delete(buffer);
        return destroy();
      };
      return buffer;
    };
    try {
      const agentOptions =
        agent === "ppo" ? { numEnvs: 6, numSteps: 8, minibatchSize: 24, hidden: [8] } : { numEnvs: 6, hidden: [8] };
      const session = await Session.create(configOf({ agent, agentOptions, evaluation: { every: 96, episodes: 2 } }));
      for (let i = 0; i < 3; i++) await session.advance();
      await session.checkpoint();
      await session.evaluate();
      expect(alive.size).toBeGreaterThan(5);
      session.dispose();
      expect([...alive].map(({ label, size }) => `${label} ${size}`)).toEqual([]);
    } finally {
      device.createBuffer = create;
    }
  });

  it("says why the worlds stay on the processor where they do", async () => {
    const agentOptions = { prioritised: true, hidden: [8], learningStarts: 20 };
    const session = await Session.create(configOf({ agent: "dqn", agentOptions }));
    await session.advance();
    expect(session.engine.worldsOnCpu).toBe("Prioritised replay is not available on the graphics device.");
    session.dispose();
  });
});
