import { integerOption, numberOption, optionsSchema } from "../../core/options.js";
import type { EnvironmentSpec } from "../environment.js";

/** Difficulty parameters of the mountain car; the defaults are MountainCar-v0. */
export const options = optionsSchema({
  force: numberOption({
    title: "Engine",
    help: "Acceleration of one push; the weaker the engine, the more swings it takes.",
    default: 0.001,
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
    default: 0.5,
    min: -0.2,
    max: 0.55,
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
    default: 200,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
});

/**
 * Drive a car with a weak engine out of a valley, by swinging.
 *
 * Task: reach the flag on the right hill. Observation: position and velocity. Action: push left, coast, or push right.
 * Reward: −1 for every step, the last one included. Ending: the flag is passed with a velocity that is not negative.
 * Source: MountainCar-v0 of Gymnasium (`classic_control/mountain_car.py`), after Moore 1990.
 */
export const spec: EnvironmentSpec = {
  id: "mountain-car",
  title: "Mountain car",
  summary: "Drive a car with a weak engine out of a valley, by swinging to and fro.",
  observation: [
    { name: "position", unit: "", low: -1.2, high: 0.6, typical: [-1.2, 0.6] },
    { name: "velocity", unit: "per step", low: -0.07, high: 0.07, typical: [-0.07, 0.07] },
  ],
  action: { kind: "discrete", names: ["push left", "coast", "push right"] },
  hand: { held: { left: [0], right: [2] }, idle: [1] },
  rewardTerms: [{ name: "time", help: "−1 for every step, the last one included." }],
  state: ["position", "velocity"],
  noiseSize: { reset: 1, step: 0 },
  options,
  solvedReturn: -110,
  randomReturn: -200,
  secondsPerStep: 1 / 30,
  source: "Gymnasium 1.3.0, MountainCar-v0 (classic_control/mountain_car.py)",
  runsOn: ["cpu", "gpu"],
};
