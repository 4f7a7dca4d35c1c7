import { describe, expect, test } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { pack, unpack } from "../../src/core/pack.js";
import { RandomStream } from "../../src/core/random.js";
import type { VectorEnvironment, VectorState } from "../../src/envs/environment.js";
import { createVectorEnvironment, findEnvironment } from "../../src/envs/index.js";
import { paramNames } from "../../src/envs/params.js";

const cartpole = findEnvironment("cartpole");
const always = (numEnvs: number, action: number) => new Float32Array(numEnvs).fill(action);

/** Random actions from a stream of their own. */
function playRandomly(env: VectorEnvironment, stream: RandomStream, numSteps: number): number[] {
  const seen: number[] = [];
  const actions = new Float32Array(env.numEnvs);
  for (let step = 0; step < numSteps; step++) {
    for (let i = 0; i < actions.length; i++) actions[i] = stream.integer(2);
    env.step(actions);
    seen.push(...env.observations, ...env.finalObservations, ...env.rewards, ...env.terminated, ...env.truncated);
    seen.push(...env.episodeReturns, ...env.episodeLengths);
  }
  return seen;
}

describe("a batch of copies", () => {
  test("resets within the step that ends an episode, and keeps the last observation", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 2, seed: 1 });
    env.setStateOf(0, [0, 0, 0.2, 1]);
    env.setStateOf(1, [0, 0, 0, 0]);
    env.step(always(2, 1));
    expect([...env.terminated]).toEqual([1, 0]);
    // The pole went from 0.2 to 0.22 rad: past 12 degrees, and seen so by the final observation alone.
    expect(env.finalObservations[2]).toBeCloseTo(0.22, 6);
    expect(Math.abs(env.observations[2])).toBeLessThanOrEqual(0.05);
    expect(env.finalStateOf(0)[2]).toBeCloseTo(0.22, 12);
    expect(Math.abs(env.stateOf(0)[2])).toBeLessThanOrEqual(0.05);
    expect(env.observations.slice(4)).toEqual(env.finalObservations.slice(4));
    expect([...env.finalStateOf(1)]).toEqual([...env.stateOf(1)]);
  });

  test("tells return and length of the episode that just ended, and counts anew with the next step", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 1, seed: 1 });
    env.setStateOf(0, [0, 0, 0, 0]);
    for (let step = 1; step <= 9; step++) {
      env.step(always(1, 1));
      expect(env.episodeLengths[0]).toBe(step);
      expect(env.episodeReturns[0]).toBe(step);
    }
    expect(env.terminated[0]).toBe(1);
    env.step(always(1, 0));
    expect([env.episodeLengths[0], env.episodeReturns[0], env.terminated[0]]).toEqual([1, 1, 0]);
  });

  test("a horizon truncates; when the task ends in the same step, termination wins", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 2, seed: 1, options: { horizon: 9 } });
    expect(env.horizon).toBe(9);
    env.setStateOf(0, [0, 0, 0, 0]);
    env.setStateOf(1, [0, 0, 0, 0]);
    // The first copy falls over on step 9 of pushing right, the second pushes to and fro.
    for (let step = 1; step <= 9; step++) env.step(Float32Array.of(1, step % 2));
    expect([...env.terminated]).toEqual([1, 0]);
    expect([...env.truncated]).toEqual([0, 1]);
  });

  test("draws each copy's starts from that copy of its stream", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 3, seed: 7, streamName: "elsewhere" });
    const stream = new RandomStream(7, "elsewhere", 3);
    for (let copy = 0; copy < 3; copy++) {
      const uniforms = Array.from({ length: 4 }, () => stream.uniform(copy));
      expect([...env.stateOf(copy)]).toEqual(uniforms.map((uniform) => 0.05 * (2 * uniform - 1)));
    }
  });

  test("goes on bit for bit from a saved state, packed and unpacked, in the middle of episodes", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 5, seed: 3 });
    playRandomly(env, new RandomStream(3, "actions"), 37);
    const saved = unpack(pack(env.getState())) as VectorState;
    const expected = playRandomly(env, new RandomStream(4, "actions"), 60);
    const other = createVectorEnvironment(cartpole, { numEnvs: 5, seed: 3 });
    other.setState(saved);
    expect(playRandomly(other, new RandomStream(4, "actions"), 60)).toEqual(expected);
    env.setState(saved);
    expect(playRandomly(env, new RandomStream(4, "actions"), 60)).toEqual(expected);
  });

  test("a saved state is a copy, and one of another size is refused", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 2, seed: 3 });
    const saved = env.getState();
    const before = [...saved.states];
    env.step(always(2, 1));
    expect([...saved.states]).toEqual(before);
    const other = createVectorEnvironment(cartpole, { numEnvs: 3, seed: 3 });
    expect(() => other.setState(saved)).toThrow(new RangeError("expected 12 entries of states, got 8"));
    expect([...other.stateOf(0)]).toEqual(before.slice(0, 4));
  });

  test("parameters written for one copy take effect at its next reset, and a saved state holds both", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 2, seed: 3, options: { startRange: 0 } });
    const column = paramNames(cartpole.spec).indexOf("force");
    env.params[column] = 20;
    const first = () => {
      env.step(always(2, 1));
      return [env.stateOf(0)[1], env.stateOf(1)[1]];
    };
    const [running, untouched] = first();
    expect(running).toBe(untouched);
    const saved = env.getState();
    env.setState(saved);
    expect(first()[0]).toBe(env.stateOf(1)[1]);
    env.reset();
    const [stronger, same] = first();
    expect(stronger).toBeCloseTo(2 * same, 12);
  });

  test("putting a copy into a state starts an episode there and leaves the other copies alone", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 2, seed: 3 });
    env.step(always(2, 1));
    const neighbour = [...env.stateOf(1)];
    env.setStateOf(0, [0.5, 0, 0.01, 0]);
    expect([...env.observations.slice(0, 4)]).toEqual([0.5, 0, Math.fround(0.01), 0]);
    expect([env.episodeLengths[0], env.episodeReturns[0]]).toEqual([0, 0]);
    expect([...env.stateOf(1)]).toEqual(neighbour);
    expect(env.episodeLengths[1]).toBe(1);
    expect(() => env.setStateOf(0, [1, 2])).toThrow(new RangeError("expected a state of size 4, got 2"));
  });

  test("actions of another size are refused", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 4, seed: 1 });
    expect(() => env.step(always(3, 0))).toThrow(new RangeError("expected 4 actions, got 3"));
    expect(() => createVectorEnvironment(cartpole, { numEnvs: 0, seed: 1 })).toThrow(RangeError);
  });

  test("writes into the same arrays at every step", () => {
    const env = createVectorEnvironment(cartpole, { numEnvs: 4, seed: 1 });
    const arrays = () => [env.observations, env.finalObservations, env.rewards, env.rewardTerms, env.terminated];
    const before = arrays();
    for (let step = 0; step < 30; step++) env.step(always(4, 1));
    arrays().forEach((array, i) => {
      expect(array).toBe(before[i]);
    });
  });
});

describe("finding a world", () => {
  test("an unknown one is answered with what there is, and with the nearest name", () => {
    expect(() => findEnvironment("cartpol")).toThrow(InputError);
    expect(() => findEnvironment("cartpol")).toThrow(
      /^env: expected one of cartpole, mountain-car, .*inventory-whole \(did you mean cartpole\?\), got "cartpol"$/,
    );
    expect(() => findEnvironment("MountainCar-v0")).toThrow("(did you mean mountain-car?)");
    expect(() => findEnvironment("lava")).toThrow("(did you mean lavaland?)");
    expect(() => findEnvironment("tetris")).toThrow(/one of cartpole, mountain-car, .*inventory-whole, got "tetris"$/);
  });
});
