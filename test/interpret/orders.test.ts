import { expect, test } from "vitest";
import { InventoryRulePolicy } from "../../src/agents/policies/inventory-rule.js";
import { restorePolicy } from "../../src/agents/policies/restore.js";
import { loadWorld } from "../../src/envs/index.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";
import type { InventoryRule } from "../../src/evaluate/inventory/rules.js";
import { explain } from "../../src/interpret/explain.js";
import { type OrdersExplanation, parseExplanation } from "../../src/interpret/explanation.js";

const STORE = { setting: "one-store-lost", leadTime: 2, underageCost: 9 };
const QUICK = { traces: 32, testTraces: 64 };

async function explained(rule: InventoryRule, envOptions: Readonly<Record<string, string | number>> = STORE) {
  const environment = await loadWorld("inventory", envOptions);
  const policy = new InventoryRulePolicy(rule, inventoryProblemOf("inventory", envOptions));
  const method = "orders" as const;
  const request = { policy, environment, envOptions, agent: "hdpo", step: 1, method, options: QUICK, seed: 1 };
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

test("the curve holds the levels of the policy where it was, and those of the best one", async () => {
  const { curve } = await explained({ rule: "base-stock", level: 21 });
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

test("a network of several nodes is refused in a sentence", async () => {
  const rule = { rule: "echelon-base-stock", levels: [80, 70, 50, 30] } as const;
  await expect(explained(rule, { setting: "serial" })).rejects.toThrow(
    "method: expected one store; this network has 4 nodes, got orders",
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
