import { describe, expect, it, test } from "vitest";
import type { OptionValues } from "../../src/core/options.js";
import { RandomStream } from "../../src/core/random.js";
import { createVectorEnvironment, findEnvironment, loadEnvironment, loadWorld } from "../../src/envs/index.js";
import { normalQuantile, poissonQuantile } from "../../src/envs/inventory/demand.js";
import { firstStore, SUPPLIER } from "../../src/envs/inventory/problem.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";
import { paramNames } from "../../src/envs/params.js";

const inventory = findEnvironment("inventory");
const whole = findEnvironment("inventory-whole");
await Promise.all([loadEnvironment(inventory), loadEnvironment(whole)]);

/** One copy of a network, put into a state that begins with `pipelines`. */
function networkIn(options: OptionValues, pipelines: readonly number[]) {
  const env = createVectorEnvironment(inventory, { numEnvs: 1, seed: 1, options });
  const size = env.spec.observation.length;
  expect(pipelines).toHaveLength(size);
  env.setStateOf(0, [...pipelines, ...new Array(env.spec.state.length - size).fill(0)]);
  const named = () => Object.fromEntries(env.spec.state.map((name, i) => [name, env.stateOf(0)[i]]));
  return { env, named, size };
}

describe("draws of demand", () => {
  it("invert the normal distribution", () => {
    // Quantiles of tables, to their digits; a uniform stands for the middle of its cell.
    for (const [p, z] of [
      [0.5, 0],
      [0.8413447461, 1],
      [0.975, 1.959963985],
      [0.001, -3.090232306],
      [0.9, 1.281551566],
    ]) {
      expect(Math.abs(normalQuantile(p - 0.5 / 16777216) - z)).toBeLessThan(1e-6);
    }
    // The ends are finite, and as far out as 24 bits reach.
    expect(normalQuantile(0)).toBeCloseTo(-5.42, 1);
    expect(normalQuantile(16777215 / 16777216)).toBeCloseTo(5.42, 1);
  });

  it("invert the Poisson distribution, of small means exactly", () => {
    // P(X = 0) = e⁻² = 0.1353, P(X ≤ 1) = 0.4060, P(X ≤ 2) = 0.6767.
    expect([0.135, 0.136, 0.405, 0.407, 0.676, 0.677].map((u) => poissonQuantile(u, 2))).toEqual([0, 1, 1, 2, 2, 3]);
    expect(poissonQuantile(16777215 / 16777216, 5)).toBeLessThan(30);
  });

  it.each([0.1, 5, 60, 61, 1000])("have the mean and variance of a Poisson distribution of mean %d", (mean) => {
    const count = 40_000;
    // Every 40,000th of the distribution: no noise of sampling.
    const draws = Array.from({ length: count }, (_, i) => poissonQuantile((i + 0.5) / count, mean));
    const average = draws.reduce((sum, x) => sum + x, 0) / count;
    const variance = draws.reduce((sum, x) => sum + (x - average) ** 2, 0) / count;
    expect(average / mean).toBeCloseTo(1, 2);
    expect(variance / mean).toBeCloseTo(1, 2);
    expect(draws.every(Number.isInteger)).toBe(true);
  });

  it("of several stores have their means, deviations and correlation", () => {
    const options = { setting: "transshipment", correlation: 0.5, horizon: 100_000 };
    const env = createVectorEnvironment(inventory, { numEnvs: 1, seed: 4, options });
    const { demand } = inventoryProblemOf("inventory", options);
    const cells = [0, 1].map((store) => env.spec.state.indexOf(`store ${store + 1}: asked`));
    const actions = new Float32Array(env.spec.action.kind === "continuous" ? env.spec.action.features.length : 1);
    const sums = { x: [0, 0], xx: [0, 0], xy: 0 };
    const count = 20_000;
    for (let period = 0; period < count; period++) {
      env.step(actions);
      const state = env.stateOf(0);
      const [a, b] = cells.map((cell, store) => (state[cell] - demand.mean[store]) / demand.std[store]);
      for (const [store, z] of [a, b].entries()) {
        sums.x[store] += z / count;
        sums.xx[store] += (z * z) / count;
      }
      sums.xy += (a * b) / count;
    }
    // Four standard errors of 20,000 draws.
    for (const store of [0, 1]) {
      expect(Math.abs(sums.x[store])).toBeLessThan(0.03);
      expect(Math.abs(sums.xx[store] - 1)).toBeLessThan(0.04);
    }
    expect(Math.abs(sums.xy - 0.5)).toBeLessThan(0.035);
  });
});

describe("one store", () => {
  test("an order can be used one lead time later, and demand meets what is on hand", () => {
    const options = { setting: "one-store-backlogged", leadTime: 2, demandMean: 5, demandStd: 0.000001 };
    const { env, named } = networkIn(options, [6, 0, 0, 0]);
    env.step(Float32Array.of(7));
    // 6 on hand less 5 leaves 1; the 7 units are one period away.
    expect(named()).toMatchObject({ "due in 1 period": 7, shipped: 7, missing: 0 });
    expect(env.stateOf(0)[0]).toBeCloseTo(1, 4);
    expect(env.rewardTerms[0]).toBeCloseTo(-1, 4);
    env.step(Float32Array.of(0));
    // Four are missing and wait: 1 − 5 + 7 = 3 at the start of the next period.
    expect(env.stateOf(0)[0]).toBeCloseTo(3, 4);
    expect(named()["missing"]).toBeCloseTo(4, 4);
    expect([...env.rewardTerms].map((term) => Math.round(term))).toEqual([0, -36, 0]);
  });

  test("lost demand does not wait", () => {
    const options = { setting: "one-store-lost", demand: "normal", demandStd: 0.000001, leadTime: 1 };
    const { env, named } = networkIn(options, [2, 0, 0, 0]);
    env.step(Float32Array.of(4));
    expect(env.stateOf(0)[0]).toBeCloseTo(4, 4);
    expect(named()["missing"]).toBeCloseTo(3, 4);
    expect(env.rewards[0]).toBeCloseTo(-27, 3);
  });

  test("orders of Poisson problems are whole, others are not, and both stay within their bounds", () => {
    const shipped = (options: OptionValues, order: number) => {
      const { env, named } = networkIn(options, [6, 0, 0, 0]);
      env.step(Float32Array.of(order));
      return named()["shipped"];
    };
    expect(shipped({}, 4.6)).toBe(5);
    expect(shipped({ demand: "normal" }, 4.5)).toBe(4.5);
    expect(shipped({ demand: "normal" }, 21)).toBe(20);
    expect(shipped({ demand: "normal" }, -3)).toBe(0);
  });

  test("ordering up to 12 with a lead time of one period costs 4.163 a period", () => {
    // The best base-stock policy of Poisson(5), h = 1, p = 4 (reference, section 7.1).
    const numEnvs = 256;
    const options = { leadTime: 1, underageCost: 4, horizon: 100_000 };
    const env = createVectorEnvironment(inventory, { numEnvs, seed: 3, options });
    const size = env.spec.observation.length;
    const actions = new Float32Array(numEnvs);
    let cost = 0;
    const [ignored, counted] = [200, 2000];
    for (let period = 0; period < ignored + counted; period++) {
      for (let copy = 0; copy < numEnvs; copy++) {
        let position = 0;
        for (let i = 0; i < size; i++) position += env.observations[copy * size + i];
        actions[copy] = 12 - position;
      }
      env.step(actions);
      if (period >= ignored) for (let copy = 0; copy < numEnvs; copy++) cost -= env.rewards[copy];
    }
    expect(Math.abs(cost / (counted * numEnvs) - 4.163)).toBeLessThan(0.02);
  });

  test("the same whole orders by index or by quantity are the same world", () => {
    const [byIndex, byQuantity] = [whole, inventory].map((environment) =>
      createVectorEnvironment(environment, { numEnvs: 4, seed: 5 }),
    );
    for (let period = 0; period < 30; period++) {
      const orders = Float32Array.from([period % 9, 3, 5, 20]);
      byIndex.step(orders);
      byQuantity.step(orders);
      expect([...byIndex.observations]).toEqual([...byQuantity.observations]);
      expect([...byIndex.rewards]).toEqual([...byQuantity.rewards]);
    }
  });
});

describe("a network", () => {
  test("ships no more than there is, in proportion to what was ordered", () => {
    const options = { setting: "one-warehouse", numStores: 2, instance: "uniform", leadTime: 1 };
    const { env, named } = networkIn(options, [9, 0, 0, 50, 50]);
    env.step(Float32Array.of(12, 6, 3));
    expect(named()).toMatchObject({
      "shipped: warehouse → store 1": 6,
      "shipped: warehouse → store 2": 3,
      "shipped: supplier → warehouse": 3,
      "warehouse: on hand": 0,
      "warehouse: due in 2 periods": 3,
    });
  });

  test("a warehouse that can fill its orders keeps the rest, at its own cost", () => {
    const options = { setting: "one-warehouse", numStores: 2, instance: "uniform", leadTime: 1, holdingCost: 0.01 };
    const { env, named } = networkIn(options, [20, 4, 0, 50, 50]);
    env.step(Float32Array.of(12, 6, 0));
    expect(named()["warehouse: on hand"]).toBe(6);
    // Two units stay for a period at 0.3 each, shared between two stores; then those of the road arrive.
    const stores = [1, 2].map((store) => 50 - named()[`store ${store}: asked`]);
    expect(env.rewardTerms[0]).toBeCloseTo(-(2 * 0.3 + 0.01 * (stores[0] + stores[1])) / 2, 5);
  });

  test("a warehouse without room ships all it has, in equal parts when nobody orders", () => {
    const { env, named } = networkIn(
      { setting: "transshipment", numStores: 2, instance: "uniform", leadTime: 2 },
      [8, 0, 0, 5, 0, 5, 0],
    );
    env.step(Float32Array.of(3, 1, 0));
    expect(named()).toMatchObject({ "shipped: warehouse → store 1": 6, "shipped: warehouse → store 2": 2 });
    env.setStateOf(0, [8, 0, 0, 5, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
    env.step(Float32Array.of(0, 0, 0));
    expect(named()).toMatchObject({ "shipped: warehouse → store 1": 4, "shipped: warehouse → store 2": 4 });
  });

  test.each<OptionValues>([
    { setting: "one-store-lost" },
    { setting: "one-store-backlogged" },
    { setting: "serial" },
    { setting: "transshipment" },
    { setting: "one-warehouse", numStores: 10 },
    { setting: "many-warehouses" },
    { setting: "one-warehouse", demand: "poisson", numStores: 3 },
  ])("neither makes nor loses goods: $setting", (options) => {
    const problem = inventoryProblemOf("inventory", options);
    const env = createVectorEnvironment(inventory, { numEnvs: 1, seed: 8, options: { ...options, horizon: 1000 } });
    const size = env.spec.observation.length;
    const { edges } = problem;
    const stores = problem.nodes.length - firstStore(problem);
    const stream = new RandomStream(3, "test");
    const { action } = env.spec;
    if (action.kind !== "continuous") throw new Error("expected continuous actions");
    for (let period = 0; period < 300; period++) {
      const before = env.stateOf(0).slice(0, size);
      env.step(Float32Array.from(action.features, ({ high }) => 0.6 * high * stream.uniform()));
      const state = env.stateOf(0);
      const sum = (from: number, count: number) => state.slice(from, from + count).reduce((total, x) => total + x, 0);
      const bought = edges.reduce((total, edge, i) => total + (edge.from === SUPPLIER ? state[size + i] : 0), 0);
      const asked = sum(size + edges.length, stores);
      const lost = problem.unmet === "lost" ? sum(size + edges.length + stores, stores) : 0;
      const change = sum(0, size) - before.reduce((total, x) => total + x, 0);
      expect(bought - (asked - lost) - change).toBeCloseTo(0, 7);
    }
  });
});

describe("variants", () => {
  it.each([
    ["inventory", inventory],
    ["inventory-whole", whole],
  ])("%s: the registered spec is that of the default options", async (id, { spec }) => {
    const { spec: made } = await loadWorld(id, {});
    expect({ ...made, randomReturn: spec.randomReturn }).toEqual(spec);
    // Returns of 64 episodes deviate by 1,100 each: four standard errors.
    expect(Math.abs(made.randomReturn - spec.randomReturn)).toBeLessThan(550);
  });

  it("are the same object for the same options, and of other sizes for others", async () => {
    const five = await loadWorld("inventory", { setting: "one-warehouse" });
    expect(await loadWorld("inventory", { setting: "one-warehouse", numStores: 5 })).toBe(five);
    const ten = await loadWorld("inventory", { setting: "one-warehouse", numStores: 10 });
    expect([five, ten].map(({ spec }) => spec.observation.length)).toEqual([3 + 5 * 3, 3 + 10 * 3]);
    expect((await loadWorld("inventory", { setting: "serial" })).spec.observation.map(({ name }) => name)).toContain(
      "echelon 2: due in 3 periods",
    );
  });

  it("let each copy have costs of its own, and refuse it another network", () => {
    const env = createVectorEnvironment(inventory, { numEnvs: 2, seed: 1, options: { horizon: 2 } });
    const names = paramNames(env.spec);
    env.params[names.length + names.indexOf("underageCost")] = 100;
    env.step(Float32Array.of(0, 0));
    env.step(Float32Array.of(0, 0));
    // Both begin anew with the same stock in mind and nothing ordered: what is missing costs the second more.
    env.setStateOf(0, [0, 0, 0, 0, 0, 0, 0]);
    env.setStateOf(1, [0, 0, 0, 0, 0, 0, 0]);
    env.step(Float32Array.of(0, 0));
    const missing = [0, 1].map((copy) => env.stateOf(copy)[6]);
    expect(env.rewardTerms[1]).toBeCloseTo(-9 * missing[0], 4);
    expect(env.rewardTerms[4]).toBeCloseTo(-100 * missing[1], 3);
    env.params[names.indexOf("leadTime")] = 7;
    expect(() => env.reset()).toThrow(/keep the network's nodes, roads and lead times/);
  });
});
