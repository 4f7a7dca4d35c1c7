// The optimiser over flat arrays of `size` floats, a multiple of four.
import { multiplyAdd } from "./simd";

/** √Σ x², summed in float64: a million gradients must not lose the small ones. */
export function norm(values: usize, size: i32): f64 {
  let low = f64x2.splat(0), high = low;
  const end = values + (<usize>size << 2);
  for (let p = values; p < end; p += 16) {
    const v = v128.load(p);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return Math.sqrt(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

/**
 * One step of Adam: m ← β₁ m + (1 − β₁) s g, v ← β₂ v + (1 − β₂) (s g)², θ ← θ − rate · m / (√(v · correction) + ε).
 *
 * The host computes `scale` s (clipping), `rate` (learning rate over 1 − β₁ᵗ) and `correction` (1 over 1 − β₂ᵗ) in
 * float64. Source: Kingma & Ba 2015, algorithm 1.
 */
export function adam(
  parameters: usize, gradients: usize, firstMoments: usize, secondMoments: usize, size: i32,
  scale: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, rate: f32, correction: f32, epsilon: f32,
): void {
  const bytes = <usize>size << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = f32x4.mul(v128.load(gradients + i), f32x4.splat(scale));
    const m = multiplyAdd(v128.load(firstMoments + i), f32x4.splat(beta1), f32x4.mul(g, f32x4.splat(rest1)));
    const v = multiplyAdd(
      v128.load(secondMoments + i), f32x4.splat(beta2), f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)),
    );
    v128.store(firstMoments + i, m);
    v128.store(secondMoments + i, v);
    const deviation = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(correction))), f32x4.splat(epsilon));
    const step = f32x4.div(f32x4.mul(m, f32x4.splat(rate)), deviation);
    v128.store(parameters + i, f32x4.sub(v128.load(parameters + i), step));
  }
}
