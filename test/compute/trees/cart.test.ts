import { describe, expect, test } from "vitest";
import { fitTree } from "../../../src/compute/trees/cart.js";
import { predictTreeClasses } from "../../../src/compute/trees/tree.js";
import { accuracy, DATASETS, splitOf } from "./oracle.js";

describe.each(DATASETS)("on $name, against scikit-learn", (dataset) => {
  const { train, test: held } = splitOf(dataset);

  test("a tree of depth 3 has the same splits, counts, impurities and predictions", () => {
    const { structure, test_predictions, train_accuracy, test_accuracy } = dataset.decision_tree[3];
    const tree = fitTree(train, { maxDepth: 3 });
    expect([...tree.feature]).toEqual(structure.feature);
    expect([...tree.left]).toEqual(structure.left);
    expect([...tree.right]).toEqual(structure.right);
    expect([...tree.samples]).toEqual(structure.n);
    structure.threshold.forEach((threshold, node) => {
      if (tree.feature[node] >= 0) expect(tree.threshold[node]).toBe(threshold);
      expect(tree.impurity[node]).toBeCloseTo(structure.impurity[node], 4);
      structure.class_counts[node].forEach((count, label) => {
        expect(tree.value[node * tree.numOutputs + label]).toBeCloseTo(count / structure.n[node], 12);
      });
    });
    const predicted = predictTreeClasses(tree, held.inputs);
    expect([...predicted].join("")).toBe(test_predictions);
    expect(accuracy(predicted, held.labels)).toBeCloseTo(test_accuracy, 10);
    expect(accuracy(predictTreeClasses(tree, train.inputs), train.labels)).toBeCloseTo(train_accuracy, 10);
  });

  test("deeper trees score within the spread of its tie breaks", () => {
    for (const [depth, key, margin] of [
      [5, "5", 0.015],
      [1_000_000, "None", 0.03],
    ] as const) {
      const expected = dataset.decision_tree[key];
      const tree = fitTree(train, { maxDepth: depth });
      const score = accuracy(predictTreeClasses(tree, held.inputs), held.labels);
      const [low, high] = expected.test_range_over_tie_breaks;
      expect(score).toBeGreaterThanOrEqual(low - margin);
      expect(score).toBeLessThanOrEqual(high + margin);
    }
  });
});
