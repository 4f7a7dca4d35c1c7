import { expect, test } from "vitest";
import { recipeOf, shapeOf, tracesOf } from "../../../src/agents/hdpo/recipes.js";
import { type HdpoOptions, hdpoOptions } from "../../../src/agents/hdpo-options.js";
import { parseOptions } from "../../../src/core/options.js";
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
  expect(recipeOf(warehouse, options())).toEqual({ hidden: [512, 512, 512], learningRate: 0.0003, maxNorm: 0 });
  expect(recipeOf(warehouse, options({ policy: "gnn", learningRate: 0.01, hidden: [8] }))).toEqual({
    hidden: [8],
    learningRate: 0.01,
    maxNorm: 1,
  });
  expect(tracesOf(warehouse, options())).toEqual({ trainTraces: 8192, devTraces: 8192, batchSize: 1024 });
  expect(tracesOf(problem({}), options())).toEqual({ trainTraces: 32_768, devTraces: 32_768, batchSize: 8192 });
  expect(tracesOf(warehouse, options({ trainTraces: 16 }))).toEqual({
    trainTraces: 16,
    devTraces: 8192,
    batchSize: 16,
  });
});
