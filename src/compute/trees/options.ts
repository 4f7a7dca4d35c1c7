import { choiceOption, integerOption, numberOption, type OptionsOf, optionsSchema } from "../../core/options.js";

/** As good as no limit, where an option has none as its default. */
export const NO_LIMIT = 1_000_000;

const maxDepth = (fallback: number) =>
  integerOption({
    title: "Maximum depth",
    help: `Splits on the longest way to a leaf, at most (${NO_LIMIT}: no limit).`,
    default: fallback,
    min: 1,
    max: NO_LIMIT,
  });
const minSamplesLeaf = integerOption({
  title: "Rows in a leaf",
  help: "A split must leave at least this many training rows on either side.",
  default: 1,
  min: 1,
  max: NO_LIMIT,
  advanced: true,
});
const minSamplesSplit = integerOption({
  title: "Rows to split",
  help: "A node with fewer training rows stays a leaf.",
  default: 2,
  min: 2,
  max: NO_LIMIT,
  advanced: true,
});
const criterion = choiceOption({
  title: "Criterion",
  help: "What a split makes small; targets that are numbers always take the mean squared deviation.",
  choices: ["gini", "entropy"],
  default: "gini",
  advanced: true,
});
const maxFeatures = (fallback: number, help: string) =>
  integerOption({ title: "Features per split", help, default: fallback, min: 0, max: 10_000, advanced: true });
const numTrees = integerOption({
  title: "Trees",
  help: "How many trees vote.",
  default: 100,
  min: 1,
  max: 10_000,
});

/** Options of one tree (CART). */
export const TREE_OPTIONS = optionsSchema({
  maxDepth: maxDepth(NO_LIMIT),
  maxLeafNodes: integerOption({
    title: "Maximum leaves",
    help: `Leaves at most; the split that gains most is made first (${NO_LIMIT}: no limit).`,
    default: NO_LIMIT,
    min: 2,
    max: NO_LIMIT,
  }),
  minSamplesLeaf,
  minSamplesSplit,
  ccpAlpha: numberOption({
    title: "Pruning",
    help: "Cuts branches whose gain in impurity per leaf is below this.",
    default: 0,
    min: 0,
    max: 1e9,
  }),
  criterion,
  maxFeatures: maxFeatures(0, "Features looked at for each split, drawn anew; 0 takes all."),
});
export type TreeOptions = OptionsOf<typeof TREE_OPTIONS>;

/** Options of random forests and of extremely randomised trees. */
export const FOREST_OPTIONS = optionsSchema({
  numTrees,
  maxDepth: maxDepth(NO_LIMIT),
  minSamplesLeaf,
  minSamplesSplit,
  criterion,
  maxFeatures: maxFeatures(
    0,
    "Features looked at for each split, drawn anew; 0 takes the square root of their number, or all for numeric targets.",
  ),
});
export type ForestOptions = OptionsOf<typeof FOREST_OPTIONS>;

/** Options of gradient boosting. */
export const BOOSTING_OPTIONS = optionsSchema({
  numStages: integerOption({
    title: "Stages",
    help: "How many times a tree per class is added.",
    default: 100,
    min: 1,
    max: 10_000,
  }),
  learningRate: numberOption({
    title: "Learning rate",
    help: "What share of each tree is added.",
    default: 0.1,
    min: 0.0001,
    max: 1,
  }),
  maxDepth: maxDepth(3),
  minSamplesLeaf,
  minSamplesSplit,
});
export type BoostingOptions = OptionsOf<typeof BOOSTING_OPTIONS>;
