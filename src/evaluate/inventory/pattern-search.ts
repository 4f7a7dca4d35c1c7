/** Where a search ended. */
export interface Found {
  readonly at: readonly number[];
  readonly cost: number;
}

/**
 * A search for a local minimum over points of whole numbers, 0 or more: it hands out a point and is given its cost.
 *
 * Moves to a neighbour that is better, along the axes and the diagonals, while there is one, then halves its strides,
 * down to 1. No point is asked about twice. Source: Hooke & Jeeves 1961.
 */
export function* patternSearch(
  start: readonly number[],
  strides: readonly number[],
): Generator<readonly number[], Found, number> {
  const known = new Map<string, number>();
  function* ask(point: readonly number[]): Generator<readonly number[], number, number> {
    const key = point.join();
    const cost = known.get(key) ?? (yield point);
    known.set(key, cost);
    return cost;
  }
  let best: Found = { at: start, cost: yield* ask(start) };
  for (let reach = strides; ; reach = reach.map((stride) => Math.max(1, stride >> 1))) {
    for (let moved = true; moved; ) {
      moved = false;
      for (const direction of directions(start.length)) {
        const at = best.at.map((value, axis) => Math.max(0, value + direction[axis] * reach[axis]));
        const cost = yield* ask(at);
        if (cost >= best.cost) continue;
        best = { at, cost };
        moved = true;
      }
    }
    if (reach.every((stride) => stride === 1)) return best;
  }
}

/** Every direction along axes and diagonals, the axes first. */
function directions(dimensions: number): number[][] {
  const all: number[][] = [[]];
  for (let axis = 0; axis < dimensions; axis++) {
    all.push(...all.splice(0).flatMap((head) => [0, -1, 1].map((step) => [...head, step])));
  }
  const moves = (direction: readonly number[]) => direction.filter((step) => step !== 0).length;
  return all.filter((direction) => moves(direction) > 0).sort((a, b) => moves(a) - moves(b));
}
