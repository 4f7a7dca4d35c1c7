import type { EngineFactory } from "../../compute/engine.js";
import type { NetworkSpec } from "../../compute/network.js";
import { InputError, showValue } from "../../core/errors.js";
import type { Packable } from "../../core/pack.js";
import type { EnvironmentSpec } from "../../envs/environment.js";
import { restoreInventoryPolicy } from "../hdpo/inventory-policy.js";
import { RunningStatistics } from "../normaliser.js";
import { isInventoryRule, readInventoryRule } from "./inventory-rule.js";
import { type MlpHead, MlpPolicy } from "./mlp.js";
import type { Policy, SerialisedPolicy } from "./policy.js";
import { readRule } from "./rule.js";
import { parseTreePolicy, type TreePolicy } from "./tree.js";

/** A policy that acts again, and how to let go of it. */
export interface RestoredPolicy {
  readonly policy: Policy;
  dispose(): void;
}

/** Rows of a network that are asked about at a time. */
const BATCH = 256;

/**
 * Lets a serialised policy act again: a copy that shares nothing with the one it was taken from.
 *
 * Throws {@link InputError} for a kind that cannot act by itself, or fields that do not fit the world.
 */
export function restorePolicy(
  serialised: SerialisedPolicy,
  spec: EnvironmentSpec,
  createEngine: EngineFactory,
): RestoredPolicy {
  const fixed = (policy: Policy) => ({ policy, dispose: () => undefined });
  switch (serialised.kind) {
    case "tree":
    case "forest":
      return fixed(fitting(parseTreePolicy(serialised), spec));
    case "rule": {
      if (isInventoryRule(serialised)) return fixed(readInventoryRule(serialised, spec.observation.length));
      const numActions = spec.action.kind === "discrete" ? spec.action.names.length : 0;
      return fixed(readRule(serialised, spec.observation.length, numActions));
    }
    case "named-network":
      // One family so far: policies of inventory networks.
      return fixed(restoreInventoryPolicy(serialised, spec.observation.length, createEngine));
    case "mlp":
      return restoreMlp(serialised, spec, createEngine);
    default:
      throw new InputError("policy kind", showValue(serialised.kind), "mlp, named-network, tree, forest or rule");
  }
}

/** The trees themselves. Throws {@link InputError} where they read or answer another number of things than the world has. */
function fitting(policy: TreePolicy, spec: EnvironmentSpec): TreePolicy {
  const { observationNames, actionNames } = policy.names;
  const numActions = spec.action.kind === "discrete" ? spec.action.names.length : spec.action.features.length;
  for (const [field, names, size] of [
    ["observationNames", observationNames, spec.observation.length],
    ["actionNames", actionNames, numActions],
  ] as const) {
    if (names.length !== size) throw new InputError(`policy ${field}`, `${names.length} names`, `${size} names`);
  }
  return policy;
}

function restoreMlp(serialised: SerialisedPolicy, spec: EnvironmentSpec, createEngine: EngineFactory): RestoredPolicy {
  const { head, network, parameters, normaliser } = serialised as unknown as {
    head: MlpHead;
    network: NetworkSpec;
    parameters: ArrayLike<number>;
    normaliser: Packable;
  };
  if (network.inputSize !== spec.observation.length) {
    throw new InputError("policy network", `${network.inputSize} inputs`, `${spec.observation.length} inputs`);
  }
  const engine = createEngine(network, BATCH);
  engine.setParameters(Float32Array.from(parameters));
  let statistics: RunningStatistics | null = null;
  if (normaliser !== null) {
    statistics = new RunningStatistics(network.inputSize);
    statistics.setState(normaliser);
  }
  return { policy: new MlpPolicy(engine, spec.action, { ...head }, statistics), dispose: () => engine.dispose() };
}
