import { threefryInto } from "../../core/random.js";

/**
 * Random permutations without a buffer: place i of permutation p of [0, total) is a function of (seed, stream, p, i).
 *
 * A Feistel network of four rounds on the smallest power of two that holds `total`, whose round function is Threefry
 * (key [seed, stream], counter [round and half, p]); places that leave the range are sent through it again. A
 * Fisher–Yates shuffle, which the CPU uses, would go through the whole order one swap after another.
 * Source: Luby & Rackoff 1988, "How to construct pseudorandom permutations"; Black & Rogaway 2002, cycle walking.
 *
 * WGSL: declares `shuffled(place, total, key, permutation)`; needs `threefry`.
 */
export const SHUFFLE_WGSL = /* wgsl */ `
fn shuffled(place: u32, total: u32, key: vec2u, permutation: u32) -> u32 {
  let bits = max(2u, 32u - countLeadingZeros(total - 1u));
  let low_bits = bits / 2u;
  let high_bits = bits - low_bits;
  var x = place;
  loop {
    var left = x >> low_bits;
    var right = x & ((1u << low_bits) - 1u);
    var left_bits = high_bits;
    var right_bits = low_bits;
    for (var round = 0u; round < 4u; round++) {
      let word = threefry(key, vec2u((round << 24u) | right, permutation)).x;
      let mixed = left ^ (word >> (32u - left_bits));
      left = right;
      right = mixed;
      let swap = left_bits;
      left_bits = right_bits;
      right_bits = swap;
    }
    x = (left << right_bits) | right;
    if (x < total) { break; }
  }
  return x;
}
`;

/** The same in TypeScript. `total` is at least 1 and at most 2^30. */
export function shuffled(place: number, total: number, seed: number, stream: number, permutation: number): number {
  const bits = Math.max(2, 32 - Math.clz32(total - 1));
  const lowBits = bits >>> 1;
  const highBits = bits - lowBits;
  const block = new Uint32Array(2);
  let x = place;
  do {
    let left = x >>> lowBits;
    let right = x & ((1 << lowBits) - 1);
    let [leftBits, rightBits] = [highBits, lowBits];
    for (let round = 0; round < 4; round++) {
      threefryInto(seed, stream, (round << 24) | right, permutation, block);
      [left, right] = [right, (left ^ (block[0] >>> (32 - leftBits))) >>> 0];
      [leftBits, rightBits] = [rightBits, leftBits];
    }
    x = ((left << rightBits) | right) >>> 0;
  } while (x >= total);
  return x;
}
