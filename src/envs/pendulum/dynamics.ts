import type { OptionsOf } from "../../core/options.js";
import type { Action, Noise, Observation, Outcome, State } from "../dynamics.js";
import type { options } from "./spec.js";

export type PendulumParams = Omit<OptionsOf<typeof options>, "horizon">;

/** State [2]: angle from upright (rad, anticlockwise, not wrapped) and angular velocity (rad/s). */
export function reset(state: State, noise: Noise, params: PendulumParams): void {
  "use gpu";
  state.$[0] = ((params.startAngle * Math.PI) / 180) * (2 * noise.$[0] - 1);
  state.$[1] = params.startSpeed * (2 * noise.$[1] - 1);
}

/** Advances 0.05 s. Action [1]: torque (N·m), clipped to ±2. Terms: angle, speed, torque, of the state before. */
export function step(state: State, action: Action, _noise: Noise, params: PendulumParams, outcome: Outcome): void {
  "use gpu";
  const torque = Math.min(Math.max(action.$[0], -2), 2);
  const angle = state.$[0];
  const spin = state.$[1];
  const turned = angle + Math.PI;
  const wrapped = turned - 2 * Math.PI * Math.floor(turned / (2 * Math.PI)) - Math.PI;
  outcome.$[0] = 0;
  outcome.$[1] = 0 - wrapped * wrapped;
  outcome.$[2] = 0 - 0.1 * spin * spin;
  outcome.$[3] = 0 - 0.001 * torque * torque;
  const fall = ((3 * params.gravity) / (2 * params.length)) * Math.sin(angle);
  const drive = (3 * torque) / (params.mass * params.length * params.length);
  const newSpin = Math.min(Math.max(spin + (fall + drive) * 0.05, -8), 8);
  // Semi-implicit Euler: the angle moves with the new velocity.
  state.$[0] = angle + newSpin * 0.05;
  state.$[1] = newSpin;
}

/** Observation [3]: cosine and sine of the angle, angular velocity (rad/s). */
export function observe(state: State, observation: Observation, _params: PendulumParams): void {
  "use gpu";
  observation.$[0] = Math.cos(state.$[0]);
  observation.$[1] = Math.sin(state.$[0]);
  observation.$[2] = state.$[1];
}
