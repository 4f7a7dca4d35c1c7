import { findAgent } from "../src/agents/index.js";
import { categoricalPpoLoss, NUM_STATISTICS, type PpoLossSettings } from "../src/agents/ppo-loss.js";
import type { Engine, EngineId } from "../src/compute/engine.js";
import { ENGINE_IDS } from "../src/compute/engine.js";
import { loadEngine } from "../src/compute/index.js";
import { initialParameters } from "../src/compute/initialise.js";
import { parseOptions } from "../src/core/options.js";
import { RandomStream } from "../src/core/random.js";
import type { Ref } from "../src/envs/dynamics.js";
import { findEnvironment } from "../src/envs/index.js";
import type { Bench, Measured, Row } from "./harness/bench.js";
import { showNumber } from "./harness/table.js";
import { type Timing, timeCalls } from "./harness/timing.js";

const FORWARD_BATCHES = [8, 64, 256, 1024];
const MINIBATCH = 256;
const UPDATE = `PPO update ${MINIBATCH}`;
const SAMPLE_SIZE = 5;

interface Case {
  readonly engine: EngineId;
  readonly budget: number;
}

/** Timings by name; null where the platform lacks the engine. */
type Result = Readonly<Record<string, Timing>> | null;

const COMPARISONS: Readonly<Record<string, string>> = {
  "forward 8": "PyTorch 0.136 ms, tfjs wasm 0.035 to 0.63 ms",
  "forward 64": "PyTorch 0.19 ms, tfjs wasm 0.125 to 0.81 ms",
  "forward 256": "PyTorch 0.38 ms, tfjs wasm 1.77 ms",
  "forward 1024": "tfjs wasm 2.5 ms",
  [UPDATE]: "PyTorch 1.05 ms, tfjs wasm 6.7 ms, tfjs cpu 23.6 ms",
};

/** Forward passes and one PPO minibatch update (2x64 tanh actor and critic of CartPole) on every engine. */
export const engines: Bench<Case, Result> = {
  name: "engines",
  title: "2x64 tanh actor and critic: forward, and one PPO update (loss, backward, clipped Adam)",
  platforms: ["node", "chromium"],
  cases: ({ quick }) => ENGINE_IDS.map((engine) => ({ engine, budget: quick ? 100 : 1000 })),

  async measure({ engine: id, budget }) {
    const factory = await loadEngine(id);
    if (!factory) return null;
    const engine = factory(cartpoleNetwork(), Math.max(...FORWARD_BATCHES));
    engine.setParameters(initialParameters(engine.layout, new RandomStream(1, "bench/initialise")));
    const timings: Record<string, Timing> = {};
    for (const batch of FORWARD_BATCHES) {
      timings[`forward ${batch}`] = await timeCalls(forwardOf(engine, batch), budget);
    }
    timings[UPDATE] = await timeCalls(updateOf(engine, MINIBATCH), budget);
    engine.dispose();
    return timings;
  },

  rows(measured) {
    const names = [...FORWARD_BATCHES.map((batch) => `forward ${batch}`), UPDATE];
    const absent = measured.filter(({ result }) => result === null);
    return [
      ...names.flatMap((name) => measured.flatMap((one) => rowOf(name, one, measured) ?? [])),
      ...absent.map(({ platform, case: { engine } }) => {
        return { what: engine, platform, value: null, unit: "ms", note: "this platform does not offer it" };
      }),
    ];
  },
};

/** Null for an engine that was not there. */
function rowOf(name: string, one: Measured<Case, Result>, all: readonly Measured<Case, Result>[]): Row | null {
  const { platform, result } = one;
  const { engine } = one.case;
  if (!result) return null;
  const { minimum, median, samples } = result[name];
  const others = all.filter((other) => other.platform === platform && other.case.engine === "reference");
  const reference = engine === "reference" ? null : others[0]?.result?.[name];
  const ratio = reference ? `${ratioText(reference.minimum / minimum)}; ` : "";
  return {
    what: `${name}: ${engine}`,
    platform,
    value: minimum,
    unit: "ms",
    ...(name === UPDATE && engine.startsWith("wasm") && { target: { value: 0.6, better: "lower" } }),
    comparison: COMPARISONS[name],
    note: `${ratio}minimum of ${samples} samples (median ${showNumber(median)} ms), warm`,
  };
}

function ratioText(ratio: number): string {
  return ratio >= 1 ? `${showNumber(ratio)}x as fast as reference` : `reference is ${showNumber(1 / ratio)}x as fast`;
}

function cartpoleNetwork() {
  const ppo = findAgent("ppo");
  const options = parseOptions(ppo.options, { hidden: [64, 64], minibatchSize: MINIBATCH }, "agent");
  const network = ppo.network(findEnvironment("cartpole").spec, options);
  if (!network) throw new Error("expected PPO to have a network");
  return network.spec;
}

function randomInputs(engine: Engine, batch: number): Float32Array {
  const stream = new RandomStream(1, "bench/inputs");
  return Float32Array.from({ length: batch * engine.layout.spec.inputSize }, () => stream.uniform() - 0.5);
}

function forwardOf(engine: Engine, batch: number): () => void | Promise<void> {
  const inputs = randomInputs(engine, batch);
  const outputs = new Float32Array(batch * engine.layout.outputSize);
  return () => engine.forward(inputs, batch, outputs);
}

/** One minibatch as the agent does it, the gathering of its rows left out. */
function updateOf(engine: Engine, batch: number): () => Promise<void> {
  const { outputSize } = engine.layout;
  const inputs = randomInputs(engine, batch);
  const outputs = new Float32Array(batch * outputSize);
  const gradients = new Float32Array(batch * outputSize);
  const samples = randomSamples(batch);
  const [outputRows, gradientRows] = [rowsOf(outputs, outputSize), rowsOf(gradients, outputSize)];
  const sampleRows = rowsOf(samples, SAMPLE_SIZE);
  const statistics = { $: new Float64Array(NUM_STATISTICS) };
  const loss: PpoLossSettings = {
    numActions: outputSize - 1,
    clip: 0.2,
    valueCoefficient: 0.5,
    entropyCoefficient: 0,
    valueClipping: 0,
    valueClip: 0.2,
  };
  const adam = { learningRate: 0.0003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0.5 };
  return async () => {
    const forward = engine.forward(inputs, batch, outputs);
    if (forward) await forward;
    for (let i = 0; i < batch; i++) {
      categoricalPpoLoss(outputRows[i], sampleRows[i], loss, gradientRows[i], statistics);
    }
    for (let i = 0; i < gradients.length; i++) gradients[i] /= batch;
    const backward = engine.backward(gradients, batch);
    if (backward) await backward;
    const norm = engine.adamStep(adam);
    if (typeof norm !== "number") await norm;
  };
}

/** What a rollout of two equally likely actions would hold: log-probability, advantage, return, value, action. */
function randomSamples(batch: number): Float32Array {
  const stream = new RandomStream(1, "bench/samples");
  const samples = new Float32Array(batch * SAMPLE_SIZE);
  for (let i = 0; i < batch; i++) {
    samples.set([Math.log(0.5), stream.normal(), stream.normal(), 0, stream.integer(2)], i * SAMPLE_SIZE);
  }
  return samples;
}

function rowsOf(array: Float32Array, size: number): Ref[] {
  return Array.from({ length: array.length / size }, (_, row) => ({ $: array.subarray(row * size, (row + 1) * size) }));
}
