import { COMMAND_SIZE } from "../../core/command.js";
import type { Packable } from "../../core/pack.js";
import type { RandomStream } from "../../core/random.js";
import type { Examples } from "./learner.js";

/** One whole episode. */
export interface Episode {
  readonly length: number;
  /** Undiscounted. */
  readonly episodeReturn: number;
  /** [length, observationSize], before each action. */
  readonly observations: Float32Array;
  /** [length] indices of actions. */
  readonly actions: Uint8Array;
  /** [length] sum of the rewards from each step to the end. */
  readonly returnsToGo: Float32Array;
}

/** Which of the episodes stay when the memory is full. */
export type Keep = "best" | "latest";

/** How examples are cut from episodes. */
export interface ExampleSettings {
  /** Examples from each episode. */
  readonly segments: number;
  /** Where a segment ends: with its episode, or anywhere after its start. */
  readonly segmentEnd: "episode" | "random";
  readonly returnScale: number;
  readonly horizonScale: number;
}

/**
 * A bounded memory of whole episodes, the highest return first.
 *
 * A full memory drops its lowest episode, or its oldest one. Among equal returns the older stands first, so that of
 * equals the newest is dropped. An episode is put in its place by bisection; nothing is sorted again.
 * Source: Srivastava et al. 2019, arXiv:1912.02877, section 3.
 */
export class EpisodeMemory {
  /** By return, descending; equals by age. */
  private readonly ranked: Episode[] = [];
  /** By age, the oldest first; only kept where age decides. */
  private readonly aged: Episode[] = [];

  constructor(
    readonly capacity: number,
    private readonly keep: Keep,
    private readonly observationSize: number,
  ) {}

  get size(): number {
    return this.ranked.length;
  }

  /** The episodes, the highest return first. */
  get episodes(): readonly Episode[] {
    return this.ranked;
  }

  add(episode: Episode): void {
    let low = 0;
    let high = this.ranked.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ranked[middle].episodeReturn >= episode.episodeReturn) low = middle + 1;
      else high = middle;
    }
    this.ranked.splice(low, 0, episode);
    if (this.keep === "latest") this.aged.push(episode);
    if (this.ranked.length <= this.capacity) return;
    const oldest = this.aged.shift();
    if (oldest) this.ranked.splice(this.ranked.indexOf(oldest), 1);
    else this.ranked.pop();
  }

  /** Mean and deviation (of these very values) of the returns, and mean length, of the `count` best episodes. */
  best(count: number): { readonly returnMean: number; readonly returnStd: number; readonly lengthMean: number } {
    const n = Math.min(count, this.ranked.length);
    let [returns, lengths, squares] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      returns += this.ranked[i].episodeReturn;
      lengths += this.ranked[i].length;
    }
    for (let i = 0; i < n; i++) squares += (this.ranked[i].episodeReturn - returns / n) ** 2;
    return { returnMean: returns / n, returnStd: Math.sqrt(squares / n), lengthMean: lengths / n };
  }

  /**
   * Examples from `numEpisodes` episodes drawn without replacement, or from all when there are no more than that.
   *
   * A segment starts anywhere but at the last step, as published, unless that is the only one.
   */
  examples(numEpisodes: number, settings: ExampleSettings, stream: RandomStream): Examples {
    const { observationSize } = this;
    const { segments, returnScale, horizonScale } = settings;
    const chosen = this.draw(numEpisodes, stream);
    const inputSize = observationSize + COMMAND_SIZE;
    const inputs = new Float32Array(chosen.length * segments * inputSize);
    const labels = new Int32Array(chosen.length * segments);
    let row = 0;
    for (const { length, observations, actions, returnsToGo } of chosen) {
      for (let segment = 0; segment < segments; segment++, row++) {
        const start = length > 1 ? stream.integer(length - 1) : 0;
        const end = settings.segmentEnd === "random" ? start + 1 + stream.integer(length - start) : length;
        const to = row * inputSize;
        for (let i = 0; i < observationSize; i++) inputs[to + i] = observations[start * observationSize + i];
        const later = end < length ? returnsToGo[end] : 0;
        inputs[to + observationSize] = returnScale * (returnsToGo[start] - later);
        inputs[to + observationSize + 1] = horizonScale * (end - start);
        labels[row] = actions[start];
      }
    }
    return { inputs, labels };
  }

  getState(): Packable {
    const { ranked, aged } = this;
    const numSteps = ranked.reduce((sum, { length }) => sum + length, 0);
    const observations = new Float32Array(numSteps * this.observationSize);
    const actions = new Uint8Array(numSteps);
    const returnsToGo = new Float32Array(numSteps);
    let at = 0;
    for (const episode of ranked) {
      observations.set(episode.observations, at * this.observationSize);
      actions.set(episode.actions, at);
      returnsToGo.set(episode.returnsToGo, at);
      at += episode.length;
    }
    const places = new Map(ranked.map((episode, place) => [episode, place]));
    return {
      lengths: Uint32Array.from(ranked, ({ length }) => length),
      returns: Float64Array.from(ranked, ({ episodeReturn }) => episodeReturn),
      observations,
      actions,
      returnsToGo,
      ages: Uint32Array.from(aged, (episode) => places.get(episode) ?? 0),
    };
  }

  setState(packed: Packable): void {
    const state = packed as unknown as MemoryState;
    this.ranked.length = 0;
    this.aged.length = 0;
    let at = 0;
    state.lengths.forEach((length, i) => {
      const size = this.observationSize;
      this.ranked.push({
        length,
        episodeReturn: state.returns[i],
        observations: state.observations.slice(at * size, (at + length) * size),
        actions: state.actions.slice(at, at + length),
        returnsToGo: state.returnsToGo.slice(at, at + length),
      });
      at += length;
    });
    for (const place of state.ages) this.aged.push(this.ranked[place]);
  }

  private draw(count: number, stream: RandomStream): readonly Episode[] {
    const { ranked } = this;
    if (count >= ranked.length) return ranked;
    const order = Uint32Array.from(ranked, (_, i) => i);
    return Array.from({ length: count }, (_, i) => {
      const other = i + stream.integer(order.length - i);
      const drawn = order[other];
      order[other] = order[i];
      order[i] = drawn;
      return ranked[drawn];
    });
  }
}

interface MemoryState {
  readonly lengths: Uint32Array;
  readonly returns: Float64Array;
  readonly observations: Float32Array;
  readonly actions: Uint8Array;
  readonly returnsToGo: Float32Array;
  readonly ages: Uint32Array;
}
