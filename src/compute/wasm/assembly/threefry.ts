// Threefry-2x32 with 20 rounds: the same bits as `src/core/random.ts` and `src/compute/wgsl/threefry.ts`.

/** One block: two words at `block`. Source: Salmon et al. 2011; vectors of Random123. */
export function threefryInto(key0: u32, key1: u32, counter0: u32, counter1: u32, block: usize): void {
  store<u64>(block, threefry(key0, key1, counter0, counter1));
}

/**
 * Four uniforms of a stream, from the draw at `position` on, as `RandomStream` draws them, times 2^24: whole numbers.
 * Copy and index of a draw are the counter.
 */
export function uniformBits4(key0: u32, key1: u32, copy: u32, position: u32): v128 {
  const key2 = key0 ^ key1 ^ 0x1bd11bda;
  let x0 = i32x4.splat(copy + key0);
  let x1 = i32x4.add(i32x4.splat(position + key1), i32x4(0, 1, 2, 3));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 26), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 6), x0);
  x0 = i32x4.add(x0, i32x4.splat(key1)); x1 = i32x4.add(x1, i32x4.splat(key2 + 1));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 17), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 29), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 16), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 24), x0);
  x0 = i32x4.add(x0, i32x4.splat(key2)); x1 = i32x4.add(x1, i32x4.splat(key0 + 2));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 26), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 6), x0);
  x0 = i32x4.add(x0, i32x4.splat(key0)); x1 = i32x4.add(x1, i32x4.splat(key1 + 3));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 17), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 29), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 16), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 24), x0);
  x0 = i32x4.add(x0, i32x4.splat(key1)); x1 = i32x4.add(x1, i32x4.splat(key2 + 4));
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 13), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 15), x0);
  x0 = i32x4.add(x0, x1); x1 = v128.xor(rotl4(x1, 26), x0);
  x0 = i32x4.add(x0, x1);
  // The second word is of no use here.
  return i32x4.shr_u(i32x4.add(x0, i32x4.splat(key2)), 8);
}

// @ts-ignore: decorator
@inline
function rotl4(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** One block, the first word below the second. Written out: a loop whose rotations vary takes longer. */
function threefry(key0: u32, key1: u32, counter0: u32, counter1: u32): u64 {
  const key2 = key0 ^ key1 ^ 0x1bd11bda;
  let x0 = counter0 + key0, x1 = counter1 + key1;
  x0 += x1; x1 = rotl(x1, 13) ^ x0;
  x0 += x1; x1 = rotl(x1, 15) ^ x0;
  x0 += x1; x1 = rotl(x1, 26) ^ x0;
  x0 += x1; x1 = rotl(x1, 6) ^ x0;
  x0 += key1; x1 += key2 + 1;
  x0 += x1; x1 = rotl(x1, 17) ^ x0;
  x0 += x1; x1 = rotl(x1, 29) ^ x0;
  x0 += x1; x1 = rotl(x1, 16) ^ x0;
  x0 += x1; x1 = rotl(x1, 24) ^ x0;
  x0 += key2; x1 += key0 + 2;
  x0 += x1; x1 = rotl(x1, 13) ^ x0;
  x0 += x1; x1 = rotl(x1, 15) ^ x0;
  x0 += x1; x1 = rotl(x1, 26) ^ x0;
  x0 += x1; x1 = rotl(x1, 6) ^ x0;
  x0 += key0; x1 += key1 + 3;
  x0 += x1; x1 = rotl(x1, 17) ^ x0;
  x0 += x1; x1 = rotl(x1, 29) ^ x0;
  x0 += x1; x1 = rotl(x1, 16) ^ x0;
  x0 += x1; x1 = rotl(x1, 24) ^ x0;
  x0 += key1; x1 += key2 + 4;
  x0 += x1; x1 = rotl(x1, 13) ^ x0;
  x0 += x1; x1 = rotl(x1, 15) ^ x0;
  x0 += x1; x1 = rotl(x1, 26) ^ x0;
  x0 += x1; x1 = rotl(x1, 6) ^ x0;
  x0 += key2; x1 += key0 + 5;
  return <u64>x0 | (<u64>x1 << 32);
}
