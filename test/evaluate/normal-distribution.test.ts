import { expect, test } from "vitest";
import { normalDensity, normalLoss, normalQuantile, normalTail } from "../../src/evaluate/normal-distribution.js";

/** Tail probabilities to 15 digits: Abramowitz & Stegun, table 26.1, and SciPy's norm.sf. */
const TAILS = [
  [0, 0.5],
  [1, 0.158655253931457],
  [1.96, 0.0249978951482204],
  [3, 0.00134989803163009],
  [5, 2.86651571879194e-7],
  [8, 6.22096057427178e-16],
] as const;

test.each(TAILS)("a standard normal exceeds %f with probability %f", (z, tail) => {
  expect(Math.abs(normalTail(z) / tail - 1)).toBeLessThan(1e-12);
  expect(Math.abs(normalTail(-z) - (1 - tail))).toBeLessThan(1e-15);
});

test("series and continued fraction meet where one takes over", () => {
  expect(Math.abs(normalTail(4 + 1e-12) / normalTail(4) - 1)).toBeLessThan(1e-11);
});

test("the quantile inverts the distribution, and refuses what is no probability", () => {
  for (const probability of [1e-6, 0.2, 0.5, 0.8, 0.9, 0.975]) {
    expect(Math.abs(1 - normalTail(normalQuantile(probability)) - probability)).toBeLessThan(1e-13);
  }
  expect(normalQuantile(0.9)).toBeCloseTo(1.2815515655446, 12);
  expect(() => normalQuantile(1)).toThrow("between 0 and 1");
});

test("the slope of the loss is minus the tail", () => {
  for (const z of [-2, 0, 0.7, 3]) {
    const slope = (normalLoss(z + 1e-5) - normalLoss(z - 1e-5)) / 2e-5;
    expect(Math.abs(slope + normalTail(z))).toBeLessThan(1e-9);
  }
  expect(normalLoss(0)).toBe(normalDensity(0));
});
