import type { InventoryProblem } from "../envs/inventory/problem.js";
import { patternSearch } from "../evaluate/inventory/pattern-search.js";

/** Units that levels and caps are counted in. */
export const levelStep = ({ wholeUnits, demand }: InventoryProblem): number => (wholeUnits ? 1 : demand.mean[0] / 20);

/** The whole numbers of least cost that a local search from there finds. */
export function leastNear(start: readonly number[], costOf: (point: readonly number[]) => number): readonly number[] {
  const points = patternSearch(
    start.map(Math.round),
    start.map((value) => Math.max(1, Math.round(value / 8))),
  );
  for (let point = points.next(); ; point = points.next(costOf(point.value))) if (point.done) return point.value.at;
}
