import { describe, expect, it } from "vitest";
import { explainedVariance, fillAdvantages, normaliseInPlace } from "../../src/agents/advantages.js";
import oracle from "../oracles/gae.json" with { type: "json" };

const asNumbers = (flags: readonly (boolean | number)[]) => flags.map(Number);

describe("generalized advantage estimation", () => {
  for (const example of oracle.gae_cases) {
    it(`agrees with the rollout buffer of Stable-Baselines3: ${example.name}`, () => {
      const numSteps = example.rewards.length;
      const advantages = new Float64Array(numSteps);
      fillAdvantages(
        {
          numSteps,
          numEnvs: 1,
          rewards: example.rewards,
          values: example.values,
          nextValues: example.next_values,
          terminated: asNumbers(example.terminated),
          truncated: asNumbers(example.truncated),
        },
        example.gamma,
        example.lam,
        advantages,
      );
      for (let i = 0; i < numSteps; i++) {
        expect(Math.abs(advantages[i] - example.advantages[i])).toBeLessThanOrEqual(1e-10);
        expect(Math.abs(advantages[i] + example.values[i] - example.returns[i])).toBeLessThanOrEqual(1e-10);
      }
    });
  }

  it("a truncated step still bootstraps, a terminated one does not", () => {
    const rollout = { numSteps: 1, numEnvs: 2, rewards: [1, 1], values: [0, 0], nextValues: [10, 10] };
    const advantages = new Float64Array(2);
    fillAdvantages({ ...rollout, terminated: [1, 0], truncated: [0, 1] }, 0.5, 0.9, advantages);
    expect([...advantages]).toEqual([1, 6]);
  });

  it("copies side by side do not touch one another", () => {
    const rollout = { numSteps: 2, numEnvs: 2, rewards: [1, 5, 1, 5], values: [0, 0, 0, 0], nextValues: [0, 0, 0, 0] };
    const advantages = new Float64Array(4);
    fillAdvantages({ ...rollout, terminated: [0, 0, 0, 0], truncated: [0, 0, 0, 0] }, 1, 1, advantages);
    expect([...advantages]).toEqual([2, 10, 1, 5]);
  });

  it("names both sizes when the advantages do not fit", () => {
    const rollout = { numSteps: 2, numEnvs: 1, rewards: [], values: [], nextValues: [], terminated: [], truncated: [] };
    expect(() => fillAdvantages(rollout, 1, 1, new Float32Array(3))).toThrow("expected 2 advantages, got 3");
  });
});

describe("advantages of a minibatch", () => {
  it("are shifted and scaled by the sample's mean and deviation", () => {
    const values = new Float64Array([1, 3]);
    normaliseInPlace(values);
    expect(values[1]).toBeCloseTo(Math.SQRT1_2, 7);
    expect(values[0]).toBeCloseTo(-Math.SQRT1_2, 7);
  });

  it("a single one is left alone", () => {
    const values = new Float64Array([4]);
    normaliseInPlace(values);
    expect(values[0]).toBe(4);
  });
});

describe("explained variance", () => {
  it("is 1 for a perfect critic and 0 for a constant one", () => {
    expect(explainedVariance([1, 2, 3], [1, 2, 3])).toBeCloseTo(1, 12);
    expect(explainedVariance([7, 7, 7], [1, 2, 3])).toBeCloseTo(0, 12);
  });

  it("is 0 where the returns do not vary", () => {
    expect(explainedVariance([1, 2], [3, 3])).toBe(0);
  });
});
