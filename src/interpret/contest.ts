import type { Actor } from "../evaluate/evaluate.js";
import { type Pace, paced } from "./pace.js";
import { playEpisodes, type World } from "./play.js";

/** A student in a contest. */
export interface Entry<Student> {
  readonly student: Student;
  /** Share of the labelled states where it does what the teacher does. */
  readonly agreement: number;
  /** Mean return over the episodes it has played. */
  mean: number;
  episodes: number;
}

/** The winner has played this many times the episodes of the first round. */
const PROVEN = 128;
/** All that is played after the first round, at most, in episodes of the first round. */
const PATIENCE = 500;

/**
 * Finds the student with the highest return, on episodes that are never those of the test.
 *
 * All play a few episodes. Then whoever leads plays as many again as it has played, until somebody leads who has played
 * {@link PROVEN} times as many as at first: luck in few episodes makes a leader but no winner, and a student that is
 * beaten by luck comes back once the lucky one falls. Everybody meets the same starts in the same order.
 */
export class Contest<Student> {
  private readonly entries: Entry<Student>[] = [];

  constructor(
    private readonly request: World & { readonly seed: number; readonly pace: Pace },
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
    const enough = PROVEN * this.episodes;
    let left = PATIENCE * this.episodes;
    let leader = this.leaderOf(this.entries);
    while (leader.episodes < enough && left > 0 && this.entries.length > 1) {
      left -= leader.episodes;
      await this.play(leader, leader.episodes, 2 + Math.round(Math.log2(leader.episodes / this.episodes)));
      leader = this.leaderOf(this.entries);
    }
    if (leader.episodes < enough) {
      // Out of patience: of those who have played the most, the best.
      const most = Math.max(...this.entries.map(({ episodes }) => episodes));
      leader = this.leaderOf(this.entries.filter(({ episodes }) => episodes === most));
    }
    return { best: leader, entries: this.entries };
  }

  private leaderOf(entries: readonly Entry<Student>[]): Entry<Student> {
    return entries.reduce((one, other) =>
      other.mean > one.mean || (other.mean === one.mean && this.isBetter(other, one)) ? other : one,
    );
  }

  private async play(entry: Entry<Student>, episodes: number, round: number): Promise<void> {
    const { seed, pace } = this.request;
    const { returns } = await playEpisodes(paced(this.actorOf(entry.student), pace), this.request, {
      episodes,
      seed,
      streamName: `explain/select/${round}`,
    });
    let sum = entry.mean * entry.episodes;
    for (const value of returns) sum += value;
    entry.episodes += episodes;
    entry.mean = sum / entry.episodes;
  }
}
