import {
  choiceOption,
  integerOption,
  integersOption,
  numberOption,
  type OptionsOf,
  type OptionValues,
  optionsSchema,
} from "../core/options.js";
import type { DiagnosticDescription } from "./agent.js";

/** Every option of HDPO; the defaults are the published ones. Where 0 stands for a policy's own value, see `hdpo/recipes.ts`. */
export const hdpoOptions = optionsSchema({
  policy: choiceOption({
    title: "Policy",
    help: "What orders: a network over all pipelines, one that all stores share (symmetry-aware), a graph network (gnn) over the roads, or a rule whose levels are learned; nv: a newsvendor with a forecast of sales.",
    choices: [
      "network",
      "symmetry-aware",
      "gnn",
      "base-stock",
      "capped-base-stock",
      "echelon-base-stock",
      "quantile-nv",
      "fixed-quantile",
      "transformed-nv",
    ],
    default: "network",
  }),
  recipe: choiceOption({
    title: "Recipe",
    help: "Where the values of all options that are 0 come from: as published, or tuned for a good policy within a minute or two.",
    choices: ["published", "quick"],
    default: "published",
  }),
  learningRate: numberOption({
    title: "Learning rate",
    help: "Step size of Adam; 0 takes the recipe's own.",
    zero: "of the recipe",
    default: 0,
    min: 0,
    max: 10,
  }),
  batchSize: integerOption({
    title: "Batch",
    help: "Traces of one gradient step; 0 takes the recipe's own.",
    zero: "of the recipe",
    unit: "traces",
    default: 0,
    min: 0,
    max: 65536,
  }),
  trainTraces: integerOption({
    title: "Training traces",
    help: "Traces of demand that are drawn once and learned from again and again; 0 takes the recipe's own.",
    zero: "of the recipe",
    unit: "traces",
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
  devTraces: integerOption({
    title: "Development traces",
    help: "Traces on which the best weights are chosen; 0 takes the recipe's own.",
    zero: "of the recipe",
    unit: "traces",
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
  scheduleSteps: integerOption({
    title: "Decay of the learning rate",
    help: "Environment steps over which the learning rate falls to a hundredth, along half a cosine, and training ends; 0 takes the recipe's own, as published it stays.",
    zero: "of the recipe",
    unit: "steps",
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
  }),
  hidden: integersOption({
    title: "Hidden layers",
    help: "Widths of the hidden layers, of a symmetry-aware policy its context first; none named takes the recipe's own.",
    zero: "of the recipe",
    default: [],
    min: 1,
    max: 1024,
    maxLength: 6,
    advanced: true,
  }),
  unit: numberOption({
    title: "Unit of stock",
    help: "Units of stock that count as 1 in what networks see; 0 takes the recipe's own, as published 1.",
    zero: "of the recipe",
    unit: "units",
    default: 0,
    min: 0,
    max: 1e6,
    advanced: true,
  }),
  maxNorm: numberOption({
    title: "Gradient norm",
    help: "Longer gradients are cut to this norm; 0 takes the recipe's own.",
    zero: "of the recipe",
    default: 0,
    min: 0,
    max: 1e9,
    advanced: true,
  }),
  trainPeriods: integerOption({
    title: "Training periods",
    help: "Periods of a training trace.",
    unit: "periods",
    default: 50,
    min: 1,
    max: 1000,
    advanced: true,
  }),
  trainIgnored: integerOption({
    title: "Periods not learned from",
    help: "Periods at the start of a training trace whose cost does not count; 0 takes the recipe's own, as published all count.",
    zero: "of the recipe",
    unit: "periods",
    default: 0,
    min: 0,
    max: 999,
    advanced: true,
  }),
  devPeriods: integerOption({
    title: "Development periods",
    help: "Periods of a development trace.",
    unit: "periods",
    default: 100,
    min: 1,
    max: 10_000,
    advanced: true,
  }),
  devIgnored: integerOption({
    title: "Ignored periods",
    help: "Periods at the start of a development trace that do not count.",
    unit: "periods",
    default: 60,
    min: 0,
    max: 9999,
    advanced: true,
  }),
  devEvery: integerOption({
    title: "Development every",
    help: "Epochs (passes over the training traces) from one look at the development traces to the next; 0 takes the recipe's own.",
    zero: "of the recipe",
    unit: "epochs",
    default: 0,
    min: 0,
    max: 100_000,
    advanced: true,
  }),
  patience: integerOption({
    title: "Patience",
    help: "Epochs without a better cost on the development traces after which training ends.",
    unit: "epochs",
    default: 500,
    min: 1,
    max: 1_000_000,
    advanced: true,
  }),
  maxEpochs: integerOption({
    title: "Epochs",
    help: "Training ends after this many passes over the training traces.",
    unit: "epochs",
    default: 20_000,
    min: 1,
    max: 1_000_000,
    advanced: true,
  }),
});

/** Parsed options of HDPO. */
export type HdpoOptions = OptionsOf<typeof hdpoOptions>;

/** What HDPO reports after each gradient step. */
export const HDPO_DIAGNOSTICS: readonly DiagnosticDescription[] = [
  {
    key: "trainCost",
    title: "Training cost",
    help: "Cost per store and period on the traces of this step, the way from the first stock to a steady state included.",
    healthy: null,
  },
  {
    key: "devCost",
    title: "Development cost",
    help: "Cost per store and period on the development traces when last looked at.",
    healthy: null,
  },
  { key: "bestCost", title: "Best cost", help: "Lowest of these; its weights are the policy.", healthy: null },
  { key: "gradientNorm", title: "Gradient norm", help: "Norm of the gradient before it is cut.", healthy: null },
  { key: "learningRate", title: "Learning rate", help: "Step size of Adam at this step.", healthy: null },
  { key: "epoch", title: "Epoch", help: "Passes over the training traces so far.", healthy: null },
];

/** Other than published: what is tuned for accuracy per second stands in `hdpo/recipes.ts`. */
export const HDPO_PRESETS: Readonly<Record<string, OptionValues>> = { inventory: { recipe: "quick" } };

/** Environment steps (periods × traces) of a run when nobody says otherwise: no quick recipe takes more. */
export const HDPO_BUDGETS: Readonly<Record<string, number>> = { default: 51_200_000 };
