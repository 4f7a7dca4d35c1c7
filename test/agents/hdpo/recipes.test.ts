import { expect, test } from "vitest";
import { recipeOf, shapeOf } from "../../../src/agents/hdpo/recipes.js";
import { HDPO_BUDGETS, type HdpoOptions, hdpoOptions } from "../../../src/agents/hdpo-options.js";
import { parseOptions } from "../../../src/core/options.js";
import { SETTINGS } from "../../../src/envs/inventory/options.js";
import { problem } from "./kit.js";

const options = (values: Partial<HdpoOptions> = {}): HdpoOptions => parseOptions(hdpoOptions, values, "agent");

test.each([
  ["one-store-lost", "store"],
  ["one-store-backlogged", "store"],
  ["serial", "serial"],
  ["transshipment", "transshipment"],
  ["one-warehouse", "warehouses"],
  ["many-warehouses", "warehouses"],
])("the setting %s has the published shape %s", (setting, shape) => {
  expect(shapeOf(problem({ setting }))).toBe(shape);
});

test("options that name no value take the published one of the policy and the problem", () => {
  const warehouse = problem({ setting: "one-warehouse" });
  expect(recipeOf(warehouse, options())).toEqual({
    hidden: [512, 512, 512],
    learningRate: 0.0003,
    unit: 1,
    maxNorm: 0,
    batchSize: 1024,
    trainTraces: 8192,
    devTraces: 8192,
    devEvery: 10,
    trainIgnored: 0,
    scheduleSteps: 0,
    trainPeriods: 50,
    devPeriods: 100,
    devIgnored: 60,
  });
  expect(recipeOf(problem({}), options())).toMatchObject({ batchSize: 8192, trainTraces: 32_768, devTraces: 32_768 });
  const few = options({ policy: "gnn", learningRate: 0.01, hidden: [8], trainTraces: 16 });
  expect(recipeOf(warehouse, few)).toMatchObject({
    hidden: [8],
    learningRate: 0.01,
    maxNorm: 1,
    batchSize: 16,
    trainTraces: 16,
    devTraces: 8192,
  });
});

test("the quick recipe looks less often where there are few traces, the published one as published", () => {
  const look = (more: Partial<HdpoOptions>) => recipeOf(problem({ setting: "one-warehouse" }), options(more)).devEvery;
  expect(look({ recipe: "published", trainTraces: 16 })).toBe(10);
  expect(look({ recipe: "quick" })).toBe(2);
  expect(look({ recipe: "quick", trainTraces: 256, devTraces: 1024 })).toBe(4);
  expect(look({ recipe: "quick", trainTraces: 16 })).toBe(64);
  expect(look({ recipe: "quick", trainTraces: 16, patience: 20 })).toBe(20);
  expect(look({ recipe: "quick", trainTraces: 16, devEvery: 3 })).toBe(3);
});

test("recorded sales decide the periods and the most traces, whatever the options say of periods", () => {
  const store = problem({ setting: "one-store-sales" });
  expect(recipeOf(store, options({ trainPeriods: 7 }))).toMatchObject({
    hidden: [64, 64],
    learningRate: 0.003,
    trainPeriods: 95,
    devPeriods: 37,
    devIgnored: 16,
    batchSize: 8192,
    trainTraces: 8192,
  });
  const network = problem({ setting: "many-warehouses-sales" });
  expect(recipeOf(network, options({ trainTraces: 1e6, devTraces: 10 }))).toMatchObject({
    batchSize: 72,
    trainTraces: 288,
    devTraces: 10,
  });
});

test("the quick recipe lets every policy's learning rate fall within the default budget", () => {
  for (const policy of hdpoOptions.entries.policy.wrapped.pipe[0].options) {
    for (const setting of SETTINGS) {
      const { scheduleSteps } = recipeOf(problem({ setting }), options({ policy, recipe: "quick" }));
      expect(scheduleSteps).toBeGreaterThan(0);
      expect(scheduleSteps).toBeLessThanOrEqual(HDPO_BUDGETS["default"]);
    }
  }
});
