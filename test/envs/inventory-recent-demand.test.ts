import { expect, test } from "vitest";
import type { OptionValues } from "../../src/core/options.js";
import { createVectorEnvironment, loadWorld } from "../../src/envs/index.js";
import { withRecentDemand } from "../../src/envs/inventory/recent-demand.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";

test.each([["one-store-sales"], ["many-warehouses-sales"]])(
  "the recent demand of %s is the mean of what a policy sees of the past, sample by sample",
  async (setting) => {
    const options: OptionValues = { setting, horizon: 30 };
    const world = await loadWorld("inventory", options);
    const problem = inventoryProblemOf("inventory", options);
    const env = createVectorEnvironment(world, { numEnvs: 2, seed: 3, options });
    for (let step = 0; step < 5; step++) env.step(new Float32Array(2 * problem.edges.length));
    const means = [0, 1].map((copy) => {
      const size = world.spec.observation.length;
      const seen = world.spec.observation.flatMap(({ name }, i) =>
        name.includes("asked") ? [env.observations[copy * size + i]] : [],
      );
      const { mean } = withRecentDemand(problem, env.stateOf(copy)).demand;
      mean.forEach((units, store) => {
        const past = seen.slice(16 * store, 16 * (store + 1));
        expect(units).toBeCloseTo(Math.max(0.5, past.reduce((sum, one) => sum + one, 0) / 16), 4);
      });
      return mean;
    });
    expect(means[0]).not.toEqual(means[1]);
  },
);

test("where demand is drawn it is the problem's own", () => {
  const problem = inventoryProblemOf("inventory", {});
  expect(withRecentDemand(problem, [])).toBe(problem);
});
