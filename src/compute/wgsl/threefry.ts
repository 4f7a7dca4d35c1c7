/**
 * Threefry-2x32 with 20 rounds in WGSL: the same bits as `src/core/random.ts` and `assembly/threefry.ts`.
 *
 * Declares `threefry(key, counter)`, which answers a block of two words, and `uniform01(word)`, the top 24 bits of a
 * word / 2^24. A shader is text, so this is text: kernels put it before their own.
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"; vectors of Random123.
 */
export const THREEFRY_WGSL = /* wgsl */ `
fn threefry_round(x: vec2u, rotation: u32) -> vec2u {
  let sum = x.x + x.y;
  return vec2u(sum, ((x.y << rotation) | (x.y >> (32u - rotation))) ^ sum);
}

fn threefry_even(x: vec2u) -> vec2u {
  return threefry_round(threefry_round(threefry_round(threefry_round(x, 13u), 15u), 26u), 6u);
}

fn threefry_odd(x: vec2u) -> vec2u {
  return threefry_round(threefry_round(threefry_round(threefry_round(x, 17u), 29u), 16u), 24u);
}

fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let last = key.x ^ key.y ^ 0x1bd11bdau;
  var x = counter + key;
  x = threefry_even(x) + vec2u(key.y, last + 1u);
  x = threefry_odd(x) + vec2u(last, key.x + 2u);
  x = threefry_even(x) + vec2u(key.x, key.y + 3u);
  x = threefry_odd(x) + vec2u(key.y, last + 4u);
  x = threefry_even(x) + vec2u(last, key.x + 5u);
  return x;
}

fn uniform01(word: u32) -> f32 {
  return f32(word >> 8u) / 16777216.0;
}
`;
