import { integerOption, type OptionsOf, optionsSchema } from "../core/options.js";
import { ORDERS_OPTIONS } from "./orders-options.js";

/** Options of telling what a graph network passes along its edges. */
export const MESSAGES_OPTIONS = optionsSchema({
  states: integerOption({
    title: "States",
    help: "States that the policy visits, in which every edge is silenced once.",
    unit: "states",
    default: 1000,
    min: 10,
    max: 100_000,
  }),
  silenceTraces: integerOption({
    title: "Traces",
    help: "Demand traces of 600 periods on which the policy plays without the messages of an edge; the first 100 do not count.",
    unit: "traces",
    default: 32,
    min: 2,
    max: 10_000,
  }),
  testTraces: integerOption({
    title: "Test traces",
    help: "Traces of 1,300 periods that the policy is measured on, with and without all messages; the first 300 do not count.",
    unit: "traces",
    default: 128,
    min: 2,
    max: 100_000,
    advanced: true,
  }),
  testSeed: ORDERS_OPTIONS.entries.testSeed,
});

export type MessagesOptions = OptionsOf<typeof MESSAGES_OPTIONS>;
