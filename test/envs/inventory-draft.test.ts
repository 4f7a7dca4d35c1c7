import { expect, test } from "vitest";
import { checkDraft, draftFaults } from "../../src/envs/inventory/check-draft.js";
import {
  draftOf,
  nameOf,
  targetsOf,
  textOf,
  withChangedNode,
  withChangedRoad,
  withNode,
  withoutNode,
  withoutRoad,
  withRoad,
  withRoadBetween,
} from "../../src/envs/inventory/network-draft.js";
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

test("a new road joins what lacks one, never twice and never in a circle", () => {
  const text =
    "warehouse W; warehouse V; store A under=9 mean=5 std=2; store B under=9 mean=5 std=2; W>A:2; supplier>W:4; supplier>V:4";
  let draft: ReturnType<typeof withRoad> = draftOf(parseNetwork(`${text}; V>A:1; supplier>B:1`));
  draft = { ...draft, roads: draft.roads.filter(({ from, to }) => ![from, to].some((id) => [1, 3].includes(id))) };
  const added: string[] = [];
  while (draft) {
    const all = draft;
    added.push(all.roads.slice(-1).map(({ from, to }) => `${nameOf(all, from)}>${nameOf(all, to)}`)[0]);
    draft = withRoad(draft);
    if (draft) expect(checkDraft(draft)).toBeNull();
  }
  // The first is there already: V supplies nothing yet, then nothing reaches V, then the others.
  expect(added.slice(1, 3)).toEqual(["V>B", "supplier>V"]);
  expect(new Set(added).size).toBe(added.length);
  expect(added).toContain("supplier>A");
});

test.each([
  ["hold", "x", "not-negative"],
  ["under", "0", "positive"],
  ["mean", "", "positive"],
  ["std", "-1", "not-negative"],
  ["name", "supplier", "name"],
  ["name", "1st", "name"],
])("of a node the first field that cannot be used is named: %s %j", (field, value, demand) => {
  const draft = draftOf(parseNetwork("store A under=9 mean=5 std=2; supplier>A:3"));
  expect(checkDraft(draft)).toBeNull();
  expect(checkDraft(withChangedNode(draft, 0, { [field]: value }))).toEqual({ table: "nodes", row: 0, field, demand });
});

test("a number may have a comma", () => {
  const draft = draftOf(parseNetwork("store A under=9 mean=5 std=2; supplier>A:3"));
  expect(parseNetwork(textOf(withChangedNode(draft, 0, { mean: "9,5" }))).demand.mean).toEqual([9.5]);
});

const CHAIN = draftOf(
  parseNetwork(
    "warehouse V; warehouse W; store A under=9 mean=5 std=2; store B under=9 mean=5 std=2; supplier>V:1; V>W:2; W>A:3; W>B:4",
  ),
);
const [V, W, A, B] = CHAIN.nodes.map(({ id }) => id);

test("a road may lead wherever it closes no circle, and leaves no store", () => {
  expect(targetsOf(CHAIN, SUPPLIER)).toEqual([V, W, A, B]);
  expect(targetsOf(CHAIN, V)).toEqual([W, A, B]);
  expect(targetsOf(CHAIN, W)).toEqual([A, B]);
  expect(targetsOf(CHAIN, A)).toEqual([]);
  expect(withRoadBetween(CHAIN, W, V)).toBe(null);
});

test("a road between two places is made once, and found again", () => {
  const [more, row] = withRoadBetween(CHAIN, V, B) ?? [CHAIN, -1];
  expect(more.roads[row]).toEqual({ from: V, to: B, leadTime: "2", cost: "0" });
  expect(row).toBe(CHAIN.roads.length);
  expect(withRoadBetween(more, V, B)).toEqual([more, row]);
  expect(textOf(withChangedRoad(more, row, { leadTime: "7" }))).toContain("V>B:7");
  expect(withoutRoad(more, row)).toEqual(CHAIN);
});

test("what is wrong is known by its place: a refused text, what is not supplied or supplies nothing, circles", () => {
  const faults = (draft: typeof CHAIN) => {
    const { nodes, roads } = draftFaults(draft);
    return { nodes: [...nodes], roads: [...roads] };
  };
  const row = (from: number, to: number) => CHAIN.roads.findIndex((road) => road.from === from && road.to === to);
  expect(faults(CHAIN)).toEqual({ nodes: [], roads: [] });
  expect(faults(withChangedNode(CHAIN, B, { mean: "" }))).toEqual({ nodes: [B], roads: [] });
  expect(faults(withChangedRoad(CHAIN, row(W, A), { leadTime: "0" }))).toEqual({ nodes: [], roads: [row(W, A)] });
  expect(faults(withoutRoad(CHAIN, row(V, W)))).toEqual({ nodes: [V, W, A, B], roads: [] });
  const circle = { ...CHAIN, roads: [...CHAIN.roads, { from: W, to: V, leadTime: "1", cost: "0" }] };
  expect(faults(circle)).toEqual({ nodes: [], roads: [row(V, W), CHAIN.roads.length] });
});
