import { describe, expect, it } from "vitest";
import { shuffled } from "../../src/compute/wgsl/shuffle.js";

const orderOf = (total: number, permutation: number, seed = 7) =>
  Array.from({ length: total }, (_, place) => shuffled(place, total, seed, 99, permutation));

describe("permutations without a buffer", () => {
  it.each([1, 2, 3, 5, 64, 100, 1000, 4097])("hold each of %i places once", (total) => {
    expect(orderOf(total, 0).toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
  });

  it("differ by number and by seed", () => {
    expect(orderOf(100, 1)).not.toEqual(orderOf(100, 0));
    expect(orderOf(100, 0, 8)).not.toEqual(orderOf(100, 0));
  });

  it("send each place anywhere, about equally often", () => {
    const counts = new Float64Array(10);
    for (let permutation = 0; permutation < 2000; permutation++) counts[shuffled(3, 10, 7, 99, permutation)]++;
    // 200 each with a deviation of 13: within four of them.
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(54);
  });
});
