import type { Ref } from "../envs/dynamics.js";

/** What the loss of one sample needs to know. */
export interface DqnLossSettings {
  readonly numActions: number;
  /** 1: the network's outputs are V, then A; Q = V + A − mean A. 0: they are Q. */
  readonly dueling: number;
  /** 1: Huber loss with threshold 1. 0: half the squared error. */
  readonly huber: number;
}

/**
 * Q of one action from a row of outputs.
 *
 * Source of the dueling form: Wang et al. 2016, arXiv:1511.06581, equation 9.
 */
export function actionValue(outputs: Ref, action: number, settings: DqnLossSettings): number {
  "use gpu";
  if (settings.dueling === 0) {
    return outputs.$[action];
  }
  const n = settings.numActions;
  let sum = outputs.$[1];
  for (let i = 1; i < n; i++) {
    sum += outputs.$[1 + i];
  }
  return outputs.$[0] + outputs.$[1 + action] - sum / n;
}

/**
 * Loss and gradient of one sample. `sample` is [action, target, importance weight]; fills `gradients` with
 * d(loss)/d(outputs) and `statistics` with [loss, |TD error|, Q] (added), and returns the TD error Q − target.
 *
 * Source: Mnih et al. 2015, Nature 518, algorithm 1; clipping the error is the Huber loss.
 */
export function dqnLoss(outputs: Ref, sample: Ref, settings: DqnLossSettings, gradients: Ref, statistics: Ref): number {
  "use gpu";
  const action = sample.$[0];
  const value = actionValue(outputs, action, settings);
  const error = value - sample.$[1];
  const weight = sample.$[2];
  const size = Math.abs(error);
  let slope = weight * error;
  let loss = 0.5 * weight * error * error;
  if (settings.huber === 1 && size > 1) {
    slope = weight * Math.sign(error);
    loss = weight * (size - 0.5);
  }
  const n = settings.numActions;
  if (settings.dueling === 0) {
    for (let i = 0; i < n; i++) {
      gradients.$[i] = 0;
    }
    gradients.$[action] = slope;
  } else {
    gradients.$[0] = slope;
    for (let i = 0; i < n; i++) {
      gradients.$[1 + i] = 0 - slope / n;
    }
    gradients.$[1 + action] += slope;
  }
  statistics.$[0] += loss;
  statistics.$[1] += size;
  statistics.$[2] += value;
  return error;
}
