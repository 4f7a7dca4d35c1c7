import { describe, expect, test } from "vitest";
import { RandomStream } from "../../src/core/random.js";
import { actionSize } from "../../src/core/spaces.js";
import { loadDrawing } from "../../src/envs/drawings.js";
import { createVectorEnvironment, environments, findEnvironment, loadEnvironment } from "../../src/envs/index.js";
import { paramsStructOf } from "../../src/envs/params.js";

await Promise.all(environments.map(loadEnvironment));

describe.each(environments.map((environment) => [environment.spec.id, environment] as const))(
  "the words for %s",
  (id, environment) => {
    test("say every moment of random episodes with texts that can be translated, and name the action", async () => {
      const { describe: inWords, texts } = await loadDrawing(id);
      const { spec } = environment;
      const numActions = spec.action.kind === "discrete" ? spec.action.names.length : 0;
      const env = createVectorEnvironment(environment, { numEnvs: 32, seed: 2 });
      const params = paramsStructOf(spec, {});
      const stream = new RandomStream(2, "drawings");
      const said = new Set<string>();
      const actionWords = new Map<number, string>();
      const size = actionSize(spec.action);
      const features = spec.action.kind === "continuous" ? spec.action.features : [];
      const draw = (i: number) => {
        if (numActions > 0) return stream.integer(numActions);
        const { low, high } = features[i % size];
        return low + (high - low) * stream.uniform();
      };
      for (let step = 0; step < 120; step++) {
        const actions = Float32Array.from({ length: 32 * size }, (_, i) => draw(i));
        env.step(actions);
        for (let copy = 0; copy < 32; copy++) {
          const chosen = actions.subarray(copy * size, (copy + 1) * size);
          const { text, action } = inWords(env.finalStateOf(copy), chosen, params);
          said.add(text).add(action);
          actionWords.set(chosen[0], action);
        }
      }
      expect([...said].filter((text) => !texts.includes(text))).toEqual([]);
      // Each named action has words of its own; of continuous ones at least each side has.
      if (numActions > 0) expect(new Set(actionWords.values()).size).toBe(numActions);
      else expect(new Set(actionWords.values()).size).toBeGreaterThanOrEqual(2 * size);
      expect(texts.every((text) => text.length > 0 && !text.endsWith("."))).toBe(true);
    });

    test("right after a reset no action is named", async () => {
      const { describe: inWords, texts } = await loadDrawing(id);
      const state = createVectorEnvironment(environment, { numEnvs: 1, seed: 2 }).stateOf(0);
      for (const action of [null, [Number.NaN]]) {
        const said = inWords(state, action, paramsStructOf(environment.spec, {}));
        expect(said.action).toBe("");
        expect(texts).toContain(said.text);
      }
    });
  },
);

describe("the words for single moments", () => {
  const wordsFor = async (id: string, state: readonly number[], action: number) => {
    const { describe: inWords } = await loadDrawing(id);
    const { text, action: done } = inWords(state, [action], paramsStructOf(findEnvironment(id).spec, {}));
    return `${text}: ${done}`;
  };

  test.each([
    [[0, 0, -0.1, -0.5], 0, "Leaning left and falling further: push left"],
    // Upright again needs a spin above 0.1 rad × √(9.8 / (4/3 · 0.5)) = 0.383 rad/s.
    [[0, 0, -0.1, 0.37], 0, "Leaning left and swinging back, but too slowly: push left"],
    [[0, 0, -0.1, 0.4], 1, "Leaning left and swinging back: push right"],
    [[0, 0, 0.001, 0.01], 1, "Upright and nearly still: push right"],
    [[2, 0.5, 0.01, 0.3], 0, "Rolling towards the right end of the track: push left"],
    [[0, 0, 0.22, 1], 0, "The pole has fallen to the right: push left"],
    [[-2.41, -1, 0, 0], 0, "The cart has left the track on the left: push left"],
  ])("cart-pole %j, action %i", async (state, action, sentence) => {
    expect(await wordsFor("cartpole", state, action)).toBe(sentence);
  });

  test.each([
    [[-0.9, -0.02], 0, "Rolling left, up the slope: push left"],
    [[-0.9, 0.02], 2, "Rolling right, down into the valley: push right"],
    [[0.1, 0.02], 1, "Rolling right, up the slope: coast"],
    [[0.51, 0.02], 2, "At the goal: push right"],
  ])("mountain car %j, action %i", async (state, action, sentence) => {
    expect(await wordsFor("mountain-car", state, action)).toBe(sentence);
  });

  test.each([
    [[-0.9, -0.02], -0.5, "Rolling left, up the slope: push left"],
    [[-0.9, 0.02], 0.01, "Rolling right, down into the valley: coast"],
  ])("continuous mountain car %j, push %f", async (state, action, sentence) => {
    expect(await wordsFor("mountain-car-continuous", state, action)).toBe(sentence);
  });

  test.each([
    [[0.1, 0.1], 0.05, "Upright and nearly still: hardly any torque"],
    [[Math.PI, 0.2], 2, "Hanging nearly still: turn anticlockwise"],
    // A full turn further it is the same place.
    [[-1 + 2 * Math.PI, 1.5], -2, "Swinging up: turn clockwise"],
    [[1, 1.5], -2, "Swinging down: turn clockwise"],
    [[0.1, 4], -2, "Passing the top too fast to stay: turn clockwise"],
  ])("pendulum %j, torque %f", async (state, action, sentence) => {
    expect(await wordsFor("pendulum", state, action)).toBe(sentence);
  });

  test.each([
    [[0, 0, 0, 0.1], 1, "Hanging nearly still: let it swing"],
    [[1, 0.2, 2, 1], 2, "The hand is rising: turn anticlockwise"],
    [[1, 0.2, -2, -1], 0, "The hand is falling: turn clockwise"],
    [[2.5, 0.1, 1, 0], 2, "The hand is over the line: turn anticlockwise"],
  ])("acrobot %j, action %i", async (state, action, sentence) => {
    expect(await wordsFor("acrobot", state, action)).toBe(sentence);
  });

  const lander = (place: readonly number[], right = 0, left = 0, rest = 0) => {
    return [...place, ...new Array(12).fill(0), right, left, 0, 0, rest, ...new Array(11).fill(3.3)];
  };
  test.each([
    [lander([10, 9, 0, 0, -1, 0]), 2, "Coming down over the pad: main engine"],
    [lander([6, 9, 0, 0, -1, 0]), 3, "Coming down left of the pad: steer right"],
    [lander([10, 5, 0, 0, -6, 0]), 0, "Coming down too fast: no engine"],
    [lander([10, 9, 0, 0, 2, 0]), 1, "Rising: steer left"],
    [lander([10, 9, -0.9, 0, 0, 0]), 1, "Tipped over to the right: steer left"],
    [lander([10, 4, 0, 0, 0, 0], 1, 0), 0, "One leg touches the ground: no engine"],
    [lander([10, 4, 0, 0, 0, 0], 1, 1), 0, "Standing on both legs: no engine"],
    [lander([10, 4, 0, 0, 0, 0], 1, 1, 0.3), 0, "At rest: no engine"],
    [lander([20.1, 9, 0, 5, 0, 0]), 0, "Out of the picture: no engine"],
  ])("lunar lander %j, action %i", async (state, action, sentence) => {
    expect(await wordsFor("lunar-lander", state, action)).toBe(sentence);
  });

  test.each([
    [[0.2, 0.3], "main engine"],
    [[-0.2, -0.6], "steer left"],
    [[1, 0.9], "main engine, steer right"],
    [[-1, 0.5], "no engine"],
  ])("throttles %j are said as %s", async (action, words) => {
    const { describe: inWords } = await loadDrawing("lunar-lander-continuous");
    expect(inWords(lander([10, 9, 0, 0, -1, 0]), action, {}).action).toBe(words);
  });

  test("a world without a drawing is refused by name", () => {
    expect(() => loadDrawing("chess")).toThrow(/^env: expected one of cartpole, mountain-car, .*, got "chess"$/);
  });
});
