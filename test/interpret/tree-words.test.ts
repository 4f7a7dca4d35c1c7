import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { fitTree } from "../../src/compute/trees/cart.js";
import { jsonOf } from "../../src/compute/trees/model-data.js";
import { parseTree } from "../../src/compute/trees/parse-tree.js";
import { predictTreeClasses, type Tree } from "../../src/compute/trees/tree.js";
import { identifiersOf, treeToPython, treeToTypeScript } from "../../src/interpret/tree-code.js";
import { decisionPath, mergedPath, pathText, stepText } from "../../src/interpret/tree-path.js";
import { randomData } from "../compute/trees/random-trees.js";

const INPUTS = [
  { name: "pole angle", unit: "rad" },
  { name: "2nd class", unit: "" },
  { name: "class", unit: "m/s" },
];
const ACTIONS = ["left", "stay", "right"];
/** Keywords of Python and TypeScript, and what the code says itself. */
const WORDS = [
  ...["as", "async", "await", "case", "class", "def", "enum", "false", "let", "lambda", "match", "none", "null"],
  ...["package", "static", "super", "true", "type", "yield", "act", "observation", "number", "arguments", "eval"],
];
const data = randomData(21, { numRows: 200 });
const tree = fitTree(data);

test("a test reads like a sentence, with name, unit and what the row has", () => {
  const step = { node: 0, feature: 0, threshold: 0.0123456, value: -0.03, goesLeft: true };
  expect(stepText(step, INPUTS)).toBe("pole angle <= 0.0123 rad (it is -0.03)");
  expect(stepText({ ...step, feature: 1, goesLeft: false, value: 1 }, INPUTS)).toBe("2nd class > 0.0123 (it is 1)");
  // Never "0.0123 > 0.0123".
  expect(stepText({ ...step, value: 0.0123457, goesLeft: false }, INPUTS)).toBe(
    "pole angle > 0.0123 rad (it is 0.0123457)",
  );
});

test("the tests of a path hold for the row, and merged into intervals they bound it", () => {
  const x = data.inputs.subarray(30, 33);
  const steps = decisionPath(tree, x);
  expect(steps.length).toBeGreaterThan(3);
  for (const { value, threshold, goesLeft } of steps) expect(value <= threshold).toBe(goesLeft);
  const merged = mergedPath(steps);
  expect(merged.length).toBeLessThan(steps.length);
  for (const { feature, low, high } of merged) {
    expect(x[feature]).toBeGreaterThan(low);
    expect(x[feature]).toBeLessThanOrEqual(high);
  }
  const lines = pathText(tree, x, INPUTS, (leaf) => `leaf ${leaf}`);
  expect(lines).toHaveLength(steps.length + 1);
});

test("JSON comes back with the same bits", () => {
  const back = parseTree(JSON.parse(jsonOf(tree)));
  expect(back).toEqual(tree);
  expect(new Uint8Array(back.threshold.buffer)).toEqual(new Uint8Array(tree.threshold.buffer));
});

describe("exported code decides as the tree does", () => {
  const expected = [...predictTreeClasses(tree, data.inputs)];
  const rows = Array.from({ length: 200 }, (_, row) => [...data.inputs.subarray(3 * row, 3 * row + 3)]);

  test("TypeScript, compiled and run", async () => {
    const { outputText } = ts.transpileModule(treeToTypeScript(tree, INPUTS, ACTIONS), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const url = `data:text/javascript;base64,${Buffer.from(outputText).toString("base64")}`;
    const { act } = (await import(/* @vite-ignore */ url)) as { act: (row: readonly number[]) => number };
    expect(rows.map((row) => act(row))).toEqual(expected);
  });

  const hasPython = spawnSync("python3", ["--version"]).status === 0;

  test.skipIf(!hasPython)("Python (skipped where there is no python3)", () => {
    const program = `${treeToPython(tree, INPUTS, ACTIONS)}
import json, sys
print(json.dumps([act(row) for row in json.load(sys.stdin)]))
`;
    const out = execFileSync("python3", ["-c", program], { input: JSON.stringify(rows), encoding: "utf8" });
    expect(JSON.parse(out)).toEqual(expected);
  });

  test("names become identifiers in both languages, and a name cannot break out of its comment", () => {
    const code = treeToPython(tree, [{ name: "a\nimport os", unit: "" }, ...INPUTS.slice(1)], ACTIONS);
    expect(code).not.toMatch(/^import/m);
    expect(code).toContain("x1_2nd_class = observation[1]");
    expect(code).toContain("x2_class = observation[2]");
  });

  const namesOf = (names: readonly string[]) => identifiersOf(names.map((name) => ({ name, unit: "" })));

  test("no two inputs share an identifier, whichever comes first", () => {
    expect(namesOf(["x1", "温度"])).toEqual(["x1", "x1_2"]);
    expect(namesOf(["温度", "x0"])).toEqual(["x0_2", "x0"]);
    expect(namesOf(["x2_a", "a", "A"])).toEqual(["x2_a", "a", "x2_a_2"]);
    expect(namesOf(["a", "A", "x1_a"])).toEqual(["a", "x1_a_2", "x1_a"]);
  });

  const wordsToMixUp = fc.constantFrom("a", "A", "a ", "x0", "x1", "x1_a", "x2_a", "X2 a", "x1_2", "class", "温度", "");
  const anyName = fc.oneof(wordsToMixUp, fc.string({ unit: "grapheme" }), fc.constantFrom(...WORDS));

  test("any names become identifiers, none twice, none a keyword or a name of the code itself", () => {
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 12 }), (names) => {
        const identifiers = namesOf(names);
        expect(new Set(identifiers).size).toBe(names.length);
        for (const identifier of identifiers) {
          expect(identifier).toMatch(/^[a-z][a-z0-9_]*$/);
          expect(WORDS).not.toContain(identifier);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("TypeScript compiles for any names, and every test asks for its own input", () => {
    fc.assert(
      fc.property(fc.tuple(anyName, anyName, anyName), (names) => {
        const inputs = names.map((name) => ({ name, unit: "" }));
        const code = treeToTypeScript(tree, inputs, ACTIONS).replace("export ", "");
        const { outputText, diagnostics } = ts.transpileModule(code, { reportDiagnostics: true });
        expect(diagnostics).toEqual([]);
        const act = new Function(`"use strict"; ${outputText}; return act;`)();
        expect(rows.map((row) => act(row))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test("numbers are answered as a list", () => {
    const inputs = Float32Array.of(0, 1, 2, 3);
    const regression = fitTree({ inputs, numFeatures: 1, targets: [0, 0, 0, 0.5, 1, 2, 1, 2], numOutputs: 2 });
    const code = treeToTypeScript(regression, [INPUTS[0]], ["torque", "brake"]);
    expect(code).toContain("number[]");
    expect(code).toContain("return [1, 2]; // torque, brake");
  });

  test("a tree too deep to read is refused", () => {
    const numNodes = 201;
    const chain: Tree = {
      numFeatures: 1,
      numOutputs: 1,
      task: "regression",
      feature: Int32Array.from({ length: numNodes }, (_, i) => (i % 2 === 0 && i < numNodes - 1 ? 0 : -1)),
      threshold: Float64Array.from({ length: numNodes }, (_, i) => i),
      left: Int32Array.from({ length: numNodes }, (_, i) => (i % 2 === 0 && i < numNodes - 1 ? i + 1 : -1)),
      right: Int32Array.from({ length: numNodes }, (_, i) => (i % 2 === 0 && i < numNodes - 1 ? i + 2 : -1)),
      value: new Float64Array(numNodes),
      samples: new Float64Array(numNodes),
      impurity: new Float64Array(numNodes),
    };
    expect(() => treeToPython(chain, [INPUTS[0]], ["torque"])).toThrow(/a depth of 90 or less/);
  });
});
