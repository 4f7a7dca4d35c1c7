import type { OptionsOf } from "../../core/options.js";
import type { Action, Noise, Observation, Outcome, State } from "../dynamics.js";
import type { options } from "./spec.js";

export type CartPoleParams = Omit<OptionsOf<typeof options>, "horizon">;

/** State [4]: cart position (m) and velocity (m/s), pole angle (rad, 0 is upright) and angular velocity (rad/s). */
export function reset(state: State, noise: Noise, params: CartPoleParams): void {
  "use gpu";
  state.$[0] = params.startRange * (2 * noise.$[0] - 1);
  state.$[1] = params.startRange * (2 * noise.$[1] - 1);
  state.$[2] = params.startRange * (2 * noise.$[2] - 1);
  state.$[3] = params.startRange * (2 * noise.$[3] - 1);
}

/** Advances 0.02 s by explicit Euler. Action [1]: 0 pushes left, 1 right. Term: upright, always 1. */
export function step(state: State, action: Action, _noise: Noise, params: CartPoleParams, outcome: Outcome): void {
  "use gpu";
  let force = params.force;
  if (action.$[0] < 0.5) {
    force = 0 - params.force;
  }
  const totalMass = params.cartMass + params.poleMass;
  const poleMoment = params.poleMass * params.length;
  const velocity = state.$[1];
  const angle = state.$[2];
  const spin = state.$[3];
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const push = (force + poleMoment * spin * spin * sin) / totalMass;
  const angularAcceleration =
    (params.gravity * sin - cos * push) / (params.length * (4.0 / 3.0 - (params.poleMass * cos * cos) / totalMass));
  const acceleration = push - (poleMoment * angularAcceleration * cos) / totalMass;

  // Positions move with the old velocities: explicit Euler, as the reference has it.
  const position = state.$[0] + 0.02 * velocity;
  const newAngle = angle + 0.02 * spin;
  state.$[0] = position;
  state.$[1] = velocity + 0.02 * acceleration;
  state.$[2] = newAngle;
  state.$[3] = spin + 0.02 * angularAcceleration;

  outcome.$[0] = 0;
  if (Math.abs(position) > params.positionLimit) {
    outcome.$[0] = 1;
  }
  if (Math.abs(newAngle) > (params.angleLimit * 2 * Math.PI) / 360) {
    outcome.$[0] = 1;
  }
  outcome.$[1] = 1;
}

/** Observation [4]: the state. */
export function observe(state: State, observation: Observation, _params: CartPoleParams): void {
  "use gpu";
  observation.$[0] = state.$[0];
  observation.$[1] = state.$[1];
  observation.$[2] = state.$[2];
  observation.$[3] = state.$[3];
}
