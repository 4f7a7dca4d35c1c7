import { COMMAND_SIZE } from "../core/command.js";
import type { Actor } from "../evaluate/evaluate.js";
import { meanInterval } from "../evaluate/interval.js";
import { mean, populationDeviation } from "../evaluate/statistics.js";
import type { ReturnScores, Scores } from "./explanation.js";
import { type Pace, paced } from "./pace.js";
import { playEpisodes, type World } from "./play.js";
import type { Answers, Teacher } from "./teacher.js";
import { VisitedStates } from "./visited-states.js";

/** The test episodes: the same for every run, method and policy, and those of `vitrine evaluate --seed 7`. */
export const TEST_SEED = 7;
export const TEST_STREAM = "evaluate";
/** States over which agreement is measured, at most. */
const MAX_STATES = 20_000;
/** Margin of the equivalence test, as a share of the teacher's mean return. */
const MARGIN = 0.02;

/** On what a readable policy is scored. */
export interface ScoringRequest extends World {
  readonly episodes: number;
  readonly testSeed: number;
  readonly pace?: Pace;
}

/** One policy on the test episodes: what it earned, and where it went. */
export interface TestPlay {
  readonly returns: Float64Array;
  /** [n, numFeatures] */
  readonly states: Float32Array;
}

/** Plays the test episodes. */
export async function playTest(actor: Actor, request: ScoringRequest): Promise<TestPlay> {
  const { environment, commanded, episodes, testSeed, pace } = request;
  const numFeatures = environment.spec.observation.length + (commanded ? COMMAND_SIZE : 0);
  const visited = new VisitedStates(pace ? paced(actor, pace) : actor, MAX_STATES * numFeatures);
  const { returns } = await playEpisodes(visited, request, { episodes, seed: testSeed, streamName: TEST_STREAM });
  return { returns, states: visited.rows() };
}

/**
 * Scores a student against its teacher. `teacherPlay` spares a second playing of the teacher's episodes.
 *
 * Does not show: where the two differ, or whether a difference matters there; `regret` says what it costs by the
 * teacher's own measure, which may be wrong.
 */
export async function scoreStudent(
  teacher: Teacher,
  student: Actor,
  request: ScoringRequest,
  teacherPlay?: TestPlay,
): Promise<Scores> {
  const theirs = teacherPlay ?? (await playTest(teacher.policy, request));
  const ours = await playTest(student, request);
  const onTeacherStates = await teacher.ask(theirs.states, request.pace);
  const onOwnStates = await teacher.ask(ours.states, request.pace);
  const copied = await actionsOf(student, theirs.states, onTeacherStates.actions.length);
  const own = await actionsOf(student, ours.states, onOwnStates.actions.length);
  const margin = MARGIN * Math.abs(mean(theirs.returns));
  return {
    ...returnScores(ours.returns),
    fidelity: agreement(onTeacherStates.actions, copied),
    fidelityOnOwnStates: agreement(onOwnStates.actions, own),
    regret: meanRegret(onOwnStates, own, teacher.numActions),
    episodes: request.episodes,
    seeds: request.episodes,
    testSeed: request.testSeed,
    teacher: returnScores(theirs.returns),
    equivalent: areEquivalent(ours.returns, theirs.returns, margin),
    equivalenceMargin: margin,
  };
}

/** Mean, spread and interval of returns. */
export function returnScores(returns: Float64Array): ReturnScores {
  const { mean: returnMean, low: returnLow, high: returnHigh } = meanInterval(returns);
  return { returnMean, returnStd: populationDeviation(returns), returnLow, returnHigh };
}

/** Share of the entries that are equal; 1 for none. */
export function agreement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let same = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) same++;
  return a.length === 0 ? 1 : same / a.length;
}

/** Mean over states of the worth of the best action minus the worth of the action taken. */
export function meanRegret({ worth }: Answers, actions: ArrayLike<number>, numActions: number): number | null {
  if (!worth) return null;
  let sum = 0;
  for (let row = 0; row < actions.length; row++) {
    const values = worth.subarray(row * numActions, (row + 1) * numActions);
    sum += Math.max(...values) - values[actions[row]];
  }
  return actions.length === 0 ? 0 : sum / actions.length;
}

/**
 * Two one-sided tests: whether the mean of the paired differences lies within ± `margin`, at 5 % each.
 *
 * Null for a single pair. Source: Schuirmann 1987; the 90 % interval of the difference within the margin.
 */
export function areEquivalent(ours: Float64Array, theirs: Float64Array, margin: number): boolean | null {
  const { low, high } = meanInterval(
    ours.map((value, i) => value - theirs[i]),
    0.9,
  );
  return low === null || high === null ? null : low >= -margin && high <= margin;
}

/** The deterministic actions of an actor in n states. */
export async function actionsOf(actor: Actor, states: Float32Array, n: number): Promise<Int32Array> {
  const actions = new Float32Array(n);
  await actor.act(states, null, actions, null);
  return Int32Array.from(actions);
}
