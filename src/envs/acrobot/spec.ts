import { integerOption, numberOption, optionsSchema } from "../../core/options.js";
import type { EnvironmentSpec } from "../environment.js";

/** Difficulty parameters of the acrobot; the defaults are Acrobot-v1. */
export const options = optionsSchema({
  torque: numberOption({
    title: "Torque",
    help: "Strength of the motor in the elbow.",
    unit: "N·m",
    default: 1,
    min: 0.2,
    max: 4,
  }),
  gravity: numberOption({
    title: "Gravity",
    help: "Acceleration of free fall: 1.6 on the Moon, 9.8 on Earth.",
    unit: "m/s²",
    default: 9.8,
    min: 1,
    max: 20,
  }),
  targetHeight: numberOption({
    title: "Line",
    help: "Height of the line above the shoulder that the hand must pass.",
    unit: "m",
    default: 1,
    min: -1,
    max: 1.8,
  }),
  upperMass: numberOption({
    title: "Upper arm mass",
    help: "Mass of the arm that hangs from the shoulder.",
    unit: "kg",
    default: 1,
    min: 0.3,
    max: 3,
    advanced: true,
  }),
  lowerMass: numberOption({
    title: "Lower arm mass",
    help: "Mass of the arm that hangs from the elbow.",
    unit: "kg",
    default: 1,
    min: 0.3,
    max: 3,
    advanced: true,
  }),
  upperLength: numberOption({
    title: "Upper arm length",
    help: "Length of the arm that hangs from the shoulder; its centre of mass lies in its middle.",
    unit: "m",
    default: 1,
    min: 0.5,
    max: 1.5,
    advanced: true,
  }),
  lowerLength: numberOption({
    title: "Lower arm length",
    help: "Length of the arm that hangs from the elbow; its centre of mass lies in its middle.",
    unit: "m",
    default: 1,
    min: 0.5,
    max: 1.5,
    advanced: true,
  }),
  startRange: numberOption({
    title: "Start range",
    help: "Every state variable starts uniformly within ± this value (rad, rad/s).",
    default: 0.1,
    min: 0,
    max: 1,
    advanced: true,
  }),
  horizon: integerOption({
    title: "Episode limit",
    help: "Steps after which an episode is cut short (truncated).",
    unit: "steps",
    default: 500,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
});

/**
 * Swing the free end of two hanging arms over a line, with a motor in the elbow alone.
 *
 * Task: bring the hand above the line. Observation: cosine and sine of both angles, both angular velocities. Action:
 * the elbow's torque: clockwise, none, anticlockwise. Reward: −1 for every step but the last. Ending: the hand is
 * above the line.
 * Source: Acrobot-v1 of Gymnasium (`classic_control/acrobot.py`), its "book" equations, after Sutton 1996.
 */
export const spec: EnvironmentSpec = {
  id: "acrobot",
  title: "Acrobot",
  summary: "Swing two hanging arms up over a line, with a motor in the elbow alone.",
  observation: [
    { name: "upper arm, cosine", unit: "", low: -1, high: 1, typical: [-1, 1] },
    { name: "upper arm, sine", unit: "", low: -1, high: 1, typical: [-1, 1] },
    { name: "elbow, cosine", unit: "", low: -1, high: 1, typical: [-1, 1] },
    { name: "elbow, sine", unit: "", low: -1, high: 1, typical: [-1, 1] },
    { name: "upper arm spin", unit: "rad/s", low: -4 * Math.PI, high: 4 * Math.PI, typical: [-6, 6] },
    { name: "elbow spin", unit: "rad/s", low: -9 * Math.PI, high: 9 * Math.PI, typical: [-12, 12] },
  ],
  action: { kind: "discrete", names: ["turn clockwise", "let it swing", "turn anticlockwise"] },
  hand: { held: { left: [2], right: [0] }, idle: [1] },
  rewardTerms: [{ name: "time", help: "−1 for every step, 0 for the one that passes the line." }],
  state: ["upper arm angle", "elbow angle", "upper arm spin", "elbow spin"],
  circular: [0, 1],
  noiseSize: { reset: 4, step: 0 },
  options,
  solvedReturn: -100,
  randomReturn: -499,
  secondsPerStep: 0.2,
  source: "Gymnasium 1.3.0, Acrobot-v1 (classic_control/acrobot.py), one Runge-Kutta step of 0.2 s",
  runsOn: ["cpu", "gpu"],
};
