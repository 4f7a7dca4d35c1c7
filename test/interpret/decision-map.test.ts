import { describe, expect, it } from "vitest";
import type { Policy } from "../../src/agents/policies/policy.js";
import { RandomStream } from "../../src/core/random.js";
import { findEnvironment } from "../../src/envs/index.js";
import { attribute } from "../../src/interpret/attribution.js";
import { decisionMap, partialDependence } from "../../src/interpret/decision-map.js";
import { Teacher } from "../../src/interpret/teacher.js";

const { spec } = findEnvironment("cartpole");
const weights = [0.1, 0.5, 2, 1];

/** Values that are linear in the observation: −h and h. */
const linear: Policy = {
  act: (observations, _commands, actions) => {
    for (let row = 0; row < actions.length; row++) actions[row] = height(observations, row) > 0 ? 1 : 0;
  },
  actionScores: (observations, scores) => {
    for (let row = 0; row < scores.length / 2; row++) {
      scores[2 * row] = -height(observations, row);
      scores[2 * row + 1] = height(observations, row);
    }
  },
  serialise: () => ({ kind: "rule" }),
};
function height(observations: ArrayLike<number>, row: number): number {
  return weights.reduce((sum, weight, i) => sum + weight * observations[row * 4 + i], 0);
}

describe("a decision map", () => {
  it("holds the action of every cell's centre, the other features where they are", async () => {
    const at = [1, -0.5, 0, 0];
    const map = await decisionMap(linear, spec, { x: 2, y: 3, at, resolution: 10 });
    expect([map.x.low, map.x.high]).toEqual(spec.observation[2].typical);
    for (let cell = 0; cell < 100; cell++) {
      const angle = map.x.low + ((cell % 10) + 0.5) * ((map.x.high - map.x.low) / 10);
      const spin = map.y.low + (Math.floor(cell / 10) + 0.5) * ((map.y.high - map.y.low) / 10);
      expect(map.actions[cell]).toBe(height([1, -0.5, angle, spin], 0) > 0 ? 1 : 0);
    }
    expect(Math.max(...map.margins)).toBeCloseTo(1, 6);
    expect(new Set(map.actions)).toEqual(new Set([0, 1]));
  });

  it("of mean scores over a background is the action that scores highest on average", async () => {
    const background = Float32Array.of(1, 2, 0, 0, -0.5, 0.3, 9, 9);
    const map = await decisionMap(linear, spec, { x: 2, y: 3, at: [9, 9, 9, 9], resolution: 10, background });
    const centre = [0.25, 1.15];
    for (let cell = 0; cell < 100; cell++) {
      const angle = map.x.low + ((cell % 10) + 0.5) * ((map.x.high - map.x.low) / 10);
      const spin = map.y.low + (Math.floor(cell / 10) + 0.5) * ((map.y.high - map.y.low) / 10);
      expect(map.actions[cell]).toBe(height([...centre, angle, spin], 0) > 0 ? 1 : 0);
    }
    expect(new Set(map.actions)).toEqual(new Set([0, 1]));
  });

  it.each([
    [{ x: 9, y: 1 }, "map x: expected a feature from 0 to 3, got 9"],
    [{ x: 1, y: 1 }, "map y: expected another feature than x, which is 1 as well, got 1"],
  ])("is refused for %j", async (axes, message) => {
    await expect(decisionMap(linear, spec, { ...axes, at: [0, 0, 0, 0] })).rejects.toThrow(message);
  });
});

describe("partial dependence", () => {
  it("of a linear score rises by the feature's weight, around the background's mean", async () => {
    const background = Float32Array.of(1, 0, 0, 0.5, -1, 2, 0, 0.1);
    const { values, scores } = await partialDependence(linear, spec, 3, background, 5);
    const rest = (0.1 * 1 + (0.1 * -1 + 0.5 * 2)) / 2;
    values.forEach((value, point) => {
      expect(scores[2 * point + 1]).toBeCloseTo(rest + value, 5);
      expect(scores[2 * point]).toBeCloseTo(-rest - value, 5);
    });
  });
});

describe("an attribution", () => {
  it("shares the score of a linear policy out by weight and distance, and starts from the background", async () => {
    const background = Float64Array.of(1, 0, 0, 0, -1, 0, 0.2, 0);
    const x = [0.5, 1, 0.1, -1];
    const { values, base, of, exact } = await attribute(
      new Teacher(linear, spec, "attribution"),
      x,
      background,
      new RandomStream(1, "test"),
    );
    expect([of, exact]).toEqual(["values", true]);
    const centre = [0, 0, 0.1, 0];
    weights.forEach((weight, i) => {
      expect(values[2 * i + 1]).toBeCloseTo(weight * (x[i] - centre[i]), 5);
    });
    expect(base[1]).toBeCloseTo(2 * 0.1, 5);
  });

  it("by orders sums to the same difference where there are too many features to enumerate", async () => {
    const many = { ...spec, observation: Array.from({ length: 12 }, () => spec.observation[0]) };
    const product: Policy = {
      ...linear,
      actionScores: (observations, scores) => {
        for (let row = 0; row < scores.length / 2; row++) {
          let value = 1;
          for (let i = 0; i < 12; i++) value *= observations[row * 12 + i];
          scores.set([value, -value], 2 * row);
        }
      },
    };
    const x = Array.from({ length: 12 }, (_, i) => 1 + i / 10);
    const background = new Float64Array(12).fill(1);
    const teacher = new Teacher(product, many, "attribution");
    const { values, base, exact } = await attribute(teacher, x, background, new RandomStream(1, "test"));
    expect(exact).toBe(false);
    let sum = base[0];
    for (let i = 0; i < 12; i++) sum += values[2 * i];
    expect(sum).toBeCloseTo(
      x.reduce((total, value) => total * value, 1),
      3,
    );
  });
});
