import type { GraphicsDevice } from "../../compute/gpu/device.js";
import { createStorage, readBuffers, writeBuffer } from "../../compute/wgsl/buffers.js";
import { InputError } from "../../core/errors.js";
import type { Packable } from "../../core/pack.js";
import type { ReplayLog } from "../agent.js";
import type { ReplaySegment } from "../dqn-state.js";

/**
 * The newest transitions on the device, in the order they happened: entry t · numEnvs + copy is step t of a copy.
 *
 * Its segments are those of the CPU's `ReplayBuffer`, so a checkpoint of one goes on with the other.
 */
export class ResidentReplay implements ReplayLog {
  readonly capacity: number;
  numWritten = 0;
  /** [capacity, observationSize] before each step, and after it. */
  readonly observations: GPUBuffer;
  readonly nextObservations: GPUBuffer;
  /** [capacity, 4]: action, reward, ending, nothing. */
  readonly steps: GPUBuffer;

  constructor(
    private readonly graphics: GraphicsDevice,
    readonly numEnvs: number,
    private readonly observationSize: number,
    capacity: number,
  ) {
    // Whole rows of copies, so that an entry's copy is its index modulo numEnvs.
    this.capacity = Math.max(2, Math.ceil(capacity / numEnvs)) * numEnvs;
    const most = Math.floor(graphics.device.limits.maxStorageBufferBindingSize / (4 * Math.max(4, observationSize)));
    if (this.capacity > most) {
      throw new InputError("agent.bufferSize", `${this.capacity} steps`, `at most ${most} on this graphics device`);
    }
    this.observations = createStorage(graphics, "observations", 4 * this.capacity * observationSize);
    this.nextObservations = createStorage(graphics, "next observations", 4 * this.capacity * observationSize);
    this.steps = createStorage(graphics, "steps", 16 * this.capacity);
  }

  /** Entries that can be sampled. */
  get size(): number {
    return Math.min(this.numWritten, this.capacity);
  }

  /** First entry of the newest row of copies. */
  get newest(): number {
    return (this.numWritten - this.numEnvs) % this.capacity;
  }

  get bytes(): number {
    return this.observations.size + this.nextObservations.size + this.steps.size;
  }

  async segment(from: number, to: number): Promise<Packable> {
    const count = to - from;
    const rowBytes = 4 * this.observationSize;
    const parts = (buffer: GPUBuffer, bytes: number) =>
      this.runs(from, count).map(({ slot, length }) => ({ buffer, offset: slot * bytes, bytes: length * bytes }));
    const read = await readBuffers(this.graphics, [
      ...parts(this.observations, rowBytes),
      ...parts(this.nextObservations, rowBytes),
      ...parts(this.steps, 16),
    ]);
    const observations = new Float32Array(read.slice(0, count * rowBytes));
    const nextObservations = new Float32Array(read.slice(count * rowBytes, 2 * count * rowBytes));
    const steps = new Float32Array(read.slice(2 * count * rowBytes));
    const column = (i: number) => Float32Array.from({ length: count }, (_, entry) => steps[4 * entry + i]);
    const segment: ReplaySegment = {
      from,
      observations,
      nextObservations,
      actions: column(0),
      rewards: column(1),
      endings: Uint8Array.from(column(2)),
    };
    return segment as unknown as Packable;
  }

  restoreSegment(packed: Packable): void {
    const part = packed as unknown as ReplaySegment;
    const size = this.observationSize;
    const count = part.actions.length;
    const steps = new Float32Array(4 * count);
    for (let i = 0; i < count; i++) steps.set([part.actions[i], part.rewards[i], part.endings[i]], 4 * i);
    let done = 0;
    for (const { slot, length } of this.runs(part.from, count)) {
      const rows = (array: Float32Array, width: number) => array.subarray(done * width, (done + length) * width);
      writeBuffer(this.graphics, this.observations, rows(part.observations, size), 4 * slot * size);
      writeBuffer(this.graphics, this.nextObservations, rows(part.nextObservations, size), 4 * slot * size);
      writeBuffer(this.graphics, this.steps, rows(steps, 4), 16 * slot);
      done += length;
    }
    this.numWritten = Math.max(this.numWritten, part.from + count);
  }

  dispose(): void {
    for (const buffer of [this.observations, this.nextObservations, this.steps]) buffer.destroy();
  }

  /** The places of entries [from, from + count) in the ring: one run, or two where they wrap around. */
  private runs(from: number, count: number): readonly { readonly slot: number; readonly length: number }[] {
    const slot = from % this.capacity;
    const length = Math.min(count, this.capacity - slot);
    const first = { slot, length };
    return length === count ? [first] : [first, { slot: 0, length: count - length }];
  }
}
