import { expect, test } from "vitest";
import { loadEngine } from "../../../src/compute/index.js";
import { createReferenceGroup } from "../../../src/compute/reference-unrolled.js";
import { createUnrolled } from "../../../src/compute/unrolled.js";
import { finish } from "../../../src/core/long-work.js";
import { RandomStream } from "../../../src/core/random.js";
import { HISTORY, IGNORED, NUM_WEEKS, PARTS } from "../../../src/envs/inventory/sales.js";
import { NO_SALES, type SalesTable, salesTable } from "../../../src/envs/inventory/sales-table.js";
import { inventoryProblemOf } from "../../../src/envs/inventory/variant.js";
import { FORECAST_ROWS, FORECASTER, fitForecaster, readLevel } from "../../../src/evaluate/inventory/forecaster.js";
import { salesJustInTimeCost } from "../../../src/evaluate/inventory/just-in-time.js";
import { measureCost } from "../../../src/evaluate/inventory/measure-cost.js";
import { newsvendorOrders } from "../../../src/evaluate/inventory/newsvendors.js";

test("just in time one store earns the price of all demand, and holds nothing", async () => {
  const problem = inventoryProblemOf("inventory", { setting: "one-store-sales" });
  const { demands, underageCosts } = salesTable("", 1);
  let income = 0;
  for (let sample = 0; sample < 100; sample++) {
    for (let week = PARTS.test[0] + HISTORY + IGNORED; week < PARTS.test[1]; week++) {
      income += (underageCosts[sample] * demands[sample * NUM_WEEKS + week]) / (100 * 21);
    }
  }
  expect(await salesJustInTimeCost(problem, "test", 100)).toBeCloseTo(-income, 8);
});

test("just in time in a network no warehouse ships more than it has, and no store is left with stock", async () => {
  const problem = inventoryProblemOf("inventory", { setting: "many-warehouses-sales" });
  const free = { ...problem, edges: problem.edges.map((edge) => ({ ...edge, cost: 0 })) };
  const { demands, underageCosts } = salesTable("", 21);
  let income = 0;
  for (let series = 0; series < 10 * 21; series++) {
    for (let week = PARTS.dev[0] + HISTORY + IGNORED; week < PARTS.dev[1]; week++) {
      income += (underageCosts[series] * demands[series * NUM_WEEKS + week]) / (10 * 21 * 21);
    }
  }
  // Where goods cost nothing, only what is held or missing could make a difference.
  expect(await salesJustInTimeCost(free, "dev", 10)).toBeCloseTo(-income, 8);
  expect(await salesJustInTimeCost(problem, "dev", 10)).toBeGreaterThan(-income);
});

test("levels are straight lines between forecast quantiles and beyond the outermost; below 0 they count as 0", () => {
  const outputs = Array.from({ length: 57 }, (_, i) => (i % 19) * 0.5 - 1 + Math.floor(i / 19) * 100);
  const at = (leadTime: number, quantile: number) => {
    const level = { units: 0, slope: 0 };
    readLevel(outputs, 0, leadTime, quantile, 2, level);
    return level;
  };
  expect(at(5, 0.5).units).toBeCloseTo(2 * (100 + 3.5), 9);
  expect(at(5, 0.525).units).toBeCloseTo(2 * (100 + 3.75), 9);
  expect(at(6, 0.99).units).toBeCloseTo(2 * (200 + 8 + 0.4), 9);
  expect(at(4, 0.1)).toEqual({ units: 0, slope: 0 });
  expect(at(5, 0.77).slope).toBeCloseTo((at(5, 0.7701).units - at(5, 0.7699).units) / 0.0002, 6);
});

test("a fitted forecaster is all but as good as knowing the distribution of demand", async () => {
  // Uniform whole numbers from 5 to 15, whatever came before: variance 10 a week.
  const numSamples = 500;
  const stream = new RandomStream(1, "demand");
  const demands = Float32Array.from({ length: numSamples * NUM_WEEKS }, () => 5 + stream.integer(11));
  const days = new Float64Array(NUM_WEEKS + 1);
  const table: SalesTable = { ...NO_SALES, numSamples, numWeeks: NUM_WEEKS, demands, days };
  const createEngine = await loadEngine("wasm-simd");
  if (!createEngine?.unrolled) throw new Error("this Node knows no WebAssembly SIMD");
  const network = createUnrolled(createEngine.unrolled, FORECASTER, 1, FORECAST_ROWS);
  const loss = finish(fitForecaster(network, table, 10, 1));
  // Of a normal distribution the mean pinball loss of 19 quantiles is 0.297 deviations; those of 5, 6 and 7 weeks.
  const known = (0.297 * (Math.sqrt(50) + Math.sqrt(60) + Math.sqrt(70))) / 3;
  expect(loss / known).toBeGreaterThan(0.97);
  expect(loss / known).toBeLessThan(1.05);
}, 60_000);

test("a newsvendor that asks for more loses fewer sales and holds more", async () => {
  const problem = inventoryProblemOf("inventory", { setting: "one-store-sales" });
  const network = createUnrolled(createReferenceGroup, FORECASTER, 1, 1);
  // Quantiles that rise by a unit of twelve each, whatever was sold.
  const parameters = network.getParameters().fill(0);
  const { biases } = network.layout.layers[network.layout.layers.length - 1];
  for (let i = 0; i < 57; i++) parameters[biases + i] = i % 19;
  const termsAt = async (shift: number) => {
    const rule = { shift, slope: 0, returns: false, unit: 12, forecaster: parameters };
    const { nodes } = await measureCost(problem, newsvendorOrders(rule, problem), { seed: 1, numTraces: 50 });
    return nodes[0].terms;
  };
  const [low, high] = [await termsAt(-1), await termsAt(1.5)];
  expect(high.holding).toBeGreaterThan(1.5 * low.holding);
  expect(high.underage).toBeLessThan(low.underage);
});
