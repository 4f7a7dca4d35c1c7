import * as v from "valibot";
import type { EngineReport } from "../compute/engine.js";
import { InputError, showValue } from "../core/errors.js";
import type { Packable } from "../core/pack.js";
import type { Evaluation, Progress, SessionConfig } from "../training/config.js";

/**
 * What lies in a run folder, the same on a disk and in the browser's private file system:
 *
 * - `run.json`: {@link RunRecord}, written before the first step;
 * - `progress.jsonl` and `evaluations.jsonl`: one {@link Progress} or {@link Evaluation} a line;
 * - `checkpoints/<step>.bin`: `core/pack` files, of which only the newest few are kept;
 * - `segments/<from>-<to>.bin`: parts of a replay buffer that checkpoints refer to by name;
 * - `explanations/<name>.json`;
 * - `sales.csv`: the weekly sales that the world's options name, where a person gave some.
 *
 * This file knows names and contents, not where the files are; see `run-store.ts`.
 */
export const RUN_FORMAT = 1;
export const RUN_FILE = "run.json";
export const PROGRESS_FILE = "progress.jsonl";
export const EVALUATIONS_FILE = "evaluations.jsonl";
export const CHECKPOINT_FOLDER = "checkpoints";
export const SEGMENT_FOLDER = "segments";
export const EXPLANATION_FOLDER = "explanations";
export const SALES_FILE = "sales.csv";

/** `run.json`: everything that decides the run, and what it was made with. */
export interface RunRecord {
  readonly format: typeof RUN_FORMAT;
  /** With the engine that the calibration chose, never null once written. */
  readonly config: SessionConfig;
  readonly seed: number;
  readonly engine: EngineReport;
  /** Versions by name: `vitrine`, and `node` or `browser`, and `platform`. */
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601 date and time, UTC. */
  readonly created: string;
}

const engineIds = ["reference", "wasm-simd", "wasm-relaxed", "tfjs-cpu", "tfjs-wasm", "tfjs-webgpu", "wgsl"] as const;
const optionValue = v.union([v.number(), v.boolean(), v.string(), v.array(v.number())]);
const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
/** JSON has no NaN; it is written as null. */
const anyNumber = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? Number.NaN),
);

const configSchema = v.object({
  env: v.string(),
  agent: v.string(),
  seed: v.pipe(wholeNumber, v.maxValue(0xffffffff)),
  envOptions: v.record(v.string(), optionValue),
  agentOptions: v.record(v.string(), optionValue),
  engine: v.nullable(v.picklist(engineIds)),
  budget: wholeNumber,
  stopAt: v.nullable(v.number()),
  evaluation: v.object({ every: wholeNumber, episodes: wholeNumber }),
});

/** What a calibration found, as it is stored. */
export const engineReportSchema = v.object({
  chosen: v.picklist(engineIds),
  reason: v.string(),
  timings: v.array(
    v.object({
      id: v.picklist(engineIds),
      milliseconds: v.nullable(v.number()),
      note: v.string(),
      stepsPerSecond: v.optional(v.number()),
    }),
  ),
  adapter: v.optional(
    v.nullable(
      v.object({ vendor: v.string(), architecture: v.string(), description: v.string(), isSoftware: v.boolean() }),
    ),
  ),
  key: v.optional(v.string()),
  asked: v.optional(v.boolean()),
  remembered: v.optional(v.boolean()),
  worldsOnCpu: v.optional(v.string()),
});

const runSchema = v.object({
  format: v.literal(RUN_FORMAT),
  config: configSchema,
  seed: wholeNumber,
  engine: engineReportSchema,
  versions: v.record(v.string(), v.string()),
  created: v.string(),
});

const evaluationSchema = v.object({
  step: wholeNumber,
  seconds: v.number(),
  episodes: wholeNumber,
  returnMean: anyNumber,
  returnStd: anyNumber,
});

const progressSchema = v.object({
  step: wholeNumber,
  seconds: v.number(),
  update: wholeNumber,
  returnMean: v.nullable(v.number()),
  lengthMean: v.nullable(v.number()),
  episodes: wholeNumber,
  diagnostics: v.nullable(v.record(v.string(), anyNumber)),
});

const segmentsSchema = v.object({
  segments: v.array(v.object({ name: v.pipe(v.string(), v.regex(/^\d+-\d+\.bin$/)) })),
});

/** The path of a checkpoint within its run. */
export function checkpointPath(step: number): string {
  return `${CHECKPOINT_FOLDER}/${step}.bin`;
}

/** The step of a checkpoint's file name, or null for any other file. */
export function checkpointStep(fileName: string): number | null {
  const match = /^(\d+)\.bin$/.exec(fileName);
  return match ? Number(match[1]) : null;
}

/** The path of an explanation within its run: one by each method and step. */
export function explanationPath({ method, step }: { readonly method: string; readonly step: number }): string {
  return `${EXPLANATION_FOLDER}/${method}-${step}.json`;
}

/** The path of a replay segment within its run. */
export function segmentPath(name: string): string {
  return `${SEGMENT_FOLDER}/${name}`;
}

/** The names of the segments that an unpacked checkpoint refers to: its top-level `segments`, each with a `name`. */
export function segmentNames(checkpoint: Packable): readonly string[] {
  const result = v.safeParse(segmentsSchema, checkpoint);
  return result.success ? result.output.segments.map((segment) => segment.name) : [];
}

/**
 * Reads `run.json`. Throws {@link InputError} when it is not JSON, of another format version, or lacks a field;
 * `source` names the file. Environment, agent and options are checked by whoever starts the session.
 */
export function parseRunRecord(text: string, source: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(source, "text that is not JSON", `the ${RUN_FILE} of a run`);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (format !== RUN_FORMAT) {
    throw new InputError(`${source} format`, showValue(format), `run format ${RUN_FORMAT}, the one this version reads`);
  }
  const result = v.safeParse(runSchema, value);
  if (result.success) return result.output;
  const path = v.getDotPath(result.issues[0]) ?? "";
  throw new InputError(`${source} ${path}`, result.issues[0].received, result.issues[0].expected ?? "a valid value");
}

/** Reads the lines of `progress.jsonl`; a last line that was cut by a crash is left out. */
export function parseProgress(text: string): Progress[] {
  return parseLines(progressSchema, text, PROGRESS_FILE);
}

/** Reads the lines of `evaluations.jsonl`; a last line that was cut by a crash is left out. */
export function parseEvaluations(text: string): Evaluation[] {
  return parseLines(evaluationSchema, text, EVALUATIONS_FILE);
}

/** One object a line, each ended by a newline. */
export function jsonLines(items: readonly object[]): string {
  return items.map((item) => `${JSON.stringify(item)}\n`).join("");
}

function parseLines<S extends v.GenericSchema>(schema: S, text: string, source: string): v.InferOutput<S>[] {
  // Whatever follows the last newline was not written to its end.
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line, i) => {
      const result = v.safeParse(schema, jsonOrUndefined(line));
      if (!result.success)
        throw new InputError(`${source} line ${i + 1}`, showValue(line), "a line written by Vitrine");
      return result.output;
    });
}

function jsonOrUndefined(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
