// Four-lane arithmetic that every kernel shares. All pointers are byte offsets into linear memory.

/** a · b + c, lane by lane; fused (one rounding) in the relaxed build, which is all that tells the builds apart. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
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
