import type { ClassificationData } from "../../../src/compute/trees/data.js";
import type { Tree } from "../../../src/compute/trees/tree.js";
import { RandomStream } from "../../../src/core/random.js";

/** Rows on a coarse grid, so that values repeat, with labels that hang together with them and some noise. */
export function randomData(
  seed: number,
  { numRows, numFeatures = 3, numClasses = 3 }: { numRows: number; numFeatures?: number; numClasses?: number },
): ClassificationData {
  const stream = new RandomStream(seed, "test/data");
  const inputs = Float32Array.from({ length: numRows * numFeatures }, (_, i) =>
    // The first input is finer than the others: most rows differ in it.
    i % numFeatures === 0 ? stream.uniform() : stream.integer(8) / 4,
  );
  const labels = Array.from({ length: numRows }, (_, row) =>
    stream.uniform() < 0.3
      ? stream.integer(numClasses)
      : Math.floor(inputs[row * numFeatures] + inputs[row * numFeatures + 1]) % numClasses,
  );
  return { inputs, numFeatures, labels, numClasses };
}

/**
 * A tree of random shape, inputs, thresholds in (0, 1), leaf values and counts; inputs repeat along its paths. `samples`
 * of a split are those of its children together, and its value is their mean.
 */
export function randomTree(
  seed: number,
  { numFeatures, numOutputs, maxDepth }: { numFeatures: number; numOutputs: number; maxDepth: number },
): Tree {
  const stream = new RandomStream(seed, "test/tree");
  const [feature, threshold, left, right, samples]: number[][] = [[], [], [], [], []];
  const value: number[][] = [];
  const grow = (depth: number): number => {
    const node = feature.push(-1) - 1;
    threshold[node] = 0;
    left[node] = -1;
    right[node] = -1;
    samples[node] = 1 + stream.integer(20);
    value[node] = Array.from({ length: numOutputs }, () => stream.normal());
    if (depth === maxDepth || stream.uniform() < 0.15) return node;
    feature[node] = stream.integer(numFeatures);
    threshold[node] = stream.uniform();
    left[node] = grow(depth + 1);
    right[node] = grow(depth + 1);
    const [l, r] = [samples[left[node]], samples[right[node]]];
    samples[node] = l + r;
    value[node] = value[node].map((_, k) => (l * value[left[node]][k] + r * value[right[node]][k]) / (l + r));
    return node;
  };
  grow(0);
  return {
    numFeatures,
    numOutputs,
    task: "regression",
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float64Array.from(value.flat()),
    samples: Float64Array.from(samples),
    impurity: Float64Array.from(feature, () => stream.uniform()),
  };
}
