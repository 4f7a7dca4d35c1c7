import type { RandomStream } from "../core/random.js";
import type { Actor } from "../evaluate/evaluate.js";

/**
 * Keeps the observations that an actor meets: an actor itself, to be put in its place.
 *
 * Memory is bounded: when `capacity` rows are full, every second batch is dropped and only every second, fourth, …
 * one is kept from then on, so that what is kept spans the whole of what was played, evenly.
 */
export class VisitedStates implements Actor {
  private batches: Float32Array[] = [];
  private size = 0;
  private stride = 1;
  private calls = 0;

  constructor(
    private readonly actor: Actor,
    private readonly capacity: number,
  ) {}

  act(
    observations: Float32Array,
    commands: Float32Array | null,
    actions: Float32Array,
    stream: RandomStream | null,
  ): void | Promise<void> {
    if (this.calls++ % this.stride === 0) this.keep(observations);
    return this.actor.act(observations, commands, actions, stream);
  }

  /** All that was kept, one row after another. */
  rows(): Float32Array {
    const out = new Float32Array(this.size);
    let at = 0;
    for (const batch of this.batches) {
      out.set(batch, at);
      at += batch.length;
    }
    return out;
  }

  private keep(observations: Float32Array): void {
    this.batches.push(observations.slice());
    this.size += observations.length;
    while (this.size > this.capacity && this.batches.length > 1) {
      this.stride *= 2;
      this.batches = this.batches.filter((_, i) => i % 2 === 0);
      this.size = this.batches.reduce((sum, batch) => sum + batch.length, 0);
    }
  }
}
