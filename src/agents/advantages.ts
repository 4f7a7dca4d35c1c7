/** What one rollout needs for its advantages. Every array is [numSteps, numEnvs], row-major. */
export interface AdvantageInputs {
  readonly numSteps: number;
  readonly numEnvs: number;
  readonly rewards: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** Value of the observation that followed each step, before any reset. */
  readonly nextValues: ArrayLike<number>;
  readonly terminated: ArrayLike<number>;
  readonly truncated: ArrayLike<number>;
}

/**
 * Generalized advantage estimation.
 *
 * Fills `advantages` [numSteps, numEnvs]; the returns to regress on are advantages + values. Throws `RangeError`
 * when its length is wrong. Source: Schulman et al. 2016, arXiv:1506.02438, section 3.
 */
export function fillAdvantages(
  rollout: AdvantageInputs,
  gamma: number,
  lambda: number,
  advantages: Float32Array | Float64Array,
): void {
  const { numSteps, numEnvs, rewards, values, nextValues, terminated, truncated } = rollout;
  if (advantages.length !== numSteps * numEnvs) {
    throw new RangeError(`expected ${numSteps * numEnvs} advantages, got ${advantages.length}`);
  }
  for (let env = 0; env < numEnvs; env++) {
    let advantage = 0;
    for (let step = numSteps - 1; step >= 0; step--) {
      const i = step * numEnvs + env;
      // Termination leaves no future to value; truncation does, so it bootstraps. Both cut the trace.
      const nextValue = terminated[i] ? 0 : nextValues[i];
      const tdError = rewards[i] + gamma * nextValue - values[i];
      advantage = tdError + (terminated[i] || truncated[i] ? 0 : gamma * lambda * advantage);
      advantages[i] = advantage;
    }
  }
}

/**
 * Shifts and scales the first `count` entries to mean 0 and standard deviation 1, in place.
 *
 * The deviation is the sample's (divided by n − 1), with 1e-8 added; a single entry is left alone.
 */
export function normaliseInPlace(values: Float32Array | Float64Array, count = values.length): void {
  if (count < 2) return;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i] - mean) ** 2;
  const scale = 1 / (Math.sqrt(squares / (count - 1)) + 1e-8);
  for (let i = 0; i < count; i++) values[i] = (values[i] - mean) * scale;
}

/** 1 − Var(returns − values) / Var(returns): 1 is a perfect critic, 0 is no better than a constant. NaN-free. */
export function explainedVariance(values: ArrayLike<number>, returns: ArrayLike<number>): number {
  const n = returns.length;
  let meanReturn = 0;
  let meanError = 0;
  for (let i = 0; i < n; i++) {
    meanReturn += returns[i] / n;
    meanError += (returns[i] - values[i]) / n;
  }
  let varReturn = 0;
  let varError = 0;
  for (let i = 0; i < n; i++) {
    varReturn += (returns[i] - meanReturn) ** 2;
    varError += (returns[i] - values[i] - meanError) ** 2;
  }
  return varReturn === 0 ? 0 : 1 - varError / varReturn;
}
