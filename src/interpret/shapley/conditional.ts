import { shapleyValues } from "./values.js";

/** Distinct states, how often each occurs, and what the function says there. */
export interface StateSample {
  readonly numFeatures: number;
  /** [numStates, numFeatures], rounded: states count as equal in a feature when the numbers are. */
  readonly states: Float64Array;
  /** [numStates], how often; need not sum to 1. */
  readonly frequencies: Float64Array;
  readonly numOutputs: number;
  /** [numStates, numOutputs] */
  readonly values: Float64Array;
}

/**
 * On-distribution coalition values of every state, [2^n, numStates, numOutputs]: v_S(s) = E[f(s') | s'_S = s_S], the
 * expectation over the sample's own frequencies.
 *
 * Only states that occur are ever asked about; a state outside of the sample has no such values.
 * Source: Beechey, Smith & Şimşek 2023, "Explaining reinforcement learning with Shapley values", section 3; Li,
 * Siddique & Cao 2025, arXiv:2501.09858 (their code adds 1e-16 to each probability; here nothing is added).
 */
export function conditionalValues(sample: StateSample): Float64Array {
  const { numFeatures, numOutputs, frequencies } = sample;
  const numStates = frequencies.length;
  const ranks = Array.from({ length: numFeatures }, (_, feature) => ranksOf(sample, feature));
  const tables = new Float64Array(2 ** numFeatures * numStates * numOutputs);
  // groups[mask]: which states agree on the features of the mask, numbered densely.
  const groups: Int32Array[] = [new Int32Array(numStates)];
  for (let mask = 0; mask < 2 ** numFeatures; mask++) {
    if (mask > 0) {
      const feature = Math.floor(Math.log2(mask));
      groups.push(refine(groups[mask - 2 ** feature], ranks[feature]));
    }
    averageGroups(
      groups[mask],
      sample,
      tables.subarray(mask * numStates * numOutputs, (mask + 1) * numStates * numOutputs),
    );
  }
  return tables;
}

/** Exact on-distribution Shapley values of every state of a sample, [numStates, numFeatures, numOutputs]. */
export function conditionalShapley(sample: StateSample): Float64Array {
  const { numFeatures, numOutputs } = sample;
  const numStates = sample.frequencies.length;
  const tables = conditionalValues(sample);
  const phi = new Float64Array(numStates * numFeatures * numOutputs);
  const table = new Float64Array(2 ** numFeatures * numOutputs);
  for (let state = 0; state < numStates; state++) {
    for (let mask = 0; mask < 2 ** numFeatures; mask++) {
      for (let output = 0; output < numOutputs; output++) {
        table[mask * numOutputs + output] = tables[(mask * numStates + state) * numOutputs + output];
      }
    }
    phi.set(shapleyValues(table, numFeatures, numOutputs), state * numFeatures * numOutputs);
  }
  return phi;
}

/** The number of each state's value of one feature, equal for equal values. */
function ranksOf({ states, numFeatures, frequencies }: StateSample, feature: number): Int32Array {
  const seen = new Map<number, number>();
  return Int32Array.from(frequencies, (_, state) => numberOf(seen, states[state * numFeatures + feature]));
}

/** Splits groups by one more feature. */
function refine(groups: Int32Array, ranks: Int32Array): Int32Array {
  const seen = new Map<number, number>();
  // Both numbers are below the number of states, so the pair fits into the whole numbers of a double.
  return groups.map((group, state) => numberOf(seen, group * ranks.length + ranks[state]));
}

function numberOf(seen: Map<number, number>, key: number): number {
  const known = seen.get(key);
  if (known !== undefined) return known;
  seen.set(key, seen.size);
  return seen.size - 1;
}

/** Writes to every state the frequency-weighted mean over its group. */
function averageGroups(groups: Int32Array, sample: StateSample, out: Float64Array): void {
  const { frequencies, values, numOutputs } = sample;
  const sums = new Float64Array(groups.length * numOutputs);
  const totals = new Float64Array(groups.length);
  for (let state = 0; state < groups.length; state++) {
    totals[groups[state]] += frequencies[state];
    for (let output = 0; output < numOutputs; output++) {
      sums[groups[state] * numOutputs + output] += frequencies[state] * values[state * numOutputs + output];
    }
  }
  for (let state = 0; state < groups.length; state++) {
    for (let output = 0; output < numOutputs; output++) {
      out[state * numOutputs + output] = sums[groups[state] * numOutputs + output] / totals[groups[state]];
    }
  }
}
