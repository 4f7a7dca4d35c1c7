import { describe, expect, it, test } from "vitest";
import { InputError } from "../../src/core/errors.js";
import { type OptionValues, parseOptions, parseOptionText } from "../../src/core/options.js";
import { createVectorEnvironment, findEnvironment, loadWorld } from "../../src/envs/index.js";
import { checkProblem } from "../../src/envs/inventory/check-problem.js";
import { networkText, parseNetwork } from "../../src/envs/inventory/network-text.js";
import { options } from "../../src/envs/inventory/options.js";
import { SUPPLIER } from "../../src/envs/inventory/problem.js";
import { problemOf } from "../../src/envs/inventory/settings.js";
import { linkOf, parseLink } from "../../src/runs/link.js";

const problem = (values: OptionValues) => problemOf(parseOptions(options, values, "env"));
const SMALL = "warehouse W hold=0.3; store A hold=1 under=9 mean=5 std=2; W>A:2; supplier>W:3 cost=0.5";

describe("a network in words", () => {
  it("is read as it says", () => {
    expect(parseNetwork(SMALL)).toEqual({
      nodes: [
        { kind: "warehouse", name: "W", holdingCost: 0.3, underageCost: 0, holdsStock: true },
        { kind: "store", name: "A", holdingCost: 1, underageCost: 9, holdsStock: true },
      ],
      edges: [
        { from: 0, to: 1, leadTime: 2, cost: 0 },
        { from: SUPPLIER, to: 0, leadTime: 3, cost: 0.5 },
      ],
      demand: { kind: "normal", mean: [5], std: [2], correlation: 0, clipped: true },
      unmet: "lost",
      profit: false,
      wholeUnits: false,
      minPipeline: 1,
    });
  });

  it("is put in order: echelons from the supplier down, warehouses, stores, and roads by where they leave", () => {
    const text = `
      unmet=backlogged demand=poisson
      store North_Street under=9 mean=5
      supplier>e2:1
      echelon e1 hold=0.2
      e1>W:2; e2>e1:4
      W>North_Street:1
      echelon e2 hold=0.1
      warehouse W hold=0.5`;
    const { nodes, edges, wholeUnits } = parseNetwork(text);
    expect(nodes.map(({ name }) => name)).toEqual(["e2", "e1", "W", "North Street"]);
    expect(edges.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [SUPPLIER, 0],
    ]);
    expect(wholeUnits).toBe(true);
  });

  it.each<OptionValues>([
    {},
    { setting: "one-store-backlogged", leadTime: 20 },
    { setting: "serial" },
    { setting: "transshipment", numStores: 3 },
    { setting: "one-warehouse", numStores: 50 },
    { setting: "many-warehouses" },
    { setting: "one-warehouse", demand: "poisson" },
  ])("comes back the same from its own text: %j", (values) => {
    const original = problem(values);
    expect(parseNetwork(networkText(original))).toEqual(original);
  });

  it("takes an arrow for a road, too", () => {
    expect(parseNetwork(SMALL.replaceAll(">", "→"))).toEqual(parseNetwork(SMALL));
  });

  it.each([
    ["store A under=9 mean=5 std=2; supplier>A:-1", /"supplier>A:-1" \(statement 2\)/],
    ["store A under=9 mean=5 std=2; supplier>A:1.5", /lead time of at least 1 whole period/],
    ["store A under=0 mean=5 std=2; supplier>A:1", /an underage cost above 0 at every store, got 0 at A/],
    ["store A mean=5 std=2; supplier>A:1", /under=… for every store/],
    ["store A under=9 std=2; supplier>A:1", /mean=… for every store/],
    ["store A under=9 mean=5; supplier>A:1", /std=… for every store with normal demand/],
    ["demand=poisson; store A under=9 mean=5 std=2; supplier>A:1", /no std/],
    ["store A under=9 mean=5 std=2", /A, which no road from the supplier reaches/],
    [`${SMALL}; store B under=9 mean=5 std=1`, /supplies every node, got B/],
    [`${SMALL}; warehouse V; V>W:1; W>V:1`, /without circles, got the circle .*W > V > W/],
    [`${SMALL}; warehouse V; supplier>V:1`, /V, which no road leaves/],
    [`${SMALL}; A>W:1`, /roads that leave no store/],
    [`${SMALL}; W>B:1`, /one of W, A.* in place of B/],
    [`${SMALL}; W>A:4`, /only one road from W to A/],
    [`${SMALL}; store A under=1 mean=1 std=1`, /a name that no other node has/],
    [`${SMALL}; shop C`, /"shop C" \(statement 5\)/],
    [`${SMALL}; unmet=sometimes`, /unmet=lost or unmet=backlogged/],
    [`${SMALL}; correlation=2`, /a correlation from 0 to 1/],
    ["store A under=9 mean=5 std=2 holding=1; supplier>A:1", /one of hold, under.* in place of holding/],
    ["store A under=nine mean=5 std=2; supplier>A:1", /a number behind under=/],
    ["store supplier under=9 mean=5 std=2", /is not supplier/],
    [
      "warehouse W hold=-1; store A under=9 mean=5 std=2; W>A:1; supplier>W:1",
      /holding cost of 0 or more, got -1 at W/,
    ],
    ["unmet=lost", /at least one store/],
  ])("%s is refused in a sentence that names the place", (text, sentence) => {
    expect(() => parseNetwork(text)).toThrow(InputError);
    expect(() => parseNetwork(text)).toThrow(/^env\.network: expected /);
    expect(() => parseNetwork(text)).toThrow(sentence);
  });

  test("demand for fewer stores than there are is refused", () => {
    const two = problem({ setting: "one-warehouse", numStores: 2 });
    const without = { ...two, demand: { ...two.demand, mean: [5] } };
    expect(() => checkProblem(without, "problem")).toThrow(/problem: expected a mean .* got 1 means and 2 .* 2 stores/);
  });
});

describe("the option `network`", () => {
  it("makes a world of its own, and is refused by name", async () => {
    const { spec } = await loadWorld("inventory", { network: SMALL });
    expect(spec.observation.map(({ name }) => name)).toEqual([
      "W: on hand",
      "W: due in 1 period",
      "W: due in 2 periods",
      "A: on hand",
      "A: due in 1 period",
    ]);
    const env = createVectorEnvironment(findEnvironment("inventory"), {
      numEnvs: 2,
      seed: 1,
      options: { network: SMALL },
    });
    env.step(Float32Array.of(5, 5, 5, 5));
    expect(env.rewardTerms[2]).toBeCloseTo(-2.5, 5);
    await expect(loadWorld("inventory", { network: "store A" })).rejects.toThrow(/^env\.network: expected under=…/);
  });

  it("goes into a link and comes back", () => {
    const { settings } = parseLink(`env=inventory&env.network=${encodeURIComponent(SMALL)}`, 1);
    expect(settings.envOptions["network"]).toBe(SMALL);
    expect(parseLink(linkOf(settings), 1).settings).toEqual(settings);
    expect(parseOptionText(options, "network", `  ${SMALL} `, "env")).toBe(SMALL);
    expect(() => parseOptionText(options, "network", "x".repeat(9000), "env")).toThrow(/at most 8000 characters/);
  });
});

test.each(["->", " -> ", "→", " > "])("a road may be written with %j", (arrow) => {
  const plain = parseNetwork("warehouse W; store A under=9 mean=5 std=2; W>A:2; supplier>W:3");
  const given = `warehouse W; store A under=9 mean=5 std=2; W${arrow}A:2; supplier${arrow}W:3`;
  expect(parseNetwork(given)).toEqual(plain);
});

test("a name that ends in a hyphen keeps it", () => {
  const problem = parseNetwork("warehouse W-; store A under=9 mean=5 std=2; W- >A:2; supplier>W-:3");
  expect(problem.nodes[0].name).toBe("W-");
  expect(parseNetwork(networkText(problem))).toEqual(problem);
});
