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

describe("continuous mountain car", () => {
  const car = findEnvironment("mountain-car-continuous");

  test("three pushes from (−0.5, 0), as Gymnasium 1.3.0 prints them, and what they cost", () => {
    const world = byHand(car);
    world.state.set([-0.5, 0]);
    const expected = [
      [0.5, -0.499426842, 0.000573157, -0.025],
      // More than the engine gives is not driven, but charged.
      [-1.5, -0.500534832, -0.001107974, -0.225],
      [1, -0.500315666, 0.000219185, -0.1],
    ] as const;
    for (const [push, position, velocity, reward] of expected) {
      expect(distance(world.step(push), [position, velocity])).toBeLessThan(1e-7);
      expect(world.reward).toBeCloseTo(reward, 9);
    }
  });

  test("the flag pays 100, and energy costs what the parameter says", () => {
    const world = byHand(car, { energyPrice: 0.5 });
    world.step(1, [0.44, 0.03]);
    expect(world.terminated).toBe(true);
    expect(world.reward).toBeCloseTo(99.5, 12);
  });
});

describe("pendulum", () => {
  const pendulum = findEnvironment("pendulum");

  test("three torques from (1, 0.5), as Gymnasium 1.3.0 prints them", () => {
    const world = byHand(pendulum);
    world.state.set([1, 0.5]);
    const expected = [
      [1, 0.485330522, 0.874330759, 1.28110325, -1.026],
      [-2, 0.412228405, 0.911080539, 1.63685131, -1.300335939],
      [3, 0.289678127, 0.957124114, 2.62016177, -1.585009822],
    ] as const;
    for (const [torque, cos, sin, spin, reward] of expected) {
      const [angle, newSpin] = world.step(torque);
      expect(distance([Math.cos(angle), Math.sin(angle), newSpin], [cos, sin, spin])).toBeLessThan(3e-7);
      expect(world.reward).toBeCloseTo(reward, 8);
    }
  });

  test("full turns cost nothing: only the way to upright counts", () => {
    const cost = (angle: number) => {
      const world = byHand(pendulum);
      world.step(0, [angle, 0]);
      return world.reward;
    };
    expect(cost(0.3 + 6 * Math.PI)).toBeCloseTo(cost(0.3), 10);
    expect(cost(-0.3 - 2 * Math.PI)).toBeCloseTo(-0.09, 10);
  });

  test("without gravity a rod that nobody turns keeps its spin; a heavier one answers less", () => {
    expect(byHand(pendulum, { gravity: 0 }).step(0, [1, 0.7])[1]).toBe(0.7);
    const turned = (mass: number) => byHand(pendulum, { gravity: 0, mass }).step(2, [0, 0])[1];
    expect(turned(2)).toBeCloseTo(turned(1) / 2, 12);
  });
});

describe("acrobot", () => {
  const acrobot = findEnvironment("acrobot");
  const observed = ([a, b, va, vb]: readonly number[]) => [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), va, vb];

  test("five turns from (0.05, −0.05, 0.02, −0.02), as Gymnasium 1.3.0 prints them", () => {
    const world = byHand(acrobot);
    world.state.set([0.05, -0.05, 0.02, -0.02]);
    const first = [0.999436796, 0.0335566066, 0.999952853, -0.00971242785, -0.179527521, 0.412921101];
    expect(distance(observed(world.step(2)), first)).toBeLessThan(1e-7);
    const second = [0.999841154, -0.0178240947, 0.994263589, 0.106957264, -0.319911808, 0.726961553];
    expect(distance(observed(world.step(2)), second)).toBeLessThan(1e-7);
    expect(distance(world.step(0).slice(2), [-0.0998407379, 0.166335508])).toBeLessThan(1e-7);
    expect(distance(world.step(1).slice(2), [0.0214489475, -0.111180015])).toBeLessThan(1e-7);
    const fifth = [0.99921304, -0.0396643206, 0.992608547, 0.121360041, 0.262236118, -0.696504116];
    expect(distance(observed(world.step(0)), fifth)).toBeLessThan(1e-7);
  });

  test("the step that passes the line costs nothing, and the line stands where the parameter says", () => {
    const lifted = [2, 0.3, 0.5, 0.5];
    const low = byHand(acrobot, { targetHeight: 0.5 });
    low.step(1, lifted);
    expect([low.terminated, low.reward]).toEqual([true, 0]);
    const high = byHand(acrobot, { targetHeight: 1.8 });
    high.step(1, lifted);
    expect([high.terminated, high.reward]).toEqual([false, -1]);
  });

  test("hangs still when nothing turns it, and swings wider with a stronger motor", () => {
    expect(distance(byHand(acrobot).step(1, [0, 0, 0, 0]), [0, 0, 0, 0])).toBeLessThan(1e-12);
    const spin = (torque: number) => Math.abs(byHand(acrobot, { torque }).step(2, [0, 0, 0, 0])[3]);
    expect(spin(2)).toBeGreaterThan(1.9 * spin(1));
  });
});
