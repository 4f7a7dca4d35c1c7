import { classOf, depthOf, type Tree } from "../compute/trees/tree.js";
import { InputError } from "../core/errors.js";
import type { NamedInput } from "./tree-path.js";

/** Python refuses more levels of indentation than 99. */
const MAX_DEPTH = 90;

/** How one language writes what a tree needs. */
interface Language {
  readonly comment: string;
  head(inputs: readonly string[], task: Tree["task"]): string[];
  readonly indent: string;
  ifLine(condition: string): string;
  readonly elseLine: string;
  readonly endLine: string | null;
  returnLine(value: string): string;
  readonly tail: readonly string[];
}

const TYPESCRIPT: Language = {
  comment: "//",
  head: (inputs, task) => [
    `export function act(observation: ArrayLike<number>): ${task === "classification" ? "number" : "number[]"} {`,
    ...inputs.map((name, i) => `  const ${name} = observation[${i}];`),
  ],
  indent: "  ",
  ifLine: (condition) => `if (${condition}) {`,
  elseLine: "} else {",
  endLine: "}",
  returnLine: (value) => `return ${value};`,
  tail: ["}"],
};

const PYTHON: Language = {
  comment: "#",
  head: (inputs) => ["def act(observation):", ...inputs.map((name, i) => `    ${name} = observation[${i}]`)],
  indent: "    ",
  ifLine: (condition) => `if ${condition}:`,
  elseLine: "else:",
  endLine: null,
  returnLine: (value) => `return ${value}`,
  tail: [],
};

/**
 * A tree as a TypeScript function `act(observation)` of nested ifs: the index of the action, or a list of numbers.
 *
 * Same observation (float32, as the policy sees it), same decision: thresholds are written with all their digits.
 * Throws `InputError` for a tree too deep to be read.
 */
export function treeToTypeScript(tree: Tree, inputs: readonly NamedInput[], outputNames: readonly string[]): string {
  return codeOf(tree, inputs, outputNames, TYPESCRIPT);
}

/** The same as a Python function; see {@link treeToTypeScript}. */
export function treeToPython(tree: Tree, inputs: readonly NamedInput[], outputNames: readonly string[]): string {
  return codeOf(tree, inputs, outputNames, PYTHON);
}

function codeOf(tree: Tree, inputs: readonly NamedInput[], outputNames: readonly string[], language: Language): string {
  const depth = depthOf(tree);
  if (depth > MAX_DEPTH) {
    throw new InputError("tree", `a depth of ${depth}`, `a depth of ${MAX_DEPTH} or less: export it as JSON instead`);
  }
  // A tree that never asks for an input does not name it.
  const isUsed = inputs.map((_, i) => tree.feature.includes(i));
  const names = identifiersOf(inputs);
  const lines = inputs.map(
    ({ name, unit }, i) =>
      `${language.comment} observation[${i}]: ${oneLine(name)}${unit === "" ? "" : ` (${oneLine(unit)})`}`,
  );
  language.head(names, tree.task).forEach((line, i) => {
    if (i === 0 || isUsed[i - 1]) lines.push(line);
  });
  const write = (node: number, level: number): void => {
    const indent = language.indent.repeat(level);
    if (tree.feature[node] < 0) {
      const [value, note] = answerOf(tree, node, outputNames);
      lines.push(`${indent}${language.returnLine(value)} ${language.comment} ${note}`.trimEnd());
      return;
    }
    lines.push(indent + language.ifLine(`${names[tree.feature[node]]} <= ${String(tree.threshold[node])}`));
    write(tree.left[node], level + 1);
    lines.push(indent + language.elseLine);
    write(tree.right[node], level + 1);
    if (language.endLine !== null) lines.push(indent + language.endLine);
  };
  write(0, 1);
  return `${[...lines, ...language.tail].join("\n")}\n`;
}

/** What a leaf answers as code, and in words. */
function answerOf(tree: Tree, node: number, outputNames: readonly string[]): [value: string, note: string] {
  if (tree.task === "classification") {
    const action = classOf(tree, node);
    return [String(action), oneLine(outputNames[action])];
  }
  const from = node * tree.numOutputs;
  const values = Array.from(tree.value.subarray(from, from + tree.numOutputs), String);
  return [`[${values.join(", ")}]`, outputNames.map(oneLine).join(", ")];
}

/**
 * Names as identifiers of both languages, none twice: what is left of a name in lower case, or with its index in front
 * where nothing is left, another input came first, or the word is not free.
 */
export function identifiersOf(inputs: readonly NamedInput[]): string[] {
  const taken = new Set<string>();
  const take = (identifier: string) => {
    taken.add(identifier);
    return identifier;
  };
  const words = inputs.map(({ name }) => (name.toLowerCase().match(/[a-z0-9]+/g) ?? []).join("_"));
  // Names that may stay as they are come first: none of them gives way to a made-up one.
  const kept = words.map((word) => {
    const isFree = /^[a-z]/.test(word) && !RESERVED.has(word) && !taken.has(word);
    return isFree ? take(word) : null;
  });
  return kept.map((identifier, i) => {
    if (identifier !== null) return identifier;
    const indexed = words[i] === "" ? `x${i}` : `x${i}_${words[i]}`;
    let free = indexed;
    for (let number = 2; taken.has(free); number++) free = `${indexed}_${number}`;
    return take(free);
  });
}

/** Keywords of both languages, and what the code around the tests says itself. */
const RESERVED = new Set(
  (
    "and as assert async await break case catch class const continue debugger def default del delete do elif else enum " +
    "except export extends false finally for from function global if implements import in instanceof interface is " +
    "lambda let match new none nonlocal not null number of or package pass private protected public raise return static " +
    "super switch this throw true try type typeof var void while with yield observation act arguments eval exec " +
    "undefined print"
  ).split(" "),
);

/** A name cannot end its comment. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, " ");
}
