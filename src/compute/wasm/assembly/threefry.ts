// Threefry-2x32 with 20 rounds: the same bits as `src/core/random.ts` and `src/compute/wgsl/threefry.ts`.

/** One block: two words at `block`. Source: Salmon et al. 2011; vectors of Random123. */
export function threefryInto(key0: u32, key1: u32, counter0: u32, counter1: u32, block: usize): void {
  store<u64>(block, threefry(key0, key1, counter0, counter1));
}

/** The next uniform of a stream in [0, 1), as `RandomStream` draws it: copy and index of the draw are the counter. */
// @ts-ignore: decorator
@inline
export function uniformOf(key0: u32, key1: u32, copy: u32, position: u32): f64 {
  return <f64>(<u32>threefry(key0, key1, copy, position) >>> 8) / 16777216.0;
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
