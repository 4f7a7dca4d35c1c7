import { createOrderPolicy } from "../src/agents/hdpo/create-policy.js";
import type { OrderPolicy } from "../src/agents/hdpo/order-policy.js";
import { Rollout } from "../src/agents/hdpo/rollout.js";
import type { EngineId } from "../src/compute/engine.js";
import { loadEngine } from "../src/compute/index.js";
import { adamStepAll, type UnrolledNetwork } from "../src/compute/unrolled.js";
import { RandomStream } from "../src/core/random.js";
import { inventoryProblemOf } from "../src/envs/inventory/variant.js";
import { InventorySimulator } from "../src/evaluate/inventory/simulator.js";
import { drawTraces } from "../src/evaluate/inventory/traces.js";
import type { Bench, Row } from "./harness/bench.js";
import { showNumber } from "./harness/table.js";

const NUM_TRACES = 8192;
const NUM_PERIODS = 50;
const CHUNK = 64;
const ADAM = { learningRate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0 };

interface Case {
  /** Epochs that are timed, after one of warm-up. */
  readonly epochs: number;
}

interface Result {
  readonly engine: EngineId;
  /** Seconds of each epoch; and the fastest of as many when only networks, or only the simulation, are at work. */
  readonly seconds: readonly number[];
  readonly networks: number;
  readonly simulation: number;
  /** Multiplications of an epoch within the networks, forward and backward. */
  readonly products: number;
}

/** HDPO with one store: an epoch is one gradient step on all traces. */
export const hdpo: Bench<Case, Result> = {
  name: "hdpo",
  title: `HDPO, one store with lost sales: ${NUM_TRACES} traces x ${NUM_PERIODS} periods in one gradient step, 3x32 elu`,
  platforms: ["node", "chromium"],
  cases: ({ quick }) => [{ epochs: quick ? 2 : 20 }],

  async measure({ epochs }) {
    const relaxed = await loadEngine("wasm-relaxed");
    const engine = relaxed ? "wasm-relaxed" : "wasm-simd";
    const unrolled = (relaxed ?? (await loadEngine("wasm-simd")))?.unrolled;
    if (!unrolled) throw new Error("expected WebAssembly SIMD, got none");
    const simulator = new InventorySimulator(inventoryProblemOf("inventory", { setting: "one-store-lost" }));
    const networks: UnrolledNetwork[] = [];
    const policy = createOrderPolicy(
      { policy: "network", hidden: [32, 32, 32], unit: 1 },
      simulator,
      (spec, rows, perPeriod) => {
        const network = unrolled(spec, NUM_PERIODS * perPeriod, CHUNK * rows);
        networks.push(network);
        return network;
      },
    );
    policy.initialise(new RandomStream(1, "weights"));
    const traces = drawTraces(simulator, new RandomStream(1, "traces", NUM_TRACES), 0, NUM_TRACES, NUM_PERIODS);
    const indices = Uint32Array.from({ length: NUM_TRACES }, (_, trace) => trace);

    const epochOf = (ordering: OrderPolicy) => {
      const rollout = new Rollout(simulator, ordering, NUM_PERIODS, CHUNK);
      return () => {
        for (const learnable of ordering.learnables) learnable.zeroGradients();
        for (let first = 0; first < NUM_TRACES; first += CHUNK) {
          rollout.forward(traces, indices.subarray(first, first + CHUNK));
          rollout.backward(1 / (NUM_TRACES * NUM_PERIODS));
        }
        if (ordering.learnables.length > 0) adamStepAll(ordering.learnables, ADAM);
      };
    };
    const networksOnly = () => {
      for (let first = 0; first < NUM_TRACES; first += CHUNK) {
        for (let slot = 0; slot < NUM_PERIODS; slot++) for (const each of networks) each.forward(slot, CHUNK);
        for (let slot = 0; slot < NUM_PERIODS; slot++) for (const each of networks) each.backward(slot, CHUNK);
      }
    };
    const fastest = (work: () => void) => Math.min(...secondsOf(work, epochs));
    const products = networks.reduce((sum, { layout }) => {
      return sum + layout.layers.reduce((all, { inSize, outSize }) => all + 3 * inSize * outSize, 0);
    }, 0);
    return {
      engine,
      seconds: secondsOf(epochOf(policy), epochs),
      networks: fastest(networksOnly),
      simulation: fastest(epochOf(constantOrders)),
      products: products * NUM_TRACES * NUM_PERIODS,
    };
  },

  rows: (measured) =>
    measured.map(({ platform, result: { engine, seconds, networks, simulation, products } }): Row => {
      const value = Math.min(...seconds);
      const rate = showNumber(products / networks / 1e9);
      const parts = `networks alone ${networks.toFixed(3)} s (${rate} G multiplications/s), simulation and adjoint alone ${simulation.toFixed(3)} s`;
      return {
        what: "HDPO one store, epoch",
        platform,
        value,
        unit: "s",
        target: { value: 1.5, better: "lower" },
        note: `fastest of ${seconds.length} epochs; ${parts}; ${engine}`,
      };
    }),
};

/** Orders the mean demand, whatever comes: leaves the simulation and its adjoint alone at work. */
const constantOrders: OrderPolicy = {
  learnables: [],
  initialise: () => undefined,
  forward: (_slot, numTraces, _pipelines, orders) => {
    orders.fill(5, 0, numTraces);
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
