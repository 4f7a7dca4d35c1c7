/** Where a case is measured: a fresh Node process, or a Worker of a blank page in a fresh headless Chromium. */
export type Platform = "node" | "chromium";

/** What the command line decides. */
export interface Settings {
  /** Names of the benchmarks, in the order in which they run. */
  readonly names: readonly string[];
  /** Platforms that were asked for; null takes every one that a benchmark supports and that is there. */
  readonly platforms: readonly Platform[] | null;
  /** Fewer seeds and shorter measurements: shows that everything works, not what it reaches. */
  readonly quick: boolean;
  /** Minutes of training under watch in `memory`. */
  readonly minutes: number;
  /** File for the results; null makes one in `bench/results/`. */
  readonly json: string | null;
  /** Put the tables into docs/performance.md. */
  readonly docs: boolean;
}

/** What a number should reach. */
export interface Target {
  readonly value: number;
  readonly better: "higher" | "lower";
}

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly platform: Platform;
  /** Null when it could not be measured; `note` then says why. */
  readonly value: number | null;
  readonly unit: string;
  readonly target?: Target;
  /** The same thing elsewhere, in words. */
  readonly comparison?: string;
  /** How it was measured: minimum or median, of how many, on which engine. */
  readonly note: string;
}

/** The outcome of one case. */
export interface Measured<Case = unknown, Result = unknown> {
  readonly platform: Platform;
  readonly case: Case;
  readonly result: Result;
}

/**
 * One benchmark: cases that are measured one after another, each in a fresh process, and the rows they fill.
 *
 * Cases and results are plain JSON, since they cross a process boundary.
 */
export interface Bench<Case = unknown, Result = unknown> {
  readonly name: string;
  readonly title: string;
  readonly platforms: readonly Platform[];
  /** Flags of the Node process that measures a case. */
  readonly nodeFlags?: readonly string[];
  cases(settings: Settings): readonly Case[];
  measure(options: Case): Promise<Result>;
  rows(measured: readonly Measured<Case, Result>[], settings: Settings): readonly Row[];
  /** A picture of the results as an SVG, written beside the JSON file. */
  plot?(measured: readonly Measured<Case, Result>[]): string;
}
