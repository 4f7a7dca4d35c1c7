import { integerOption, numberOption, optionsSchema } from "../../core/options.js";
import type { EnvironmentSpec } from "../environment.js";

/** Difficulty parameters of the pendulum; the defaults are Pendulum-v1. */
export const options = optionsSchema({
  gravity: numberOption({
    title: "Gravity",
    help: "Acceleration of free fall: 1.6 on the Moon, 10 on Earth (rounded, as in the reference).",
    unit: "m/s²",
    default: 10,
    min: 0,
    max: 20,
  }),
  mass: numberOption({
    title: "Mass",
    help: "Mass of the rod; the heavier it is, the less the motor moves it.",
    unit: "kg",
    default: 1,
    min: 0.2,
    max: 3,
  }),
  length: numberOption({
    title: "Length",
    help: "Length of the rod; a long rod is harder to swing up.",
    unit: "m",
    default: 1,
    min: 0.4,
    max: 2,
  }),
  startAngle: numberOption({
    title: "Start range",
    help: "Episodes start within ± this angle from upright; 180 is anywhere.",
    unit: "°",
    default: 180,
    min: 0,
    max: 180,
    advanced: true,
  }),
  startSpeed: numberOption({
    title: "Start speed",
    help: "Episodes start with an angular velocity within ± this value.",
    unit: "rad/s",
    default: 1,
    min: 0,
    max: 8,
    advanced: true,
  }),
  horizon: integerOption({
    title: "Episode limit",
    help: "Steps after which an episode is cut short (truncated).",
    unit: "steps",
    default: 200,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
});

/**
 * Swing a rod up with a weak motor, and hold it upright.
 *
 * Task: upright, still, with little torque. Observation: cosine and sine of the angle, angular velocity. Action: the
 * motor's torque, −2 to 2 N·m, positive anticlockwise. Reward: minus the squared angle from upright, a tenth of the
 * squared angular velocity and a thousandth of the squared torque, all before the step. Ending: never; only the
 * horizon cuts it short.
 * Source: Pendulum-v1 of Gymnasium (`classic_control/pendulum.py`).
 */
export const spec: EnvironmentSpec = {
  id: "pendulum",
  title: "Pendulum",
  summary: "Swing a rod up with a weak motor, and hold it upright.",
  observation: [
    { name: "cosine of the angle", unit: "", low: -1, high: 1, typical: [-1, 1] },
    { name: "sine of the angle", unit: "", low: -1, high: 1, typical: [-1, 1] },
    { name: "angular velocity", unit: "rad/s", low: -8, high: 8, typical: [-8, 8] },
  ],
  action: { kind: "continuous", features: [{ name: "torque", unit: "N·m", low: -2, high: 2, typical: [-2, 2] }] },
  hand: { held: { left: [2], right: [-2] }, idle: [0] },
  rewardTerms: [
    { name: "angle", help: "Minus the squared angle from upright." },
    { name: "speed", help: "Minus a tenth of the squared angular velocity." },
    { name: "torque", help: "Minus a thousandth of the squared torque." },
  ],
  state: ["angle", "angular velocity"],
  noiseSize: { reset: 2, step: 0 },
  options,
  solvedReturn: null,
  randomReturn: -1228,
  secondsPerStep: 0.05,
  source: "Gymnasium 1.3.0, Pendulum-v1 (classic_control/pendulum.py)",
  runsOn: ["cpu", "gpu"],
};
