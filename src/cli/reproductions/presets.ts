import { type MeanInterval, meanInterval } from "../../index.js";
import { type Cell, type CellResult, cellConfig, type Reproduction } from "./reproduction.js";

const SEEDS = [1, 2, 3, 4, 5] as const;
/** World, agent, and the mean return that its preset should reach. */
const TARGETS = [
  ["cartpole", "ppo", 500],
  ["cartpole", "dqn", 500],
  ["acrobot", "ppo", -85],
  ["mountain-car", "dqn", -115],
  ["pendulum", "ppo", -200],
  ["lunar-lander", "ppo", 200],
] as const;

/** The tuned presets in the worlds of the control suite. */
export const presets: Reproduction = {
  name: "presets",
  title: "Presets in the control suite",
  about:
    "PPO and DQN with their tuned presets, each trained to its full budget under five seeds. The return is that of the " +
    "last evaluation: 20 deterministic episodes on separate environments. Seconds are training time on one core, " +
    "evaluations excluded.",
  cells() {
    return TARGETS.flatMap(([env, agent]) =>
      SEEDS.map((seed): Cell => {
        const { budget } = cellConfig({ env, agent, seed });
        // Ten evaluations show the way; the last one falls on the end.
        const config = cellConfig({ env, agent, seed, evaluation: { every: Math.ceil(budget / 10), episodes: 20 } });
        return { id: `${env}-${agent}-s${seed}`, variant: `${env} ${agent}`, config };
      }),
    );
  },
  table(results) {
    const header = ["world", "agent", "seeds", "return", "wanted", "seeds that reach it", "steps", "seconds"];
    return [header, ...TARGETS.map(([env, agent, target]) => row(env, agent, target, results))];
  },
};

function row(env: string, agent: string, target: number, all: readonly CellResult[]): string[] {
  const results = all.filter(({ variant }) => variant === `${env} ${agent}`);
  if (results.length === 0) return [env, agent, "0", "–", `>= ${target}`, "–", "–", "–"];
  const returns = results.map(({ summary }) => summary.final.returnMean);
  const seconds = results.map(({ summary }) => summary.seconds).sort((a, b) => a - b);
  return [
    env,
    agent,
    String(results.length),
    intervalText(meanInterval(returns)),
    `>= ${target}`,
    `${returns.filter((value) => value >= target).length} of ${returns.length}`,
    results[0].config.budget.toLocaleString("en-GB"),
    `${seconds[Math.floor(seconds.length / 2)].toFixed(1)} (${seconds[0].toFixed(1)} to ${seconds[seconds.length - 1].toFixed(1)})`,
  ];
}

function intervalText({ mean, low, high }: MeanInterval): string {
  return low === null || high === null ? mean.toFixed(1) : `${mean.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
}
