import type { Policy } from "../agents/policies/policy.js";
import { largestOf } from "../compute/trees/tree.js";
import { InputError } from "../core/errors.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { FREE_PACE, type Pace } from "./pace.js";

/** Probabilities below this count as this: the logarithm of a near-zero one would drown every other weight. */
const SMALLEST_PROBABILITY = 1e-4;

/** Rows that are asked about between two breaths. */
const CHUNK = 512;

/** What the teacher does and thinks in n states. */
export interface Answers {
  /** [n], index of the action. */
  readonly actions: Int32Array;
  /**
   * [n, numActions] what each action is worth to the teacher: Q, or the clipped log-probability of a categorical
   * teacher. Null where the teacher has no such numbers.
   */
  readonly worth: Float32Array | null;
  /** What the teacher's own scores are; `none` where it only acts. */
  readonly scores: "probabilities" | "values" | "none";
  /** [n, numActions] probabilities: the teacher's own, or all on its action where it has only values. */
  readonly probabilities: Float32Array;
}

/** A policy with named discrete actions that a readable one is made from. */
export class Teacher {
  readonly numFeatures: number;
  readonly numActions: number;

  /** Throws {@link InputError} where the actions are not discrete, and for a policy that follows commands. */
  constructor(
    readonly policy: Policy,
    readonly spec: EnvironmentSpec,
    method: string,
  ) {
    if (spec.action.kind !== "discrete") {
      throw new InputError("method", method, `a world with discrete actions; those of ${spec.id} are continuous`);
    }
    if (policy.commanded) {
      throw new InputError("method", method, "a policy of the observation alone; this one also follows a command");
    }
    this.numFeatures = spec.observation.length;
    this.numActions = spec.action.names.length;
  }

  /** Asks about `observations` [n, numFeatures]: its action is the one with the highest score, the first of equals. */
  async ask(observations: Float32Array, pace: Pace = FREE_PACE): Promise<Answers> {
    const { policy, numActions, numFeatures } = this;
    const n = observations.length / numFeatures;
    const inChunks = async (use: (rows: Float32Array, first: number, end: number) => void | Promise<void>) => {
      for (let first = 0; first < n; first += CHUNK) {
        const end = Math.min(n, first + CHUNK);
        await pace.breathe();
        await use(observations.subarray(first * numFeatures, end * numFeatures), first, end);
      }
    };
    if (!policy.actionScores) {
      const chosen = new Float32Array(n);
      await inChunks((rows, first, end) => policy.act(rows, null, chosen.subarray(first, end), null));
      const actions = Int32Array.from(chosen);
      return { actions, worth: null, scores: "none", probabilities: certain(actions, numActions) };
    }
    const scores = new Float32Array(n * numActions);
    await inChunks((rows, first, end) =>
      policy.actionScores?.(rows, scores.subarray(first * numActions, end * numActions)),
    );
    const actions = Int32Array.from({ length: n }, (_, row) => largestOf(scores, row * numActions, numActions));
    if (isDistribution(scores, numActions)) {
      const worth = scores.map((p) => Math.log(Math.max(p, SMALLEST_PROBABILITY)));
      return { actions, worth, scores: "probabilities", probabilities: scores };
    }
    return { actions, worth: scores, scores: "values", probabilities: certain(actions, numActions) };
  }
}

/** All of the probability on one action [n, numActions]. */
function certain(actions: Int32Array, numActions: number): Float32Array {
  const probabilities = new Float32Array(actions.length * numActions);
  actions.forEach((action, row) => {
    probabilities[row * numActions + action] = 1;
  });
  return probabilities;
}

/** Whether every row is made of shares that sum to 1: probabilities, not values. */
function isDistribution(scores: Float32Array, numActions: number): boolean {
  for (let from = 0; from < scores.length; from += numActions) {
    let sum = 0;
    for (let i = from; i < from + numActions; i++) {
      if (scores[i] < 0) return false;
      sum += scores[i];
    }
    if (Math.abs(sum - 1) > 1e-3) return false;
  }
  return true;
}

/**
 * How much the choice of action matters in each state [n]: max_a worth − min_a worth, the loss weight of VIPER.
 *
 * Source: Bastani, Pu & Solar-Lezama 2018, arXiv:1805.08328, section 2 (ℓ̃ for discrete actions).
 */
export function stakes(worth: Float32Array, numActions: number): Float64Array {
  const out = new Float64Array(worth.length / numActions);
  for (let row = 0; row < out.length; row++) {
    const values = worth.subarray(row * numActions, (row + 1) * numActions);
    out[row] = Math.max(...values) - Math.min(...values);
  }
  return out;
}
