import { expect, test } from "vitest";
import { draftOf, textOf, withChangedNode, withNode, withoutNode } from "../../src/envs/inventory/network-draft.js";
import { parseNetwork } from "../../src/envs/inventory/network-text.js";
import { SETTINGS } from "../../src/envs/inventory/options.js";
import { SUPPLIER } from "../../src/envs/inventory/problem.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";

test.each(SETTINGS)("a draft of %s makes the same network again", (setting) => {
  const problem = inventoryProblemOf("inventory", { setting });
  const again = parseNetwork(textOf(draftOf(problem)));
  expect({ ...again, demand: { ...again.demand } }).toEqual(problem);
});

test("stores and warehouses come and go with their roads, which follow a name", () => {
  const one = draftOf(parseNetwork("store A under=9 mean=5 std=2; supplier>A:3"));
  const two = withNode(withNode(one, "warehouse"), "store");
  const { nodes, edges } = parseNetwork(textOf(two));
  expect(nodes.map(({ name }) => name)).toEqual(["warehouse 1", "A", "store 1"]);
  expect(edges.map(({ from, to }) => [from, to])).toEqual([
    [0, 2],
    [SUPPLIER, 0],
    [SUPPLIER, 1],
  ]);

  const renamed = withChangedNode(two, 1, { name: "W" });
  expect(textOf(renamed)).toContain("W>store_1:2");
  expect(textOf(withoutNode(renamed, 1))).not.toContain("W");
  expect(textOf(withChangedNode(one, 0, { mean: "7" }))).toContain("mean=7");
});
