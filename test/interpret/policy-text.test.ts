import { expect, test } from "vitest";
import { twoActionRule } from "../../src/agents/policies/rule.js";
import { fitTree } from "../../src/compute/trees/cart.js";
import { ruleText, treeText } from "../../src/interpret/policy-text.js";

const INPUTS = [
  { name: "pole angle", unit: "rad" },
  { name: "count", unit: "" },
];
const ACTIONS = ["left", "right", "stay"];

test("a tree is nested ifs in words, with units", () => {
  const inputs = Float32Array.of(0, 0, 1, 0, 1, 8, 0, 8);
  const tree = fitTree({ inputs, numFeatures: 2, labels: [0, 1, 2, 0], numClasses: 3 });
  expect(treeText(tree, INPUTS, ACTIONS)).toEqual([
    "if pole angle <= 0.5 rad:",
    "  left",
    "else:",
    "  if count <= 4:",
    "    right",
    "  else:",
    "    stay",
  ]);
});

test("thresholds of one input never read the same, and one leaf is always", () => {
  const inputs = Float32Array.of(1, 1.0001, 1.0002);
  const tree = fitTree({ inputs, numFeatures: 1, targets: [0, 1, 2] });
  const tests = treeText(tree, INPUTS, ["torque"]).filter((line) => line.includes("if"));
  expect(tests).toHaveLength(2);
  expect(new Set(tests.map((line) => line.trim())).size).toBe(2);
  const leaf = fitTree({ inputs, numFeatures: 1, targets: [2, 2, 2] });
  expect(treeText(leaf, INPUTS, ["torque"])).toEqual(["always torque 2"]);
});

test("a rule for two actions is one sentence, for more one sum each", () => {
  const { rows } = twoActionRule(-0.25, [12.3456, -2], 1, 0);
  expect(ruleText(rows, INPUTS, ACTIONS)).toEqual([
    "right where 12.3 × pole angle (rad) - 2 × count - 0.25 > 0, else left",
  ]);
  const three = [0, 1, 2].map((action) => ({ action, bias: action, weights: [0, -1] }));
  expect(ruleText(three, INPUTS, ACTIONS)).toEqual([
    "the action with the highest sum",
    "left: -1 × count",
    "right: -1 × count + 1",
    "stay: -1 × count + 2",
  ]);
  expect(ruleText([{ action: 2, bias: 0, weights: [0, 0] }], INPUTS, ACTIONS)).toEqual(["always stay"]);
});
