import { expect, test } from "vitest";
import { CostTrail, SHOWN_PERIODS } from "../../src/elements/cost-trail.js";

test("means are of the whole episode, also once its first periods are no longer drawn", () => {
  const trail = new CostTrail();
  expect(trail.means).toBeNull();
  for (let period = 1; period <= SHOWN_PERIODS + 3; period++) trail.add(period, Float64Array.of(period, 1));
  expect(trail.periods).toHaveLength(SHOWN_PERIODS);
  expect(trail.periods[0].period).toBe(4);
  // 1 + … + 4 is 10, and 4 of the other kind.
  expect(trail.periods[0].mean).toBe(14 / 4);
  expect(trail.means).toEqual([(SHOWN_PERIODS + 4) / 2, 1]);
  trail.clear();
  expect(trail.means).toBeNull();
  trail.add(1, Float64Array.of(2, 3));
  expect(trail.periods).toEqual([{ period: 1, costs: Float64Array.of(2, 3), mean: 5 }]);
});
