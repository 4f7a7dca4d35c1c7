import type { SessionConfig } from "../../index.js";
import type { Summary } from "../run.js";

/** One training of a reproduction: a configuration under one seed. */
export interface Cell {
  /** File name of its result, without the ending: `<variant>-s<seed>`. */
  readonly id: string;
  /** What the table compares: the same for all seeds of one configuration. */
  readonly variant: string;
  readonly config: SessionConfig;
}

/** A finished cell, as it lies in `docs/results/data/<name>/<id>.json`. */
export interface CellResult {
  readonly cell: string;
  readonly variant: string;
  /** Of the config and of the code that trains; another hash means that the cell has to be run again. */
  readonly hash: string;
  readonly config: SessionConfig;
  readonly summary: Omit<Summary, "run">;
  /** Processor, Node and platform it ran on. */
  readonly machine: string;
  /** ISO 8601 date. */
  readonly date: string;
}

/** A published result made again: which trainings it takes, and the table they fill. */
export interface Reproduction {
  /** Kebab case: `npm run reproduce -- NAME`. */
  readonly name: string;
  readonly title: string;
  /** One paragraph: what is measured and against what. */
  readonly about: string;
  /** Made when asked for, so that a mistake in one stops no other command. */
  cells(): readonly Cell[];
  /** The rows of the table in Markdown, header first; `results` are in the order of the cells. */
  table(results: readonly CellResult[]): readonly (readonly string[])[];
}
