import { describe, expect, test } from "vitest";
import { fitBoosting } from "../../../src/compute/trees/boosting.js";
import { fitTree } from "../../../src/compute/trees/cart.js";
import { editTree } from "../../../src/compute/trees/edit-tree.js";
import { fitForest } from "../../../src/compute/trees/forest.js";
import { fillModelValues, type TreeModel } from "../../../src/compute/trees/model.js";
import { jsonOf, modelToData, parseModel } from "../../../src/compute/trees/model-data.js";
import { parseTree } from "../../../src/compute/trees/parse-tree.js";
import { classOf, leafOf, numNodesOf } from "../../../src/compute/trees/tree.js";
import { randomData } from "./random-trees.js";

/** x0 <= 0.5: class 0; else x1 <= 2: class 1, else class 0. */
const good = {
  numFeatures: 2,
  numOutputs: 2,
  task: "classification",
  feature: [0, -1, 1, -1, -1],
  threshold: [0.5, 0, 2, 0, 0],
  left: [1, -1, 3, -1, -1],
  right: [2, -1, 4, -1, -1],
  value: [0.5, 0.5, 1, 0, 0.3, 0.7, 0, 1, 1, 0],
  samples: [10, 4, 6, 4, 2],
};

test("a tree from elsewhere is read; impurities it does not tell are those of its values", () => {
  const tree = parseTree(good);
  expect(classOf(tree, leafOf(tree, [1, 1]))).toBe(1);
  expect(tree.impurity[0]).toBeCloseTo(0.5, 12);
  expect(tree.impurity[1]).toBe(0);
});

test("nodes in another order make the same tree", () => {
  const other = {
    ...good,
    feature: [0, 1, -1, -1, -1],
    threshold: [0.5, 2, 0, 0, 0],
    left: [4, 2, -1, -1, -1],
    right: [1, 3, -1, -1, -1],
    value: [0.5, 0.5, 0.3, 0.7, 0, 1, 1, 0, 1, 0],
    samples: [10, 6, 4, 2, 4],
  };
  expect(parseTree(other)).toEqual(parseTree(good));
});

describe("one sentence for", () => {
  const set = (field: "feature" | "threshold" | "left" | "right" | "value" | "samples", node: number, to: number) => ({
    ...good,
    [field]: good[field].map((value, i) => (i === node ? to : value)),
  });

  test.each([
    [
      "a cycle",
      set("right", 2, 0),
      "tree right, node 2: expected a node of its own, got node 0, which is already the root",
    ],
    [
      "a shared branch",
      set("left", 2, 1),
      "tree left, node 2: expected a node of its own, got node 1, which is already",
    ],
    ["a child out of range", set("left", 0, 9), "tree left, node 0: expected a node from 0 to 4, got 9"],
    [
      "an unknown feature",
      set("feature", 2, 7),
      "tree feature, node 2: expected -1 for a leaf, or a feature from 0 to 1, got 7",
    ],
    [
      "a threshold that is NaN",
      set("threshold", 0, Number.NaN),
      "tree threshold, node 0: expected a finite number, got NaN",
    ],
    ["NaN as JSON writes it", JSON.parse(JSON.stringify(set("threshold", 0, Number.NaN))), "a finite number, got null"],
    [
      "a child that is null",
      { ...good, left: [1, -1, null, -1, -1] },
      "tree left, node 2: expected a finite number, got null",
    ],
    [
      "a leaf with a child",
      { ...good, right: [2, 4, 4, -1, -1] },
      "tree right, node 1: expected -1, since this node is a leaf, got 4",
    ],
    [
      "a probability above 1",
      { ...good, value: [0.5, 0.5, 1.5, -0.5, 0.3, 0.7, 0, 1, 1, 0] },
      "tree value, node 1: expected class probabilities from 0 to 1, got 1.5",
    ],
    [
      "a probability below 0",
      set("value", 1, -0.5),
      "tree value, node 0: expected class probabilities from 0 to 1, got",
    ],
    [
      "probabilities that do not sum to 1",
      set("value", 9, 0.25),
      "tree value, node 4: expected class probabilities that sum to 1, got a sum of 1.25",
    ],
    ["a list too short", { ...good, left: [1] }, "tree left: expected 5 numbers, got 1 numbers"],
    ["values of another width", { ...good, value: [1, 0] }, "tree value: expected 10 numbers, got 2 numbers"],
    [
      "nodes nobody leads to",
      { ...set("feature", 2, -1), left: [1, -1, -1, -1, -1], right: [2, -1, -1, -1, -1] },
      "tree node 3: expected every node but the first below another one",
    ],
    ["a negative count", set("samples", 1, -3), "tree samples, node 1: expected a number of 0 or more, got -3"],
    ["no list", { ...good, feature: "none" }, 'tree feature: expected a list of numbers, got "none"'],
    ["no node", { ...good, feature: [] }, "tree feature: expected at least one node, got no node"],
    ["no object", [1], "tree: expected an object, got [1]"],
    ["no task", { ...good, task: "guess" }, 'tree task: expected one of classification, regression, got "guess"'],
  ])("%s", (_, wrong, message) => {
    expect(() => parseTree(wrong)).toThrow(message);
  });
});

test("probabilities may be as far from 1 in sum as float32 makes them, and a regressor may answer anything", () => {
  const thirds = new Float32Array(3).fill(1 / 3);
  const leaf = { feature: [-1], threshold: [0], left: [-1], right: [-1], samples: [3], numFeatures: 1, numOutputs: 3 };
  expect([...parseTree({ ...leaf, task: "classification", value: thirds }).value]).toEqual([...thirds]);
  const answers = parseTree({ ...leaf, task: "regression", value: [-5, 7, 0], impurity: [0] });
  expect([...answers.value]).toEqual([-5, 7, 0]);
});

describe("models as JSON", () => {
  const data = randomData(31, { numRows: 80 });
  const models: TreeModel[] = [
    { kind: "tree", tree: fitTree(data) },
    { kind: "forest", forest: fitForest("random-forest", data, { numTrees: 7 }, 3) },
    { kind: "boosting", boosting: fitBoosting(data, { numStages: 4 }) },
  ];

  test.each(models)("a $kind comes back and answers the same bits", (model) => {
    const back = parseModel(JSON.parse(jsonOf(modelToData(model))));
    expect(back.kind).toBe(model.kind);
    const [before, after] = [new Float64Array(240), new Float64Array(240)];
    fillModelValues(model, data.inputs, before);
    fillModelValues(back, data.inputs, after);
    expect(after).toEqual(before);
    expect(jsonOf(modelToData(back))).toBe(jsonOf(modelToData(model)));
  });

  test("trees that do not belong together are refused", () => {
    const trees = [good, { ...good, numFeatures: 3 }];
    expect(() => parseModel({ kind: "forest", combine: "mean", trees })).toThrow(/tree 1: expected the inputs/);
    expect(() => parseModel({ kind: "forest", combine: "mean", trees: [] })).toThrow(/a list of trees/);
    expect(() => parseModel({ kind: "shrub" })).toThrow(/one of tree, forest/);
  });
});

describe("a person's change", () => {
  const tree = parseTree(good);

  test("a threshold moves and nothing else does", () => {
    const moved = editTree(tree, { kind: "threshold", node: 0, threshold: 0.9 });
    expect(leafOf(moved, [0.7, 0])).toBe(1);
    expect(leafOf(tree, [0.7, 0])).toBe(3);
    expect({ ...moved, threshold: tree.threshold }).toEqual(tree);
  });

  test("a leaf answers another class", () => {
    expect(classOf(editTree(tree, { kind: "class", node: 1, class: 1 }), 1)).toBe(1);
  });

  test("a pruned split answers what its rows did", () => {
    const pruned = editTree(tree, { kind: "prune", node: 2 });
    expect(numNodesOf(pruned)).toBe(3);
    expect([...pruned.value.subarray(4)]).toEqual([0.3, 0.7]);
  });

  test.each([
    [{ kind: "threshold", node: 1, threshold: 1 }, /node 1: expected a split, got a leaf/],
    [{ kind: "class", node: 0, class: 1 }, /node 0: expected a leaf, got a split/],
    [{ kind: "class", node: 1, class: 2 }, /class: expected a whole number from 0 to 1, got 2/],
    [{ kind: "threshold", node: 0, threshold: Number.NaN }, /threshold: expected a finite number, got NaN/],
    [{ kind: "prune", node: 9 }, /node: expected a whole number from 0 to 4, got 9/],
  ] as const)("%j is refused", (edit, message) => {
    expect(() => editTree(tree, edit)).toThrow(message);
  });
});
