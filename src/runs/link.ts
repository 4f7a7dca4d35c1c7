import { agents, findAgent } from "../agents/index.js";
import type { EngineId } from "../compute/engine.js";
import { InputError, showValue } from "../core/errors.js";
import {
  booleanOption,
  choiceOption,
  integerOption,
  type OptionsOf,
  type OptionsSchema,
  type OptionValue,
  type OptionValues,
  optionsSchema,
  optionText,
  parseOptions,
  parseOptionText,
} from "../core/options.js";
import { environments, findEnvironment } from "../envs/index.js";
import { evaluationDistance, type SessionConfig } from "../training/config.js";

/** How a training is run and measured, whatever is learned: the form's third part. */
export const trainingOptions = optionsSchema({
  budget: integerOption({
    title: "Budget",
    help: "Environment steps after which the run ends; it can be continued.",
    unit: "steps",
    default: 100_000,
    min: 1,
    max: 1e10,
  }),
  seeds: integerOption({
    title: "Seeds",
    help: "Trainings side by side that differ only by their seed; the curve is then a mean with its interval.",
    default: 1,
    min: 1,
    max: 10,
  }),
  stopWhenSolved: booleanOption({
    title: "Stop once solved",
    help: "Ends the run when an evaluation reaches the return at which the world counts as solved.",
    default: false,
    advanced: true,
  }),
  evaluationEvery: integerOption({
    title: "Evaluate every",
    help: "Steps between evaluations with deterministic actions; 0 switches them off.",
    zero: "off",
    unit: "steps",
    default: 2560,
    min: 0,
    max: 1e9,
    advanced: true,
  }),
  evaluationEpisodes: integerOption({
    title: "Evaluation episodes",
    help: "Episodes in one evaluation.",
    default: 20,
    min: 1,
    max: 1000,
    advanced: true,
  }),
  engine: choiceOption({
    title: "Engine",
    help: "What computes the networks; auto times each one on this device and takes the fastest.",
    choices: ["auto", "wasm-relaxed", "wasm-simd", "reference", "tfjs-cpu", "tfjs-wasm", "tfjs-webgpu", "wgsl"],
    default: "auto",
    advanced: true,
  }),
});

/** Everything that a person sets up, and that a link holds. */
export interface LabSettings {
  readonly env: string;
  readonly agent: string;
  /** Whole number from 0 to 4294967295; with several seeds, the first. */
  readonly seed: number;
  /** Parsed, with every default filled in. */
  readonly envOptions: OptionValues;
  readonly agentOptions: OptionValues;
  readonly training: OptionsOf<typeof trainingOptions>;
}

/** What a link said. */
export interface ParsedLink {
  /** Settings with everything in them that could be used. */
  readonly settings: LabSettings;
  /** Whether the link names a seed; else the settings hold the fallback's. */
  readonly seedGiven: boolean;
  /** Start by itself or wait for Train; null when the link does not say. */
  readonly autoplay: boolean | null;
  /** One error for each field that could not be used. */
  readonly refused: readonly InputError[];
}

const MAX_SEED = 0xffffffff;
const FIELDS = ["env", "agent", "seed", "autoplay", ...Object.keys(trainingOptions.entries)];

/** The settings of a world and an agent when nothing else is said: the agent's preset for that world. */
export function defaultSettings(env: string, agent: string, seed: number): LabSettings {
  const { spec } = findEnvironment(env);
  const definition = findAgent(agent);
  const budget = definition.budgets[env] ?? definition.budgets["default"];
  return {
    env,
    agent,
    seed,
    envOptions: parseOptions(spec.options, {}, "env") as OptionValues,
    agentOptions: parseOptions(definition.options, definition.presets[env] ?? {}, "agent") as OptionValues,
    training: parseOptions(
      trainingOptions,
      {
        ...(budget === undefined ? {} : { budget }),
        evaluationEvery: evaluationDistance(spec, definition),
      },
      "training",
    ),
  };
}

/** The config of one seed's session, the `index`-th of `training.seeds`. */
export function configOf(settings: LabSettings, index = 0): SessionConfig {
  const { env, agent, seed, envOptions, agentOptions, training } = settings;
  return {
    env,
    agent,
    seed: (seed + index) % (MAX_SEED + 1),
    envOptions,
    agentOptions,
    engine: training.engine === "auto" ? null : (training.engine satisfies EngineId),
    budget: training.budget,
    stopAt: training.stopWhenSolved ? findEnvironment(env).spec.solvedReturn : null,
    evaluation: { every: training.evaluationEvery, episodes: training.evaluationEpisodes },
  };
}

/** The settings as the part of an address behind `#`: env, agent, seed, and what differs from the defaults. */
export function linkOf(settings: LabSettings, autoplay: boolean | null = null): string {
  const defaults = defaultSettings(settings.env, settings.agent, settings.seed);
  const fields: [string, string][] = [
    ["env", settings.env],
    ["agent", settings.agent],
    ["seed", String(settings.seed)],
    ...differences("env.", settings.envOptions, defaults.envOptions),
    ...differences("agent.", settings.agentOptions, defaults.agentOptions),
    ...differences("", settings.training, defaults.training),
  ];
  if (autoplay !== null) fields.push(["autoplay", autoplay ? "1" : "0"]);
  return fields.map(([key, text]) => `${key}=${encodeURIComponent(text).replaceAll("%2C", ",")}`).join("&");
}

/**
 * Reads the part of an address behind `#`. Never throws: a field that cannot be used is refused by name and the rest
 * of the link is used. Without a usable seed, `fallbackSeed` is taken.
 */
export function parseLink(text: string, fallbackSeed: number): ParsedLink {
  const fields = new URLSearchParams(text.replace(/^#/, ""));
  const refused: InputError[] = [];
  const attempt = <T>(task: () => T, fallback: T): T => {
    try {
      return task();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // Fields of the third group stand in a link without their prefix.
      refused.push(new InputError(error.field.replace(/^training\./, ""), error.given, error.allowed));
      return fallback;
    }
  };
  const given = <T>(key: string, read: (value: string) => T, fallback: T): T => {
    const value = fields.get(key);
    return value === null ? fallback : attempt(() => read(value), fallback);
  };

  const env = given("env", (value) => findEnvironment(value).spec.id, environments[0].spec.id);
  const agent = given("agent", (value) => usableAgent(value, env), usualAgent(env));
  const seed = given("seed", parseSeed, null);
  const defaults = defaultSettings(env, agent, seed ?? fallbackSeed);
  const overrides = { env: {}, agent: {}, training: {} } as Record<string, Record<string, OptionValue>>;
  const read = (group: string, schema: OptionsSchema, key: string, value: string) => {
    attempt(() => {
      overrides[group][key] = parseOptionText(schema, key, value, group);
    }, undefined);
  };
  for (const [field, value] of fields) {
    const [group, key] = field.split(/\.(.*)/s);
    if (key !== undefined && group === "env") read("env", findEnvironment(env).spec.options, key, value);
    else if (key !== undefined && group === "agent") read("agent", findAgent(agent).options, key, value);
    else if (Object.hasOwn(trainingOptions.entries, field)) read("training", trainingOptions, field, value);
    else if (!FIELDS.includes(field)) {
      refused.push(new InputError(field, showValue(value), `one of the fields ${FIELDS.join(", ")}, env.… or agent.…`));
    }
  }
  return {
    settings: {
      ...defaults,
      envOptions: { ...defaults.envOptions, ...overrides["env"] },
      agentOptions: { ...defaults.agentOptions, ...overrides["agent"] },
      training: parseOptions(trainingOptions, { ...defaults.training, ...overrides["training"] }, "training"),
    },
    seedGiven: seed !== null,
    autoplay: given("autoplay", (value) => parseSwitch(value), null),
    refused,
  };
}

/** Reads a seed. Throws {@link InputError} on the field `seed`. */
export function parseSeed(text: string): number {
  const seed = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED) return seed;
  throw new InputError("seed", text.trim() || '""', `a whole number from 0 to ${MAX_SEED}`);
}

/** The agent of a world where none is named: one that was made for it, else the first that can learn in it. */
export function usualAgent(env: string): string {
  const { spec } = findEnvironment(env);
  const usable = agents.filter((agent) => agent.unsupported(spec) === null);
  return (usable.find(({ madeFor }) => madeFor?.includes(env)) ?? usable[0] ?? agents[0]).id;
}

/** Whether two settings would make the same run, whatever their budget. */
export function sameRun(a: SessionConfig, b: SessionConfig): boolean {
  const key = ({ budget: _, engine: __, ...rest }: SessionConfig) => JSON.stringify(sorted(rest));
  const engineAgrees = a.engine === null || b.engine === null || a.engine === b.engine;
  return engineAgrees && key(a) === key(b);
}

function usableAgent(id: string, env: string): string {
  const definition = findAgent(id);
  const reason = definition.unsupported(findEnvironment(env).spec);
  if (reason === null) return definition.id;
  const usable = agents.filter((agent) => agent.unsupported(findEnvironment(env).spec) === null);
  throw new InputError("agent", showValue(id), `one of ${usable.map((agent) => agent.id).join(", ")} in ${env}`);
}

function parseSwitch(text: string): boolean {
  if (text === "1" || text === "true") return true;
  if (text === "0" || text === "false") return false;
  throw new InputError("autoplay", showValue(text), "0 or 1");
}

function differences(prefix: string, values: OptionValues, defaults: OptionValues): [string, string][] {
  return (
    Object.entries(values)
      // A text that was emptied again is one that was never given.
      .filter(([key, value]) => optionText(value) !== optionText(defaults[key] ?? ""))
      .map(([key, value]) => [`${prefix}${key}`, optionText(value)])
  );
}

/** A copy with keys in order, so that equal values give equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
