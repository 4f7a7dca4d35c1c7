import { pathOf, type Tree } from "../compute/trees/tree.js";
import type { RandomStream } from "../core/random.js";

/**
 * How much each input lowers the impurity, over all splits: [numFeatures], summing to 1 (all 0 for single leaves).
 *
 * A split counts the impurity it takes away, by the weight of its rows; each tree is brought to a sum of 1, then the
 * mean over the trees. Favours inputs with many values, and does not show what the model would do without one.
 * Source: Breiman 2001, "Random forests", section 10; normalised as in scikit-learn.
 */
export function impurityImportances(trees: readonly Tree[]): Float64Array {
  const total = new Float64Array(trees[0].numFeatures);
  for (const tree of trees) {
    const own = new Float64Array(total.length);
    const { feature, left, right, samples, impurity } = tree;
    for (let node = 0; node < feature.length; node++) {
      if (feature[node] < 0) continue;
      const below = samples[left[node]] * impurity[left[node]] + samples[right[node]] * impurity[right[node]];
      own[feature[node]] += samples[node] * impurity[node] - below;
    }
    addShares(own, total);
  }
  const shares = new Float64Array(total.length);
  addShares(total, shares);
  return shares;
}

/** Adds `values`, brought to a sum of 1, to `into`; nothing where they sum to 0. */
function addShares(values: Float64Array, into: Float64Array): void {
  const sum = values.reduce((total, value) => total + value, 0);
  if (sum > 0)
    values.forEach((value, i) => {
      into[i] += value / sum;
    });
}

/**
 * How much each input lowers the impurity on the way of one row `x` [numFeatures]: [numFeatures], summed over the trees.
 *
 * A split on the path counts its impurity minus that of the next node, so an entry may be negative; for each tree they
 * sum to the impurity of the root minus that of the leaf.
 * Source: Cardenas-Cartagena et al. 2024, arXiv:2411.11457 (the local importances of its forests).
 */
export function localImportances(trees: readonly Tree[], x: ArrayLike<number>): Float64Array {
  const total = new Float64Array(trees[0].numFeatures);
  for (const tree of trees) {
    const path = pathOf(tree, x);
    for (let i = 0; i + 1 < path.length; i++) {
      total[tree.feature[path[i]]] += tree.impurity[path[i]] - tree.impurity[path[i + 1]];
    }
  }
  return total;
}

/** What {@link permutationImportances} looks at. */
export interface PermutationRequest {
  /** Classes [numRows] for inputs [numRows, numFeatures]. */
  readonly predict: (inputs: Float32Array) => ArrayLike<number>;
  readonly inputs: Float32Array;
  readonly numFeatures: number;
  readonly labels: ArrayLike<number>;
  /** How often each input is shuffled. */
  readonly repeats: number;
  readonly stream: RandomStream;
}

/**
 * How much accuracy is lost when one input is shuffled over the rows: [numFeatures], mean over the repeats.
 *
 * Rows that the model was not fitted on tell more. Inputs that carry the same news hide one another.
 * Source: Breiman 2001, "Random forests", section 10.
 */
export function permutationImportances(request: PermutationRequest): Float64Array {
  const { predict, inputs, numFeatures, labels, repeats, stream } = request;
  const numRows = inputs.length / numFeatures;
  const accuracyOf = (rows: Float32Array) => {
    const predicted = predict(rows);
    let hits = 0;
    for (let row = 0; row < numRows; row++) if (predicted[row] === labels[row]) hits++;
    return hits / numRows;
  };
  const whole = accuracyOf(inputs);
  const losses = new Float64Array(numFeatures);
  const order = Uint32Array.from({ length: numRows }, (_, row) => row);
  for (let feature = 0; feature < numFeatures; feature++) {
    const shuffled = inputs.slice();
    for (let repeat = 0; repeat < repeats; repeat++) {
      stream.shuffle(order);
      for (let row = 0; row < numRows; row++) {
        shuffled[row * numFeatures + feature] = inputs[order[row] * numFeatures + feature];
      }
      losses[feature] += (whole - accuracyOf(shuffled)) / repeats;
    }
  }
  return losses;
}
