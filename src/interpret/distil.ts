import { fitTree } from "../compute/trees/cart.js";
import { subtreeOf } from "../compute/trees/prune.js";
import { numLeavesOf, numNodesOf, predictTreeClasses, type Tree } from "../compute/trees/tree.js";
import { RandomStream } from "../core/random.js";
import type { Actor } from "../evaluate/evaluate.js";
import { Contest, type Entry } from "./contest.js";
import type { BcOptions, DaggerOptions, ViperOptions } from "./distil-options.js";
import type { Candidate } from "./explanation.js";
import { type Pace, paced } from "./pace.js";
import { playEpisodes, type World } from "./play.js";
import { agreement } from "./scoring.js";
import { stakes, type Teacher } from "./teacher.js";
import { VisitedStates } from "./visited-states.js";

/** What every way of distilling needs. */
export interface DistilRequest extends World {
  /** Decides the episodes that are gathered, and what is drawn from them. */
  readonly seed: number;
  readonly pace: Pace;
}

/** The best tree, and those it was chosen from. */
export interface Distilled {
  readonly tree: Tree;
  readonly candidates: readonly Candidate[];
}

/** States with the teacher's answer and how much it matters. */
interface LabelledStates {
  readonly states: Float32Array;
  readonly actions: Int32Array;
  readonly weights: Float64Array | null;
}

/** An actor that follows a tree. */
export function treeActor(tree: Tree): Actor {
  return {
    act(observations, _commands, actions) {
      actions.set(predictTreeClasses(tree, observations));
    },
  };
}

/**
 * VIPER: a tree plays, the teacher labels where it leads, and the next tree is grown on all of it, with states where
 * the choice matters more drawn again more often, or weighing more.
 *
 * Drawing is what the paper does, and it makes the trees of neighbouring rounds differ: weights alone grow much the same
 * tree again and again, and where that one falls, so do all.
 * The teacher plays in the first round alone (β_i = [i = 1]). The loss weight of a state is max_a Q − min_a Q, with
 * clipped log-probabilities in the place of Q for a categorical teacher. The best tree of all rounds is chosen by its
 * return on selection episodes. Source: Bastani, Pu & Solar-Lezama 2018, arXiv:1805.08328, algorithm 1.
 */
export function viper(teacher: Teacher, request: DistilRequest, options: ViperOptions): Promise<Distilled> {
  return iterate(teacher, request, options, options.weighting);
}

/** Plain DAgger: as VIPER, with every state weighing the same. Source: Ross, Gordon & Bagnell 2011. */
export function dagger(teacher: Teacher, request: DistilRequest, options: DaggerOptions): Promise<Distilled> {
  return iterate(teacher, request, options, "none");
}

/**
 * Behaviour cloning: one tree on the states that the teacher visits.
 *
 * It never sees where its own mistakes lead, which agreement on the teacher's states does not show.
 */
export async function cloneBehaviour(teacher: Teacher, request: DistilRequest, options: BcOptions): Promise<Distilled> {
  const gathered = await gather(teacher.policy, teacher, request, options.episodes, "bc", false);
  const stream = new RandomStream(request.seed, "explain/sample");
  const sample = drawRows(gathered, teacher.numFeatures, options.maxSamples, stream);
  return { tree: grow(sample, teacher, options), candidates: [] };
}

async function iterate(
  teacher: Teacher,
  request: DistilRequest,
  options: DaggerOptions,
  weighting: ViperOptions["weighting"] | "none",
): Promise<Distilled> {
  const stream = new RandomStream(request.seed, "explain/sample");
  const rounds: LabelledStates[] = [];
  const contest = new Contest<Sapling>(request, options.selectionEpisodes, ({ tree }) => treeActor(tree), isBetterTree);
  let actor: Actor = teacher.policy;
  for (let round = 1; round <= options.iterations; round++) {
    rounds.push(await gather(actor, teacher, request, options.episodes, String(round), weighting !== "none"));
    const all = drawRows(joined(rounds), teacher.numFeatures, options.maxSamples, stream);
    const sample = weighting === "resampling" ? resampled(all, teacher.numFeatures, stream) : all;
    await request.pace.breathe();
    const tree = grow(sample, teacher, options);
    actor = treeActor(tree);
    for (const smaller of sizesOf(tree)) {
      await contest.enter({ tree: smaller, round }, agreement(predictTreeClasses(smaller, all.states), all.actions));
    }
  }
  const { best, entries } = await contest.decide();
  return {
    tree: best.student.tree,
    candidates: entries.map((entry) => ({
      label: String(entry.student.round),
      size: numNodesOf(entry.student.tree),
      selectionReturn: entry.mean,
      selectionEpisodes: entry.episodes,
      agreement: entry.agreement,
      r2: null,
      chosen: entry === best,
    })),
  };
}

/** Of equal returns the smaller tree; of equal sizes the one that agrees more. */
function isBetterTree(one: Entry<Sapling>, other: Entry<Sapling>): boolean {
  const [ours, theirs] = [numNodesOf(one.student.tree), numNodesOf(other.student.tree)];
  return ours === theirs ? one.agreement > other.agreement : ours < theirs;
}

/** A tree and the round it was grown in. */
interface Sapling {
  readonly tree: Tree;
  readonly round: number;
}

/**
 * The tree itself, and what it was when it had three quarters and half of its leaves: best-first growth makes the most
 * gainful split first, so each is the tree that a lower limit on leaves would have given.
 */
function sizesOf(tree: Tree): Tree[] {
  const leaves = numLeavesOf(tree);
  const sizes = new Set(
    [leaves, Math.round(0.75 * leaves), Math.round(0.5 * leaves)].filter((size) => size >= Math.min(2, leaves)),
  );
  return [...sizes].map((size) => (size === leaves ? tree : firstSplits(tree, size - 1)));
}

/** The tree after its `numSplits` most gainful splits, each made as soon as its parent is. */
export function firstSplits(tree: Tree, numSplits: number): Tree {
  const { left, right, feature, impurity, samples } = tree;
  const weight = (node: number) => impurity[node] * samples[node];
  const gain = (node: number) => (feature[node] < 0 ? -1 : weight(node) - weight(left[node]) - weight(right[node]));
  const split = new Set<number>();
  const frontier = [0];
  while (split.size < numSplits) {
    frontier.sort((a, b) => gain(b) - gain(a) || a - b);
    const [node] = frontier.splice(0, 1);
    split.add(node);
    frontier.push(left[node], right[node]);
  }
  return subtreeOf(tree, (node) => !split.has(node));
}

/** Plays episodes and asks the teacher about every state in them. */
async function gather(
  actor: Actor,
  teacher: Teacher,
  request: DistilRequest,
  episodes: number,
  round: string,
  weigh: boolean,
): Promise<LabelledStates> {
  const { seed, pace } = request;
  const visited = new VisitedStates(paced(actor, pace), 200_000 * teacher.numFeatures);
  await playEpisodes(visited, request, { episodes, seed, streamName: `explain/gather/${round}` });
  const states = visited.rows();
  const { actions, worth } = await teacher.ask(states, pace);
  return { states, actions, weights: weigh && worth ? stakes(worth, teacher.numActions) : null };
}

function joined(rounds: readonly LabelledStates[]): LabelledStates {
  if (rounds.length === 1) return rounds[0];
  const numRows = rounds.reduce((sum, { actions }) => sum + actions.length, 0);
  const numFeatures = rounds[0].states.length / rounds[0].actions.length;
  const states = new Float32Array(numRows * numFeatures);
  const actions = new Int32Array(numRows);
  const weights = rounds[0].weights ? new Float64Array(numRows) : null;
  let at = 0;
  for (const round of rounds) {
    states.set(round.states, at * numFeatures);
    actions.set(round.actions, at);
    if (round.weights) weights?.set(round.weights, at);
    at += round.actions.length;
  }
  return { states, actions, weights };
}

/** At most `count` of the rows, drawn evenly without replacement. */
function drawRows(rows: LabelledStates, numFeatures: number, count: number, stream: RandomStream): LabelledStates {
  const numRows = rows.actions.length;
  if (numRows <= count) return rows;
  const order = Uint32Array.from({ length: numRows }, (_, i) => i);
  // A partial Fisher–Yates: the first `count` places are all that is looked at.
  for (let i = 0; i < count; i++) {
    const j = i + stream.integer(numRows - i);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return pickRows(rows, numFeatures, order.subarray(0, count).sort());
}

/** As many rows as there are, drawn with replacement in proportion to their weights; these are then spent. */
function resampled(rows: LabelledStates, numFeatures: number, stream: RandomStream): LabelledStates {
  const { weights } = rows;
  const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? 0;
  if (!weights || !(total > 0)) return { ...rows, weights: null };
  const upTo = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, i) => {
    sum += weight;
    upTo[i] = sum;
  });
  const picked = Uint32Array.from({ length: weights.length }, () => firstAbove(upTo, stream.uniform() * sum)).sort();
  return { ...pickRows(rows, numFeatures, picked), weights: null };
}

/** Index of the first entry of a rising list that is above `value`. */
function firstAbove(rising: Float64Array, value: number): number {
  let [low, high] = [0, rising.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function pickRows(rows: LabelledStates, numFeatures: number, picked: Uint32Array): LabelledStates {
  const states = new Float32Array(picked.length * numFeatures);
  picked.forEach((row, i) => {
    for (let k = 0; k < numFeatures; k++) states[i * numFeatures + k] = rows.states[row * numFeatures + k];
  });
  const { weights } = rows;
  return {
    states,
    actions: Int32Array.from(picked, (row) => rows.actions[row]),
    weights: weights ? Float64Array.from(picked, (row) => weights[row]) : null,
  };
}

function grow(rows: LabelledStates, { numFeatures, numActions }: Teacher, options: BcOptions | DaggerOptions): Tree {
  const { maxLeafNodes, maxDepth, minSamplesLeaf, criterion, ccpAlpha } = options;
  const { states, actions, weights } = rows;
  // A teacher that finds every choice as good weighs nothing: then all states count the same.
  const weighted = weights?.some((weight) => weight > 0) ? { weights } : {};
  return fitTree(
    { inputs: states, numFeatures, labels: actions, numClasses: numActions, ...weighted },
    { maxLeafNodes, maxDepth, minSamplesLeaf, criterion, ccpAlpha },
  );
}
