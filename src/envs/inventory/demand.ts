/**
 * What customers ask for, as pure functions of uniforms in [0, 1) of 24 bits.
 *
 * Every draw inverts a distribution, so that it grows with its uniform: one uniform makes one store's demand.
 */

/** Means above it take an expansion instead of the sum, which would need as many steps as units. */
const LARGEST_SUM = 60;

/**
 * Standard normal at the cumulative probability of a uniform, which stands for the middle of its cell of 2⁻²⁴.
 *
 * Relative error below 1e-7. Source: Wichura 1988, Algorithm AS 241 (PPND7), Applied Statistics 37(3).
 */
export function normalQuantile(uniform: number): number {
  "use gpu";
  // Every step is exact in float32 too.
  const centred = uniform - 0.5 + 0.5 / 16777216;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred;
    const above = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    const below = ((67.18756 * r + 78.757757664) * r + 17.895169469) * r + 1.0;
    return (centred * above) / below;
  }
  const r = Math.sqrt(0 - Math.log(0.5 - Math.abs(centred))) - 1.6;
  const above = ((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777;
  const below = (0.12021132975 * r + 0.7370016425) * r + 1.0;
  if (centred < 0) {
    return 0 - above / below;
  }
  return above / below;
}

/**
 * Poisson demand of a mean (units per period) at the cumulative probability of a uniform.
 *
 * Exact up to a mean of 60; beyond it the Cornish-Fisher expansion of second order, rounded.
 */
export function poissonQuantile(uniform: number, mean: number): number {
  "use gpu";
  if (mean > LARGEST_SUM) {
    const z = normalQuantile(uniform);
    return Math.max(0, Math.floor(mean + z * Math.sqrt(mean) + (z * z - 1) / 6.0 + 0.5));
  }
  const most = mean + 12.0 * Math.sqrt(mean) + 12.0;
  let probability = Math.exp(0 - mean);
  let cumulative = probability;
  let units = 0.0 * mean;
  // The sum may end a rounding below 1, and a uniform above it: the tail beyond `most` is less likely than 1e-15.
  while (uniform >= cumulative && units < most) {
    units += 1;
    probability *= mean / units;
    cumulative += probability;
  }
  return units;
}
