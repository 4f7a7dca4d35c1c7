import { expect, test } from "vitest";
import { OrderTrail } from "../../src/elements/order-trail.js";

test("a trail keeps the newest periods, oldest first", () => {
  const trail = new OrderTrail();
  trail.add(9, 1, Number.NaN);
  expect([trail.length, trail.position(0), trail.order(0), trail.reference(0)]).toEqual([1, 9, 1, Number.NaN]);
  for (let period = 0; period < 1000; period++) trail.add(period, 2 * period, 3 * period);
  const { length } = trail;
  expect(length).toBeLessThan(1000);
  expect(trail.position(length - 1)).toBe(999);
  expect([trail.position(0), trail.order(0), trail.reference(0)]).toEqual(
    [1, 2, 3].map((factor) => factor * (1000 - length)),
  );
  trail.clear();
  expect(trail.length).toBe(0);
});
