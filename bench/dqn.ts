import type { EngineId } from "../src/compute/engine.js";
import { resolveConfig } from "../src/training/config.js";
import { Session } from "../src/training/session.js";
import type { Bench, Measured, Row } from "./harness/bench.js";
import { showNumber } from "./harness/table.js";
import { median } from "./harness/timing.js";

const BUDGET = 20_000;
const PERFECT = 500;
/** Steps per second of Stable-Baselines3 with its zoo's recipe on the same kind of machine. */
const STABLE_BASELINES3 = 1245;

/**
 * Stable-Baselines3's recipe for CartPole-v1, meant for 50,000 steps. Source: rl-baselines3-zoo, hyperparams/dqn.yml;
 * the rest are the library's defaults: plain DQN, target by copy, Huber loss, gradients clipped at 10.
 */
const ZOO = {
  hidden: [256, 256],
  activation: "relu",
  learningRate: 0.0023,
  gamma: 0.99,
  batchSize: 64,
  bufferSize: 100_000,
  learningStarts: 1000,
  trainEvery: 256,
  gradientSteps: 128,
  targetEvery: 10,
  targetRate: 1,
  epsilonStart: 1,
  epsilonEnd: 0.04,
  scheduleSteps: 8000,
  numEnvs: 1,
  nSteps: 1,
  double: false,
  dueling: false,
  prioritised: false,
  loss: "huber",
  maxGradNorm: 10,
};

const RECIPES = {
  preset: { title: "our preset, 2x64", options: {}, factor: 5 },
  zoo: { title: "Stable-Baselines3's recipe, 2x256", options: ZOO, factor: 1 },
} as const;

interface Case {
  readonly recipe: keyof typeof RECIPES;
  readonly seed: number;
}

interface Result {
  readonly engine: EngineId;
  readonly stepsPerSecond: number;
  /** Mean return of the evaluation at the end. */
  readonly finalReturn: number;
  /** Step of the first evaluation with a mean of 500, or null. */
  readonly firstPerfect: number | null;
}

/** DQN on CartPole: speed and return after 20,000 steps, each seed in a fresh process. */
export const dqn: Bench<Case, Result> = {
  name: "dqn",
  title: "DQN CartPole, 20,000 steps, evaluated every 2,560 steps over 20 episodes",
  platforms: ["node", "chromium"],
  cases({ quick }) {
    const seeds = quick ? [1] : [1, 2, 3, 4, 5];
    return (["preset", "zoo"] as const).flatMap((recipe) => seeds.map((seed) => ({ recipe, seed })));
  },

  async measure({ recipe, seed }) {
    const config = resolveConfig({
      env: "cartpole",
      agent: "dqn",
      seed,
      agentOptions: RECIPES[recipe].options,
      budget: BUDGET,
      evaluation: { every: 2560, episodes: 20 },
    });
    const session = await Session.create(config);
    while (session.finished === null) await session.advance();
    const { returnMean: finalReturn, step } = await session.evaluate();
    const earlier = session.evaluations.find(({ returnMean }) => returnMean >= PERFECT)?.step ?? null;
    const stepsPerSecond = session.step / session.seconds;
    session.dispose();
    return {
      engine: session.engine.chosen,
      stepsPerSecond,
      finalReturn,
      firstPerfect: earlier ?? (finalReturn >= PERFECT ? step : null),
    };
  },

  rows: (measured) =>
    (["node", "chromium"] as const).flatMap((platform) =>
      (["preset", "zoo"] as const).flatMap((recipe) =>
        rowsOf(
          recipe,
          measured.filter((one) => one.platform === platform && one.case.recipe === recipe),
        ),
      ),
    ),
};

function rowsOf(recipe: Case["recipe"], measured: readonly Measured<Case, Result>[]): Row[] {
  if (measured.length === 0) return [];
  const { title, factor } = RECIPES[recipe];
  const [{ platform }] = measured;
  const results = measured.map(({ result }) => result);
  const perfect = results.filter(({ firstPerfect }) => firstPerfect !== null);
  const speeds = results.map(({ stepsPerSecond }) => stepsPerSecond);
  const reachedAt = results.map(({ firstPerfect }) => (firstPerfect === null ? "never" : showNumber(firstPerfect)));
  return [
    {
      what: `DQN CartPole, ${title}`,
      platform,
      value: median(speeds),
      unit: "steps/s",
      target: { value: factor * STABLE_BASELINES3, better: "higher" },
      comparison: "Stable-Baselines3 1,245 (2x256)",
      note: `median of ${results.length} seeds (${showNumber(Math.min(...speeds))} to ${showNumber(Math.max(...speeds))}), from the first step on, ${results[0].engine}`,
    },
    {
      what: `DQN CartPole, ${title}: seeds with 500 within 20,000 steps`,
      platform,
      value: perfect.length,
      unit: `of ${results.length}`,
      // Four of five is the aim of our preset; the recipe is there for its speed.
      ...(recipe === "preset" && { target: { value: Math.ceil(0.8 * results.length), better: "higher" } }),
      comparison: "Stable-Baselines3 500 at 20,224 (one seed)",
      note: `first at ${reachedAt.join(" / ")}; return at the end ${results.map(({ finalReturn }) => showNumber(finalReturn)).join(" / ")}`,
    },
  ];
}
