import type { NetworkSpec } from "../compute/network.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import type { DqnOptions } from "./dqn-options.js";

/** The network of action values, with a head for the state's value beside the advantages where it is dueling. */
export function networkOf(spec: EnvironmentSpec, options: DqnOptions): NetworkSpec {
  const numActions = spec.action.kind === "discrete" ? spec.action.names.length : 0;
  // Random biases give a ReLU network kinks away from the origin, which raw observations near zero need.
  const base = {
    inputSize: spec.observation.length,
    activation: options.activation,
    initialisation: "uniform" as const,
  };
  if (!options.dueling) {
    return {
      ...base,
      trunk: [],
      heads: [{ name: "values", hidden: options.hidden, outputSize: numActions, outputGain: 1 }],
    };
  }
  // The last hidden layer is doubled: one for the value of the state, one for the advantages.
  const hidden = options.hidden.slice(-1);
  return {
    ...base,
    trunk: options.hidden.slice(0, -1),
    heads: [
      { name: "value", hidden, outputSize: 1, outputGain: 1 },
      { name: "advantage", hidden, outputSize: numActions, outputGain: 1 },
    ],
  };
}
