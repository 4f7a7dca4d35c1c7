import type { RandomStream } from "../core/random.js";

/** Clusters of points. */
export interface Clusters {
  /** [k, size] */
  readonly centres: Float64Array;
  /** [numPoints], index of the nearest centre. */
  readonly labels: Int32Array;
  /** Sum of squared distances to the own centre. */
  readonly inertia: number;
}

/**
 * k-means: Lloyd's iterations from k-means++ starts, the best of `numStarts`.
 *
 * `points` [numPoints, size]. A centre that loses all its points moves to the point that is farthest from its own.
 * Throws `RangeError` for fewer points than clusters. Source: Lloyd 1982; Arthur & Vassilvitskii 2007.
 */
export function kMeans(
  points: Float64Array,
  size: number,
  k: number,
  stream: RandomStream,
  { numStarts = 10, maxIterations = 300 } = {},
): Clusters {
  const numPoints = points.length / size;
  if (numPoints < k) throw new RangeError(`expected ${k} or more points for ${k} clusters, got ${numPoints}`);
  let best: Clusters | null = null;
  for (let start = 0; start < numStarts; start++) {
    const found = lloyd(points, size, plusPlus(points, size, k, stream), maxIterations);
    if (!best || found.inertia < best.inertia) best = found;
  }
  return best ?? lloyd(points, size, points.slice(0, k * size), maxIterations);
}

/** First centres: each next one is a point drawn in proportion to its squared distance from those there are. */
function plusPlus(points: Float64Array, size: number, k: number, stream: RandomStream): Float64Array {
  const numPoints = points.length / size;
  const centres = new Float64Array(k * size);
  const nearest = new Float64Array(numPoints).fill(Number.POSITIVE_INFINITY);
  let chosen = stream.integer(numPoints);
  for (let centre = 0; centre < k; centre++) {
    centres.set(points.subarray(chosen * size, (chosen + 1) * size), centre * size);
    let sum = 0;
    for (let point = 0; point < numPoints; point++) {
      nearest[point] = Math.min(nearest[point], squaredDistance(points, point, centres, centre, size));
      sum += nearest[point];
    }
    let rest = stream.uniform() * sum;
    for (chosen = 0; chosen < numPoints - 1; chosen++) {
      rest -= nearest[chosen];
      if (rest < 0) break;
    }
  }
  return centres;
}

function lloyd(points: Float64Array, size: number, centres: Float64Array, maxIterations: number): Clusters {
  const numPoints = points.length / size;
  const k = centres.length / size;
  const labels = new Int32Array(numPoints).fill(-1);
  const distances = new Float64Array(numPoints);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    let moved = false;
    for (let point = 0; point < numPoints; point++) {
      let label = 0;
      distances[point] = Number.POSITIVE_INFINITY;
      for (let centre = 0; centre < k; centre++) {
        const distance = squaredDistance(points, point, centres, centre, size);
        if (distance < distances[point]) {
          distances[point] = distance;
          label = centre;
        }
      }
      if (label !== labels[point]) moved = true;
      labels[point] = label;
    }
    if (!moved) break;
    moveCentres(points, size, labels, distances, centres);
  }
  return { centres, labels, inertia: distances.reduce((sum, distance) => sum + distance, 0) };
}

function moveCentres(
  points: Float64Array,
  size: number,
  labels: Int32Array,
  distances: Float64Array,
  centres: Float64Array,
): void {
  const counts = new Float64Array(centres.length / size);
  const sums = new Float64Array(centres.length);
  labels.forEach((label, point) => {
    counts[label]++;
    for (let i = 0; i < size; i++) sums[label * size + i] += points[point * size + i];
  });
  for (let centre = 0; centre < counts.length; centre++) {
    if (counts[centre] > 0) {
      for (let i = 0; i < size; i++) centres[centre * size + i] = sums[centre * size + i] / counts[centre];
      continue;
    }
    let farthest = 0;
    for (let point = 1; point < distances.length; point++) if (distances[point] > distances[farthest]) farthest = point;
    centres.set(points.subarray(farthest * size, (farthest + 1) * size), centre * size);
    distances[farthest] = 0;
  }
}

function squaredDistance(a: Float64Array, i: number, b: Float64Array, j: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += (a[i * size + k] - b[j * size + k]) ** 2;
  return sum;
}
