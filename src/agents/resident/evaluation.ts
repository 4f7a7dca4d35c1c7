import type { GraphicsDevice } from "../../compute/gpu/device.js";
import { readBuffers, submit } from "../../compute/wgsl/buffers.js";
import { createVectorEnvironment, findEnvironment } from "../../envs/index.js";
import type { EvaluationRequest, EvaluationResult } from "../../evaluate/evaluate.js";
import { Rollout, TileBuffers } from "./rollout.js";
import type { RolloutPlan } from "./rollout-code.js";
import { DeviceWorld } from "./world-code.js";

/** Steps of one dispatch. */
const STEPS = 256;

/**
 * Plays one episode in each of `episodes` copies on the device, with deterministic actions: the twin of
 * `evaluatePolicy`, with the same start states and noise.
 */
export async function evaluateOnDevice(
  graphics: GraphicsDevice,
  trained: RolloutPlan,
  { episodes, seed, streamName, options }: EvaluationRequest,
  normaliser: GPUBuffer | null,
  parameters: GPUBuffer,
): Promise<EvaluationResult> {
  const { id } = trained.world.spec;
  const plan = { ...trained, world: DeviceWorld.of(id, options ?? {}) };
  const env = createVectorEnvironment(findEnvironment(id), { numEnvs: episodes, seed, streamName, options });
  const rollout = new Rollout(graphics, env, plan, { seed, envName: streamName, actionName: streamName });
  const buffers = new TileBuffers(graphics, plan.tile, rollout.numGroups);
  try {
    rollout.bind([], normaliser, buffers.resources(parameters));
    rollout.upload(new Float64Array(episodes));
    const { done, episodeReturn, episodeLength } = plan.world.fields;
    const column = (field: number) => ({ buffer: rollout.envs, offset: 4 * field * episodes, bytes: 4 * episodes });
    for (let played = 0; played < env.horizon; played += STEPS) {
      rollout.prepare({ numSteps: Math.min(STEPS, env.horizon - played), actionPosition: 0 });
      submit(graphics, (pass) => rollout.add(pass));
      if (new Uint32Array(await readBuffers(graphics, [column(done)])).every((flag) => flag === 1)) break;
    }
    const read = await readBuffers(graphics, [column(episodeReturn), column(episodeLength)]);
    const returns = Float64Array.from(new Float32Array(read, 0, episodes));
    return { returns, lengths: new Uint32Array(read.slice(4 * episodes)) };
  } finally {
    rollout.dispose();
    buffers.dispose();
  }
}
