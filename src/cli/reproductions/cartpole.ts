import { meanInterval } from "../../index.js";
import { type Cell, type CellResult, cellConfig, type Reproduction } from "./reproduction.js";

const AGENTS = ["ppo", "dqn"] as const;
const SEEDS = [1, 2, 3, 4, 5] as const;
/** CartPole-v1 counts as solved at a mean return of 475. */
const SOLVED = 475;

/** PPO and DQN with their tuned presets on CartPole-v1. */
export const cartpole: Reproduction = {
  name: "cartpole",
  title: "CartPole-v1",
  about:
    "PPO and DQN with their tuned presets, each trained to its full budget. Every 2,560 steps 20 deterministic " +
    "episodes are played on separate environments; a seed counts as solved at the first of these evaluations whose " +
    "mean return is 475 or more. Seconds are training time on one core, evaluations excluded.",
  cells() {
    return AGENTS.flatMap((agent) =>
      SEEDS.map((seed): Cell => {
        const config = cellConfig({ env: "cartpole", agent, seed });
        return { id: `${agent}-s${seed}`, variant: agent, config };
      }),
    );
  },
  table(results) {
    const header = ["agent", "seeds", "solved", "solved at step", "after seconds", "seconds in all", "final return"];
    return [
      header,
      ...AGENTS.map((agent) =>
        row(
          agent,
          results.filter(({ variant }) => variant === agent),
        ),
      ),
    ];
  },
};

function row(agent: string, results: readonly CellResult[]): string[] {
  if (results.length === 0) return [agent, "0", "–", "–", "–", "–", "–"];
  const solved = results
    .map(({ summary }) => summary.evaluations.find(({ returnMean }) => returnMean >= SOLVED))
    .filter((evaluation) => evaluation !== undefined);
  const final = meanInterval(results.map(({ summary }) => summary.final.returnMean));
  const interval =
    final.low === null || final.high === null ? "" : ` [${final.low.toFixed(1)}, ${final.high.toFixed(1)}]`;
  return [
    agent,
    String(results.length),
    `${solved.length} of ${results.length}`,
    spread(
      solved.map(({ step }) => step),
      (step) => step.toLocaleString("en-GB"),
    ),
    spread(
      solved.map(({ seconds }) => seconds),
      (seconds) => seconds.toFixed(2),
    ),
    spread(
      results.map(({ summary }) => summary.seconds),
      (seconds) => seconds.toFixed(1),
    ),
    `${final.mean.toFixed(1)}${interval}`,
  ];
}

/** Median and range. */
function spread(values: readonly number[], show: (value: number) => string): string {
  if (values.length === 0) return "–";
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return `${show(median)} (${show(sorted[0])} to ${show(sorted[sorted.length - 1])})`;
}
