import type { ClassificationData } from "../../../src/compute/trees/data.js";
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
