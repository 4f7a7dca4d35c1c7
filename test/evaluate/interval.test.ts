import { describe, expect, test } from "vitest";
import { meanInterval } from "../../src/evaluate/interval.js";

describe("the interval of a mean", () => {
  test("by hand: 1, 2, 3 have mean 2, deviation 1 and half-width 4.303 / √3", () => {
    const { mean, low, high } = meanInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(low).toBeCloseTo(2 - 4.30265273 / Math.sqrt(3), 8);
    expect(high).toBeCloseTo(2 + 4.30265273 / Math.sqrt(3), 8);
  });

  test("less confidence, a narrower interval", () => {
    const [wide, narrow] = [meanInterval([1, 2, 3, 4]), meanInterval([1, 2, 3, 4], 0.5)];
    expect(Number(narrow.high)).toBeLessThan(Number(wide.high));
    expect(narrow.mean).toBe(wide.mean);
  });

  test("equal values leave no doubt, and one value leaves all of it", () => {
    expect(meanInterval([500, 500, 500])).toEqual({ mean: 500, low: 500, high: 500 });
    expect(meanInterval([7])).toEqual({ mean: 7, low: null, high: null });
    expect(() => meanInterval([])).toThrow("expected 1 or more values, got 0");
  });
});
