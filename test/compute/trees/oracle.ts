import type { ClassificationData } from "../../../src/compute/trees/data.js";
import oracle from "../../oracles/trees.json";

/** Data sets and results of scikit-learn. */
export const DATASETS = oracle.datasets;
export type Dataset = (typeof DATASETS)[number];

/** The rows that train, and those that test. */
export function splitOf(dataset: Dataset): { train: ClassificationData; test: ClassificationData } {
  const { features: numFeatures, classes: numClasses, n_train: numTrain } = dataset;
  const inputs = Float32Array.from(dataset.X_times_256_row_major, (value) => value / 256);
  const labels = Array.from(dataset.y, Number);
  const part = (from: number, to: number) => ({
    inputs: inputs.slice(from * numFeatures, to * numFeatures),
    numFeatures,
    labels: labels.slice(from, to),
    numClasses,
  });
  return { train: part(0, numTrain), test: part(numTrain, dataset.rows) };
}

/** Share of equal entries. */
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  let hits = 0;
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) hits++;
  return hits / labels.length;
}
