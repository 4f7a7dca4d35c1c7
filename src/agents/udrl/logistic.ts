import type { Fit } from "./refit-learner.js";

/** Newton steps at most; a few do, unless the classes can be separated and the penalty is small. */
const MAX_STEPS = 50;
/** The search ends when no gradient entry, per example, is larger. */
const TOLERANCE = 1e-8;

/**
 * Multinomial logistic regression: log-probabilities linear in the inputs, with a ridge penalty.
 *
 * Minimises Σ loss + ½ `penalty` |W|² (biases free, up to 1e-6 that makes the minimum unique) by Newton's method with
 * step halving. Source: Bishop 2006, "Pattern recognition and machine learning", section 4.3.4.
 */
export const fitLogistic =
  (penalty: number): Fit =>
  ({ inputs, labels }, { inputSize, numActions }) => {
    const numRows = labels.length;
    const width = inputSize + 1;
    const size = numActions * width;
    let weights = new Float64Array(size);
    const probabilities = new Float64Array(numRows * numActions);
    const penaltyOf = (index: number) => (index % width === inputSize ? 1e-6 : penalty);

    const lossAt = (candidate: Float64Array): number => {
      let loss = 0;
      for (let i = 0; i < size; i++) loss += 0.5 * penaltyOf(i) * candidate[i] ** 2;
      for (let row = 0; row < numRows; row++) {
        fillProbabilities(candidate, inputs, row * inputSize, inputSize, numActions, probabilities, row * numActions);
        loss -= Math.log(Math.max(probabilities[row * numActions + labels[row]], 1e-300));
      }
      return loss;
    };

    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    let loss = lossAt(weights);
    for (let step = 0; step < MAX_STEPS; step++) {
      fillDerivatives();
      if (gradient.every((slope) => Math.abs(slope) < TOLERANCE * numRows)) break;
      const direction = solveSymmetric(hessian.slice(), gradient);
      let share = 1;
      let next = weights;
      let nextLoss = loss;
      do {
        next = weights.map((weight, i) => weight - share * direction[i]);
        nextLoss = lossAt(next);
        share /= 2;
      } while (!(nextLoss < loss) && share > 1e-6);
      if (!(nextLoss < loss)) break;
      weights = next;
      loss = nextLoss;
    }
    lossAt(weights);

    return {
      fillRow(query, from, scores, to) {
        fillProbabilities(weights, query, from, inputSize, numActions, scores, to);
      },
      serialise: () => ({ kind: "linear", inputSize, numActions, weights }),
    };

    /** Gradient and Hessian at `weights`, whose probabilities were computed last. */
    function fillDerivatives(): void {
      hessian.fill(0);
      for (let i = 0; i < size; i++) {
        gradient[i] = penaltyOf(i) * weights[i];
        hessian[i * size + i] = penaltyOf(i);
      }
      const x = new Float64Array(width).fill(1);
      for (let row = 0; row < numRows; row++) {
        for (let i = 0; i < inputSize; i++) x[i] = inputs[row * inputSize + i];
        for (let a = 0; a < numActions; a++) {
          const p = probabilities[row * numActions + a];
          const error = p - (labels[row] === a ? 1 : 0);
          for (let i = 0; i < width; i++) gradient[a * width + i] += error * x[i];
          for (let b = 0; b <= a; b++) {
            const curvature = p * ((a === b ? 1 : 0) - probabilities[row * numActions + b]);
            for (let i = 0; i < width; i++) {
              const line = (a * width + i) * size + b * width;
              for (let j = 0; j < width; j++) hessian[line + j] += curvature * x[i] * x[j];
            }
          }
        }
      }
    }
  };

/** softmax of W x + b for one row. */
function fillProbabilities(
  weights: Float64Array,
  inputs: Float32Array,
  from: number,
  inputSize: number,
  numActions: number,
  out: Float32Array | Float64Array,
  to: number,
): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let action = 0; action < numActions; action++) {
    const line = action * (inputSize + 1);
    let logit = weights[line + inputSize];
    for (let i = 0; i < inputSize; i++) logit += weights[line + i] * inputs[from + i];
    out[to + action] = logit;
    largest = Math.max(largest, logit);
  }
  let sum = 0;
  for (let action = 0; action < numActions; action++) {
    out[to + action] = Math.exp(out[to + action] - largest);
    sum += out[to + action];
  }
  for (let action = 0; action < numActions; action++) out[to + action] /= sum;
}

/** Solves A x = b for a positive definite A [n, n] of which the lower triangle is given (Cholesky); overwrites A. */
function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const x = right.slice();
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) {
      const factor = matrix[j * n + k];
      for (let i = j; i < n; i++) matrix[i * n + j] -= matrix[i * n + k] * factor;
    }
    // Rounding can push a pivot of a flat direction to zero or below.
    const pivot = Math.sqrt(Math.max(matrix[j * n + j], 1e-12));
    for (let i = j; i < n; i++) matrix[i * n + j] /= pivot;
    matrix[j * n + j] = pivot;
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= matrix[i * n + k] * x[k];
    x[i] /= matrix[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= matrix[k * n + i] * x[k];
    x[i] /= matrix[i * n + i];
  }
  return x;
}
