import type { EnvironmentSpec } from "../envs/environment.js";
import type { BesideFrames, StageFrames } from "../training/messages.js";

/** Where the second actor stands. */
export interface BesideMoment {
  /** Interpolated as the leader's. [stateSize] */
  readonly state: Float64Array;
  readonly observation: Float32Array;
  /** As the leader's. */
  readonly read: Float32Array;
  readonly action: Float32Array;
  readonly step: number;
  readonly episodeReturn: number;
  readonly ending: number;
  /** First step at which the two chose differently (0: none so far), the leader's action there, its own. */
  readonly parting: Uint32Array;
}

/** What the stage shows at one moment. */
export interface StageMoment {
  /** State between the last two frames, interpolated. [stateSize] */
  readonly state: Float64Array;
  /** What the policy saw when it chose `action`. [observationSize] */
  readonly observation: Float32Array;
  /** The same, and behind it what was left of the command, if there is one. [observationSize + 2] */
  readonly read: Float32Array;
  /** The action that is under way; NaN right after a reset. [actionSize] */
  readonly action: Float32Array;
  /** Probabilities or values of the actions, or empty. */
  readonly scores: Float32Array;
  /** Desired return and horizon that are left; null where the policy takes no commands. */
  readonly command: Float32Array | null;
  readonly step: number;
  readonly episodeReturn: number;
  readonly ending: number;
  readonly episode: number;
  /** The tree in a copy of this episode; null while one acts alone. */
  readonly beside: BesideMoment | null;
}

/** One step that has been shown, for whoever follows the episode. */
export interface PlayedStep {
  /** After the step. [stateSize] */
  readonly state: Float64Array;
  readonly step: number;
  readonly rewardTerms: Float32Array;
  readonly episode: number;
  readonly beside: BesideMoment | null;
  /** The episode has ended already: only the second actor's goes on. */
  readonly waits: boolean;
}

interface Frame extends PlayedStep {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly scores: Float32Array;
  readonly command: Float32Array | null;
  readonly episodeReturn: number;
  readonly ending: number;
}

/** Frames kept in reserve against uneven delivery, in seconds of showing. */
export const RESERVE = 0.12;
/** Backlog from which the player jumps ahead, in seconds of showing; a few steps are never too many. */
const TOO_LATE = 0.6;
const FEW_STEPS = 8;

/**
 * Plays the worker's steps back smoothly.
 *
 * Frames arrive in bursts; the player keeps a small reserve, runs a little faster or slower to hold it, and moves
 * states on a straight line between two frames of one episode. It draws nothing.
 */
export class StagePlayer {
  private readonly queue: Frame[] = [];
  private previous: Frame | null = null;
  private current: Frame | null = null;
  /** How far from `previous` to `current`, 0 … 1. */
  private progress = 1;
  private waiting = true;
  /** Seconds that the end of an episode is still shown. */
  private resting = 0;
  private moment: Float64Array = new Float64Array(0);
  private besideMoment: Float64Array = new Float64Array(0);

  /** Frames kept in reserve, in seconds of showing: none for a person who plays and waits for each of them. */
  reserve = RESERVE;
  /** Seconds for which the end of an episode stays. */
  rest = 0;

  constructor(
    /** Simulated seconds per step. */
    private readonly secondsPerStep: number,
    /** Called once for each step as it is shown (or skipped over). */
    private readonly onStep: (step: PlayedStep) => void = () => {},
    /** Entries of the state that do not move in a straight line. */
    private readonly entries: Pick<EnvironmentSpec, "circular" | "stepwise"> = {},
  ) {}

  /** Steps waiting to be shown. */
  get backlog(): number {
    return this.queue.length;
  }

  push(frames: StageFrames): void {
    const { count } = frames;
    const row: Row = (array, i) => {
      const size = array.length / count;
      return array.subarray(i * size, (i + 1) * size) as typeof array;
    };
    const resets = frames.steps.reduce((sum, step) => sum + (step === 0 ? 1 : 0), 0);
    // `episode` counts to the last frame; those before a reset belong to earlier episodes.
    let episode = frames.episode - resets;
    let before = this.queue.at(-1) ?? this.current;
    for (let i = 0; i < count; i++) {
      if (frames.steps[i] === 0) episode++;
      const waits = before !== null && before.ending !== 0 && before.step === frames.steps[i];
      before = {
        state: row(frames.states, i),
        observation: row(frames.observations, i),
        action: row(frames.actions, i),
        scores: row(frames.actionScores, i),
        command: frames.asked ? row(frames.asked.commands, i) : null,
        rewardTerms: row(frames.rewardTerms, i),
        step: frames.steps[i],
        episodeReturn: frames.returns[i],
        ending: frames.endings[i],
        episode,
        beside: frames.beside ? besideOf(frames.beside, i, row) : null,
        waits,
      };
      this.queue.push(before);
    }
  }

  /** Forgets everything that waits, for a new run. */
  clear(): void {
    this.queue.length = 0;
    this.previous = null;
    this.current = null;
    this.waiting = true;
    this.resting = 0;
  }

  /** Moves on by `seconds` of the viewer's time at `speed` times real time. Returns whether anything changed. */
  advance(seconds: number, speed: number): boolean {
    if (!this.current) {
      if (!this.next()) return false;
      this.progress = 1;
      return true;
    }
    if (this.resting > 0 && this.progress >= 1) {
      this.resting -= seconds;
      return false;
    }
    if (this.queue.length === 0 && this.progress >= 1) {
      this.waiting = true;
      return false;
    }
    const framesPerSecond = speed / this.secondsPerStep;
    if (speed > 0 && this.waiting) {
      if (this.queue.length < Math.min(framesPerSecond * this.reserve, 100)) return false;
      this.waiting = false;
    }
    const late = speed > 0 ? this.queue.length / framesPerSecond : 0;
    if (late > TOO_LATE && this.queue.length > FEW_STEPS) {
      while (this.queue.length > Math.max(2, framesPerSecond * this.reserve) && this.next());
    }
    // A tenth faster or slower is not seen, and brings the reserve back to its size.
    const rate = framesPerSecond * Math.min(1.25, Math.max(0.9, 1 + (late - this.reserve) * 0.8));
    let advance = seconds * rate;
    while (advance > 0) {
      const rest = 1 - this.progress;
      if (advance < rest) {
        this.progress += advance;
        break;
      }
      advance -= rest;
      this.progress = 1;
      if (!this.next()) {
        this.waiting = true;
        break;
      }
    }
    return true;
  }

  /** What to draw now, or null before the first frame. Arrays are reused by the next call. */
  now(): StageMoment | null {
    const { previous, current } = this;
    if (!current) return null;
    const moving = previous !== null && current.step !== 0 && this.progress < 1;
    this.moment = this.blend(moving ? previous.state : current.state, current.state, this.moment);
    const seen = current.step !== 0 && previous ? previous : current;
    const besideSeen = seen.beside ?? current.beside;
    const beside = current.beside && {
      ...current.beside,
      state: this.blend(
        moving && previous.beside ? previous.beside.state : current.beside.state,
        current.beside.state,
        this.besideMoment,
      ),
      observation: besideSeen?.observation ?? current.beside.observation,
      read: besideSeen?.read ?? current.beside.read,
    };
    if (beside) this.besideMoment = beside.state;
    return {
      state: this.moment,
      observation: seen.observation,
      read: readOf(seen.observation, seen.command),
      action: current.action,
      scores: current.scores,
      command: current.command,
      step: current.step,
      episodeReturn: current.episodeReturn,
      ending: this.progress >= 1 ? current.ending : 0,
      episode: current.episode,
      beside,
    };
  }

  /** Fills `into` with the state between two; another array where its size does not fit. */
  private blend(from: Float64Array, to: Float64Array, into: Float64Array): Float64Array {
    const out = into.length === to.length ? into : new Float64Array(to.length);
    for (let i = 0; i < out.length; i++) out[i] = from[i] + (to[i] - from[i]) * this.progress;
    for (const i of this.entries.circular ?? []) out[i] = between(from[i], to[i], this.progress);
    for (const i of this.entries.stepwise ?? []) out[i] = to[i];
    return out;
  }

  private next(): boolean {
    if (this.resting > 0) return false;
    const frame = this.queue.shift();
    if (!frame) return false;
    if (frame.ending !== 0) this.resting = this.rest;
    this.previous = this.current;
    this.current = frame;
    // The first frame of an episode is where it starts: nothing moves towards it.
    this.progress = frame.step === 0 ? 1 : 0;
    this.onStep(frame);
    return true;
  }
}

/** Row i of an array of as many rows as there are frames. */
type Row = <A extends Float32Array | Float64Array | Uint32Array>(array: A, i: number) => A;

function besideOf(frames: BesideFrames, i: number, row: Row): BesideMoment {
  return {
    state: row(frames.states, i),
    observation: row(frames.observations, i),
    read: readOf(row(frames.observations, i), row(frames.commands, i)),
    action: row(frames.actions, i),
    step: frames.steps[i],
    episodeReturn: frames.returns[i],
    ending: frames.endings[i],
    parting: row(frames.partings, i),
  };
}

/** Observation and command as one row. */
const readOf = (observation: Float32Array, command: Float32Array | null) =>
  command ? Float32Array.of(...observation, ...command) : observation;

/** An angle between two others, on the shorter way round. */
function between(from: number, to: number, progress: number): number {
  const turn = to - from;
  return from + (turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI))) * progress;
}
