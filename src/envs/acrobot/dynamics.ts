import type { OptionsOf } from "../../core/options.js";
import type { Action, Noise, Observation, Outcome, State } from "../dynamics.js";
import type { options } from "./spec.js";

export type AcrobotParams = Omit<OptionsOf<typeof options>, "horizon">;

/**
 * State [4]: angle of the upper arm from hanging and angle of the elbow (rad, anticlockwise, within ±π), and their
 * velocities (rad/s).
 */
export function reset(state: State, noise: Noise, params: AcrobotParams): void {
  "use gpu";
  state.$[0] = params.startRange * (2 * noise.$[0] - 1);
  state.$[1] = params.startRange * (2 * noise.$[1] - 1);
  state.$[2] = params.startRange * (2 * noise.$[2] - 1);
  state.$[3] = params.startRange * (2 * noise.$[3] - 1);
}

/** Pull of gravity and of the elbow's motion on the shoulder, φ1 of the reference. */
function shoulderPull(upper: number, elbow: number, upperSpin: number, elbowSpin: number, params: AcrobotParams) {
  "use gpu";
  const lowerCentre = 0.5 * params.lowerLength;
  const sin = params.lowerMass * params.upperLength * lowerCentre * Math.sin(elbow);
  const moment = params.upperMass * 0.5 * params.upperLength + params.lowerMass * params.upperLength;
  return (
    0 -
    sin * elbowSpin * elbowSpin -
    2 * sin * elbowSpin * upperSpin +
    moment * params.gravity * Math.cos(upper - Math.PI / 2) +
    params.lowerMass * lowerCentre * params.gravity * Math.cos(upper + elbow - Math.PI / 2)
  );
}

/** Inertia of both arms about the shoulder, d1 of the reference (each arm's own is 1 kg·m²). */
function inertia(elbow: number, params: AcrobotParams): number {
  "use gpu";
  const upperCentre = 0.5 * params.upperLength;
  const lowerCentre = 0.5 * params.lowerLength;
  const reach =
    params.upperLength * params.upperLength +
    lowerCentre * lowerCentre +
    2 * params.upperLength * lowerCentre * Math.cos(elbow);
  return params.upperMass * upperCentre * upperCentre + params.lowerMass * reach + 2;
}

/** What the elbow's motion does to the shoulder's, d2 of the reference. */
function coupling(elbow: number, params: AcrobotParams): number {
  "use gpu";
  const lowerCentre = 0.5 * params.lowerLength;
  return params.lowerMass * (lowerCentre * lowerCentre + params.upperLength * lowerCentre * Math.cos(elbow)) + 1;
}

function elbowAcceleration(
  upper: number,
  elbow: number,
  upperSpin: number,
  elbowSpin: number,
  torque: number,
  params: AcrobotParams,
): number {
  "use gpu";
  const d1 = inertia(elbow, params);
  const d2 = coupling(elbow, params);
  const pull = shoulderPull(upper, elbow, upperSpin, elbowSpin, params);
  const lowerCentre = 0.5 * params.lowerLength;
  const swing = params.lowerMass * params.upperLength * lowerCentre * upperSpin * upperSpin * Math.sin(elbow);
  const weight = params.lowerMass * lowerCentre * params.gravity * Math.cos(upper + elbow - Math.PI / 2);
  return (
    (torque + (d2 / d1) * pull - swing - weight) / (params.lowerMass * lowerCentre * lowerCentre + 1 - (d2 * d2) / d1)
  );
}

function upperAcceleration(
  upper: number,
  elbow: number,
  upperSpin: number,
  elbowSpin: number,
  elbowAccelerates: number,
  params: AcrobotParams,
): number {
  "use gpu";
  const pull = shoulderPull(upper, elbow, upperSpin, elbowSpin, params);
  return 0 - (coupling(elbow, params) * elbowAccelerates + pull) / inertia(elbow, params);
}

/** An angle within [−π, π). */
function wrap(angle: number): number {
  "use gpu";
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
}

/**
 * Advances 0.2 s by one Runge-Kutta step. Action [1]: 0 turns the elbow clockwise, 1 lets it swing, 2 turns it
 * anticlockwise. Term: time, −1 but for the step that passes the line.
 */
export function step(state: State, action: Action, _noise: Noise, params: AcrobotParams, outcome: Outcome): void {
  "use gpu";
  const torque = (action.$[0] - 1) * params.torque;
  const a = state.$[0];
  const b = state.$[1];
  const va = state.$[2];
  const vb = state.$[3];
  // Slopes of the four stages: of the angles the velocities, of the velocities the accelerations.
  const eb1 = elbowAcceleration(a, b, va, vb, torque, params);
  const ea1 = upperAcceleration(a, b, va, vb, eb1, params);
  const va2 = va + 0.1 * ea1;
  const vb2 = vb + 0.1 * eb1;
  const eb2 = elbowAcceleration(a + 0.1 * va, b + 0.1 * vb, va2, vb2, torque, params);
  const ea2 = upperAcceleration(a + 0.1 * va, b + 0.1 * vb, va2, vb2, eb2, params);
  const va3 = va + 0.1 * ea2;
  const vb3 = vb + 0.1 * eb2;
  const eb3 = elbowAcceleration(a + 0.1 * va2, b + 0.1 * vb2, va3, vb3, torque, params);
  const ea3 = upperAcceleration(a + 0.1 * va2, b + 0.1 * vb2, va3, vb3, eb3, params);
  const va4 = va + 0.2 * ea3;
  const vb4 = vb + 0.2 * eb3;
  const eb4 = elbowAcceleration(a + 0.2 * va3, b + 0.2 * vb3, va4, vb4, torque, params);
  const ea4 = upperAcceleration(a + 0.2 * va3, b + 0.2 * vb3, va4, vb4, eb4, params);

  const upper = wrap(a + (0.2 / 6.0) * (va + 2 * va2 + 2 * va3 + va4));
  const elbow = wrap(b + (0.2 / 6.0) * (vb + 2 * vb2 + 2 * vb3 + vb4));
  const upperSpin = va + (0.2 / 6.0) * (ea1 + 2 * ea2 + 2 * ea3 + ea4);
  const elbowSpin = vb + (0.2 / 6.0) * (eb1 + 2 * eb2 + 2 * eb3 + eb4);
  state.$[0] = upper;
  state.$[1] = elbow;
  state.$[2] = Math.min(Math.max(upperSpin, -4 * Math.PI), 4 * Math.PI);
  state.$[3] = Math.min(Math.max(elbowSpin, -9 * Math.PI), 9 * Math.PI);
  outcome.$[0] = 0;
  outcome.$[1] = -1;
  const height = 0 - params.upperLength * Math.cos(upper) - params.lowerLength * Math.cos(upper + elbow);
  if (height > params.targetHeight) {
    outcome.$[0] = 1;
    outcome.$[1] = 0;
  }
}

/** Observation [6]: cosine and sine of both angles, both velocities (rad/s). */
export function observe(state: State, observation: Observation, _params: AcrobotParams): void {
  "use gpu";
  observation.$[0] = Math.cos(state.$[0]);
  observation.$[1] = Math.sin(state.$[0]);
  observation.$[2] = Math.cos(state.$[1]);
  observation.$[3] = Math.sin(state.$[1]);
  observation.$[4] = state.$[2];
  observation.$[5] = state.$[3];
}
