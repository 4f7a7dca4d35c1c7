import { describe, expect, test } from "vitest";
import { fitTree } from "../../src/compute/trees/cart.js";
import { fitForest, predictForestClasses } from "../../src/compute/trees/forest.js";
import { treesOf } from "../../src/compute/trees/model-data.js";
import { leafOf } from "../../src/compute/trees/tree.js";
import { RandomStream } from "../../src/core/random.js";
import { impurityImportances, localImportances, permutationImportances } from "../../src/interpret/tree-importances.js";
import { DATASETS, splitOf } from "../compute/trees/oracle.js";

describe.each(DATASETS)("on $name", (dataset) => {
  const { train, test: held } = splitOf(dataset);

  test("impurity importances of a tree of depth 3 equal scikit-learn's", () => {
    const importances = impurityImportances([fitTree(train, { maxDepth: 3 })]);
    dataset.decision_tree[3].gini_importance.forEach((expected, feature) => {
      expect(importances[feature]).toBeCloseTo(expected, 9);
    });
  });

  test("local importances sum to the impurity of the root minus that of the leaf, tree by tree", () => {
    const forest = fitForest("random-forest", train, { numTrees: 10, maxDepth: 6 }, 1);
    for (const tree of treesOf(forest)) {
      for (let row = 0; row < 20; row++) {
        const x = held.inputs.subarray(row * train.numFeatures, (row + 1) * train.numFeatures);
        const sum = localImportances([tree], x).reduce((total, value) => total + value, 0);
        expect(sum).toBeCloseTo(tree.impurity[0] - tree.impurity[leafOf(tree, x)], 12);
      }
    }
  });
});

test("shuffling the only input that matters costs accuracy, shuffling noise none", () => {
  const stream = new RandomStream(1, "test/rows");
  const inputs = Float32Array.from({ length: 600 }, () => stream.uniform());
  const labels = Array.from({ length: 300 }, (_, row) => (inputs[2 * row + 1] > 0.5 ? 1 : 0));
  const forest = fitForest("extra-trees", { inputs, numFeatures: 2, labels, numClasses: 2 }, { numTrees: 20 }, 1);
  const [noise, signal] = permutationImportances({
    predict: (rows) => predictForestClasses(forest, rows),
    inputs,
    numFeatures: 2,
    labels,
    repeats: 5,
    stream: new RandomStream(2, "test/shuffle"),
  });
  expect(signal).toBeGreaterThan(0.3);
  expect(noise).toBeLessThan(0.05);
});
