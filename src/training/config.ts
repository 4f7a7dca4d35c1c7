import type { AgentDefinition } from "../agents/agent.js";
import { findAgent } from "../agents/index.js";
import { ENGINE_IDS, type EngineId } from "../compute/engine.js";
import { InputError, type LossKind, showValue } from "../core/errors.js";
import { type OptionValues, parseOptions } from "../core/options.js";
import { freshSeed } from "../core/random.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { findEnvironment } from "../envs/index.js";

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

/** A place where training broke off, because what computed was lost, and went on from a checkpoint. */
export interface Break {
  /** Environment steps at the checkpoint it went on from. */
  readonly step: number;
  /** Steps beyond it that were lost and are trained again. */
  readonly lostSteps: number;
  readonly kind: LossKind;
}

/** What a person may leave out: presets and defaults fill it in. */
export interface SessionRequest {
  readonly env: string;
  readonly agent: string;
  readonly seed?: number | undefined;
  /** Only what differs from the world's defaults. */
  readonly envOptions?: Readonly<Record<string, unknown>> | undefined;
  /** Only what differs from the agent's preset for this world. */
  readonly agentOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly engine?: string | null | undefined;
  readonly budget?: number | undefined;
  readonly stopAt?: number | null | undefined;
  readonly evaluation?: Partial<EvaluationSettings> | undefined;
}

/** Evaluations take place this often unless a person says otherwise. */
export const DEFAULT_EVALUATION: EvaluationSettings = { every: 2560, episodes: 20 };

/** Environment steps between the evaluations of an agent in a world unless a person says otherwise. */
export function evaluationDistance(spec: EnvironmentSpec, agent: AgentDefinition): number {
  return Math.max(spec.evaluationEvery ?? DEFAULT_EVALUATION.every, agent.evaluationEvery ?? 0);
}

/**
 * Fills in presets and defaults and checks everything. Throws `InputError` that names the field.
 *
 * A seed that was not given is drawn from the platform's generator.
 */
export function resolveConfig(request: SessionRequest): SessionConfig {
  const environment = findEnvironment(request.env);
  const agent = findAgent(request.agent);
  const unsupported = agent.unsupported(environment.spec);
  if (unsupported) throw new InputError("agent", request.agent, `an agent for ${request.env} (${unsupported})`);
  const seed = request.seed ?? freshSeed();
  return {
    env: environment.spec.id,
    agent: agent.id,
    seed: wholeNumber("seed", seed, 0, 4294967295),
    envOptions: parseOptions(environment.spec.options, request.envOptions ?? {}, "env"),
    agentOptions: parseOptions(
      agent.options,
      { ...agent.presets[environment.spec.id], ...request.agentOptions },
      "agent",
    ),
    engine: engineOf(request.engine ?? null),
    budget: wholeNumber(
      "budget",
      request.budget ?? agent.budgets[environment.spec.id] ?? agent.budgets["default"],
      1,
      Number.MAX_SAFE_INTEGER,
    ),
    stopAt: request.stopAt === undefined || request.stopAt === null ? null : finiteNumber("stopAt", request.stopAt),
    evaluation: {
      every: wholeNumber(
        "evaluation.every",
        request.evaluation?.every ?? evaluationDistance(environment.spec, agent),
        0,
        1e12,
      ),
      episodes: wholeNumber(
        "evaluation.episodes",
        request.evaluation?.episodes ?? DEFAULT_EVALUATION.episodes,
        1,
        10000,
      ),
    },
  };
}

function engineOf(engine: string | null): EngineId | null {
  if (engine === null) return null;
  const id = ENGINE_IDS.find((candidate) => candidate === engine);
  if (!id) throw new InputError("engine", showValue(engine), `one of ${ENGINE_IDS.join(", ")}`);
  return id;
}

function wholeNumber(field: string, value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InputError(field, showValue(value), `a whole number from ${min} to ${max}`);
}

function finiteNumber(field: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new InputError(field, showValue(value), "a number");
}
