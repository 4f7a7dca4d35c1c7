/**
 * Sine, cosine, tanh and logarithm for shaders, error below 5e-7: WGSL allows its built-ins to err by 2^-11, which a
 * cart-pole shows. `own_tanh4` takes four numbers at once and passes NaN on.
 *
 * Sine and cosine take the nearest quarter turn off in three parts (Cody and Waite), so that |r| <= π/4, where the
 * polynomials hold; they are meant for |x| up to about 10,000. Source of these and of the logarithm: Cephes, `sinf.c`
 * and `logf.c`. The rational tanh is the one of `wasm/assembly/simd.ts`.
 */
export const MATHS_WGSL = /* wgsl */ `
fn sin_of_remainder(r: f32) -> f32 {
  let z = r * r;
  return r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
}

fn cos_of_remainder(r: f32) -> f32 {
  let z = r * r;
  return 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
}

fn sine_of_turns(x: f32, quarters_ahead: i32) -> f32 {
  let quarter = round(x * 0.636619772);
  let r = ((x - quarter * 1.5703125) - quarter * 4.837512969970703e-4) - quarter * 7.549789948768648e-8;
  let turn = (i32(quarter) + quarters_ahead) & 3;
  let value = select(sin_of_remainder(r), cos_of_remainder(r), (turn & 1) == 1);
  return select(value, -value, turn >= 2);
}

fn own_sin(x: f32) -> f32 { return sine_of_turns(x, 0); }

fn own_cos(x: f32) -> f32 { return sine_of_turns(x, 1); }

fn own_tanh4(x: vec4f) -> vec4f {
  let z = x * x;
  var p = ((1.5096993158650893e-8 * z + 2.181120904635818e-5) * z + 3.566941750624931e-3) * z + 1.3440688766522685e-1;
  var q = ((8.471927303483911e-7 * z + 3.4034069272521634e-4) * z + 2.6147084039116766e-2) * z + 4.6774017575478327e-1;
  p = x + x * z * p;
  q = 1.0 + z * q;
  return select(p / q, sign(x), abs(x) > vec4f(7.9));
}

fn own_tanh(x: f32) -> f32 { return own_tanh4(vec4f(x)).x; }

fn own_log(x: f32) -> f32 {
  let parts = frexp(x);
  var m = parts.fract;
  var e = f32(parts.exp);
  if (m < 0.70710678) {
    m = m + m;
    e -= 1.0;
  }
  let r = m - 1.0;
  let z = r * r;
  var y = 7.0376836292e-2 * r - 1.1514610310e-1;
  y = y * r + 1.1676998740e-1;
  y = y * r - 1.2420140846e-1;
  y = y * r + 1.4249322787e-1;
  y = y * r - 1.6668057665e-1;
  y = y * r + 2.0000714765e-1;
  y = y * r - 2.4999993993e-1;
  y = y * r + 3.3333331174e-1;
  return (y * r * z - 2.12194440e-4 * e - 0.5 * z) + r + 0.693359375 * e;
}
`;

/** Generated WGSL with its calls of built-in functions redirected to ours, which {@link MATHS_WGSL} declares. */
export function withOwnMaths(code: string): string {
  return code.replace(/\b(sin|cos|tanh)\(/g, "own_$1(");
}
