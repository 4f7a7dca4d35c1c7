import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeOptions, parseTreePolicy, TREE_MODELS, treeModelOptions } from "../../src/index.js";
import { DATASETS, splitOf } from "../compute/trees/oracle.js";
import { call } from "./harness.js";

const [dataset] = DATASETS;
const { train, test: held } = splitOf(dataset);
let folder = "";
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-fit-"));
  for (const [name, rows] of [
    ["a.csv", train],
    ["b.csv", held],
  ] as const) {
    const { numFeatures, inputs, labels } = rows;
    const header = [...Array.from({ length: numFeatures }, (_, i) => `x${i}`), "label"].join(",");
    const lines = Array.from(labels, (label, row) =>
      [...inputs.subarray(row * numFeatures, (row + 1) * numFeatures), label].join(","),
    );
    writeFileSync(file(name), [header, ...lines, ""].join("\n"));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const fitCall = (...more: string[]) =>
  call("fit", "--train", file("a.csv"), "--test", file("b.csv"), "--target", "label", "--seed", "1", ...more);

test("a tree of depth 3 has scikit-learn's accuracy, nodes and importances, on one JSON line", async () => {
  const called = await fitCall("--model", "tree", "--set", "maxDepth=3", "--json");
  expect(called).toMatchObject({ code: 0, err: "" });
  const lines = called.lines();
  expect(lines).toHaveLength(1);
  const expected = dataset.decision_tree[3];
  expect(lines[0]).toMatchObject({ model: "tree", nodes: expected.nodes, trees: 1, depth: 3, testRows: 100, seed: 1 });
  expect(lines[0]["accuracy"]).toBeCloseTo(expected.test_accuracy, 12);
  expect(lines[0]["trainAccuracy"]).toBeCloseTo(expected.train_accuracy, 12);
  expect(lines[0]["seconds"]).toBeGreaterThan(0);
  const importances = lines[0]["importances"] as Record<string, number>;
  expected.gini_importance.forEach((share, i) => {
    expect(importances[`x${i}`]).toBeCloseTo(share, 9);
  });
});

test.each(TREE_MODELS.map((model) => [model]))("%s is fitted, written and acts again", async (model) => {
  const out = file(`${model}.json`);
  const size = model === "boosting" ? "numStages=20" : model === "tree" ? "maxDepth=5" : "numTrees=20";
  const called = await fitCall("--model", model, "--set", size, "--out", out, "--json");
  expect(called).toMatchObject({ code: 0, err: "" });
  const policy = parseTreePolicy(JSON.parse(readFileSync(out, "utf8")), out);
  const actions = new Float32Array(100);
  policy.act(held.inputs, null, actions, null);
  const hits = actions.filter((action, i) => action === held.labels[i]).length;
  expect(hits / 100).toBeCloseTo(called.lines()[0]["accuracy"] as number, 12);
  expect(hits / 100).toBeGreaterThan(dataset.majority_test_accuracy + 0.2);
});

test("for a person it prints scores and importances, and writes code", async () => {
  const called = await fitCall("--set", "maxDepth=2", "--out", file("tree.py"));
  expect(called.out).toContain("accuracy, test");
  expect(called.out).toContain("x3");
  expect(readFileSync(file("tree.py"), "utf8")).toMatch(/^def act\(observation\):$/m);
});

describe("wrong input ends with 2, one sentence, and nothing printed", () => {
  test.each([
    [["--set", "maxDepth=0"], /--set.maxDepth: expected a whole number from 1 to \d+, got 0/],
    [["--set", "maxdepth=3"], /--set.maxdepth: expected one of the options maxDepth/],
    [["--set", "maxDepth"], /--set: expected NAME=VALUE/],
    [["--model", "shrub"], /--model: expected one of tree, random-forest, extra-trees, boosting, got "shrub"/],
    [["--model", "boosting", "--out", "model.ts"], /--out: .*single trees/],
    [["--out", "model.pickle"], /--out: expected a file that ends in/],
  ])("%j", async (flags, message) => {
    const called = await fitCall(...flags);
    expect(called).toMatchObject({ code: 2, out: "" });
    expect(called.err.trim().split("\n")).toHaveLength(1);
    expect(called.err).toMatch(message);
  });

  test("a file that is not there, and one with NaN", async () => {
    expect((await call("fit", "--train", file("none.csv"))).err).toMatch(/--train: expected a CSV file with a header/);
    writeFileSync(file("nan.csv"), "x,y\n1,a\nNaN,b\n");
    const called = await call("fit", "--train", file("nan.csv"));
    expect(called).toMatchObject({ code: 2, out: "" });
    expect(called.err).toContain('line 3, column "x": expected a finite number, got "NaN"');
    expect((await call("fit")).err).toContain("--train: expected a CSV file with a header, got nothing");
  });
});

test("the help names every option of every model, with its default and range", async () => {
  const { out } = await call("fit", "--help");
  for (const model of TREE_MODELS) {
    const [, section] = out.split(new RegExp(`^Options of .*${model}.*$`, "m"));
    for (const { key } of describeOptions(treeModelOptions(model))) expect(section).toContain(`  ${key} `);
  }
  expect(out).toMatch(/^ {2}learningRate +0.1 +What share of each tree is added. \(a number from 0.0001 to 1\)$/m);
  expect(out).toContain("the last of a name counts");
});

test("of an option that is given twice the last counts, as the help says", async () => {
  const called = await fitCall("--set", "maxDepth=2", "--set", "maxDepth=3", "--json");
  expect(called.lines()[0]).toMatchObject({ depth: 3, options: { maxDepth: 3 } });
});

test("the same numbers written differently are the same classes, and a column too many is told", async () => {
  writeFileSync(file("whole.csv"), "x,y\n1,0\n2,1\n");
  writeFileSync(file("decimal.csv"), "x,extra,y\n1,8,0.0\n2,9,1.0\n");
  const called = await call("fit", "--train", file("whole.csv"), "--test", file("decimal.csv"), "--json");
  expect(called.err).toBe('Column "extra" of the test file is not in the training file: it is left out.\n');
  expect(called.lines()[0]).toMatchObject({ classes: ["0", "1"], accuracy: 1 });
});

test("one row is no rows", async () => {
  writeFileSync(file("two.csv"), "x,y\n1,a\n2,b\n");
  writeFileSync(file("one.csv"), "x,y\n1,a\n");
  const { out } = await call("fit", "--train", file("two.csv"), "--test", file("one.csv"));
  expect(out).toMatch(/accuracy, test +1.0000 +1 row$/m);
  expect(out).toMatch(/accuracy, training +1.0000 +2 rows$/m);
});

test("a constant column and an unknown class are told, and the fit goes on", async () => {
  writeFileSync(file("constant.csv"), "x,k,y\n1,5,a\n2,5,b\n");
  writeFileSync(file("unknown.csv"), "x,k,y\n1,5,a\n2,5,c\n");
  const called = await call("fit", "--train", file("constant.csv"), "--test", file("unknown.csv"), "--json");
  expect(called.code).toBe(0);
  expect(called.err).toContain('Column "k" has one value only');
  expect(called.err).toContain("1 test row has a class that no training row has: it counts as wrong");
  expect(called.lines()[0]["accuracy"]).toBe(0.5);
});
