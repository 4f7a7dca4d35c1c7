import type { OptionValues } from "../core/options.js";
import type { Environment } from "../envs/environment.js";
import { type Actor, evaluatePolicy } from "../evaluate/evaluate.js";
import { type Pace, paced } from "./pace.js";

/** A student in a contest. */
export interface Entry<Student> {
  readonly student: Student;
  /** Share of the labelled states where it does what the teacher does. */
  readonly agreement: number;
  /** Mean return over the episodes it has played. */
  mean: number;
  episodes: number;
}

/** Students that are left after the first round, at most. */
const FINALISTS = 16;

/**
 * Finds the student with the highest return, on episodes that are never those of the test.
 *
 * All play a few episodes; the best 16 play twice as many more, the better half of these twice as many again, and so
 * on until one is left (successive halving), so that luck in the first ones does not decide. Everybody in a round
 * meets the same starts. Source: Bastani, Pu & Solar-Lezama 2018, arXiv:1805.08328, as in the authors' code.
 */
export class Contest<Student> {
  private readonly entries: Entry<Student>[] = [];

  constructor(
    private readonly request: {
      readonly environment: Environment;
      readonly options: OptionValues;
      readonly seed: number;
      readonly pace: Pace;
    },
    /** Episodes of the first round. */
    private readonly episodes: number,
    private readonly actorOf: (student: Student) => Actor,
    /** Decides between equal returns. */
    private readonly isBetter: (one: Entry<Student>, other: Entry<Student>) => boolean,
  ) {}

  /** Takes a student in and lets it play its first round. */
  async enter(student: Student, agreement: number): Promise<void> {
    const entry = { student, agreement, mean: 0, episodes: 0 };
    this.entries.push(entry);
    await this.play(entry, this.episodes, 1);
  }

  /** Plays the rest. Throws `RangeError` when nobody entered. */
  async decide(): Promise<{ readonly best: Entry<Student>; readonly entries: readonly Entry<Student>[] }> {
    if (this.entries.length === 0) throw new RangeError("expected 1 or more entries, got 0");
    let left = this.ranked(this.entries);
    for (let round = 2; left.length > 1; round++) {
      left = left.slice(0, Math.min(FINALISTS, Math.ceil(left.length / 2)));
      if (left.length === 1) break;
      for (const entry of left) await this.play(entry, this.episodes * 2 ** (round - 1), round);
      left = this.ranked(left);
    }
    return { best: left[0], entries: this.entries };
  }

  private ranked(entries: readonly Entry<Student>[]): Entry<Student>[] {
    return [...entries].sort((a, b) => b.mean - a.mean || (this.isBetter(a, b) ? -1 : 1));
  }

  private async play(entry: Entry<Student>, episodes: number, round: number): Promise<void> {
    const { environment, options, seed, pace } = this.request;
    const { returns } = await evaluatePolicy(paced(this.actorOf(entry.student), pace), environment, {
      episodes,
      seed,
      streamName: `explain/select/${round}`,
      options,
    });
    let sum = entry.mean * entry.episodes;
    for (const value of returns) sum += value;
    entry.episodes += episodes;
    entry.mean = sum / entry.episodes;
  }
}
