import type { Environment } from "../environment.js";
import { observe, reset, step } from "./dynamics.js";
import { spec } from "./spec.js";

/** The lavaland of Self Reward Design as a world with rewards. */
export const lavaland: Environment = { spec, dynamics: { reset, step, observe } };
