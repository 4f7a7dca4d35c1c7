import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitBoosting } from "../../src/compute/trees/boosting.js";
import { leafOf, type Tree } from "../../src/compute/trees/tree.js";
import { RandomStream } from "../../src/core/random.js";
import { allCoalitions } from "../../src/interpret/shapley/interventional.js";
import {
  boostingScores,
  boostingShapley,
  interventionalTreeShapley,
  pathDependentTreeShapley,
  type TreeShapley,
} from "../../src/interpret/shapley/trees.js";
import { shapleyValues } from "../../src/interpret/shapley/values.js";
import { randomData, randomTree } from "../compute/trees/random-trees.js";

const NUM_BACKGROUND = 5;

interface Example {
  readonly trees: Tree[];
  readonly x: Float32Array;
  readonly background: Float32Array;
}

const examples = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e9 }),
    numFeatures: fc.integer({ min: 1, max: 8 }),
    maxDepth: fc.integer({ min: 0, max: 6 }),
    numTrees: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ seed, numFeatures, maxDepth, numTrees }): Example => {
    const stream = new RandomStream(seed, "test/rows");
    const rows = (count: number) => Float32Array.from({ length: count * numFeatures }, () => stream.uniform());
    const trees = Array.from({ length: numTrees }, (_, t) =>
      randomTree(seed + t, { numFeatures, numOutputs: 2, maxDepth }),
    );
    return { trees, x: rows(1), background: rows(NUM_BACKGROUND) };
  });

/** Both expectations, by the definition of v(S): [2^n, 2]. */
const METHODS = {
  "path-dependent": {
    explain: ({ trees, x }: Example) => pathDependentTreeShapley(trees, x),
    table: ({ trees, x }: Example) =>
      tableOf(x.length, (mask) => meanOver(trees, (tree) => expectedBelow(tree, 0, x, mask))),
  },
  interventional: {
    explain: ({ trees, x, background }: Example) => interventionalTreeShapley(trees, x, background),
    table: ({ trees, x, background }: Example) =>
      tableOf(x.length, (mask) =>
        meanOver(trees, (tree) =>
          meanOver([...Array(NUM_BACKGROUND).keys()], (row) =>
            valueAt(
              tree,
              x.map((value, i) => (mask & (1 << i) ? value : background[row * x.length + i])),
            ),
          ),
        ),
      ),
  },
};

function tableOf(numFeatures: number, v: (mask: number) => number[]): Float64Array {
  return Float64Array.from([...allCoalitions(numFeatures)].flatMap((mask) => v(mask)));
}

function meanOver<T>(items: readonly T[], of: (item: T) => number[]): number[] {
  const all = items.map(of);
  return all[0].map((_, k) => all.reduce((sum, one) => sum + one[k], 0) / all.length);
}

function valueAt(tree: Tree, x: ArrayLike<number>): number[] {
  const from = leafOf(tree, x) * tree.numOutputs;
  return [...tree.value.subarray(from, from + tree.numOutputs)];
}

function expectedBelow(tree: Tree, node: number, x: ArrayLike<number>, mask: number): number[] {
  const feature = tree.feature[node];
  if (feature < 0) return [...tree.value.subarray(node * tree.numOutputs, (node + 1) * tree.numOutputs)];
  const [l, r] = [tree.left[node], tree.right[node]];
  if (mask & (1 << feature)) return expectedBelow(tree, x[feature] <= tree.threshold[node] ? l : r, x, mask);
  const [left, right] = [expectedBelow(tree, l, x, mask), expectedBelow(tree, r, x, mask)];
  const total = tree.samples[l] + tree.samples[r];
  return left.map((value, k) => (tree.samples[l] * value + tree.samples[r] * right[k]) / total);
}

function expectClose(given: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(given.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(given[i] - expected[i])).toBeLessThan(1e-9);
}

describe.each(Object.entries(METHODS))("%s Shapley values of trees", (_, { explain, table }) => {
  test("equal the enumeration of all coalitions, inputs repeated on a path included", () => {
    fc.assert(
      fc.property(examples, (example) => {
        const { values } = explain(example);
        expectClose(values, shapleyValues(table(example), example.x.length, 2));
      }),
      { numRuns: 100 },
    );
  });

  test("are efficient: with the base they sum to what the trees answer", () => {
    fc.assert(
      fc.property(examples, (example) => {
        const { base, values } = explain(example);
        const answer = meanOver(example.trees, (tree) => valueAt(tree, example.x));
        expectClose(sumByOutput(base, values), answer);
        expectClose(base, table(example).subarray(0, 2));
      }),
      { numRuns: 100 },
    );
  });

  test("give nothing to an input that no split asks for", () => {
    fc.assert(
      fc.property(examples, (example) => {
        const { values } = explain(example);
        for (let i = 0; i < example.x.length; i++) {
          if (example.trees.some((tree) => tree.feature.includes(i))) continue;
          expect([...values.subarray(2 * i, 2 * i + 2)]).toEqual([0, 0]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function sumByOutput(base: Float64Array, values: Float64Array): number[] {
  return Array.from(base, (start, k) =>
    values.reduce((sum, value, i) => (i % base.length === k ? sum + value : sum), start),
  );
}

test("two inputs that a tree treats alike get alike", () => {
  // Both must exceed 0.5 for 1: node 0 asks for the first, node 2 for the second; counts are even-handed.
  const and: Tree = {
    numFeatures: 2,
    numOutputs: 1,
    task: "regression",
    feature: Int32Array.of(0, -1, 1, -1, -1),
    threshold: Float64Array.of(0.5, 0, 0.5, 0, 0),
    left: Int32Array.of(1, -1, 3, -1, -1),
    right: Int32Array.of(2, -1, 4, -1, -1),
    value: Float64Array.of(0.25, 0, 0.5, 0, 1),
    samples: Float64Array.of(4, 2, 2, 1, 1),
    impurity: new Float64Array(5),
  };
  const corners = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1);
  for (const { base, values } of [
    pathDependentTreeShapley([and], [1, 1]),
    interventionalTreeShapley([and], [1, 1], corners),
  ] satisfies TreeShapley[]) {
    expect(base[0]).toBeCloseTo(0.25, 12);
    expect(values[0]).toBeCloseTo(0.375, 12);
    expect(values[1]).toBeCloseTo(0.375, 12);
  }
});

test("the two expectations differ where inputs hang together", () => {
  const tree = randomTree(4, { numFeatures: 2, numOutputs: 1, maxDepth: 3 });
  const background = Float32Array.of(0.1, 0.1, 0.9, 0.9);
  const one = pathDependentTreeShapley([tree], [0.1, 0.1]);
  const other = interventionalTreeShapley([tree], [0.1, 0.1], background);
  expect(Math.abs(one.values[0] - other.values[0])).toBeGreaterThan(0.01);
});

test("a child that no training row reached is worth nothing to a coalition without its input", () => {
  const tree = randomTree(9, { numFeatures: 3, numOutputs: 1, maxDepth: 4 });
  const child = tree.left[0];
  const empty = { ...tree, samples: tree.samples.slice() };
  empty.samples[child] = 0;
  empty.samples[0] = empty.samples[tree.right[0]];
  const x = [0.2, 0.7, 0.4];
  const { values } = pathDependentTreeShapley([empty], x);
  expectClose(
    values,
    shapleyValues(
      tableOf(3, (mask) => expectedBelow(empty, 0, x, mask)),
      3,
      1,
    ),
  );
});

test.each([null, Float32Array.of(0.1, 0, 1, 0.5, 1, 0)])("of boosted trees they share out the scores", (background) => {
  const data = randomData(2, { numRows: 60 });
  const boosting = fitBoosting(data, { numStages: 5 });
  const x = data.inputs.subarray(0, 3);
  const { base, values } = boostingShapley(boosting, x, background);
  expectClose(sumByOutput(base, values), boostingScores(boosting, x));
});

describe("one sentence for", () => {
  const trees = [randomTree(4, { numFeatures: 2, numOutputs: 1, maxDepth: 3 })];
  const boosting = fitBoosting(randomData(2, { numRows: 60 }), { numStages: 2 });

  test.each<[string, () => TreeShapley, string]>([
    ["no tree", () => pathDependentTreeShapley([], [0, 0]), "expected one tree or more, got none"],
    ["no tree, with a background", () => interventionalTreeShapley([], [0], Float32Array.of(0)), "expected one tree"],
    ["a row too short", () => pathDependentTreeShapley(trees, [0]), "expected a row of 2 inputs, got 1"],
    ["a row too long", () => interventionalTreeShapley(trees, [0, 1, 2], Float32Array.of(0, 0)), "of 2 inputs, got 3"],
    ["NaN", () => pathDependentTreeShapley(trees, [0, Number.NaN]), "expected a number for input 1, got NaN"],
    [
      "half a row of background",
      () => interventionalTreeShapley(trees, [0, 0], Float32Array.of(0, 0, 1)),
      "expected a background of rows of 2, got 3 numbers",
    ],
    [
      "no background",
      () => interventionalTreeShapley(trees, [0, 0], new Float32Array()),
      "of one row or more, got none",
    ],
    ["a row too short for boosting", () => boostingShapley(boosting, [0]), "expected a row of 3 inputs, got 1"],
  ])("%s", (_, explain, message) => {
    expect(explain).toThrow(RangeError);
    expect(explain).toThrow(message);
  });
});
