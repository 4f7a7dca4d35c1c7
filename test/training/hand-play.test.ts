import { describe, expect, test } from "vitest";
import { parseOptions } from "../../src/core/options.js";
import { findEnvironment } from "../../src/envs/index.js";
import { HandPlay, NO_SCORES, REST_SECONDS, withScore } from "../../src/training/hand-play.js";
import type { StageFrames } from "../../src/training/messages.js";

const begin = (env: string, options: Readonly<Record<string, number>> = {}) =>
  HandPlay.create(env, { seed: 3, options: parseOptions(findEnvironment(env).spec.options, options, "env") });

/** Everything that is shown in so many frames of 20 ms. */
async function watch(play: HandPlay, frames: number, speed = 1): Promise<StageFrames[]> {
  const seen: StageFrames[] = [];
  for (let i = 0; i < frames; i++) {
    const shown = await play.advance(0.02, speed);
    if (shown) seen.push(shown);
  }
  return seen;
}

const stepsIn = (seen: readonly StageFrames[]) =>
  seen.reduce((sum, { steps }) => sum + steps.filter((step) => step > 0).length, 0);

describe("playing by hand", () => {
  test("takes the agent's actions in real time, at the speed that was chosen", async () => {
    const play = await begin("mountain-car");
    play.held = [{ direction: "right", strength: 1 }];
    const seen = await watch(play, 50);
    // 30 steps a second, for one second.
    expect(Math.abs(stepsIn(seen) - 30)).toBeLessThanOrEqual(1);
    expect(new Set(seen.flatMap(({ actions }) => [...actions]).filter((action) => !Number.isNaN(action)))).toEqual(
      new Set([2]),
    );
    expect(Math.abs(stepsIn(await watch(play, 50, 2)) - 60)).toBeLessThanOrEqual(1);
  });

  test("scores what was played, shows the end for a while, and begins anew", async () => {
    const play = await begin("mountain-car", { horizon: 15 });
    await watch(play, 27);
    expect(play.scores).toEqual({ last: -15, best: -15, mean: -15, count: 1 });
    expect(await watch(play, Math.floor(REST_SECONDS / 0.02) - 2)).toEqual([]);
    expect(stepsIn(await watch(play, 20))).toBeGreaterThan(5);
  });

  test("a world that moves by steps waits for a key, and still shows where it starts", async () => {
    const play = await begin("lavaland");
    const waiting = await watch(play, 30);
    expect(waiting.map(({ steps }) => [...steps])).toEqual([[0]]);
    play.held = [{ direction: "down", strength: 1 }];
    expect(stepsIn(await watch(play, 60))).toBeGreaterThan(0);
  });

  test("a tap changes a quantity once, and holding changes it once more with every step", async () => {
    const play = await begin("inventory-whole");
    const orders = async (frames: number) => {
      const seen = await watch(play, frames);
      return seen.flatMap(({ actions }) => [...actions]).filter((action) => !Number.isNaN(action));
    };
    // 0.4 s, 20 frames, for a period.
    expect(await orders(21)).toEqual([5]);
    play.held = [{ direction: "up", strength: 1 }];
    await orders(3);
    play.held = [];
    expect(await orders(37)).toEqual([6, 6]);
    play.held = [{ direction: "down", strength: 1 }];
    expect(await orders(60)).toEqual([5, 4, 3]);
  });

  test("starts the same under a seed, and a world with an engine is loaded", async () => {
    const [one, two] = await Promise.all([begin("lunar-lander"), begin("lunar-lander")]);
    const states = async (play: HandPlay) => (await watch(play, 10)).flatMap((frames) => [...frames.states]);
    expect(await states(one)).toEqual(await states(two));
  });

  test("means and bests are kept over episodes", () => {
    const scores = [-3, 5, 1].reduce(withScore, NO_SCORES);
    expect(scores).toEqual({ last: 1, best: 5, mean: 1, count: 3 });
  });
});
