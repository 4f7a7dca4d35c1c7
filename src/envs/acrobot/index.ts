import type { Environment } from "../environment.js";
import { observe, reset, step } from "./dynamics.js";
import { spec } from "./spec.js";

/** The two arms of Acrobot-v1, with motor, gravity, line and arms as difficulty parameters. */
export const acrobot: Environment = { spec, dynamics: { reset, step, observe } };
