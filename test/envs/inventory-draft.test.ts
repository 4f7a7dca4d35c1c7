import { expect, test } from "vitest";
import { draftOf, textOf, withChangedNode, withNode, withoutNode } from "../../src/envs/inventory/network-draft.js";
import { parseNetwork } from "../../src/envs/inventory/network-text.js";
import { SETTINGS } from "../../src/envs/inventory/options.js";
import { SUPPLIER } from "../../src/envs/inventory/problem.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";

const drawn = SETTINGS.filter((setting) => !inventoryProblemOf("inventory", { setting }).sales);

test.each(drawn)("a draft of %s makes the same network again", (setting) => {
  const problem = inventoryProblemOf("inventory", { setting });
  const again = parseNetwork(textOf(draftOf(problem)));
  expect({ ...again, demand: { ...again.demand } }).toEqual(problem);
});

test.each(SETTINGS.filter((setting) => !drawn.includes(setting)))(
  "a draft of %s keeps nodes, roads and prices, and draws demand like what was recorded",
  (setting) => {
    const problem = inventoryProblemOf("inventory", { setting });
    const again = parseNetwork(textOf(draftOf(problem)));
    expect(again.nodes).toEqual(problem.nodes);
    expect(again.edges).toEqual(problem.edges);
    expect([again.profit, again.unmet, again.sales]).toEqual([true, "lost", undefined]);
    const { kind, mean, std } = again.demand;
    expect({ kind, mean, std }).toEqual({ kind: "normal", mean: problem.demand.mean, std: problem.demand.std });
  },
);

test("stores and warehouses come and go with their roads, which stay at their node", () => {
  const one = draftOf(parseNetwork("store A under=9 mean=5 std=2; supplier>A:3"));
  const two = withNode(withNode(one, "warehouse"), "store");
  const { nodes, edges } = parseNetwork(textOf(two));
  expect(nodes.map(({ name }) => name)).toEqual(["warehouse 1", "A", "store 1"]);
  expect(edges.map(({ from, to }) => [from, to])).toEqual([
    [0, 2],
    [SUPPLIER, 0],
    [SUPPLIER, 1],
  ]);

  const [, warehouse] = two.nodes;
  const renamed = withChangedNode(two, warehouse.id, { name: "W" });
  expect(textOf(renamed)).toContain("W>store_1:2");
  expect(textOf(withoutNode(renamed, warehouse.id))).not.toContain("W");
  expect(textOf(withChangedNode(one, 0, { mean: "7" }))).toContain("mean=7");
});

test.each([["supplier"], ["A"], [""]])(
  "a rename through the refused name %j leaves every road where it was",
  (name) => {
    const draft = draftOf(
      parseNetwork(
        "warehouse W; store A under=9 mean=5 std=2; store B under=9 mean=5 std=2; W>A:2; W>B:3; supplier>W:4; supplier>B:5",
      ),
    );
    const { id } = draft.nodes[2];
    const through = withChangedNode(draft, id, { name });
    expect(() => parseNetwork(textOf(through))).toThrow();
    const { edges } = parseNetwork(textOf(withChangedNode(through, id, { name: "C" })));
    expect(edges).toEqual(parseNetwork(textOf(draft)).edges);
  },
);
