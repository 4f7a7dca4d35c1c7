import { ppo } from "../../src/agents/ppo.js";
import type { PpoOptions } from "../../src/agents/ppo-options.js";
import type { PpoState } from "../../src/agents/ppo-state.js";
import { ResidentPpo } from "../../src/agents/resident/ppo.js";
import type { GraphicsDevice } from "../../src/compute/gpu/device.js";
import { readBuffers } from "../../src/compute/wgsl/buffers.js";
import type { TileLimits } from "../../src/compute/wgsl/tile.js";
import { describeOptions, type OptionValues, parseOptions } from "../../src/core/options.js";
import { RandomStream } from "../../src/core/random.js";
import type { VectorEnvironment } from "../../src/envs/environment.js";
import { createVectorEnvironment, environments, findEnvironment } from "../../src/envs/index.js";

/** Every world that runs on a GPU. */
export const gpuWorlds = environments.filter(({ spec }) => spec.runsOn.includes("gpu")).map(({ spec }) => spec.id);

export const ppoOptionsOf = (options: OptionValues): PpoOptions =>
  parseOptions(ppo.options, options, "agent") as unknown as PpoOptions;

export interface ResidentRequest {
  readonly world: string;
  readonly options: OptionValues;
  readonly seed?: number;
  readonly horizon?: number;
  readonly limits?: TileLimits;
  /** Gives each copy difficulty parameters of its own, over their whole ranges. */
  readonly randomParams?: boolean;
}

/** Copies of a world, each with random parameters if wanted. */
export function copiesOf(
  { world, seed = 3, horizon, randomParams }: ResidentRequest,
  numEnvs: number,
): VectorEnvironment {
  const options: OptionValues = horizon === undefined ? {} : { horizon };
  const env = createVectorEnvironment(findEnvironment(world), { numEnvs, seed, options });
  if (randomParams) {
    const described = describeOptions(env.spec.options).filter((option) => option.key !== "horizon");
    const stream = new RandomStream(seed, "test-params", numEnvs);
    for (let copy = 0; copy < numEnvs; copy++) {
      described.forEach((option, i) => {
        const uniform = stream.uniform(copy);
        let value = uniform < 0.5 ? 0 : 1;
        if (option.kind === "number") value = Math.fround(option.min + (option.max - option.min) * uniform);
        if (option.kind === "integer") value = option.min + Math.floor((option.max - option.min + 1) * uniform);
        env.params[copy * described.length + i] = value;
      });
    }
    env.reset();
  }
  return env;
}

/** PPO on the device, and the CPU's copies that it started from. */
export async function createResident(graphics: GraphicsDevice, request: ResidentRequest) {
  const options = ppoOptionsOf(request.options);
  const env = copiesOf(request, options.numEnvs);
  const { seed = 3, limits } = request;
  const values = options as unknown as OptionValues;
  const network = ppo.network(env.spec, values);
  if (!network) throw new Error("expected PPO to have a network, got none");
  const createEngine = () => {
    throw new Error("expected no engine to be asked for");
  };
  const context = { env, envOptions: {}, createEngine, seed, options: values };
  const agent = await ResidentPpo.create(context, graphics, options, network.spec, limits);
  return { agent, env, options, network: network.spec };
}

export const stateOf = async (agent: ResidentPpo): Promise<PpoState> => (await agent.getState()) as unknown as PpoState;

/** What a rollout left on the device. */
export async function rolloutOf(graphics: GraphicsDevice, agent: ResidentPpo) {
  const floats = async (buffer: GPUBuffer) =>
    new Float32Array(await readBuffers(graphics, [{ buffer, bytes: buffer.size }]));
  return {
    observations: await floats(agent.observations),
    records: await floats(agent.records),
    traces: await floats(agent.traces),
  };
}
