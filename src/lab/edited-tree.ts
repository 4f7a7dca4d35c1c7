import type { SerialisedPolicy } from "../agents/policies/policy.js";
import { parseTreePolicy, TreePolicy } from "../agents/policies/tree.js";
import { editTree, type TreeEdit } from "../compute/trees/edit-tree.js";
import { plainOf } from "../interpret/explanation.js";

/** A tree as a person changed it, to be scored; null where the policy is not one tree. */
export function editedTree(policy: SerialisedPolicy, edit: TreeEdit): SerialisedPolicy | null {
  const { model, names, commandScales } = parseTreePolicy(policy);
  if (model.kind !== "tree") return null;
  const edited = new TreePolicy({ kind: "tree", tree: editTree(model.tree, edit) }, names, commandScales);
  return plainOf(edited.serialise()) as SerialisedPolicy;
}
