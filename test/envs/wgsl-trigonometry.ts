/**
 * Sine and cosine for shaders, error below 5e-7: WGSL allows its built-ins to err by 2^-11, which a cart-pole shows.
 *
 * The quarter turn nearest to x is taken off in three parts (Cody and Waite), so that |r| <= π/4, where the
 * polynomials hold. Source: Cephes, `sinf.c` and `cosf.c`.
 */
const TRIGONOMETRY = /* wgsl */ `
fn sinOfRemainder(r: f32) -> f32 {
  let z = r * r;
  return r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
}
fn cosOfRemainder(r: f32) -> f32 {
  let z = r * r;
  return 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
}
fn ownSin(x: f32) -> f32 {
  let quarter = round(x * 0.636619772);
  let r = ((x - quarter * 1.5703125) - quarter * 4.837512969970703e-4) - quarter * 7.549789948768648e-8;
  let turn = i32(quarter) & 3;
  var value = sinOfRemainder(r);
  if ((turn & 1) == 1) { value = cosOfRemainder(r); }
  if (turn >= 2) { value = -value; }
  return value;
}
fn ownCos(x: f32) -> f32 {
  return ownSin(x + 1.5707963267948966);
}
`;

/** Generated WGSL with its calls of the built-in sine and cosine redirected to ours. */
export function withOwnTrigonometry(code: string): string {
  return TRIGONOMETRY + code.replace(/\bsin\(/g, "ownSin(").replace(/\bcos\(/g, "ownCos(");
}
