import type { EngineId } from "../src/compute/engine.js";
import { resolveConfig } from "../src/training/config.js";
import { Session } from "../src/training/session.js";
import type { Bench, Row } from "./harness/bench.js";
import { showNumber } from "./harness/table.js";
import { median } from "./harness/timing.js";

/** Samples over the whole time, each after a full garbage collection. */
const NUM_SAMPLES = 100;
/** Share of the samples at the start that fill caches and replay buffers. */
const WARM_UP = 0.2;

interface Case {
  readonly minutes: number;
}

interface Sample {
  /** Bytes of typed arrays and of WebAssembly memories. */
  readonly arrayBytes: number;
  /** Tensors that TensorFlow.js holds. */
  readonly tensors: number;
  readonly heapBytes: number;
}

interface Result {
  readonly samples: readonly Sample[];
  readonly steps: number;
  readonly sessions: readonly string[];
}

/** What trains side by side: both algorithms on the fast engine, and one on TensorFlow.js for its tensors. */
const SESSIONS: readonly { readonly agent: string; readonly engine: EngineId | null }[] = [
  { agent: "ppo", engine: null },
  { agent: "dqn", engine: null },
  { agent: "ppo", engine: "tfjs-cpu" },
];

/** Whether memory stays flat while sessions train, evaluate and write checkpoints. */
export const memory: Bench<Case, Result> = {
  name: "memory",
  title: "memory while training",
  platforms: ["node"],
  nodeFlags: ["--expose-gc"],
  cases: ({ minutes }) => [{ minutes }],

  async measure({ minutes }) {
    const sessions: Session[] = [];
    for (const { agent, engine } of SESSIONS) {
      const config = resolveConfig({ env: "cartpole", agent, engine, seed: 1, budget: 1e12 });
      sessions.push(await Session.create(config));
    }
    const samples: Sample[] = [];
    const sampleMs = (minutes * 60_000) / NUM_SAMPLES;
    while (samples.length < NUM_SAMPLES) {
      for (const session of sessions) {
        await trainFor(session, sampleMs / sessions.length);
        await session.checkpoint();
      }
      samples.push(await takeSample());
    }
    return {
      samples,
      steps: sessions.reduce((sum, { step }) => sum + step, 0),
      sessions: sessions.map(({ config, engine }) => `${config.agent} on ${engine.chosen}`),
    };
  },

  rows: (measured, { minutes }) =>
    measured.flatMap(({ platform, result: { samples, steps, sessions } }): Row[] => {
      const settled = samples.slice(Math.floor(samples.length * WARM_UP));
      const [bytes, tensors, heap] = [
        growthOf(settled, "arrayBytes"),
        growthOf(settled, "tensors"),
        growthOf(settled, "heapBytes"),
      ];
      const over = `${showNumber(minutes)} min, ${showNumber(steps)} steps`;
      return [
        {
          what: "typed-array bytes, growth",
          platform,
          value: bytes.growth / 1e6,
          unit: "MB",
          target: { value: 0.1, better: "lower" },
          note: `${showNumber(bytes.early / 1e6)} to ${showNumber(bytes.late / 1e6)} MB over ${over}; ${sessions.join(", ")}`,
        },
        {
          what: "tensors, growth",
          platform,
          value: tensors.growth,
          unit: "tensors",
          target: { value: 0, better: "lower" },
          comparison: "rl-ts leaks 27 a step",
          note: `${showNumber(tensors.early)} to ${showNumber(tensors.late)} over ${over}`,
        },
        {
          what: "JavaScript heap, growth",
          platform,
          value: heap.growth / 1e6,
          unit: "MB",
          note: `${showNumber(heap.early / 1e6)} to ${showNumber(heap.late / 1e6)} MB; evaluations and curves are kept`,
        },
      ];
    }),
};

async function trainFor(session: Session, milliseconds: number): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < milliseconds) await session.advance();
}

async function takeSample(): Promise<Sample> {
  const { memory: tensorMemory } = await import("@tensorflow/tfjs-core");
  // Twice, and a turn of the event loop between: buffers are freed after the pass that finds them unused.
  for (let pass = 0; pass < 2; pass++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  // Not `arrayBuffers`, which leaves WebAssembly memories out; `external` has both.
  const { external, heapUsed } = process.memoryUsage();
  return { arrayBytes: external, tensors: tensorMemory().numTensors, heapBytes: heapUsed };
}

/** Medians of the first and the last fifth of the samples, and their difference. */
function growthOf(samples: readonly Sample[], key: keyof Sample) {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const early = median(samples.slice(0, fifth).map((sample) => sample[key]));
  const late = median(samples.slice(-fifth).map((sample) => sample[key]));
  return { early, late, growth: late - early };
}
