import { RandomStream } from "../src/core/random.js";
import { type ActionSpace, actionSize } from "../src/core/spaces.js";
import { createVectorEnvironment, environments, findEnvironment } from "../src/envs/index.js";
import type { Bench } from "./harness/bench.js";
import { type Timing, timeCalls } from "./harness/timing.js";

const NUM_ENVS = 64;
/** Batches of actions, drawn before the clock starts: the figure is the world's alone. */
const NUM_BATCHES = 1024;

interface Case {
  readonly env: string;
  readonly budget: number;
}

/** What Gymnasium does with one copy, and with NumPy where it vectorises. */
const GYMNASIUM: Readonly<Record<string, string>> = {
  cartpole: "Gymnasium 116,000 (one copy), 1,240,000 (64, NumPy)",
  "mountain-car": "Gymnasium 52,000 (one copy)",
};

/** Environment steps per second of every world, with random actions, in 64 copies on one core. */
export const envs: Bench<Case, Timing> = {
  name: "envs",
  title: "environment steps per second, random actions, 64 copies",
  platforms: ["node", "chromium"],
  cases: ({ quick }) => environments.map(({ spec }) => ({ env: spec.id, budget: quick ? 200 : 2000 })),

  async measure({ env: id, budget }) {
    const environment = findEnvironment(id);
    const env = createVectorEnvironment(environment, { numEnvs: NUM_ENVS, seed: 1 });
    const batches = randomActions(environment.spec.action);
    let batch = 0;
    return timeCalls(() => env.step(batches[batch++ % NUM_BATCHES]), budget);
  },

  rows: (measured) =>
    measured.map(({ platform, case: { env }, result }) => ({
      what: `${env}: steps`,
      platform,
      value: (NUM_ENVS * 1000) / result.median,
      unit: "steps/s",
      comparison: GYMNASIUM[env],
      note: `median of ${result.samples} samples, warm`,
    })),
};

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
