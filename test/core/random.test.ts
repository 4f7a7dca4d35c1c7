import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freshSeed, RandomStream, streamNumber, threefryInto } from "../../src/core/random.js";
import { THREEFRY_VECTORS } from "./threefry-vectors.js";

const word = fc.integer({ min: 0, max: 0xffffffff });

/** Threefry-2x32-20 as the paper has it, in arbitrary precision. */
function threefryByTheBook(key: readonly [number, number], counter: readonly [number, number]): number[] {
  const mask = 0xffffffffn;
  const keys = [BigInt(key[0]), BigInt(key[1]), BigInt(key[0]) ^ BigInt(key[1]) ^ 0x1bd11bdan];
  let [x0, x1] = counter.map((x, i) => (BigInt(x) + keys[i]) & mask);
  for (let round = 0; round < 20; round++) {
    const rotation = BigInt([13, 15, 26, 6, 17, 29, 16, 24][round % 8]);
    x0 = (x0 + x1) & mask;
    x1 = (((x1 << rotation) | (x1 >> (32n - rotation))) & mask) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + keys[injection % 3]) & mask;
      x1 = (x1 + keys[(injection + 1) % 3] + BigInt(injection)) & mask;
    }
  }
  return [Number(x0), Number(x1)];
}

describe("threefry", () => {
  it.each(THREEFRY_VECTORS)("gives Random123's block $block for key $key and counter $counter", (vector) => {
    const block = new Uint32Array(2);
    threefryInto(...vector.key, ...vector.counter, block);
    expect(Array.from(block)).toEqual(vector.block);
  });

  it("follows the paper for any key and counter", () => {
    fc.assert(
      fc.property(fc.tuple(word, word), fc.tuple(word, word), (key, counter) => {
        const block = new Uint32Array(2);
        threefryInto(...key, ...counter, block);
        expect(Array.from(block)).toEqual(threefryByTheBook(key, counter));
      }),
    );
  });
});

describe("a random stream", () => {
  it("draws the top 24 bits of the block at key [seed, name], counter [copy, index]", () => {
    const stream = new RandomStream(7, "env/reset", 3);
    const block = new Uint32Array(2);
    for (let index = 0; index < 4; index++) {
      threefryInto(7, streamNumber("env/reset"), 2, index, block);
      expect(stream.uniform(2)).toBe((block[0] >>> 8) / 2 ** 24);
    }
    expect(Array.from(stream.positions)).toEqual([0, 0, 4]);
  });

  it("numbers names by FNV-1a", () => {
    // Published values of the 32-bit FNV-1a hash.
    expect(streamNumber("")).toBe(0x811c9dc5);
    expect(streamNumber("a")).toBe(0xe40c292c);
    expect(streamNumber("foobar")).toBe(0xbf9cf968);
  });

  it("keeps names, seeds and copies apart", () => {
    const draws = [
      new RandomStream(1, "a", 2).uniform(0),
      new RandomStream(1, "a", 2).uniform(1),
      new RandomStream(1, "b", 2).uniform(0),
      new RandomStream(2, "a", 2).uniform(0),
    ];
    expect(new Set(draws).size).toBe(4);
  });

  it("draws in one copy without moving the others", () => {
    const stream = new RandomStream(3, "x", 2);
    const alone = new RandomStream(3, "x", 2);
    for (let i = 0; i < 5; i++) stream.uniform(1);
    expect(stream.uniform(0)).toBe(alone.uniform(0));
  });

  it("goes on from saved positions, and refuses those of another number of copies", () => {
    const stream = new RandomStream(3, "x", 2);
    stream.fillUniforms(new Float64Array(9), 1);
    const resumed = new RandomStream(3, "x", 2);
    resumed.restore(Array.from(stream.positions));
    expect(resumed.uniform(1)).toBe(stream.uniform(1));
    expect(() => resumed.restore([1])).toThrow("expected 2 stream positions, got 1");
  });

  it("wraps its index after 2^32 draws instead of stopping", () => {
    const stream = new RandomStream(3, "x");
    const first = stream.uniform();
    stream.restore([0xffffffff]);
    stream.uniform();
    expect(stream.uniform()).toBe(first);
  });

  it("is uniform on [0, 1): mean, variance and the share of each tenth", () => {
    const stream = new RandomStream(11, "uniform");
    const draws = Float64Array.from({ length: 100_000 }, () => stream.uniform());
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    // Five standard errors: 0.0009 for the mean, 0.00024 for the variance, 0.00095 for a share.
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(0.0046);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.0012);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = draws.filter((x) => Math.floor(10 * x) === tenth).length / draws.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.0048);
    }
    expect(draws.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it("draws standard normals", () => {
    const stream = new RandomStream(11, "normal");
    const draws = Float64Array.from({ length: 100_000 }, () => stream.normal());
    const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / draws.length;
    // Five standard errors of the first four moments.
    expect(Math.abs(moment(1))).toBeLessThan(0.016);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.023);
    expect(Math.abs(moment(3))).toBeLessThan(0.062);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.16);
  });

  it("draws whole numbers below a bound, all of them", () => {
    const stream = new RandomStream(5, "integer");
    const seen = new Set(Array.from({ length: 300 }, () => stream.integer(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("shuffles the first entries only, every order equally often", () => {
    const stream = new RandomStream(5, "shuffle");
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const items = Uint32Array.from([0, 1, 2, 3]);
      stream.shuffle(items, 3);
      expect(items[3]).toBe(3);
      const order = items.subarray(0, 3).join();
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    // A standard deviation is 29.
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(145);
  });
});

it("a fresh seed is a whole number of 31 bits, and not always the same", () => {
  const seeds = Array.from({ length: 20 }, freshSeed);
  for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true);
  expect(new Set(seeds).size).toBeGreaterThan(15);
});
