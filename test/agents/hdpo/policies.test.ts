import { expect, test } from "vitest";
import type { PolicyForm } from "../../../src/agents/hdpo/create-policy.js";
import { problem, referencePolicy, worstGradient } from "./kit.js";

const CASES: readonly (readonly [string, PolicyForm, Record<string, unknown>, number | null])[] = [
  ["the network of one store", { policy: "network", hidden: [8, 6] }, { setting: "one-store-lost", leadTime: 3 }, null],
  ["a base stock", { policy: "base-stock", hidden: [] }, { setting: "one-store-backlogged", leadTime: 2 }, 14.3],
  ["a capped base stock", { policy: "capped-base-stock", hidden: [] }, { setting: "one-store-lost", leadTime: 2 }, 5.3],
];

test.each(CASES)("gradients of %s are those of finite differences", (_, form, options, start) => {
  const { simulator, policy } = referencePolicy(problem(options), form, 12, 6);
  if (start !== null) {
    const [levels] = policy.learnables;
    levels.setParameters(levels.getParameters().map((_unused, i) => start / (1 + 0.2 * i)));
  }
  expect(worstGradient(simulator, policy)).toBeLessThan(1e-4);
});
