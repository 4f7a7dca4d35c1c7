import { describe, expect, test } from "vitest";
import { fitBoosting } from "../../../src/compute/trees/boosting.js";
import { fillModelRow, fillModelValues, predictClasses } from "../../../src/compute/trees/model.js";
import { accuracy, DATASETS, splitOf } from "./oracle.js";

test("one stage of one split is the prior and a Newton step, by hand", () => {
  // Log-odds of 1/2 are 0, p = 1/2 everywhere; the split at 1.5 leaves pure sides: ± (2 · 1/2) / (2 · 1/4) = ± 2.
  const data = { inputs: Float32Array.of(0, 1, 2, 3), numFeatures: 1, labels: [0, 0, 1, 1], numClasses: 2 };
  const boosting = fitBoosting(data, { numStages: 1, maxDepth: 1, learningRate: 0.1 });
  const out = new Float64Array(2);
  fillModelRow({ kind: "boosting", boosting }, [3], 0, out);
  expect(out[1]).toBeCloseTo(1 / (1 + Math.exp(-0.2)), 12);
  fillModelRow({ kind: "boosting", boosting }, [1], 0, out);
  expect(out[1]).toBeCloseTo(1 / (1 + Math.exp(0.2)), 12);
});

test("three classes start at the log of their shares and step by (K - 1) / K", () => {
  const data = { inputs: Float32Array.of(0, 1, 2), numFeatures: 1, labels: [0, 1, 2], numClasses: 3 };
  const boosting = fitBoosting(data, { numStages: 1, maxDepth: 2, learningRate: 1 });
  // Class 0 at row 0: rest 2/3, so 2/3 · (2/3) / (2/3 · 1/3) = 2; elsewhere rest -1/3: 2/3 · (-1/3) / (1/3 · 2/3) = -1.
  const scores = [2, -1, -1].map((step) => Math.exp(Math.log(1 / 3) + step));
  const sum = scores.reduce((a, b) => a + b);
  const out = new Float64Array(3);
  fillModelRow({ kind: "boosting", boosting }, [0], 0, out);
  out.forEach((probability, i) => {
    expect(probability).toBeCloseTo(scores[i] / sum, 12);
  });
});

test("numbers are fitted ever closer, several targets at once", () => {
  const inputs = Float32Array.from({ length: 100 }, (_, i) => i / 10);
  const targets = Array.from(inputs).flatMap((x) => [Math.sin(x), 3 * x]);
  const worst = [1, 30, 300].map((numStages) => {
    const boosting = fitBoosting({ inputs, numFeatures: 1, targets, numOutputs: 2 }, { numStages });
    const out = new Float64Array(200);
    fillModelValues({ kind: "boosting", boosting }, inputs, out);
    return Math.max(...out.map((value, i) => Math.abs(value - targets[i])));
  });
  expect(worst[1]).toBeLessThan(worst[0]);
  expect(worst[2]).toBeLessThan(0.1);
});

describe.each(DATASETS)("on $name", (dataset) => {
  test("100 stages of depth 3 beat the majority by far, on rows never seen", () => {
    const { train, test: held } = splitOf(dataset);
    const boosting = fitBoosting(train);
    const score = accuracy(predictClasses({ kind: "boosting", boosting }, held.inputs), held.labels);
    expect(score).toBeGreaterThan(dataset.majority_test_accuracy + 0.25);
  });
});
