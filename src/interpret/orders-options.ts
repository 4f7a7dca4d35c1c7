import { integerOption, type OptionsOf, optionsSchema } from "../core/options.js";

/** Options of making a store's policy readable. */
export const ORDERS_OPTIONS = optionsSchema({
  traces: integerOption({
    title: "Traces",
    help: "Demand traces of 200 periods on which the policy is watched.",
    unit: "traces",
    default: 64,
    min: 1,
    max: 10_000,
  }),
  maxLeafNodes: integerOption({
    title: "Leaves",
    help: "Of the largest tree that is tried.",
    default: 16,
    min: 2,
    max: 1000,
  }),
  testTraces: integerOption({
    title: "Test traces",
    help: "Traces of 1,300 periods that the policy and what is made of it are measured on; the first 300 do not count.",
    unit: "traces",
    default: 512,
    min: 2,
    max: 100_000,
    advanced: true,
  }),
  testSeed: integerOption({
    title: "Test seed",
    help: "Names the test traces.",
    default: 7,
    min: 0,
    max: 4294967295,
    advanced: true,
  }),
});

export type OrdersOptions = OptionsOf<typeof ORDERS_OPTIONS>;
