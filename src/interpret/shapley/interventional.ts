import type { Policy } from "../../agents/policies/policy.js";

/**
 * A function of features, many rows at once: `rows` [numRows, numFeatures] to values [numRows, numOutputs].
 *
 * The answer may be reused by the next call.
 */
export type BatchFunction = (
  rows: Float64Array,
  numRows: number,
) => Float64Array | Float32Array | Promise<Float64Array | Float32Array>;

/** Rows handed to the function at a time: enough to keep it busy, few enough to fit into the cache. */
const CHUNK_ROWS = 4096;

/**
 * What the function is worth to the coalitions `masks`: v(S) = mean over background rows b of f(x where S, b elsewhere).
 *
 * `x` [numFeatures], `background` [numBackground, numFeatures]; returns [masks.length, numOutputs]. Features are set
 * one by one whatever the others are, so it may ask about states that never occur.
 * Source: Lundberg & Lee 2017, arXiv:1705.07874, with the interventional expectation of Janzing et al. 2020.
 */
export async function interventionalValues(
  f: BatchFunction,
  x: ArrayLike<number>,
  background: Float64Array,
  masks: ArrayLike<number>,
  numOutputs: number,
): Promise<Float64Array> {
  const numFeatures = x.length;
  const numBackground = background.length / numFeatures;
  if (!(numBackground >= 1) || !Number.isInteger(numBackground)) {
    throw new RangeError(`expected a background of 1 or more rows of ${numFeatures}, got ${background.length} numbers`);
  }
  const values = new Float64Array(masks.length * numOutputs);
  const total = masks.length * numBackground;
  const rows = new Float64Array(Math.min(total, CHUNK_ROWS) * numFeatures);
  for (let first = 0; first < total; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, total - first);
    for (let row = 0; row < count; row++) {
      const mask = masks[Math.floor((first + row) / numBackground)];
      const from = ((first + row) % numBackground) * numFeatures;
      for (let i = 0; i < numFeatures; i++) {
        rows[row * numFeatures + i] = mask & (1 << i) ? x[i] : background[from + i];
      }
    }
    const pending = f(rows.subarray(0, count * numFeatures), count);
    const outputs = pending instanceof Promise ? await pending : pending;
    for (let row = 0; row < count; row++) {
      const to = Math.floor((first + row) / numBackground) * numOutputs;
      for (let output = 0; output < numOutputs; output++) {
        values[to + output] += outputs[row * numOutputs + output] / numBackground;
      }
    }
  }
  return values;
}

/** Every coalition of n features, 0 to 2^n − 1. */
export function allCoalitions(numFeatures: number): Int32Array {
  return Int32Array.from({ length: 2 ** numFeatures }, (_, mask) => mask);
}

/**
 * What a policy thinks of its actions, as a function to be explained [numRows, numActions]: probabilities, or values
 * less their mean over the actions, since what all actions share explains none of them.
 */
export function policyFunction(
  policy: Policy,
  numActions: number,
  scores: "probabilities" | "advantages" | "actions",
): BatchFunction {
  return async (rows, numRows) => {
    const observations = Float32Array.from(rows);
    const out = new Float32Array(numRows * numActions);
    if (scores === "actions" || !policy.actionScores) {
      const actions = new Float32Array(numRows);
      await policy.act(observations, null, actions, null);
      for (let row = 0; row < numRows; row++) out[row * numActions + actions[row]] = 1;
      return out;
    }
    await policy.actionScores(observations, out);
    if (scores === "advantages") {
      for (let from = 0; from < out.length; from += numActions) {
        let mean = 0;
        for (let i = 0; i < numActions; i++) mean += out[from + i] / numActions;
        for (let i = 0; i < numActions; i++) out[from + i] -= mean;
      }
    }
    return out;
  };
}
