import { describe, expect, it } from "vitest";
import { numTermsOf, RulePolicy, readRule, twoActionRule } from "../../../src/agents/policies/rule.js";

const actionsOf = (rule: RulePolicy, ...rows: number[][]) => {
  const actions = new Float32Array(rows.length);
  rule.act(Float32Array.from(rows.flat()), null, actions);
  return [...actions];
};

describe("a linear rule", () => {
  it("takes one action above its line and the other on it and below", () => {
    const rule = twoActionRule(-1, [1, 2], 2, 0);
    expect(actionsOf(rule, [3, 0], [1, 0], [0, 0], [0, 0.75])).toEqual([2, 0, 0, 2]);
    expect(numTermsOf(rule)).toBe(3);
  });

  it("with a line for each action takes the highest, the first of equals", () => {
    const rule = new RulePolicy([
      { action: 0, bias: 0, weights: [1] },
      { action: 1, bias: 0, weights: [-1] },
      { action: 2, bias: 1, weights: [0] },
    ]);
    expect(actionsOf(rule, [5], [-5], [0], [1])).toEqual([0, 1, 2, 0]);
  });

  it("is the same after it was written and read", () => {
    const rule = twoActionRule(0.25, [1, -2], 1, 0);
    const copy = readRule(JSON.parse(JSON.stringify(rule.serialise())), 2, 2);
    expect(copy.rows).toEqual(rule.rows);
  });

  it.each([
    [{ rows: [] }, "rule rows: expected 1 or more rows, got []"],
    [{ rows: [{ action: 5, bias: 0, weights: [1, 1] }] }, "rule row 0 action: expected 0 to 1, got 5"],
    [{ rows: [{ action: 0, bias: null, weights: [1, 1] }] }, "rule row 0 bias: expected a number, got null"],
    [{ rows: [{ action: 0, bias: 0, weights: [1] }] }, "rule row 0 weights: expected 2 numbers, got [1]"],
  ])("is refused where a field is wrong: %j", (fields, message) => {
    expect(() => readRule({ kind: "rule", ...fields }, 2, 2)).toThrow(message);
  });
});
