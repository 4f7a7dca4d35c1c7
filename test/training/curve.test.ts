import { describe, expect, it } from "vitest";
import type { Progress } from "../../src/training/config.js";
import { Curve } from "../../src/training/curve.js";

const point = (update: number): Progress => ({
  step: update * 10,
  seconds: update,
  update,
  returnMean: null,
  lengthMean: null,
  episodes: 0,
  diagnostics: null,
});

describe("a bounded curve", () => {
  it("stays within its size and spans the whole run evenly", () => {
    const curve = new Curve(16);
    for (let update = 1; update <= 1000; update++) curve.add(point(update));
    const updates = curve.points.map((kept) => kept.update);
    expect(updates.length).toBeLessThanOrEqual(16);
    expect(updates.length).toBeGreaterThanOrEqual(7);
    const gaps = new Set(updates.slice(1).map((update, i) => update - updates[i]));
    expect(gaps.size).toBe(1);
    expect(updates.at(-1)).toBeGreaterThan(850);
  });

  it("goes on with the same spacing after a restore", () => {
    const whole = new Curve(16);
    const first = new Curve(16);
    for (let update = 1; update <= 300; update++) {
      whole.add(point(update));
      if (update <= 100) first.add(point(update));
    }
    const second = new Curve(16);
    second.restore(first.points);
    for (let update = 101; update <= 300; update++) second.add(point(update));
    expect(second.points).toEqual(whole.points);
  });
});
