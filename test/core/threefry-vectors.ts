type Words = readonly [number, number];

/** Key, counter and block of Threefry-2x32-20, as Random123 publishes them (`kat_vectors`). */
export const THREEFRY_VECTORS: readonly { readonly key: Words; readonly counter: Words; readonly block: Words }[] = [
  { key: [0, 0], counter: [0, 0], block: [0x6b200159, 0x99ba4efe] },
  { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], block: [0x1cb996fc, 0xbb002be7] },
  { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], block: [0xc4923a9c, 0x483df7a0] },
];
