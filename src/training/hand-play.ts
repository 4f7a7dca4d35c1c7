import type { OptionValues } from "../core/options.js";
import type { Direction, PlayableEnvironment } from "../envs/environment.js";
import { type Held, handAction } from "../envs/hand.js";
import { loadWorld } from "../envs/index.js";
import type { StageFrames } from "./messages.js";
import { Stage } from "./stage.js";

/** Seconds that an episode's end stays on the stage before the next one begins. */
export const REST_SECONDS = 1.2;

/** Returns of the episodes that a person has finished. */
export interface HandScores {
  /** The newest, or null before the first. */
  readonly last: number | null;
  readonly best: number | null;
  readonly mean: number | null;
  readonly count: number;
}

export const NO_SCORES: HandScores = { last: null, best: null, mean: null, count: 0 };

/** Scores with one more finished episode. */
export function withScore(scores: HandScores, episodeReturn: number): HandScores {
  const count = scores.count + 1;
  return {
    last: episodeReturn,
    best: Math.max(episodeReturn, scores.best ?? Number.NEGATIVE_INFINITY),
    mean: ((scores.mean ?? 0) * scores.count + episodeReturn) / count,
    count,
  };
}

/**
 * A world played by hand: one copy, with the agent's own actions, in real time.
 *
 * It runs where it is asked to, which is the page: a step takes less than a tenth of a millisecond, and a Worker that
 * trains answers between updates only.
 */
export class HandPlay {
  scores: HandScores = NO_SCORES;
  /** What is held, in the order in which it was pressed. */
  held: readonly Held[] = [];
  private action: readonly number[] | null = null;
  /** Directions that have had their first effect. */
  private before: readonly Direction[] = [];
  private resting = 0;
  private readonly stage: Stage;

  private constructor(
    private readonly environment: PlayableEnvironment,
    settings: { readonly seed: number; readonly options: OptionValues },
  ) {
    const hand = {
      act: (_observations: Float32Array, _commands: Float32Array | null, actions: Float32Array) => {
        actions.set(this.action ?? []);
      },
    };
    this.stage = new Stage(environment, hand, { ...settings, streamName: "hand" });
  }

  /** Loads the world and begins an episode. Its starts differ from those of training and of the Worker's stage. */
  static async create(env: string, settings: { readonly seed: number; readonly options: OptionValues }) {
    return new HandPlay(await loadWorld(env, settings.options), settings);
  }

  /** Plays what `seconds` of the player's time hold at `speed`; null when no step is due, or the world waits. */
  async advance(seconds: number, speed: number): Promise<StageFrames | null> {
    if (this.resting > 0) {
      this.resting -= seconds;
      return null;
    }
    const action = handAction(this.environment.spec, this.pressed(), this.action);
    // The first picture of all comes without an action.
    if (!action) return this.stage.play(0);
    this.action = action;
    const frames = await this.stage.play(seconds * speed);
    if (!frames) return frames;
    // What is still held goes on adding, once for each step.
    const { spec } = this.environment;
    if (spec.hand.start && frames.steps.some((step) => step > 0))
      this.action = handAction(spec, this.held, this.action);
    this.noteEnds(frames);
    return frames;
  }

  /** What is held; where directions add to the action before, only those that were pressed since the last look. */
  private pressed(): readonly Held[] {
    if (!this.environment.spec.hand.start) return this.held;
    const fresh = this.held.filter(({ direction }) => !this.before.includes(direction));
    this.before = this.held.map(({ direction }) => direction);
    return fresh;
  }

  private noteEnds({ endings, returns }: StageFrames): void {
    endings.forEach((ending, i) => {
      if (ending === 0) return;
      this.scores = withScore(this.scores, returns[i]);
      this.resting = REST_SECONDS;
      this.action = null;
    });
  }
}
