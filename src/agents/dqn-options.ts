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

/** Every option of DQN; the names and meanings are the papers'. */
export const dqnOptions = optionsSchema({
  learningRate: numberOption({
    title: "Learning rate",
    help: "Step size of Adam.",
    default: 0.0005,
    min: 0.000001,
    max: 0.1,
  }),
  gamma: numberOption({
    title: "Discount",
    help: "How much a reward one step later counts.",
    default: 0.99,
    min: 0,
    max: 1,
  }),
  hidden: integersOption({
    title: "Hidden layers",
    help: "Widths of the hidden layers.",
    default: [64, 64],
    min: 1,
    max: 256,
    maxLength: 4,
  }),
  epsilonEnd: numberOption({
    title: "Final exploration",
    help: "Share of random actions once the schedule is over.",
    default: 0.05,
    min: 0,
    max: 1,
  }),
  scheduleSteps: integerOption({
    title: "Exploration schedule",
    help: "Environment steps over which random actions fall from the first share to the final one.",
    unit: "steps",
    default: 20000,
    min: 1,
    max: 1e10,
  }),
  learningRateSteps: integerOption({
    title: "Learning rate schedule",
    help: "Environment steps over which the learning rate falls to a hundredth of itself; 0 leaves it as it is.",
    unit: "steps",
    default: 0,
    min: 0,
    max: 1e10,
    advanced: true,
  }),
  bufferSize: integerOption({
    title: "Replay buffer",
    help: "Newest steps that are kept to learn from.",
    unit: "steps",
    default: 50000,
    min: 16,
    max: 2000000,
  }),
  double: booleanOption({
    title: "Double",
    help: "The online network picks the next action, the target network values it.",
    default: true,
  }),
  dueling: booleanOption({
    title: "Dueling",
    help: "Separate streams for the value of a state and the advantage of each action.",
    default: false,
  }),
  prioritised: booleanOption({
    title: "Prioritised replay",
    help: "Samples surprising steps more often.",
    default: false,
  }),
  nSteps: integerOption({
    title: "n-step returns",
    help: "Real rewards summed before the bootstrapped value.",
    unit: "steps",
    default: 1,
    min: 1,
    max: 50,
  }),
  batchSize: integerOption({
    title: "Batch",
    help: "Samples in one gradient step.",
    unit: "steps",
    default: 64,
    min: 2,
    max: 65536,
    advanced: true,
  }),
  numEnvs: integerOption({
    title: "World copies",
    help: "Copies of the world that play side by side.",
    default: 1,
    min: 1,
    max: 16384,
    advanced: true,
  }),
  learningStarts: integerOption({
    title: "Learning starts",
    help: "Steps of experience before the first gradient step.",
    unit: "steps",
    default: 1000,
    min: 1,
    max: 1000000,
    advanced: true,
  }),
  trainEvery: integerOption({
    title: "Train every",
    help: "Environment steps between two rounds of gradient steps.",
    unit: "steps",
    default: 4,
    min: 1,
    max: 100000,
    advanced: true,
  }),
  gradientSteps: integerOption({
    title: "Gradient steps",
    help: "Gradient steps in each round.",
    default: 1,
    min: 1,
    max: 10000,
    advanced: true,
  }),
  targetEvery: integerOption({
    title: "Target update every",
    help: "Environment steps between updates of the target network.",
    unit: "steps",
    default: 500,
    min: 1,
    max: 1000000,
    advanced: true,
  }),
  targetRate: numberOption({
    title: "Target update rate",
    help: "How far the target network moves to the online one; 1 copies it.",
    default: 1,
    min: 0.0001,
    max: 1,
    advanced: true,
  }),
  epsilonStart: numberOption({
    title: "First exploration",
    help: "Share of random actions at the start.",
    default: 1,
    min: 0,
    max: 1,
    advanced: true,
  }),
  priorityExponent: numberOption({
    title: "Priority exponent",
    help: "How strongly surprise decides: 0 samples evenly, 1 in proportion.",
    default: 0.6,
    min: 0,
    max: 1,
    advanced: true,
  }),
  importanceStart: numberOption({
    title: "Importance exponent",
    help: "First exponent of the importance weights; rises to 1 over the schedule.",
    default: 0.4,
    min: 0,
    max: 1,
    advanced: true,
  }),
  loss: choiceOption({
    title: "Loss",
    help: "Huber bounds the pull of large errors; squared does not.",
    choices: ["huber", "squared"],
    default: "huber",
    advanced: true,
  }),
  maxGradNorm: numberOption({
    title: "Gradient clipping",
    help: "Largest global norm of a gradient; 0 switches clipping off.",
    zero: "off",
    default: 10,
    min: 0,
    max: 1000,
    advanced: true,
  }),
  activation: choiceOption({
    title: "Activation",
    help: "Non-linearity of the hidden layers.",
    choices: ["relu", "tanh"],
    default: "relu",
    advanced: true,
  }),
});

/** Parsed options of DQN. */
export type DqnOptions = OptionsOf<typeof dqnOptions>;

/** The learning rate falls to this share of itself. */
const LAST_RATE = 0.01;

/** The step size in force after that many environment steps. */
export function learningRateAt({ learningRate, learningRateSteps }: DqnOptions, numSteps: number): number {
  if (learningRateSteps === 0) return learningRate;
  return learningRate * (1 - (1 - LAST_RATE) * Math.min(1, numSteps / learningRateSteps));
}

/** What DQN reports after each update, and where it is healthy. */
export const DQN_DIAGNOSTICS: readonly DiagnosticDescription[] = [
  { key: "loss", title: "Loss", help: "Mean loss of the sampled steps.", healthy: null },
  { key: "tdError", title: "TD error", help: "Mean distance between a value and its target.", healthy: null },
  { key: "meanValue", title: "Mean value", help: "Mean value of the actions that were sampled.", healthy: null },
  { key: "epsilon", title: "Exploration", help: "Share of random actions.", healthy: null },
  { key: "gradientNorm", title: "Gradient norm", help: "Global norm before clipping.", healthy: null },
  { key: "replaySize", title: "Replay size", help: "Steps in the replay buffer.", healthy: null },
];

/** Tuned by world; what is not named is the default. */
export const DQN_PRESETS: Readonly<Record<string, OptionValues>> = {
  cartpole: {
    learningRate: 0.003,
    nSteps: 20,
    dueling: true,
    activation: "tanh",
    bufferSize: 50_000,
    learningRateSteps: 50_000,
    learningStarts: 500,
    trainEvery: 8,
    gradientSteps: 2,
    targetEvery: 250,
    scheduleSteps: 3000,
    epsilonEnd: 0.1,
    maxGradNorm: 1,
  },
  "mountain-car": {
    learningRate: 0.001,
    nSteps: 5,
    dueling: true,
    activation: "tanh",
    targetEvery: 1000,
    scheduleSteps: 60_000,
  },
};

/** Environment steps of a run when nobody says otherwise. */
export const DQN_BUDGETS: Readonly<Record<string, number>> = {
  default: 100_000,
  cartpole: 50_000,
  "mountain-car": 210_000,
};
