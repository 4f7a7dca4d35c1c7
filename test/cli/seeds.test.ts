import { describe, expect, test } from "vitest";
import type { Summary } from "../../src/cli/run.js";
import { summariseSeeds } from "../../src/cli/seeds.js";

const evaluation = (step: number, returnMean: number) => ({
  step,
  seconds: step / 100,
  episodes: 20,
  returnMean,
  returnStd: 5,
});
const run = (seed: number, returns: readonly number[], final: number): Summary => ({
  env: "cartpole",
  agent: "ppo",
  seed,
  engine: "wasm-simd",
  steps: 1000,
  seconds: 2,
  stepsPerSecond: 500,
  evaluations: returns.map((value, i) => evaluation((i + 1) * 100, value)),
  final: { returnMean: final, returnStd: 1, episodes: 20 },
  run: `runs/cartpole-ppo-s${seed}-1`,
});

describe("the summary over seeds", () => {
  const runs = [run(3, [10, 20, 30], 100), run(4, [20, 40], 200), run(5, [30, 60], 300)];
  const summary = summariseSeeds(runs, "runs");

  test("has the fields of one seed's, so that one script reads both", () => {
    for (const key of Object.keys(runs[0])) expect(summary).toHaveProperty(key);
    expect(summary).toMatchObject({ env: "cartpole", seed: 3, engine: "wasm-simd", run: "runs" });
    expect(summary).toMatchObject({ steps: 3000, seconds: 6, stepsPerSecond: 500, seeds: [3, 4, 5], runs });
  });

  test("by hand: 100, 200, 300 have mean 200, deviation 81.65 and half-width 4.303 · 100 / √3", () => {
    expect(summary.final.returnMean).toBe(200);
    expect(summary.final.returnStd).toBeCloseTo(81.6497, 3);
    expect(summary.final.returnLow).toBeCloseTo(200 - 248.414, 2);
    expect(summary.final.returnHigh).toBeCloseTo(200 + 248.414, 2);
    expect(summary.final.episodes).toBe(60);
  });

  test("evaluations are those that every seed reached", () => {
    expect(summary.evaluations.map(({ step, returnMean }) => [step, returnMean])).toEqual([
      [100, 20],
      [200, 40],
    ]);
  });
});
