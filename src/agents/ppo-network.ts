import type { NetworkSpec } from "../compute/network.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import type { PpoOptions } from "./ppo-options.js";

/** Actor and critic as two separate towers over the observation, or over a shared trunk. */
export function networkOf(spec: EnvironmentSpec, options: PpoOptions): NetworkSpec {
  const continuous = spec.action.kind === "continuous";
  const numActions = spec.action.kind === "discrete" ? spec.action.names.length : spec.action.features.length;
  const hidden = options.sharedTrunk ? [] : options.hidden;
  return {
    inputSize: spec.observation.length,
    activation: options.activation,
    trunk: options.sharedTrunk ? options.hidden : [],
    heads: [
      { name: "actor", hidden, outputSize: numActions, outputGain: 0.01 },
      { name: "critic", hidden, outputSize: 1, outputGain: 1 },
    ],
    ...(continuous && { free: { size: numActions, initial: options.initialLogStd } }),
  };
}
