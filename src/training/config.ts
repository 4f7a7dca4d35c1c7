import type { EngineId } from "../compute/engine.js";
import type { OptionValues } from "../core/options.js";

/** How often and how a training is measured: deterministic actions on separate environments. */
export interface EvaluationSettings {
  /** Environment steps between evaluations; each takes place at the next update boundary. 0 switches them off. */
  readonly every: number;
  readonly episodes: number;
}

/**
 * Everything that decides a training. With a seed it is the whole of it: the same config on the same engine gives
 * the same run, bit for bit on the CPU paths.
 */
export interface SessionConfig {
  readonly env: string;
  readonly agent: string;
  /** Whole number from 0 to 4294967295. */
  readonly seed: number;
  /** Parsed, with every default filled in. */
  readonly envOptions: OptionValues;
  readonly agentOptions: OptionValues;
  /** Null lets the calibration pick. */
  readonly engine: EngineId | null;
  /** Environment steps since the start; the run ends at the first update boundary at or after it. */
  readonly budget: number;
  /** Ends the run once an evaluation's mean return reaches this; null never does. */
  readonly stopAt: number | null;
  readonly evaluation: EvaluationSettings;
}

/** One evaluation, as in `evaluations.jsonl`. */
export interface Evaluation {
  /** Environment steps trained so far. */
  readonly step: number;
  /** Seconds of training so far, evaluations excluded. */
  readonly seconds: number;
  readonly episodes: number;
  readonly returnMean: number;
  /** Population standard deviation over the episodes. */
  readonly returnStd: number;
}

/** One line of `progress.jsonl`: the state of the curves after an update. */
export interface Progress {
  readonly step: number;
  readonly seconds: number;
  readonly update: number;
  /** Mean over the last 100 finished training episodes; null before the first has ended. */
  readonly returnMean: number | null;
  readonly lengthMean: number | null;
  /** Episodes finished so far. */
  readonly episodes: number;
  readonly diagnostics: Readonly<Record<string, number>> | null;
}
