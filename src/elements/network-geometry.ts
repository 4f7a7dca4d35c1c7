export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One piece of a road, a cubic from one point to another by its two control points. */
export type Curve = readonly [from: Point, leaving: Point, entering: Point, to: Point];

/** How the columns of a network are laid out. */
export interface ColumnRoom {
  /** Where the middle of a column is. */
  readonly at: (column: number) => number;
  readonly top: number;
  readonly height: number;
}

/** Places of nodes by the column each stands in: those of a column evenly from top to bottom, in the nodes' order. */
export function placesInColumns(columns: readonly number[], { at, top, height }: ColumnRoom): Point[] {
  return columns.map((column, node) => {
    const beside = columns.filter((other) => other === column).length;
    const index = columns.slice(0, node).filter((other) => other === column).length;
    return { x: at(column), y: top + ((index + 0.5) / beside) * height };
  });
}

/** A road that leaves to the right and enters from the left. */
export function roadCurve(from: Point, to: Point): Curve {
  const middle = (from.x + to.x) / 2;
  return [from, { x: middle, y: from.y }, { x: middle, y: to.y }, to];
}

/** Curves, each of which begins where the one before ends, as the `d` of a path. */
export function pathOf(curves: readonly Curve[]): string {
  const text = ({ x, y }: Point) => `${x} ${y}`;
  return `M${text(curves[0][0])}${curves.map(([, ...rest]) => `C${rest.map(text).join(" ")}`).join("")}`;
}

/** A point of a curve, `t` from 0 to 1 of its way. */
export function pointOn([from, leaving, entering, to]: Curve, t: number): Point {
  const s = 1 - t;
  const mix = (axis: "x" | "y") =>
    s ** 3 * from[axis] + 3 * s * s * t * leaving[axis] + 3 * s * t * t * entering[axis] + t ** 3 * to[axis];
  return { x: mix("x"), y: mix("y") };
}
