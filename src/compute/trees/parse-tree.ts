import { InputError, showValue } from "../../core/errors.js";
import type { Tree, TreeTask } from "./tree.js";

/** What a field of numbers may be read from: an array of a checkpoint or a list of a JSON file. */
function numbersOf(record: Record<string, unknown>, field: string, length: number | null, source: string): number[] {
  const given = record[field];
  const isList = Array.isArray(given) || (ArrayBuffer.isView(given) && !(given instanceof DataView));
  const name = `${source} ${field}`;
  if (!isList) throw new InputError(name, showValue(given), "a list of numbers");
  const list = Array.from(given as ArrayLike<unknown>);
  if (length !== null && list.length !== length) {
    throw new InputError(name, `${list.length} numbers`, `${length} numbers`);
  }
  const wrong = list.findIndex((value) => typeof value !== "number" || !Number.isFinite(value));
  if (wrong >= 0) throw new InputError(`${name}, node ${wrong}`, showValue(list[wrong]), "a finite number");
  return list as number[];
}

function wholeOf(record: Record<string, unknown>, field: string, min: number, source: string): number {
  const value = record[field];
  if (typeof value === "number" && Number.isInteger(value) && value >= min) return value;
  throw new InputError(`${source} ${field}`, showValue(value), `a whole number of ${min} or more`);
}

/** The fields of a tree in plain data, from anywhere. Throws `InputError` when it is no object. */
export function recordOf(value: unknown, source: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InputError(source, showValue(value), "an object");
}

/**
 * Reads a tree from plain data: the arrays of {@link Tree} as lists or typed arrays. Throws `InputError` with one
 * sentence for what is wrong: a length, an unknown feature, a threshold that is no number, a child out of range or of a
 * leaf, a cycle, a node with two parents or none, class probabilities that are none.
 *
 * `impurity` may be missing in a classifier: it is then the Gini impurity of `value`. Nodes may come in any order.
 */
export function parseTree(value: unknown, source = "tree"): Tree {
  const record = recordOf(value, source);
  const numFeatures = wholeOf(record, "numFeatures", 1, source);
  const numOutputs = wholeOf(record, "numOutputs", 1, source);
  const { task } = record;
  if (task !== "classification" && task !== "regression") {
    throw new InputError(`${source} task`, showValue(task), "one of classification, regression");
  }
  const feature = numbersOf(record, "feature", null, source);
  const size = feature.length;
  if (size === 0) throw new InputError(`${source} feature`, "no node", "at least one node");
  const wrong = feature.findIndex((index) => !(Number.isInteger(index) && index >= -1 && index < numFeatures));
  if (wrong >= 0) {
    const allowed = `-1 for a leaf, or a feature from 0 to ${numFeatures - 1}`;
    throw new InputError(`${source} feature, node ${wrong}`, String(feature[wrong]), allowed);
  }
  const threshold = numbersOf(record, "threshold", size, source);
  const left = numbersOf(record, "left", size, source);
  const right = numbersOf(record, "right", size, source);
  const values = numbersOf(record, "value", size * numOutputs, source);
  if (task === "classification") checkProbabilities(values, numOutputs, source);
  const samples = numbersOf(record, "samples", size, source);
  const negative = samples.findIndex((count) => count < 0);
  if (negative >= 0) {
    throw new InputError(`${source} samples, node ${negative}`, String(samples[negative]), "a number of 0 or more");
  }
  const order = childrenAfterParents(feature, left, right, source);
  const impurity =
    record["impurity"] === undefined
      ? giniOf(values, size, numOutputs, task, source)
      : numbersOf(record, "impurity", size, source);
  const place = new Int32Array(size);
  order.forEach((node, i) => {
    place[node] = i;
  });
  const childOf = (children: number[], node: number) => (feature[node] < 0 ? -1 : place[children[node]]);
  return {
    numFeatures,
    numOutputs,
    task,
    feature: Int32Array.from(order, (node) => feature[node]),
    threshold: Float64Array.from(order, (node) => threshold[node]),
    left: Int32Array.from(order, (node) => childOf(left, node)),
    right: Int32Array.from(order, (node) => childOf(right, node)),
    value: Float64Array.from(
      { length: size * numOutputs },
      (_, i) => values[order[Math.floor(i / numOutputs)] * numOutputs + (i % numOutputs)],
    ),
    samples: Float64Array.from(order, (node) => samples[node]),
    impurity: Float64Array.from(order, (node) => impurity[node]),
  };
}

/** How far class probabilities may be from 0, 1 and their sum: they may have been float32. */
const TOLERANCE = 1e-6;

/** Throws `InputError` that names the first node whose values are no probabilities. */
function checkProbabilities(values: readonly number[], numOutputs: number, source: string): void {
  for (let from = 0; from < values.length; from += numOutputs) {
    const own = values.slice(from, from + numOutputs);
    const field = `${source} value, node ${from / numOutputs}`;
    const wrong = own.find((value) => value < -TOLERANCE || value > 1 + TOLERANCE);
    if (wrong !== undefined) throw new InputError(field, String(wrong), "class probabilities from 0 to 1");
    const sum = own.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) <= TOLERANCE) continue;
    throw new InputError(field, `a sum of ${sum}`, "class probabilities that sum to 1");
  }
}

/** Nodes in pre-order from node 0, each once. */
function childrenAfterParents(feature: number[], left: number[], right: number[], source: string): number[] {
  const parent = new Int32Array(feature.length).fill(-1);
  const order: number[] = [];
  const stack = [0];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    order.push(node);
    for (const [side, child] of [
      ["right", right[node]],
      ["left", left[node]],
    ] as const) {
      if (feature[node] < 0) {
        if (child === -1) continue;
        throw new InputError(`${source} ${side}, node ${node}`, String(child), "-1, since this node is a leaf");
      }
      if (!(Number.isInteger(child) && child >= 0 && child < feature.length)) {
        const allowed = `a node from 0 to ${feature.length - 1}`;
        throw new InputError(`${source} ${side}, node ${node}`, String(child), allowed);
      }
      if (child === 0 || parent[child] >= 0) {
        const again = child === 0 ? "the root" : `the child of node ${parent[child]}`;
        const given = `node ${child}, which is already ${again}: a cycle or a shared branch`;
        throw new InputError(`${source} ${side}, node ${node}`, given, "a node of its own");
      }
      parent[child] = node;
      stack.push(child);
    }
  }
  if (order.length < feature.length) {
    const lost = parent.findIndex((up, node) => node > 0 && up < 0);
    throw new InputError(`${source} node ${lost}`, "no parent", "every node but the first below another one");
  }
  return order;
}

function giniOf(values: number[], size: number, numOutputs: number, task: TreeTask, source: string): number[] {
  if (task === "regression") throw new InputError(`${source} impurity`, "nothing", "a list of numbers");
  return Array.from({ length: size }, (_, node) => {
    let rest = 1;
    for (let i = 0; i < numOutputs; i++) rest -= values[node * numOutputs + i] ** 2;
    return rest;
  });
}
