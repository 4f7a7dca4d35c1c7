import { describe, expect, it } from "vitest";
import { UpsideDownPolicy } from "../../../src/agents/policies/upside-down.js";
import type { Learner } from "../../../src/agents/udrl/learner.js";
import { createUdrl } from "../../../src/agents/udrl.js";
import { udrl } from "../../../src/agents/udrl-definition.js";
import { createReferenceEngine } from "../../../src/compute/reference-engine.js";
import { type OptionValues, parseOptions } from "../../../src/core/options.js";
import { RandomStream } from "../../../src/core/random.js";
import { createVectorEnvironment, loadWorld } from "../../../src/envs/index.js";
import { resolveConfig } from "../../../src/training/config.js";
import { Session } from "../../../src/training/session.js";

const sizes = { inputSize: 3, numActions: 3 };
const about = () => ({ command: { desiredReturn: 1, desiredHorizon: 1 }, seen: new Float64Array(0) });

/** Finds the same probabilities everywhere. */
const certain = {
  fitted: true,
  fillScores(_inputs: Float32Array, rows: number, scores: Float32Array) {
    for (let row = 0; row < rows; row++) scores.set([0.5, 0.3, 0.2], 3 * row);
  },
} as unknown as Learner;

describe("an upside-down policy that draws its actions", () => {
  it("takes them by their probabilities", () => {
    const settings = { returnScale: 1, horizonScale: 1, sample: true, epsilon: 0 };
    const policy = new UpsideDownPolicy(certain, sizes, settings, about);
    const numRows = 20_000;
    const actions = new Float32Array(numRows);
    policy.act(new Float32Array(numRows), null, actions, new RandomStream(1, "test", numRows));
    [0.5, 0.3, 0.2].forEach((probability, action) => {
      const share = actions.filter((taken) => taken === action).length / numRows;
      // Five standard deviations of a share of 20,000 draws, at most.
      expect(Math.abs(share - probability)).toBeLessThan(5 * Math.sqrt(0.25 / 20_000));
    });
  });
});

describe("upside-down learning", () => {
  const learned = async (agentOptions: OptionValues) => {
    const options = { warmUp: 3, episodesPerRound: 2, gradientSteps: 3, hidden: [8], gateWidth: 8, numTrees: 3 };
    const config = resolveConfig({
      env: "cartpole",
      agent: "udrl",
      seed: 3,
      // Two builds round differently, and which is faster depends on what else the machine does.
      engine: "wasm-simd",
      agentOptions: { ...options, ...agentOptions },
    });
    const session = await Session.create(config);
    while (session.step < 200) await session.advance();
    const policy = JSON.stringify(await session.policy.serialise(), (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
    );
    session.dispose();
    return policy;
  };

  it("draws one example of an episode for a network, as many as asked for of the others", async () => {
    expect(await learned({ segments: 8 })).toBe(await learned({ segments: 1 }));
    const forest = { learner: "random-forest" };
    expect(await learned({ ...forest, segments: 8 })).not.toBe(await learned({ ...forest, segments: 1 }));
  });
});

describe("demonstrations", () => {
  const create = async (env: string, agentOptions: OptionValues) => {
    const world = await loadWorld(env, {});
    return createUdrl({
      env: createVectorEnvironment(world, { numEnvs: 1, seed: 3 }),
      envOptions: {},
      createEngine: createReferenceEngine,
      seed: 3,
      options: parseOptions(udrl.options, { learner: "linear", warmUp: 2, ...agentOptions }, "agent") as OptionValues,
    });
  };

  it("are episodes of the world's controller, before those of random actions", async () => {
    let agent = await create("lunar-lander", { demonstrations: 4 });
    const returns: number[] = [];
    for (let episode = 0; episode < 6; episode++) {
      if (episode === 2) {
        // From its state it goes on with what is left of both.
        const state = await agent.getState();
        agent = await create("lunar-lander", { demonstrations: 4 });
        agent.setState(state);
      }
      const { episodes } = await agent.iterate();
      returns.push(...episodes.map(({ episodeReturn }) => episodeReturn));
    }
    // The controller earns 237 ± 60, random actions -185 ± 104.
    expect(returns.slice(0, 4).every((value) => value > 100)).toBe(true);
    expect(returns.slice(4).every((value) => value < 50)).toBe(true);
  });

  it("are refused in one sentence where the world has no controller", async () => {
    await expect(create("cartpole", { demonstrations: 4 })).rejects.toThrow(
      "agent.demonstrations: expected 0 in cartpole: of all worlds only lunar-lander has a controller, got 4",
    );
  });
});
