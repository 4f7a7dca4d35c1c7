import { createOrderPolicy, type PolicyForm } from "../src/agents/hdpo/create-policy.js";
import type { OrderPolicy } from "../src/agents/hdpo/order-policy.js";
import { Rollout } from "../src/agents/hdpo/rollout.js";
import { findAgent } from "../src/agents/index.js";
import type { EngineId } from "../src/compute/engine.js";
import { openDevice } from "../src/compute/gpu/device.js";
import { loadEngine } from "../src/compute/index.js";
import { adamStepAll, type UnrolledNetwork } from "../src/compute/unrolled.js";
import { parseOptions } from "../src/core/options.js";
import { RandomStream } from "../src/core/random.js";
import { createVectorEnvironment, loadWorld } from "../src/envs/index.js";
import { inventoryProblemOf } from "../src/envs/inventory/variant.js";
import { InventorySimulator } from "../src/evaluate/inventory/simulator.js";
import { drawTraces } from "../src/evaluate/inventory/traces.js";
import type { Bench, Measured, Row, Target } from "./harness/bench.js";
import { showNumber } from "./harness/table.js";
import { provideWebgpu } from "./harness/webgpu.js";

const NUM_TRACES = 8192;
const NUM_PERIODS = 50;
const ADAM = { learningRate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0 };

/** What learns on the CPU: all traces of an epoch in one gradient step, a chunk of them at a time, as training has it. */
interface Learner {
  readonly what: string;
  readonly envOptions: Readonly<Record<string, string | number>>;
  readonly form: PolicyForm;
  readonly numTraces: number;
  readonly chunk: number;
  readonly target?: Target;
}

const LEARNERS: Readonly<Record<"store" | "graph", Learner>> = {
  store: {
    what: "HDPO one store, epoch",
    envOptions: { setting: "one-store-lost" },
    form: { policy: "network", hidden: [32, 32, 32], unit: 1 },
    numTraces: NUM_TRACES,
    chunk: 64,
    target: { value: 1.5, better: "lower" },
  },
  graph: {
    what: "HDPO one warehouse, 10 stores, graph network: step of 128 traces",
    envOptions: { setting: "one-warehouse", numStores: 10 },
    form: { policy: "gnn", hidden: [32, 32], unit: 5 },
    numTraces: 128,
    chunk: 4,
  },
};

interface Case {
  readonly path: keyof typeof LEARNERS | "gpu";
  /** Epochs that are timed, after one of warm-up. */
  readonly epochs: number;
}

interface CpuResult {
  readonly path: keyof typeof LEARNERS;
  readonly engine: EngineId;
  /** Seconds of each epoch; and the fastest of as many when only networks, or only the simulation, are at work. */
  readonly seconds: readonly number[];
  readonly networks: number;
  readonly simulation: number;
  /** Multiplications of an epoch within the networks, forward and backward. */
  readonly products: number;
}

interface GpuResult {
  /** Name of the graphics adapter; null without one. */
  readonly adapter: string | null;
  readonly seconds: readonly number[];
  /** Why it was left out, or an empty string. */
  readonly left: string;
}

type Result = CpuResult | GpuResult;

/** HDPO: an epoch is one gradient step on all traces. */
export const hdpo: Bench<Case, Result> = {
  name: "hdpo",
  title: `HDPO: ${NUM_TRACES} traces x ${NUM_PERIODS} periods of a store in one gradient step, and a graph network`,
  platforms: ["node", "chromium"],
  cases: ({ quick }) => (["store", "graph", "gpu"] as const).map((path) => ({ path, epochs: quick ? 2 : 20 })),

  measure: ({ path, epochs }) => (path === "gpu" ? measureGpu(epochs) : measureCpu(path, epochs)),

  rows: (measured) => measured.map((one) => rowOf(one, measured)),
};

async function measureCpu(path: keyof typeof LEARNERS, epochs: number): Promise<CpuResult> {
  const { envOptions, form, numTraces, chunk } = LEARNERS[path];
  const relaxed = await loadEngine("wasm-relaxed");
  const engine = relaxed ? "wasm-relaxed" : "wasm-simd";
  const unrolled = (relaxed ?? (await loadEngine("wasm-simd")))?.unrolled;
  if (!unrolled) throw new Error("expected WebAssembly SIMD, got none");
  const simulator = new InventorySimulator(inventoryProblemOf("inventory", envOptions));
  const policy = createOrderPolicy(form, simulator, unrolled, { numTraces: chunk, numPeriods: NUM_PERIODS });
  const networks = policy.learnables as readonly UnrolledNetwork[];
  policy.initialise(new RandomStream(1, "weights"));
  const traces = drawTraces(simulator, new RandomStream(1, "traces", numTraces), 0, numTraces, NUM_PERIODS);
  const indices = Uint32Array.from({ length: numTraces }, (_, trace) => trace);

  const epochOf = (ordering: OrderPolicy) => {
    const rollout = new Rollout(simulator, ordering, NUM_PERIODS, chunk);
    return () => {
      for (const learnable of ordering.learnables) learnable.zeroGradients();
      for (let first = 0; first < numTraces; first += chunk) {
        rollout.forward(traces, indices.subarray(first, first + chunk));
        rollout.backward(1 / (numTraces * NUM_PERIODS));
      }
      if (ordering.learnables.length > 0) adamStepAll(ordering.learnables, ADAM);
    };
  };
  const networksOnly = () => {
    for (let first = 0; first < numTraces; first += chunk) {
      for (const each of networks) {
        for (let slot = 0; slot < each.numSlots; slot++) each.forward(slot, each.maxRows);
        for (let slot = 0; slot < each.numSlots; slot++) each.backward(slot, each.maxRows);
      }
    }
  };
  const fastest = (work: () => void) => Math.min(...secondsOf(work, epochs));
  const products = networks.reduce((sum, { layout, numSlots, maxRows }) => {
    const ofRow = layout.layers.reduce((all, { inSize, outSize }) => all + 3 * inSize * outSize, 0);
    return sum + (ofRow * numSlots * maxRows * numTraces) / chunk;
  }, 0);
  return {
    path,
    engine,
    seconds: secondsOf(epochOf(policy), epochs),
    networks: fastest(networksOnly),
    simulation: fastest(epochOf(constantOrders)),
    products,
  };
}

/** An epoch as training takes it, with its read-back. */
async function measureGpu(epochs: number): Promise<GpuResult> {
  await provideWebgpu();
  const graphics = await openDevice();
  if (!graphics) return { adapter: null, seconds: [], left: "there is no graphics adapter" };
  const { vendor, architecture, description, isSoftware } = graphics.adapter;
  const adapter = description || `${vendor} ${architecture}`;
  if (isSoftware) return { adapter, seconds: [], left: "a software adapter" };
  const definition = findAgent("hdpo");
  const world = await loadWorld("inventory", { setting: "one-store-lost" });
  const envOptions = parseOptions(world.spec.options, { setting: "one-store-lost" }, "env");
  const traces = { trainTraces: NUM_TRACES, batchSize: NUM_TRACES, trainPeriods: NUM_PERIODS };
  // The first step looks at the development traces, and none after it.
  const looks = { devTraces: 64, devEvery: 10_000, patience: 20_000 };
  const options = parseOptions(definition.options, { hidden: [32, 32, 32], ...traces, ...looks }, "agent");
  const env = createVectorEnvironment(world, { numEnvs: 1, seed: 1, options: envOptions });
  const createEngine = await loadEngine("reference");
  if (!createEngine || !definition.resident) throw new Error("expected HDPO on the graphics device");
  const agent = await definition.resident.create({ env, envOptions, createEngine, seed: 1, options }, graphics);
  const seconds: number[] = [];
  // The first ones compile.
  for (let epoch = -3; epoch < epochs; epoch++) {
    const start = performance.now();
    await agent.iterate();
    if (epoch >= 0) seconds.push((performance.now() - start) / 1000);
  }
  agent.dispose();
  return { adapter, seconds, left: "" };
}

function rowOf({ platform, result }: Measured<Case, Result>, all: readonly Measured<Case, Result>[]): Row {
  const value = Math.min(...result.seconds);
  if ("engine" in result) {
    const { path, engine, seconds, networks, simulation, products } = result;
    const { what, target } = LEARNERS[path];
    const rate = showNumber(products / networks / 1e9);
    const parts = `networks alone ${networks.toFixed(3)} s (${rate} G multiplications/s), simulation and adjoint alone ${simulation.toFixed(3)} s`;
    return {
      what,
      platform,
      value,
      unit: "s",
      ...(target && { target }),
      note: `fastest of ${seconds.length} epochs; ${parts}; ${engine}`,
    };
  }
  const { adapter, seconds, left } = result;
  const what = "HDPO one store, epoch, all on the GPU";
  if (left !== "") return { what, platform, value: null, unit: "s", note: `${left}${adapter ? ` (${adapter})` : ""}` };
  const beside = all.find((one) => one.platform === platform && one.case.path === "store");
  const cpu = beside ? Math.min(...beside.result.seconds) : Number.NaN;
  return {
    what,
    platform,
    value,
    unit: "s",
    target: { value: cpu / 10, better: "lower" },
    note: `fastest of ${seconds.length} epochs, read-back included; ${adapter}`,
  };
}

/** Orders the mean demand, whatever comes: leaves the simulation and its adjoint alone at work. */
const constantOrders: OrderPolicy = {
  learnables: [],
  initialise: () => undefined,
  forward: (_slot, _numTraces, _pipelines, orders) => {
    orders.fill(5);
  },
  backward: () => undefined,
};

/** Seconds of each of `count` calls, after one of warm-up. */
function secondsOf(work: () => void, count: number): number[] {
  work();
  return Array.from({ length: count }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  });
}
