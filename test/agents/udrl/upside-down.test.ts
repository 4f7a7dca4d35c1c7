import { describe, expect, it } from "vitest";
import { UpsideDownPolicy } from "../../../src/agents/policies/upside-down.js";
import type { Learner } from "../../../src/agents/udrl/learner.js";
import type { OptionValues } from "../../../src/core/options.js";
import { RandomStream } from "../../../src/core/random.js";
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

function sharesOf(sharpness: number): number[] {
  const settings = { returnScale: 1, horizonScale: 1, sample: true, epsilon: 0, sharpness };
  const policy = new UpsideDownPolicy(certain, sizes, settings, about);
  const numRows = 20_000;
  const actions = new Float32Array(numRows);
  policy.act(new Float32Array(numRows), null, actions, new RandomStream(1, "test", numRows));
  return [0, 1, 2].map((action) => actions.filter((taken) => taken === action).length / numRows);
}

describe("an upside-down policy that draws its actions", () => {
  it.each([1, 3])("takes them by their probabilities to the power of %d", (sharpness) => {
    const powers = [0.5, 0.3, 0.2].map((probability) => probability ** sharpness);
    const total = powers.reduce((sum, power) => sum + power, 0);
    // Five standard deviations of a share of 20,000 draws, at most.
    sharesOf(sharpness).forEach((share, i) => {
      expect(Math.abs(share - powers[i] / total)).toBeLessThan(5 * Math.sqrt(0.25 / 20_000));
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
