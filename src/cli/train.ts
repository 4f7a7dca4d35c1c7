import { resolveConfig, type SessionConfig } from "../index.js";
import { type Arguments, type Flag, numberOf, textOf, wholeNumberOf } from "./arguments.js";
import type { Command } from "./command.js";
import { DEMAND_FLAG, demandOf } from "./demand.js";
import { AGENT_FLAG, ENV_FLAG, SEED_FLAG, SET_FLAG, seedOf, settingsOf } from "./flags.js";
import { Interrupts } from "./interrupt.js";
import type { Output } from "./output.js";
import { ProgressBar } from "./progress-bar.js";
import { RunReporter, stoppedText, summaryText } from "./reporter.js";
import { driveRun, type OpenRun, type Summary, startRun } from "./run.js";
import { trainSeeds } from "./seeds.js";

const COUNT = { label: "N", allowed: "a whole number" };

const FLAGS: readonly Flag[] = [
  ENV_FLAG,
  AGENT_FLAG,
  SEED_FLAG,
  { name: "seeds", value: COUNT, help: "train this many seeds side by side: seed, seed + 1, …" },
  SET_FLAG,
  DEMAND_FLAG,
  {
    name: "budget",
    value: { label: "STEPS", allowed: "a whole number of environment steps" },
    help: "environment steps, at the next update boundary (default: the agent's preset)",
  },
  {
    name: "stop-at",
    value: { label: "RETURN", allowed: "a number" },
    help: "stop once an evaluation's mean return reaches this",
  },
  { name: "eval-every", value: COUNT, help: "environment steps between evaluations, 0 for none (default: 2560)" },
  { name: "eval-episodes", value: COUNT, help: "episodes of each evaluation (default: 20)" },
  {
    name: "engine",
    value: { label: "ENGINE", allowed: "the id of an engine" },
    help: "what computes the networks (default: the fastest here)",
  },
  {
    name: "out",
    value: { label: "FOLDER", allowed: "a new or empty folder" },
    help: "where the run goes (default: runs/<env>-<agent>-s<seed>-<n>)",
  },
];

/** Trains an agent in a world. */
export const train: Command = {
  name: "train",
  usage: {
    summary: "train an agent in a world and keep the run",
    positionals: [],
    flags: FLAGS,
    examples: [
      "--env cartpole --agent ppo --seed 1 --budget 100000",
      "--env cartpole --agent dqn --seeds 5 --stop-at 475 --json",
      "--set agent.learningRate=0.001 --set env.length=0.7",
      "--demand sales.csv --seed 1",
    ],
  },
  async run(args, output) {
    const { config, sales } = requestOf(args);
    const numSeeds = wholeNumberOf(args, "seeds", 1) ?? 1;
    const out = textOf(args, "out") ?? null;
    if (numSeeds > 1) return trainSeeds(config, { numSeeds, out, sales }, output);
    const { summary } = await driveAndReport(await startRun(config, out, null, sales), output, config.budget);
    output.line(summary);
    return 0;
  },
};

/** The config that the flags of `train` ask for, and the file of sales where one is named. Throws `InputError`. */
export function requestOf(args: Arguments): { readonly config: SessionConfig; readonly sales: string | null } {
  const hasSales = textOf(args, "demand") !== undefined;
  const env = textOf(args, "env") ?? (hasSales ? "inventory" : "cartpole");
  const agent = textOf(args, "agent") ?? (hasSales ? "hdpo" : "ppo");
  const settings = settingsOf(args, env, agent);
  const demand = demandOf(args, env, settings.env);
  const every = wholeNumberOf(args, "eval-every");
  const episodes = wholeNumberOf(args, "eval-episodes", 1);
  const config = resolveConfig({
    env,
    agent,
    seed: seedOf(args),
    envOptions: demand?.options ?? settings.env,
    agentOptions: settings.agent,
    engine: textOf(args, "engine"),
    budget: wholeNumberOf(args, "budget", 1),
    stopAt: numberOf(args, "stop-at"),
    evaluation: { ...(every === undefined ? {} : { every }), ...(episodes === undefined ? {} : { episodes }) },
  });
  return { config, sales: demand?.text ?? null };
}

/**
 * Trains one run to its end while telling of it. Ctrl-C ends it with a checkpoint and says how to go on.
 *
 * The caller prints the summary's JSON line.
 */
export async function driveAndReport(
  run: OpenRun,
  output: Output,
  budget: number,
): Promise<{ readonly summary: Summary }> {
  const { session, folder } = run;
  const { env, agent } = session.config;
  const bar = new ProgressBar(output, `${env} ${agent}`, budget);
  const reporter = new RunReporter(output, bar, session.config, false);
  const interrupts = new Interrupts();
  try {
    reporter.start({ run: folder, engine: session.engine.chosen, step: session.step });
    const { worldsOnCpu } = session.engine;
    if (worldsOnCpu)
      output.note(`The worlds stay on the processor, which is slower than an engine there: ${worldsOnCpu}`);
    const { ending, summary } = await driveRun(run, {
      onAdvance: (advance) => reporter.advance(advance),
      shouldStop: () => interrupts.stopped,
      onLoss: (text) => reporter.loss(text),
    });
    output.clearBar();
    if (ending === "stopped") output.note(stoppedText(summary.steps, [folder]));
    output.text(summaryText(summary));
    return { summary };
  } finally {
    interrupts.dispose();
    output.clearBar();
  }
}
