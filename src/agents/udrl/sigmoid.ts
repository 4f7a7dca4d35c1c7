const LOG2E = Math.LOG2E;
const LN2 = Math.LN2;
/** 2^-64 … 2^64. */
const POWERS = Float64Array.from({ length: 129 }, (_, i) => 2 ** (i - 64));

/**
 * 1 / (1 + e^−x) to within 2e-8, several times as fast as by `Math.exp`.
 *
 * e^−x = 2^k e^r with |r| <= ½ ln 2, and seven terms of the series for e^r; |x| is cut at 40, where nothing changes
 * any more.
 */
export function sigmoid(x: number): number {
  const negative = x > 40 ? -40 : x < -40 ? 40 : -x;
  const k = Math.floor(negative * LOG2E + 0.5);
  const r = negative - k * LN2;
  const series =
    1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040)))))));
  return 1 / (1 + series * POWERS[k + 64]);
}
