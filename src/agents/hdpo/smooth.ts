/** log(1 + eˣ), of use where a number must be positive. */
export function softplus(x: number): number {
  return x > 30 ? x : Math.log1p(Math.exp(x));
}

/** 1 / (1 + e⁻ˣ), the slope of softplus. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
