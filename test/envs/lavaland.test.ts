import { describe, expect, it } from "vitest";
import { createVectorEnvironment, findEnvironment } from "../../src/envs/index.js";
import { MAP_START, MAX_COLUMNS, MAX_ROWS, TILE, WINDOW } from "../../src/envs/lavaland/spec.js";

const lavaland = findEnvironment("lavaland");
const RIGHT = 0;
const DOWN = 1;
const make = (options = {}) => createVectorEnvironment(lavaland, { numEnvs: 1, seed: 2, options });

/** A map of dirt with the agent in the middle, the target in a corner, and a few other tiles. */
function stateWith(tiles: readonly (readonly [number, number, number])[]): Float64Array {
  const state = new Float64Array(MAP_START + MAX_ROWS * MAX_COLUMNS);
  state.set([5, 6, 0, 0]);
  for (const [row, column, code] of tiles) state[MAP_START + row * MAX_COLUMNS + column] = code;
  return state;
}

describe("lavaland", () => {
  it("maps follow the rules: shares of grass and lava, dirt at the start, the target elsewhere, uniformly", () => {
    const env = createVectorEnvironment(lavaland, { numEnvs: 1500, seed: 4 });
    const counts = [0, 0, 0, 0];
    const targets = new Set<number>();
    for (let copy = 0; copy < 1500; copy++) {
      const state = env.stateOf(copy);
      for (let i = MAP_START; i < state.length; i++) counts[state[i]]++;
      const [row, column, targetRow, targetColumn] = state;
      expect(state[MAP_START + row * MAX_COLUMNS + column]).toBe(TILE.dirt);
      expect(row === targetRow && column === targetColumn).toBe(false);
      expect(targetRow >= 0 && targetRow < MAX_ROWS && targetColumn >= 0 && targetColumn < MAX_COLUMNS).toBe(true);
      targets.add(targetRow * MAX_COLUMNS + targetColumn);
    }
    const total = 1500 * MAX_ROWS * MAX_COLUMNS;
    expect(counts[TILE.grass] / total).toBeCloseTo(0.3 * (142 / 143), 2);
    expect(counts[TILE.lava] / total).toBeCloseTo(0.1 * (142 / 143), 2);
    expect(counts[TILE.outside]).toBe(0);
    expect(targets.size).toBe(MAX_ROWS * MAX_COLUMNS);
  });

  it("a smaller map keeps start, target and moves inside it", () => {
    const env = createVectorEnvironment(lavaland, {
      numEnvs: 200,
      seed: 4,
      options: { rows: 3, columns: 4, lavaFraction: 0 },
    });
    for (let step = 0; step < 30; step++) {
      env.step(new Float32Array(200).fill(step % 2 ? RIGHT : DOWN));
      for (let copy = 0; copy < 200; copy++) {
        const [row, column, targetRow, targetColumn] = env.finalStateOf(copy);
        expect(Math.max(row, targetRow)).toBeLessThan(3);
        expect(Math.max(column, targetColumn)).toBeLessThan(4);
      }
    }
  });

  it("sees lava and grass within two steps, by name, and nothing beyond", () => {
    const env = make();
    env.setStateOf(
      0,
      stateWith([
        [4, 6, TILE.lava],
        [5, 8, TILE.grass],
        [7, 4, TILE.lava],
        [5, 9, TILE.lava],
      ]),
    );
    const seen = lavaland.spec.observation
      .filter((_, i) => i >= 4 && env.observations[i] === 1)
      .map((feature) => feature.name);
    expect(seen.sort()).toEqual(["grass 2 right", "lava 1 up", "lava 2 down 2 left"]);
    expect([...env.observations.subarray(0, 4)]).toEqual([-5, -6, 5, 6]);
    expect(WINDOW).toHaveLength(24);
  });

  it("grass costs, lava costs and ends, the target pays and ends", () => {
    const env = make();
    const act = (state: Float64Array) => {
      env.setStateOf(0, state);
      env.step(Float32Array.of(RIGHT));
      return [...env.rewardTerms].map((term) => Math.round(term * 1000) / 1000).concat(env.terminated[0]);
    };
    expect(act(stateWith([]))).toEqual([0, -0.02, 0, 0, 0]);
    expect(act(stateWith([[5, 7, TILE.grass]]))).toEqual([0, -0.02, -0.1, 0, 0]);
    expect(act(stateWith([[5, 7, TILE.lava]]))).toEqual([0, -0.02, 0, -1, 1]);
    const beside = stateWith([]);
    beside.set([5, 7], 2);
    expect(act(beside)).toEqual([1, -0.02, 0, 0, 1]);
  });

  it("lava is only counted when the option says so", () => {
    const env = make({ lavaEnds: false });
    env.setStateOf(0, stateWith([[5, 7, TILE.lava]]));
    env.step(Float32Array.of(RIGHT));
    expect([env.rewardTerms[3], env.terminated[0]]).toEqual([-1, 0]);
  });

  it("a shortest path around the lava earns far more than chance", () => {
    const env = createVectorEnvironment(lavaland, { numEnvs: 200, seed: 8 });
    const actions = new Float32Array(200);
    const finished = new Map<number, number>();
    for (let step = 0; step < 36; step++) {
      for (let copy = 0; copy < 200; copy++) actions[copy] = bestMove(env.stateOf(copy));
      env.step(actions);
      for (let copy = 0; copy < 200; copy++) {
        if (!finished.has(copy) && (env.terminated[copy] || env.truncated[copy]))
          finished.set(copy, env.episodeReturns[copy]);
      }
    }
    const mean = [...finished.values()].reduce((sum, value) => sum + value, 0) / finished.size;
    expect(mean).toBeGreaterThan(0.5);
  });
});

/** First move of a cheapest way to the target (Dijkstra by repeated relaxation); lava is never entered. */
function bestMove(state: Float64Array): number {
  const [row, column, targetRow, targetColumn] = state;
  const cost = new Float64Array(MAX_ROWS * MAX_COLUMNS).fill(Number.POSITIVE_INFINITY);
  const price = (i: number) =>
    state[MAP_START + i] === TILE.lava ? 1000 : state[MAP_START + i] === TILE.grass ? 0.12 : 0.02;
  const MOVES = [
    [0, 1],
    [1, 0],
    [0, -1],
    [-1, 0],
  ] as const;
  const neighbour = (i: number, [down, right]: readonly [number, number]) => {
    const [r, c] = [Math.floor(i / MAX_COLUMNS) + down, (i % MAX_COLUMNS) + right];
    return r >= 0 && c >= 0 && r < MAX_ROWS && c < MAX_COLUMNS ? r * MAX_COLUMNS + c : i;
  };
  cost[targetRow * MAX_COLUMNS + targetColumn] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < cost.length; i++) {
      for (const move of MOVES) {
        const next = neighbour(i, move);
        if (cost[next] + price(next) < cost[i] - 1e-12) {
          cost[i] = cost[next] + price(next);
          changed = true;
        }
      }
    }
  }
  const here = row * MAX_COLUMNS + column;
  const costs = MOVES.map((move) => cost[neighbour(here, move)] + price(neighbour(here, move)));
  return costs.indexOf(Math.min(...costs));
}
