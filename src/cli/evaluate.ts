import { evaluatePolicy, freshSeed, InputError, mean, meanInterval, populationDeviation, showValue } from "../index.js";
import { wholeNumberOf } from "./arguments.js";
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
      { ...SET_FLAG, help: "measure in a changed world: env.NAME=VALUE; may be repeated" },
    ],
    examples: ["runs/cartpole-ppo-s1-1 --episodes 100 --seed 7 --json"],
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
      const result = await evaluatePolicy(policy, environment, { episodes, seed, streamName: "evaluate", options });
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
