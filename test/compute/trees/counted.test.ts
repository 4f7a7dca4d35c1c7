import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { poolFor } from "../../../src/compute/trees/cart.js";
import { growCounted, largestCount, planCodes } from "../../../src/compute/trees/counted.js";
import { CountedExactSplitter } from "../../../src/compute/trees/counted-exact-splitter.js";
import { CountedRandomSplitter } from "../../../src/compute/trees/counted-random-splitter.js";
import { type PreparedData, prepareData } from "../../../src/compute/trees/data.js";
import { ExactSplitter } from "../../../src/compute/trees/exact-splitter.js";
import { growDepthFirst } from "../../../src/compute/trees/grow.js";
import { KernelRandomGrower } from "../../../src/compute/trees/kernel-random-grower.js";
import { treeFromPool } from "../../../src/compute/trees/node-pool.js";
import { keyOfThreshold, keysOf, presort, valueOfKey } from "../../../src/compute/trees/presort.js";
import { RandomSplitter } from "../../../src/compute/trees/random-splitter.js";
import type { Tree } from "../../../src/compute/trees/tree.js";
import { RandomStream } from "../../../src/core/random.js";
import { randomData } from "./random-trees.js";

interface Setting {
  readonly seed: number;
  readonly numRows: number;
  readonly numClasses: number;
  readonly numFeatures: number;
  readonly maxFeatures: number;
  readonly minSamplesLeaf: number;
  readonly maxDepth: number;
}

const settings: fc.Arbitrary<Setting> = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  numRows: fc.integer({ min: 1, max: 300 }),
  numClasses: fc.integer({ min: 1, max: 7 }),
  numFeatures: fc.integer({ min: 2, max: 5 }),
  maxFeatures: fc.integer({ min: 1, max: 5 }),
  minSamplesLeaf: fc.integer({ min: 1, max: 6 }),
  maxDepth: fc.constantFrom(1, 3, 1_000_000),
});

/** Both ways, on the same draws. */
function grown(
  kind: "exact" | "random" | "kernel",
  data: PreparedData,
  weights: Float64Array,
  setting: Setting,
): [Tree, Tree] {
  const { maxDepth, minSamplesLeaf, seed } = setting;
  const limits = { maxFeatures: Math.min(setting.maxFeatures, data.numFeatures), minSamplesLeaf };
  const growth = { maxDepth, minSamplesLeaf, minSamplesSplit: 2 };
  const order = presort(data.keys, data.numRows, data.numFeatures);
  const stream = () => new RandomStream(seed, "test/splits");
  const plan = planCodes(data, kind === "exact" ? largestCount(weights) : 1);
  if (!plan) throw new Error("the codes do not fit");
  const plain =
    kind === "exact"
      ? new ExactSplitter(data, order, "gini", limits, stream())
      : new RandomSplitter(data, "gini", limits, stream());
  const plainPool = poolFor(data, kind !== "kernel");
  const fastPool = poolFor(data, kind !== "kernel");
  const growFast = (): number => {
    if (kind === "kernel") {
      const grower = KernelRandomGrower.over(data, plan, { ...growth, ...limits }, stream(), fastPool.featureBits);
      if (!grower) throw new Error("there are no kernels");
      return grower.grow(weights, 0, fastPool);
    }
    const fast =
      kind === "exact"
        ? new CountedExactSplitter(data, order, plan, limits, stream())
        : new CountedRandomSplitter(data, plan, limits, stream());
    return growCounted(fast, fast.start(weights, 0), fastPool, growth);
  };
  return [
    treeFromPool(plainPool, growDepthFirst(plain, plain.start(weights, 0), plainPool, growth)),
    treeFromPool(fastPool, growFast()),
  ];
}

describe("the fast way and the plain way grow the same tree, node for node", () => {
  test("with exact thresholds, on bootstrap counts", () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const data = prepareData(randomData(setting.seed, setting));
        const stream = new RandomStream(setting.seed, "test/bag");
        const counts = new Float64Array(setting.numRows);
        for (let i = 0; i < setting.numRows; i++) counts[stream.integer(setting.numRows)]++;
        const [plain, fast] = grown("exact", data, counts, setting);
        expect(fast).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  test.each(["random", "kernel"] as const)("with drawn thresholds, %s", (kind) => {
    fc.assert(
      fc.property(settings, (setting) => {
        const numClasses = kind === "kernel" ? Math.min(4, setting.numClasses) : setting.numClasses;
        const data = prepareData(randomData(setting.seed, { ...setting, numClasses }));
        const [plain, fast] = grown(kind, data, data.weights, setting);
        expect(fast).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["random", 2],
    ["random", 4],
    ["random", 6],
    ["kernel", 2],
    ["kernel", 4],
  ] as const)("with drawn thresholds over more rows than are kept near, %s, %i classes", (kind, numClasses) => {
    const setting = {
      seed: 5,
      numRows: 12_000,
      numFeatures: 3,
      numClasses,
      maxFeatures: 2,
      minSamplesLeaf: 1,
      maxDepth: 1e6,
    };
    const data = prepareData(randomData(5, setting));
    const [plain, fast] = grown(kind, data, data.weights, setting);
    expect(plain.feature.length).toBeGreaterThan(2000);
    expect(fast).toEqual(plain);
  });
});

test("kernels grow tree after tree as the other way does, leaves of several classes too", () => {
  const data = prepareData(randomData(7, { numRows: 400, numFeatures: 3, numClasses: 3 }));
  const plan = planCodes(data, 1);
  if (!plan) throw new Error("the codes do not fit");
  const limits = { maxFeatures: 2, minSamplesLeaf: 4, minSamplesSplit: 2, maxDepth: 1e6 };
  const stream = () => new RandomStream(7, "test/splits", 3);
  const [plainPool, fastPool] = [poolFor(data, false), poolFor(data, false)];
  const plain = new CountedRandomSplitter(data, plan, limits, stream());
  const fast = KernelRandomGrower.over(data, plan, limits, stream(), fastPool.featureBits);
  if (!fast) throw new Error("there are no kernels");
  for (let t = 0; t < 3; t++) {
    const roots = [
      growCounted(plain, plain.start(data.weights, t), plainPool, limits),
      fast.grow(data.weights, t, fastPool),
    ];
    expect(treeFromPool(fastPool, roots[1])).toEqual(treeFromPool(plainPool, roots[0]));
  }
  expect(fastPool.numLeafValues).toBe(plainPool.numLeafValues);
  expect(fastPool.numLeafValues).toBeGreaterThan(data.numOutputs + 10);
});

test("kernels leave more classes than they can count to the other way", () => {
  const data = prepareData(randomData(1, { numRows: 30, numClasses: 5 }));
  const plan = planCodes(data, 1);
  const stream = new RandomStream(1, "test/splits");
  const limits = { maxFeatures: 2, minSamplesLeaf: 1, minSamplesSplit: 2, maxDepth: 9 };
  expect(plan && KernelRandomGrower.over(data, plan, limits, stream, 3)).toBeNull();
});

test("rows whose codes would need more than 31 bits are left to the plain way", () => {
  const data = prepareData(randomData(1, { numRows: 10, numClasses: 3 }));
  expect(planCodes({ ...data, numRows: 2 ** 23 }, 63)).not.toBeNull();
  expect(planCodes({ ...data, numRows: 2 ** 23 + 1 }, 63)).toBeNull();
  expect(largestCount(Float64Array.of(0, 3, 1))).toBe(3);
  expect(largestCount(Float64Array.of(0, 0.5, 1))).toBe(0);
});

test("keys sort like floats, come back, and a threshold's key cuts where the threshold does", () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(float, float, fc.double({ noNaN: true, min: -3e38, max: 3e38 }), (a, b, threshold) => {
      const [keyA, keyB] = keysOf(Float32Array.of(a, b));
      expect(Math.sign(keyA - keyB)).toBe(Math.sign(a - b) + 0);
      expect(valueOfKey(keyA)).toBe(a + 0);
      expect(keyA <= keyOfThreshold(threshold)).toBe(a <= threshold);
      expect(keyA <= keyOfThreshold(a)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
