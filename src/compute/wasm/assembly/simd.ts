// Four-lane arithmetic that every kernel shares. All pointers are byte offsets into linear memory.

/** a · b + c, lane by lane; fused (one rounding) in the relaxed build, which is all that tells the builds apart. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * elu: x where it is positive, eˣ − 1 elsewhere, lane by lane.
 *
 * eˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1) with n = ⌊x / ln 2⌉ and |r| ≤ ln 2 / 2, where eʳ − 1 is its Taylor polynomial of
 * degree 7: it errs by 2e-8 of itself exactly, and no digits cancel near 0, where n = 0. In float32 the error is at
 * most 1.2e-7 of max(|eˣ − 1|, 2⁻²). Below −30 the result is −1 exactly.
 *
 * Adding 1.5 · 2²³ rounds to a whole number, which then stands in the lowest bits: WebAssembly's own conversions, and
 * its min and max, take several instructions each for the sake of NaN.
 */
// @ts-ignore: decorator
@inline
export function elu4(v: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(v, f32x4.splat(0)), f32x4.splat(-30));
  const shifted = multiplyAdd(x, f32x4.splat(1.4426950408889634), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  // ln 2 in two parts: n times the first one is exact.
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), x);
  r = multiplyAdd(n, f32x4.splat(2.12194440054690583e-4), r);
  let p = multiplyAdd(r, f32x4.splat(1.9841269841269841e-4), f32x4.splat(1.3888888888888889e-3));
  p = multiplyAdd(r, p, f32x4.splat(8.3333333333333333e-3));
  p = multiplyAdd(r, p, f32x4.splat(4.1666666666666667e-2));
  p = multiplyAdd(r, p, f32x4.splat(1.6666666666666667e-1));
  p = multiplyAdd(r, p, f32x4.splat(0.5));
  p = multiplyAdd(f32x4.mul(r, r), p, r);
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  const negative = multiplyAdd(power, p, f32x4.sub(power, f32x4.splat(1)));
  return v128.bitselect(v, negative, f32x4.gt(v, f32x4.splat(0)));
}

/**
 * tanh as x · P(x²) / Q(x²), both of degree 4, clamped where float32 tanh is 1 but for three units in the last place.
 *
 * The coefficients minimise the largest relative error on [0, 8.1] (least squares, reweighted after Lawson): 8e-9
 * exactly, 3.6e-7 at most and 4e-8 on average in float32. All are positive, so no digits cancel.
 */
// @ts-ignore: decorator
@inline
export function tanh4(v: v128): v128 {
  const x = f32x4.max(f32x4.min(v, f32x4.splat(7.9)), f32x4.splat(-7.9));
  const x2 = f32x4.mul(x, x);
  let p = multiplyAdd(x2, f32x4.splat(1.5096993158650893e-8), f32x4.splat(2.181120904635818e-5));
  let q = multiplyAdd(x2, f32x4.splat(8.471927303483911e-7), f32x4.splat(3.4034069272521634e-4));
  p = multiplyAdd(x2, p, f32x4.splat(3.566941750624931e-3));
  q = multiplyAdd(x2, q, f32x4.splat(2.6147084039116766e-2));
  p = multiplyAdd(x2, p, f32x4.splat(1.3440688766522685e-1));
  q = multiplyAdd(x2, q, f32x4.splat(4.6774017575478327e-1));
  // x + x³ P' rather than x (1 + x² P'): the small term carries the rounding.
  p = multiplyAdd(f32x4.mul(x, x2), p, x);
  q = multiplyAdd(x2, q, f32x4.splat(1));
  return f32x4.div(p, q);
}
