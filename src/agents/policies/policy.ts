import type { Commanded } from "../../core/command.js";
import type { Packable } from "../../core/pack.js";
import type { RandomStream } from "../../core/random.js";

export type PolicyKind =
  | "mlp"
  | "tree"
  | "forest"
  | "neighbours"
  | "linear"
  | "experts"
  | "rule"
  | "named-network"
  | "onnx";

/** A policy as JSON: its kind, and what that kind needs to act again. */
export type SerialisedPolicy = { readonly kind: PolicyKind } & { readonly [key: string]: Packable | undefined };

/** Observation (and command) to action; neural, tree, experts or rule. */
export interface Policy {
  /**
   * Fills `actions` [n, actionSize] for `observations` [n, observationSize] and, for upside-down policies,
   * `commands` [n, 2] (desired return, desired horizon). A null stream means deterministic; else row i draws from
   * the stream's copy i.
   */
  act(
    observations: Float32Array,
    commands: Float32Array | null,
    actions: Float32Array,
    stream: RandomStream | null,
  ): void | Promise<void>;
  /**
   * Fills `scores` [n, numActions] with what the policy thinks of each discrete action: probabilities or values.
   * Upside-down policies take `commands` [n, 2], and those of an evaluation when it is absent. Absent where a policy
   * has no such numbers.
   */
  actionScores?(observations: Float32Array, scores: Float32Array, commands?: Float32Array | null): void | Promise<void>;
  /** Upside-down policies only: what they are asked for, and what they have seen. */
  readonly commanded?: Commanded;
  serialise(): SerialisedPolicy | Promise<SerialisedPolicy>;
}
