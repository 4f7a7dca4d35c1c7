/** Logarithm of the gamma function for x > 0, relative error below 1e-13. Source: Lanczos' series, g = 7, n = 9. */
function logGamma(x: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  let series = 0.99999999999980993;
  coefficients.forEach((coefficient, i) => {
    series += coefficient / (shifted + i + 1);
  });
  const base = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series);
}

/** The continued fraction of the incomplete beta function, by Lentz's method; converges for x < (a + 1) / (a + b + 2). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const awayFromZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/** Regularised incomplete beta function I_x(a, b). Source: DLMF 8.17.22, and 8.17.4 for the other half. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(logFront) * betaFraction(x, a, b)) / a;
}

/** Probability that Student's t with `degrees` > 0 degrees of freedom (not only whole numbers) is at most `x`. */
export function studentTCdf(x: number, degrees: number): number {
  const tail = 0.5 * incompleteBeta(degrees / (degrees + x * x), degrees / 2, 0.5);
  return x > 0 ? 1 - tail : tail;
}

/**
 * The value that Student's t stays below with the given probability, in (0, 1).
 *
 * Bisection on the tail, which keeps all digits where the distribution function would round to 1. Throws
 * `RangeError` for a probability or a number of degrees out of range.
 */
export function studentTQuantile(probability: number, degrees: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`expected a probability between 0 and 1, got ${probability}`);
  }
  if (!(degrees > 0)) throw new RangeError(`expected degrees of freedom above 0, got ${degrees}`);
  if (probability < 0.5) return -studentTQuantile(1 - probability, degrees);
  if (probability === 0.5) return 0;
  const tail = 1 - probability;
  const tailBeyond = (x: number) => studentTCdf(-x, degrees);
  let low = 0;
  let high = 1;
  while (tailBeyond(high) > tail) high *= 2;
  for (let round = 0; round < 200 && high - low > 1e-15 * high; round++) {
    const middle = (low + high) / 2;
    if (tailBeyond(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
