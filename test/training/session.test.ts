import { describe, expect, it } from "vitest";
import { InputError, TrainingError } from "../../src/core/errors.js";
import { type Packable, pack } from "../../src/core/pack.js";
import { resolveConfig, type SessionConfig, type SessionRequest } from "../../src/training/config.js";
import type { Segment } from "../../src/training/messages.js";
import { readCheckpoint, Session } from "../../src/training/session.js";

const configOf = (request: Partial<SessionRequest>): SessionConfig =>
  resolveConfig({
    env: "cartpole",
    agent: "ppo",
    seed: 11,
    engine: "wasm-simd",
    evaluation: { every: 512, episodes: 3 },
    ...request,
  });

/** What was learned, without the wall-clock times. */
async function learned(session: Session) {
  const saved = readCheckpoint((await session.checkpoint()).bytes);
  const evaluations = saved.evaluations.map(({ step, returnMean, returnStd }) => ({ step, returnMean, returnStd }));
  return { agent: saved.agent, evaluations, recent: saved.recent, step: saved.step };
}

async function advance(session: Session, updates: number): Promise<void> {
  for (let i = 0; i < updates; i++) await session.advance();
}

const RUNS: { name: string; request: Partial<SessionRequest> }[] = [
  { name: "PPO with the preset", request: {} },
  {
    name: "PPO with every normaliser and both schedules",
    request: {
      agentOptions: {
        normaliseObservations: true,
        normaliseRewards: true,
        learningRateSchedule: "linear",
        clipSchedule: "linear",
        sharedTrunk: true,
      },
    },
  },
  { name: "PPO on the reference engine", request: { engine: "reference", agentOptions: { numSteps: 16, epochs: 2 } } },
  { name: "DQN", request: { agent: "dqn", agentOptions: { learningStarts: 100 } } },
  {
    name: "DQN, prioritised, n-step, dueling, double, with a small buffer",
    request: {
      agent: "dqn",
      agentOptions: {
        learningStarts: 100,
        prioritised: true,
        nSteps: 3,
        dueling: true,
        double: true,
        bufferSize: 200,
        targetRate: 0.5,
        targetEvery: 40,
        numEnvs: 2,
      },
    },
  },
  ...["network", "random-forest", "neighbours", "linear"].map((learner) => ({
    name: `UDRL with the learner ${learner}`,
    request: {
      agent: "udrl",
      agentOptions: {
        learner,
        warmUp: 2,
        episodesPerRound: 2,
        gradientSteps: 3,
        batchSize: 4,
        numTrees: 5,
        bufferSize: 4,
      },
    },
  })),
  {
    name: "UDRL that keeps the latest, cuts segments anywhere and evaluates what it asked for most",
    request: {
      agent: "udrl",
      agentOptions: {
        learner: "extra-trees",
        keep: "latest",
        segments: 3,
        segmentEnd: "random",
        evaluationCommand: "frequent",
        warmUp: 2,
        episodesPerRound: 2,
        numTrees: 5,
        bufferSize: 4,
      },
    },
  },
];

describe("a session", () => {
  for (const { name, request } of RUNS) {
    it(`goes on from checkpoints bit for bit as if it had never stopped: ${name}`, async () => {
      const config = configOf(request);
      const whole = await Session.create(config);
      await advance(whole, 9);

      const segments: Segment[] = [];
      let session = await Session.create(config);
      for (let stop = 0; stop < 3; stop++) {
        await advance(session, 3);
        const checkpoint = await session.checkpoint();
        segments.push(...checkpoint.segments);
        session.dispose();
        session = await Session.create(config, { bytes: checkpoint.bytes, segments });
        expect(session.notice).toBeNull();
      }
      expect(await learned(session)).toEqual(await learned(whole));
      expect(session.points.map((point) => point.step)).toEqual(whole.points.map((point) => point.step));
    });
  }

  it("is a function of its seed: the same seed gives the same run, another one another", async () => {
    const agentOf = async (seed: number) => {
      const session = await Session.create(configOf({ seed }));
      await advance(session, 3);
      return (await learned(session)).agent;
    };
    const first = await agentOf(4);
    expect(await agentOf(4)).toEqual(first);
    expect(await agentOf(5)).not.toEqual(first);
  });

  it("measuring changes nothing of the training", async () => {
    const agentOf = async (every: number) => {
      const session = await Session.create(configOf({ evaluation: { every, episodes: 4 } }));
      await advance(session, 4);
      return (await learned(session)).agent;
    };
    expect(await agentOf(1)).toEqual(await agentOf(0));
  });

  it("evaluates at the first update boundary at or after each multiple", async () => {
    const session = await Session.create(configOf({ evaluation: { every: 600, episodes: 2 } }));
    await advance(session, 8);
    expect(session.evaluations.map((evaluation) => evaluation.step)).toEqual([768, 1280, 2048]);
  });

  it("ends at the first update boundary at or after the budget, and goes on when it is raised", async () => {
    const session = await Session.create(configOf({ budget: 600 }));
    let last = await session.advance();
    while (last.finished === null) last = await session.advance();
    expect([last.finished, session.step]).toEqual(["budget", 768]);
    session.budget = 800;
    expect(session.finished).toBeNull();
    expect((await session.advance()).finished).toBe("budget");
  });

  it("ends when an evaluation reaches the goal", async () => {
    const session = await Session.create(configOf({ stopAt: 1 }));
    let last = await session.advance();
    while (last.finished === null) last = await session.advance();
    expect([last.finished, session.step]).toEqual(["solved", 512]);
  });

  it("a checkpoint carries only what the replay buffer took in since the last one", async () => {
    const session = await Session.create(configOf({ agent: "dqn", agentOptions: { learningStarts: 100 } }));
    await advance(session, 2);
    const first = await session.checkpoint();
    await advance(session, 2);
    const second = await session.checkpoint();
    expect([first, second].map(({ segments }) => segments.map(({ name }) => name))).toEqual([
      ["0-128.bin"],
      ["128-256.bin"],
    ]);
    expect(readCheckpoint(second.bytes).segments.map(({ name }) => name)).toEqual(["0-128.bin", "128-256.bin"]);
    expect((await session.checkpoint()).segments).toEqual([]);
  });

  it("stops when a number is no longer finite, and names it and the step", async () => {
    const config = configOf({});
    const session = await Session.create(config);
    const { bytes } = await session.checkpoint();
    const saved = readCheckpoint(bytes) as unknown as { agent: { engine: { parameters: Float32Array } } };
    saved.agent.engine.parameters[0] = Number.NaN;
    const poisoned = await Session.create(config, { bytes: pack(saved as unknown as Packable), segments: [] });
    await expect(poisoned.advance()).rejects.toThrow(TrainingError);
    const again = await Session.create(config, { bytes: pack(saved as unknown as Packable), segments: [] });
    await expect(again.advance()).rejects.toThrow(/^agent\.engine\.\w+\[\d+\] is no longer finite at step 256/);
  });
});

describe("a checkpoint", () => {
  const config = configOf({});
  const make = async () => (await (await Session.create(config)).checkpoint()).bytes;

  it("that is cut short is refused in one sentence", async () => {
    const bytes = (await make()).slice(0, -100);
    await expect(Session.create(config, { bytes, segments: [] })).rejects.toThrow(
      /^checkpoint: expected a whole file .* got a truncated file/,
    );
  });

  it("of another version is refused with both versions", async () => {
    const saved = readCheckpoint(await make());
    const bytes = pack({ ...saved, version: 99 } as unknown as Packable);
    await expect(Session.create(config, { bytes, segments: [] })).rejects.toThrow(
      "checkpoint: expected version 1, got version 99",
    );
  });

  it("of another environment, agent, seed or option is refused by name", async () => {
    const bytes = await make();
    const refused = (request: Partial<SessionRequest>) =>
      expect(Session.create(configOf(request), { bytes, segments: [] })).rejects;
    await refused({ seed: 12 }).toThrow("checkpoint: expected one of seed 12, got one of seed 11");
    await refused({ agent: "dqn" }).toThrow('checkpoint: expected one of agent "dqn", got one of agent "ppo"');
    await refused({ envOptions: { length: 0.7 } }).toThrow(/^checkpoint: expected one of envOptions/);
  });

  it("that lacks a segment of the replay buffer is refused by its name", async () => {
    const request = configOf({ agent: "dqn" });
    const session = await Session.create(request);
    await session.advance();
    const { bytes } = await session.checkpoint();
    await expect(Session.create(request, { bytes, segments: [] })).rejects.toThrow("got no segment 0-64.bin");
  });
});

describe("a config", () => {
  const refusal = (request: Partial<SessionRequest>) => {
    try {
      configOf(request);
    } catch (error) {
      return error instanceof InputError ? error.message : "another error";
    }
    return "nothing was refused";
  };

  it("is filled in from the agent's preset for the world, then from defaults", () => {
    const config = configOf({ agentOptions: { gamma: 0.9 } });
    expect(config.agentOptions).toMatchObject({ gamma: 0.9, numEnvs: 8, hidden: [64, 64] });
    expect(config.envOptions).toMatchObject({ length: 0.5, horizon: 500 });
    expect(config.budget).toBeGreaterThan(0);
  });

  it("names the field, what was given and what is allowed", () => {
    expect(refusal({ env: "cartpol" })).toMatch(/^env: expected .*cartpole.*, got "cartpol"/);
    expect(refusal({ agent: "ppp" })).toMatch(/^agent: expected one of ppo, dqn.*, got "ppp"/);
    expect(refusal({ seed: -1 })).toBe("seed: expected a whole number from 0 to 4294967295, got -1");
    expect(refusal({ budget: 0 })).toMatch(/^budget: expected a whole number from 1 /);
    expect(refusal({ engine: "cuda" })).toMatch(/^engine: expected one of .*wasm-simd.*, got "cuda"/);
    expect(refusal({ agentOptions: { clip: 3 } })).toBe("agent.clip: expected a number from 0.01 to 1, got 3");
    expect(refusal({ agentOptions: { clop: 3 } })).toMatch(/^agent\.clop: expected one of the options /);
    expect(refusal({ envOptions: { length: Number.NaN } })).toMatch(/^env\.length: expected a number from /);
  });

  it("without a seed draws one", () => {
    expect(resolveConfig({ env: "cartpole", agent: "ppo" }).seed).not.toBe(
      resolveConfig({ env: "cartpole", agent: "ppo" }).seed,
    );
  });
});
