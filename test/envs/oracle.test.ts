import { describe, expect, it } from "vitest";
import type { VectorEnvironment } from "../../src/envs/environment.js";
import { createVectorEnvironment, findEnvironment } from "../../src/envs/index.js";
import oracle from "../oracles/classic_control.json" with { type: "json" };

const make = (id: string): VectorEnvironment => createVectorEnvironment(findEnvironment(id), { numEnvs: 1, seed: 1 });
const largestGap = (ours: ArrayLike<number>, theirs: readonly number[]) =>
  Math.max(...theirs.map((value, i) => Math.abs(ours[i] - value)));

/** The reward of each step: a list, or one value for all but the last. */
type Rewards = readonly number[] | { readonly constant_except_last: number; readonly last: number };

// The continuous mountain car of the reference rounds its state to float32 between steps; ours does not.
for (const [id, name, stepTolerance, tolerance] of [
  ["cartpole", "CartPole-v1", 1e-12, 1e-8],
  ["mountain-car", "MountainCar-v0", 1e-12, 1e-8],
  ["mountain-car-continuous", "MountainCarContinuous-v0", 1e-7, 1e-5],
  ["acrobot", "Acrobot-v1", 1e-12, 1e-8],
  ["pendulum", "Pendulum-v1", 1e-12, 1e-8],
] as const) {
  describe(`${id} against Gymnasium's ${name}`, () => {
    for (const [index, { states, actions, observations, ...end }] of oracle.trajectories[name].entries()) {
      it(`each single step of trajectory ${index} agrees to ${stepTolerance}`, () => {
        const env = make(id);
        actions.forEach((action, step) => {
          env.setStateOf(0, states[step]);
          env.step(Float32Array.of(action));
          expect(largestGap(env.finalStateOf(0), states[step + 1])).toBeLessThanOrEqual(stepTolerance);
        });
      });

      it(`trajectory ${index} agrees to ${tolerance}, with its rewards, and exact flags and length`, () => {
        const rewards: Rewards = end.rewards;
        const env = make(id);
        env.setStateOf(0, states[0]);
        actions.forEach((action, step) => {
          env.step(Float32Array.of(action));
          const last = step === actions.length - 1;
          expect(largestGap(env.finalStateOf(0), states[step + 1])).toBeLessThanOrEqual(tolerance);
          expect(largestGap(env.finalObservations, observations[step + 1])).toBeLessThanOrEqual(
            Math.max(1e-6, tolerance),
          );
          const reward =
            "last" in rewards ? (last ? rewards.last : rewards.constant_except_last) : (rewards[step] ?? Number.NaN);
          // Rewards come in float32.
          expect(Math.abs(env.rewards[0] - Math.fround(reward))).toBeLessThanOrEqual(1e-6 * Math.max(1, -reward));
          expect(Boolean(env.terminated[0])).toBe(last && end.terminated_at_end);
          expect(Boolean(env.truncated[0])).toBe(last && end.truncated_at_end);
        });
        expect(env.episodeLengths[0]).toBe(end.steps);
        expect(Math.abs(env.episodeReturns[0] - end.return)).toBeLessThanOrEqual(1e-6 * Math.abs(end.return));
        expect(env.horizon).toBe(end.time_limit);
      });
    }
  });
}

// These were printed from float32 observations.
describe("golden vectors", () => {
  it("a cart-pole pushed right from rest falls on the ninth step", () => {
    const env = make("cartpole");
    env.setStateOf(0, [0, 0, 0, 0]);
    for (let step = 1; step <= 9; step++) {
      env.step(Float32Array.of(1));
      expect(env.terminated[0]).toBe(step === 9 ? 1 : 0);
    }
    expect(largestGap(env.finalStateOf(0), [0.140650973, 1.7603811, -0.215186045, -2.77788639])).toBeLessThan(2e-7);
  });

  it("a mountain car pushed along its velocity reaches the flag in 124 steps", () => {
    const env = make("mountain-car");
    env.setStateOf(0, [-0.5, 0]);
    let steps = 0;
    while (!env.terminated[0] && steps < 200) {
      env.step(Float32Array.of(env.observations[1] >= 0 ? 2 : 0));
      steps++;
    }
    expect(steps).toBe(124);
    expect(largestGap(env.finalStateOf(0), [0.53494996, 0.04819098])).toBeLessThan(1e-7);
  });

  it("a continuous mountain car pushed along its velocity reaches the flag in 106 steps, for 89.40", () => {
    const env = make("mountain-car-continuous");
    env.setStateOf(0, [-0.5, 0]);
    while (!env.terminated[0] && env.episodeLengths[0] < 999) {
      env.step(Float32Array.of(env.observations[1] >= 0 ? 1 : -1));
    }
    expect(env.episodeLengths[0]).toBe(106);
    expect(env.episodeReturns[0]).toBeCloseTo(89.4, 4);
  });

  it("an acrobot driven along its elbow's spin passes the line in 73 steps, against its shoulder's in 77", () => {
    const stepsUnder = (torque: (observation: Float32Array) => number) => {
      const env = make("acrobot");
      env.setStateOf(0, [0, 0, 0, 0]);
      while (!env.terminated[0] && env.episodeLengths[0] < 500) env.step(Float32Array.of(1 + torque(env.observations)));
      return env.episodeLengths[0];
    };
    expect(stepsUnder((observation) => (observation[5] >= 0 ? 1 : -1))).toBe(73);
    expect(stepsUnder((observation) => (observation[4] > 0 ? -1 : 1))).toBe(77);
  });

  it("a shorter horizon truncates, and a termination on that very step wins", () => {
    const cartpole = findEnvironment("cartpole");
    const make200 = (horizon: number) => {
      const env = createVectorEnvironment(cartpole, { numEnvs: 1, seed: 1, options: { horizon } });
      env.setStateOf(0, [0, 0, 0, 0]);
      for (let step = 0; step < 9; step++) env.step(Float32Array.of(1));
      return [env.terminated[0], env.truncated[0]];
    };
    expect(make200(9)).toEqual([1, 0]);
    const env = createVectorEnvironment(cartpole, { numEnvs: 1, seed: 1, options: { horizon: 5 } });
    env.setStateOf(0, [0, 0, 0, 0]);
    for (let step = 0; step < 5; step++) env.step(Float32Array.of(1));
    expect([env.terminated[0], env.truncated[0]]).toEqual([0, 1]);
  });
});
