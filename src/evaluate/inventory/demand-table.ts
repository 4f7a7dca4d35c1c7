import type { DemandModel } from "../../envs/inventory/problem.js";
import { normalLoss } from "../normal-distribution.js";

/** Probabilities below this are left out. */
const NEGLIGIBLE = 1e-15;

/** Demand on a grid: with probability `probabilities[i]` it is (first + i) × step units. */
export interface DemandTable {
  /** Units between two entries. */
  readonly step: number;
  /** Grid index of the least demand, 0 or more. */
  readonly first: number;
  /** Sums to 1. */
  readonly probabilities: Float64Array;
}

/** Demand of one store in one period; normal demand on a grid of `step` units, Poisson as it is. */
export function demandTableOf({ kind, mean, std }: DemandModel, store: number, step: number): DemandTable {
  if (kind === "poisson") return poissonTable(mean[store]);
  if (std[store] === 0) return { step: mean[store], first: 1, probabilities: Float64Array.of(1) };
  return clippedNormalTable(mean[store], std[store], step);
}

/** Poisson demand with this mean. */
export function poissonTable(mean: number): DemandTable {
  const mode = Math.floor(mean);
  const weights: number[] = [1];
  let first = mode;
  // Outwards from the mode, whose own probability would be too small to start from when the mean is large.
  for (let k = mode; k > 0 && weights[0] > NEGLIGIBLE; k--) weights.unshift((weights[0] * k) / mean);
  first -= weights.length - 1;
  for (let k = mode + 1; weights[weights.length - 1] > NEGLIGIBLE; k++)
    weights.push((weights[weights.length - 1] * mean) / k);
  return trimmed(1, first, Float64Array.from(weights));
}

/**
 * Normal demand whose negative draws count as 0. Each draw is shared between its two neighbours on the grid in
 * proportion to nearness, which keeps the mean; that adds step² / 6 to the variance, so a normal with as much less is
 * shared out.
 */
export function clippedNormalTable(mean: number, std: number, step: number): DemandTable {
  const spread = Math.sqrt(Math.max(std ** 2 - step ** 2 / 6, (0.01 * std) ** 2));
  const lowest = Math.max(0, Math.floor((mean - 9 * spread) / step));
  const highest = Math.max(lowest + 1, Math.ceil((mean + 9 * spread) / step));
  const loss = (index: number) => spread * normalLoss((index * step - mean) / spread);
  const weights = new Float64Array(highest - lowest + 1);
  for (let i = 0; i < weights.length; i++) {
    const index = lowest + i;
    weights[i] =
      index === 0
        ? 1 + (loss(1) - loss(0)) / step
        : Math.max(0, (loss(index - 1) - 2 * loss(index) + loss(index + 1)) / step);
  }
  return trimmed(step, lowest, weights);
}

/** Demand of several periods together, 1 or more; each independent of the others. */
export function demandOver(demand: DemandTable, periods: number): DemandTable {
  if (periods === 1) return demand;
  const half = demandOver(demand, Math.floor(periods / 2));
  const even = sum(half, half);
  return periods % 2 === 0 ? even : sum(even, demand);
}

function sum(a: DemandTable, b: DemandTable): DemandTable {
  const [p, q] = [a.probabilities, b.probabilities];
  const both = new Float64Array(p.length + q.length - 1);
  for (let i = 0; i < p.length; i++) {
    const weight = p[i];
    for (let j = 0; j < q.length; j++) both[i + j] += weight * q[j];
  }
  return trimmed(a.step, a.first + b.first, both);
}

/** Without what is negligible at either end, scaled to sum to 1. */
function trimmed(step: number, first: number, weights: Float64Array): DemandTable {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let from = 0;
  let to = weights.length;
  while (weights[from] <= NEGLIGIBLE * total) from++;
  while (weights[to - 1] <= NEGLIGIBLE * total) to--;
  const probabilities = weights.slice(from, to);
  const kept = probabilities.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < probabilities.length; i++) probabilities[i] /= kept;
  return { step, first: first + from, probabilities };
}

/** Mean demand in units. */
export function meanOf({ step, first, probabilities }: DemandTable): number {
  return step * probabilities.reduce((sum, probability, i) => sum + probability * (first + i), 0);
}

/** The least grid index that demand exceeds with a probability of at most 1 − `share`. */
export function quantileIndex({ first, probabilities }: DemandTable, share: number): number {
  let below = 0;
  for (let i = 0; i < probabilities.length; i++) {
    below += probabilities[i];
    if (below >= share) return first + i;
  }
  return first + probabilities.length - 1;
}

/** Grid index of the greatest demand. */
export function lastIndex({ first, probabilities }: DemandTable): number {
  return first + probabilities.length - 1;
}
