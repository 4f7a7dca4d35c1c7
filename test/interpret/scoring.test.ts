import { describe, expect, it } from "vitest";
import type { Policy } from "../../src/agents/policies/policy.js";
import { findEnvironment } from "../../src/envs/index.js";
import { evaluatePolicy } from "../../src/evaluate/evaluate.js";
import { mean } from "../../src/evaluate/statistics.js";
import { parseExplanation, plainOf } from "../../src/interpret/explanation.js";
import { areEquivalent, meanRegret, scoreStudent } from "../../src/interpret/scoring.js";
import { stakes, Teacher } from "../../src/interpret/teacher.js";
import { VisitedStates } from "../../src/interpret/visited-states.js";

const cartpole = findEnvironment("cartpole");
const lean = (observations: Float32Array, row: number) => observations[row * 4 + 2] + observations[row * 4 + 3];

/** Pushes to the side it leans to; worth of an action: plus or minus the lean. */
const leaner: Policy = {
  act: (observations, _commands, actions) => {
    for (let row = 0; row < actions.length; row++) actions[row] = lean(observations, row) > 0 ? 1 : 0;
  },
  actionScores: (observations, scores) => {
    for (let row = 0; row < scores.length / 2; row++) {
      scores[2 * row] = -lean(observations, row);
      scores[2 * row + 1] = lean(observations, row);
    }
  },
  serialise: () => ({ kind: "rule" }),
};
const always = (action: number): Policy => ({
  act: (_observations, _commands, actions) => {
    actions.fill(action);
  },
  serialise: () => ({ kind: "rule" }),
});
const request = { environment: cartpole, options: {}, episodes: 10, testSeed: 7 };
const teacher = new Teacher(leaner, cartpole.spec, "viper");

describe("the scores of a readable policy", () => {
  it("of the teacher itself are perfect, and equivalent to its own return", async () => {
    const scores = await scoreStudent(teacher, leaner, request);
    expect(scores).toMatchObject({ fidelity: 1, fidelityOnOwnStates: 1, regret: 0, equivalent: true, episodes: 10 });
    expect(scores.returnMean).toBe(scores.teacher.returnMean);
  });

  it("count agreement where the teacher goes and where the student goes apart", async () => {
    const scores = await scoreStudent(teacher, always(1), request);
    const { fidelity, fidelityOnOwnStates, regret, equivalent } = scores;
    // The teacher pushes right about half of the time; who always pushes right soon leans left and stays wrong.
    expect(fidelity).toBeGreaterThan(0.4);
    expect(fidelity).toBeLessThan(0.6);
    expect(fidelityOnOwnStates).toBeLessThan(0.2);
    expect(regret).toBeGreaterThan(0.5);
    expect(equivalent).toBe(false);
    expect(scores.returnMean).toBeLessThan(15);
  });

  it("come from the episodes that an evaluation with the test seed plays", async () => {
    const { returnMean, returnLow } = await scoreStudent(teacher, always(0), request);
    const evaluation = { episodes: 10, seed: 7, streamName: "evaluate", options: {} };
    const { returns } = await evaluatePolicy(always(0), cartpole, evaluation);
    expect(returnMean).toBe(mean(returns));
    expect(returnLow).toBeLessThan(returnMean);
  });

  it("measure regret as what the best action is worth more than the one taken", () => {
    const worth = Float32Array.of(1, 3, 5, 2);
    const answers = { actions: Int32Array.of(1, 0), worth, scores: "values" as const, probabilities: worth };
    expect(meanRegret(answers, [0, 0], 2)).toBe((3 - 1 + 0) / 2);
    expect(meanRegret({ ...answers, worth: null }, [0, 0], 2)).toBeNull();
  });

  it("call returns equivalent only when the whole interval of the difference lies within the margin", () => {
    const theirs = Float64Array.of(100, 102, 98, 100);
    const shifted = (by: number) => theirs.map((value, i) => value + by + (i % 2 ? 0.1 : -0.1));
    expect(areEquivalent(shifted(1), theirs, 2)).toBe(true);
    expect(areEquivalent(shifted(1.95), theirs, 2)).toBe(false);
    expect(areEquivalent(shifted(-3), theirs, 2)).toBe(false);
    expect(areEquivalent(Float64Array.of(1), Float64Array.of(1), 2)).toBeNull();
  });
});

describe("a teacher", () => {
  it("that gives probabilities is worth their logarithm, bounded below", async () => {
    const certain: Policy = {
      ...always(0),
      actionScores: (_observations, scores) => scores.set([1, 0, 0.75, 0.25]) as undefined,
    };
    const { worth, probabilities } = await new Teacher(certain, cartpole.spec, "viper").ask(new Float32Array(8));
    expect([...probabilities]).toEqual([1, 0, 0.75, 0.25]);
    expect(worth?.[0]).toBe(0);
    expect(worth?.[1]).toBeCloseTo(Math.log(1e-4), 5);
    const [sure, unsure] = stakes(worth ?? new Float32Array(), 2);
    expect(sure).toBeCloseTo(-Math.log(1e-4), 5);
    expect(unsure).toBeCloseTo(Math.log(3), 5);
  });

  it("that gives values is worth these, and all of its probability is on its action", async () => {
    const { worth, probabilities, actions } = await teacher.ask(Float32Array.of(0, 0, 0.5, 1));
    expect([...(worth ?? [])]).toEqual([-1.5, 1.5]);
    expect([...probabilities]).toEqual([0, 1]);
    expect([...actions]).toEqual([1]);
  });

  it("with continuous actions is refused by name", () => {
    const spec = { ...cartpole.spec, id: "pendulum", action: { kind: "continuous" as const, features: [] } };
    expect(() => new Teacher(leaner, spec, "viper")).toThrow(
      "method: expected a world with discrete actions; those of pendulum are continuous, got viper",
    );
  });
});

describe("the states an actor visits", () => {
  it("are kept as they came, and thinned evenly once there is no more room", () => {
    const states = new VisitedStates(always(0), 8);
    for (let step = 0; step < 40; step++)
      void states.act(Float32Array.of(step, -step), null, new Float32Array(1), null);
    const kept = [...states.rows()].filter((_, i) => i % 2 === 0);
    expect(kept.length).toBeLessThanOrEqual(4);
    expect(kept).toEqual([0, 16, 32]);
  });
});

describe("an explanation as text", () => {
  it("is refused with the field that is wrong", () => {
    expect(() => parseExplanation("{", "a.json")).toThrow("a.json: expected an explanation, got text that is not JSON");
    expect(() => parseExplanation('{"kind":"poem"}', "a.json")).toThrow("a.json kind: expected");
  });

  it("holds typed arrays as lists", () => {
    expect(plainOf({ a: Float32Array.of(1, 2), b: [Int32Array.of(3)], c: null })).toEqual({
      a: [1, 2],
      b: [[3]],
      c: null,
    });
  });
});
