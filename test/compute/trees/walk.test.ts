import fc from "fast-check";
import { expect, test } from "vitest";
import { addTreeToPool, NodePool } from "../../../src/compute/trees/node-pool.js";
import { leafOf } from "../../../src/compute/trees/tree.js";
import { closeForest, KernelWalk, PlainWalk } from "../../../src/compute/trees/walk.js";
import { RandomStream } from "../../../src/core/random.js";
import { randomTree } from "./random-trees.js";

const shapes = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  numTrees: fc.integer({ min: 1, max: 20 }),
  // From a tree that is a leaf on.
  maxDepth: fc.integer({ min: 0, max: 12 }),
  numFeatures: fc.constantFrom(1, 2, 3, 6, 8, 9, 300),
});

test("a forest's walks, in WebAssembly and out of it, reach the leaves that its trees reach one by one", () => {
  fc.assert(
    fc.property(shapes, ({ seed, numTrees, maxDepth, numFeatures }) => {
      const pool = new NodePool(numFeatures, 1, "regression");
      const trees = Array.from({ length: numTrees }, (_, t) =>
        randomTree(seed + 7919 * t, { numFeatures, numOutputs: 1, maxDepth }),
      );
      const roots = Int32Array.from(trees, (tree) => addTreeToPool(pool, tree));
      const { walk } = closeForest(pool, roots);
      expect(walk).toBeInstanceOf(KernelWalk);
      const plain = new PlainWalk(pool, roots);
      const stream = new RandomStream(seed, "test/rows");
      const special = [Number.NaN, -0, 0, Infinity, -Infinity, 1e-45];
      for (let row = 0; row < 20; row++) {
        // The row does not stand at the start; some inputs lie on a threshold, as far as a float32 can, or are special.
        const inputs = Float32Array.from({ length: 2 + numFeatures }, () => {
          const tree = trees[stream.integer(numTrees)];
          const kind = stream.integer(4);
          if (kind === 0) return tree.threshold[stream.integer(tree.threshold.length)];
          return kind === 1 ? special[stream.integer(special.length)] : stream.uniform();
        });
        const expected = trees.map((tree) => tree.value[leafOf(tree, inputs, 2)]);
        for (const answer of [walk.leavesOf(inputs, 2), plain.leavesOf(inputs, 2)]) {
          expect(Array.from(answer.subarray(0, numTrees), (row) => pool.leafValues[row])).toEqual(expected);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test("a child too far away to be named is refused", () => {
  const pool = new NodePool(2 ** 20, 1, "regression");
  expect(() => pool.setSplit(0, 0, 0.5, 2 ** 11)).toThrow("a tree has more nodes than can be numbered");
  pool.setSplit(0, 0, 0.5, 2 ** 11 - 1);
  expect(pool.words[1] >> pool.featureBits).toBe(2 ** 11 - 1);
});
