import { InputError, showValue } from "../../core/errors.js";
import type { Boosting } from "./boosting.js";
import { forestOf, treeOf } from "./forest.js";
import type { TreeModel } from "./model.js";
import { parseTree, recordOf } from "./parse-tree.js";
import type { Tree } from "./tree.js";
import type { Forest } from "./walk.js";

/** A tree's fields as plain data. */
export type TreeData = { readonly [K in keyof Tree]: Tree[K] };

/** A model as plain data with typed arrays; JSON writes the arrays as lists (see `jsonOf`). */
export type ModelData =
  | ({ readonly kind: "tree" } & TreeData)
  | { readonly kind: "forest"; readonly combine: "mean"; readonly trees: readonly TreeData[] }
  | {
      readonly kind: "forest";
      readonly combine: "boosting";
      readonly task: Tree["task"];
      readonly numOutputs: number;
      readonly numScores: number;
      readonly initial: Float64Array;
      readonly trees: readonly TreeData[];
    };

/** A model as plain data. */
export function modelToData(model: TreeModel): ModelData {
  if (model.kind === "tree") return { kind: "tree", ...model.tree };
  if (model.kind === "forest") return { kind: "forest", combine: "mean", trees: treesOf(model.forest) };
  const { task, numOutputs, numScores, initial, forest } = model.boosting;
  return { kind: "forest", combine: "boosting", task, numOutputs, numScores, initial, trees: treesOf(forest) };
}

/** Every tree of a forest, with its own arrays. */
export function treesOf(forest: Forest): Tree[] {
  return Array.from(forest.roots, (_, index) => treeOf(forest, index));
}

/** Reads a model from plain data, checked tree by tree. Throws `InputError` with one sentence. */
export function parseModel(value: unknown, source = "model"): TreeModel {
  const record = recordOf(value, source);
  if (record["kind"] === "tree") return { kind: "tree", tree: parseTree(record, source) };
  if (record["kind"] !== "forest") {
    throw new InputError(`${source} kind`, showValue(record["kind"]), "one of tree, forest");
  }
  const { trees, combine } = record;
  if (!Array.isArray(trees) || trees.length === 0) {
    throw new InputError(`${source} trees`, showValue(trees), "a list of trees");
  }
  const parsed = trees.map((tree, i) => parseTree(tree, `${source} tree ${i}`));
  const [first] = parsed;
  const odd = parsed.findIndex(
    (tree) =>
      tree.numFeatures !== first.numFeatures || tree.numOutputs !== first.numOutputs || tree.task !== first.task,
  );
  if (odd >= 0) {
    throw new InputError(
      `${source} tree ${odd}`,
      "other inputs or outputs",
      "the inputs and outputs of the first tree",
    );
  }
  const forest = forestOf(parsed);
  if (combine === "mean") return { kind: "forest", forest };
  if (combine !== "boosting") {
    throw new InputError(`${source} combine`, showValue(combine), "one of mean, boosting");
  }
  return { kind: "boosting", boosting: parseBoosting(record, forest, source) };
}

function parseBoosting(record: Record<string, unknown>, forest: Forest, source: string): Boosting {
  const { task, numOutputs, numScores, initial } = record;
  const list = ArrayBuffer.isView(initial) || Array.isArray(initial) ? Array.from(initial as ArrayLike<unknown>) : [];
  const isWhole = (size: unknown): size is number => typeof size === "number" && Number.isInteger(size) && size >= 1;
  if (task !== "classification" && task !== "regression") {
    throw new InputError(`${source} task`, showValue(task), "one of classification, regression");
  }
  if (!isWhole(numOutputs)) {
    throw new InputError(`${source} numOutputs`, showValue(numOutputs), "a whole number of 1 or more");
  }
  const expected = task === "classification" && numOutputs <= 2 ? 1 : numOutputs;
  if (numScores !== expected) throw new InputError(`${source} numScores`, showValue(numScores), String(expected));
  if (list.length !== expected || !list.every((x) => typeof x === "number" && Number.isFinite(x))) {
    throw new InputError(`${source} initial`, showValue(initial), `${expected} finite numbers`);
  }
  if (forest.pool.numOutputs !== 1 || forest.pool.task !== "regression" || forest.roots.length % expected !== 0) {
    throw new InputError(`${source} trees`, "other trees", "regression trees of one output, as many for each score");
  }
  return { task, numOutputs, numScores: expected, initial: Float64Array.from(list as number[]), forest };
}

/** Plain data as JSON text: typed arrays as lists; numbers come back with the same bits. */
export function jsonOf(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (ArrayBuffer.isView(item) ? Array.from(item as Float64Array) : item),
    indent,
  );
}
