import type { OptionsOf } from "../../core/options.js";
import type { Action, Noise, Observation, Outcome, State } from "../dynamics.js";
import type { options } from "./spec.js";

export type MountainCarContinuousParams = Omit<OptionsOf<typeof options>, "horizon">;

/** State [2]: position (the valley's floor is at −π/6) and velocity per step. */
export function reset(state: State, noise: Noise, params: MountainCarContinuousParams): void {
  "use gpu";
  state.$[0] = params.startLow + (params.startHigh - params.startLow) * noise.$[0];
  state.$[1] = 0;
}

/** Advances one step. Action [1]: push, −1 … 1. Terms: goal, energy. */
export function step(
  state: State,
  action: Action,
  _noise: Noise,
  params: MountainCarContinuousParams,
  outcome: Outcome,
): void {
  "use gpu";
  const push = Math.min(Math.max(action.$[0], -1), 1);
  let velocity = state.$[1] + (push * params.force - params.gravity * Math.cos(3 * state.$[0]));
  velocity = Math.min(Math.max(velocity, -0.07), 0.07);
  const position = Math.min(Math.max(state.$[0] + velocity, -1.2), 0.6);
  // The left wall stops the car dead.
  if (position <= -1.2 && velocity < 0) {
    velocity = 0;
  }
  state.$[0] = position;
  state.$[1] = velocity;
  outcome.$[0] = 0;
  outcome.$[1] = 0;
  if (position >= params.goalPosition && velocity >= 0) {
    outcome.$[0] = 1;
    outcome.$[1] = 100;
  }
  // The reference charges what was asked for, also beyond what the engine gives.
  outcome.$[2] = 0 - params.energyPrice * action.$[0] * action.$[0];
}

/** Observation [2]: the state. */
export function observe(state: State, observation: Observation, _params: MountainCarContinuousParams): void {
  "use gpu";
  observation.$[0] = state.$[0];
  observation.$[1] = state.$[1];
}
