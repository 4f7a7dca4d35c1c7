import { COMMAND_SIZE } from "../../core/command.js";
import { InputError, showValue } from "../../core/errors.js";
import type { Policy, SerialisedPolicy } from "./policy.js";

/** One action's part of a rule: a linear score of the raw observation. */
export interface RuleRow {
  /** Index of the action. */
  readonly action: number;
  readonly bias: number;
  /** [observationSize], per unit of each feature; [observationSize + 2] where the rule reads a command too. */
  readonly weights: readonly number[];
}

/**
 * Does the action whose linear score is highest; the first row of equals.
 *
 * A rule for two actions, `g(s) > 0 → A, else B`, has a row B of zeros and after it a row A with g.
 */
export class RulePolicy implements Policy {
  /** Throws `RangeError` for no rows, or rows of different lengths. */
  constructor(
    readonly rows: readonly RuleRow[],
    /** Whether the last two weights are of the desired return and the desired horizon. */
    readonly readsCommand = false,
  ) {
    const size = rows[0]?.weights.length ?? 0;
    if (size === 0 || rows.some(({ weights }) => weights.length !== size)) {
      throw new RangeError(`expected 1 or more rows of equally many weights, got ${rows.length} rows`);
    }
  }

  act(observations: Float32Array, commands: Float32Array | null, actions: Float32Array): void {
    const size = this.rows[0].weights.length - (this.readsCommand ? COMMAND_SIZE : 0);
    const asked = this.readsCommand ? commands : null;
    if (this.readsCommand && !asked) {
      throw new RangeError("expected commands for a policy that follows them, got null");
    }
    for (let copy = 0; copy < actions.length; copy++) {
      let best = 0;
      let highest = Number.NEGATIVE_INFINITY;
      for (const { action, bias, weights } of this.rows) {
        let score = bias;
        for (let i = 0; i < size; i++) score += weights[i] * observations[copy * size + i];
        if (asked) for (let i = 0; i < COMMAND_SIZE; i++) score += weights[size + i] * asked[copy * COMMAND_SIZE + i];
        if (score > highest) {
          highest = score;
          best = action;
        }
      }
      actions[copy] = best;
    }
  }

  serialise(): SerialisedPolicy {
    return {
      kind: "rule",
      ...(this.readsCommand ? { readsCommand: true } : {}),
      rows: this.rows.map(({ action, bias, weights }) => ({ action, bias, weights: [...weights] })),
    };
  }
}

/** A rule `g(s) > 0 → then, else otherwise`, in raw units. */
export function twoActionRule(bias: number, weights: readonly number[], then: number, otherwise: number): RulePolicy {
  return new RulePolicy([
    { action: otherwise, bias: 0, weights: weights.map(() => 0) },
    { action: then, bias, weights },
  ]);
}

/** Numbers in a rule: every weight and intercept that is not zero. */
export function numTermsOf({ rows }: { readonly rows: readonly RuleRow[] }): number {
  return rows.reduce(
    (sum, { bias, weights }) => sum + (bias ? 1 : 0) + weights.filter((weight) => weight !== 0).length,
    0,
  );
}

/**
 * Reads what {@link RulePolicy.serialise} wrote. Throws {@link InputError} for anything else, and for an action or a
 * feature that the world does not have.
 */
export function readRule(value: SerialisedPolicy, numFeatures: number, numActions: number): RulePolicy {
  const rows = value["rows"] as unknown;
  const readsCommand = value["readsCommand"] === true;
  const numWeights = numFeatures + (readsCommand ? COMMAND_SIZE : 0);
  if (!Array.isArray(rows) || rows.length === 0) throw new InputError("rule rows", showValue(rows), "1 or more rows");
  return new RulePolicy(
    rows.map((row: unknown, i) => {
      const { action, bias, weights } = (row ?? {}) as { action?: unknown; bias?: unknown; weights?: unknown };
      const isAction = typeof action === "number" && Number.isInteger(action) && action >= 0 && action < numActions;
      if (!isAction) throw new InputError(`rule row ${i} action`, showValue(action), `0 to ${numActions - 1}`);
      if (typeof bias !== "number" || !Number.isFinite(bias)) {
        throw new InputError(`rule row ${i} bias`, showValue(bias), "a number");
      }
      const list = Array.isArray(weights) ? weights : [];
      if (list.length !== numWeights || !list.every((weight) => Number.isFinite(weight))) {
        throw new InputError(`rule row ${i} weights`, showValue(weights), `${numWeights} numbers`);
      }
      return { action, bias, weights: list as number[] };
    }),
    readsCommand,
  );
}
