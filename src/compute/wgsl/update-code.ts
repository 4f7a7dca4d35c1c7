import type { AdamSettings } from "../engine.js";
import type { GraphicsDevice } from "../gpu/device.js";
import type { NetworkLayout } from "../network.js";
import { createStorage } from "./buffers.js";
import { type Binding, Kernel } from "./kernel.js";

/** Statistics that a gradient kernel may sum beside the gradients. */
export const NUM_STATISTICS = 8;
/** Partial sums of gradients may take this many bytes: more workgroups than that leave no room in caches. */
const PARTIAL_BYTES = 40_000_000;
/** More workgroups than this only make the reduction longer. */
const MOST_GROUPS = 768;
/** Bytes between two slots of the uniform buffer: WebGPU's default alignment. */
export const SLOT_BYTES = 256;

/** Entries of the control buffer, floats. Kernels add to them; whoever reads them sets them back. */
export const CONTROL = {
  /** 1 once the KL divergence left its limit: the rest of the update is skipped. */
  stopped: 0,
  /** Minibatches that changed the parameters. */
  numSteps: 1,
  numSamples: 2,
  /** Sum of the norms before clipping, and the last one. */
  normSum: 3,
  norm: 4,
  /** Number of the last minibatch that was looked at, from 1. */
  numSeen: 5,
  /** Sums of the statistics [NUM_STATISTICS]. */
  statistics: 8,
} as const;
export const CONTROL_SIZE = CONTROL.statistics + NUM_STATISTICS;

/** What one minibatch's kernels are told, in the order of the uniform's entries. */
export interface Slot {
  /** First place of the minibatch in the shuffled order, its size, and the size of the whole. */
  readonly start: number;
  readonly count: number;
  readonly total: number;
  /** Number of the permutation, and of the minibatch from 0. */
  readonly permutation: number;
  readonly index: number;
  /** Workgroups of the gradient kernel. */
  readonly numGroups: number;
  /** Key of the shuffle's stream. */
  readonly seed: number;
  readonly stream: number;
  readonly adam: AdamSettings;
  /** Adam steps taken, this one included. */
  readonly numSteps: number;
  /** Mean of statistic 3 above which nothing is changed any more; 0 never. */
  readonly klLimit: number;
  /** Up to eight numbers for the loss. */
  readonly loss: readonly number[];
}

export const SLOT_WGSL = /* wgsl */ `
struct Slot {
  start: u32, count: u32, total: u32, permutation: u32,
  index: u32, num_groups: u32, seed: u32, stream: u32,
  max_norm: f32, beta1: f32, rest1: f32, beta2: f32,
  rest2: f32, step_size: f32, correction2: f32, epsilon: f32,
  kl_limit: f32, pad0: f32, pad1: f32, pad2: f32,
  loss: array<vec4f, 2>,
}
`;

export const SLOT_BINDING: Binding = { name: "slot", access: "uniform", type: "Slot" };

/** Packs slots into the bytes of a uniform buffer, {@link SLOT_BYTES} apart. */
export function packSlots(slots: readonly Slot[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(slots.length * SLOT_BYTES);
  slots.forEach((slot, i) => {
    const { learningRate, beta1, beta2, epsilon, maxNorm } = slot.adam;
    const words = new Uint32Array(bytes.buffer, i * SLOT_BYTES, 8);
    const { start, count, total, permutation, index, numGroups, seed, stream } = slot;
    words.set([start, count, total, permutation, index, numGroups, seed, stream]);
    // Corrections in float64: 1 − β₂ᵗ has few digits left in float32 when t is small.
    const stepSize = learningRate / (1 - beta1 ** slot.numSteps);
    const correction2 = 1 / (1 - beta2 ** slot.numSteps);
    const floats = new Float32Array(bytes.buffer, i * SLOT_BYTES + 32, 20);
    floats.set([maxNorm, beta1, 1 - beta1, beta2, 1 - beta2, stepSize, correction2, epsilon, slot.klLimit]);
    floats.set(slot.loss, 12);
  });
  return bytes;
}

/** Floats of one workgroup's partial sums: gradients, then statistics. */
export function partialSize(layout: NetworkLayout): number {
  return layout.size + NUM_STATISTICS;
}

/** Workgroups of a gradient kernel for a batch: one for each tile, as long as their partial sums fit. */
export function numGroupsFor(layout: NetworkLayout, rows: number, batch: number, most = MOST_GROUPS): number {
  const fitting = Math.floor(PARTIAL_BYTES / (4 * partialSize(layout)));
  return Math.max(1, Math.min(Math.ceil(batch / rows), most, fitting));
}

/** Partial sums that one thread of the reduction adds at most before threads share a column. */
const LONGEST_SUM = 32;

/** Columns (of four floats) and slices of one workgroup of the reduction: more slices for more partial sums. */
function reductionShape(maxGroups: number): { readonly columns: number; readonly slices: number } {
  let slices = 1;
  while (slices < 16 && slices * LONGEST_SUM < maxGroups) slices *= 2;
  return { columns: slices === 1 ? 64 : 16, slices };
}

/** Sums the partial gradients of all workgroups in a fixed order, and the squares of its own columns. */
function reduceCode(layout: NetworkLayout, maxGroups: number): string {
  const { columns, slices } = reductionShape(maxGroups);
  return /* wgsl */ `${SLOT_WGSL}
const SIZE4 = ${partialSize(layout) / 4}u;
const GRADIENTS4 = ${layout.size / 4}u;
var<workgroup> sums: array<vec4f, ${columns * slices}>;
@compute @workgroup_size(${columns * slices})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let column = group.x * ${columns}u + local % ${columns}u;
  let slice = local / ${columns}u;
  var sum = vec4f(0.0);
  if (column < SIZE4) {
    for (var i = slice; i < slot.num_groups; i += ${slices}u) { sum += partials[i * SIZE4 + column]; }
  }
  sums[local] = sum;
  for (var half = ${Math.floor(slices / 2)}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (slice < half) { sums[local] += sums[local + half * ${columns}u]; }
  }
  workgroupBarrier();
  if (slice == 0u && column < SIZE4) { gradients[column] = sums[local]; }
  if (local == 0u) {
    var total = 0.0;
    for (var i = 0u; i < ${columns}u; i++) {
      if (group.x * ${columns}u + i < GRADIENTS4) { total += dot(sums[i], sums[i]); }
    }
    squares[group.x] = total;
  }
}`;
}

/** Parameters of one thread of the Adam kernel: each workgroup first adds up the norm, which should not be for a few. */
const PARAMETERS_EACH = 4;

/** Clips by the global norm, takes an Adam step, and keeps the transposed copy of the weights in step. */
function adamCode(layout: NetworkLayout, numSquares: number): string {
  const transposed = layout.layers.map(({ weights, paddedIn, paddedOut }) => {
    const [from, to] = [weights, weights + paddedIn * paddedOut];
    return `if (i >= ${from}u && i < ${to}u) {
    let at = i - ${from}u;
    parameters[SIZE + ${from}u + (at % ${paddedIn}u) * ${paddedOut}u + at / ${paddedIn}u] = value;
  }`;
  });
  return /* wgsl */ `${SLOT_WGSL}
const SIZE = ${layout.size}u;
var<workgroup> sums: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  for (var i = local; i < ${numSquares}u; i += 64u) { sum += squares[i]; }
  sums[local] = sum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { sums[local] += sums[local + half]; }
  }
  workgroupBarrier();
  let norm = sqrt(sums[0]);
  // Whoever sees the flag that the first workgroup sets comes to the same answer from the statistics.
  let before = control[${CONTROL.stopped}u];
  if (before > 0.0) { return; }
  let kl = gradients[SIZE + 3u] / f32(slot.count);
  let stops = slot.kl_limit > 0.0 && kl > slot.kl_limit;
  if (group.x == 0u && local == 0u) {
    if (stops) { control[${CONTROL.stopped}u] = 1.0; }
    if (!stops) {
      control[${CONTROL.numSteps}u] += 1.0;
      control[${CONTROL.normSum}u] += norm;
    }
    control[${CONTROL.norm}u] = norm;
    control[${CONTROL.numSamples}u] += f32(slot.count);
    control[${CONTROL.numSeen}u] = f32(slot.index + 1u);
    for (var i = 0u; i < ${NUM_STATISTICS}u; i++) { control[${CONTROL.statistics}u + i] += gradients[SIZE + i]; }
  }
  if (stops) { return; }
  var scale = 1.0;
  if (slot.max_norm > 0.0) { scale = min(1.0, slot.max_norm / (norm + 1e-6)); }
  let end = min(SIZE, (group.x + 1u) * ${64 * PARAMETERS_EACH}u);
  for (var i = group.x * ${64 * PARAMETERS_EACH}u + local; i < end; i += 64u) { step_parameter(i, scale); }
}
fn step_parameter(i: u32, scale: f32) {
  let gradient = scale * gradients[i];
  let mean = slot.beta1 * moments[i] + slot.rest1 * gradient;
  let variance = slot.beta2 * moments[SIZE + i] + slot.rest2 * gradient * gradient;
  moments[i] = mean;
  moments[SIZE + i] = variance;
  let value = parameters[i] - slot.step_size * mean / (sqrt(variance * slot.correction2) + slot.epsilon);
  parameters[i] = value;
  ${transposed.join("\n  ")}
}`;
}

/** The parameters of one network on the device, with what learning needs beside them. */
export interface LearnerBuffers {
  /** [numNetworks, 2 · size]: the flat layout, then every weight matrix transposed at the same offset. */
  readonly parameters: GPUBuffer;
  /** [2 · size]: Adam's first moments, then its second ones. */
  readonly moments: GPUBuffer;
  /** [numGroups, partialSize] */
  readonly partials: GPUBuffer;
  /** [partialSize] */
  readonly gradients: GPUBuffer;
  readonly squares: GPUBuffer;
  /** [{@link CONTROL_SIZE}] */
  readonly control: GPUBuffer;
}

/**
 * The second half of an update: reduction of the partial gradients, global norm, clipping and Adam, in two dispatches.
 *
 * No float atomics: workgroups write partial sums, which are added in a fixed order.
 */
export class Learner {
  readonly buffers: LearnerBuffers;
  readonly bytes: number;
  private readonly reduce: Kernel;
  private readonly adam: Kernel;
  private readonly numReduce: number;
  private readonly numAdam: number;

  constructor(
    readonly gpu: GraphicsDevice,
    readonly layout: NetworkLayout,
    readonly maxGroups: number,
    /** Networks of this shape in `parameters`; only the first one learns. */
    numNetworks = 1,
  ) {
    const { size } = layout;
    const columns = partialSize(layout) / 4;
    this.numReduce = Math.ceil(columns / reductionShape(maxGroups).columns);
    this.numAdam = Math.ceil(size / (64 * PARAMETERS_EACH));
    const sizes = {
      parameters: 2 * size * numNetworks,
      moments: 2 * size,
      partials: maxGroups * partialSize(layout),
      gradients: partialSize(layout),
      squares: this.numReduce,
      control: CONTROL_SIZE,
    };
    const make = (name: keyof LearnerBuffers) => createStorage(gpu, name, 4 * sizes[name]);
    this.buffers = {
      parameters: make("parameters"),
      moments: make("moments"),
      partials: make("partials"),
      gradients: make("gradients"),
      squares: make("squares"),
      control: make("control"),
    };
    this.bytes = Object.values(this.buffers).reduce((sum, buffer) => sum + buffer.size, 0);
    this.reduce = new Kernel(
      gpu,
      "reduce",
      [
        SLOT_BINDING,
        { name: "partials", access: "read", type: "array<vec4f>" },
        { name: "gradients", access: "write", type: "array<vec4f>" },
        { name: "squares", access: "write", type: "array<f32>" },
      ],
      reduceCode(layout, maxGroups),
    );
    this.adam = new Kernel(
      gpu,
      "adam",
      [
        SLOT_BINDING,
        { name: "gradients", access: "read", type: "array<f32>" },
        { name: "squares", access: "read", type: "array<f32>" },
        { name: "parameters", access: "write", type: "array<f32>" },
        { name: "moments", access: "write", type: "array<f32>" },
        { name: "control", access: "write", type: "array<f32>" },
      ],
      adamCode(layout, this.numReduce),
    );
  }

  /** Binds both kernels to one slot of a uniform buffer. */
  bind(slots: GPUBuffer, index: number): { readonly reduce: GPUBindGroup; readonly adam: GPUBindGroup } {
    const { parameters, moments, partials, gradients, squares, control } = this.buffers;
    const slot = { buffer: slots, offset: index * SLOT_BYTES, size: SLOT_BYTES };
    return {
      reduce: this.reduce.bind([slot, partials, gradients, squares]),
      adam: this.adam.bind([slot, gradients, squares, parameters, moments, control]),
    };
  }

  addReduce(pass: GPUComputePassEncoder, group: GPUBindGroup): void {
    this.reduce.dispatch(pass, group, this.numReduce);
  }

  addAdam(pass: GPUComputePassEncoder, group: GPUBindGroup): void {
    this.adam.dispatch(pass, group, this.numAdam);
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers) as GPUBuffer[]) buffer.destroy();
  }
}

/** The flat layout with every weight matrix once more transposed behind it: what `parameters` holds. */
export function withTransposed(layout: NetworkLayout, flat: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const both = new Float32Array(2 * layout.size);
  both.set(flat);
  for (const { weights, paddedIn, paddedOut } of layout.layers) {
    for (let o = 0; o < paddedOut; o++) {
      for (let i = 0; i < paddedIn; i++) {
        both[layout.size + weights + i * paddedOut + o] = both[weights + o * paddedIn + i];
      }
    }
  }
  return both;
}
