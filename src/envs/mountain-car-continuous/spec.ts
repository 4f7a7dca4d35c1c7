import { integerOption, numberOption, optionsSchema } from "../../core/options.js";
import type { EnvironmentSpec } from "../environment.js";

/** Difficulty parameters of the continuous mountain car; the defaults are MountainCarContinuous-v0. */
export const options = optionsSchema({
  force: numberOption({
    title: "Engine",
    help: "Acceleration at full push; the weaker the engine, the more swings it takes.",
    default: 0.0015,
    min: 0.0002,
    max: 0.005,
  }),
  gravity: numberOption({
    title: "Gravity",
    help: "How strongly the slope pulls the car back to the valley.",
    default: 0.0025,
    min: 0.0005,
    max: 0.005,
  }),
  goalPosition: numberOption({
    title: "Goal",
    help: "Position of the flag; 0.5 is the top of the hill.",
    default: 0.45,
    min: -0.2,
    max: 0.55,
  }),
  energyPrice: numberOption({
    title: "Price of energy",
    help: "What a step at full push costs; the cost grows with the square of the push.",
    default: 0.1,
    min: 0,
    max: 1,
  }),
  startLow: numberOption({
    title: "Leftmost start",
    help: "Episodes start uniformly between the leftmost and the rightmost start.",
    default: -0.6,
    min: -1.2,
    max: 0.3,
    advanced: true,
  }),
  startHigh: numberOption({
    title: "Rightmost start",
    help: "Episodes start uniformly between the leftmost and the rightmost start.",
    default: -0.4,
    min: -1.2,
    max: 0.3,
    advanced: true,
  }),
  horizon: integerOption({
    title: "Episode limit",
    help: "Steps after which an episode is cut short (truncated).",
    unit: "steps",
    default: 999,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
});

/**
 * Drive a car with a weak engine out of a valley, by swinging, and spend little energy on it.
 *
 * Task: reach the flag on the right hill. Observation: position and velocity. Action: the push, −1 (full left) to 1
 * (full right). Reward: 100 at the flag, less a tenth of the squared push at every step. Ending: the flag is passed
 * with a velocity that is not negative.
 * Source: MountainCarContinuous-v0 of Gymnasium (`classic_control/continuous_mountain_car.py`).
 */
export const spec: EnvironmentSpec = {
  id: "mountain-car-continuous",
  title: "Mountain car, continuous",
  summary: "Drive a car out of a valley by swinging, with as little energy as possible.",
  observation: [
    { name: "position", unit: "", low: -1.2, high: 0.6, typical: [-1.2, 0.6] },
    { name: "velocity", unit: "per step", low: -0.07, high: 0.07, typical: [-0.07, 0.07] },
  ],
  action: { kind: "continuous", features: [{ name: "push", unit: "", low: -1, high: 1, typical: [-1, 1] }] },
  hand: { held: { left: [-1], right: [1] }, idle: [0] },
  rewardTerms: [
    { name: "goal", help: "100 when the flag is reached." },
    { name: "energy", help: "Minus the price of energy times the squared push." },
  ],
  state: ["position", "velocity"],
  noiseSize: { reset: 1, step: 0 },
  options,
  solvedReturn: 90,
  randomReturn: -33.3,
  secondsPerStep: 1 / 30,
  source: "Gymnasium 1.3.0, MountainCarContinuous-v0 (classic_control/continuous_mountain_car.py)",
  runsOn: ["cpu", "gpu"],
};
