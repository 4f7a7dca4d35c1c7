import type { NetworkSpec } from "../../compute/network.js";
import type { EnvironmentSpec } from "../../envs/environment.js";
import type { LearnerSizes } from "./learner.js";

/** Settings of the behaviour function as a network. */
export interface GatedNetworkSettings {
  /** Units of the gate. */
  readonly gateWidth: number;
  /** Widths of the ReLU layers after the gate. */
  readonly hidden: readonly number[];
  readonly learningRate: number;
  /** Takes the softmax twice in the loss, as the published code does; once is the likelihood. */
  readonly doubleSoftmax: boolean;
}

/** Sizes of a world's inputs, the two of the command included, and of its actions. */
export function sizesOf(spec: EnvironmentSpec): LearnerSizes {
  const numActions = spec.action.kind === "discrete" ? spec.action.names.length : 1;
  return { inputSize: spec.observation.length + 2, numActions };
}

/** The part of the network that an engine computes: from the gate to the logits. */
export function bodyOf(numActions: number, { gateWidth, hidden }: GatedNetworkSettings): NetworkSpec {
  return {
    inputSize: gateWidth,
    activation: "relu",
    initialisation: "uniform",
    trunk: [],
    heads: [{ name: "actions", hidden, outputSize: numActions, outputGain: 1 }],
    inputGradients: true,
  };
}
