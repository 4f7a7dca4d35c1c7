// Threefry-2x32 with 20 rounds: the same bits as `src/core/random.ts` and `src/compute/wgsl/threefry.ts`.

/** One block: two words at `block`. Source: Salmon et al. 2011; vectors of Random123. */
export function threefryInto(key0: u32, key1: u32, counter0: u32, counter1: u32, block: usize): void {
  const key2 = key0 ^ key1 ^ 0x1bd11bda;
  let x0 = counter0 + key0, x1 = counter1 + key1;
  for (let group: u32 = 0; group < 5; group++) {
    const odd = (group & 1) != 0;
    x0 += x1; x1 = rotl(x1, odd ? 17 : 13) ^ x0;
    x0 += x1; x1 = rotl(x1, odd ? 29 : 15) ^ x0;
    x0 += x1; x1 = rotl(x1, odd ? 16 : 26) ^ x0;
    x0 += x1; x1 = rotl(x1, odd ? 24 : 6) ^ x0;
    // Injection n adds key words n mod 3 and n + 1 mod 3, and n itself.
    const injection = group + 1, turn = injection % 3;
    x0 += turn == 0 ? key0 : turn == 1 ? key1 : key2;
    x1 += (turn == 0 ? key1 : turn == 1 ? key2 : key0) + injection;
  }
  store<u32>(block, x0);
  store<u32>(block, x1, 4);
}
