import { describe, expect, test } from "vitest";
import { parseOptions } from "../../../src/core/options.js";
import { RandomStream } from "../../../src/core/random.js";
import { options } from "../../../src/envs/inventory/options.js";
import { type InventoryProblem, SUPPLIER } from "../../../src/envs/inventory/problem.js";
import { problemOf } from "../../../src/envs/inventory/settings.js";
import { measureCost, type Orders } from "../../../src/evaluate/inventory/measure-cost.js";
import { InventorySimulator } from "../../../src/evaluate/inventory/simulator.js";
import { drawTraces } from "../../../src/evaluate/inventory/traces.js";

const problem = (values: Record<string, unknown>): InventoryProblem => problemOf(parseOptions(options, values, "env"));

/** Orders up to `level`, counting what is on its way. */
const baseStock =
  (level: number, width: number): Orders =>
  (pipelines, numTraces, orders) => {
    for (let trace = 0; trace < numTraces; trace++) {
      let position = 0;
      for (let entry = 0; entry < width; entry++) position += pipelines[trace * width + entry];
      orders[trace] = Math.max(0, level - position);
    }
  };

/** One period of one trace: the next pipelines, its cost, and the costs by node and term. */
function stepOnce(network: InventoryProblem, pipelines: number[], orders: number[], demand: number[]) {
  const simulator = new InventorySimulator(network);
  const next = new Float64Array(simulator.width);
  const traceCosts = new Float64Array(1);
  const costs = new Float64Array(simulator.numNodes * 3);
  const rows = { values: Float32Array.from(demand), first: 0, stride: 0 };
  simulator.step(1, Float64Array.from(pipelines), Float64Array.from(orders), rows, next, traceCosts, costs);
  return { next: [...next], cost: traceCosts[0], costs: [...costs] };
}

describe("one period", () => {
  const lost = problem({ setting: "one-store-lost", leadTime: 3, underageCost: 9 });

  test("demand is met from stock, what is left costs holding, and everything on its way comes closer", () => {
    const { next, cost } = stepOnce(lost, [5, 2, 1, 0], [4], [3]);
    expect(next).toEqual([4, 1, 4, 0]);
    expect(cost).toBe(2);
  });

  test("demand that is not met is lost, or waits", () => {
    expect(stepOnce(lost, [5, 2, 1, 0], [0], [7])).toMatchObject({ next: [2, 1, 0, 0], cost: 18, costs: [0, 18, 0] });
    const backlogged = problem({ setting: "one-store-backlogged", leadTime: 3, underageCost: 9 });
    expect(stepOnce(backlogged, [5, 2, 1, 0], [0], [7])).toMatchObject({ next: [0, 1, 0, 0], cost: 18 });
  });

  test("profit counts what is sold, even of the last units", () => {
    const profit = { ...lost, profit: true };
    expect(stepOnce(profit, [5, 0, 0, 0], [0], [3]).costs).toEqual([2, -27, 0]);
    expect(stepOnce(profit, [5, 0, 0, 0], [0], [7]).costs).toEqual([0, -45, 0]);
  });

  test("a warehouse ships from stock on hand and pays for what it orders", () => {
    const network: InventoryProblem = {
      ...lost,
      nodes: [
        { kind: "warehouse", name: "warehouse", holdingCost: 0.5, underageCost: 0, holdsStock: true },
        { kind: "store", name: "store", holdingCost: 1, underageCost: 9, holdsStock: true },
      ],
      edges: [
        { from: 0, to: 1, leadTime: 1, cost: 0 },
        { from: SUPPLIER, to: 0, leadTime: 2, cost: 1.5 },
      ],
      minPipeline: 1,
    };
    // Pipelines: warehouse 8 on hand and 3 to come; store 1 on hand. Ships 6, orders 4; demand 2.
    const { next, costs } = stepOnce(network, [8, 3, 1], [6, 4], [2]);
    expect(next).toEqual([5, 4, 6]);
    expect(costs).toEqual([1, 0, 6, 0, 9, 0]);
  });
});

test.each(["one-store-lost", "serial", "transshipment", "many-warehouses"])(
  "in %s nothing is made or lost on the way: stock grows by orders to the supplier minus what is sold",
  (setting) => {
    const network = problem({ setting });
    const simulator = new InventorySimulator(network);
    const { width, numEdges, numStores, firstStore, offsets } = simulator;
    const { demands, starts } = drawTraces(simulator, new RandomStream(3, "test", 4), 0, 4, 30);
    const quarter = new RandomStream(3, "orders");
    // Quarters of a unit and whole demands add up exactly in float64.
    let pipelines = starts.map((stock) => Math.round(4 * stock) / 4);
    for (let i = 0; i < demands.length; i++) demands[i] = Math.round(4 * demands[i]) / 4;
    const total = (rows: Float64Array) => rows.reduce((sum, stock) => sum + stock, 0);
    for (let period = 0; period < 30; period++) {
      const orders = Float64Array.from({ length: 4 * numEdges }, () => quarter.integer(40) / 4);
      const next = new Float64Array(4 * width);
      const rows = { values: demands, first: period * numStores, stride: 30 * numStores };
      simulator.step(4, pipelines, orders, rows, next, new Float64Array(4), new Float64Array(simulator.numNodes * 3));
      let change = 0;
      for (let trace = 0; trace < 4; trace++) {
        network.edges.forEach((edge, index) => {
          if (edge.from === SUPPLIER) change += orders[trace * numEdges + index];
        });
        for (let store = 0; store < numStores; store++) {
          const demand = demands[(trace * 30 + period) * numStores + store];
          const onHand = pipelines[trace * width + offsets[firstStore + store]];
          change -= network.unmet === "lost" ? Math.min(demand, onHand) : demand;
        }
      }
      expect(total(next) - total(pipelines)).toBe(change);
      pipelines = next;
    }
  },
);

test("a trace is the same whatever it is drawn with, and demand has the mean and spread of its model", () => {
  const simulator = new InventorySimulator(problem({ setting: "transshipment", numStores: 3, correlation: 0.5 }));
  const stream = () => new RandomStream(1, "traces", 400);
  const all = drawTraces(simulator, stream(), 0, 400, 60);
  const some = drawTraces(simulator, stream(), 7, 2, 60);
  expect(some.demands).toEqual(all.demands.slice(7 * 180, 9 * 180));
  expect(some.starts).toEqual(all.starts.slice(7 * simulator.width, 9 * simulator.width));

  const column = (store: number) => Array.from({ length: 24_000 }, (_, i) => all.demands[3 * i + store]);
  const [first, second] = [column(0), column(1)];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = (a: number[], b: number[]) => mean(a.map((x, i) => x * b[i])) - mean(a) * mean(b);
  const { demand } = simulator.problem;
  expect(mean(first)).toBeCloseTo(demand.mean[0], 1);
  expect(covariance(first, first)).toBeCloseTo(demand.std[0] ** 2, 1);
  expect(covariance(first, second)).toBeCloseTo(0.5 * demand.std[0] * demand.std[1], 0);
});

describe("the long-run cost", () => {
  const settings = { seed: 1, numTraces: 1024, burnIn: 60, numPeriods: 400 };

  // Of exact dynamic programming over the whole pipeline.
  test("of a base stock of 12 with Poisson demand that is lost, L = 1, p = 4, is 4.163", async () => {
    const network = problem({ setting: "one-store-lost", leadTime: 1, underageCost: 4 });
    const report = await measureCost(network, baseStock(12, 4), settings);
    expect(Math.abs(report.costMean - 4.1629)).toBeLessThan(4 * report.costError);
    expect(report.costError).toBeLessThan(0.01);
    const { holding, underage, procurement } = report.nodes[0].terms;
    expect(holding + underage + procurement).toBeCloseTo(report.costMean, 9);
  });

  // Of a numerical convolution of clipped normal demand over five periods.
  test("of the best base stock with backlogged normal demand, L = 4, p = 9, is 6.277", async () => {
    const network = problem({ setting: "one-store-backlogged", leadTime: 4, underageCost: 9 });
    const report = await measureCost(network, baseStock(29.59, 4), settings);
    expect(Math.abs(report.costMean - 6.2769)).toBeLessThan(4 * report.costError);
    expect(report.costError).toBeLessThan(0.02);
  });

  test("counts orders in whole units where the problem says so, chunk by chunk", async () => {
    const network = problem({ setting: "one-store-lost", leadTime: 2 });
    const orders: number[] = [];
    const half: Orders = (_, numTraces, out) => {
      out.fill(4.6, 0, numTraces);
    };
    const report = await measureCost(network, half, { ...settings, numTraces: 300, numPeriods: 50 });
    const whole: Orders = (_, numTraces, out) => {
      orders.push(numTraces);
      out.fill(5, 0, numTraces);
    };
    expect(await measureCost(network, whole, { ...settings, numTraces: 300, numPeriods: 50 })).toEqual(report);
    expect(new Set(orders)).toEqual(new Set([256, 44]));
  });
});
