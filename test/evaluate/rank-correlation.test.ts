import { describe, expect, it } from "vitest";
import { rankCorrelation } from "../../src/evaluate/rank-correlation.js";

describe("the rank correlation", () => {
  it("is 1 for any rising list and -1 for any falling one", () => {
    expect(rankCorrelation([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [5, 4, 1, -9])).toBeCloseTo(-1, 12);
  });

  it("gives ties their mean rank, as worked out by hand", () => {
    // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 / √(4.5 · 5).
    expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });

  it("is no number where one list is constant, and refuses lists of different lengths", () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(() => rankCorrelation([1], [1, 2])).toThrow("expected 1 values to compare with, got 2");
  });
});
