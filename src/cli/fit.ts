import { readFileSync, writeFileSync } from "node:fs";
import {
  deepestOf,
  fitTreeModel,
  freshSeed,
  InputError,
  impurityImportances,
  jsonOf,
  type LabelledTable,
  labelledTable,
  messageOf,
  modelNodes,
  type OptionValue,
  parseOptions,
  parseOptionText,
  parseTable,
  permutationImportances,
  predictClasses,
  RandomStream,
  showValue,
  type TestTable,
  TREE_MODELS,
  type TreeModel,
  type TreeModelName,
  TreePolicy,
  testTable,
  treeModelName,
  treeModelOptions,
  treesOf,
  treeToPython,
  treeToTypeScript,
} from "../index.js";
import { type Arguments, textOf } from "./arguments.js";
import type { Command } from "./command.js";
import { SEED_FLAG, seedOf } from "./flags.js";
import { optionsText } from "./options-text.js";
import { type Output, showCount, showTable } from "./output.js";

/** How often each input is shuffled for its importance, and over how many rows at most. */
const REPEATS = 5;
const SHUFFLED_ROWS = 2000;
const FORMATS = [".json", ".ts", ".py"] as const;

/** Fits a tree, a forest or boosting to a table. */
export const fit: Command = {
  name: "fit",
  usage: {
    summary: "fit a tree, a forest or boosting to a CSV file, and test it on another",
    positionals: [],
    flags: [
      {
        name: "model",
        value: { label: "MODEL", allowed: `one of ${TREE_MODELS.join(", ")}` },
        help: `${TREE_MODELS.join(", ")} (default: tree)`,
      },
      {
        name: "train",
        value: { label: "FILE", allowed: "a CSV file with a header" },
        help: "rows to learn from: numbers, and one column of classes",
      },
      {
        name: "test",
        value: { label: "FILE", allowed: "a CSV file with the same columns" },
        help: "rows to be tested on (default: none)",
      },
      {
        name: "target",
        value: { label: "COLUMN", allowed: "the name of a column" },
        help: "the column of classes (default: the last one)",
      },
      {
        name: "set",
        value: { label: "KEY=VALUE", allowed: "NAME=VALUE" },
        help: "one option of the model, for example maxDepth=3; may be repeated, the last of a name counts",
        repeated: true,
      },
      SEED_FLAG,
      {
        name: "out",
        value: { label: "FILE", allowed: `a file that ends in ${FORMATS.join(", ")}` },
        help: "write the model: .json to be read again, .ts or .py as a function of nested ifs (trees)",
      },
    ],
    sections: [
      { heading: "Options of a tree, with their defaults", text: optionsText(treeModelOptions("tree")) },
      {
        heading: "Options of a random-forest and of extra-trees",
        text: optionsText(treeModelOptions("random-forest")),
      },
      { heading: "Options of boosting", text: optionsText(treeModelOptions("boosting")) },
    ],
    examples: ["--model tree --train a.csv --test b.csv --target label --set maxDepth=3 --json"],
  },
  async run(args, output) {
    const name = treeModelName(textOf(args, "model") ?? "tree", "--model");
    const options = optionsOf(args, name);
    const out = textOf(args, "out");
    if (out !== undefined) checkFormat(out, name);
    const seed = seedOf(args) ?? freshSeed();
    const trainFile = textOf(args, "train");
    if (trainFile === undefined) throw new InputError("--train", "nothing", "a CSV file with a header");
    const table = parseTable(readText(trainFile, "--train"), trainFile);
    const target = textOf(args, "target") ?? table.header[table.header.length - 1];
    const train = labelledTable(table, target);
    const testFile = textOf(args, "test");
    const test =
      testFile === undefined ? null : testTable(parseTable(readText(testFile, "--test"), testFile), target, train);

    const start = performance.now();
    const model = fitTreeModel(name, train, options, seed);
    const seconds = (performance.now() - start) / 1000;
    const trees = treesIn(model);
    const held = someOf(test ?? train, train.numFeatures, new RandomStream(seed, "fit/rows"));
    const result = {
      model: name,
      train: trainFile,
      test: testFile ?? null,
      target,
      rows: train.labels.length,
      testRows: test ? test.labels.length : 0,
      classes: train.classNames,
      accuracy: test ? accuracyOf(model, test.inputs, test.labels) : null,
      trainAccuracy: accuracyOf(model, train.inputs, Array.from(train.labels)),
      seconds,
      nodes: modelNodes(model),
      trees: trees.length,
      depth: deepestOf(trees),
      importances: named(train, impurityImportances(trees)),
      permutationImportances: named(
        train,
        permutationImportances({
          predict: (rows) => predictClasses(model, rows),
          inputs: held.inputs,
          numFeatures: train.numFeatures,
          labels: held.labels,
          repeats: REPEATS,
          stream: new RandomStream(seed, "fit/shuffle"),
        }),
      ),
      options: parseOptions(treeModelOptions(name), options, "model"),
      seed,
      out: out ?? null,
    };
    if (out !== undefined) writeModel(out, model, train);
    tell(output, result, train, test);
    return 0;
  },
};

type Result = {
  readonly importances: Record<string, number>;
  readonly permutationImportances: Record<string, number>;
} & {
  readonly [K in "model" | "target"]: string;
} & { readonly accuracy: number | null; readonly out: string | null } & {
  readonly [K in "trainAccuracy" | "seconds" | "nodes" | "trees" | "depth" | "rows" | "testRows"]: number;
};

function tell(output: Output, result: Result, train: LabelledTable, test: TestTable | null): void {
  for (const name of train.constant) output.note(`Column ${showValue(name)} has one value only: no split can use it.`);
  for (const name of test?.unused ?? []) {
    output.note(`Column ${showValue(name)} of the test file is not in the training file: it is left out.`);
  }
  const numUnknown = test?.labels.filter((label) => label < 0).length ?? 0;
  if (numUnknown === 1) output.note("1 test row has a class that no training row has: it counts as wrong.");
  if (numUnknown > 1) {
    output.note(`${showCount(numUnknown)} test rows have a class that no training row has: they count as wrong.`);
  }
  output.line(result);
  const { accuracy, trainAccuracy, seconds, nodes, trees, depth, rows, testRows } = result;
  const scores = accuracy === null ? [] : [["accuracy, test", accuracy.toFixed(4), rowsText(testRows)]];
  output.text(
    showTable([
      ...scores,
      ["accuracy, training", trainAccuracy.toFixed(4), rowsText(rows)],
      ["nodes", showCount(nodes), trees > 1 ? `${showCount(trees)} trees, depth ${depth} at most` : `depth ${depth}`],
      ["seconds", seconds.toFixed(3), ""],
    ]),
  );
  const byImportance = Object.entries(result.importances).sort(([, a], [, b]) => b - a);
  output.text("\nImportances: share of the impurity taken away, and accuracy lost when shuffled");
  output.text(
    showTable(
      byImportance.map(([name, share]) => [
        `  ${name}`,
        share.toFixed(4),
        result.permutationImportances[name].toFixed(4),
      ]),
    ),
  );
  if (result.out !== null) output.text(`\nWritten to ${result.out}.`);
}

const rowsText = (count: number) => `${showCount(count)} ${count === 1 ? "row" : "rows"}`;

function optionsOf(args: Arguments, name: TreeModelName): Record<string, OptionValue> {
  const options: Record<string, OptionValue> = {};
  for (const text of args.values.get("set") ?? []) {
    const match = /^(\w+)=(.*)$/s.exec(text);
    if (!match) throw new InputError("--set", text, "NAME=VALUE, for example maxDepth=3");
    options[match[1]] = parseOptionText(treeModelOptions(name), match[1], match[2], "--set");
  }
  return options;
}

function checkFormat(file: string, name: TreeModelName): void {
  const format = FORMATS.find((ending) => file.endsWith(ending));
  if (!format) throw new InputError("--out", showValue(file), `a file that ends in ${FORMATS.join(", ")}`);
  if (format !== ".json" && name !== "tree") {
    throw new InputError("--out", showValue(file), "a file that ends in .json: code is written for single trees");
  }
}

function readText(file: string, field: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(
      field,
      `${showValue(file)} (${messageOf(error).split(",", 1)[0]})`,
      "a CSV file with a header",
    );
  }
}

function writeModel(file: string, model: TreeModel, train: LabelledTable): void {
  const { featureNames, classNames } = train;
  const inputs = featureNames.map((name) => ({ name, unit: "" }));
  const policy = new TreePolicy(model, { observationNames: featureNames, actionNames: classNames });
  let text = `${jsonOf(policy.serialise())}\n`;
  if (model.kind === "tree" && file.endsWith(".ts")) text = treeToTypeScript(model.tree, inputs, classNames);
  if (model.kind === "tree" && file.endsWith(".py")) text = treeToPython(model.tree, inputs, classNames);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(
      "--out",
      `${showValue(file)} (${messageOf(error).split(",", 1)[0]})`,
      "a file that can be written",
    );
  }
}

function treesIn(model: TreeModel) {
  return model.kind === "tree" ? [model.tree] : treesOf(model.kind === "forest" ? model.forest : model.boosting.forest);
}

/** At most `SHUFFLED_ROWS` rows, drawn without replacement. */
function someOf(
  rows: { readonly inputs: Float32Array; readonly labels: ArrayLike<number> },
  numFeatures: number,
  stream: RandomStream,
) {
  const order = Uint32Array.from({ length: rows.labels.length }, (_, row) => row);
  stream.shuffle(order);
  const chosen = order.subarray(0, SHUFFLED_ROWS);
  const inputs = new Float32Array(chosen.length * numFeatures);
  chosen.forEach((row, i) => {
    inputs.set(rows.inputs.subarray(row * numFeatures, (row + 1) * numFeatures), i * numFeatures);
  });
  return { inputs, labels: Array.from(chosen, (row) => rows.labels[row]) };
}

function accuracyOf(model: TreeModel, inputs: Float32Array, labels: readonly number[]): number {
  const predicted = predictClasses(model, inputs);
  return labels.reduce((hits, label, row) => hits + (predicted[row] === label ? 1 : 0), 0) / labels.length;
}

function named({ featureNames }: LabelledTable, values: Float64Array): Record<string, number> {
  return Object.fromEntries(featureNames.map((name, feature) => [name, values[feature]]));
}
