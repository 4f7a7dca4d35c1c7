import type { Environment } from "../environment.js";
import { LazySimulation } from "../simulation.js";
import { continuousSpec, discreteSpec } from "./spec.js";

/** Code of the lander, with planck: only loaded when it is played. */
const lander = (continuous: boolean) =>
  new LazySimulation(async () => {
    const { LanderSimulation } = await import("./simulation.js");
    return () => new LanderSimulation(continuous);
  });

/** The lander of LunarLander-v3, with gravity, push, ground and wind as difficulty parameters. */
export const lunarLander: Environment = { spec: discreteSpec, simulation: lander(false) };

/** The same with throttles, LunarLanderContinuous-v3. */
export const lunarLanderContinuous: Environment = { spec: continuousSpec, simulation: lander(true) };
