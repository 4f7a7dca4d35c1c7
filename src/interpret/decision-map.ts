import type { Policy } from "../agents/policies/policy.js";
import { largestOf } from "../compute/trees/tree.js";
import { InputError } from "../core/errors.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { Teacher } from "./teacher.js";

/** One axis of a map: a feature, and the interval that is looked at. */
export interface MapAxis {
  /** Index of the feature. */
  readonly feature: number;
  readonly low: number;
  readonly high: number;
}

/** What a policy does as two of its features vary, the others held where they are, or averaged over a background. */
export interface DecisionMap {
  readonly x: MapAxis;
  readonly y: MapAxis;
  /** Cells along each side. */
  readonly resolution: number;
  /** [observationSize] where the other features are held. */
  readonly at: readonly number[];
  /** [resolution, resolution] index of the action, rows from the lowest y up, columns from the lowest x. */
  readonly actions: Int32Array<ArrayBuffer>;
  /**
   * [resolution, resolution] how clearly: probability of the action less that of the next best, or the same of values
   * divided by their largest difference on the map; 1 for a policy that only acts. Of mean scores over a background.
   */
  readonly margins: Float32Array<ArrayBuffer>;
}

/** What is looked at. */
export interface MapRequest {
  /** Indices of two different features. */
  readonly x: number;
  readonly y: number;
  /** [observationSize] */
  readonly at: ArrayLike<number>;
  /** 48 when absent. */
  readonly resolution?: number;
  /**
   * [n, observationSize] states over which the scores of each cell are averaged, with the two features set to the
   * cell's: partial dependence on both. Absent: the other features are held at `at`.
   */
  readonly background?: Float32Array;
}

/**
 * Asks a discrete policy about a grid over two features, over the interval in which each usually stays.
 *
 * Does not show: how often such states occur, nor what happens when the other features move too; with a background,
 * interactions with those, which average out. Throws {@link InputError} for a feature there is not, or the same one
 * twice. Source of the mean: Friedman 2001, section 8.2.
 */
export async function decisionMap(policy: Policy, spec: EnvironmentSpec, request: MapRequest): Promise<DecisionMap> {
  const { x, y, at, resolution = 48, background = Float32Array.from(Array.from(at)) } = request;
  const teacher = new Teacher(policy, spec, "map");
  const { numFeatures, numActions } = teacher;
  const [alongX, alongY] = [axisOf(spec, x, "x"), axisOf(spec, y, "y")];
  if (x === y) throw new InputError("map y", String(y), `another feature than x, which is ${x} as well`);
  const numCells = resolution * resolution;
  const scores = new Float32Array(numCells * numActions);
  let isValues = false;
  for (let from = 0; from < background.length; from += numFeatures) {
    const rows = new Float32Array(numCells * numFeatures);
    for (let cell = 0; cell < numCells; cell++) {
      const row = rows.subarray(cell * numFeatures, (cell + 1) * numFeatures);
      row.set(background.subarray(from, from + numFeatures));
      row[x] = centreOf(alongX, cell % resolution, resolution);
      row[y] = centreOf(alongY, Math.floor(cell / resolution), resolution);
    }
    const answers = await teacher.ask(rows);
    isValues = answers.scores === "values";
    const each = isValues && answers.worth ? answers.worth : answers.probabilities;
    for (let i = 0; i < each.length; i++) scores[i] += (each[i] * numFeatures) / background.length;
  }
  const margins = marginsOf(scores, numActions);
  const largest = isValues ? margins.reduce((most, margin) => Math.max(most, margin), 1e-12) : 1;
  return {
    x: alongX,
    y: alongY,
    resolution,
    at: Array.from(at),
    actions: Int32Array.from({ length: numCells }, (_, cell) => largestOf(scores, cell * numActions, numActions)),
    margins: margins.map((margin) => margin / largest),
  };
}

function axisOf(spec: EnvironmentSpec, feature: number, name: string): MapAxis {
  const found = spec.observation[feature];
  if (!found)
    throw new InputError(`map ${name}`, String(feature), `a feature from 0 to ${spec.observation.length - 1}`);
  return { feature, low: found.typical[0], high: found.typical[1] };
}

/** The middle of a cell along an axis. */
function centreOf({ low, high }: MapAxis, cell: number, resolution: number): number {
  return low + ((cell + 0.5) / resolution) * (high - low);
}

/** Highest score less the next one, by row. */
function marginsOf(scores: Float32Array, numActions: number): Float32Array<ArrayBuffer> {
  const margins = new Float32Array(scores.length / numActions);
  for (let row = 0; row < margins.length; row++) {
    const sorted = Array.from(scores.subarray(row * numActions, (row + 1) * numActions)).sort((a, b) => b - a);
    margins[row] = sorted.length > 1 ? sorted[0] - sorted[1] : 1;
  }
  return margins;
}

/** How the mean score of each action moves with one feature. */
export interface PartialDependence {
  readonly feature: number;
  /** [numPoints] values of the feature. */
  readonly values: Float64Array<ArrayBuffer>;
  /** [numPoints, numActions] mean over the background of the probability, or of the value less its mean over actions. */
  readonly scores: Float64Array<ArrayBuffer>;
  /** What the scores are. */
  readonly of: "probabilities" | "values";
  /** Rows of the background. */
  readonly background: number;
}

/**
 * Partial dependence: the mean score of each action over the rows of a background, with one feature set to each value.
 *
 * `background` [n, observationSize]. Does not show: interactions, which average out. Source: Friedman 2001, section 8.2.
 */
export async function partialDependence(
  policy: Policy,
  spec: EnvironmentSpec,
  feature: number,
  background: Float32Array,
  numPoints = 32,
): Promise<PartialDependence> {
  const teacher = new Teacher(policy, spec, "dependence");
  const { low, high } = axisOf(spec, feature, "feature");
  const { numFeatures, numActions } = teacher;
  const numRows = background.length / numFeatures;
  const values = Float64Array.from({ length: numPoints }, (_, point) => low + (point / (numPoints - 1)) * (high - low));
  const scores = new Float64Array(numPoints * numActions);
  let of: PartialDependence["of"] = "probabilities";
  for (let point = 0; point < numPoints; point++) {
    const rows = background.slice();
    for (let row = 0; row < numRows; row++) rows[row * numFeatures + feature] = values[point];
    const answers = await teacher.ask(rows);
    const each = answers.scores === "values" && answers.worth ? answers.worth : answers.probabilities;
    for (let i = 0; i < each.length; i++) scores[point * numActions + (i % numActions)] += each[i] / numRows;
    if (answers.scores !== "values") continue;
    of = "values";
    centre(scores, point * numActions, numActions);
  }
  return { feature, values, scores, of, background: numRows };
}

/** Takes the mean of `n` entries from each of them: what all actions share tells none from another. */
function centre(values: Float64Array, from: number, n: number): void {
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[from + i] / n;
  for (let i = 0; i < n; i++) values[from + i] -= mean;
}
