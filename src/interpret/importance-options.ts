import { integerOption, type OptionsOf, optionsSchema } from "../core/options.js";
import { testOptions } from "./distil-options.js";

/** Options of the order of importance. */
export const IMPORTANCE_OPTIONS = optionsSchema({
  states: integerOption({
    title: "States",
    help: "States of the teacher that are explained.",
    default: 200,
    min: 1,
    max: 100_000,
  }),
  background: integerOption({
    title: "Background",
    help: "States of the teacher against which the values are measured.",
    default: 50,
    min: 1,
    max: 1000,
  }),
  kept: integerOption({
    title: "Features kept",
    help: "The scores are those of the policy with this many of the first features, the others held at their mean.",
    default: 2,
    min: 1,
    max: 1000,
  }),
  orders: integerOption({
    title: "Orders",
    help: "Orders of the features that are walked, where there are too many for all coalitions.",
    default: 20,
    min: 1,
    max: 10_000,
    advanced: true,
  }),
  ...testOptions,
});
export type ImportanceOptions = OptionsOf<typeof IMPORTANCE_OPTIONS>;
