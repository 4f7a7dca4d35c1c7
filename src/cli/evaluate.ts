import {
  type Command as AskedCommand,
  type Commanded,
  checkCommand,
  distanceToSeen,
  evaluatePolicy,
  FAMILIAR,
  freshSeed,
  InputError,
  mean,
  meanInterval,
  populationDeviation,
  showValue,
} from "../index.js";
import { type Arguments, textOf, wholeNumberOf } from "./arguments.js";
import type { Command } from "./command.js";
import { SEED_FLAG, SET_FLAG, seedOf, settingsOf } from "./flags.js";
import { openRun } from "./run.js";

/** Measures the policy of a run's last checkpoint. */
export const evaluate: Command = {
  name: "evaluate",
  usage: {
    summary: "measure the policy of a run's last checkpoint: deterministic actions, fresh episodes",
    positionals: ["run"],
    flags: [
      {
        name: "episodes",
        value: { label: "N", allowed: "a whole number of 1 or more" },
        help: "how many episodes (default: 100)",
      },
      SEED_FLAG,
      {
        name: "command",
        value: { label: "RETURN,STEPS", allowed: "a return and a number of steps, separated by a comma" },
        help: "what an upside-down policy is asked for (default: by the rule of its options)",
      },
      { ...SET_FLAG, help: "measure in a changed world: env.NAME=VALUE; may be repeated, the last of a name counts" },
    ],
    examples: ["runs/cartpole-ppo-s1-1 --episodes 100 --seed 7 --json", "runs/cartpole-udrl-s1-1 --command 60,60"],
  },
  async run(args, output) {
    const episodes = wholeNumberOf(args, "episodes", 1) ?? 100;
    if (episodes > 100_000) throw new InputError("--episodes", String(episodes), "a whole number from 1 to 100000");
    const seed = seedOf(args) ?? freshSeed();
    const [folder] = args.positionals;
    const { session, notices } = await openRun(folder);
    try {
      for (const notice of notices) output.note(notice);
      if (session.step === 0) {
        throw new InputError("run", showValue(folder), "a run with a checkpoint; this one has none yet");
      }
      const { config, environment, policy, step } = session;
      const settings = settingsOf(args, config.env, null);
      const options = { ...config.envOptions, ...settings.env };
      const command = commandOf(args, policy.commanded);
      const extrapolates =
        command && policy.commanded ? distanceToSeen(policy.commanded.seen, command) > FAMILIAR : undefined;
      if (command && extrapolates) {
        const { desiredReturn, desiredHorizon } = command;
        output.note(
          `A return of ${desiredReturn} in ${desiredHorizon} steps lies outside of what it has seen: it extrapolates.`,
        );
      }
      const result = await evaluatePolicy(policy, environment, {
        episodes,
        seed,
        streamName: "evaluate",
        options,
        ...(command && { command }),
      });
      const returns = [...result.returns];
      const { mean: returnMean, low: returnLow, high: returnHigh } = meanInterval(returns);
      const returnStd = populationDeviation(returns);
      const lengthMean = mean(result.lengths);
      const { env, agent } = config;
      output.line({
        run: folder,
        env,
        agent,
        step,
        episodes,
        seed,
        ...(command && { command, extrapolates }),
        returnMean,
        returnStd,
        returnLow,
        returnHigh,
        lengthMean,
        returns,
      });
      output.text(
        `${env} ${agent} at step ${step}: return ${returnMean.toFixed(2)} ± ${returnStd.toFixed(2)} over ${episodes} ` +
          `episodes (seed ${seed}), 95 % interval of the mean ${returnLow?.toFixed(2)} to ${returnHigh?.toFixed(2)}, ` +
          `mean length ${lengthMean.toFixed(1)}`,
      );
      return 0;
    } finally {
      session.dispose();
    }
  },
};

/** What is asked for: the flag's, else the policy's own; null for a policy that takes no commands. */
function commandOf(args: Arguments, commanded: Commanded | undefined): AskedCommand | null {
  const text = textOf(args, "command");
  if (text === undefined) return commanded?.command ?? null;
  if (!commanded) throw new InputError("--command", showValue(text), "no command: this policy takes none");
  const parts = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (parts.length !== 2 || parts.some(Number.isNaN)) {
    throw new InputError("--command", showValue(text), "a return and a number of steps, separated by a comma");
  }
  return checkCommand({ desiredReturn: parts[0], desiredHorizon: parts[1] }, "--command");
}
