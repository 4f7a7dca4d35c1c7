import { describe, expect, it } from "vitest";
import { StagePlayer } from "../../src/elements/stage-player.js";
import type { StageFrames } from "../../src/training/messages.js";

/** Frames of a world with one state variable that equals ten times the step. */
function frames(steps: readonly number[], episode = 1): StageFrames {
  const count = steps.length;
  return {
    count,
    states: Float64Array.from(steps, (step) => step * 10),
    observations: Float32Array.from(steps),
    actions: Float32Array.from(steps, (step) => (step === 0 ? Number.NaN : step % 2)),
    rewardTerms: new Float32Array(count).fill(1),
    steps: Uint32Array.from(steps),
    returns: Float64Array.from(steps),
    endings: new Uint8Array(count),
    actionScores: new Float32Array(0),
    episode,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Plays until nothing waits. */
function playOut(player: StagePlayer): void {
  for (let i = 0; i < 100; i++) player.advance(1, 1);
}

describe("the stage's player", () => {
  it("shows the first frame at once and then waits for a reserve", () => {
    const player = new StagePlayer(0.02);
    player.push(frames([0, 1]));
    expect(player.advance(0.016, 1)).toBe(true);
    expect(player.now()?.state[0]).toBe(0);
    expect(player.advance(0.016, 1)).toBe(false);
  });

  it("moves on a straight line between two steps of an episode", () => {
    const player = new StagePlayer(1);
    player.push(frames(range(0, 4)));
    player.advance(0, 1);
    player.advance(0.5, 1);
    const state = player.now()?.state[0] ?? 0;
    expect(state).toBeGreaterThan(4);
    expect(state).toBeLessThan(8);
    expect(player.now()?.step).toBe(1);
  });

  it("moves an angle the shorter way round", () => {
    const player = new StagePlayer(1, () => {}, { circular: [0] });
    player.push({ ...frames([1, 2]), states: Float64Array.of(3, 3, -3, -3) });
    player.advance(0, 1);
    player.advance(0.6, 1);
    const [angle, position] = player.now()?.state ?? [];
    // From 3 to −3 an angle goes over π, a position through 0.
    expect(angle).toBeGreaterThan(3);
    expect(angle).toBeLessThan(2 * Math.PI - 3);
    expect(Math.abs(position)).toBeLessThan(2);
  });

  it("shows at once what tells of one step", () => {
    const player = new StagePlayer(1, () => {}, { stepwise: [1] });
    player.push({ ...frames([1, 2]), states: Float64Array.of(3, 3, 7, 7) });
    player.advance(0, 1);
    player.advance(0.5, 1);
    const [moves, asked] = player.now()?.state ?? [];
    expect(moves).toBeLessThan(7);
    expect(asked).toBe(7);
  });

  it("does not glide from the end of one episode to the start of the next", () => {
    const player = new StagePlayer(1);
    player.push(frames([8, 9, 0, 1], 2));
    player.advance(0, 1);
    const seen: number[] = [];
    for (let i = 0; i < 40; i++) {
      player.advance(0.1, 1);
      seen.push(player.now()?.state[0] ?? Number.NaN);
    }
    const inBetween = seen.filter((value) => value > 10 && value < 80);
    expect(inBetween).toEqual([]);
    expect(seen.some((value) => value > 80)).toBe(true);
    expect(seen.some((value) => value < 10)).toBe(true);
  });

  it("numbers the episodes of a batch that spans a reset", () => {
    const episodes: number[] = [];
    const player = new StagePlayer(1, ({ episode }) => episodes.push(episode));
    player.push(frames([8, 9, 0, 1], 5));
    playOut(player);
    expect(episodes).toEqual([4, 4, 5, 5]);
  });

  it("shows what the policy saw when it chose the action under way", () => {
    const player = new StagePlayer(1);
    player.push(frames([3, 4]));
    playOut(player);
    expect(player.now()).toMatchObject({ step: 4, action: Float32Array.of(0), observation: Float32Array.of(3) });
  });

  it("keeps the reserve small when frames arrive as fast as they are shown", () => {
    const player = new StagePlayer(0.02);
    let step = 0;
    for (let i = 0; i < 400; i++) {
      // 60 animation frames a second, a burst of 2 or 3 steps every third of them: 50 steps a second.
      if (i % 3 === 0) {
        const count = i % 6 === 0 ? 2 : 3;
        player.push(frames(range(step, step + count)));
        step += count;
      }
      player.advance(1 / 60, 1);
    }
    expect(player.backlog).toBeLessThan(14);
    expect(step - (player.now()?.step ?? 0)).toBeLessThan(16);
  });

  it("jumps ahead after a long pause instead of racing, and still reports every step", () => {
    let reported = 0;
    const player = new StagePlayer(0.02, () => reported++);
    player.push(frames(range(0, 500)));
    player.advance(0.016, 1);
    player.advance(0.016, 1);
    expect(player.backlog).toBeLessThan(20);
    expect(reported).toBeGreaterThan(480);
  });

  it("moves a second actor along, and says which steps the first has waited through", () => {
    const waited: boolean[] = [];
    const player = new StagePlayer(1, ({ waits }) => waited.push(waits));
    const base = frames([1, 2, 2, 0]);
    player.push({
      ...base,
      endings: Uint8Array.of(0, 1, 1, 0),
      beside: {
        states: Float64Array.of(10, 20, 30, 0),
        observations: Float32Array.of(1, 2, 3, 0),
        actions: Float32Array.of(0, 1, 0, Number.NaN),
        steps: Uint32Array.of(1, 2, 3, 0),
        returns: Float64Array.of(1, 2, 3, 0),
        endings: Uint8Array.of(0, 0, 1, 0),
        partings: Uint32Array.of(0, 0, 0, 2, 0, 1, 2, 0, 1, 0, 0, 0),
        commands: Float32Array.of(9, 5, 8, 4, 7, 3, 9, 5),
      },
    });
    player.advance(0, 1);
    player.advance(1.5, 1);
    const moment = player.now();
    expect(moment?.state[0]).toBe(20);
    expect(moment?.beside?.step).toBe(3);
    expect([...(moment?.beside?.parting ?? [])]).toEqual([2, 0, 1]);
    expect(moment?.beside?.state[0]).toBeGreaterThan(20);
    expect(moment?.beside?.state[0]).toBeLessThan(30);
    // What it saw when it chose.
    expect(moment?.beside?.observation[0]).toBe(2);
    expect([...(moment?.beside?.read ?? [])]).toEqual([2, 8, 4]);
    playOut(player);
    expect(waited).toEqual([false, false, true, false]);
    expect(player.now()?.beside?.step).toBe(0);
  });
});
