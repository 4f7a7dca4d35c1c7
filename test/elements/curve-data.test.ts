import { describe, expect, it } from "vitest";
import { CurveData, halfInterval, summariseSeeds } from "../../src/elements/curve-data.js";

describe("a curve of bounded size", () => {
  it("keeps mean, smallest and largest value of each bucket", () => {
    const curve = new CurveData(4, 10);
    curve.add(1, { reward: 2 });
    curve.add(9, { reward: 4 });
    curve.add(25, { reward: -1 });
    expect(curve.column("reward")).toEqual({ mean: [3, null, -1], min: [2, null, -1], max: [4, null, -1] });
    expect(curve.stepColumn()).toEqual([9, 15, 25]);
  });

  it("doubles its buckets when the run outgrows it, and loses no extreme", () => {
    const curve = new CurveData(4, 10);
    for (let step = 5; step < 80; step += 10) curve.add(step, { reward: step });
    expect(curve.width).toBe(20);
    expect(curve.length).toBe(4);
    expect(curve.column("reward")).toEqual({ mean: [10, 30, 50, 70], min: [5, 25, 45, 65], max: [15, 35, 55, 75] });
  });

  it("skips values that are missing or not finite", () => {
    const curve = new CurveData(4, 10);
    curve.add(1, { reward: null, loss: Number.NaN, kl: undefined });
    expect(curve.column("reward").mean).toEqual([null]);
    expect(curve.column("loss").mean).toEqual([null]);
    expect(curve.column("never").mean).toEqual([null]);
  });
});

describe("the summary of several seeds", () => {
  it("is their mean with the Student-t interval, where every seed has a value", () => {
    const curves = [1, 3, 5].map((value, i) => {
      const curve = new CurveData(4, 10);
      curve.add(5, { reward: value });
      if (i < 2) curve.add(15, { reward: 0 });
      return curve;
    });
    const { mean, low, high } = summariseSeeds(curves, "reward");
    // Standard error 2/√3, t(2) = 4.303.
    expect(mean).toEqual([3]);
    expect(low[0]).toBeCloseTo(3 - 4.303 * (2 / Math.sqrt(3)), 6);
    expect(high[0]).toBeCloseTo(3 + 4.303 * (2 / Math.sqrt(3)), 6);
  });

  it("folds curves of different widths to the widest", () => {
    const short = new CurveData(4, 10);
    const long = new CurveData(4, 10);
    for (const step of [5, 15]) short.add(step, { reward: 2 });
    for (const step of [5, 15, 45]) long.add(step, { reward: 4 });
    expect(summariseSeeds([short, long], "reward").mean).toEqual([3]);
    expect(short.width).toBe(20);
  });

  it("has no interval for a single value", () => {
    expect(halfInterval([4], 4)).toBe(0);
  });
});
