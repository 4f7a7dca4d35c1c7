import { describe, expect, test } from "vitest";
import { meanInterval, tQuantile } from "../../src/evaluate/interval.js";

describe("the interval of a mean", () => {
  test("agrees with tables of Student's t, in the table and beyond it", () => {
    // Quantiles at 0.975, from the table in NIST/SEMATECH e-Handbook, 1.3.6.7.2.
    expect(tQuantile(4)).toBeCloseTo(2.776, 3);
    expect(tQuantile(11)).toBeCloseTo(2.201, 3);
    expect(tQuantile(20)).toBeCloseTo(2.086, 3);
    expect(tQuantile(99)).toBeCloseTo(1.984, 3);
    expect(() => tQuantile(0)).toThrow("expected 1 or more degrees of freedom, got 0");
  });

  test("by hand: 1, 2, 3 have mean 2, deviation 1 and half-width 4.303 / √3", () => {
    const { mean, low, high } = meanInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(low).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 6);
    expect(high).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 6);
  });

  test("equal values leave no doubt, and one value leaves all of it", () => {
    expect(meanInterval([500, 500, 500])).toEqual({ mean: 500, low: 500, high: 500 });
    expect(meanInterval([7])).toEqual({ mean: 7, low: null, high: null });
    expect(() => meanInterval([])).toThrow("expected 1 or more values, got 0");
  });
});
