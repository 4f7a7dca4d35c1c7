import type { RandomStream } from "../core/random.js";
import type { Actor } from "../evaluate/evaluate.js";

/**
 * How fast long work may go: it asks for breath between its small steps, and whoever set the pace may let others work
 * before it goes on.
 */
export interface Pace {
  /** Nothing when the work may simply go on. */
  breathe(): undefined | Promise<void>;
  /** Milliseconds that the work itself has taken, breaths excluded. */
  now(): number;
  /** The share of the work that is done, where the work knows it; never less than before. */
  progress?(share: number): void;
}

/** As fast as it can. */
export const FREE_PACE: Pace = { breathe: () => undefined, now: () => performance.now() };

/** An actor that asks for breath before every batch of actions. */
export function paced(actor: Actor, pace: Pace): Actor {
  return {
    act(
      observations: Float32Array,
      commands: Float32Array | null,
      actions: Float32Array,
      stream: RandomStream | null,
    ): void | Promise<void> {
      const breath = pace.breathe();
      if (breath) return breath.then(() => actor.act(observations, commands, actions, stream));
      return actor.act(observations, commands, actions, stream);
    },
  };
}
