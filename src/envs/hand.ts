import type { Direction, EnvironmentSpec } from "./environment.js";

/** A direction that is held, and how far: keys and buttons 1, a stick less. */
export interface Held {
  readonly direction: Direction;
  /** 0 … 1 */
  readonly strength: number;
}

/**
 * The action [actionSize] that a person asks for, or null while the world waits for one.
 *
 * `held` is in the order in which it was pressed; `last` is the action before, or null at the start. Where directions
 * add to the action before, `held` are those that do so now.
 */
export function handAction(
  spec: EnvironmentSpec,
  held: readonly Held[],
  last: readonly number[] | null,
): readonly number[] | null {
  const { hand, action } = spec;
  const asked = held.filter(({ direction }) => hand.held[direction]);
  if (hand.start) return moved(spec, asked, last ?? hand.start);
  if (asked.length === 0) {
    if (hand.idle === "wait") return null;
    return hand.idle === "last" ? (last ?? firstOf(spec)) : hand.idle;
  }
  if (action.kind === "discrete") return hand.held[asked[asked.length - 1].direction] ?? null;
  const rest = typeof hand.idle === "string" ? action.features.map(() => 0) : hand.idle;
  return action.features.map(({ low, high }, i) => {
    const sum = asked.reduce((total, { direction, strength }) => {
      return total + strength * ((hand.held[direction]?.[i] ?? rest[i]) - rest[i]);
    }, rest[i]);
    return Math.min(Math.max(sum, low), high);
  });
}

/** Where there is nothing to go on with: the first action that a direction stands for. */
function firstOf({ hand }: EnvironmentSpec): readonly number[] | null {
  return Object.values(hand.held)[0] ?? null;
}

/** An action and what directions add to it, within its bounds. */
function moved({ hand, action }: EnvironmentSpec, held: readonly Held[], from: readonly number[]): readonly number[] {
  return from.map((value, i) => {
    const sum = held.reduce((total, { direction, strength }) => {
      return total + strength * (hand.held[direction]?.[i] ?? 0);
    }, value);
    if (action.kind === "discrete") return Math.min(Math.max(Math.round(sum), 0), action.names.length - 1);
    return Math.min(Math.max(sum, action.features[i].low), action.features[i].high);
  });
}
