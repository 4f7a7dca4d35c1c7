import type { RandomStream } from "../../core/random.js";
import { solveInPlace } from "../linear-algebra.js";
import { coalitionSize } from "./values.js";

/** v(S) for many coalitions at once: masks [m] to values [m, numOutputs]. */
export type CoalitionValues = (masks: Int32Array) => Float64Array | Promise<Float64Array>;

/** Bit masks of 32-bit integers carry this many features. */
const MAX_FEATURES = 30;

/**
 * Shapley values [numFeatures, numOutputs] as the solution of a weighted least-squares problem over coalitions.
 *
 * With room for all 2^n − 2 coalitions the answer is exact. Else whole sizes are enumerated from the outside in while
 * they fit (sizes 1 and n − 1 first), and the rest is drawn in pairs of a coalition and its complement, with the
 * weight of what was left out spread over them. The values always sum to v(all) − v(none).
 * Throws `RangeError` for fewer than 2 coalitions or more than 30 features.
 * Source: Lundberg & Lee 2017, arXiv:1705.07874, section 4.1; order of enumeration as in shap's KernelExplainer.
 */
export async function kernelShap(
  valuesOf: CoalitionValues,
  numFeatures: number,
  numOutputs: number,
  numSamples: number,
  stream: RandomStream,
): Promise<Float64Array> {
  checkFeatures(numFeatures);
  if (!(numSamples >= 2)) throw new RangeError(`expected 2 or more coalitions to sample, got ${numSamples}`);
  const all = 2 ** numFeatures - 1;
  const ends = await valuesOf(Int32Array.of(0, all));
  if (numFeatures === 1) {
    return Float64Array.from({ length: numOutputs }, (_, output) => ends[numOutputs + output] - ends[output]);
  }
  const weights = chooseCoalitions(numFeatures, numSamples, stream);
  const masks = Int32Array.from(weights.keys());
  const values = await valuesOf(masks);

  // The last feature is what remains of v(all) − v(none): the constraint is substituted, not weighted.
  const free = numFeatures - 1;
  const lastBit = 1 << free;
  const matrix = new Float64Array(free * free);
  const right = new Float64Array(free * numOutputs);
  const row = new Float64Array(free);
  masks.forEach((mask, i) => {
    const weight = weights.get(mask) ?? 0;
    const last = mask & lastBit ? 1 : 0;
    for (let feature = 0; feature < free; feature++) row[feature] = (mask & (1 << feature) ? 1 : 0) - last;
    for (let a = 0; a < free; a++) {
      for (let b = 0; b < free; b++) matrix[a * free + b] += weight * row[a] * row[b];
      for (let output = 0; output < numOutputs; output++) {
        const span = ends[numOutputs + output] - ends[output];
        const target = values[i * numOutputs + output] - ends[output] - last * span;
        right[a * numOutputs + output] += weight * row[a] * target;
      }
    }
  });
  const solved = solveInPlace(matrix, right, free);
  const phi = new Float64Array(numFeatures * numOutputs);
  phi.set(solved);
  for (let output = 0; output < numOutputs; output++) {
    let rest = ends[numOutputs + output] - ends[output];
    for (let feature = 0; feature < free; feature++) rest -= solved[feature * numOutputs + output];
    phi[free * numOutputs + output] = rest;
  }
  return phi;
}

/** Coalitions and their weights; sizes 0 and n are hard constraints and not among them. */
function chooseCoalitions(numFeatures: number, numSamples: number, stream: RandomStream): Map<number, number> {
  const weights = new Map<number, number>();
  // The kernel (n − 1) / (C(n, s) s (n − s)) summed over the coalitions of one size.
  const sizeWeight = (size: number) => (numFeatures - 1) / (size * (numFeatures - size));
  let left = numSamples;
  let size = 1;
  for (; size <= numFeatures / 2; size++) {
    const paired = size !== numFeatures - size;
    const count = combinations(numFeatures, size) * (paired ? 2 : 1);
    if (count > left) break;
    for (const mask of coalitionsOfSize(numFeatures, size)) {
      weights.set(mask, sizeWeight(size) / combinations(numFeatures, size));
      if (paired) weights.set(mask ^ (2 ** numFeatures - 1), sizeWeight(size) / combinations(numFeatures, size));
    }
    left -= count;
  }
  if (size > numFeatures / 2) return weights;
  sampleInto(weights, numFeatures, size, Math.max(2, left), sizeWeight, stream);
  return weights;
}

/** Draws coalitions of the sizes `smallest` … n − `smallest` in complementary pairs; their weights sum to the kernel's. */
function sampleInto(
  weights: Map<number, number>,
  numFeatures: number,
  smallest: number,
  count: number,
  sizeWeight: (size: number) => number,
  stream: RandomStream,
): void {
  const sizes = Array.from({ length: numFeatures + 1 - 2 * smallest }, (_, i) => smallest + i);
  const total = sizes.reduce((sum, size) => sum + sizeWeight(size), 0);
  const order = Uint32Array.from({ length: numFeatures }, (_, i) => i);
  const pairs = Math.max(1, Math.floor(count / 2));
  for (let pair = 0; pair < pairs; pair++) {
    let rest = stream.uniform() * total;
    let size = smallest;
    for (; size < sizes[sizes.length - 1]; size++) {
      rest -= sizeWeight(size);
      if (rest < 0) break;
    }
    stream.shuffle(order);
    let mask = 0;
    for (let i = 0; i < size; i++) mask |= 1 << order[i];
    for (const member of [mask, mask ^ (2 ** numFeatures - 1)]) {
      weights.set(member, (weights.get(member) ?? 0) + total / (2 * pairs));
    }
  }
}

/**
 * Shapley values [numFeatures, numOutputs] as the mean contribution over orders of the features, each order walked
 * forwards and backwards. The values always sum to v(all) − v(none).
 *
 * Throws `RangeError` for fewer than 1 order or more than 30 features. Source: Castro, Gómez & Tejada 2009; the
 * reversed twin after Mitchell, Cooper, Frank & Holmes 2022.
 */
export async function permutationShap(
  valuesOf: CoalitionValues,
  numFeatures: number,
  numOutputs: number,
  numOrders: number,
  stream: RandomStream,
): Promise<Float64Array> {
  checkFeatures(numFeatures);
  if (!(numOrders >= 1)) throw new RangeError(`expected 1 or more orders, got ${numOrders}`);
  const phi = new Float64Array(numFeatures * numOutputs);
  const order = Uint32Array.from({ length: numFeatures }, (_, i) => i);
  for (let round = 0; round < numOrders; round++) {
    stream.shuffle(order);
    for (const walk of [order, order.slice().reverse()]) {
      const masks = new Int32Array(numFeatures + 1);
      for (let i = 0; i < numFeatures; i++) masks[i + 1] = masks[i] | (1 << walk[i]);
      const values = await valuesOf(masks);
      for (let i = 0; i < numFeatures; i++) {
        for (let output = 0; output < numOutputs; output++) {
          const gain = values[(i + 1) * numOutputs + output] - values[i * numOutputs + output];
          phi[walk[i] * numOutputs + output] += gain / (2 * numOrders);
        }
      }
    }
  }
  return phi;
}

function checkFeatures(numFeatures: number): void {
  if (numFeatures >= 1 && numFeatures <= MAX_FEATURES) return;
  throw new RangeError(`expected 1 to ${MAX_FEATURES} features, got ${numFeatures}`);
}

function combinations(n: number, k: number): number {
  let result = 1;
  for (let i = 0; i < k; i++) result = (result * (n - i)) / (i + 1);
  return Math.round(result);
}

/** Every mask with `size` of the n bits set, in rising order. */
function* coalitionsOfSize(n: number, size: number): Generator<number> {
  for (let mask = 0; mask < 2 ** n; mask++) if (coalitionSize(mask) === size) yield mask;
}
