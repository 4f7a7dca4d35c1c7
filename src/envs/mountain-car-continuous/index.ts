import type { Environment } from "../environment.js";
import { observe, reset, step } from "./dynamics.js";
import { spec } from "./spec.js";

/** The car of MountainCarContinuous-v0, with engine, gravity, goal and price of energy as difficulty parameters. */
export const mountainCarContinuous: Environment = { spec, dynamics: { reset, step, observe } };
