import { beforeAll, describe, expect, test } from "vitest";
import { pack, unpack } from "../../src/core/pack.js";
import { RandomStream } from "../../src/core/random.js";
import type { VectorEnvironment, VectorState } from "../../src/envs/environment.js";
import { createVectorEnvironment, findEnvironment, loadEnvironment } from "../../src/envs/index.js";
import { PAD_SURFACE, STATE, STATE_SIZE, WORLD } from "../../src/envs/lunar-lander/geometry.js";
import { heuristicAction, heuristicThrust } from "../../src/envs/lunar-lander/heuristic.js";
import { LanderSimulation } from "../../src/envs/lunar-lander/simulation.js";
import { paramsStructOf } from "../../src/envs/params.js";

const discrete = findEnvironment("lunar-lander");
const continuous = findEnvironment("lunar-lander-continuous");
beforeAll(() => Promise.all([discrete, continuous].map(loadEnvironment)));

const TERMS = discrete.spec.rewardTerms.map(({ name }) => name);
const PARAMS = paramsStructOf(discrete.spec, {});

function make(options: Record<string, number | boolean> = {}, seed = 5): VectorEnvironment {
  return createVectorEnvironment(discrete, { numEnvs: 1, seed, options });
}

/** One lander by hand: middle heights, no push, unless the noise says otherwise. */
function byHand(kind: "discrete" | "continuous" = "discrete", params: Readonly<Record<string, number>> = {}) {
  const simulation = new LanderSimulation(kind === "continuous");
  const all = { ...PARAMS, ...params };
  const state = { $: new Float64Array(STATE_SIZE) };
  const outcome = { $: new Float64Array(1 + TERMS.length) };
  const start = (noise: readonly number[] = []) => {
    simulation.reset(state, { $: [...noise, ...new Array(16).fill(0.5)].slice(0, 16) }, all);
    return state.$;
  };
  const step = (action: readonly number[], noise = [0.5, 0.5]) => {
    simulation.step(state, { $: [...action] }, { $: [...noise] }, all, outcome);
    return state.$;
  };
  return { simulation, state: state.$, outcome: outcome.$, start, step };
}

/** Puts hull and legs of a state somewhere: x, y, angle, and the velocities of all three. */
function put(state: Float64Array, place: readonly number[]): void {
  state.set(place);
  const [x, y, angle, ...velocities] = place;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  STATE.legs.forEach((at, leg) => {
    const side = leg === 0 ? 1 : -1;
    const [dx, dy] = [side * 0.9, -0.6];
    state.set([x + cos * dx - sin * dy, y + sin * dx + cos * dy, angle + 0.4 * side, ...velocities], at);
  });
}

/** Plays whole episodes one after another. */
function play(env: VectorEnvironment, act: (observation: Float32Array) => readonly number[], episodes: number) {
  const returns: number[] = [];
  const last: { reward: number; observation: number[] }[] = [];
  const size = env.spec.action.kind === "discrete" ? 1 : 2;
  const actions = new Float32Array(size);
  while (returns.length < episodes) {
    actions.set(act(env.observations));
    env.step(actions);
    if (!env.terminated[0] && !env.truncated[0]) continue;
    returns.push(env.episodeReturns[0]);
    last.push({ reward: env.rewards[0], observation: [...env.finalObservations] });
  }
  const mean = returns.reduce((sum, value) => sum + value, 0) / episodes;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (episodes - 1);
  return { mean, error: Math.sqrt(variance / episodes), last };
}

describe("the lander's bodies", () => {
  test("have the masses, centres and inertias of the reference", () => {
    const { simulation, start } = byHand();
    start();
    const [lander, leg] = simulation.measures();
    expect(lander.mass).toBeCloseTo(4.816666666666667, 9);
    expect(lander.centre[0]).toBeCloseTo(0, 9);
    // Given to seven digits.
    expect(Math.abs(lander.centre[1] - 0.1013072)).toBeLessThan(5e-8);
    expect(Math.abs(lander.inertia - 0.8333148)).toBeLessThan(5e-8);
    expect(Math.abs(lander.inertia - lander.mass * lander.centre[1] ** 2 - 0.7838807)).toBeLessThan(5e-8);
    expect(leg.mass).toBeCloseTo(0.0711111111, 9);
    expect(Math.abs(leg.inertia - 0.00179095)).toBeLessThan(5e-9);
  });

  test("start at the top of the picture, legs at both sides, over a pad at 3.3 m", () => {
    const state = byHand().start();
    expect(state[0]).toBeCloseTo(WORLD.width / 2, 2);
    expect(state[1]).toBeCloseTo(WORLD.height, 1);
    expect(state[STATE.legs[0]]).toBeGreaterThan(state[0] + 0.5);
    expect(state[STATE.legs[1]]).toBeLessThan(state[0] - 0.5);
    expect(PAD_SURFACE).toBeCloseTo(3.3, 12);
    for (const point of [4, 5, 6]) expect(state[STATE.terrain + point]).toBeCloseTo(PAD_SURFACE, 12);
  });

  test("the ground is smoothed by 0.33, and its first point by the twelfth height", () => {
    const heights = [0.2, 0.4, 0.6, 0, 0, 0, 0, 0, 0.8, 0.1, 0.3, 0.9];
    const state = byHand().start(heights);
    const metres = heights.map((height) => (height * WORLD.height) / 2);
    expect(state[STATE.terrain]).toBeCloseTo(0.33 * (metres[11] + metres[0] + metres[1]), 12);
    expect(state[STATE.terrain + 1]).toBeCloseTo(0.33 * (metres[0] + metres[1] + metres[2]), 12);
    expect(state[STATE.terrain + 10]).toBeCloseTo(0.33 * (metres[9] + metres[10] + metres[11]), 12);
    // Beside the pad one neighbour is drawn and the other is the pad's.
    expect(state[STATE.terrain + 3]).toBeCloseTo(0.33 * (metres[2] + 2 * (PAD_SURFACE / 0.99)), 12);
  });

  test("the first push changes the speed by force over mass, within the reset", () => {
    const at = (force: number) => byHand().start([...new Array(12).fill(0.5), force, 0.5])[3];
    const { simulation, start } = byHand();
    start();
    const expected = ((1000 * 0.5) / simulation.measures()[0].mass) * 0.02;
    // The legs hang on the hull and take part of it.
    expect(at(0.75) - at(0.5)).toBeGreaterThan(0.9 * expected);
    expect(at(0.75) - at(0.5)).toBeLessThan(expected);
  });
});

describe("the lander's engines", () => {
  /** What a step adds to the velocities of a lander that is at rest in mid-air. */
  const gain = (action: number, angle = 0) => {
    const moved = (chosen: number) => {
      const { simulation, state, start, step } = byHand();
      start();
      put(state, [10, 9, angle, 0, 0, 0]);
      simulation.adopt({ $: state }, PARAMS);
      return step([chosen]).slice(3, 6);
    };
    const [without, together] = [moved(0), moved(action)];
    return together.map((value, i) => value - without[i]);
  };

  test("the main engine pushes up along the hull, whatever way it leans", () => {
    const [x, y, spin] = gain(2);
    expect(Math.abs(x)).toBeLessThan(0.01);
    // An impulse of 13 · 4/30 on 4.82 kg of hull and 0.14 kg of legs.
    expect(y).toBeCloseTo((13 * 4) / 30 / 4.9588889, 2);
    expect(Math.abs(spin)).toBeLessThan(0.01);
    expect(gain(2, 0.5)[0]).toBeLessThan(-0.1);
  });

  test("steering left pushes to the left and turns anticlockwise, steering right the other way", () => {
    const [left, right] = [gain(1), gain(3)];
    expect(left[0]).toBeLessThan(-0.03);
    expect(left[2]).toBeGreaterThan(0.03);
    expect(right[0]).toBeCloseTo(-left[0], 3);
    expect(right[2]).toBeCloseTo(-left[2], 3);
  });

  test("a throttle below zero is off, at zero and a bit half, and fuel is charged for what is burnt", () => {
    const cost = (main: number, side: number) => {
      const { outcome, start, step } = byHand("continuous");
      start();
      step([main, side]);
      return [outcome[1 + TERMS.indexOf("main engine")], outcome[1 + TERMS.indexOf("side engines")]];
    };
    expect(cost(0, 0.5)).toEqual([0, 0]);
    expect(cost(0.5, -0.75)[0]).toBeCloseTo(-0.3 * 0.75, 12);
    expect(cost(0.5, -0.75)[1]).toBeCloseTo(-0.03 * 0.75, 12);
    // Beyond the bounds there is no more.
    expect(cost(7, 7)[0]).toBeCloseTo(-0.3, 12);
    expect(cost(7, 7)[1]).toBeCloseTo(-0.03, 12);
  });

  test("full throttles do what the engines of the discrete lander do", () => {
    for (const [action, throttles] of [
      [0, [-1, 0]],
      [1, [-1, -1]],
      [2, [1, 0]],
      [3, [-1, 1]],
    ] as const) {
      const [first, second] = [byHand("discrete"), byHand("continuous")];
      first.start();
      second.start();
      for (let step = 0; step < 30; step++) {
        const noise = [(step % 7) / 7, (step % 5) / 5];
        first.step([action], noise);
        second.step([...throttles], noise);
      }
      expect([...second.state]).toEqual([...first.state]);
      expect([...second.outcome]).toEqual([...first.outcome]);
    }
  });
});

describe("the lander's reward", () => {
  test("adds up to the gain of the potential less fuel, and is replaced at the end", () => {
    const env = make();
    const potential = (seen: ArrayLike<number>) =>
      -100 * Math.hypot(seen[0], seen[1]) -
      100 * Math.hypot(seen[2], seen[3]) -
      100 * Math.abs(seen[4]) +
      10 * (seen[6] + seen[7]);
    let before = potential(env.observations);
    let ends = 0;
    for (let step = 0; step < 400; step++) {
      const action = heuristicAction(env.observations);
      env.step(Float32Array.of(action));
      const fuel = action === 2 ? 0.3 : action === 0 ? 0 : 0.03;
      if (env.terminated[0]) {
        ends++;
        expect(Math.abs(env.rewards[0])).toBe(100);
        expect([...env.rewardTerms].filter((term) => term !== 0)).toEqual([env.rewards[0]]);
      } else {
        expect(env.rewards[0]).toBeCloseTo(potential(env.finalObservations) - before - fuel, 3);
      }
      before = potential(env.observations);
    }
    expect(ends).toBeGreaterThan(0);
  });

  test("coming to rest on both legs pays 100, a hull on the ground costs 100, and so does leaving the picture", () => {
    const landed = play(make(), (observation) => [heuristicAction(observation)], 12).last;
    const soft = landed.filter(({ reward }) => reward === 100);
    expect(soft.length).toBeGreaterThanOrEqual(6);
    expect(soft.some(({ observation }) => observation[6] === 1 && observation[7] === 1)).toBe(true);

    const fallen = play(make(), () => [0], 5).last;
    expect(fallen.map(({ reward }) => reward)).toEqual([-100, -100, -100, -100, -100]);

    const { simulation, state, outcome, start, step } = byHand();
    start();
    put(state, [19.95, 9, 0, 8, 0, 0]);
    simulation.adopt({ $: state }, PARAMS);
    step([0]);
    expect(state[0]).toBeGreaterThan(20);
    expect([outcome[0], outcome[1 + TERMS.indexOf("crash")]]).toEqual([1, -100]);
  });
});

describe("the lander's distributions", () => {
  // Measured over 500 and more episodes: 237 for the heuristic, −180 at random, −137 for doing nothing. Each interval
  // is four standard errors of what was played here, so that a right world fails once in 16,000 runs.
  test.each([
    ["the heuristic", 237, 60, (observation: Float32Array) => [heuristicAction(observation)]],
    ["doing nothing", -137, 80, () => [0]],
  ])("%s earns about %i", (_, expected, episodes, act) => {
    const { mean, error } = play(make({}, 11), act, episodes);
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
  });

  test("random actions earn about −180", () => {
    const stream = new RandomStream(4, "random");
    const { mean, error } = play(make({}, 12), () => [stream.integer(4)], 80);
    expect(Math.abs(mean + 180)).toBeLessThan(4 * error);
  });

  test("the heuristic with throttles lands nearly always", () => {
    const env = createVectorEnvironment(continuous, { numEnvs: 1, seed: 3 });
    const { last } = play(env, heuristicThrust, 15);
    expect(last.filter(({ reward }) => reward === 100).length).toBeGreaterThanOrEqual(13);
  });
});

describe("the lander's difficulty", () => {
  test("a flat ground, a weaker pull and no push are what their parameters say", () => {
    const flat = byHand("discrete", { roughness: 0 }).start([0.9, 0.1, 0.8]);
    for (let point = 0; point < 11; point++) expect(flat[STATE.terrain + point]).toBeCloseTo(PAD_SURFACE, 12);
    const fall = (gravity: number) => byHand("discrete", { gravity, startPush: 0 }).start()[4];
    expect(fall(5)).toBeCloseTo(fall(10) / 2, 6);
  });

  test("wind pushes by its formula while no leg touches, and its indices count on", () => {
    const windy = byHand("discrete", { wind: 1, windPower: 20, turbulencePower: 0 });
    const calm = byHand();
    const noise = [...new Array(14).fill(0.5), 0.7, 0.3];
    const before = windy.start(noise)[STATE.windIndex];
    calm.start(noise);
    const drift = () => windy.step([0])[3] - calm.step([0])[3];
    const first = drift();
    expect(windy.state[STATE.windIndex]).toBe(before + 1);
    const gust = Math.tanh(Math.sin(0.02 * before) + Math.sin(0.01 * Math.PI * before));
    const second = drift();
    expect(Math.sign(second - first)).toBe(Math.sign(gust));
    expect(second - first).toBeCloseTo(((20 * gust) / 4.9588889) * 0.02, 2);
  });

  test("the fast solver is another world", () => {
    const rewards = (fastSolver: boolean) => {
      const env = make({ fastSolver });
      return play(env, (observation) => [heuristicAction(observation)], 2).mean;
    };
    expect(rewards(true)).not.toBe(rewards(false));
  });
});

describe("a saved lander", () => {
  /** Goes on for `numSteps` under the heuristic, with everything it shows. */
  const goOn = (env: VectorEnvironment, numSteps: number): number[] => {
    const seen: number[] = [];
    for (let step = 0; step < numSteps; step++) {
      const actions = Float32Array.from({ length: env.numEnvs }, (_, copy) =>
        heuristicAction(env.observations.subarray(8 * copy, 8 * copy + 8)),
      );
      env.step(actions);
      seen.push(...env.observations, ...env.rewardTerms, ...env.terminated);
    }
    return seen;
  };

  test("goes on bit for bit in the middle of a touch-down, packed and unpacked, in another batch", () => {
    const settings = { numEnvs: 3, seed: 21 };
    const env = createVectorEnvironment(discrete, settings);
    let steps = 0;
    while (env.observations[6] + env.observations[7] === 0 && steps++ < 500) goOn(env, 1);
    expect(env.observations[6] + env.observations[7]).toBeGreaterThan(0);
    const saved = unpack(pack(env.getState())) as unknown as VectorState;
    const expected = goOn(env, 60);
    const other = createVectorEnvironment(discrete, settings);
    goOn(other, 33);
    other.setState(saved);
    expect(goOn(other, 60)).toEqual(expected);
  });

  test("goes on bit for bit from a state that was put there", () => {
    const settings = { numEnvs: 1, seed: 22 };
    const env = createVectorEnvironment(discrete, settings);
    goOn(env, 40);
    env.setStateOf(0, env.stateOf(0));
    goOn(env, 25);
    const saved = env.getState();
    const expected = goOn(env, 40);
    const other = createVectorEnvironment(discrete, settings);
    other.setState(saved);
    expect(goOn(other, 40)).toEqual(expected);
  });

  test("without the history of its episode, or with one of another size, is refused", () => {
    const env = make();
    goOn(env, 5);
    const { history, ...rest } = env.getState();
    expect(() => env.setState(rest)).toThrow("expected the history of each copy's episode, got none");
    const cut = { ...rest, history: history && { ...history, actions: new Float32Array(2) } };
    expect(() => env.setState(cut)).toThrow("expected 5 entries of history.actions, got 2");
  });

  test("a state put back goes on nearly as before", () => {
    const env = make();
    goOn(env, 60);
    const state = env.stateOf(0);
    goOn(env, 10);
    const expected = env.stateOf(0);
    env.setStateOf(0, state);
    goOn(env, 10);
    const found = env.stateOf(0);
    // Engines push where the noise says, and the noise has gone on.
    for (const i of [0, 1]) expect(Math.abs(found[i] - expected[i])).toBeLessThan(0.15);
  });
});

test("a lander whose engine is not loaded says what to do", async () => {
  const { LazySimulation } = await import("../../src/envs/simulation.js");
  const unloaded = {
    spec: discrete.spec,
    simulation: new LazySimulation(async () => () => new LanderSimulation(false)),
  };
  expect(() => createVectorEnvironment(unloaded, { numEnvs: 1, seed: 1 })).toThrow(/await loadEnvironment/);
});
