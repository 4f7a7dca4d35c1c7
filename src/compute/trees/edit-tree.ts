import { InputError, showValue } from "../../core/errors.js";
import { subtreeOf } from "./prune.js";
import type { Tree } from "./tree.js";

/** One change that a person makes to a tree. */
export type TreeEdit =
  /** Moves a split's threshold. */
  | { readonly kind: "threshold"; readonly node: number; readonly threshold: number }
  /** Makes a leaf answer one class, with certainty. */
  | { readonly kind: "class"; readonly node: number; readonly class: number }
  /** Makes a split a leaf: it answers what its rows did. */
  | { readonly kind: "prune"; readonly node: number };

/**
 * The tree after a change; the one given stays as it is. `samples` and `impurity` keep telling of the rows it was
 * fitted on. Throws `InputError` when there is no such node, or not of that sort.
 */
export function editTree(tree: Tree, edit: TreeEdit): Tree {
  const { node } = edit;
  if (!(Number.isInteger(node) && node >= 0 && node < tree.feature.length)) {
    throw new InputError("node", showValue(node), `a whole number from 0 to ${tree.feature.length - 1}`);
  }
  const isLeaf = tree.feature[node] < 0;
  if (isLeaf !== (edit.kind === "class")) {
    const [given, allowed] = isLeaf ? ["a leaf", "a split"] : ["a split", "a leaf"];
    throw new InputError(`node ${node}`, given, allowed);
  }
  switch (edit.kind) {
    case "prune":
      return subtreeOf(tree, (candidate) => candidate === node);
    case "threshold": {
      if (!Number.isFinite(edit.threshold)) {
        throw new InputError("threshold", String(edit.threshold), "a finite number");
      }
      const threshold = tree.threshold.slice();
      threshold[node] = edit.threshold;
      return { ...tree, threshold };
    }
    case "class": {
      const { numOutputs } = tree;
      if (!(Number.isInteger(edit.class) && edit.class >= 0 && edit.class < numOutputs)) {
        throw new InputError("class", showValue(edit.class), `a whole number from 0 to ${numOutputs - 1}`);
      }
      const value = tree.value.slice();
      for (let i = 0; i < numOutputs; i++) value[node * numOutputs + i] = i === edit.class ? 1 : 0;
      return { ...tree, value };
    }
    default:
      return edit satisfies never;
  }
}
