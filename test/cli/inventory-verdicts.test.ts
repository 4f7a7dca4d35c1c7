import { describe, expect, test } from "vitest";
import {
  comparisonRows,
  gapsText,
  type Measured,
  type Part,
  rowOf,
  verdictOn,
} from "../../src/cli/reproductions/inventory-verdicts.js";
import type { CellResult } from "../../src/cli/reproductions/reproduction.js";

/** A cell that cost so much, of which only these fields are looked at. */
const cell = (costMean: number, optimalCost: number): CellResult => {
  const gapPercent = 100 * (costMean / optimalCost - 1);
  const final = { returnMean: 0, returnStd: 0, episodes: 1, costMean, costError: 0.003, optimalCost, gapPercent };
  return { summary: { seconds: 60, final } } as unknown as CellResult;
};
const store = (leadTime: number, underageCost: number) => ({
  id: `one-store-lost-L${leadTime}-p${underageCost}`,
  envOptions: { setting: "one-store-lost", leadTime, underageCost },
});
const measured = (part: Part, policy: string, results: readonly CellResult[], leadTime = 1): Measured => ({
  part,
  problem: store(leadTime, 4),
  policy,
  results,
});

describe("gaps against what is wanted", () => {
  const lost = (...costs: readonly number[]) =>
    gapsText((part) =>
      part === "lost"
        ? [
            measured(
              "lost",
              "network",
              costs.map((cost) => cell(cost, 4.0407)),
            ),
          ]
        : [],
    );

  test("a small gap below the best capped base-stock rule is what is wanted", () => {
    // The best capped rule costs 4.0654.
    expect(lost(4.045)[4]).toMatch(
      /^\| one store, lost sales \| 1 of 1 \| 0.106 % \| 0.106 % \| 1 of 1 \| .*: yes \|$/,
    );
  });

  test("a gap above 1 %, or a cost above the capped rule's, is not", () => {
    expect(lost(4.09)[4]).toMatch(/1.220 % \| 0 of 1 \| .*: no \|$/);
  });

  test("a part without cells says so", () => {
    expect(lost(4.05)[5]).toBe("| one store, waiting demand | 0 of 0 | – | – | – | – |");
  });
});

describe("two policies side by side", () => {
  const problems = (theirs: readonly number[], ours: readonly number[]) => [
    measured(
      "few-traces",
      "network-16",
      theirs.map((cost) => cell(cost, 4)),
    ),
    measured(
      "few-traces",
      "gnn-16",
      ours.map((cost) => cell(cost, 4)),
    ),
  ];

  test("the claim is supported where the whole interval of the difference lies above zero", () => {
    const rows = comparisonRows("Few traces", problems([6, 6.1, 5.9], [4.1, 4.2, 4.0]), "network-", "gnn-");
    expect(rows.at(-1)).toMatch(
      /^\| one-store-lost-L1-p4 \| 16 \| 6.0000 \| 4.1000 \| 46.34 % \[40.81 %, 51.87 %\] \| supported \|$/,
    );
  });

  test("who earns more costs less, and shares of a profit keep their sign", () => {
    const rows = comparisonRows("Sales", problems([-100, -101, -99], [-110, -111, -109]), "network-", "gnn-");
    expect(rows.at(-1)).toMatch(/\| -100.0000 \| -110.0000 \| 9.09 % \[7.03 %, 11.15 %\] \| supported \|$/);
  });

  test("one seed is too few", () => {
    expect(comparisonRows("Few traces", problems([6], [4]), "network-", "gnn-")).toEqual([
      "**Few traces.** Too few seeds of network and gnn were run to compare.",
    ]);
  });

  test("an interval that holds zero decides nothing, one below it refutes", () => {
    expect([verdictOn(-1, 1), verdictOn(-2, -1), verdictOn(1, 2)]).toEqual([
      "not distinguishable",
      "refuted",
      "supported",
    ]);
  });
});

test("a row holds one seed's cost with its error, and several with the interval of their mean", () => {
  const row = { part: "serial", problem: store(2, 4), policy: "network" } as const;
  expect(rowOf(row, [cell(5, 4)], "–").slice(3)).toEqual(["1", "5.0000 ± 0.0030", "4.0000", "25.00 %", "–", "60"]);
  expect(rowOf(row, [cell(5, 4), cell(6, 4)], "–")[4]).toBe("5.5000 [-0.8531, 11.8531]");
  expect(rowOf(row, [], "–").slice(3)).toEqual(["0", "–", "–", "–", "–", "–"]);
});
