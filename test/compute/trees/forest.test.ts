import { describe, expect, test } from "vitest";
import { fitForest, predictForestClasses } from "../../../src/compute/trees/forest.js";
import { accuracy, DATASETS, splitOf } from "./oracle.js";

const SEEDS = [0, 1, 2, 3, 4];

describe.each(DATASETS)("forests of 100 on $name, against scikit-learn", (dataset) => {
  const { train, test: held } = splitOf(dataset);

  test.each(["random-forest", "extra-trees"] as const)("the mean accuracy of five %s agrees", (kind) => {
    const expected = dataset.forests[kind === "random-forest" ? "random_forest" : "extra_trees"];
    const scores = SEEDS.map((seed) =>
      accuracy(predictForestClasses(fitForest(kind, train, {}, seed), held.inputs), held.labels),
    );
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    // Three standard deviations of a difference of means over 5 and 25 seeds, and a point.
    const margin = 3 * expected.sd_25_seeds * Math.sqrt(1 / 5 + 1 / 25) + 0.01;
    expect(Math.abs(mean - expected.mean_25_seeds)).toBeLessThanOrEqual(margin);
    expect(new Set(scores).size).toBeGreaterThan(1);
  });
});

test("the same seed gives the same forest, and a larger forest begins with it", () => {
  const { train } = splitOf(DATASETS[0]);
  const small = fitForest("extra-trees", train, { numTrees: 3 }, 7);
  const again = fitForest("extra-trees", train, { numTrees: 3 }, 7);
  const large = fitForest("extra-trees", train, { numTrees: 5 }, 7);
  expect(again.pool.words).toEqual(small.pool.words);
  expect(large.pool.words.subarray(0, small.pool.words.length)).toEqual(small.pool.words);
  expect(fitForest("extra-trees", train, { numTrees: 3 }, 8).pool.words).not.toEqual(small.pool.words);
});
