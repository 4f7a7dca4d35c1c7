/**
 * Counter-based random numbers: Threefry-2x32 with 20 rounds.
 *
 * A uniform is a pure function of (seed, stream name, environment copy, draw index), so a CPU loop, a WASM
 * kernel and a GPU thread draw the same numbers, and the state of a stream is nothing but its draw indices.
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"; vectors of Random123.
 */

const PARITY = 0x1bd11bda;

/**
 * One Threefry-2x32-20 block: fills `block` [2] with two unsigned 32-bit words.
 *
 * Written out: with the rounds in a loop, whose rotations and key words vary, V8 takes twice as long (40 ns, not 20).
 */
export function threefryInto(key0: number, key1: number, counter0: number, counter1: number, block: Uint32Array): void {
  const key2 = key0 ^ key1 ^ PARITY;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  // Rounds 1 to 4, then the first injection of the key.
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 1) | 0;
  // Rounds 5 to 8, then the second injection of the key.
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 2) | 0;
  // Rounds 9 to 12, then the third injection of the key.
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key0) | 0;
  x1 = (x1 + key1 + 3) | 0;
  // Rounds 13 to 16, then the fourth injection of the key.
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 4) | 0;
  // Rounds 17 to 20, then the last injection of the key.
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 5) | 0;
  block[0] = x0;
  block[1] = x1;
}

/** The number of a stream's name: FNV-1a, 32 bits, over its UTF-16 code units. */
export function streamNumber(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * A named stream of uniforms in [0, 1), one independent sequence per environment copy.
 *
 * Key = [seed, number of the name], counter = [copy, draw index]; a uniform is the top 24 bits of the first
 * word / 2^24. Its whole state is `positions` [numCopies], the index of each copy's next draw.
 */
export class RandomStream {
  readonly positions: Uint32Array;
  private readonly key0: number;
  private readonly key1: number;
  private readonly block = new Uint32Array(2);

  constructor(
    /** An unsigned 32-bit integer. */
    readonly seed: number,
    readonly streamName: string,
    numCopies = 1,
  ) {
    this.key0 = seed >>> 0;
    this.key1 = streamNumber(streamName);
    this.positions = new Uint32Array(numCopies);
  }

  /** The next uniform of one copy, in [0, 1). */
  uniform(copy = 0): number {
    threefryInto(this.key0, this.key1, copy, this.positions[copy]++, this.block);
    return (this.block[0] >>> 8) / 16777216;
  }

  /** Fills `out` [n] with the next n uniforms of one copy. */
  fillUniforms(out: Float32Array | Float64Array, copy = 0, count = out.length): void {
    for (let i = 0; i < count; i++) out[i] = this.uniform(copy);
  }

  /** The next whole number in [0, bound). */
  integer(bound: number, copy = 0): number {
    return Math.floor(this.uniform(copy) * bound);
  }

  /** The next standard normal of one copy (Box–Muller; takes two uniforms). */
  normal(copy = 0): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform(copy)));
    return radius * Math.cos(2 * Math.PI * this.uniform(copy));
  }

  /** Shuffles the first `count` entries in place (Fisher–Yates). */
  shuffle(items: Uint32Array | Int32Array, count = items.length): void {
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
  }

  /** Goes back to saved positions. Throws `RangeError` when the number of copies differs. */
  restore(positions: ArrayLike<number>): void {
    if (positions.length !== this.positions.length) {
      throw new RangeError(`expected ${this.positions.length} stream positions, got ${positions.length}`);
    }
    this.positions.set(positions);
  }
}

/** A seed nobody gave: 31 bits from the platform's generator, so that it is short enough to read out. */
export function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
}
