import {
  booleanOption,
  choiceOption,
  integerOption,
  integersOption,
  numberOption,
  type OptionsOf,
  type OptionValues,
  optionsSchema,
} from "../core/options.js";
import type { DiagnosticDescription } from "./agent.js";

/** As good as no limit, where an option has none as its default. */
const NO_LIMIT = 1_000_000;

/** Every option of upside-down RL; the defaults are the published ones. */
export const udrlOptions = optionsSchema({
  learner: choiceOption({
    title: "Learner",
    help: "What learns which action follows from an observation and a command.",
    choices: ["network", "random-forest", "extra-trees", "boosting", "neighbours", "linear"],
    default: "network",
  }),
  warmUp: integerOption({
    title: "Warm-up",
    help: "Episodes of random actions before the first training.",
    default: 50,
    min: 1,
    max: 100000,
  }),
  demonstrations: integerOption({
    title: "Demonstrations",
    help: "Episodes of the world's own controller before the warm-up; the lunar lander alone has one.",
    default: 0,
    min: 0,
    max: 100000,
    advanced: true,
  }),
  episodesPerRound: integerOption({
    title: "Episodes per round",
    help: "Episodes played between two trainings.",
    default: 15,
    min: 1,
    max: 10000,
  }),
  bufferSize: integerOption({
    title: "Memory",
    help: "Episodes that are kept to learn from.",
    default: 700,
    min: 1,
    max: 100000,
  }),
  keep: choiceOption({
    title: "Keep",
    help: "Which episodes stay once the memory is full: those of the highest return, or the latest.",
    choices: ["best", "latest"],
    default: "best",
  }),
  segments: integerOption({
    title: "Examples per episode",
    help: "All but the network: examples cut from an episode each time it is learned from.",
    default: 1,
    min: 1,
    max: 1000,
  }),
  gradientSteps: integerOption({
    title: "Gradient steps",
    help: "Network only: gradient steps of one training.",
    default: 100,
    min: 1,
    max: 100000,
  }),
  learningRate: numberOption({
    title: "Learning rate",
    help: "Network only: step size of Adam.",
    default: 0.001,
    min: 0.000001,
    max: 0.1,
  }),
  evaluationCommand: choiceOption({
    title: "Evaluation command",
    help: "What it is asked for in evaluations: the mean return of its best episodes, what training asked for most often, or a fixed return.",
    choices: ["mean", "frequent", "fixed"],
    default: "mean",
  }),
  evaluationReturn: numberOption({
    title: "Evaluation return",
    help: "Return of the fixed evaluation command.",
    default: 200,
    min: -1e9,
    max: 1e9,
    advanced: true,
  }),
  evaluationHorizon: integerOption({
    title: "Evaluation horizon",
    help: "Steps of the fixed evaluation command.",
    unit: "steps",
    default: 200,
    min: 1,
    max: 1e9,
    advanced: true,
  }),
  lastFew: integerOption({
    title: "Best episodes",
    help: "Episodes of the highest return from which exploration takes its commands.",
    default: 75,
    min: 1,
    max: 100000,
    advanced: true,
  }),
  optimism: numberOption({
    title: "Optimism",
    help: "Training asks for up to this many standard deviations more than the mean of the best episodes.",
    default: 1,
    min: 0,
    max: 10,
    advanced: true,
  }),
  returnScale: numberOption({
    title: "Return scale",
    help: "The desired return is multiplied by this before it is learned from.",
    default: 0.02,
    min: 0.00001,
    max: 1000,
    advanced: true,
  }),
  horizonScale: numberOption({
    title: "Horizon scale",
    help: "The desired horizon is multiplied by this before it is learned from.",
    default: 0.02,
    min: 0.00001,
    max: 1000,
    advanced: true,
  }),
  segmentEnd: choiceOption({
    title: "Segment end",
    help: "An example ends with its episode, or anywhere after its start.",
    choices: ["episode", "random"],
    default: "episode",
    advanced: true,
  }),
  sampleActions: choiceOption({
    title: "Sampled actions",
    help: "Who draws actions from its probabilities while training; the others take the best one, and a random one now and then.",
    choices: ["network", "all", "none"],
    default: "network",
    advanced: true,
  }),
  epsilon: numberOption({
    title: "Random actions",
    help: "Share of random actions while training, for those who do not draw from their probabilities.",
    default: 0.2,
    min: 0,
    max: 1,
    advanced: true,
  }),
  rounds: integerOption({
    title: "Rounds",
    help: "Training ends after this many rounds, if the budget does not end it before.",
    default: NO_LIMIT,
    min: 1,
    max: NO_LIMIT,
    advanced: true,
  }),
  batchSize: integerOption({
    title: "Batch",
    help: "Network only: episodes drawn for one gradient step.",
    default: 256,
    min: 1,
    max: 4096,
    advanced: true,
  }),
  gateWidth: integerOption({
    title: "Gate width",
    help: "Network only: units in which state and command are multiplied.",
    default: 64,
    min: 1,
    max: 256,
    advanced: true,
  }),
  hidden: integersOption({
    title: "Hidden layers",
    help: "Network only: widths of the layers after the gate.",
    default: [64, 64, 64],
    min: 1,
    max: 256,
    maxLength: 4,
    advanced: true,
  }),
  doubleSoftmax: booleanOption({
    title: "Double softmax",
    help: "Network only: takes the softmax twice in the loss, as the published code does; this weakens the gradients.",
    default: false,
    advanced: true,
  }),
  numTrees: integerOption({
    title: "Trees",
    help: "Forests: how many trees vote. Boosting: how many stages there are.",
    default: 100,
    min: 1,
    max: 2000,
    advanced: true,
  }),
  maxDepth: integerOption({
    title: "Depth of a tree",
    help: "Forests: splits on the longest way to a leaf, at most (1000000: no limit).",
    default: NO_LIMIT,
    min: 1,
    max: NO_LIMIT,
    advanced: true,
  }),
  minSamplesLeaf: integerOption({
    title: "Rows in a leaf",
    help: "Trees: a split must leave at least this many examples on either side.",
    default: 1,
    min: 1,
    max: 10000,
    advanced: true,
  }),
  maxFeatures: integerOption({
    title: "Features per split",
    help: "Forests: inputs looked at for each split, drawn anew; 0 takes the square root of their number.",
    zero: "square root",
    default: 0,
    min: 0,
    max: 10000,
    advanced: true,
  }),
  boostingDepth: integerOption({
    title: "Depth of a stage",
    help: "Boosting: splits on the longest way to a leaf, at most.",
    default: 3,
    min: 1,
    max: 32,
    advanced: true,
  }),
  boostingRate: numberOption({
    title: "Boosting rate",
    help: "Boosting: what share of each tree is added.",
    default: 0.1,
    min: 0.0001,
    max: 1,
    advanced: true,
  }),
  numNeighbours: integerOption({
    title: "Neighbours",
    help: "Neighbours: how many of the nearest examples vote.",
    default: 5,
    min: 1,
    max: 1000,
    advanced: true,
  }),
  penalty: numberOption({
    title: "Penalty",
    help: "Linear: weight of the ridge penalty.",
    default: 1,
    min: 0.000001,
    max: 1e6,
    advanced: true,
  }),
});

/** Parsed options of upside-down RL. */
export type UdrlOptions = OptionsOf<typeof udrlOptions>;

/** What upside-down RL reports after each training, and where it is healthy. */
export const UDRL_DIAGNOSTICS: readonly DiagnosticDescription[] = [
  {
    key: "askedReturn",
    title: "Asked return",
    help: "Mean return that the episodes of the last round were asked for.",
    healthy: null,
  },
  { key: "achievedReturn", title: "Achieved return", help: "Mean return of these episodes.", healthy: null },
  {
    key: "accuracy",
    title: "Accuracy",
    help: "Share of the examples whose action the learner finds most probable.",
    healthy: null,
  },
  { key: "loss", title: "Loss", help: "Mean surprise at the actions of the examples.", healthy: null },
  { key: "bufferMinimum", title: "Lowest kept return", help: "Lowest return in the memory.", healthy: null },
  { key: "bufferMean", title: "Mean kept return", help: "Mean return in the memory.", healthy: null },
  { key: "bufferSize", title: "Episodes kept", help: "Episodes in the memory.", healthy: null },
];

/** Tuned by world; what is not named is the default. */
export const UDRL_PRESETS: Readonly<Record<string, OptionValues>> = {
  // With an optimism of 1, as published, a network that does what it is asked is hardly ever asked for more. Forests
  // learn from more examples, look at every input for a split, and draw their actions as networks do.
  cartpole: { optimism: 4, segments: 8, sampleActions: "all", maxFeatures: 6 },
  // Many random episodes first, since few of them ever end, commands scaled so that hundreds of points and steps come to
  // about 1, where the gate is not yet flat, and gradient steps small enough to copy the best. Evaluations ask for what is
  // within reach from every start.
  acrobot: {
    warmUp: 1000,
    episodesPerRound: 20,
    bufferSize: 300,
    lastFew: 50,
    optimism: 1,
    returnScale: 0.005,
    horizonScale: 0.005,
    gradientSteps: 300,
    learningRate: 0.0003,
    batchSize: 512,
    evaluationCommand: "fixed",
    evaluationReturn: -80,
    evaluationHorizon: 80,
    segments: 16,
    sampleActions: "all",
    maxFeatures: 8,
  },
  // A hundred episodes of the controller that comes with the world, about 237 each, in memory at first, commands scaled
  // likewise, and a larger network that is taught long enough to copy.
  "lunar-lander": {
    demonstrations: 100,
    warmUp: 1,
    episodesPerRound: 20,
    bufferSize: 300,
    lastFew: 100,
    optimism: 0.5,
    returnScale: 0.005,
    horizonScale: 0.002,
    hidden: [128, 128],
    gradientSteps: 1500,
    evaluationCommand: "mean",
    segments: 128,
    sampleActions: "all",
    maxFeatures: 10,
  },
};

/** Environment steps of a run when nobody says otherwise. */
export const UDRL_BUDGETS: Readonly<Record<string, number>> = {
  default: 500_000,
  cartpole: 300_000,
  acrobot: 1_700_000,
  "lunar-lander": 180_000,
};
