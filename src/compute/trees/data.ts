import { InputError, showValue } from "../../core/errors.js";
import { keysOf } from "./presort.js";

/** What every learner here takes: rows of numbers, and a weight for each. */
export interface TrainingRows {
  /** [numRows, numFeatures] row-major; finite. */
  readonly inputs: Float32Array;
  readonly numFeatures: number;
  /** [numRows] at least 0, with a positive sum; all 1 when absent. A row of weight 0 is as good as absent. */
  readonly weights?: ArrayLike<number>;
}

/** Rows that belong to classes. */
export interface ClassificationData extends TrainingRows {
  /** [numRows] whole numbers from 0 to numClasses - 1; a class may be missing. */
  readonly labels: ArrayLike<number>;
  readonly numClasses: number;
}

/** Rows with numbers to predict. */
export interface RegressionData extends TrainingRows {
  /** [numRows, numOutputs] row-major; finite. */
  readonly targets: ArrayLike<number>;
  /** 1 when absent. */
  readonly numOutputs?: number;
}

export type TrainingData = ClassificationData | RegressionData;

export function isClassification(data: TrainingData): data is ClassificationData {
  return "labels" in data;
}

/** Checked data, with what the learners loop over. */
export interface PreparedData {
  readonly numRows: number;
  readonly numFeatures: number;
  readonly numOutputs: number;
  readonly isClassification: boolean;
  /** [numFeatures, numRows]: column by column, since splits look at one input of many rows. */
  readonly columns: Float32Array;
  /** [numFeatures, numRows]: whole numbers that sort like `columns`. */
  readonly keys: Int32Array;
  /** [numRows] classes; empty for regression. */
  readonly labels: Int32Array;
  /** [numRows, numOutputs]; empty for classification. */
  readonly targets: Float64Array;
  /** [numRows]. */
  readonly weights: Float64Array;
}

/**
 * Checks data and turns it into columns. Throws `InputError` that names the first wrong value by row and column,
 * counted from 0.
 */
export function prepareData(data: TrainingData): PreparedData {
  const { inputs, numFeatures } = data;
  if (!(Number.isInteger(numFeatures) && numFeatures >= 1)) {
    throw new InputError("numFeatures", showValue(numFeatures), "a whole number of 1 or more");
  }
  const numRows = inputs.length / numFeatures;
  if (numRows === 0) throw new InputError("inputs", "zero rows", "one row or more");
  if (!Number.isInteger(numRows)) {
    throw new InputError("inputs", `${inputs.length} numbers`, `rows of ${numFeatures} numbers`);
  }
  const classification = isClassification(data);
  const columns = columnsOf(inputs, numRows, numFeatures);
  return {
    numRows,
    numFeatures,
    numOutputs: classification ? data.numClasses : (data.numOutputs ?? 1),
    isClassification: classification,
    columns,
    keys: keysOf(columns),
    labels: classification ? checkedLabels(data, numRows) : new Int32Array(0),
    targets: classification ? new Float64Array(0) : checkedTargets(data, numRows),
    weights: checkedWeights(data.weights, numRows),
  };
}

function columnsOf(inputs: Float32Array, numRows: number, numFeatures: number): Float32Array {
  const columns = new Float32Array(inputs.length);
  for (let row = 0; row < numRows; row++) {
    for (let feature = 0; feature < numFeatures; feature++) {
      const value = inputs[row * numFeatures + feature];
      if (!Number.isFinite(value)) {
        throw new InputError(`inputs, row ${row}, column ${feature}`, String(value), "a finite number");
      }
      columns[feature * numRows + row] = value;
    }
  }
  return columns;
}

function checkLength(field: string, array: ArrayLike<number>, expected: number): void {
  if (array.length !== expected) throw new InputError(field, `${array.length} numbers`, `${expected} numbers`);
}

function checkedLabels({ labels, numClasses }: ClassificationData, numRows: number): Int32Array {
  if (!(Number.isInteger(numClasses) && numClasses >= 1)) {
    throw new InputError("numClasses", showValue(numClasses), "a whole number of 1 or more");
  }
  checkLength("labels", labels, numRows);
  for (let row = 0; row < numRows; row++) {
    const label = labels[row];
    if (Number.isInteger(label) && label >= 0 && label < numClasses) continue;
    throw new InputError(`labels, row ${row}`, showValue(label), `a whole number from 0 to ${numClasses - 1}`);
  }
  return Int32Array.from(labels);
}

function checkedTargets({ targets, numOutputs = 1 }: RegressionData, numRows: number): Float64Array {
  if (!(Number.isInteger(numOutputs) && numOutputs >= 1)) {
    throw new InputError("numOutputs", showValue(numOutputs), "a whole number of 1 or more");
  }
  checkLength("targets", targets, numRows * numOutputs);
  for (let i = 0; i < targets.length; i++) {
    if (Number.isFinite(targets[i])) continue;
    throw new InputError(`targets, row ${Math.floor(i / numOutputs)}`, String(targets[i]), "a finite number");
  }
  return Float64Array.from(targets);
}

function checkedWeights(weights: ArrayLike<number> | undefined, numRows: number): Float64Array {
  if (!weights) return new Float64Array(numRows).fill(1);
  checkLength("weights", weights, numRows);
  let sum = 0;
  for (let row = 0; row < numRows; row++) {
    if (!(weights[row] >= 0 && Number.isFinite(weights[row]))) {
      throw new InputError(`weights, row ${row}`, String(weights[row]), "a number of 0 or more");
    }
    sum += weights[row];
  }
  if (!(sum > 0)) throw new InputError("weights", "zeros only", "at least one positive weight");
  return Float64Array.from(weights);
}
