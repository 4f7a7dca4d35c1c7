import type { Ref } from "../envs/dynamics.js";

/**
 * The PPO loss of one sample: pure scalar functions over references, so that CPU engines call them between forward
 * and backward and a GPU kernel inlines them.
 *
 * Loss = policy loss + valueCoefficient · value loss − entropyCoefficient · entropy, summed here and averaged by the
 * caller. Source: Schulman et al. 2017, arXiv:1707.06347, equations 7 and 9.
 */
export interface PpoLossSettings {
  readonly numActions: number;
  /** ε of the clipped ratio. */
  readonly clip: number;
  readonly valueCoefficient: number;
  readonly entropyCoefficient: number;
  /** 0: (v − R)². 1: v first clipped around the old value by `valueClip`. 2: half the larger of both. */
  readonly valueClipping: number;
  readonly valueClip: number;
}

/** Entries of a sample: what the rollout knew of one step. */
export const SAMPLE = { logProb: 0, advantage: 1, return: 2, value: 3, action: 4 } as const;
/** Entries of the statistics that every sample adds to. */
export const STATISTIC = { policyLoss: 0, valueLoss: 1, entropy: 2, kl: 3, clipped: 4 } as const;
/** Number of statistics. */
export const NUM_STATISTICS = 5;

/**
 * d(policy loss)/d(log-probability), and the policy's statistics.
 *
 * The surrogate is −min(ρA, clip(ρ, 1 ± ε)A); KL is estimated by (ρ − 1) − log ρ, which is never negative.
 */
function surrogateGradient(logProb: number, sample: Ref, settings: PpoLossSettings, statistics: Ref): number {
  "use gpu";
  const logRatio = logProb - sample.$[0];
  const ratio = Math.exp(logRatio);
  const advantage = sample.$[1];
  const plain = ratio * advantage;
  const clipped = Math.min(Math.max(ratio, 1 - settings.clip), 1 + settings.clip) * advantage;
  statistics.$[0] -= Math.min(plain, clipped);
  statistics.$[3] += ratio - 1 - logRatio;
  if (Math.abs(ratio - 1) > settings.clip) {
    statistics.$[4] += 1;
  }
  let gradient = 0 - plain;
  if (plain > clipped) {
    gradient = 0;
  }
  return gradient;
}

/** d(value loss)/d(value), times the value coefficient; adds the value loss to the statistics. */
function valueGradient(value: number, sample: Ref, settings: PpoLossSettings, statistics: Ref): number {
  "use gpu";
  const error = value - sample.$[2];
  if (settings.valueClipping === 0) {
    statistics.$[1] += error * error;
    return 2 * settings.valueCoefficient * error;
  }
  const change = value - sample.$[3];
  const clippedChange = Math.min(Math.max(change, 0 - settings.valueClip), settings.valueClip);
  const clippedError = sample.$[3] + clippedChange - sample.$[2];
  const inside = Math.abs(change) <= settings.valueClip;
  if (settings.valueClipping === 1) {
    statistics.$[1] += clippedError * clippedError;
    let gradient = 2 * settings.valueCoefficient * clippedError;
    if (!inside) {
      gradient = 0;
    }
    return gradient;
  }
  statistics.$[1] += 0.5 * Math.max(error * error, clippedError * clippedError);
  let gradient = settings.valueCoefficient * error;
  if (error * error < clippedError * clippedError && !inside) {
    gradient = 0;
  }
  return gradient;
}

/**
 * Discrete actions. `outputs` [numActions + 1]: logits, then the value. Fills `gradients` [numActions + 1] with
 * d(loss of this sample)/d(outputs).
 */
export function categoricalPpoLoss(
  outputs: Ref,
  sample: Ref,
  settings: PpoLossSettings,
  gradients: Ref,
  statistics: Ref,
): void {
  "use gpu";
  const n = settings.numActions;
  let largest = outputs.$[0];
  for (let i = 1; i < n; i++) {
    largest = Math.max(largest, outputs.$[i]);
  }
  // The gradient's cells hold exp(logit − largest) until the probabilities are known.
  let sum = 0 * largest;
  for (let i = 0; i < n; i++) {
    const weight = Math.exp(outputs.$[i] - largest);
    gradients.$[i] = weight;
    sum += weight;
  }
  const logSum = Math.log(sum) + largest;
  let entropy = 0 * largest;
  for (let i = 0; i < n; i++) {
    const probability = gradients.$[i] / sum;
    gradients.$[i] = probability;
    entropy -= probability * (outputs.$[i] - logSum);
  }
  const action = sample.$[4];
  let logProb = 0 * largest;
  for (let i = 0; i < n; i++) {
    if (i === action) {
      logProb = outputs.$[i] - logSum;
    }
  }
  const policyGradient = surrogateGradient(logProb, sample, settings, statistics);
  statistics.$[2] += entropy;
  for (let i = 0; i < n; i++) {
    const probability = gradients.$[i];
    let gradient = 0 - policyGradient * probability;
    if (i === action) {
      gradient += policyGradient;
    }
    gradients.$[i] = gradient + settings.entropyCoefficient * probability * (outputs.$[i] - logSum + entropy);
  }
  gradients.$[n] = valueGradient(outputs.$[n], sample, settings, statistics);
}

/**
 * Continuous actions under a diagonal Gaussian. `outputs` [numActions + 1]: means, then the value; `logStd`
 * [numActions] is no function of the observation; the sample's actions start at entry 4. Fills `gradients`
 * [numActions + 1] and adds to `logStdGradients` [numActions].
 */
export function gaussianPpoLoss(
  outputs: Ref,
  logStd: Ref,
  sample: Ref,
  settings: PpoLossSettings,
  gradients: Ref,
  logStdGradients: Ref,
  statistics: Ref,
): void {
  "use gpu";
  const n = settings.numActions;
  let logProb = 0 * outputs.$[0];
  let entropy = 0 * outputs.$[0];
  for (let i = 0; i < n; i++) {
    const z = (sample.$[4 + i] - outputs.$[i]) / Math.exp(logStd.$[i]);
    logProb -= 0.5 * z * z + logStd.$[i] + 0.9189385332046727;
    entropy += logStd.$[i] + 1.4189385332046727;
  }
  const policyGradient = surrogateGradient(logProb, sample, settings, statistics);
  statistics.$[2] += entropy;
  for (let i = 0; i < n; i++) {
    const std = Math.exp(logStd.$[i]);
    const z = (sample.$[4 + i] - outputs.$[i]) / std;
    gradients.$[i] = (policyGradient * z) / std;
    logStdGradients.$[i] += policyGradient * (z * z - 1) - settings.entropyCoefficient;
  }
  gradients.$[n] = valueGradient(outputs.$[n], sample, settings, statistics);
}
