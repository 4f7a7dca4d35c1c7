import { ppo } from "../../src/agents/ppo-definition.js";
import type { PpoOptions } from "../../src/agents/ppo-options.js";
import type { PpoState } from "../../src/agents/ppo-state.js";
import { ResidentPpo } from "../../src/agents/resident/ppo.js";
import type { GraphicsDevice } from "../../src/compute/gpu/device.js";
import { readBuffers } from "../../src/compute/wgsl/buffers.js";
import type { TileLimits } from "../../src/compute/wgsl/tile.js";
import { type OptionValues, parseOptions } from "../../src/core/options.js";
import { RandomStream } from "../../src/core/random.js";
import type { VectorEnvironment } from "../../src/envs/environment.js";
import { createVectorEnvironment, findEnvironment } from "../../src/envs/index.js";
import { randomParams as randomRow } from "../helpers/gpu-worlds.js";

export const ppoOptionsOf = (options: OptionValues): PpoOptions =>
  parseOptions(ppo.options, options, "agent") as unknown as PpoOptions;

export interface ResidentRequest {
  readonly world: string;
  /** Options of the world, beside `horizon`. */
  readonly envOptions?: OptionValues;
  readonly options: OptionValues;
  readonly seed?: number;
  readonly horizon?: number;
  readonly limits?: TileLimits;
  /** Gives each copy difficulty parameters of its own, over their whole ranges. */
  readonly randomParams?: boolean;
}

const worldOptions = ({ envOptions = {}, horizon }: ResidentRequest): OptionValues => {
  return horizon === undefined ? envOptions : { ...envOptions, horizon };
};

/** Copies of a world, each with random parameters if wanted. */
export function copiesOf(request: ResidentRequest, numEnvs: number): VectorEnvironment {
  const { world: id, envOptions: options = {}, seed = 3, randomParams } = request;
  const env = createVectorEnvironment(findEnvironment(id), { numEnvs, seed, options: worldOptions(request) });
  if (randomParams) {
    const stream = new RandomStream(seed, "test-params", numEnvs);
    const rows = Array.from({ length: numEnvs }, (_, copy) => randomRow({ name: id, id, options }, stream, copy));
    env.params.set(rows.flat());
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
  const context = { env, envOptions: worldOptions(request), createEngine, seed, options: values };
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
