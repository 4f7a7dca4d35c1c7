import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../src/training/config.js";
import { Session } from "../../src/training/session.js";
import { Stage } from "../../src/training/stage.js";

const config = resolveConfig({
  env: "cartpole",
  agent: "udrl",
  seed: 3,
  envOptions: { horizon: 60 },
  agentOptions: { learner: "random-forest", numTrees: 8, warmUp: 30, segments: 4 },
  evaluation: { every: 0, episodes: 4 },
});

async function stageOf(updates: number) {
  const session = await Session.create(config);
  for (let i = 0; i < updates; i++) await session.advance();
  const stage = new Stage(session.environment, session.policy, { seed: 3, options: config.envOptions });
  return { session, stage };
}

/** Plays step by step until an episode has ended; answers what was asked at each frame and how it ended. */
async function playEpisode(stage: Stage) {
  const asked: number[][] = [];
  for (let step = 0; step < 200; step++) {
    const frames = await stage.playOne();
    const { commands, outcomes } = frames.asked ?? { commands: new Float32Array(0), outcomes: new Float64Array(0) };
    for (let i = 0; i < frames.count; i++) asked.push([...commands.subarray(2 * i, 2 * i + 2)]);
    if (frames.endings.some((ending) => ending !== 0)) {
      const end = frames.endings.findIndex((ending) => ending !== 0);
      return { asked, outcomes: [...outcomes], achieved: frames.returns[end] };
    }
  }
  throw new Error("expected an episode of 200 steps or fewer");
}

describe("the stage under an upside-down policy", () => {
  it("asks for what the policy itself would, and counts down as it is paid", async () => {
    const { session, stage } = await stageOf(60);
    const own = session.policy.commanded?.command;
    const { asked, outcomes, achieved } = await playEpisode(stage);
    expect(asked[0][0]).toBeCloseTo(own?.desiredReturn ?? Number.NaN, 4);
    expect(asked[1][0]).toBeCloseTo(asked[0][0] - 1, 4);
    expect(asked[1][1]).toBeCloseTo(asked[0][1] - 1, 4);
    expect(outcomes).toEqual([own?.desiredReturn, achieved]);
  });

  it("asks for what a person wants at once, and leaves an episode out that was asked for two things", async () => {
    const { stage } = await stageOf(60);
    await stage.playOne();
    stage.command({ desiredReturn: 7, desiredHorizon: 20 });
    const { asked, outcomes } = await playEpisode(stage);
    expect(asked[0]).toEqual([6, 19]);
    expect(outcomes).toEqual([]);
    const next = await playEpisode(stage);
    expect(next.outcomes).toEqual([7, next.achieved]);
    stage.command(null);
    await playEpisode(stage);
    expect((await playEpisode(stage)).outcomes[0]).not.toBe(7);
  });

  it("has nothing to say of commands under another policy", async () => {
    const session = await Session.create(
      resolveConfig({ env: "cartpole", agent: "ppo", seed: 3, engine: "wasm-simd" }),
    );
    const stage = new Stage(session.environment, session.policy, { seed: 3, options: {} });
    expect((await stage.playOne()).asked).toBeUndefined();
    expect(await session.commandFollowing()).toBeNull();
    session.dispose();
  });
});

describe("the sweep of commands", () => {
  it("asks from the lowest to the highest return seen, and a forest on cart-pole does what it is asked", async () => {
    const { session } = await stageOf(400);
    const following = await session.commandFollowing(11, 4);
    const returns = following?.points.map(({ command }) => command.desiredReturn) ?? [];
    expect(returns[0]).toBe(1);
    expect(returns.toSorted((a, b) => a - b)).toEqual(returns);
    expect(following?.correlation).toBeGreaterThan(0.9);
    // Measuring changes nothing.
    expect(await session.commandFollowing(11, 4)).toEqual(following);
  });

  it("has nothing to ask before anything was seen", async () => {
    const { session } = await stageOf(0);
    expect(await session.commandFollowing()).toBeNull();
  });

  it("ends with the rounds that were asked for", async () => {
    const short = { ...config, agentOptions: { ...config.agentOptions, warmUp: 3, rounds: 2, episodesPerRound: 2 } };
    const session = await Session.create(short);
    let updates = 0;
    while (session.finished === null && updates < 50) {
      await session.advance();
      updates++;
    }
    expect([session.finished, updates]).toEqual(["budget", 3 + 2 * 2]);
  });

  it("lets a tree that reads the command play beside it, each with what is left of its own", async () => {
    const { stage } = await stageOf(60);
    const read: number[][] = [];
    // Falls to the left whatever is asked.
    stage.setTree({
      act(_observations, commands, actions) {
        read.push([...(commands ?? [])]);
        actions[0] = 0;
      },
    });
    stage.command({ desiredReturn: 30, desiredHorizon: 40 });
    stage.setActor("both");
    let frames = await stage.playOne();
    for (let step = 1; step < 5; step++) frames = await stage.playOne();
    expect(read).toEqual([0, 1, 2, 3, 4].map((paid) => [30 - paid, 40 - paid]));
    expect([...(frames.beside?.commands ?? [])]).toEqual([25, 35]);
    stage.command({ desiredReturn: 7, desiredHorizon: 20 });
    await stage.playOne();
    expect(read.at(-1)).toEqual([7, 20]);
  });
});
