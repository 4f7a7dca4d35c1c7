import type { SerialisedPolicy } from "../agents/policies/policy.js";
import { parseModel, treesOf } from "../compute/trees/model-data.js";
import { impurityImportances, localImportances } from "./tree-importances.js";

/** What the trees of a policy say of its features. */
export interface ForestImportances {
  /** [numFeatures] share of the impurity that the splits on each take away, over all trees. */
  readonly overall: Float64Array<ArrayBuffer>;
  /** [numFeatures] impurity taken away on the way of one state, summed over the trees; may be negative. */
  readonly here: Float64Array<ArrayBuffer>;
  readonly numTrees: number;
}

/**
 * Importances of a serialised policy that is made of trees, over all of it and at one state; null for any other.
 *
 * `row` is the observation and, for an upside-down policy, what is left of the command, in their own units.
 */
export function forestImportances(policy: SerialisedPolicy, row: ArrayLike<number>): ForestImportances | null {
  const trees = policy["trees"];
  // A learner that has learned nothing yet is a forest without trees.
  if (policy.kind !== "forest" || !Array.isArray(trees) || trees.length === 0) return null;
  const model = parseModel(policy);
  if (model.kind === "tree") return null;
  const grown = treesOf(model.kind === "forest" ? model.forest : model.boosting.forest);
  const scales = policy["upsideDown"] as { returnScale: number; horizonScale: number } | undefined;
  const x = Float64Array.from(row);
  if (scales) {
    x[x.length - 2] *= scales.returnScale;
    x[x.length - 1] *= scales.horizonScale;
  }
  return {
    overall: new Float64Array(impurityImportances(grown)),
    here: new Float64Array(localImportances(grown, x)),
    numTrees: grown.length,
  };
}
