import type { RandomStream } from "../core/random.js";
import { smallestEigenvector, solveInPlace } from "./linear-algebra.js";

/** All x with bias + weights · x = 0. */
export interface Hyperplane {
  readonly bias: number;
  /** [size] */
  readonly weights: Float64Array;
}

/** Which side of a plane a point is on, and how far in units of the weights' length. */
export function heightOver({ bias, weights }: Hyperplane, points: Float64Array, point: number): number {
  let height = bias;
  for (let i = 0; i < weights.length; i++) height += weights[i] * points[point * weights.length + i];
  return height;
}

/**
 * Ordinary least squares of the last coordinate on the others, written as a plane: b0 + Σ b_i x_i − x_last = 0.
 *
 * `points` [numPoints, size]. It cannot describe a plane that is parallel to the last axis.
 */
export function regressLast(points: Float64Array, size: number): Hyperplane {
  const numPoints = points.length / size;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let point = 0; point < numPoints; point++) {
    const row = points.subarray(point * size, (point + 1) * size);
    // The intercept comes first: what is constant is left to it, and not shared with a constant coordinate.
    const at = (i: number) => (i === 0 ? 1 : row[i - 1]);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) matrix[i * size + j] += at(i) * at(j);
      right[i] += at(i) * row[size - 1];
    }
  }
  const solved = solveInPlace(matrix, right, size);
  const weights = new Float64Array(size).fill(-1);
  weights.set(solved.subarray(1));
  return { bias: solved[0], weights };
}

/**
 * Total least squares: the plane through the centre of the points whose squared distances, with each coordinate
 * divided by `scale` [size], sum to the least. Any plane can be described.
 */
export function fitPlane(points: Float64Array, size: number, scale: ArrayLike<number>): Hyperplane {
  const numPoints = points.length / size;
  const centre = new Float64Array(size);
  for (let i = 0; i < points.length; i++) centre[i % size] += points[i] / numPoints;
  const scatter = new Float64Array(size * size);
  for (let point = 0; point < numPoints; point++) {
    for (let i = 0; i < size; i++) {
      const di = (points[point * size + i] - centre[i]) / scale[i];
      for (let j = 0; j < size; j++) scatter[i * size + j] += (di * (points[point * size + j] - centre[j])) / scale[j];
    }
  }
  const weights = smallestEigenvector(scatter, size).map((normal, i) => normal / scale[i]);
  return { bias: -weights.reduce((sum, weight, i) => sum + weight * centre[i], 0), weights };
}

/**
 * Logistic regression of two labels (0, 1) by Newton's method, with a ridge of 1e-3 on weights per `scale` so that
 * separable labels have an answer too. The plane is where both are as likely; label 1 lies above it.
 */
export function fitLogistic(
  points: Float64Array,
  size: number,
  labels: ArrayLike<number>,
  scale: ArrayLike<number>,
  ridge = 1e-3,
): Hyperplane {
  const numPoints = points.length / size;
  const n = size + 1;
  const beta = new Float64Array(n);
  const row = new Float64Array(n).fill(1);
  for (let iteration = 0; iteration < 50; iteration++) {
    const hessian = new Float64Array(n * n);
    const gradient = new Float64Array(n);
    for (let i = 0; i < size; i++) {
      hessian[i * n + i] = ridge;
      gradient[i] = -ridge * beta[i];
    }
    for (let point = 0; point < numPoints; point++) {
      let z = beta[size];
      for (let i = 0; i < size; i++) {
        row[i] = points[point * size + i] / scale[i];
        z += beta[i] * row[i];
      }
      const p = 1 / (1 + Math.exp(-z));
      const weight = Math.max(p * (1 - p), 1e-9) / numPoints;
      for (let i = 0; i < n; i++) {
        gradient[i] += ((labels[point] - p) * row[i]) / numPoints;
        for (let j = 0; j < n; j++) hessian[i * n + j] += weight * row[i] * row[j];
      }
    }
    const step = solveInPlace(hessian, gradient, n);
    let largest = 0;
    for (let i = 0; i < n; i++) {
      // A full Newton step can overshoot where labels are separable.
      beta[i] += Math.min(Math.max(step[i], -5), 5);
      largest = Math.max(largest, Math.abs(step[i]));
    }
    if (largest < 1e-8) break;
  }
  return { bias: beta[size], weights: Float64Array.from({ length: size }, (_, i) => beta[i] / scale[i]) };
}

/**
 * Linear support vector machine for labels 0 and 1, by dual coordinate descent; label 1 lies above the plane.
 *
 * The intercept is one more weight on a constant 1, so that it is drawn towards zero as the others are (LIBSVM leaves
 * it free). Source: Hsieh, Chang, Lin, Keerthi & Sundararajan 2008, algorithm 1, hinge loss.
 */
export function fitSvm(
  points: Float64Array,
  size: number,
  labels: ArrayLike<number>,
  stream: RandomStream,
  { cost = 1, maxEpochs = 300 } = {},
): Hyperplane {
  const numPoints = points.length / size;
  const weights = new Float64Array(size);
  let bias = 0;
  const alpha = new Float64Array(numPoints);
  const lengths = new Float64Array(numPoints).fill(1);
  for (let i = 0; i < points.length; i++) lengths[Math.floor(i / size)] += points[i] ** 2;
  const order = Uint32Array.from({ length: numPoints }, (_, i) => i);
  for (let epoch = 0; epoch < maxEpochs; epoch++) {
    stream.shuffle(order);
    let largest = 0;
    for (const point of order) {
      const y = labels[point] ? 1 : -1;
      let height = bias;
      for (let i = 0; i < size; i++) height += weights[i] * points[point * size + i];
      const gradient = y * height - 1;
      const next = Math.min(Math.max(alpha[point] - gradient / lengths[point], 0), cost);
      const change = (next - alpha[point]) * y;
      if (change === 0) continue;
      largest = Math.max(largest, Math.abs(change));
      alpha[point] = next;
      bias += change;
      for (let i = 0; i < size; i++) weights[i] += change * points[point * size + i];
    }
    if (largest < 1e-6) break;
  }
  return { bias, weights };
}

/**
 * How much of where the points lie along one coordinate a plane explains: 1 − (squares left over) / (squares in all).
 * The coordinate is `along`, or where the plane is steepest in units of `scale`. 1 where the points do not differ.
 */
export function explainedBy(
  plane: Hyperplane,
  points: Float64Array,
  scale: ArrayLike<number>,
  along: number | null = null,
): number {
  const { weights } = plane;
  const size = weights.length;
  let axis = along ?? 0;
  if (along === null) {
    for (let i = 1; i < size; i++) {
      if (Math.abs(weights[i] * scale[i]) > Math.abs(weights[axis] * scale[axis])) axis = i;
    }
  }
  const numPoints = points.length / size;
  let mean = 0;
  for (let point = 0; point < numPoints; point++) mean += points[point * size + axis] / numPoints;
  let [left, all] = [0, 0];
  for (let point = 0; point < numPoints; point++) {
    left += (heightOver(plane, points, point) / weights[axis]) ** 2;
    all += (points[point * size + axis] - mean) ** 2;
  }
  return all <= 1e-24 ? 1 : 1 - left / all;
}
