import type { Fit } from "./refit-learner.js";

/**
 * k-nearest neighbours in the raw inputs: each action's share among the k examples that lie nearest (Euclidean).
 *
 * Of examples at the same distance the earlier one is taken. Fewer examples than k are all of them.
 */
export const fitNeighbours =
  (numNeighbours: number): Fit =>
  ({ inputs, labels }, { inputSize, numActions }) => {
    const numRows = labels.length;
    const k = Math.min(numNeighbours, numRows);
    const distances = new Float64Array(k);
    const nearest = new Int32Array(k);
    return {
      fillRow(query, from, scores, to) {
        distances.fill(Number.POSITIVE_INFINITY);
        let furthest = Number.POSITIVE_INFINITY;
        for (let row = 0; row < numRows; row++) {
          let distance = 0;
          for (let i = 0, at = row * inputSize; i < inputSize && distance < furthest; i++, at++) {
            const difference = inputs[at] - query[from + i];
            distance += difference * difference;
          }
          if (!(distance < furthest)) continue;
          // Insertion into the sorted few; equals go behind.
          let place = k - 1;
          while (place > 0 && distances[place - 1] > distance) {
            distances[place] = distances[place - 1];
            nearest[place] = nearest[place - 1];
            place--;
          }
          distances[place] = distance;
          nearest[place] = row;
          furthest = distances[k - 1];
        }
        for (let action = 0; action < numActions; action++) scores[to + action] = 0;
        for (let i = 0; i < k; i++) scores[to + labels[nearest[i]]] += 1 / k;
      },
      serialise: () => ({ kind: "neighbours", numNeighbours: k, inputSize, numActions, inputs, labels }),
    };
  };
