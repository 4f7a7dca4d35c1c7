import { integerOption, numberOption, optionsSchema } from "../../core/options.js";
import type { EnvironmentSpec } from "../environment.js";

/** Difficulty parameters of the cart-pole; the defaults are CartPole-v1. */
export const options = optionsSchema({
  length: numberOption({
    title: "Pole half-length",
    help: "Half the length of the pole; a short pole falls faster.",
    unit: "m",
    default: 0.5,
    min: 0.1,
    max: 2,
  }),
  poleMass: numberOption({
    title: "Pole mass",
    help: "Mass of the pole, spread evenly along it.",
    unit: "kg",
    default: 0.1,
    min: 0.01,
    max: 2,
  }),
  cartMass: numberOption({
    title: "Cart mass",
    help: "Mass of the cart; a heavy cart answers slowly.",
    unit: "kg",
    default: 1,
    min: 0.1,
    max: 10,
  }),
  force: numberOption({
    title: "Push",
    help: "Force of one push, to the left or to the right.",
    unit: "N",
    default: 10,
    min: 1,
    max: 30,
  }),
  gravity: numberOption({
    title: "Gravity",
    help: "Acceleration of free fall: 1.6 on the Moon, 9.8 on Earth, 24.8 on Jupiter.",
    unit: "m/s²",
    default: 9.8,
    min: 1,
    max: 30,
  }),
  startRange: numberOption({
    title: "Start range",
    help: "Every state variable starts uniformly within ± this value (m, m/s, rad, rad/s).",
    default: 0.05,
    min: 0,
    max: 0.2,
    advanced: true,
  }),
  positionLimit: numberOption({
    title: "Track half-width",
    help: "The episode ends when the cart leaves ± this distance from the centre.",
    unit: "m",
    default: 2.4,
    min: 0.5,
    max: 4,
    advanced: true,
  }),
  angleLimit: numberOption({
    title: "Angle limit",
    help: "The episode ends when the pole leans further than this.",
    unit: "°",
    default: 12,
    min: 3,
    max: 20,
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
 * Balance a pole on a cart by pushing the cart to the left or to the right.
 *
 * Task: keep the pole up and the cart on its track. Observation: position and velocity of the cart, angle and
 * angular velocity of the pole. Action: push left or right with a fixed force. Reward: 1 for every step, the last
 * one included. Ending: the pole leans past the angle limit or the cart leaves the track.
 * Source: CartPole-v1 of Gymnasium (`classic_control/cartpole.py`), after Barto, Sutton & Anderson 1983.
 */
export const spec: EnvironmentSpec = {
  id: "cartpole",
  title: "Cart-pole",
  summary: "Balance a pole on a cart by pushing the cart to the left or to the right.",
  observation: [
    { name: "cart position", unit: "m", low: -4.8, high: 4.8, typical: [-2.4, 2.4] },
    {
      name: "cart velocity",
      unit: "m/s",
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      typical: [-2, 2],
    },
    { name: "pole angle", unit: "rad", low: -0.41887902, high: 0.41887902, typical: [-0.21, 0.21] },
    {
      name: "pole angular velocity",
      unit: "rad/s",
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      typical: [-2, 2],
    },
  ],
  action: { kind: "discrete", names: ["left", "right"] },
  hand: { held: { left: [0], right: [1] }, idle: "last" },
  rewardTerms: [{ name: "upright", help: "1 for every step, the last one included." }],
  state: ["cart position", "cart velocity", "pole angle", "pole angular velocity"],
  noiseSize: { reset: 4, step: 0 },
  options,
  solvedReturn: 475,
  randomReturn: 22.3,
  secondsPerStep: 0.02,
  source: "Gymnasium 1.3.0, CartPole-v1 (classic_control/cartpole.py), explicit Euler",
  runsOn: ["cpu", "gpu"],
};
