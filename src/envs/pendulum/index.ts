import type { Environment } from "../environment.js";
import { observe, reset, step } from "./dynamics.js";
import { spec } from "./spec.js";

/** The rod of Pendulum-v1, with gravity, mass and length as difficulty parameters. */
export const pendulum: Environment = { spec, dynamics: { reset, step, observe } };
