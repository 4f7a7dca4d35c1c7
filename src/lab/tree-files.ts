import type { SerialisedPolicy } from "../agents/policies/policy.js";
import { parseTreePolicy, TreePolicy } from "../agents/policies/tree.js";
import { editTree, type TreeEdit } from "../compute/trees/edit-tree.js";
import { jsonOf } from "../compute/trees/index.js";
import { InputError } from "../core/errors.js";
import type { TreeFormat } from "../elements/readable.js";
import { plainOf } from "../interpret/explanation.js";
import { treeToPython, treeToTypeScript } from "../interpret/tree-code.js";
import type { NamedInput } from "../interpret/tree-path.js";

/** A tree as a person changed it, to be scored; null where the policy is not one tree. */
export function editedTree(policy: SerialisedPolicy, edit: TreeEdit): SerialisedPolicy | null {
  const { model, names, commandScales } = parseTreePolicy(policy);
  if (model.kind !== "tree") return null;
  const edited = new TreePolicy({ kind: "tree", tree: editTree(model.tree, edit) }, names, commandScales);
  return plainOf(edited.serialise()) as SerialisedPolicy;
}

/**
 * The text of a file that holds a tree: a function of its inputs, or JSON that {@link loadedTree} reads again. Throws
 * `InputError` for a policy that is not one tree, or one too deep to be a function.
 */
export function treeFile(policy: SerialisedPolicy, inputs: readonly NamedInput[], format: TreeFormat): string {
  const { model, names } = parseTreePolicy(policy);
  if (model.kind !== "tree") throw new InputError("policy", model.kind, "one tree");
  if (format === "json") return `${jsonOf(policy)}\n`;
  const write = format === "py" ? treeToPython : treeToTypeScript;
  return write(model.tree, inputs, names.actionNames);
}

/**
 * The tree of a JSON file, to take the place of `like`. Throws `InputError` for another text, and for a tree of other
 * inputs or actions.
 */
export function loadedTree(text: string, like: SerialisedPolicy): SerialisedPolicy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError("file", "a text that is not JSON", "a tree that was saved as JSON");
  }
  const { model, names, commandScales } = parseTreePolicy(value, "file");
  if (model.kind !== "tree") throw new InputError("file", model.kind, "one tree");
  const wanted = parseTreePolicy(like);
  for (const field of ["observationNames", "actionNames"] as const) {
    const [given, allowed] = [names[field].join(", "), wanted.names[field].join(", ")];
    if (given !== allowed) throw new InputError(`file ${field}`, given, allowed);
  }
  if ((commandScales === null) !== (wanted.commandScales === null)) {
    const word = (scales: unknown) => (scales ? "a policy that follows commands" : "a policy without commands");
    throw new InputError("file", word(commandScales), word(wanted.commandScales));
  }
  return plainOf(new TreePolicy(model, names, commandScales).serialise()) as SerialisedPolicy;
}
