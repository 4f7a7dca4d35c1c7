import { expect, test } from "vitest";
import { inventoryProblemOf } from "../../../src/envs/inventory/variant.js";
import { inventoryReference } from "../../../src/evaluate/inventory/reference.js";
import { referenceOrders } from "../../../src/evaluate/inventory/reference-policy.js";

test("one store with lost sales is held against its optimum, which no simple policy beats by more than chance", async () => {
  const { policies, optimum } = await inventoryReference("inventory", { leadTime: 1, underageCost: 4, horizon: 400 });
  // Exact, section 7.1 of the reference.
  expect(optimum?.kind).toBe("optimal");
  expect(optimum?.cost).toBeCloseTo(4.0407, 3);
  const costs = Object.fromEntries(policies.map(({ name, cost }) => [name, cost]));
  expect(Object.keys(costs).sort()).toEqual(["base-stock", "capped-base-stock", "newsvendor", "optimal"]);
  // Long episodes come near the long run: base stock 4.163, with a cap 4.066.
  expect(costs["optimal"]).toBeCloseTo(4.04, 1);
  expect(costs["base-stock"]).toBeCloseTo(4.16, 1);
  expect(costs["optimal"]).toBeLessThan(costs["base-stock"]);
  expect(policies.map(({ cost }) => cost)).toEqual(policies.map(({ cost }) => cost).toSorted((a, b) => a - b));
});

test("orders come out the same in whole units, by index", async () => {
  const options = { leadTime: 1, underageCost: 4, horizon: 50 };
  const [byUnits, byIndex] = await Promise.all(
    ["inventory", "inventory-whole"].map((world) => inventoryReference(world, options)),
  );
  const costs = ({ policies }: typeof byUnits) => policies.map(({ name, cost }) => [name, cost]);
  expect(costs(byIndex)).toEqual(costs(byUnits));
});

test("waiting demand is held against a level, a chain against levels of its stages", async () => {
  const store = await inventoryReference("inventory", { setting: "one-store-backlogged", horizon: 50 });
  expect(store.policies.map(({ name }) => name)).toEqual(["optimal"]);
  const problem = inventoryProblemOf("inventory", { setting: "one-store-backlogged" });
  const orders = new Float64Array(1);
  void referenceOrders(store.policies[0].policy, problem)?.(Float64Array.of(10, 5, 5, 0), 1, orders);
  // L = 4, p = 9: up to 29.59.
  expect(orders[0]).toBeCloseTo(29.59 - 20, 1);
  const chain = await inventoryReference("inventory", { setting: "serial", horizon: 50 });
  expect(chain.policies.map(({ name }) => name)).toEqual(["optimal"]);
  expect(chain.optimum?.cost).toBeCloseTo(10.734, 1);
});

test("recorded sales are held against newsvendors and just-in-time orders, which nobody beats", async () => {
  const options = { setting: "one-store-sales", horizon: 30 };
  const { policies, optimum, later } = await inventoryReference("inventory", options);
  expect(optimum).toBeNull();
  expect(policies[0].name).toBe("just-in-time");
  expect(policies.map(({ name }) => name).toSorted()).toEqual([
    "fixed-quantile",
    "just-in-time",
    "quantile-nv",
    "transformed-nv",
  ]);
  // What just in time earns is all demand from the first arrival on; it never holds anything.
  const [store, warehouse, , procurement] = policies[0].terms;
  expect([store, warehouse, procurement]).toEqual([0, 0, 0]);
  expect(later?.newsvendor?.cost).toBeGreaterThan(later?.justInTime ?? 0);
  const problem = inventoryProblemOf("inventory", options);
  expect(referenceOrders(policies[0].policy, problem)).toBeNull();

  const network = await inventoryReference("inventory", { setting: "many-warehouses-sales", horizon: 10 });
  expect(network.policies.map(({ name }) => name)).toEqual(["just-in-time"]);
  expect(network.policies[0].terms[1]).toBeCloseTo(0, 3);
  expect(network.later?.newsvendor).toBeNull();
}, 120_000);
