import { msg, str } from "@lit/localize";
import type { AgentDefinition, DiagnosticDescription } from "../agents/agent.js";
import { findAgent } from "../agents/index.js";
import { describeOptions, type OptionsSchema, type OptionValues, optionText } from "../core/options.js";
import type { Feature } from "../core/spaces.js";
import { formatInteger, formatSignificant } from "../elements/format.js";
import { currentLocale, translated } from "../elements/localise.js";
import type { PlotBreak, PlotData } from "../elements/plot.js";
import type { RunRow } from "../elements/run-list.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { findEnvironment } from "../envs/index.js";
import { commandFeatures } from "../interpret/command-features.js";
import { defaultSettings } from "../runs/link.js";
import type { RunEntry } from "../runs/opfs-library.js";
import type { SessionConfig } from "../training/config.js";
import type { LabSession } from "./lab-session.js";
import { lossText } from "./notices.js";

/** Signs shown beside the return; every diagnostic can be shown as a curve. */
const MAX_SIGNS = 4;

/** The return over steps: training, its evaluations, chance, a person's mean, and what counts as solved. */
export function returnPlot(session: LabSession, hand: number | null = null): PlotData {
  const { spec, evaluations } = session;
  return {
    ...session.plot("returnMean", 1),
    breaks: plotBreaks(session),
    marks: evaluations.map(({ step, returnMean }) => ({ step, value: returnMean })),
    guides: [
      { value: spec.randomReturn, label: msg(str`random ${formatSignificant(spec.randomReturn)}`), tone: "dim" },
      ...(hand === null
        ? []
        : [{ value: hand, label: msg(str`you ${formatSignificant(hand)}`), tone: "dim" } as const]),
      ...(spec.solvedReturn === null
        ? []
        : [
            {
              value: spec.solvedReturn,
              label: msg(str`solved ${formatSignificant(spec.solvedReturn)}`),
              tone: "good",
            } as const,
          ]),
    ],
  };
}

/** Where training broke off, in words. */
export function plotBreaks(session: LabSession): PlotBreak[] {
  return session.breaks.map(({ step, lostSteps, kind }) => ({
    step,
    label: `${lossText(kind)} ${msg(str`${formatInteger(lostSteps)} steps were trained again.`)}`,
  }));
}

/** One of the other curves, with its healthy range shaded. */
export function curvePlot(session: LabSession, key: string): PlotData {
  const description = session.definition.diagnostics.find((candidate) => candidate.key === key);
  return { ...session.plot(key, 1), breaks: plotBreaks(session), healthy: description?.healthy ?? null };
}

/** A curve that can be shown below the stage; `plot` makes one that is no column of the run's own curves. */
export interface CurveChoice extends Pick<DiagnosticDescription, "key" | "title" | "help"> {
  readonly plot?: () => PlotData;
}

/** The curves of any world: the length of episodes, and every diagnostic of the agent. */
export function curveChoices(definition: AgentDefinition): readonly CurveChoice[] {
  const length = { key: "lengthMean", title: msg("Episode length"), help: msg("steps, mean of the last 100 episodes") };
  return [length, ...definition.diagnostics];
}

/** Rows of the signs table: those with a healthy range, then others, as many as there is room for. */
export function chosenSigns(definition: AgentDefinition): readonly DiagnosticDescription[] {
  const ranged = definition.diagnostics.filter(({ healthy }) => healthy !== null);
  const others = definition.diagnostics.filter(({ healthy }) => healthy === null);
  return [...ranged, ...others].slice(0, Math.max(MAX_SIGNS, ranged.length));
}

/** `Cart-pole, PPO`. */
export function runTitle(spec: EnvironmentSpec, definition: AgentDefinition): string {
  return `${translated(spec.title)}, ${definition.title}`;
}

/** What the policy reads: the observation and, where it follows commands, what is left of one. */
export function readFeatures({ first, spec }: LabSession): readonly Feature[] {
  const { commanded } = first;
  if (!commanded) return spec.observation;
  // The same list for the same world: elements begin anew with another one.
  if (readBefore?.spec !== spec) {
    readBefore = { spec, features: [...spec.observation, ...commandFeatures(commanded.command)] };
  }
  return readBefore.features;
}

let readBefore: { readonly spec: EnvironmentSpec; readonly features: readonly Feature[] } | null = null;

/** Seed and saved state: `seed 7 · saved 3 s ago`. */
export function savedText(session: LabSession, lasting: boolean | null): string {
  const { seed } = session.settings;
  const count = session.runs.length;
  const seeds = count === 1 ? msg(str`seed ${seed}`) : msg(str`seeds ${seed} to ${seed + count - 1}`);
  const { savedAt } = session.first;
  if (savedAt === null || lasting === false) return seeds;
  if (session.state !== "training") return `${seeds} · ${msg("saved")}`;
  const seconds = Math.floor((performance.now() - savedAt) / 1000);
  return `${seeds} · ${seconds < 2 ? msg("saved just now") : msg(str`saved ${seconds} s ago`)}`;
}

/** The newest evaluation: `446 ± 6`. */
export function evaluationText(session: LabSession): string {
  const last = session.evaluations.at(-1);
  return last ? `${formatSignificant(last.returnMean)} ± ${formatSignificant(last.returnStd, 2)}` : "–";
}

/** The runs of this browser as rows. Runs of a world or an agent this version does not know keep their ids as names. */
export function runRows(entries: readonly RunEntry[]): RunRow[] {
  const dates = new Intl.DateTimeFormat(currentLocale(), { dateStyle: "medium", timeStyle: "short" });
  return entries.map(({ name, record, step, lastEvaluation }) => ({
    name,
    title: titleOf(record.config.env, record.config.agent),
    changes: changesText(record.config),
    seed: record.seed,
    returnMean: lastEvaluation?.returnMean ?? null,
    returnStd: lastEvaluation?.returnStd ?? null,
    step,
    created: dates.format(new Date(record.created)),
  }));
}

/** What a run's world and agent have that its preset has not, in a few words: what tells runs of one title apart. */
function changesText({ env, agent, envOptions, agentOptions }: SessionConfig): string {
  try {
    const defaults = defaultSettings(env, agent, 0);
    return [
      ...changesOf(findEnvironment(env).spec.options, envOptions, defaults.envOptions),
      ...changesOf(findAgent(agent).options, agentOptions, defaults.agentOptions),
    ].join(", ");
  } catch {
    // A world or agent of another version of the lab.
    return "";
  }
}

function changesOf(schema: OptionsSchema, values: OptionValues, defaults: OptionValues): string[] {
  return describeOptions(schema).flatMap(({ key, kind, title }) => {
    const value = optionText(values[key] ?? "");
    if (!(key in values) || value === optionText(defaults[key] ?? "")) return [];
    if (kind === "choice") return [translated(value)];
    if (kind === "boolean") return [`${translated(title)} ${value === "true" ? msg("on") : msg("off")}`];
    // A network in words, or a file's digits, says less than it takes room.
    return [kind === "text" ? translated(title) : `${translated(title)} ${value}`];
  });
}

function titleOf(env: string, agent: string): string {
  try {
    return runTitle(findEnvironment(env).spec, findAgent(agent));
  } catch {
    return `${env}, ${agent}`;
  }
}
