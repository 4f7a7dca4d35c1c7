import { expect, test } from "vitest";
import {
  claimVerdict,
  curveRows,
  tracesForCost,
  tracesForEqualCost,
} from "../../src/cli/reproductions/inventory-traces.js";
import type { Measured } from "../../src/cli/reproductions/inventory-verdicts.js";
import type { CellResult } from "../../src/cli/reproductions/reproduction.js";

const measured = (policy: string, costs: readonly number[]): Measured => ({
  part: "few-traces",
  problem: { id: "a", envOptions: {} },
  policy,
  results: costs.map((costMean) => ({ summary: { final: { costMean } } }) as unknown as CellResult),
});
const SIZES = [16, 64, 256, 8192];

test("traces for a cost lie on straight lines in their logarithm", () => {
  expect(tracesForCost(SIZES, [8, 6, 5, 4], 7)).toBeCloseTo(32, 9);
  expect(tracesForCost(SIZES, [8, 6, 5, 4], 4.5)).toBeCloseTo(Math.sqrt(256 * 8192), 9);
  expect(tracesForCost(SIZES, [8, 6, 5, 4], 6)).toBeCloseTo(64, 9);
});

test("what fewer traces reach, or none of them, stands at the ends", () => {
  expect(tracesForCost(SIZES, [8, 6, 5, 4], 9)).toBe(16);
  expect(tracesForCost(SIZES, [8, 6, 5, 4], 3.9)).toBe(16_384);
});

test("a cost that rises with more traces is passed over", () => {
  expect(tracesForCost([16, 64, 256], [8, 9, 6], 7)).toBeCloseTo(128, 9);
});

test("a claim is judged by the whole interval", () => {
  expect([claimVerdict(16, 40), claimVerdict(2, 15.9), claimVerdict(4, 20)]).toEqual([
    "supported",
    "refuted",
    "not distinguishable",
  ]);
});

test("a policy that learns as much from 16 traces as the plain network from 1,448 needs 90 times fewer", () => {
  const plain = [8, 6, 5, 4].map((cost, i) => measured(`network-${SIZES[i]}`, [cost, cost, cost]));
  const rows = tracesForEqualCost([...plain, measured("gnn-16", [4.5, 4.5, 4.5]), measured("gnn-64", [5, 5.01, 5.02])]);
  expect(rows.slice(4)).toEqual([
    "| a | gnn | 16 | 4.5000 | 91 [91, 91] | supported |",
    "| a | gnn | 64 | 5.0100 | 3.9 [3.9, 4.0] | refuted |",
  ]);
});

test("too few seeds say nothing, but stand in the learning curves", () => {
  const few = [measured("network-16", [8, 9, 10]), measured("network-8192", [4, 5]), measured("gnn-16", [5])];
  expect(tracesForEqualCost(few)).toEqual(["**Traces for equal cost.** Too few seeds were run to say."]);
  expect(curveRows(few).slice(2)).toEqual([
    "| problem | policy | 16 | 8192 |",
    "| --- | --- | --- | --- |",
    "| a | network | 9.000 [6.516, 11.484] (3) | 4.500 [-1.853, 10.853] (2) |",
    "| a | gnn | 5.000 (1 seed) | – |",
  ]);
});
