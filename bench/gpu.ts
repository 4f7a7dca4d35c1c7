import { findAgent, residentRefusal } from "../src/agents/index.js";
import type { EngineId } from "../src/compute/engine.js";
import { CPU_ENGINES } from "../src/compute/engine.js";
import { openDevice } from "../src/compute/gpu/device.js";
import { calibrate, loadEngine } from "../src/compute/index.js";
import { parseOptions } from "../src/core/options.js";
import { createVectorEnvironment, findEnvironment } from "../src/envs/index.js";
import type { Bench, Measured, Row } from "./harness/bench.js";
import { linePlot } from "./harness/plot.js";
import { showNumber } from "./harness/table.js";
import { median } from "./harness/timing.js";
import { countTraffic, provideWebgpu, type Traffic } from "./harness/webgpu.js";

const COPIES = [64, 256, 1024, 4096, 16_384];
const STEPS = 64;
const EPOCHS = 4;
const MINIBATCHES = 4;
/** Beyond this a software adapter would take minutes to say nothing about a graphics card. */
const SOFTWARE_COPIES = 64;
/** A read-back for every step of a rollout: worth measuring where the copies are few. */
const STEPWISE_COPIES = 1024;

const PATHS = {
  resident: "all on the GPU",
  wgsl: "networks on the GPU",
  cpu: "WASM on one core",
} as const;

interface Case {
  readonly path: keyof typeof PATHS;
  readonly copies: number;
  /** Milliseconds of measurement after the warm-up. */
  readonly budget: number;
}

interface Result {
  readonly engine: EngineId;
  /** Name of the graphics adapter; null for the CPU. */
  readonly adapter: string | null;
  readonly isSoftware: boolean;
  /** Environment steps per second of each iteration, warm; empty when the case was left out. */
  readonly rates: readonly number[];
  /** Of one iteration; null for the CPU. */
  readonly traffic: Readonly<Traffic> | null;
  /** Why it was left out, or an empty string. */
  readonly left: string;
}

/** PPO on CartPole end to end by number of copies, on each path: speed, dispatches and bytes read back. */
export const gpu: Bench<Case, Result> = {
  name: "gpu",
  title: `PPO CartPole by copies: ${STEPS} steps, ${EPOCHS} epochs x ${MINIBATCHES} minibatches, 2x64 tanh actor and critic`,
  platforms: ["node", "chromium"],
  cases: ({ quick }) =>
    (Object.keys(PATHS) as Case["path"][]).flatMap((path) =>
      (quick ? COPIES.slice(0, 1) : COPIES).map((copies) => ({ path, copies, budget: quick ? 500 : 4000 })),
    ),

  async measure({ path, copies, budget }) {
    if (path !== "cpu") await provideWebgpu();
    const graphics = path === "cpu" ? null : await openDevice();
    const { vendor, architecture, description, isSoftware } = graphics?.adapter ?? NO_ADAPTER;
    const adapter = graphics ? description || `${vendor} ${architecture}` : null;
    const without = (left: string): Result => {
      return { engine: path === "cpu" ? "reference" : "wgsl", adapter, isSoftware, rates: [], traffic: null, left };
    };
    if (path !== "cpu" && !graphics) return without("there is no graphics adapter");
    if (isSoftware && copies > SOFTWARE_COPIES) return without("a software adapter");
    if (path === "wgsl" && copies > STEPWISE_COPIES) return without("a read-back for each step");

    const definition = findAgent("ppo");
    const environment = findEnvironment("cartpole");
    const batch = (copies * STEPS) / MINIBATCHES;
    const values = { hidden: [64, 64], activation: "tanh", numEnvs: copies, numSteps: STEPS, epochs: EPOCHS };
    const options = parseOptions(definition.options, { ...values, minibatchSize: batch }, "agent");
    const network = definition.network(environment.spec, options);
    if (!network) throw new Error("PPO has a network");
    const engine: EngineId =
      path === "cpu"
        ? (await calibrate(network.spec, Math.min(batch, 1024), { candidates: CPU_ENGINES })).chosen
        : "wgsl";
    const createEngine = await loadEngine(engine);
    if (!createEngine) return without("the engine does not start here");
    const env = createVectorEnvironment(environment, { numEnvs: copies, seed: 1 });
    const context = { env, envOptions: {}, createEngine, seed: 1, options };
    const counted = graphics ? countTraffic() : null;
    const { resident } = definition;
    const refused = residentRefusal(definition, environment.spec, options);
    if (path === "resident" && refused !== null) return without(refused);
    const agent =
      path === "resident" && resident && graphics
        ? await resident.create(context, graphics)
        : await definition.create(context);

    // The first iteration compiles, and is slow in any case.
    await agent.iterate();
    const rates: number[] = [];
    let traffic: Traffic | null = null;
    const start = performance.now();
    do {
      const before = counted && { ...counted };
      const from = performance.now();
      const { steps } = await agent.iterate();
      rates.push((1000 * steps) / (performance.now() - from));
      if (counted && before) {
        const { dispatches, bytesRead } = counted;
        traffic = { dispatches: dispatches - before.dispatches, bytesRead: bytesRead - before.bytesRead };
      }
    } while (performance.now() - start < budget);
    agent.dispose();
    return { engine, adapter, isSoftware, rates, traffic, left: "" };
  },

  rows: (measured) => measured.flatMap((one) => rowsOf(one)),

  plot: (measured) =>
    linePlot({
      title: "Environment steps per second, PPO CartPole end to end",
      xLabel: "copies of the world",
      yLabel: "steps/s",
      series: (["node", "chromium"] as const).flatMap((platform) =>
        (Object.keys(PATHS) as Case["path"][]).map((path) => ({
          label: `${PATHS[path]}, ${platform === "node" ? "Node" : "Chromium"}`,
          points: measured
            .filter((one) => one.platform === platform && one.case.path === path && one.result.rates.length > 0)
            .map(({ case: { copies }, result: { rates } }) => ({ x: copies, y: median(rates) })),
        })),
      ),
    }),
};

const NO_ADAPTER = { vendor: "", architecture: "", description: "", isSoftware: false };

function rowsOf({ platform, case: { path, copies }, result }: Measured<Case, Result>): Row[] {
  const { rates, traffic, adapter, isSoftware, engine, left } = result;
  const what = `${PATHS[path]}, ${copies.toLocaleString("en-US")} copies`;
  const where = adapter ?? engine;
  if (rates.length === 0) return [{ what, platform, value: null, unit: "steps/s", note: `${left} (${where})` }];
  // What a software adapter does says nothing about a graphics card.
  const counts = path === "resident" && !isSoftware && copies >= 4096;
  const speed: Row = {
    what,
    platform,
    value: median(rates),
    unit: "steps/s",
    ...(counts && { target: { value: 10_000_000, better: "higher" } }),
    ...(path === "resident" && {
      comparison: "Isaac Lab 0.51 M (RTX 4090), PufferLib up to 4 M (RTX 5090), tinyppo-snake 0.19 M (browser)",
    }),
    note: `median of ${rates.length} iterations (best ${showNumber(Math.max(...rates))}), ${where}${isSoftware ? ": software" : ""}`,
  };
  if (!traffic || path !== "resident") return [speed];
  return [
    speed,
    {
      what: `${what}: dispatches an iteration`,
      platform,
      value: traffic.dispatches,
      unit: "",
      target: { value: 60, better: "lower" },
      comparison: "op by op in tfjs about 6,500",
      note: "rollout, advantages, 16 minibatches",
    },
    {
      what: `${what}: read back an iteration`,
      platform,
      value: traffic.bytesRead,
      unit: "bytes",
      target: { value: 4096, better: "lower" },
      note: "for the curves",
    },
  ];
}
