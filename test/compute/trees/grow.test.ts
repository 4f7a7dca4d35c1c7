import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitTree } from "../../../src/compute/trees/cart.js";
import type { ClassificationData } from "../../../src/compute/trees/data.js";
import { pruneTree } from "../../../src/compute/trees/prune.js";
import {
  deepestOf,
  depthOf,
  leafOf,
  numLeavesOf,
  numNodesOf,
  predictTreeClasses,
} from "../../../src/compute/trees/tree.js";
import { accuracy } from "./oracle.js";
import { randomData } from "./random-trees.js";

const exclusiveOr: ClassificationData = {
  inputs: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  numFeatures: 2,
  labels: [0, 1, 1, 0],
  numClasses: 2,
};

test("exclusive-or is learnt, although no first split gains anything; equal splits go to the lowest input", () => {
  const tree = fitTree(exclusiveOr);
  expect(accuracy(predictTreeClasses(tree, exclusiveOr.inputs), exclusiveOr.labels)).toBe(1);
  expect(tree.feature[0]).toBe(0);
  expect(tree.threshold[0]).toBe(0.5);
});

test("a row of weight 2 counts like the same row twice", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const data = randomData(seed, { numRows: 30 });
      const weights = Array.from({ length: 30 }, (_, row) => 1 + (row % 3));
      const rows = weights.flatMap((count, row) => Array<number>(count).fill(row));
      const repeated = {
        ...data,
        inputs: Float32Array.from(rows.flatMap((row) => [...data.inputs.subarray(3 * row, 3 * row + 3)])),
        labels: rows.map((row) => data.labels[row]),
      };
      for (const criterion of ["gini", "entropy"] as const) {
        expect(fitTree({ ...data, weights }, { criterion })).toEqual(fitTree(repeated, { criterion }));
      }
    }),
    { numRuns: 30 },
  );
});

test("a row of weight 0 is as good as absent", () => {
  const data = randomData(3, { numRows: 40 });
  const weights = Array.from({ length: 40 }, (_, row) => (row < 25 ? 1 : 0));
  const part = { ...data, inputs: data.inputs.slice(0, 75), labels: Array.from(data.labels).slice(0, 25) };
  expect(fitTree({ ...data, weights })).toEqual(fitTree(part));
});

test("each split is the best of all: no input and no threshold makes the weighted impurity smaller", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom("gini", "entropy"), (seed, criterion) => {
      const data = randomData(seed, { numRows: 25 });
      const tree = fitTree(data, { maxDepth: 1, criterion: criterion as "gini" | "entropy" });
      const found = weightedImpurity(data, tree.feature[0], tree.threshold[0], criterion);
      for (let feature = 0; feature < 3; feature++) {
        for (let row = 0; row < 25; row++) {
          const threshold = data.inputs[row * 3 + feature];
          expect(weightedImpurity(data, feature, threshold, criterion)).toBeGreaterThan(found - 1e-9);
        }
      }
    }),
    { numRuns: 40 },
  );
});

/** By its definition, over all rows: Σ over sides of W · impurity. */
function weightedImpurity(data: ClassificationData, feature: number, threshold: number, criterion: string): number {
  let total = 0;
  for (const isLeft of [true, false]) {
    const counts = new Float64Array(data.numClasses);
    for (let row = 0; row < data.labels.length; row++) {
      if (data.inputs[row * data.numFeatures + feature] <= threshold === isLeft) counts[data.labels[row]]++;
    }
    const weight = counts.reduce((sum, count) => sum + count, 0);
    if (weight === 0) continue;
    const shares = counts.map((count) => count / weight);
    total +=
      criterion === "gini"
        ? weight * (1 - shares.reduce((sum, share) => sum + share * share, 0))
        : weight * shares.reduce((sum, share) => sum - (share > 0 ? share * Math.log2(share) : 0), 0);
  }
  return total;
}

describe("limits", () => {
  const data = randomData(11, { numRows: 200 });

  test("a depth is kept", () => {
    for (const maxDepth of [1, 2, 5]) expect(depthOf(fitTree(data, { maxDepth }))).toBe(maxDepth);
  });

  test("every leaf has the rows it must have", () => {
    const tree = fitTree(data, { minSamplesLeaf: 7 });
    const counts = new Map<number, number>();
    for (let row = 0; row < 200; row++) {
      const leaf = leafOf(tree, data.inputs, row * 3);
      counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
    }
    expect(counts.size).toBe(numLeavesOf(tree));
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(7);
    for (const [leaf, count] of counts) expect(tree.samples[leaf]).toBe(count);
  });

  test("grown best first there are as many leaves as asked for, and each more lowers the impurity", () => {
    const impurity = [2, 5, 9, 20].map((maxLeafNodes) => {
      const tree = fitTree(data, { maxLeafNodes });
      expect(numLeavesOf(tree)).toBe(maxLeafNodes);
      return tree.feature.reduce((sum, feature, i) => sum + (feature < 0 ? tree.samples[i] * tree.impurity[i] : 0), 0);
    });
    expect([...impurity].sort((a, b) => b - a)).toEqual(impurity);
    // With room for all leaves the order of splitting leaves no trace.
    expect(fitTree(data, { maxLeafNodes: 500 })).toEqual(fitTree(data));
  });

  test("the same data without limits is learnt by heart", () => {
    expect(accuracy(predictTreeClasses(fitTree(data), data.inputs), data.labels)).toBe(1);
  });
});

describe("cost-complexity pruning", () => {
  const data = randomData(5, { numRows: 120 });
  const full = fitTree(data);

  /** Σ over leaves of R, by weight, and the number of leaves. */
  const costOf = (tree: typeof full) => {
    let cost = 0;
    tree.feature.forEach((feature, i) => {
      if (feature < 0) cost += (tree.samples[i] * tree.impurity[i]) / tree.samples[0];
    });
    return { cost, leaves: numLeavesOf(tree) };
  };

  test("equals cutting the weakest link again and again", () => {
    for (const alpha of [0.006, 0.01, 0.03]) {
      let tree = full;
      for (;;) {
        let weakest = -1;
        let price = Infinity;
        tree.feature.forEach((feature, node) => {
          if (feature < 0) return;
          const below = costOf(branchOf(tree, node));
          const scale = tree.samples[node] / tree.samples[0];
          const alone = tree.impurity[node] * scale;
          const link = (alone - below.cost * scale) / (below.leaves - 1);
          if (link < price - 1e-12) {
            price = link;
            weakest = node;
          }
        });
        if (weakest < 0 || price > alpha) break;
        tree = cutAt(tree, weakest);
      }
      expect(pruneTree(full, alpha)).toEqual(tree);
      expect(numNodesOf(tree)).toBeLessThan(numNodesOf(full));
    }
  });

  test("a price beyond the root's impurity leaves one leaf; a price of 0 the whole tree", () => {
    expect(numNodesOf(fitTree(data, { ccpAlpha: 1 }))).toBe(1);
    expect(pruneTree(full, 0)).toBe(full);
  });
});

function branchOf(tree: ReturnType<typeof fitTree>, top: number): ReturnType<typeof fitTree> {
  const nodes: number[] = [];
  const visit = (node: number): void => {
    nodes.push(node);
    if (tree.feature[node] < 0) return;
    visit(tree.left[node]);
    visit(tree.right[node]);
  };
  visit(top);
  return {
    ...tree,
    feature: Int32Array.from(nodes, (node) => tree.feature[node]),
    samples: Float64Array.from(nodes, (node) => tree.samples[node]),
    impurity: Float64Array.from(nodes, (node) => tree.impurity[node]),
  };
}

/** The same tree, grown anew in the test's own way: a leaf at `top`. */
function cutAt(tree: ReturnType<typeof fitTree>, top: number): ReturnType<typeof fitTree> {
  const feature: number[] = [];
  const [threshold, left, right, value, samples, impurity]: number[][] = [[], [], [], [], [], []];
  const visit = (node: number): number => {
    const isLeaf = tree.feature[node] < 0 || node === top;
    const place = feature.push(isLeaf ? -1 : tree.feature[node]) - 1;
    threshold.push(isLeaf ? 0 : tree.threshold[node]);
    samples.push(tree.samples[node]);
    impurity.push(tree.impurity[node]);
    for (let i = 0; i < tree.numOutputs; i++) value.push(tree.value[node * tree.numOutputs + i]);
    left.push(-1);
    right.push(-1);
    if (!isLeaf) {
      left[place] = visit(tree.left[node]);
      right[place] = visit(tree.right[node]);
    }
    return place;
  };
  visit(0);
  return {
    ...tree,
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float64Array.from(value),
    samples: Float64Array.from(samples),
    impurity: Float64Array.from(impurity),
  };
}

describe("numbers as targets", () => {
  test("a split makes squares smallest, by hand", () => {
    // Means 0 and 10 on either side of 1.5.
    const data = { inputs: Float32Array.of(0, 1, 2, 3), numFeatures: 1, targets: [-1, 1, 9, 11] };
    const tree = fitTree(data, { maxDepth: 1 });
    expect(tree.threshold[0]).toBe(1.5);
    expect([...tree.value]).toEqual([5, 0, 10]);
    expect([...tree.impurity]).toEqual([26, 1, 1]);
  });

  test("several targets share their splits", () => {
    const inputs = Float32Array.from({ length: 64 }, (_, i) => i);
    const targets = [...inputs].flatMap((x) => [x > 20 ? 1 : 0, x > 40 ? 2 : 0]);
    const tree = fitTree({ inputs, numFeatures: 1, targets, numOutputs: 2 });
    expect(numLeavesOf(tree)).toBe(3);
    expect([...tree.value.subarray(2 * leafOf(tree, [30]), 2 * leafOf(tree, [30]) + 2)]).toEqual([1, 0]);
  });
});

describe("data that cannot be used", () => {
  const data = randomData(1, { numRows: 4 });

  test.each([
    ["no rows", { ...data, inputs: new Float32Array(0), labels: [] }, /zero rows/],
    ["NaN", { ...data, inputs: Float32Array.of(0, 0, 0, 0, Number.NaN, 0) }, /row 1, column 1: .* got NaN/],
    ["a label out of range", { ...data, labels: [0, 1, 2, 9] }, /labels, row 3: .* from 0 to 2, got 9/],
    ["too few labels", { ...data, labels: [0] }, /labels: expected 4 numbers, got 1/],
    ["a negative weight", { ...data, weights: [1, -1, 1, 1] }, /weights, row 1/],
    ["no weight at all", { ...data, weights: [0, 0, 0, 0] }, /weights/],
    ["half a row", { ...data, inputs: new Float32Array(7) }, /rows of 3 numbers/],
  ])("%s is told in one sentence", (_, wrong, message) => {
    expect(() => fitTree(wrong as ClassificationData)).toThrow(message);
  });

  test("a depth of 0 is refused", () => {
    expect(() => fitTree(data, { maxDepth: 0 })).toThrow(/tree.maxDepth: expected a whole number from 1/);
  });

  test("one class, or constant inputs, give a single leaf", () => {
    expect(numNodesOf(fitTree({ ...data, labels: [1, 1, 1, 1] }))).toBe(1);
    expect(numNodesOf(fitTree({ ...data, inputs: new Float32Array(12) }))).toBe(1);
  });
});

test("the deepest of more trees than a call takes arguments is found", () => {
  const data = randomData(11, { numRows: 200 });
  const trees = [fitTree(data, { maxDepth: 1 }), fitTree(data, { maxDepth: 3 })];
  const many = Array.from({ length: 500_000 }, (_, i) => trees[i === 250_000 ? 1 : 0]);
  expect(deepestOf(many)).toBe(3);
  expect(deepestOf([])).toBe(0);
});
