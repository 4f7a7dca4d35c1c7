import { numTermsOf, RulePolicy, type RuleRow, twoActionRule } from "../../agents/policies/rule.js";
import { InputError } from "../../core/errors.js";
import { RandomStream } from "../../core/random.js";
import { Contest, type Entry } from "../contest.js";
import type { DistilRequest } from "../distil.js";
import type { Candidate } from "../explanation.js";
import { explainedBy, fitLogistic, fitPlane, fitSvm, type Hyperplane, heightOver, regressLast } from "../hyperplane.js";
import { kMeans } from "../kmeans.js";
import type { Teacher } from "../teacher.js";
import { conditionalShapley } from "./conditional.js";
import { allCoalitions, interventionalValues, policyFunction } from "./interventional.js";
import type { ShapleyOptions } from "./rule-options.js";
import { type Coordinates, sampleStates, spreadOf, type VisitedSample } from "./sample.js";
import { MAX_EXACT_FEATURES, shapleyValues } from "./values.js";

/** A linear rule found from Shapley values, and how its steps went. */
export interface ShapleyRule {
  readonly rule: RulePolicy;
  /** Of the chosen line, over its boundary points. */
  readonly r2: number;
  /** Share of the states whose cluster's usual action is theirs; the least pure clustering where there are several. */
  readonly purity: number;
  readonly boundaryPoints: number;
  readonly regression: ShapleyOptions["regression"];
  readonly numStates: number;
  /** [numFeatures] mean |Shapley value| of the first action's probability. */
  readonly importances: readonly number[];
  readonly candidates: readonly Candidate[];
  /** The teacher did the same everywhere. */
  readonly oneAction: boolean;
}

/** One way of laying the line. */
interface Attempt {
  readonly regression: ShapleyOptions["regression"];
  readonly boundaryPoints: number;
  readonly rule: RulePolicy;
  readonly r2: number;
}

/** The border between two clusters of Shapley vectors, found for one action. */
interface Border {
  readonly action: number;
  /** States, nearest to the border first. */
  readonly nearest: Int32Array;
  /** [numStates] 1 where the cluster is the action's. */
  readonly labels: Int32Array;
  readonly purity: number;
  readonly importances: readonly number[];
}

/**
 * Turns a discrete policy into a linear rule, by way of its Shapley values.
 *
 * Sample of rounded states → exact Shapley values of the probability of one action → k-means with two clusters →
 * the states nearest to the border between them → a line through these states → “on one side this action, else the
 * other”. Which side is which follows from where the teacher takes the action. With `actions: "all"` a line is laid
 * for each action against the rest, and the highest wins.
 * Throws {@link InputError} for more features than can be enumerated.
 * Source: Li, Siddique & Cao 2025, arXiv:2501.09858; what differs is an option and named as an extension.
 */
export async function shapleyRule(
  teacher: Teacher,
  request: DistilRequest,
  options: ShapleyOptions,
): Promise<ShapleyRule> {
  if (teacher.numFeatures > MAX_EXACT_FEATURES) {
    const given = `${teacher.numFeatures} features of ${teacher.spec.id}`;
    throw new InputError(
      "method",
      given,
      `a world of up to ${MAX_EXACT_FEATURES} features for shapley; importance takes more`,
    );
  }
  const { steps, decimals, coordinates } = options;
  const sample = await sampleStates(teacher, { ...request, numSteps: steps, decimals, coordinates });
  const usual = usualActions(sample, teacher.numActions);
  if (usual.length === 1) return constantRule(sample, usual[0]);

  const explained = Math.min(options.maxStates, sample.frequencies.length);
  const phi = await shapleyOf(teacher, request, options, sample, explained);
  const stream = new RandomStream(request.seed, "explain/shapley");
  // Lower index first: the paper's action 0 against the other one.
  const [first, second] = usual.slice(0, 2).sort((a, b) => a - b);
  const chosen = options.actions === "all" ? usual.sort((a, b) => a - b) : [first];
  const borders = chosen.map((action) => borderOf(phi, sample, explained, action, options, stream));
  const contest = new Contest<Attempt>(request, options.selectionEpisodes, ({ rule }) => rule, isBetterAttempt);
  for (const { regression, boundaryPoints } of attemptsOf(options, explained)) {
    const planes = borders.map((border) => layLine(border, sample, explained, regression, boundaryPoints));
    const rule =
      options.actions === "all"
        ? oneVersusRest(planes, chosen, sample, explained)
        : toRule(planes[0].plane, first, second, sample);
    const attempt = { regression, boundaryPoints, rule, r2: Math.min(...planes.map(({ r2 }) => r2)) };
    await contest.enter(attempt, agreementOn(rule, sample));
  }
  const { best, entries } = await contest.decide();
  return {
    ...best.student,
    purity: Math.min(...borders.map(({ purity }) => purity)),
    numStates: explained,
    importances: borders[0].importances,
    candidates: entries.map((entry) => candidateOf(entry, entry === best)),
    oneAction: false,
  };
}

function candidateOf({ student, mean, episodes, agreement }: Entry<Attempt>, chosen: boolean): Candidate {
  const { regression, boundaryPoints, rule, r2 } = student;
  return {
    label: `${regression}, ${boundaryPoints}`,
    size: numTermsOf(rule),
    selectionReturn: mean,
    selectionEpisodes: episodes,
    agreement,
    r2,
    chosen,
  };
}

/** Of equal returns the one that agrees more. */
function isBetterAttempt(one: Entry<Attempt>, other: Entry<Attempt>): boolean {
  return one.agreement >= other.agreement;
}

/** The lines to try: the one that the options name, and with `sweep` the others. */
function attemptsOf(options: ShapleyOptions, numStates: number): Pick<Attempt, "regression" | "boundaryPoints">[] {
  const own = { regression: options.regression, boundaryPoints: Math.min(options.boundaryPoints, numStates) };
  if (!options.sweep) return [own];
  const counts = [
    ...new Set([options.boundaryPoints, ...options.sweepPoints].map((count) => Math.min(count, numStates))),
  ];
  const swept = counts.flatMap((boundaryPoints) =>
    (["last-feature", "total"] as const).map((regression) => ({ regression, boundaryPoints })),
  );
  const logistic = { regression: "logistic" as const, boundaryPoints: own.boundaryPoints };
  const rest = [...swept, logistic].filter(
    (attempt) => attempt.regression !== own.regression || attempt.boundaryPoints !== own.boundaryPoints,
  );
  return [own, ...rest];
}

/** Actions by how often the teacher takes them, most often first; those it never takes are left out. */
function usualActions({ actions, frequencies }: VisitedSample, numActions: number): number[] {
  const counts = new Float64Array(numActions);
  actions.forEach((action, state) => {
    counts[action] += frequencies[state];
  });
  return [...counts.keys()].filter((action) => counts[action] > 0).sort((a, b) => counts[b] - counts[a]);
}

/** [numExplained, numFeatures, numActions] */
async function shapleyOf(
  teacher: Teacher,
  { seed, pace }: DistilRequest,
  options: ShapleyOptions,
  sample: VisitedSample,
  explained: number,
): Promise<Float64Array> {
  const { numFeatures, numOutputs, states, coordinates } = sample;
  const size = numFeatures * numOutputs;
  if (options.characteristic === "conditional") return conditionalShapley(sample).subarray(0, explained * size);
  const inRaw = policyFunction(teacher.policy, numOutputs, "probabilities");
  const f = (rows: Float64Array, numRows: number) => inRaw(rawOf(rows, coordinates), numRows);
  const background = drawBackground(sample, options.background, new RandomStream(seed, "explain/background"));
  const phi = new Float64Array(explained * size);
  for (let state = 0; state < explained; state++) {
    await pace.breathe();
    const x = states.subarray(state * numFeatures, (state + 1) * numFeatures);
    const table = await interventionalValues(f, x, background, allCoalitions(numFeatures), numOutputs);
    phi.set(shapleyValues(table, numFeatures, numOutputs), state * size);
  }
  return phi;
}

function rawOf(rows: Float64Array, { mean, scale }: Coordinates): Float64Array {
  return rows.map((z, i) => z * scale[i % scale.length] + mean[i % scale.length]);
}

/** Rows drawn from the sample in proportion to how often each occurs. */
function drawBackground(sample: VisitedSample, count: number, stream: RandomStream): Float64Array {
  const { numFeatures, states, frequencies } = sample;
  const total = frequencies.reduce((sum, frequency) => sum + frequency, 0);
  const rows = new Float64Array(count * numFeatures);
  for (let row = 0; row < count; row++) {
    let rest = stream.uniform() * total;
    let state = 0;
    for (; state < frequencies.length - 1; state++) {
      rest -= frequencies[state];
      if (rest < 0) break;
    }
    rows.set(states.subarray(state * numFeatures, (state + 1) * numFeatures), row * numFeatures);
  }
  return rows;
}

/** Splits the Shapley vectors of one action into two clusters and orders the states by their distance to the border. */
function borderOf(
  phi: Float64Array,
  sample: VisitedSample,
  explained: number,
  action: number,
  options: ShapleyOptions,
  stream: RandomStream,
): Border {
  const { numFeatures, numOutputs } = sample;
  const points = Float64Array.from({ length: explained * numFeatures }, (_, i) => phi[i * numOutputs + action]);
  const { labels: clusters, centres } = kMeans(points, numFeatures, 2, stream);
  const border =
    options.boundary === "svm" ? fitSvm(points, numFeatures, clusters, stream) : betweenCentres(centres, numFeatures);
  const heights = Float64Array.from({ length: explained }, (_, state) => Math.abs(heightOver(border, points, state)));
  const nearest = Int32Array.from(heights.keys()).sort((a, b) => heights[a] - heights[b] || a - b);
  // The action's cluster is the one in which the teacher takes it more often.
  const share = [0, 1].map((cluster) => shareOf(sample, clusters, cluster, action));
  const mine = share[1] > share[0] ? 1 : 0;
  const importances = Array.from({ length: numFeatures }, (_, feature) => {
    let sum = 0;
    for (let state = 0; state < explained; state++) sum += Math.abs(points[state * numFeatures + feature]);
    return sum / explained;
  });
  return {
    action,
    nearest,
    labels: clusters.map((cluster) => (cluster === mine ? 1 : 0)),
    purity: purityOf(sample, clusters, action),
    importances,
  };
}

/** The plane halfway between two centres, across the line that joins them. */
function betweenCentres(centres: Float64Array, size: number): Hyperplane {
  const weights = Float64Array.from({ length: size }, (_, i) => centres[size + i] - centres[i]);
  const bias = -weights.reduce((sum, weight, i) => sum + (weight * (centres[size + i] + centres[i])) / 2, 0);
  return { bias, weights };
}

/** How often, within one cluster, the teacher takes the action. */
function shareOf(
  { actions, frequencies }: VisitedSample,
  clusters: Int32Array,
  cluster: number,
  action: number,
): number {
  let [taken, all] = [0, 0];
  clusters.forEach((own, state) => {
    if (own !== cluster) return;
    all += frequencies[state];
    if (actions[state] === action) taken += frequencies[state];
  });
  return all === 0 ? 0 : taken / all;
}

/** Share of the states that do in their cluster what is usual there: take the action, or another one. */
function purityOf(sample: VisitedSample, clusters: Int32Array, action: number): number {
  let [pure, all] = [0, 0];
  for (const cluster of [0, 1]) {
    const weight = clusters.reduce((sum, own, state) => (own === cluster ? sum + sample.frequencies[state] : sum), 0);
    const share = shareOf(sample, clusters, cluster, action);
    pure += weight * Math.max(share, 1 - share);
    all += weight;
  }
  return pure / all;
}

/** A plane in the sample's coordinates through the states nearest to the border, above zero where the action is taken. */
function layLine(
  border: Border,
  sample: VisitedSample,
  explained: number,
  regression: ShapleyOptions["regression"],
  boundaryPoints: number,
): { readonly plane: Hyperplane; readonly r2: number } {
  const { numFeatures, states } = sample;
  const all = states.subarray(0, explained * numFeatures);
  const { scale } = spreadOf(all, numFeatures);
  const points = new Float64Array(boundaryPoints * numFeatures);
  for (let i = 0; i < boundaryPoints; i++) {
    const from = border.nearest[i] * numFeatures;
    points.set(states.subarray(from, from + numFeatures), i * numFeatures);
  }
  const plane =
    regression === "last-feature"
      ? regressLast(points, numFeatures)
      : regression === "total"
        ? fitPlane(points, numFeatures, scale)
        : fitLogistic(all, numFeatures, border.labels, scale);
  const r2 = explainedBy(plane, points, scale, regression === "last-feature" ? numFeatures - 1 : null);
  let agrees = 0;
  for (let state = 0; state < explained; state++) {
    const above = heightOver(plane, states, state) > 0;
    agrees += (above === (sample.actions[state] === border.action) ? 1 : -1) * sample.frequencies[state];
  }
  return { plane: agrees >= 0 ? plane : flipped(plane), r2 };
}

function flipped({ bias, weights }: Hyperplane): Hyperplane {
  return { bias: -bias, weights: weights.map((weight) => -weight) };
}

/** The same plane over raw features, so that a rule reads in the world's own units. */
function inRawUnits({ bias, weights }: Hyperplane, { mean, scale }: Coordinates): Hyperplane {
  const raw = weights.map((weight, i) => weight / scale[i]);
  return { bias: bias - raw.reduce((sum, weight, i) => sum + weight * mean[i], 0), weights: raw };
}

function toRule(plane: Hyperplane, then: number, otherwise: number, { coordinates }: VisitedSample): RulePolicy {
  const { bias, weights } = inRawUnits(plane, coordinates);
  return twoActionRule(bias, [...weights], then, otherwise);
}

/** Each action's height over its own plane, in deviations of that height over the sample; the highest wins. */
function oneVersusRest(
  planes: readonly { readonly plane: Hyperplane }[],
  actions: readonly number[],
  sample: VisitedSample,
  explained: number,
): RulePolicy {
  const rows = planes.map(({ plane }, i): RuleRow => {
    const heights = Float64Array.from({ length: explained }, (_, state) => heightOver(plane, sample.states, state));
    const deviation = spreadOf(heights, 1).scale[0];
    const { bias, weights } = inRawUnits(plane, sample.coordinates);
    return { action: actions[i], bias: bias / deviation, weights: [...weights].map((weight) => weight / deviation) };
  });
  return new RulePolicy(rows);
}

/** Share of the sampled states, by frequency, where the rule does what the teacher does. */
function agreementOn(
  rule: RulePolicy,
  { states, numFeatures, actions, frequencies, coordinates }: VisitedSample,
): number {
  const { mean, scale } = coordinates;
  const raw = Float32Array.from(states, (z, i) => z * scale[i % numFeatures] + mean[i % numFeatures]);
  const own = new Float32Array(actions.length);
  rule.act(raw, null, own);
  let [same, all] = [0, 0];
  actions.forEach((action, state) => {
    all += frequencies[state];
    if (own[state] === action) same += frequencies[state];
  });
  return same / all;
}

/** A teacher that does the same everywhere is explained by one word. */
function constantRule(sample: VisitedSample, action: number): ShapleyRule {
  const weights = new Array<number>(sample.numFeatures).fill(0);
  return {
    rule: new RulePolicy([{ action, bias: 0, weights }]),
    r2: 1,
    purity: 1,
    boundaryPoints: 0,
    regression: "last-feature",
    numStates: sample.frequencies.length,
    importances: weights,
    candidates: [],
    oneAction: true,
  };
}
