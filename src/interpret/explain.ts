import type { Policy } from "../agents/policies/policy.js";
import { numTermsOf, RulePolicy } from "../agents/policies/rule.js";
import { TreePolicy } from "../agents/policies/tree.js";
import { numNodesOf, type Tree } from "../compute/trees/tree.js";
import type { Commanded } from "../core/command.js";
import { type OptionValues, parseOptions } from "../core/options.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { cloneBehaviour, type Distilled, type DistilRequest, dagger, treeActor, viper } from "./distil.js";
import type { BcOptions, DaggerOptions, ViperOptions } from "./distil-options.js";
import type { ExplainRequest } from "./explain-request.js";
import {
  type Explanation,
  type ExplanationBase,
  type ExplanationWarning,
  plainOf,
  type Scores,
  type TreeExplanation,
} from "./explanation.js";
import { importance } from "./importance.js";
import type { ImportanceOptions } from "./importance-options.js";
import { findMethod } from "./methods.js";
import { FREE_PACE } from "./pace.js";
import { withCommandAsFeatures } from "./play.js";
import { playTest, type ScoringRequest, scoreStudent, type TestPlay } from "./scoring.js";
import { shapleyRule } from "./shapley/rule.js";
import type { ShapleyOptions } from "./shapley/rule-options.js";
import { Teacher } from "./teacher.js";

export type { ExplainRequest } from "./explain-request.js";

/** Lines that explain less of their boundary points than this are poor. */
const POOR_R2 = 0.8;
/** Clusters in which fewer of the states do what is usual there are impure. */
const POOR_PURITY = 0.9;

/**
 * Explains a policy by one of the methods and scores the result. A pure function of its request, seconds aside.
 *
 * Throws {@link InputError} for an option out of range, for continuous actions where a method takes none, and for
 * `shapley` of too many features.
 */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  const { policy, environment, envOptions, method, seed, pace = FREE_PACE } = request;
  // These have costs and traces in the place of returns and episodes, and the code of the networks with them.
  if (method === "orders") return (await import("./orders-explanation.js")).explainOrders(request);
  if (method === "messages") return (await import("./messages-explanation.js")).explainMessages(request);
  const options = parseOptions(findMethod(method).options, request.options ?? {}, method) as OptionValues;
  const { asked, spec, commanded } = readsOf(policy, environment.spec);
  const teacher = new Teacher(asked, spec, method);
  const begun = pace.now();
  const world: DistilRequest = { environment, options: envOptions, commanded, seed, pace };
  const test: ScoringRequest = {
    environment,
    options: envOptions,
    commanded,
    episodes: Number(options["testEpisodes"]),
    testSeed: Number(options["testSeed"]),
    pace,
  };
  const teacherPlay = await playTest(teacher.policy, test);
  const common = {
    method,
    env: environment.spec.id,
    agent: request.agent,
    step: request.step,
    options: { ...options },
    ...commandOf(commanded),
  };
  const score = async (student: Parameters<typeof scoreStudent>[1]) => {
    const scores = await scoreStudent(teacher, student, test, teacherPlay);
    return { ...common, ...scores, seconds: (pace.now() - begun) / 1000 };
  };
  switch (method) {
    case "viper":
    case "dagger":
    case "bc": {
      const distilled = await distil(teacher, world, method, options);
      return treeExplanation(distilled, { spec: environment.spec, commanded: commanded !== null }, method, score);
    }
    case "shapley":
      return ruleExplanation(teacher, world, options as unknown as ShapleyOptions, score);
    case "importance":
      return importanceExplanation(teacher, world, options as unknown as ImportanceOptions, teacherPlay, score);
    default:
      return method satisfies never;
  }
}

/** A policy and its world as a method reads them: what it is asked for is two more features. */
function readsOf(policy: Policy, spec: EnvironmentSpec) {
  const commanded = policy.commanded ?? null;
  if (!commanded) return { asked: policy, spec, commanded };
  const asked = withCommandAsFeatures(policy, spec, commanded);
  return { asked: asked.policy, spec: asked.spec, commanded };
}

const commandOf = (commanded: Commanded | null) => (commanded ? { command: { ...commanded.command } } : {});

type Common = Omit<ExplanationBase, "method" | "policy" | "size" | "warnings" | "candidates">;
type Score = (student: Policy | Parameters<typeof scoreStudent>[1]) => Promise<Common>;

function distil(
  teacher: Teacher,
  world: DistilRequest,
  method: "viper" | "dagger" | "bc",
  options: OptionValues,
): Promise<Distilled> {
  if (method === "viper") return viper(teacher, world, options as unknown as ViperOptions);
  if (method === "dagger") return dagger(teacher, world, options as unknown as DaggerOptions);
  return cloneBehaviour(teacher, world, options as unknown as BcOptions);
}

/**
 * Scores a tree that a person changed, on the same test episodes and against the same teacher as before.
 *
 * `seconds` are those of the scoring; candidates stay those of the tree it was made from.
 */
export async function rescore(
  before: TreeExplanation,
  tree: Tree,
  request: Pick<ExplainRequest, "policy" | "environment" | "envOptions" | "step" | "pace">,
): Promise<TreeExplanation> {
  const { policy, environment, envOptions, step, pace = FREE_PACE } = request;
  const begun = pace.now();
  const { asked, spec, commanded } = readsOf(policy, environment.spec);
  const { episodes, testSeed } = before;
  const test = { environment, options: envOptions, commanded, episodes, testSeed, pace };
  const scores = await scoreStudent(new Teacher(asked, spec, before.method), treeActor(tree), test);
  return {
    ...before,
    ...scores,
    ...commandOf(commanded),
    policy: plainOf(treePolicyOf(tree, environment.spec, commanded !== null).serialise()) as Explanation["policy"],
    size: { nodes: numNodesOf(tree) },
    step,
    seconds: (pace.now() - begun) / 1000,
    warnings: [...(numNodesOf(tree) === 1 ? (["one-action"] as const) : []), ...returnWarnings(scores)],
    edited: true,
  };
}

/** A tree as a policy of that world; a commanded one reads what is left of the command after the observation. */
export function treePolicyOf(tree: Tree, spec: EnvironmentSpec, commanded = false): TreePolicy {
  return new TreePolicy(
    { kind: "tree", tree },
    {
      observationNames: spec.observation.map(({ name }) => name),
      actionNames: spec.action.kind === "discrete" ? spec.action.names : spec.action.features.map(({ name }) => name),
    },
    commanded ? [1, 1] : null,
  );
}

async function treeExplanation(
  { tree, candidates }: Distilled,
  { spec, commanded }: { readonly spec: EnvironmentSpec; readonly commanded: boolean },
  method: "viper" | "dagger" | "bc",
  score: Score,
): Promise<Explanation> {
  const policy = treePolicyOf(tree, spec, commanded);
  const scores = await score(treeActor(tree));
  return {
    kind: "tree",
    ...scores,
    method,
    policy: plainOf(policy.serialise()) as Explanation["policy"],
    size: { nodes: numNodesOf(tree) },
    warnings: [...(numNodesOf(tree) === 1 ? (["one-action"] as const) : []), ...returnWarnings(scores)],
    candidates,
  };
}

async function ruleExplanation(
  teacher: Teacher,
  world: DistilRequest,
  options: ShapleyOptions,
  score: Score,
): Promise<Explanation> {
  const found = await shapleyRule(teacher, world, options);
  const scores = await score(found.rule);
  const warnings: ExplanationWarning[] = [];
  if (found.oneAction) warnings.push("one-action");
  if (found.r2 < POOR_R2) warnings.push("poor-fit");
  if (found.purity < POOR_PURITY) warnings.push("impure-clusters");
  return {
    kind: "rule",
    ...scores,
    method: "shapley",
    policy: plainOf(new RulePolicy(found.rule.rows, world.commanded !== null).serialise()) as Explanation["policy"],
    size: { terms: numTermsOf(found.rule) },
    r2: found.r2,
    purity: found.purity,
    boundaryPoints: found.boundaryPoints,
    regression: found.regression,
    numStates: found.numStates,
    importances: found.importances,
    warnings: [...warnings, ...returnWarnings(scores)],
    candidates: found.candidates,
  };
}

async function importanceExplanation(
  teacher: Teacher,
  world: DistilRequest,
  options: ImportanceOptions,
  teacherPlay: TestPlay,
  score: Score,
): Promise<Explanation> {
  const { student, kept, ...found } = await importance(teacher, world, options, teacherPlay);
  const scores = await score(student);
  return {
    kind: "importance",
    ...scores,
    method: "importance",
    policy: null,
    size: { terms: kept },
    ...found,
    warnings: returnWarnings(scores),
    candidates: [],
  };
}

/** The student's interval lies below the teacher's, and not within the margin of equivalence. */
function returnWarnings({ returnHigh, teacher, equivalent }: Pick<Scores, "returnHigh" | "teacher" | "equivalent">) {
  const below = returnHigh !== null && teacher.returnLow !== null && returnHigh < teacher.returnLow;
  return below && !equivalent ? (["return-below-teacher"] as const) : ([] as const);
}
