import { booleanOption, integerOption, numberOption, optionsSchema } from "../../core/options.js";
import type { ActionSpace } from "../../core/spaces.js";
import type { EnvironmentSpec } from "../environment.js";
import { NUM_POINTS } from "./geometry.js";

/** Difficulty parameters of the lunar lander; the defaults are LunarLander-v3. */
export const options = optionsSchema({
  gravity: numberOption({
    title: "Gravity",
    help: "Acceleration of free fall; 10 is the reference's, and no moon's.",
    unit: "m/s²",
    default: 10,
    min: 1,
    max: 11.9,
  }),
  startPush: numberOption({
    title: "Start push",
    help: "Episodes start with a push of up to this force in each direction, for one step.",
    unit: "N",
    default: 1000,
    min: 0,
    max: 2000,
  }),
  roughness: numberOption({
    title: "Roughness",
    help: "How far the ground rises and falls beside the pad; 0 is flat, 1 the reference.",
    default: 1,
    min: 0,
    max: 1,
  }),
  wind: booleanOption({
    title: "Wind",
    help: "Gusts push and turn the lander while no leg touches the ground.",
    default: false,
  }),
  windPower: numberOption({
    title: "Wind power",
    help: "Strongest push of the wind, when there is any.",
    unit: "N",
    default: 15,
    min: 0,
    max: 20,
    advanced: true,
  }),
  turbulencePower: numberOption({
    title: "Turbulence power",
    help: "Strongest turn of the wind, when there is any.",
    unit: "N·m",
    default: 1.5,
    min: 0,
    max: 2,
    advanced: true,
  }),
  fastSolver: booleanOption({
    title: "Fast solver",
    help: "20 and 10 solver iterations instead of 180 and 60: several times faster, and not faithful to the reference.",
    default: false,
    advanced: true,
  }),
  horizon: integerOption({
    title: "Episode limit",
    help: "Steps after which an episode is cut short (truncated).",
    unit: "steps",
    default: 1000,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
});

const BODY = ["x", "y", "angle", "x velocity", "y velocity", "spin"] as const;

/** What both landers have in common. */
const shared = {
  observation: [
    { name: "x", unit: "", low: -2.5, high: 2.5, typical: [-1, 1] },
    { name: "height", unit: "", low: -2.5, high: 2.5, typical: [-0.2, 1.5] },
    { name: "x velocity", unit: "", low: -10, high: 10, typical: [-1, 1] },
    { name: "y velocity", unit: "", low: -10, high: 10, typical: [-1.5, 0.5] },
    { name: "angle", unit: "rad", low: -2 * Math.PI, high: 2 * Math.PI, typical: [-0.8, 0.8] },
    { name: "spin", unit: "0.4 rad/s", low: -10, high: 10, typical: [-1, 1] },
    { name: "right leg touches", unit: "", low: 0, high: 1, typical: [0, 1] },
    { name: "left leg touches", unit: "", low: 0, high: 1, typical: [0, 1] },
  ],
  rewardTerms: [
    { name: "position", help: "100 for every unit nearer to the pad." },
    { name: "speed", help: "100 for every unit of speed less." },
    { name: "angle", help: "100 for every radian nearer to upright." },
    { name: "legs", help: "10 for each leg that touches the ground, taken back when it lifts off." },
    { name: "main engine", help: "−0.3 for a step of the main engine at full thrust." },
    { name: "side engines", help: "−0.03 for a step of a side engine at full thrust." },
    { name: "landing", help: "100 for coming to rest; it replaces all other terms of that step." },
    {
      name: "crash",
      help: "−100 for the hull touching the ground or leaving the picture; it replaces all other terms.",
    },
  ],
  state: [
    ...BODY,
    ...BODY.map((name) => `right leg ${name}`),
    ...BODY.map((name) => `left leg ${name}`),
    "right leg touches",
    "left leg touches",
    "wind index",
    "turbulence index",
    "seconds at rest",
    ...Array.from({ length: NUM_POINTS }, (_, i) => `ground at ${2 * i} m`),
  ],
  // Twelve heights, the push, the wind's two indices; then the jitter of the engines.
  noiseSize: { reset: 16, step: 2 },
  options,
  solvedReturn: 200,
  secondsPerStep: 0.02,
  // Twenty episodes are five to twenty thousand steps of the engine.
  evaluationEvery: 40_960,
  runsOn: ["cpu"],
} as const satisfies Partial<EnvironmentSpec>;

const discrete: ActionSpace = {
  kind: "discrete",
  names: ["no engine", "steer left", "main engine", "steer right"],
};

const continuous: ActionSpace = {
  kind: "continuous",
  features: [
    { name: "main engine", unit: "", low: -1, high: 1, typical: [-1, 1] },
    { name: "steering", unit: "", low: -1, high: 1, typical: [-1, 1] },
  ],
};

/**
 * Land between two flags, gently and on both legs.
 *
 * Task: come to rest on the pad. Observation: place, speed, angle and spin relative to the pad (scaled as in the
 * reference), and whether each leg touches. Action: one of three engines, or none; steering left is what the
 * reference calls its left engine, though the flame shows at the right. Reward: what the potential of
 * place, speed, angle and legs gains, less fuel; 100 for coming to rest, −100 for a crash. Ending: at rest, crashed,
 * or out of the picture.
 * Source: LunarLander-v3 of Gymnasium (`box2d/lunar_lander.py`).
 */
export const discreteSpec: EnvironmentSpec = {
  ...shared,
  id: "lunar-lander",
  title: "Lunar lander",
  summary: "Land between two flags, gently and on both legs.",
  action: discrete,
  hand: { held: { left: [1], up: [2], right: [3] }, idle: [0] },
  randomReturn: -184,
  source: "Gymnasium 1.3.0, LunarLander-v3 (box2d/lunar_lander.py), 180 and 60 solver iterations",
};

/**
 * The lunar lander with throttles: main engine from 0 (half thrust) to 1, off below 0; steering beyond ±0.5.
 *
 * All else is as in {@link discreteSpec}. Source: LunarLanderContinuous-v3 of Gymnasium (`box2d/lunar_lander.py`).
 */
export const continuousSpec: EnvironmentSpec = {
  ...shared,
  id: "lunar-lander-continuous",
  title: "Lunar lander, continuous",
  summary: "Land between two flags with throttles for the engines.",
  action: continuous,
  hand: { held: { left: [0, -1], up: [1, 0], right: [0, 1] }, idle: [0, 0] },
  randomReturn: -216,
  source: "Gymnasium 1.3.0, LunarLanderContinuous-v3 (box2d/lunar_lander.py), 180 and 60 solver iterations",
};
