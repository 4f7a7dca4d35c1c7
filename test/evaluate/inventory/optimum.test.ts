import { describe, expect, test } from "vitest";
import { finish } from "../../../src/core/long-work.js";
import { parseOptions } from "../../../src/core/options.js";
import { options } from "../../../src/envs/inventory/options.js";
import { problemOf } from "../../../src/envs/inventory/settings.js";
import { clarkScarf } from "../../../src/evaluate/inventory/clark-scarf.js";
import { clippedNormalTable, meanOf, poissonTable } from "../../../src/evaluate/inventory/demand-table.js";
import { optimalLostSales, orderOf } from "../../../src/evaluate/inventory/lost-sales.js";
import { optimumOf } from "../../../src/evaluate/inventory/optimum.js";
import {
  averageCost,
  baseStockRule,
  bestBaseStock,
  bestCappedBaseStock,
} from "../../../src/evaluate/inventory/order-rules.js";
import oracle from "../../oracles/inventory.json" with { type: "json" };

const problem = (values: Readonly<Record<string, unknown>>) => problemOf(parseOptions(options, values, "env"));
/** The optimum, which must be known. */
const solve = (values: Readonly<Record<string, unknown>>) => {
  const optimum = finish(optimumOf(problem(values)));
  if (optimum.kind === "unknown") throw new Error(optimum.method);
  return optimum;
};
const near = (actual: number, expected: number, tolerance: number) =>
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance);
/** Cells of a table by lead time and underage cost. */
const cells = <Value>(table: Readonly<Record<string, readonly Value[]>>) =>
  Object.entries(table).flatMap(([leadTime, row]) =>
    row.map((value, i) => ({ leadTime: Number(leadTime), underageCost: oracle.underageCosts[i], value })),
  );
const lostSales = (leadTime: number, underageCost: number) => ({
  holdingCost: 1,
  underageCost,
  leadTime,
  demand: poissonTable(5),
});

describe("one store with lost sales", () => {
  test.each(cells(oracle.lostSales.optimum))("L = $leadTime, p = $underageCost costs $value at best", (cell) => {
    const { leadTime, underageCost, value } = cell;
    const optimum = solve({ setting: "one-store-lost", leadTime, underageCost });
    expect(optimum.kind).toBe("optimal");
    near(optimum.cost, value, 5.1e-5);
  });

  test.each(cells(oracle.lostSales.baseStock).filter(({ leadTime }) => leadTime < 4))(
    "L = $leadTime, p = $underageCost: best base-stock level",
    ({ leadTime, underageCost, value: [cost, level] }) => {
      const best = finish(bestBaseStock(lostSales(leadTime, underageCost)));
      near(best.cost, cost, 1.5e-4);
      expect(best.level).toBe(level);
    },
  );

  test.each(cells(oracle.lostSales.cappedBaseStock))(
    "L = $leadTime, p = $underageCost: best capped base-stock rule",
    ({ leadTime, underageCost, value: [cost, level, most] }) => {
      const best = finish(bestCappedBaseStock(lostSales(leadTime, underageCost)));
      near(best.cost, cost, 1.5e-4);
      expect([best.level, best.most]).toEqual([level, most]);
    },
  );

  test("the best orders, followed as a rule, cost what the optimum says", () => {
    const store = lostSales(3, 9);
    const { cost, table } = finish(optimalLostSales(store));
    near(
      averageCost(store, (state) => orderOf(table, state)),
      cost,
      2e-5,
    );
  });

  test("with no demand left to lose in a period of certain demand, the store costs nothing", () => {
    const certain = { step: 1, first: 3, probabilities: Float64Array.of(1) };
    near(averageCost({ ...lostSales(1, 9), demand: certain }, baseStockRule(6)), 0, 1e-9);
    near(averageCost({ ...lostSales(1, 9), demand: certain }, baseStockRule(7)), 1, 1e-9);
  });

  test("normal demand is solved on a grid; one twice as coarse is within the error that is stated", () => {
    const optimum = solve({ setting: "one-store-lost", demand: "normal", leadTime: 1 });
    expect(optimum.kind).toBe("optimal");
    // The limit of ever finer grids (1.6 / 8 … 1.6 / 32 units: 3.7147, 3.7152, 3.7154).
    near(optimum.cost, 3.7155, optimum.error);
    expect(optimum.error).toBeLessThan(0.005 * optimum.cost);
  });

  test("too many states give a bound: the least cost at a shorter lead time", () => {
    const alike = { setting: "one-store-lost", demandMean: 60 };
    const bound = solve({ ...alike, leadTime: 9 });
    const shorter = solve({ ...alike, leadTime: 2 });
    expect(bound.kind).toBe("lower-bound");
    expect(bound.method).toContain("at a lead time of 2, since 9 takes too many states");
    expect(bound.cost).toBe(shorter.cost);
  });

  test("what does not fit in memory is refused in a sentence", () => {
    expect(() => finish(optimalLostSales(lostSales(12, 9)))).toThrow(
      /^lead time: expected .* got 12, which takes .* states/,
    );
  });

  test("waiting demand at p / (L + 1) bounds lost sales", () => {
    const lost = solve({ setting: "one-store-lost", leadTime: 4 });
    const waiting = { setting: "one-store-backlogged", demand: "poisson", leadTime: 4, underageCost: 9 / 5 };
    const bound = solve(waiting);
    expect(bound.cost).toBeLessThan(lost.cost);
    expect(bound.cost).toBeGreaterThan(0.5 * lost.cost);
  });
});

describe("one store whose demand waits", () => {
  test.each(cells(oracle.backlogged))(
    "L = $leadTime, p = $underageCost: level and cost",
    ({ leadTime, underageCost, value: [cost, level] }) => {
      const optimum = solve({ setting: "one-store-backlogged", leadTime, underageCost });
      near(optimum.cost, cost, 1.5e-4);
      expect(optimum.policy?.kind).toBe("base-stock");
      if (optimum.policy?.kind === "base-stock") near(optimum.policy.level, level, 0.02);
    },
  );
});

describe("a serial system", () => {
  test.each(cells(oracle.serial.optimum))("L = $leadTime, p = $underageCost costs $value", (cell) => {
    const { leadTime, underageCost, value } = cell;
    near(solve({ setting: "serial", leadTime, underageCost }).cost, value, 2e-3);
  });

  test.each(oracle.serial.levels)("L = $leadTime, p = $underageCost: levels", ({ leadTime, underageCost, levels }) => {
    const { policy } = solve({ setting: "serial", leadTime, underageCost });
    expect(policy?.kind).toBe("echelon-base-stock");
    // Nodes run from the supplier down, the oracle from the store up.
    if (policy?.kind === "echelon-base-stock") {
      [...policy.levels].reverse().forEach((level, i) => {
        near(level, levels[i], 0.06);
      });
    }
  });

  test("three stages cost what stockpyl documents, up to its coarser grid", () => {
    const stages = [
      { echelonHoldingCost: 3, leadTime: 1 },
      { echelonHoldingCost: 2, leadTime: 1 },
      { echelonHoldingCost: 2, leadTime: 2 },
    ];
    const { cost } = clarkScarf({ stages, underageCost: 37.12, demand: clippedNormalTable(5, 1, 0.02) });
    near(cost, oracle.serial.threeStages, 2e-4 * cost);
  });

  test("one stage is a store by itself", () => {
    const demand = poissonTable(5);
    const { cost, levels } = clarkScarf({ stages: [{ echelonHoldingCost: 1, leadTime: 5 }], underageCost: 9, demand });
    const alone = solve({ setting: "one-store-backlogged", demand: "poisson", leadTime: 4 });
    near(cost, alone.cost, 1e-9);
    expect(alone.policy).toEqual({ kind: "base-stock", level: levels[0] });
  });
});

describe("networks of many stores", () => {
  const rows = Object.entries(oracle.transshipment).flatMap(([numStores, byCorrelation]) =>
    Object.entries(byCorrelation).flatMap(([correlation, row]) =>
      row.map((value, i) => ({
        numStores: Number(numStores),
        correlation: Number(correlation),
        leadTime: i < 2 ? 2 : 6,
        underageCost: i % 2 === 0 ? 4 : 9,
        value,
      })),
    ),
  );
  test.each(rows)("transshipment, $numStores stores, ρ = $correlation, L = $leadTime, p = $underageCost", (row) => {
    const { value, ...values } = row;
    const bound = solve({ setting: "transshipment", ...values });
    expect(bound.kind).toBe("lower-bound");
    // Means and deviations of the stores are published to three decimals.
    near(bound.cost, value, 3e-4 * value);
  });

  test("alike stores behind a warehouse cost no less than one of them with a supplier of its own", () => {
    const alike = { instance: "uniform", demand: "poisson", leadTime: 2 };
    const bound = solve({ setting: "one-warehouse", ...alike, numStores: 3 });
    const alone = solve({ setting: "one-store-lost", leadTime: 2 });
    expect(bound.kind).toBe("lower-bound");
    near(bound.cost, alone.cost, 1e-9);
  });

  test("buying raises the bound by what it costs, less what it no longer pays to sell", () => {
    const options = { setting: "many-warehouses", instance: "uniform", demand: "poisson" };
    const { cost } = solve(options);
    const free = solve({ setting: "one-warehouse", instance: "uniform", demand: "poisson", leadTime: 1 });
    expect(cost).toBeGreaterThan(free.cost);
  });
});

describe("demand on a grid", () => {
  test("a clipped normal keeps its mean, and its variance where little is clipped", () => {
    const table = clippedNormalTable(5, 1.6, 0.4);
    const mean = meanOf(table);
    // E[max(N, 0)] of N(5, 1.6).
    near(mean, 5.00039, 5e-5);
    const variance = table.probabilities.reduce(
      (sum, probability, i) => sum + probability * ((table.first + i) * table.step - mean) ** 2,
      0,
    );
    near(variance, 2.56, 0.01);
  });

  test("Poisson probabilities, also of a large mean", () => {
    const { first, probabilities } = poissonTable(5);
    near(probabilities[3 - first], 0.1403738958142805, 1e-12);
    near(meanOf(poissonTable(1000)), 1000, 1e-6);
  });
});

describe("networks of one's own", () => {
  const own = (network: string) => finish(optimumOf(problem({ network })));

  test("a chain in words is solved like the setting it equals, and one that buys pays for it", () => {
    const chain = "warehouse W hold=0.5; store A hold=1 under=9 mean=5 std=2; W>A:2; supplier>W:3; unmet=backlogged";
    const free = own(chain);
    const bought = own(chain.replace("supplier>W:3", "supplier>W:3 cost=2"));
    expect(free.kind).toBe("optimal");
    near(Number(bought.cost) - Number(free.cost), 2 * 5.004, 1e-3);
  });

  test("profit counts what is sold", () => {
    const store = "store A hold=1 under=9 mean=5; supplier>A:2; demand=poisson";
    near(Number(own(`${store}; profit=yes`).cost), Number(own(store).cost) - 9 * 5, 1e-6);
  });

  test("what cannot be bounded says why", () => {
    const store = "store A hold=1 under=9 mean=5 std=4; supplier>A:2";
    expect(own(`${store}; clipped=no`)).toMatchObject({
      kind: "unknown",
      method: "demand may be below 0 (clipped=no)",
    });
    expect(own(`${store}; profit=yes; unmet=backlogged`).kind).toBe("unknown");
  });

  test("whole orders for demand of any size are bounded by orders of any size", () => {
    const store = "store A hold=1 under=9 mean=5 std=1.6; supplier>A:1";
    const any = own(store);
    const whole = own(`${store}; whole=yes`);
    expect(any.kind).toBe("optimal");
    expect(whole).toMatchObject({ kind: "lower-bound", cost: any.cost, policy: null });
  });

  test("demand that never varies costs nothing", () => {
    expect(own("store A under=9 mean=5 std=0; supplier>A:2; unmet=backlogged").cost).toBe(0);
    near(Number(own("store A under=9 mean=5 std=0; supplier>A:2").cost), 0, 1e-6);
  });
});
