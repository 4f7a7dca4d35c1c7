import type { Environment } from "../environment.js";
import { observe, reset, step } from "./dynamics.js";
import { spec } from "./spec.js";

/** The car of MountainCar-v0, with engine, gravity and goal as difficulty parameters. */
export const mountainCar: Environment = { spec, dynamics: { reset, step, observe } };
