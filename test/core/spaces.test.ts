import { expect, test } from "vitest";
import { actionSize, type Feature } from "../../src/core/spaces.js";

test("a discrete action is one number, its index; a continuous one has a number per feature", () => {
  const engine: Feature = { name: "engine", unit: "", low: -1, high: 1, typical: [-1, 1] };
  expect(actionSize({ kind: "discrete", names: ["left", "right", "up"] })).toBe(1);
  expect(actionSize({ kind: "continuous", features: [engine, engine] })).toBe(2);
});
