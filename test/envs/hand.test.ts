import { describe, expect, test } from "vitest";
import type { Direction } from "../../src/envs/environment.js";
import { handAction } from "../../src/envs/hand.js";
import { findEnvironment } from "../../src/envs/index.js";

const specOf = (id: string) => findEnvironment(id).spec;
const hold = (...directions: Direction[]) => directions.map((direction) => ({ direction, strength: 1 }));

describe("what a person asks for", () => {
  test("of named actions is that of the newest direction held, and what rests when none is", () => {
    const lander = specOf("lunar-lander");
    expect(handAction(lander, hold("up", "left"), null)).toEqual([1]);
    expect(handAction(lander, hold("left", "up"), null)).toEqual([2]);
    expect(handAction(lander, [], [2])).toEqual([0]);
  });

  test("in continuous dimensions adds up, by strength, and stops at the bounds", () => {
    const lander = specOf("lunar-lander-continuous");
    expect(handAction(lander, hold("up", "left"), null)).toEqual([1, -1]);
    expect(handAction(lander, hold("left", "right"), null)).toEqual([0, 0]);
    expect(handAction(lander, [{ direction: "right", strength: 0.6 }], null)).toEqual([0, 0.6]);
    const pendulum = specOf("pendulum");
    expect(handAction(pendulum, hold("left"), null)).toEqual([2]);
    expect(handAction(pendulum, [...hold("left"), { direction: "left", strength: 1 }], null)).toEqual([2]);
  });

  test("goes on with the last push where a world always pushes, and waits where it moves by steps", () => {
    expect(handAction(specOf("cartpole"), [], [1])).toEqual([1]);
    expect(handAction(specOf("cartpole"), [], null)).toEqual([0]);
    expect(handAction(specOf("lavaland"), [], [1])).toBeNull();
    expect(handAction(specOf("lavaland"), hold("up"), [1])).toEqual([3]);
  });

  test("directions that mean nothing in a world are passed over", () => {
    expect(handAction(specOf("mountain-car"), hold("right", "up"), null)).toEqual([2]);
  });

  test("adds to the action before where quantities are chosen, within their bounds", () => {
    const network = specOf("inventory");
    expect(handAction(network, [], null)).toEqual([5]);
    expect(handAction(network, hold("up"), [7.5])).toEqual([8.5]);
    expect(handAction(network, hold("down"), [0.5])).toEqual([0]);
    expect(handAction(network, [{ direction: "up", strength: 0.5 }], [19.8])).toEqual([20]);
    const whole = specOf("inventory-whole");
    expect(handAction(whole, hold("up"), [20])).toEqual([20]);
    expect(handAction(whole, hold("down"), [3])).toEqual([2]);
  });
});
