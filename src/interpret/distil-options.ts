import { choiceOption, integerOption, numberOption, type OptionsOf, optionsSchema } from "../core/options.js";
import { TEST_SEED } from "./scoring.js";

/** Options that every method has: on what it is scored. */
export const testOptions = {
  testEpisodes: integerOption({
    title: "Test episodes",
    help: "Episodes with fixed starts on which teacher and readable policy are scored.",
    default: 100,
    min: 1,
    max: 10_000,
    advanced: true,
  }),
  testSeed: integerOption({
    title: "Test seed",
    help: "Names the test episodes; the same for every method, so that scores can be compared.",
    default: TEST_SEED,
    min: 0,
    max: 4294967295,
    advanced: true,
  }),
};

const iterations = integerOption({
  title: "Iterations",
  help: "How often a tree is grown and plays, so that the teacher can label where it leads.",
  default: 70,
  min: 1,
  max: 1000,
});
const episodes = integerOption({
  title: "Episodes per iteration",
  help: "Episodes played in each iteration; the teacher labels every state in them.",
  default: 4,
  min: 1,
  max: 1000,
});
const maxLeafNodes = integerOption({
  title: "Leaves",
  help: "Most leaves of the tree; a tree of n leaves has 2n − 1 nodes.",
  default: 8,
  min: 2,
  max: 4096,
});
const maxDepth = integerOption({
  title: "Depth",
  help: "Most tests on the way to a leaf.",
  default: 12,
  min: 1,
  max: 64,
});
const treeOptions = {
  maxLeafNodes,
  maxDepth,
  minSamplesLeaf: integerOption({
    title: "States per leaf",
    help: "Fewest states in a leaf.",
    default: 1,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
  criterion: choiceOption({
    title: "Criterion",
    help: "What a test makes small.",
    choices: ["gini", "entropy"],
    default: "gini",
    advanced: true,
  }),
  ccpAlpha: numberOption({
    title: "Pruning",
    help: "Cost of a leaf: branches that gain less in impurity are cut.",
    default: 0,
    min: 0,
    max: 1,
    advanced: true,
  }),
};
const selection = {
  maxSamples: integerOption({
    title: "States at most",
    help: "The tree is grown on this many of the labelled states, drawn evenly.",
    default: 15_000,
    min: 100,
    max: 1_000_000,
    advanced: true,
  }),
  selectionEpisodes: integerOption({
    title: "Selection episodes",
    help: "Episodes for each tree; who leads plays on until it has played 128 times as many. Never the test episodes.",
    default: 12,
    min: 1,
    max: 10_000,
    advanced: true,
  }),
};

/** Options of VIPER. */
export const VIPER_OPTIONS = optionsSchema({
  iterations,
  episodes,
  ...treeOptions,
  weighting: choiceOption({
    title: "Loss weights",
    help: "States where the choice matters more are drawn again more often, as in the paper; or they weigh more.",
    choices: ["resampling", "weights"],
    default: "resampling",
  }),
  ...selection,
  ...testOptions,
});

/** Options of plain DAgger: every state weighs the same. */
export const DAGGER_OPTIONS = optionsSchema({ iterations, episodes, ...treeOptions, ...selection, ...testOptions });

/** Options of behaviour cloning: one tree on the states that the teacher visits. */
export const BC_OPTIONS = optionsSchema({
  episodes: integerOption({
    title: "Episodes",
    help: "Episodes of the teacher on which the tree is grown.",
    default: 700,
    min: 1,
    max: 100_000,
  }),
  ...treeOptions,
  maxSamples: selection.maxSamples,
  ...testOptions,
});

export type ViperOptions = OptionsOf<typeof VIPER_OPTIONS>;
export type DaggerOptions = OptionsOf<typeof DAGGER_OPTIONS>;
export type BcOptions = OptionsOf<typeof BC_OPTIONS>;
