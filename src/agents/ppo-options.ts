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

/** Every option of PPO; the names and meanings are the paper's. */
export const ppoOptions = optionsSchema({
  learningRate: numberOption({
    title: "Learning rate",
    help: "Step size of Adam.",
    default: 0.0003,
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
  clip: numberOption({
    title: "Clip range",
    help: "How far the new policy's probability ratio may move before its gain is ignored.",
    default: 0.2,
    min: 0.01,
    max: 1,
  }),
  numEnvs: integerOption({
    title: "World copies",
    help: "Copies of the world that play side by side.",
    default: 8,
    min: 1,
    max: 16384,
  }),
  numSteps: integerOption({
    title: "Rollout length",
    help: "Steps played in each copy before the network learns from them.",
    unit: "steps",
    default: 128,
    min: 1,
    max: 65536,
  }),
  hidden: integersOption({
    title: "Hidden layers",
    help: "Widths of the hidden layers of actor and critic.",
    default: [64, 64],
    min: 1,
    max: 256,
    maxLength: 4,
  }),
  epochs: integerOption({
    title: "Epochs",
    help: "How often each rollout is learned from.",
    default: 4,
    min: 1,
    max: 100,
    advanced: true,
  }),
  minibatchSize: integerOption({
    title: "Minibatch",
    help: "Samples in one gradient step.",
    unit: "steps",
    default: 256,
    min: 2,
    max: 1048576,
    advanced: true,
  }),
  lambda: numberOption({
    title: "GAE lambda",
    help: "Trades bias against variance in the advantages.",
    default: 0.95,
    min: 0,
    max: 1,
    advanced: true,
  }),
  entropyCoefficient: numberOption({
    title: "Entropy bonus",
    help: "Rewards a policy that stays undecided, so that it goes on exploring.",
    default: 0,
    min: 0,
    max: 1,
    advanced: true,
  }),
  valueCoefficient: numberOption({
    title: "Value loss weight",
    help: "Weight of the critic's squared error in the loss.",
    default: 0.5,
    min: 0,
    max: 10,
    advanced: true,
  }),
  maxGradNorm: numberOption({
    title: "Gradient clipping",
    help: "Largest global norm of a gradient; 0 switches clipping off.",
    zero: "off",
    default: 0.5,
    min: 0,
    max: 1000,
    advanced: true,
  }),
  targetKl: numberOption({
    title: "KL stop",
    help: "Stops the epochs early once the policy has moved 1.5 times this far; 0 never does.",
    zero: "off",
    default: 0,
    min: 0,
    max: 10,
    advanced: true,
  }),
  normaliseAdvantages: booleanOption({
    title: "Normalise advantages",
    help: "Shifts and scales the advantages of each minibatch to mean 0 and deviation 1.",
    default: true,
    advanced: true,
  }),
  normaliseObservations: booleanOption({
    title: "Normalise observations",
    help: "Shifts and scales each observation entry by its running mean and deviation.",
    default: false,
    advanced: true,
  }),
  normaliseRewards: booleanOption({
    title: "Normalise rewards",
    help: "Divides rewards by the running deviation of the discounted return.",
    default: false,
    advanced: true,
  }),
  valueClipping: choiceOption({
    title: "Value clipping",
    help: "Keeps the critic near its old value: off, clipped, or the larger of both errors.",
    choices: ["off", "clipped", "pessimistic"],
    default: "off",
    advanced: true,
  }),
  valueClip: numberOption({
    title: "Value clip range",
    help: "How far the critic may move when value clipping is on.",
    default: 0.2,
    min: 0.001,
    max: 1000,
    advanced: true,
  }),
  learningRateSchedule: choiceOption({
    title: "Learning rate schedule",
    help: "Constant, or falling linearly to zero over the schedule.",
    choices: ["constant", "linear"],
    default: "constant",
    advanced: true,
  }),
  clipSchedule: choiceOption({
    title: "Clip schedule",
    help: "Constant, or falling linearly to zero over the schedule.",
    choices: ["constant", "linear"],
    default: "constant",
    advanced: true,
  }),
  scheduleSteps: integerOption({
    title: "Schedule length",
    help: "Environment steps over which the schedules fall; independent of the budget.",
    unit: "steps",
    default: 100000,
    min: 1,
    max: 1e10,
    advanced: true,
  }),
  activation: choiceOption({
    title: "Activation",
    help: "Non-linearity of the hidden layers.",
    choices: ["tanh", "relu"],
    default: "tanh",
    advanced: true,
  }),
  sharedTrunk: booleanOption({
    title: "Shared layers",
    help: "Actor and critic share their hidden layers.",
    default: false,
    advanced: true,
  }),
  initialLogStd: numberOption({
    title: "First log deviation",
    help: "Log standard deviation of continuous actions at the start.",
    default: 0,
    min: -5,
    max: 2,
    advanced: true,
  }),
});

/** Parsed options of PPO. */
export type PpoOptions = OptionsOf<typeof ppoOptions>;

/** Step size and clip range in force after so many environment steps. */
export function scheduledRates(options: PpoOptions, numStepsTaken: number) {
  const remaining = Math.max(0, 1 - numStepsTaken / options.scheduleSteps);
  return {
    learningRate: options.learningRate * (options.learningRateSchedule === "linear" ? remaining : 1),
    clip: options.clip * (options.clipSchedule === "linear" ? remaining : 1),
  };
}

/** What PPO reports after each update, and where it is healthy. */
export const PPO_DIAGNOSTICS: readonly DiagnosticDescription[] = [
  { key: "kl", title: "KL divergence", help: "How far the policy moved in this update.", healthy: [null, 0.03] },
  {
    key: "clipFraction",
    title: "Clip fraction",
    help: "Share of samples whose ratio left the clip range.",
    healthy: [null, 0.3],
  },
  { key: "entropy", title: "Entropy", help: "How undecided the policy is, in nats.", healthy: null },
  {
    key: "explainedVariance",
    title: "Explained variance",
    help: "How much of the returns' variance the critic predicts; 1 is all.",
    healthy: [0, null],
  },
  { key: "policyLoss", title: "Policy loss", help: "The clipped surrogate, negated.", healthy: null },
  { key: "valueLoss", title: "Value loss", help: "Mean squared error of the critic.", healthy: null },
  { key: "gradientNorm", title: "Gradient norm", help: "Global norm before clipping.", healthy: null },
  { key: "learningRate", title: "Learning rate", help: "The step size in force.", healthy: null },
  { key: "clipRange", title: "Clip range", help: "The clip range in force.", healthy: null },
  { key: "epochs", title: "Epochs", help: "Epochs done before the KL stop.", healthy: null },
];

const LANDER: OptionValues = {
  numEnvs: 16,
  numSteps: 128,
  minibatchSize: 256,
  epochs: 6,
  learningRate: 0.0015,
  gamma: 0.995,
  lambda: 0.97,
  entropyCoefficient: 0.005,
  normaliseRewards: true,
  learningRateSchedule: "linear",
  scheduleSteps: 600_000,
};

/** Orders lie far from 0 and cost tens of units: everything is scaled, and exploration is as wide as demand. */
const INVENTORY: OptionValues = {
  numEnvs: 32,
  numSteps: 50,
  minibatchSize: 400,
  epochs: 10,
  learningRate: 0.001,
  gamma: 0.97,
  normaliseObservations: true,
  normaliseRewards: true,
  learningRateSchedule: "linear",
  scheduleSteps: 300_000,
};

/** Tuned by world; what is not named is the default. */
export const PPO_PRESETS: Readonly<Record<string, OptionValues>> = {
  inventory: { ...INVENTORY, initialLogStd: 1.5 },
  "inventory-whole": INVENTORY,
  cartpole: {
    numEnvs: 8,
    numSteps: 32,
    minibatchSize: 64,
    epochs: 4,
    learningRate: 0.0025,
    learningRateSchedule: "linear",
    clipSchedule: "linear",
  },
  "mountain-car": {
    numEnvs: 16,
    numSteps: 128,
    minibatchSize: 256,
    epochs: 10,
    learningRate: 0.002,
    gamma: 0.995,
    lambda: 0.98,
    entropyCoefficient: 0.01,
    normaliseObservations: true,
    normaliseRewards: true,
  },
  acrobot: {
    numEnvs: 16,
    numSteps: 64,
    minibatchSize: 256,
    learningRate: 0.002,
    lambda: 0.94,
    normaliseObservations: true,
    normaliseRewards: true,
    learningRateSchedule: "linear",
    scheduleSteps: 200_000,
  },
  pendulum: {
    numEnvs: 8,
    numSteps: 128,
    minibatchSize: 128,
    epochs: 10,
    learningRate: 0.001,
    gamma: 0.95,
    normaliseRewards: true,
    learningRateSchedule: "linear",
    scheduleSteps: 150_000,
  },
  "lunar-lander": LANDER,
  "lunar-lander-continuous": LANDER,
  lavaland: {
    numEnvs: 32,
    numSteps: 64,
    minibatchSize: 256,
    learningRate: 0.001,
    entropyCoefficient: 0.01,
    learningRateSchedule: "linear",
    scheduleSteps: 600_000,
  },
};

/** Environment steps of a run when nobody says otherwise. */
export const PPO_BUDGETS: Readonly<Record<string, number>> = {
  default: 500_000,
  cartpole: 100_000,
  "mountain-car": 300_000,
  acrobot: 100_000,
  pendulum: 150_000,
  "lunar-lander": 600_000,
  "lunar-lander-continuous": 600_000,
  lavaland: 600_000,
  inventory: 300_000,
  "inventory-whole": 300_000,
};
