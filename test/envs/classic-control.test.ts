import { describe, expect, test } from "vitest";
import { findEnvironment } from "../../src/envs/index.js";
import { byHand } from "./by-hand.js";

/** Largest absolute difference between two rows. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])));
}

describe("cart-pole", () => {
  const cartpole = findEnvironment("cartpole");

  test("five pushes from (0.01, 0.02, 0.03, 0.04), as Gymnasium 1.3.0 prints them in float32", () => {
    const world = byHand(cartpole);
    const first = world.step(1, [0.01, 0.02, 0.03, 0.04]);
    expect(distance(first, [0.0104, 0.214679196, 0.0308, -0.243068725])).toBeLessThan(2e-8);
    expect(distance(world.step(0), [0.0146935843, 0.019131152, 0.0259386264, 0.0591679998])).toBeLessThan(2e-8);
    for (const action of [1, 1]) world.step(action);
    expect(distance(world.step(0), [0.0275255591, 0.213162631, 0.0124330875, -0.209501535])).toBeLessThan(2e-8);
  });

  test("a cart past the end of its track ends the episode, one at the end does not", () => {
    const world = byHand(cartpole);
    world.step(1, [2.4, 0, 0, 0]);
    expect(world.terminated).toBe(false);
    world.step(1, [2.4, 0.01, 0, 0]);
    expect(world.terminated).toBe(true);
  });

  test("starts lie within the start range, at its ends for the ends of the noise", () => {
    expect(byHand(cartpole, { startRange: 0.1 }).reset([0, 0.5, 0.75, 0.25])).toEqual([-0.1, 0, 0.05, -0.05]);
  });

  test("a pole twice as long turns half as fast, and twice the push moves the cart twice as fast", () => {
    const pushed = (options: Record<string, number>) => byHand(cartpole, options).step(1, [0, 0, 0, 0]);
    expect(pushed({ length: 1 })[3]).toBeCloseTo(pushed({ length: 0.5 })[3] / 2, 12);
    expect(pushed({ force: 20 })[1]).toBeCloseTo(2 * pushed({ force: 10 })[1], 12);
  });

  test("gravity alone topples a leaning pole, and the angle limit decides when it has fallen", () => {
    const leaning = [0, 0, 0.1, 0];
    const spin = (gravity: number) => byHand(cartpole, { gravity, force: 1 }).step(0, leaning)[3];
    expect(spin(20)).toBeGreaterThan(spin(10));
    const strict = byHand(cartpole, { angleLimit: 5 });
    strict.step(1, leaning);
    expect(strict.terminated).toBe(true);
  });
});

describe("mountain car", () => {
  const mountainCar = findEnvironment("mountain-car");

  test("five actions from (−0.5, 0), as Gymnasium 1.3.0 prints them in float32", () => {
    const world = byHand(mountainCar);
    world.state.set([-0.5, 0]);
    const expected = [
      [2, -0.49917683, 0.000823157],
      [2, -0.497536689, 0.001640156],
      [0, -0.4970918, 0.00044489],
      [1, -0.496845514, 0.000246297],
      [2, -0.495799631, 0.001045863],
    ] as const;
    for (const [action, position, velocity] of expected) {
      expect(distance(world.step(action), [position, velocity])).toBeLessThan(3e-8);
    }
  });

  test("the left wall stops the car dead", () => {
    expect(byHand(mountainCar).step(0, [-1.19, -0.07])).toEqual([-1.2, 0]);
  });

  test("the flag stands where the parameter says", () => {
    const world = byHand(mountainCar, { goalPosition: 0.2 });
    world.step(2, [0.19, 0.03]);
    expect(world.terminated).toBe(true);
  });
});
