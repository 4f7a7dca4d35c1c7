import {
  type Explanation,
  type ExplanationMethod,
  type OptionValues,
  resolveConfig,
  type SessionConfig,
  type SessionRequest,
} from "../../index.js";
import type { Summary } from "../run.js";

/**
 * The config of a cell: as asked for, on one and the same engine build.
 *
 * Two builds round differently. Which of them the calibration would pick depends on what else the machine does at that
 * moment, so that the same cell would give other figures the next time.
 */
export function cellConfig(request: Omit<SessionRequest, "engine">): SessionConfig {
  return resolveConfig({ ...request, engine: "wasm-simd" });
}

/** One training of a reproduction: a configuration under one seed. */
export interface Cell {
  /** File name of its result, without the ending: `<variant>-s<seed>`. */
  readonly id: string;
  /** What the table compares: the same for all seeds of one configuration. */
  readonly variant: string;
  readonly config: SessionConfig;
}

/** An explanation that every cell makes of its trained policy. */
export interface ExplanationPlan {
  /** What the table calls it. */
  readonly label: string;
  readonly method: ExplanationMethod;
  readonly options: OptionValues;
}

/** An explanation as it lies in a cell's result. */
export interface PlannedExplanation {
  readonly label: string;
  /** Seconds of processor time it took; `seconds` within are wall-clock time. */
  readonly processorSeconds: number;
  readonly explanation: Explanation;
}

/** A finished cell, as it lies in `docs/results/data/<name>/<id>.json`. */
export interface CellResult {
  readonly cell: string;
  readonly variant: string;
  /** Of the config and of the code that trains; another hash means that the cell has to be run again. */
  readonly hash: string;
  readonly config: SessionConfig;
  readonly summary: Omit<Summary, "run">;
  /** In the order of the reproduction's plans; absent where it has none. */
  readonly explanations?: readonly PlannedExplanation[];
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
  /** What is made of every trained policy, if anything. */
  readonly explanations?: readonly ExplanationPlan[];
  /** Made when asked for, so that a mistake in one stops no other command. */
  cells(): readonly Cell[];
  /** The rows of the table in Markdown, header first; `results` are in the order of the cells. */
  table(results: readonly CellResult[]): readonly (readonly string[])[];
  /** Lines of Markdown below the table. */
  notes?(results: readonly CellResult[]): readonly string[];
}
