import type { Environment } from "../environment.js";
import { observe, reset, step } from "./dynamics.js";
import { spec } from "./spec.js";

/** The cart-pole of CartPole-v1, with its physics as difficulty parameters. */
export const cartpole: Environment = { spec, dynamics: { reset, step, observe } };
