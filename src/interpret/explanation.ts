import * as v from "valibot";
import type { SerialisedPolicy } from "../agents/policies/policy.js";
import type { Command } from "../core/command.js";
import { InputError } from "../core/errors.js";
import type { Packable } from "../core/pack.js";

/**
 * What an explanation is made of: a tree, a linear rule, an order of importance of the features, a store's orders, or
 * what a graph network passes along its edges.
 */
export type ExplanationKind = "tree" | "rule" | "importance" | "orders" | "messages";

/** How an explanation is made. */
export const EXPLANATION_METHODS = ["viper", "dagger", "bc", "shapley", "importance", "orders", "messages"] as const;
export type ExplanationMethod = (typeof EXPLANATION_METHODS)[number];

/** How large a readable policy is; one of the three, in the unit of its kind. */
export interface ExplanationSize {
  /** Tests and leaves of a tree. */
  readonly nodes?: number;
  readonly experts?: number;
  /** Numbers in a rule, or features in an order of importance. */
  readonly terms?: number;
}

/** Returns of one policy over the test episodes. */
export interface ReturnScores {
  readonly returnMean: number;
  /** Population standard deviation over the episodes. */
  readonly returnStd: number;
  /** 95 % interval of the mean (Student's t); null for a single episode. */
  readonly returnLow: number | null;
  readonly returnHigh: number | null;
}

/**
 * How faithful a readable policy is, measured the same way for every method.
 *
 * Agreement and return stand together, since they disagree: a tree that copies 94 % of the actions may fall where one
 * that copies 78 % does not.
 */
export interface Scores extends ReturnScores {
  /** Share of the states that the teacher visits where the student does the same, 0 to 1. */
  readonly fidelity: number;
  /** The same share over the states that the student visits itself. */
  readonly fidelityOnOwnStates: number;
  /**
   * What the student's actions give up by the teacher's own measure, mean over the student's own states:
   * max_a Q(s, a) − Q(s, student's), with log-probabilities (nats) in the place of Q for a categorical teacher. Null
   * where the teacher has no such numbers.
   */
  readonly regret: number | null;
  /** Test episodes; each starts from a seed of its own, the same for every method and policy. */
  readonly episodes: number;
  /** Fixed starting seeds among the test episodes: as many as there are episodes. */
  readonly seeds: number;
  /** Names the test episodes: `vitrine evaluate --seed` with this number plays the same ones. */
  readonly testSeed: number;
  /** The teacher on the same episodes. */
  readonly teacher: ReturnScores;
  /**
   * Whether the returns are equivalent: the 90 % interval of the paired difference lies within ± the margin (two
   * one-sided tests at 5 %). Null for a single episode.
   */
  readonly equivalent: boolean | null;
  /** The margin of that test, in units of the return: 2 % of the teacher's. */
  readonly equivalenceMargin: number;
}

/** What a method learned about one way to set itself up; the best on the selection episodes became the policy. */
export interface Candidate {
  readonly label: string;
  readonly size: number;
  /** Mean return over the selection episodes, which are never the test episodes. */
  readonly selectionReturn: number;
  /** The better a candidate does, the longer it stays in the contest. */
  readonly selectionEpisodes: number;
  readonly agreement: number;
  /** Of the regression of a rule's boundary; null elsewhere. */
  readonly r2: number | null;
  readonly chosen: boolean;
}

/** Something a reader must know before believing; the page puts it into words. */
export type ExplanationWarning =
  /** The line explains little of where the boundary lies. */
  | "poor-fit"
  /** The clusters mix actions. */
  | "impure-clusters"
  /** The rule or tree earns clearly less than its teacher. */
  | "return-below-teacher"
  /** The teacher did the same in every state it visited. */
  | "one-action";

/** What every explanation of a trained policy holds, whatever its kind. Plain data. */
export interface ExplanationBase extends Scores {
  readonly method: ExplanationMethod;
  /** The readable policy, ready to act again; null where the explanation is no policy. */
  readonly policy: SerialisedPolicy | null;
  readonly size: ExplanationSize;
  /** Seconds of wall-clock time it took to make, scores included. */
  readonly seconds: number;
  readonly env: string;
  readonly agent: string;
  /** Environment steps that the teacher had been trained for. */
  readonly step: number;
  /** The options of the method, all of them. */
  readonly options: Readonly<Record<string, Packable>>;
  readonly warnings: readonly ExplanationWarning[];
  readonly candidates: readonly Candidate[];
  /** What the policy was asked for in every episode; absent where it takes no commands. */
  readonly command?: Command;
  /** A person changed it after it was made. */
  readonly edited?: boolean;
}

/** A decision tree, in `policy`. */
export interface TreeExplanation extends ExplanationBase {
  readonly kind: "tree";
  readonly method: "viper" | "dagger" | "bc";
}

/** A linear rule, in `policy`, and how well its steps went. */
export interface RuleExplanation extends ExplanationBase {
  readonly kind: "rule";
  readonly method: "shapley";
  /** Share of the variance of the boundary points that the regression explains. */
  readonly r2: number;
  /** Share of the states whose cluster's usual action is their own. */
  readonly purity: number;
  readonly boundaryPoints: number;
  /** How the line was laid through them; only `last-feature` is the paper's. */
  readonly regression: "last-feature" | "total" | "logistic";
  /** Distinct states that were explained. */
  readonly numStates: number;
  /** Mean |Shapley value| of each feature, in probability of the first action. */
  readonly importances: readonly number[];
}

/** Which features the policy leans on; `policy` is null and the scores are those of the policy with only the first ones. */
export interface ImportanceExplanation extends ExplanationBase {
  readonly kind: "importance";
  readonly method: "importance";
  /** By feature, in the order of the observation. */
  readonly importances: readonly FeatureImportance[];
  /** Index of the features, most important first. */
  readonly order: readonly number[];
  /** Entry k: the policy with only the k first features of `order`, the others held at their mean. */
  readonly deletion: readonly { readonly kept: number; readonly agreement: number; readonly returnMean: number }[];
  /** Where the values are measured against: rows of the background. */
  readonly background: number;
}

/**
 * A store's policy in few numbers or a small regression tree, in `policy`. Returns are minus the cost per store and
 * period; episodes are demand traces; actions agree where orders differ by half a unit at most.
 */
export interface OrdersExplanation extends ExplanationBase {
  readonly kind: "orders";
  readonly method: "orders";
  /** The rule in words: `order up to 19, at most 6 at once`; null for a tree. */
  readonly text: string | null;
  /** Of the readable policy, per store and period, and its standard error. */
  readonly costMean: number;
  readonly costError: number;
  readonly teacherCostMean: number;
  readonly teacherCostError: number;
  readonly optimum: { readonly kind: "optimal" | "lower-bound" | "unknown"; readonly cost: number | null };
  /** What the rule of a network comes to; null for one store. */
  readonly levels: readonly OrderLevel[] | null;
  /** Null for a network. */
  readonly curve: OrderCurve | null;
}

/** Up to where a road carries, or a node orders, units on hand and on the way; null: as much as there is. */
export interface OrderLevel {
  /** `warehouse → store 1`, or a node's name. */
  readonly name: string;
  readonly level: number | null;
  /** The most at once; null: no bound. */
  readonly most: number | null;
}

/** Up to where a store orders, by what it has and expects: data to draw. Entries of all lists belong together. */
export interface OrderCurve {
  /** Units on hand and on the way. */
  readonly positions: readonly number[];
  /** Share of the periods in which the policy found itself there. */
  readonly shares: readonly number[];
  /** Mean of position and order in these periods: of the policy, and of what was made of it. */
  readonly learned: readonly number[];
  readonly readable: readonly number[];
  /** Of the best policy in the same periods; null where that is not known. */
  readonly optimal: readonly number[] | null;
}

/**
 * What the graph network of an inventory world passes along its edges; `policy` is null, and the scores are those of the
 * policy where every message is replaced by its mean. Returns, episodes and agreement are as of a store's orders.
 */
export interface MessagesExplanation extends ExplanationBase {
  readonly kind: "messages";
  readonly method: "messages";
  /** Names of the orders. */
  readonly roads: readonly string[];
  readonly edges: readonly EdgeMessages[];
  /** Visited states that means are taken over. */
  readonly numStates: number;
  /** Per store and period: of the policy, and where no edge says more than its mean. */
  readonly costMean: number;
  readonly silentCostMean: number;
}

export interface EdgeMessages {
  /** `warehouse → store 1`, `store 1 → customers`, `warehouse: kept`. */
  readonly name: string;
  /** [numOrders] mean distance, in units, that an order moves when the message of this edge is replaced by its mean. */
  readonly moved: readonly number[];
  /** What the policy costs more, per store and period, where that is done in every period. */
  readonly costWithout: number;
}

export interface FeatureImportance {
  readonly feature: string;
  /** Mean over states of |Shapley value|, mean over the actions. */
  readonly shapley: number;
  /** Share of the states where the action changes when this feature is drawn from another state. */
  readonly flips: number;
}

export type Explanation =
  | TreeExplanation
  | RuleExplanation
  | ImportanceExplanation
  | OrdersExplanation
  | MessagesExplanation;

const number = v.number();
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const returns = {
  returnMean: number,
  returnStd: number,
  returnLow: v.nullable(number),
  returnHigh: v.nullable(number),
};

/** What a stored explanation must hold; fields of its kind are kept as they are. */
const explanationSchema = v.looseObject({
  kind: v.picklist(["tree", "rule", "importance", "orders", "messages"]),
  method: v.picklist(EXPLANATION_METHODS),
  policy: v.nullable(v.looseObject({ kind: v.string() })),
  ...returns,
  fidelity: share,
  fidelityOnOwnStates: share,
  regret: v.nullable(number),
  episodes: whole,
  seeds: whole,
  testSeed: whole,
  teacher: v.object(returns),
  equivalent: v.nullable(v.boolean()),
  equivalenceMargin: number,
  size: v.object({ nodes: v.optional(whole), experts: v.optional(whole), terms: v.optional(whole) }),
  seconds: number,
  env: v.string(),
  agent: v.string(),
  step: whole,
  options: v.record(v.string(), v.unknown()),
  warnings: v.array(v.string()),
  candidates: v.array(v.looseObject({ label: v.string() })),
});

/**
 * Reads an explanation that was stored as JSON. Throws {@link InputError} that names the field; `source` names the
 * file. The policy within is checked by whoever lets it act.
 */
export function parseExplanation(text: string, source: string): Explanation {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(source, "text that is not JSON", "an explanation");
  }
  const result = v.safeParse(explanationSchema, value);
  if (result.success) return result.output as unknown as Explanation;
  const [issue] = result.issues;
  throw new InputError(`${source} ${v.getDotPath(issue) ?? ""}`.trim(), issue.received, issue.expected ?? "a value");
}

/** Plain data without typed arrays, so that JSON holds lists of numbers. */
export function plainOf(value: Packable | undefined): Packable | undefined {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map((item) => plainOf(item) ?? null);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)]));
}
