import {
  booleanOption,
  choiceOption,
  integerOption,
  integersOption,
  type OptionsOf,
  optionsSchema,
} from "../../core/options.js";
import { testOptions } from "../distil-options.js";

/** Options of the Shapley rule. With `sweep` off, `regression` last feature and `actions` two it is the paper's. */
export const SHAPLEY_OPTIONS = optionsSchema({
  actions: choiceOption({
    title: "Actions",
    help: "Two: one line between the two usual actions, as in the paper. All: a line for each action (an extension).",
    choices: ["two", "all"],
    default: "two",
  }),
  characteristic: choiceOption({
    title: "Expectation",
    help: "Conditional: over the states that occur, as in the paper. Interventional: features set one by one.",
    choices: ["conditional", "interventional"],
    default: "conditional",
  }),
  steps: integerOption({
    title: "Steps",
    help: "Steps of the teacher from which states are counted.",
    default: 20_000,
    min: 100,
    max: 1_000_000,
  }),
  maxStates: integerOption({
    title: "States at most",
    help: "The most frequent states are explained.",
    default: 1000,
    min: 10,
    max: 100_000,
    advanced: true,
  }),
  decimals: integerOption({
    title: "Decimals",
    help: "States count as equal when their features are, rounded to this many decimals.",
    default: 2,
    min: 0,
    max: 6,
  }),
  coordinates: choiceOption({
    title: "Coordinates",
    help: "As trained: normalised where the network's inputs are; raw; or standardised by what is visited (an extension).",
    choices: ["trained", "raw", "standardised"],
    default: "trained",
  }),
  boundary: choiceOption({
    title: "Boundary",
    help: "How the border between the two clusters is found: a linear support vector machine, or halfway between centres.",
    choices: ["svm", "centres"],
    default: "svm",
    advanced: true,
  }),
  boundaryPoints: integerOption({
    title: "Boundary points",
    help: "States nearest to the border through which the line is laid, where nothing is swept.",
    default: 10,
    min: 2,
    max: 10_000,
  }),
  regression: choiceOption({
    title: "Line",
    help: "Last feature: least squares of the last feature on the others, as in the paper. Total: least squares in all directions. Logistic: between the states of both clusters (extensions).",
    choices: ["last-feature", "total", "logistic"],
    default: "last-feature",
  }),
  sweep: booleanOption({
    title: "Sweep",
    help: "Also try other counts of boundary points and the other lines; the return on selection episodes decides.",
    default: true,
  }),
  sweepPoints: integersOption({
    title: "Counts to sweep",
    help: "Counts of boundary points that the sweep tries.",
    default: [5, 8, 10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320],
    min: 2,
    max: 10_000,
    maxLength: 20,
    advanced: true,
  }),
  background: integerOption({
    title: "Background",
    help: "Rows against which interventional values are measured.",
    default: 50,
    min: 1,
    max: 1000,
    advanced: true,
  }),
  selectionEpisodes: integerOption({
    title: "Selection episodes",
    help: "Episodes for each rule; who leads plays on until it has played 32 times as many. Never the test episodes.",
    default: 12,
    min: 1,
    max: 10_000,
    advanced: true,
  }),
  ...testOptions,
});
export type ShapleyOptions = OptionsOf<typeof SHAPLEY_OPTIONS>;
