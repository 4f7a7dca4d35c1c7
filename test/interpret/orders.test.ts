import { expect, test } from "vitest";
import { InventoryRulePolicy } from "../../src/agents/policies/inventory-rule.js";
import { restorePolicy } from "../../src/agents/policies/restore.js";
import { RandomStream } from "../../src/core/random.js";
import { loadWorld } from "../../src/envs/index.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";
import { type InventoryRule, ordersOf } from "../../src/evaluate/inventory/rules.js";
import { InventorySimulator } from "../../src/evaluate/inventory/simulator.js";
import { explain } from "../../src/interpret/explain.js";
import { type OrdersExplanation, parseExplanation } from "../../src/interpret/explanation.js";
import { networkCandidates } from "../../src/interpret/order-levels.js";
import { FREE_PACE } from "../../src/interpret/pace.js";

const STORE = { setting: "one-store-lost", leadTime: 2, underageCost: 9 };
const QUICK = { traces: 32, testTraces: 64 };

async function explained(
  rule: InventoryRule,
  envOptions: Readonly<Record<string, string | number>> = STORE,
  pace = FREE_PACE,
) {
  const environment = await loadWorld("inventory", envOptions);
  const policy = new InventoryRulePolicy(rule, inventoryProblemOf("inventory", envOptions));
  const method = "orders" as const;
  const request = { policy, environment, envOptions, agent: "hdpo", step: 1, method, options: QUICK, seed: 1, pace };
  return (await explain(request)) as OrdersExplanation;
}

test("a capped base-stock policy is found again, with its cost beside the optimum", async () => {
  const rule = { rule: "capped-base-stock", level: 19, most: 6 } as const;
  const found = await explained(rule);
  expect(found.policy).toMatchObject({ kind: "rule", ...rule, text: "order up to 19, at most 6 at once" });
  expect(found).toMatchObject({
    kind: "orders",
    fidelity: 1,
    fidelityOnOwnStates: 1,
    equivalent: true,
    size: { terms: 2 },
  });
  expect(found.costMean).toBe(found.teacherCostMean);
  expect(found.returnMean).toBe(-found.costMean);
  expect(Math.abs(found.costMean - 6.1191)).toBeLessThan(4 * found.costError);
  expect(found.optimum.cost).toBeCloseTo(6.0936, 4);
  expect(parseExplanation(JSON.stringify(found), "file")).toEqual(JSON.parse(JSON.stringify(found)));
});

test("how much of the work is done is told in small steps, up to all of it", async () => {
  const shares: number[] = [];
  await explained({ rule: "base-stock", level: 21 }, STORE, { ...FREE_PACE, progress: (share) => shares.push(share) });
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(Math.max(...shares.slice(1).map((share, i) => share - shares[i]))).toBeLessThan(0.01);
  expect(shares.at(-1)).toBeCloseTo(1, 9);
});

test("the curve holds the levels of the policy where it was, and those of the best one", async () => {
  const { curve } = await explained({ rule: "base-stock", level: 21 });
  if (!curve) throw new Error("expected the curve of one store, got none");
  const { positions, shares, learned, readable, optimal } = curve;
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  // The stock of the first period may hold parts of a unit, which stay until a store has sold out.
  expect(Math.max(...learned.map((level) => Math.abs(level - 21)))).toBeLessThan(0.2);
  expect(readable).toEqual(learned);
  // The best policy orders something below 16, and never lifts the store as high as 21.
  const visited = positions.map((position, i) => ({ position, level: optimal?.[i] ?? 0 }));
  expect(visited.filter(({ position }) => position < 16).every(({ position, level }) => level > position)).toBe(true);
  expect(visited.filter(({ position }) => position < 20).every(({ level }) => level < 20.5)).toBe(true);
});

test("a policy that no rule can copy becomes a table or a tree that costs about as much", async () => {
  const orders = [8, 8, 8, 8, 8, 8, 8, 7, 7, 7, 7, 6, 6, 5, 5, 4, 3, 2, 2, 1];
  const found = await explained({ rule: "order-table", step: 1, orders });
  expect(found.fidelity).toBe(1);
  expect(found.policy).toMatchObject({ kind: "rule", rule: "order-table" });
  expect(found.candidates.length).toBeGreaterThan(4);
  expect(found.candidates[0].chosen).toBe(true);
});

const WAREHOUSE = { setting: "one-warehouse", numStores: 3 };
const ENDLESS = [1, 2, 3, 4].map(() => Number.POSITIVE_INFINITY);

test.each([
  ["level for each road", { levels: [22, 30, 23, 65], most: ENDLESS, echelon: false }],
  ["level and cap for each road", { levels: [22, 30, 23, 65], most: [6, 7, 8, 25], echelon: false }],
  ["echelon level for each road", { levels: [22, 30, 23, 120], most: ENDLESS, echelon: true }],
  ["echelon level and cap for each road", { levels: [22, 30, 23, 120], most: [6, 7, 8, 16], echelon: true }],
] as const)("levels and caps of a network's roads are found again: %s", (wanted, numbers) => {
  const problem = inventoryProblemOf("inventory", WAREHOUSE);
  const rule = { rule: "road-levels", ...numbers } as const;
  const { width, numEdges } = new InventorySimulator(problem);
  const numRows = 2000;
  const stream = new RandomStream(1, "states");
  // More in the warehouse than the stores ask for now and then, and less.
  const pipelines = Float64Array.from(
    { length: numRows * width },
    (_, i) => stream.uniform() * (i % width === 0 ? 40 : 12),
  );
  const orders = new Float64Array(numRows * numEdges);
  void ordersOf(rule, problem)(pipelines, numRows, orders);
  const found = networkCandidates(problem, { pipelines, orders }).find(({ label }) => label === wanted);
  expect(found?.levels?.map(({ name }) => name)).toEqual([
    "warehouse → store 1",
    "warehouse → store 2",
    "warehouse → store 3",
    "supplier → warehouse",
  ]);
  found?.levels?.forEach(({ level, most }, i) => {
    expect(Math.abs(Number(level) - rule.levels[i])).toBeLessThan(0.6);
    if (wanted.includes("cap")) expect(Math.abs(Number(most) - rule.most[i])).toBeLessThan(0.6);
    else expect(most).toBeNull();
  });
});

test("a network's policy becomes a rule that costs no more, road by road, beside the lower bound", async () => {
  const rule = { rule: "road-levels", levels: [22, 30, 23, 65], most: [6, 7, 8, 25], echelon: false } as const;
  const found = await explained(rule, WAREHOUSE);
  const same = found.candidates.find(({ label }) => label === "level and cap for each road");
  expect(same?.agreement).toBeGreaterThan(0.97);
  expect(found.costMean).toBeLessThan(1.005 * found.teacherCostMean);
  expect(found).toMatchObject({
    curve: null,
    optimum: { kind: "lower-bound" },
    size: { terms: found.candidates.find(({ chosen }) => chosen)?.size },
  });
  expect(found.levels?.length).toBe(4);
  expect(parseExplanation(JSON.stringify(found), "file")).toEqual(JSON.parse(JSON.stringify(found)));
});

test("a chain's echelon levels are found again, and the rule acts again from its file", async () => {
  const options = { setting: "serial" };
  const found = await explained({ rule: "echelon-base-stock", levels: [60, 50, 42, 33] }, options);
  expect(found.candidates.find(({ label }) => label === "echelon base stocks")?.agreement).toBeGreaterThan(0.97);
  expect(found.costMean).toBeLessThan(1.005 * found.teacherCostMean);
  const { spec } = await loadWorld("inventory", options);
  const noEngine = () => {
    throw new Error("a rule needs no engine");
  };
  const policy = restorePolicy(JSON.parse(JSON.stringify(found.policy)), spec, noEngine).policy;
  const actions = new Float32Array(4);
  policy.act(new Float32Array(spec.observation.length), null, actions, null);
  expect(Math.max(...actions)).toBeGreaterThan(0);
});

test("recorded sales are refused in a sentence", async () => {
  const rule = { rule: "base-stock", level: 200 } as const;
  await expect(explained(rule, { setting: "one-store-sales" })).rejects.toThrow(
    "method: expected demand that is drawn; recorded sales make orders depend on their past too, got orders",
  );
});

test("a rule of an inventory network acts again, infinite levels included, and only where it fits", async () => {
  const { spec } = await loadWorld("inventory", { setting: "serial", leadTime: 2 });
  const problem = inventoryProblemOf("inventory", { setting: "serial", leadTime: 2 });
  const levels = [80, 70, Number.POSITIVE_INFINITY, 30];
  const policy = new InventoryRulePolicy({ rule: "echelon-base-stock", levels }, problem);
  const stored = JSON.parse(JSON.stringify(policy.serialise()));
  const noEngine = () => {
    throw new Error("a rule needs no engine");
  };
  const again = restorePolicy(stored, spec, noEngine).policy;
  const observation = Float32Array.from(spec.observation, (_, i) => i % 4);
  const [a, b] = [new Float32Array(4), new Float32Array(4)];
  policy.act(observation, null, a);
  await again.act(observation, null, b, null);
  expect(b).toEqual(a);
  expect(a[3]).toBeGreaterThan(0);
  const { spec: other } = await loadWorld("inventory", STORE);
  expect(() => restorePolicy(stored, other, noEngine)).toThrow("policy: expected 4 inputs");
  expect(() => restorePolicy({ ...stored, levels: "high" }, spec, noEngine)).toThrow("rule levels: expected numbers");
});
