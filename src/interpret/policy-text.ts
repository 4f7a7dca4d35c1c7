import { type RuleRow, readRule } from "../agents/policies/rule.js";
import { parseTreePolicy } from "../agents/policies/tree.js";
import { classOf, type Tree } from "../compute/trees/tree.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { commandFeatures } from "./command-features.js";
import type { Explanation } from "./explanation.js";
import type { NamedInput } from "./tree-path.js";

const INDENT = "  ";

/**
 * The tree or linear rule of an explanation in words, line by line; no line where there is neither.
 *
 * `spec` is of the world that it was made in. Throws `InputError` for a stored policy that is no policy.
 */
export function policyText({ policy, command }: Explanation, spec: EnvironmentSpec): string[] {
  const inputs = command ? [...spec.observation, ...commandFeatures(command)] : spec.observation;
  if (policy?.kind === "tree") {
    const { model, names } = parseTreePolicy(policy);
    return model.kind === "tree" ? treeText(model.tree, inputs, names.actionNames) : [];
  }
  // An inventory rule has the kind of a linear one, and words of its own.
  if (policy?.kind !== "rule" || !Array.isArray(policy["rows"]) || spec.action.kind !== "discrete") return [];
  const { names } = spec.action;
  return ruleText(readRule(policy, spec.observation.length, names.length).rows, inputs, names);
}

/**
 * A tree as indented lines, `if pole angle <= 0.012 rad:`, what is done, `else:`.
 *
 * Thresholds have three digits, or as many as keep apart those of one input.
 */
export function treeText(tree: Tree, inputs: readonly NamedInput[], outputNames: readonly string[]): string[] {
  const digits = digitsOf(tree);
  const lines: string[] = [];
  const write = (node: number, indent: string): void => {
    const feature = tree.feature[node];
    if (feature < 0) {
      lines.push(`${indent}${answerText(tree, node, outputNames)}`);
      return;
    }
    const { name, unit } = inputs[feature];
    lines.push(`${indent}if ${name} <= ${rounded(tree.threshold[node], digits)}${unit === "" ? "" : ` ${unit}`}:`);
    write(tree.left[node], indent + INDENT);
    lines.push(`${indent}else:`);
    write(tree.right[node], indent + INDENT);
  };
  if (tree.feature[0] < 0) return [`always ${answerText(tree, 0, outputNames)}`];
  write(0, "");
  return lines;
}

/** `left`, or `torque 0.5, brake 0`. */
function answerText(tree: Tree, node: number, outputNames: readonly string[]): string {
  if (tree.task === "classification") return outputNames[classOf(tree, node)];
  return outputNames.map((name, i) => `${name} ${rounded(tree.value[node * tree.numOutputs + i])}`).join(", ");
}

/** Digits with which no two thresholds of one input read the same: three or more. */
function digitsOf({ feature, threshold }: Tree): number {
  const numDistinct = (digits: number) =>
    new Set(Array.from(feature, (input, node) => `${input} ${rounded(threshold[node], digits)}`)).size;
  const all = numDistinct(17);
  let digits = 3;
  while (digits < 17 && numDistinct(digits) < all) digits++;
  return digits;
}

/**
 * A linear rule: `right where 12.5 × pole angle (rad) + 1.4 × cart velocity (m/s) - 0.02 > 0, else left`, or one sum an
 * action where more than two compete.
 */
export function ruleText(
  rows: readonly RuleRow[],
  inputs: readonly NamedInput[],
  actionNames: readonly string[],
): string[] {
  const isZero = ({ bias, weights }: RuleRow) => bias === 0 && weights.every((weight) => weight === 0);
  const [first, second] = rows;
  if (rows.length === 1) return [`always ${actionNames[first.action]}`];
  if (rows.length === 2 && isZero(first)) {
    return [`${actionNames[second.action]} where ${sumText(second, inputs)} > 0, else ${actionNames[first.action]}`];
  }
  return [
    "the action with the highest sum",
    ...rows.map((row) => `${actionNames[row.action]}: ${sumText(row, inputs)}`),
  ];
}

/** The terms that are not zero. */
function sumText({ bias, weights }: RuleRow, inputs: readonly NamedInput[]): string {
  const terms = weights.flatMap((weight, i) => {
    const { name, unit } = inputs[i];
    return weight === 0 ? [] : [{ factor: weight, of: ` × ${name}${unit === "" ? "" : ` (${unit})`}` }];
  });
  if (bias !== 0) terms.push({ factor: bias, of: "" });
  if (terms.length === 0) return "0";
  return terms
    .map(({ factor, of }, i) => {
      const sign = i === 0 ? (factor < 0 ? "-" : "") : factor < 0 ? " - " : " + ";
      return `${sign}${rounded(Math.abs(factor))}${of}`;
    })
    .join("");
}

function rounded(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)));
}
