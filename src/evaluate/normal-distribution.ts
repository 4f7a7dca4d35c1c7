const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Density of the standard normal. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / ROOT_TWO_PI;
}

/**
 * Probability that a standard normal exceeds `z`, with a relative error below 1e-13 in either tail.
 *
 * Source: Taylor's series around 0 (Marsaglia 2004, "Evaluating the normal distribution"); beyond 4 Laplace's continued
 * fraction (DLMF 7.9.2).
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  if (z > 4) {
    let fraction = z;
    for (let term = 120; term > 0; term--) fraction = z + term / fraction;
    return normalDensity(z) / fraction;
  }
  let term = z;
  let sum = z;
  for (let odd = 3; term > 1e-17 * sum; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 - sum * normalDensity(z);
}

/** The value that a standard normal stays below with the given probability, in (0, 1). Throws `RangeError`. */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`expected a probability between 0 and 1, got ${probability}`);
  }
  if (probability < 0.5) return -normalQuantile(1 - probability);
  let low = 0;
  let high = 40;
  while (high - low > 1e-14 * high) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > 1 - probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** E[(Z − z)⁺] of a standard normal Z: what an order of z falls short on average. */
export function normalLoss(z: number): number {
  return normalDensity(z) - z * normalTail(z);
}
