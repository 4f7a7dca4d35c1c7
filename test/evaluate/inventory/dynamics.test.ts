import { expect, test } from "vitest";
import { RandomStream } from "../../../src/core/random.js";
import { observe, reset, step } from "../../../src/envs/inventory/dynamics.js";
import { periodsOf } from "../../../src/envs/inventory/sales.js";
import { orderLimits, tablesOf } from "../../../src/envs/inventory/tables.js";
import { inventoryProblemOf } from "../../../src/envs/inventory/variant.js";
import { ordersOfActor } from "../../../src/evaluate/inventory/orders-of-actor.js";
import { InventorySimulator } from "../../../src/evaluate/inventory/simulator.js";
import { drawTraces, recordedTraces } from "../../../src/evaluate/inventory/traces.js";

const SETTINGS = [
  ["one-store-lost", {}],
  ["one-store-backlogged", { leadTime: 1 }],
  ["one-store-lost", { orderCost: 7 }],
  ["serial", {}],
  ["serial", { demand: "poisson" }],
  ["transshipment", { numStores: 3 }],
  ["one-warehouse", { correlation: 0 }],
  ["many-warehouses", {}],
] as const;

test.each(SETTINGS)("period by period the simulator does what the world's dynamics do: %s %o", (setting, options) => {
  const network = inventoryProblemOf("inventory", { setting, ...options });
  const simulator = new InventorySimulator(network);
  const { width, numEdges, numStores, numNodes } = simulator;
  const tables = tablesOf(network);
  const limits = orderLimits(network);
  const periods = 40;
  // The same uniforms, one trace: first the stock of the stores, then the demand of each period.
  const { demands, starts } = drawTraces(simulator, new RandomStream(2, "trace"), 0, 1, periods);
  const uniforms = new RandomStream(2, "trace");
  for (let i = 0; i < width - simulator.offsets[simulator.firstStore]; i++) uniforms.uniform();
  const noiseSize = numStores + (network.demand.kind === "normal" && network.demand.correlation > 0 ? 1 : 0);

  const wishes = new RandomStream(3, "orders");
  const state = new Float64Array(width + numEdges + 2 * numStores);
  state.set(starts);
  let pipelines: Float64Array = starts.slice();
  for (let period = 0; period < periods; period++) {
    const action = Float32Array.from(limits, (limit) => limit * (wishes.uniform() ** 3 * 1.3 - 0.1));
    const noise = Float64Array.from({ length: noiseSize }, () => uniforms.uniform());
    const outcome = new Float64Array(4);
    step({ $: state }, { $: action }, { $: noise }, tables, { $: outcome });

    const orders = new Float64Array(numEdges);
    ordersOfActor(simulator, { act: (_observations, _commands, actions) => actions.set(action) })(pipelines, 1, orders);
    orders.forEach((order, edge) => {
      expect(order).toBeCloseTo(state[width + edge], 9);
    });
    const next = new Float64Array(width);
    const traceCosts = new Float64Array(1);
    const costs = new Float64Array(3 * numNodes);
    const demand = { values: demands, first: period * numStores, stride: 0 };
    simulator.step(1, pipelines, orders, demand, next, traceCosts, costs);
    // Demands are kept in float32.
    next.forEach((stock, entry) => {
      expect(stock).toBeCloseTo(state[entry], 4);
    });
    expect(-traceCosts[0] / numStores).toBeCloseTo(outcome[1] + outcome[2] + outcome[3], 4);
    pipelines = next;
  }
});

test.each([
  ["one store", "one-store-sales"],
  ["three warehouses", "many-warehouses-sales"],
])("the same holds of recorded sales, week by week, with the facts that a policy sees: %s", (_, setting) => {
  const network = inventoryProblemOf("inventory", { setting });
  const simulator = new InventorySimulator(network);
  const { width, pipelineWidth, numEdges, numStores, numNodes } = simulator;
  const tables = tablesOf(network);
  const limits = orderLimits(network);
  const sample = 5;
  const { demands, starts, days } = recordedTraces(simulator, "train", [sample]);

  const state = new Float64Array(pipelineWidth + numEdges + 2 * numStores + tables.facts.size + 2);
  reset({ $: state }, { $: [(sample + 0.5) / tables.sales.numSamples] }, tables);
  const seen = new Float64Array(width);
  const wishes = new RandomStream(3, "orders");
  let pipelines: Float64Array = starts.slice();
  for (let period = 0; period < periodsOf("train"); period++) {
    observe({ $: state }, { $: seen }, tables);
    seen.forEach((entry, i) => {
      expect(entry).toBeCloseTo(pipelines[i], 4);
    });
    const action = Float32Array.from(limits, (limit) => 0.1 * limit * wishes.uniform() ** 3);
    const outcome = new Float64Array(4);
    step({ $: state }, { $: action }, { $: [] }, tables, { $: outcome });

    const orders = new Float64Array(numEdges);
    ordersOfActor(simulator, { act: (_observations, _commands, actions) => actions.set(action) })(pipelines, 1, orders);
    const next = new Float64Array(width);
    const traceCosts = new Float64Array(1);
    const demand = {
      values: demands,
      first: period * numStores,
      stride: 0,
      nextDays: days?.[period + 1] ?? Number.NaN,
    };
    simulator.step(1, pipelines, orders, demand, next, traceCosts, new Float64Array(3 * numNodes));
    expect(-traceCosts[0] / numStores).toBeCloseTo(outcome[1] + outcome[2] + outcome[3], 4);
    pipelines = next;
  }
  // Goods were sold: the two did not agree on nothing.
  expect(pipelines.subarray(0, pipelineWidth).some((stock) => stock > 0)).toBe(true);
});
