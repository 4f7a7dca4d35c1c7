import { InputError, showValue } from "./errors.js";

/** What an upside-down policy is asked for: this return within this many steps. Both are what is still to come. */
export interface Command {
  /** Undiscounted sum of rewards. */
  readonly desiredReturn: number;
  /** Steps, at least 1. */
  readonly desiredHorizon: number;
}

/** What a policy that takes commands says of them. */
export interface Commanded {
  /** What it is asked for when nobody says otherwise. */
  readonly command: Command;
  /** Corners [n, 2] of what was seen in training, for {@link distanceToSeen}. */
  readonly seen: Float64Array;
}

/** Entries of a command in a row of `commands` [n, 2]: desired return, desired horizon. */
export const COMMAND_SIZE = 2;

/** Writes a command into row `row` of `commands` [n, 2]. */
export function writeCommand(command: Command, commands: Float32Array, row: number): void {
  commands[row * COMMAND_SIZE] = command.desiredReturn;
  commands[row * COMMAND_SIZE + 1] = command.desiredHorizon;
}

/**
 * What is left to ask for after a step that paid `reward`: d_r − r within max(d_h − 1, 1) steps, in place.
 *
 * Source: Srivastava et al. 2019, arXiv:1912.02877, algorithm 2.
 */
export function followCommand(commands: Float32Array, row: number, reward: number): void {
  commands[row * COMMAND_SIZE] -= reward;
  commands[row * COMMAND_SIZE + 1] = Math.max(commands[row * COMMAND_SIZE + 1] - 1, 1);
}

/** Whether both are numbers that can be asked for. */
export function isCommand({ desiredReturn, desiredHorizon }: Command): boolean {
  return Number.isFinite(desiredReturn) && Number.isFinite(desiredHorizon) && desiredHorizon >= 1;
}

/** Checks a command that came from outside. Throws `InputError` that names `field`. */
export function checkCommand(command: Command, field = "command"): Command {
  const { desiredReturn, desiredHorizon } = command;
  if (!Number.isFinite(desiredReturn)) {
    throw new InputError(`${field}.desiredReturn`, showValue(desiredReturn), "a finite number");
  }
  if (!(Number.isFinite(desiredHorizon) && desiredHorizon >= 1)) {
    throw new InputError(`${field}.desiredHorizon`, showValue(desiredHorizon), "a number of steps of 1 or more");
  }
  return { desiredReturn, desiredHorizon };
}

/** Distance from the commands seen, in spans of what was seen, beyond which a command counts as an extrapolation. */
export const FAMILIAR = 0.05;

/**
 * The commands that were ever seen in training, as the convex hull of (return, horizon) pairs.
 *
 * A policy interpolates inside and extrapolates outside. Serialises as its corners.
 */
export class SeenCommands {
  /** Corners [n, 2], counter-clockwise; one or two where all pairs are equal or lie on a line. */
  private corners: number[] = [];

  /** The corners [n, 2], a copy. */
  toArray(): Float64Array {
    return Float64Array.from(this.corners);
  }

  /** Takes back what {@link toArray} gave. */
  restore(corners: ArrayLike<number>): void {
    this.corners = Array.from(corners);
  }

  /** Adds `count` pairs of returns and horizons. */
  add(returns: ArrayLike<number>, horizons: ArrayLike<number>, count = returns.length): void {
    const points: [number, number][] = [];
    for (let i = 0; i < this.corners.length; i += 2) points.push([this.corners[i], this.corners[i + 1]]);
    const before = points.length;
    for (let i = 0; i < count; i++) {
      if (before < 3 || !isInside(this.corners, returns[i], horizons[i])) points.push([returns[i], horizons[i]]);
    }
    if (points.length > before) this.corners = hullOf(points).flat();
  }

  /** Smallest and largest return and horizon seen: [[low, high], [low, high]]; null before anything was. */
  bounds(): readonly [readonly [number, number], readonly [number, number]] | null {
    return boundsOf(this.corners);
  }

  /** See {@link distanceToSeen}. */
  distance(command: Command): number {
    return distanceToSeen(this.corners, command);
  }
}

function boundsOf(corners: ArrayLike<number>): readonly [readonly [number, number], readonly [number, number]] | null {
  if (corners.length === 0) return null;
  const axis = (offset: number): [number, number] => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = offset; i < corners.length; i += 2) {
      low = Math.min(low, corners[i]);
      high = Math.max(high, corners[i]);
    }
    return [low, high];
  };
  return [axis(0), axis(1)];
}

/**
 * How far a command lies outside the hull with these corners [n, 2], each axis measured in the span of what was seen.
 *
 * 0 inside; infinite where nothing was seen. More than {@link FAMILIAR} is an extrapolation.
 */
export function distanceToSeen(corners: ArrayLike<number>, { desiredReturn, desiredHorizon }: Command): number {
  const bounds = boundsOf(corners);
  if (!bounds) return Number.POSITIVE_INFINITY;
  if (isInside(corners, desiredReturn, desiredHorizon)) return 0;
  const [scaleX, scaleY] = bounds.map(([low, high]) => 1 / (high > low ? high - low : Math.max(Math.abs(high), 1)));
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < corners.length; i += 2) {
    const next = (i + 2) % corners.length;
    const along = [(corners[next] - corners[i]) * scaleX, (corners[next + 1] - corners[i + 1]) * scaleY];
    const to = [(desiredReturn - corners[i]) * scaleX, (desiredHorizon - corners[i + 1]) * scaleY];
    const length = along[0] ** 2 + along[1] ** 2;
    const share = length === 0 ? 0 : Math.min(1, Math.max(0, (along[0] * to[0] + along[1] * to[1]) / length));
    nearest = Math.min(nearest, Math.hypot(to[0] - share * along[0], to[1] - share * along[1]));
  }
  return nearest;
}

/** Smallest and largest horizon seen together with a return; null for a return outside of what was seen. */
export function horizonsSeenWith(corners: ArrayLike<number>, desiredReturn: number): readonly [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < corners.length; i += 2) {
    const next = (i + 2) % corners.length;
    const [from, to] = [corners[i], corners[next]];
    if (desiredReturn < Math.min(from, to) || desiredReturn > Math.max(from, to)) continue;
    // Where the edge is crossed; an edge of one return is crossed at both its ends.
    const ends = from === to ? [0, 1] : [(desiredReturn - from) / (to - from)];
    for (const share of ends) {
      const horizon = corners[i + 1] + share * (corners[next + 1] - corners[i + 1]);
      low = Math.min(low, horizon);
      high = Math.max(high, horizon);
    }
  }
  return low <= high ? [low, high] : null;
}

/**
 * Commands whose returns are spread evenly from the lowest to the highest seen, each with the middle of the horizons
 * that were seen with it; none where nothing was seen.
 */
export function sweepCommands(corners: ArrayLike<number>, count: number): Command[] {
  const bounds = boundsOf(corners);
  if (!bounds) return [];
  const [[low, high]] = bounds;
  return Array.from({ length: count }, (_, i) => {
    // The last one is the highest itself, whatever rounding does to the others.
    const desiredReturn = i === count - 1 ? high : low + ((high - low) * i) / (count - 1);
    const [shortest, longest] = horizonsSeenWith(corners, desiredReturn) ?? bounds[1];
    return { desiredReturn, desiredHorizon: Math.max((shortest + longest) / 2, 1) };
  });
}

/** Whether a point lies within a counter-clockwise hull of three corners or more. */
function isInside(corners: ArrayLike<number>, x: number, y: number): boolean {
  if (corners.length < 6) return false;
  for (let i = 0; i < corners.length; i += 2) {
    const next = (i + 2) % corners.length;
    const turn = cross(corners[i], corners[i + 1], corners[next], corners[next + 1], x, y);
    if (turn < 0) return false;
  }
  return true;
}

/** Positive where (cx, cy) lies to the left of the way from a to b. */
function cross(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/** Convex hull, counter-clockwise, without points on its edges. Source: Andrew 1979, the monotone chain. */
function hullOf(points: [number, number][]): [number, number][] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (ordered: readonly [number, number][]) => {
    const kept: [number, number][] = [];
    for (const point of ordered) {
      while (kept.length >= 2 && cross(...kept[kept.length - 2], ...kept[kept.length - 1], ...point) <= 0) kept.pop();
      if (kept.length === 0 || kept[kept.length - 1].some((x, i) => x !== point[i])) kept.push(point);
    }
    return kept;
  };
  const lower = chain(sorted);
  const upper = chain(sorted.toReversed());
  if (lower.length < 2) return lower;
  return [...lower.slice(0, -1), ...upper.slice(0, -1)];
}
