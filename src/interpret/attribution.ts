import type { RandomStream } from "../core/random.js";
import { allCoalitions, interventionalValues, policyFunction } from "./shapley/interventional.js";
import { permutationShap } from "./shapley/sampled.js";
import { MAX_EXACT_FEATURES, shapleyValues } from "./shapley/values.js";
import type { Teacher } from "./teacher.js";

/** Why a policy does what it does in one state: each feature's share in the score of each action. */
export interface Attribution {
  /** [observationSize, numActions] Shapley values. */
  readonly values: Float64Array<ArrayBuffer>;
  /** [numActions] the mean over the background, from which the values start. */
  readonly base: Float64Array<ArrayBuffer>;
  /** What is shared out: probabilities of the actions, or values less their mean over the actions. */
  readonly of: "probabilities" | "values";
  /** Rows of the background. */
  readonly background: number;
  /** Whether all coalitions were asked about, or orders of the features were drawn. */
  readonly exact: boolean;
}

/** Orders that are walked where there are too many features to enumerate. */
const ORDERS = 8;

/**
 * Interventional Shapley values of the policy's scores in one state `x` [observationSize], against `background`
 * [n, observationSize].
 */
export async function attribute(
  teacher: Teacher,
  x: ArrayLike<number>,
  background: Float64Array,
  stream: RandomStream,
): Promise<Attribution> {
  const { numFeatures, numActions, policy } = teacher;
  const { scores } = await teacher.ask(Float32Array.from(x));
  const of = scores === "values" ? "values" : "probabilities";
  const f = policyFunction(policy, numActions, scores === "values" ? "advantages" : "probabilities");
  const valuesOf = (masks: Int32Array) => interventionalValues(f, x, background, masks, numActions);
  const exact = numFeatures <= MAX_EXACT_FEATURES;
  const table = exact ? await valuesOf(allCoalitions(numFeatures)) : await valuesOf(Int32Array.of(0));
  const values = exact
    ? shapleyValues(table, numFeatures, numActions)
    : await permutationShap(valuesOf, numFeatures, numActions, ORDERS, stream);
  return {
    values: new Float64Array(values),
    base: table.slice(0, numActions),
    of,
    background: background.length / numFeatures,
    exact,
  };
}
