import { RandomStream } from "../src/core/random.js";
import { type ActionSpace, actionSize } from "../src/core/spaces.js";
import { createVectorEnvironment, environments, findEnvironment, loadEnvironment } from "../src/envs/index.js";
import { heuristicAction } from "../src/envs/lunar-lander/heuristic.js";
import type { Bench } from "./harness/bench.js";
import { type Timing, timeCalls } from "./harness/timing.js";

const NUM_ENVS = 64;
/** Batches of actions, drawn before the clock starts: the figure is the world's alone. */
const NUM_BATCHES = 1024;

/** Steps of one lander under its heuristic in one sample: some episodes, touch-downs and resets included. */
const LANDER_STEPS = 1500;

interface Case {
  readonly env: string;
  readonly budget: number;
  /** One copy under its heuristic instead of 64 under random actions. */
  readonly heuristic?: boolean;
}

/** What Gymnasium does with one copy, and with NumPy where it vectorises. */
const GYMNASIUM: Readonly<Record<string, string>> = {
  cartpole: "Gymnasium 116,000 (one copy), 1,240,000 (64, NumPy)",
  "mountain-car": "Gymnasium 52,000 (one copy)",
};

/** Environment steps per second of every world, with random actions, in 64 copies on one core. */
export const envs: Bench<Case, Timing> = {
  name: "envs",
  title: "environment steps per second, random actions in 64 copies unless said",
  platforms: ["node", "chromium"],
  cases: ({ quick }) => {
    const budget = quick ? 200 : 2000;
    const random = environments.map(({ spec }): Case => ({ env: spec.id, budget }));
    return [...random, { env: "lunar-lander", budget: 2 * budget, heuristic: true }];
  },

  async measure({ env: id, budget, heuristic }) {
    const environment = findEnvironment(id);
    await loadEnvironment(environment);
    if (heuristic) return timeLander(budget);
    const env = createVectorEnvironment(environment, { numEnvs: NUM_ENVS, seed: 1 });
    const batches = randomActions(environment.spec.action);
    let batch = 0;
    return timeCalls(() => env.step(batches[batch++ % NUM_BATCHES]), budget);
  },

  rows: (measured) =>
    measured.map(({ platform, case: { env, heuristic }, result }) => {
      if (heuristic) {
        return {
          what: `${env}: steps, one copy under its heuristic`,
          platform,
          value: (LANDER_STEPS * 1000) / result.median,
          unit: "steps/s",
          target: { value: 15_000, better: "higher" },
          note: `median of ${result.samples} samples of ${LANDER_STEPS} steps, ${processorClock ? "processor time" : "wall-clock time"}, 180 and 60 solver iterations`,
        };
      }
      return {
        what: `${env}: steps`,
        platform,
        value: (NUM_ENVS * 1000) / result.median,
        unit: "steps/s",
        comparison: GYMNASIUM[env],
        note: `median of ${result.samples} samples, warm`,
      };
    }),
};

/** Processor milliseconds of this process, or null where nobody tells: a busy machine then counts as a slow one. */
const processorClock: (() => number) | null = (() => {
  const { process } = globalThis as { process?: { cpuUsage?(): { user: number; system: number } } };
  if (!process?.cpuUsage) return null;
  return () => {
    const used = process.cpuUsage?.() ?? { user: 0, system: 0 };
    return (used.user + used.system) / 1000;
  };
})();

function timeLander(budget: number): Promise<Timing> {
  const env = createVectorEnvironment(findEnvironment("lunar-lander"), { numEnvs: 1, seed: 1 });
  const action = new Float32Array(1);
  const play = () => {
    for (let step = 0; step < LANDER_STEPS; step++) {
      action[0] = heuristicAction(env.observations);
      env.step(action);
    }
  };
  return timeCalls(play, budget, processorClock ?? undefined);
}

function randomActions(space: ActionSpace): Float32Array[] {
  const stream = new RandomStream(1, "bench/actions");
  const size = actionSize(space);
  const draw = (entry: number) => {
    if (space.kind === "discrete") return stream.integer(space.names.length);
    const { low, high } = space.features[entry];
    return low + (high - low) * stream.uniform();
  };
  return Array.from({ length: NUM_BATCHES }, () =>
    Float32Array.from({ length: NUM_ENVS * size }, (_, i) => draw(i % size)),
  );
}
