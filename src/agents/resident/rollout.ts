import type { GraphicsDevice } from "../../compute/gpu/device.js";
import { createStorage, createUniform, writeBuffer } from "../../compute/wgsl/buffers.js";
import { Kernel, type Resource } from "../../compute/wgsl/kernel.js";
import { layerTable } from "../../compute/wgsl/network-code.js";
import type { TilePlan } from "../../compute/wgsl/tile.js";
import { InputError } from "../../core/errors.js";
import { streamNumber } from "../../core/random.js";
import type { VectorEnvironment, VectorState } from "../../envs/environment.js";
import type { FinishedEpisode } from "../agent.js";
import {
  EPISODE_WORDS,
  episodeSharing,
  packRollout,
  ROLLOUT_BYTES,
  type RolloutPlan,
  rolloutBindings,
  rolloutCode,
} from "./rollout-code.js";
import type { DeviceWorld } from "./world-code.js";

/** A tile on a device: its table of layers and, where activations lie in storage, room for them. */
export class TileBuffers {
  readonly table: GPUBuffer;
  readonly scratch: readonly GPUBuffer[];

  constructor(graphics: GraphicsDevice, tile: TilePlan, maxGroups: number) {
    const table = layerTable(tile);
    this.table = createUniform(graphics, "layers", table.byteLength);
    writeBuffer(graphics, this.table, table);
    const bytes = 16 * tile.size * maxGroups;
    this.scratch = tile.memory === "storage" ? [createStorage(graphics, "scratch", bytes)] : [];
  }

  /** Resources for `networkBindings`. */
  resources(parameters: GPUBuffer): readonly Resource[] {
    return [this.table, parameters, ...this.scratch];
  }

  get bytes(): number {
    return this.table.size + this.scratch.reduce((sum, { size }) => sum + size, 0);
  }

  dispose(): void {
    for (const buffer of [this.table, ...this.scratch]) buffer.destroy();
  }
}

/** What varies from one rollout to the next. */
export interface RolloutStep {
  readonly numSteps: number;
  readonly actionPosition: number;
  readonly gamma?: number;
  readonly first?: number;
  readonly capacity?: number;
  readonly epsilon?: number;
  readonly epsilonSlope?: number;
  readonly epsilonEnd?: number;
}

/**
 * Copies of a world that live on the device, and the kernel that plays them.
 *
 * The CPU's `env` is where they start from and where their state goes back to; its `params` rows stay the curriculum's
 * way in: rows that changed are sent before the next rollout.
 */
export class Rollout {
  readonly numGroups: number;
  readonly envs: GPUBuffer;
  readonly episodes: GPUBuffer;
  private readonly uniform: GPUBuffer;
  private readonly kernel: Kernel;
  private readonly sharing: ReturnType<typeof episodeSharing>;
  private group: GPUBindGroup | null = null;
  private sentParams: Float64Array;

  constructor(
    private readonly graphics: GraphicsDevice,
    private readonly env: VectorEnvironment,
    private readonly plan: RolloutPlan,
    private readonly streams: { readonly seed: number; readonly envName: string; readonly actionName: string },
  ) {
    const { numEnvs } = env;
    this.numGroups = Math.ceil(numEnvs / plan.tile.rows);
    this.sharing = episodeSharing(this.numGroups);
    const numWords = plan.world.fields.count;
    const most = Math.floor(graphics.device.limits.maxStorageBufferBindingSize / (4 * numWords));
    if (numEnvs > most)
      throw new InputError("agent.numEnvs", String(numEnvs), `at most ${most} on this graphics device`);
    this.envs = createStorage(graphics, "envs", 4 * numWords * numEnvs);
    const { first, numTelling, wordsEach } = this.sharing;
    this.episodes = createStorage(graphics, "episodes", 4 * (first + numTelling * wordsEach));
    this.uniform = createUniform(graphics, "rollout", ROLLOUT_BYTES);
    this.kernel = new Kernel(graphics, "rollout", rolloutBindings(plan), rolloutCode(plan));
    this.sentParams = env.params.slice();
  }

  get world(): DeviceWorld {
    return this.plan.world;
  }

  get bytes(): number {
    return this.envs.size + this.episodes.size + this.uniform.size;
  }

  /** Binds the buffers of the algorithm: the head's own, the normaliser's if there is one, and the network's. */
  bind(head: readonly Resource[], normaliser: GPUBuffer | null, network: readonly Resource[]): void {
    const own = this.plan.evaluates ? [this.uniform, this.envs] : [this.uniform, this.envs, this.episodes];
    this.group = this.kernel.bind([...own, ...(normaliser ? [normaliser] : []), ...head, ...network]);
  }

  /** Sends the state of the CPU's copies. `discounted` [numEnvs] belongs to the agent. */
  upload(discounted: ArrayLike<number>, state: VectorState = this.env.getState()): void {
    writeBuffer(this.graphics, this.envs, this.plan.world.pack(state, discounted));
    this.sentParams = this.env.params.slice();
  }

  /** Sends parameters that a curriculum changed, and what the next rollout is told. */
  prepare(step: RolloutStep): void {
    const { numEnvs, horizon, params } = this.env;
    if (params.some((value, i) => value !== this.sentParams[i])) this.sendParams();
    const settings = {
      gamma: 0,
      first: 0,
      capacity: 0,
      epsilon: 0,
      epsilonSlope: 0,
      epsilonEnd: 0,
      ...step,
      numEnvs,
      horizon,
      seed: this.streams.seed,
      envStream: streamNumber(this.streams.envName),
      actionStream: streamNumber(this.streams.actionName),
      episodeEvery: this.sharing.every,
      episodeSlots: this.sharing.slots,
    };
    writeBuffer(this.graphics, this.uniform, packRollout(settings));
  }

  /** Adds the one dispatch. */
  add(pass: GPUComputePassEncoder): void {
    if (!this.group) throw new RangeError("expected buffers to be bound before a rollout, got none");
    this.kernel.dispatch(pass, this.group, this.numGroups);
  }

  /** Forgets the episodes of earlier rollouts: the next ones count from zero. */
  clearEpisodes(): void {
    writeBuffer(this.graphics, this.episodes, new Uint32Array(this.sharing.first));
  }

  /** Episodes that ended, out of all the words of `episodes`. */
  countOf(words: Uint32Array): number {
    return words.subarray(0, this.sharing.first).reduce((sum, count) => sum + count, 0);
  }

  /** Where the episodes that are told in full stand, in bytes. */
  get told(): { readonly buffer: GPUBuffer; readonly offset: number; readonly bytes: number } {
    const { first, numTelling, wordsEach } = this.sharing;
    return { buffer: this.episodes, offset: 4 * first, bytes: 4 * numTelling * wordsEach };
  }

  /** Reads the episodes out of the words of `told`; of each group the newest, oldest first. */
  episodesOf(words: Uint32Array<ArrayBuffer>): FinishedEpisode[] {
    const { numTelling, wordsEach, slots } = this.sharing;
    const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    const found: FinishedEpisode[] = [];
    for (let group = 0; group < numTelling; group++) {
      const count = words[group * wordsEach];
      for (let number = Math.max(0, count - slots); number < count; number++) {
        const at = group * wordsEach + 1 + (number % slots) * EPISODE_WORDS;
        found.push({ episodeReturn: floats[at], length: words[at + 1], terminated: words[at + 2] === 1 });
      }
    }
    return found;
  }

  /** The copies' state out of the words of `envs`. */
  stateOf(words: Uint32Array<ArrayBuffer>) {
    return this.plan.world.unpack(words);
  }

  dispose(): void {
    for (const buffer of [this.envs, this.episodes, this.uniform]) buffer.destroy();
  }

  private sendParams(): void {
    const { numEnvs, params } = this.env;
    const { world } = this.plan;
    writeBuffer(this.graphics, this.envs, world.packParams(params, numEnvs), 4 * world.fields.params * numEnvs);
    this.sentParams = params.slice();
  }
}
