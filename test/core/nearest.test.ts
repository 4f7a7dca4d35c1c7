import { expect, test } from "vitest";
import { allowedNames, nearestName } from "../../src/core/nearest.js";

const names = ["cartpole", "mountain-car", "lavaland"];

test.each([
  ["cartpol", "cartpole"],
  ["CartPole-v1", "cartpole"],
  ["mountaincar", "mountain-car"],
  ["lava", "lavaland"],
  ["lavalnad", "lavaland"],
  ["tetris", null],
  ["", null],
])("%j was probably meant as %j", (given, meant) => {
  expect(nearestName(given, names)).toBe(meant);
});

test("what is allowed is listed, with a guess only where there is one", () => {
  expect(allowedNames("catpole", names)).toBe("one of cartpole, mountain-car, lavaland (did you mean cartpole?)");
  expect(allowedNames("go", names)).toBe("one of cartpole, mountain-car, lavaland");
});
