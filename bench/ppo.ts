import { findAgent } from "../src/agents/index.js";
import type { EngineId } from "../src/compute/engine.js";
import { calibrate, loadEngine } from "../src/compute/index.js";
import { parseOptions } from "../src/core/options.js";
import { createVectorEnvironment, findEnvironment } from "../src/envs/index.js";
import type { Bench, Platform, Row } from "./harness/bench.js";
import { showNumber } from "./harness/table.js";
import { median } from "./harness/timing.js";

/** What the figure is stated for; the rest are the schema's defaults. */
const OPTIONS = { hidden: [64, 64], epochs: 4, minibatchSize: 256, numEnvs: 64, numSteps: 128, activation: "tanh" };
/** Updates that count as warm-up: 98,304 environment steps. */
const WARM_UP = 12;
const TARGETS: Readonly<Record<Platform, number>> = { node: 80_000, chromium: 120_000 };
const COMPARISON = "CleanRL 7,000; Stable-Baselines3 5,300 (20 epochs); ppo-tfjs on wasm 2,400";

interface Case {
  /** Milliseconds of measurement after the warm-up. */
  readonly budget: number;
}

interface Result {
  readonly engine: EngineId;
  /** Environment steps per second over the first updates of a fresh process. */
  readonly cold: number;
  /** Environment steps per second of each update after them. */
  readonly warm: readonly number[];
  /** The same per second of processor time, all threads of the process; null in a browser. */
  readonly perCpuSecond: number | null;
}

/** PPO on CartPole end to end: rollout, advantages and learning. */
export const ppo: Bench<Case, Result> = {
  name: "ppo",
  title: "PPO CartPole end to end: 2x64 tanh actor and critic, 4 epochs, minibatch 256, 64 copies x 128 steps",
  platforms: ["node", "chromium"],
  cases: ({ quick }) => [{ budget: quick ? 1000 : 10_000 }],

  async measure({ budget }) {
    const definition = findAgent("ppo");
    const environment = findEnvironment("cartpole");
    const options = parseOptions(definition.options, OPTIONS, "agent");
    const network = definition.network(environment.spec, options);
    if (!network) throw new Error("expected PPO to have a network");
    const { chosen } = await calibrate(network.spec, network.batch);
    const createEngine = await loadEngine(chosen);
    if (!createEngine) throw new Error(`the engine ${chosen} was chosen but could not be loaded`);
    const env = createVectorEnvironment(environment, { numEnvs: OPTIONS.numEnvs, seed: 1 });
    const agent = await definition.create({ env, envOptions: {}, createEngine, seed: 1, options });

    const start = performance.now();
    let coldSteps = 0;
    for (let update = 0; update < WARM_UP; update++) coldSteps += (await agent.iterate()).steps;
    const cold = (coldSteps * 1000) / (performance.now() - start);
    const warm: number[] = [];
    const warmStart = performance.now();
    const cpuStart = cpuSeconds();
    let warmSteps = 0;
    while (warm.length < 5 || performance.now() - warmStart < budget) {
      const from = performance.now();
      const { steps } = await agent.iterate();
      warm.push((steps * 1000) / (performance.now() - from));
      warmSteps += steps;
    }
    const cpuEnd = cpuSeconds();
    agent.dispose();
    const perCpuSecond = cpuStart === null || cpuEnd === null ? null : warmSteps / (cpuEnd - cpuStart);
    return { engine: chosen, cold, warm, perCpuSecond };
  },

  rows: (measured) =>
    measured.flatMap(({ platform, result: { engine, cold, warm, perCpuSecond } }): Row[] => [
      {
        what: "PPO CartPole, warm",
        platform,
        value: median(warm),
        unit: "steps/s",
        target: { value: TARGETS[platform], better: "higher" },
        comparison: COMPARISON,
        note: `median of ${warm.length} updates (best ${showNumber(Math.max(...warm))}) after ${WARM_UP} of warm-up${perCpuSecond === null ? "" : `; ${showNumber(perCpuSecond)} per CPU second`}, ${engine}`,
      },
      {
        what: "PPO CartPole, cold",
        platform,
        value: cold,
        unit: "steps/s",
        note: `the first ${WARM_UP} updates of a fresh process, ${engine}`,
      },
    ]),
};

/** Processor time of this process so far; null in a browser. A busy machine stretches the clock, not this. */
function cpuSeconds(): number | null {
  const usage = globalThis.process?.cpuUsage?.();
  return usage ? (usage.user + usage.system) / 1e6 : null;
}
