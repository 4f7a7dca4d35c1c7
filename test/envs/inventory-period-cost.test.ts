import { expect, it, test } from "vitest";
import type { OptionValues } from "../../src/core/options.js";
import { RandomStream } from "../../src/core/random.js";
import { createVectorEnvironment, loadWorld } from "../../src/envs/index.js";
import { PeriodCost } from "../../src/envs/inventory/period-cost.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";

const NETWORK = "warehouse W hold=0.3; store A hold=1 under=9 mean=5 std=2; W>A:2; supplier>W:3 cost=0.5";

test("a period is paid for by hand: stock left at either end, demand not met, and what was bought", () => {
  const cost = new PeriodCost(inventoryProblemOf("inventory", { network: NETWORK }));
  expect(cost.arises).toEqual([true, true, true, true]);
  // Pipelines of W (3) and A (2), shipped W → A and supplier → W, asked, missing.
  const before = [10, 0, 0, 4, 1, 0, 0, 0, 0];
  const after = [6, 0, 8, 1, 4, 4, 8, 7, 3];
  const costs = new Float64Array(4);
  cost.addTo(costs, before, after);
  // A has sold out; W keeps 10 − 4 at 0.3; 3 missing at 9; 8 bought at 0.5.
  expect(costs[0]).toBe(0);
  expect(costs[1]).toBeCloseTo(1.8, 12);
  expect(costs[2]).toBe(27);
  expect(costs[3]).toBe(4);
});

it.each<OptionValues>([
  { setting: "one-store-lost" },
  { setting: "one-store-backlogged", leadTime: 2, orderCost: 7 },
  { setting: "serial" },
  { setting: "transshipment", numStores: 3 },
  { setting: "one-warehouse", numStores: 4 },
  { setting: "many-warehouses" },
  { setting: "one-store-sales" },
  { setting: "many-warehouses-sales" },
  { network: `${NETWORK}; profit=yes` },
  { network: `${NETWORK}; unmet=backlogged` },
])("costs by term sum to minus the reward, step by step, the last one of an episode too: %j", async (options) => {
  const environment = await loadWorld("inventory", options);
  const problem = inventoryProblemOf("inventory", options);
  const cost = new PeriodCost(problem);
  const env = createVectorEnvironment(environment, { numEnvs: 1, seed: 3, options: { ...options, horizon: 20 } });
  const stream = new RandomStream(5, "orders");
  for (let step = 0; step < 45; step++) {
    const before = env.stateOf(0);
    env.step(Float32Array.from(problem.edges, () => 12 * stream.uniform()));
    const costs = new Float64Array(4);
    cost.addTo(costs, before, env.finalStateOf(0));
    const [stores, warehouses, underage, procurement] = costs;
    expect(stores + warehouses).toBeCloseTo(-env.rewardTerms[0], 4);
    expect(underage).toBeCloseTo(-env.rewardTerms[1], 4);
    expect(procurement).toBeCloseTo(-env.rewardTerms[2], 4);
    costs.forEach((value, term) => {
      if (!cost.arises[term]) expect(value).toBe(0);
    });
  }
});
