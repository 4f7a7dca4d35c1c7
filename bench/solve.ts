import type { EngineId } from "../src/compute/engine.js";
import { resolveConfig } from "../src/training/config.js";
import { Session } from "../src/training/session.js";
import type { Bench, Measured, Row } from "./harness/bench.js";
import { showNumber } from "./harness/table.js";
import { median } from "./harness/timing.js";

const SOLVED = 475;
/** Trains before the warm seeds do; its time counts nowhere. */
const WARM_UP_SEED = 1000;

interface Case {
  readonly start: "cold" | "warm";
  readonly seeds: readonly number[];
}

/** One training up to the first evaluation that solves the task, or to the end of its budget. */
interface Solve {
  readonly engine: EngineId;
  readonly solved: boolean;
  /** Environment steps. */
  readonly steps: number;
  /** Training alone: without evaluations, calibration and the making of worlds and networks. */
  readonly seconds: number;
}

/** Time to solve CartPole-v1 with PPO's shipped preset. */
export const solve: Bench<Case, readonly Solve[]> = {
  name: "solve",
  title: "time to solve CartPole-v1: PPO's preset; every 2,560 steps 20 deterministic episodes, mean >= 475",
  platforms: ["node", "chromium"],
  cases({ quick }) {
    const seeds = quick ? [1, 2] : [1, 2, 3, 4, 5];
    return [...seeds.map((seed): Case => ({ start: "cold", seeds: [seed] })), { start: "warm", seeds }];
  },

  async measure({ start, seeds }) {
    if (start === "warm") await train(WARM_UP_SEED);
    const solves: Solve[] = [];
    for (const seed of seeds) solves.push(await train(seed));
    return solves;
  },

  rows: (measured) =>
    (["node", "chromium"] as const).flatMap((platform) =>
      (["cold", "warm"] as const).flatMap((start) =>
        rowsOf(measured.filter((one) => one.platform === platform && one.case.start === start)),
      ),
    ),
};

async function train(seed: number): Promise<Solve> {
  const config = resolveConfig({
    env: "cartpole",
    agent: "ppo",
    seed,
    stopAt: SOLVED,
    evaluation: { every: 2560, episodes: 20 },
  });
  const session = await Session.create(config);
  let finished: "budget" | "solved" | null = null;
  while (finished === null) finished = (await session.advance()).finished;
  session.dispose();
  const { engine, step, seconds } = session;
  return { engine: engine.chosen, solved: finished === "solved", steps: step, seconds };
}

function rowsOf(measured: readonly Measured<Case, readonly Solve[]>[]): Row[] {
  const solves = measured.flatMap(({ result }) => result);
  if (solves.length === 0) return [];
  const [{ platform, case: first }] = measured;
  const how = first.start === "cold" ? "each seed in a fresh process" : "all seeds in one process, after another seed";
  const each = solves.map(({ seconds, solved }) => (solved ? showNumber(seconds) : "unsolved")).join(" / ");
  return [
    {
      what: `solve CartPole, ${first.start}: median`,
      platform,
      value: median(solves.map(({ seconds, solved }) => (solved ? seconds : Number.POSITIVE_INFINITY))),
      unit: "s",
      target: { value: 0.8, better: "lower" },
      comparison: "Stable-Baselines3 2.94 s, 15,360 steps",
      note: `${how}: ${each}; ${showNumber(median(solves.map(({ steps }) => steps)))} steps, ${solves[0].engine}`,
    },
    {
      what: `solve CartPole, ${first.start}: seeds that solve`,
      platform,
      value: solves.filter(({ solved }) => solved).length,
      unit: `of ${solves.length}`,
      target: { value: solves.length, better: "higher" },
      note: `steps ${solves.map(({ steps }) => showNumber(steps)).join(" / ")}`,
    },
  ];
}
