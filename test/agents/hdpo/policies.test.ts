import { expect, test } from "vitest";
import { createOrderPolicy, type PolicyForm } from "../../../src/agents/hdpo/create-policy.js";
import { loadEngine } from "../../../src/compute/index.js";
import { RandomStream } from "../../../src/core/random.js";
import { costAndGradients, problem, referencePolicy, worstGradient } from "./kit.js";

const CASES: readonly (readonly [string, PolicyForm, Record<string, unknown>, number | null])[] = [
  [
    "the network of one store",
    { policy: "network", hidden: [8, 6], unit: 4 },
    { setting: "one-store-lost", leadTime: 3 },
    null,
  ],
  [
    "a base stock",
    { policy: "base-stock", hidden: [], unit: 4 },
    { setting: "one-store-backlogged", leadTime: 2 },
    14.3,
  ],
  [
    "a capped base stock",
    { policy: "capped-base-stock", hidden: [], unit: 4 },
    { setting: "one-store-lost", leadTime: 2 },
    5.3,
  ],
  [
    "echelon base stocks",
    { policy: "echelon-base-stock", hidden: [], unit: 4 },
    { setting: "serial", leadTime: 2 },
    14.7,
  ],
  ["the network of a chain", { policy: "network", hidden: [7], unit: 4 }, { setting: "serial", leadTime: 1 }, null],
  [
    "the network of a warehouse",
    { policy: "network", hidden: [9], unit: 4 },
    { setting: "one-warehouse", numStores: 3 },
    null,
  ],
  ["the network of two warehouses", { policy: "network", hidden: [9], unit: 4 }, { setting: "many-warehouses" }, null],
  [
    "the network of transshipment",
    { policy: "network", hidden: [9], unit: 4 },
    { setting: "transshipment", numStores: 3 },
    null,
  ],
  [
    "the network of recorded sales",
    { policy: "network", hidden: [8, 6], unit: 14 },
    { setting: "one-store-sales" },
    null,
  ],
  [
    "the network of recorded sales in three warehouses",
    { policy: "network", hidden: [8], unit: 14 },
    { setting: "many-warehouses-sales" },
    null,
  ],
  ["a learned quantile", { policy: "fixed-quantile", hidden: [], unit: 14 }, { setting: "one-store-sales" }, 0.37],
  [
    "a learned function from prices to quantiles",
    { policy: "transformed-nv", hidden: [5, 4], unit: 14 },
    { setting: "one-store-sales" },
    null,
  ],
  ["the graph network of one store", { policy: "gnn", hidden: [6, 5], unit: 4 }, { setting: "one-store-lost" }, null],
  ["the graph network of a chain", { policy: "gnn", hidden: [6, 5], unit: 4 }, { setting: "serial" }, null],
  [
    "the graph network of a warehouse",
    { policy: "gnn", hidden: [6, 5], unit: 4 },
    { setting: "one-warehouse", numStores: 3 },
    null,
  ],
  [
    "the graph network of two warehouses",
    { policy: "gnn", hidden: [6, 5], unit: 4 },
    { setting: "many-warehouses" },
    null,
  ],
  [
    "the graph network of transshipment",
    { policy: "gnn", hidden: [5], unit: 4 },
    { setting: "transshipment", numStores: 3 },
    null,
  ],
  [
    "the shared networks of a warehouse",
    { policy: "symmetry-aware", hidden: [5, 6], unit: 4 },
    { setting: "one-warehouse", numStores: 3 },
    null,
  ],
  [
    "the shared networks of two warehouses",
    { policy: "symmetry-aware", hidden: [5, 6], unit: 4 },
    { setting: "many-warehouses" },
    null,
  ],
];

test.each(CASES)("gradients of %s are those of finite differences", (_, form, options, start) => {
  const { simulator, policy } = referencePolicy(problem(options), form, 12, 6);
  if (start !== null) {
    const [levels] = policy.learnables;
    levels.setParameters(levels.getParameters().map((_unused, i) => start / (1 + 0.2 * i)));
  }
  expect(worstGradient(simulator, policy)).toBeLessThan(1e-4);
});

test.each([
  ["chain", { setting: "serial", leadTime: 1 }],
  ["two warehouses", { setting: "many-warehouses" }],
  ["transshipment", { setting: "transshipment", numStores: 3 }],
])("a graph network has the reference's costs and gradients on every engine: %s", async (_, options) => {
  // Sizes that are no multiples of four; other numbers of traces than the policy was made for.
  const form: PolicyForm = { policy: "gnn", hidden: [9, 7], unit: 4 };
  const size = { numPeriods: 12, numTraces: 6 };
  const expected = referencePolicy(problem(options), form, size.numPeriods, size.numTraces);
  for (const id of ["wasm-simd", "wasm-relaxed"] as const) {
    const engine = await loadEngine(id);
    if (!engine?.unrolled) throw new Error(`expected ${id} to run here`);
    const policy = createOrderPolicy(form, expected.simulator, engine.unrolled, size);
    policy.initialise(new RandomStream(1, "weights"));
    for (const numTraces of [6, 5]) {
      const wanted = costAndGradients(expected.simulator, expected.policy, { ...size, numTraces });
      const given = costAndGradients(expected.simulator, policy, { ...size, numTraces });
      expect(Math.abs(given.mean / wanted.mean - 1)).toBeLessThan(1e-5);
      wanted.gradients.forEach((gradients, i) => {
        const largest = Math.max(...Array.from(gradients, Math.abs));
        const worst = Math.max(...Array.from(gradients, (x, at) => Math.abs(x - given.gradients[i][at])));
        expect(largest).toBeGreaterThan(0);
        expect(worst).toBeLessThan(1e-3 * largest);
      });
    }
  }
});
