import { checkBackward, checkFlat, checkForward, checkInputGradients, checkMaxBatch, checkState } from "../checks.js";
import type { AdamSettings, Engine, EngineFactory, EngineState } from "../engine.js";
import { type GraphicsDevice, openDevice } from "../gpu/device.js";
import { layoutOf, type NetworkLayout, type NetworkSpec } from "../network.js";
import { createStorage, createUniform, readBuffers, submit, writeBuffer } from "./buffers.js";
import { type Binding, Kernel } from "./kernel.js";
import { MATHS_WGSL } from "./maths.js";
import { layerTable, networkBindings, networkCode } from "./network-code.js";
import { planTile, type TileLimits, type TilePlan, tileLimits } from "./tile.js";
import {
  CONTROL,
  Learner,
  numGroupsFor,
  packSlots,
  partialSize,
  SLOT_BINDING,
  SLOT_BYTES,
  SLOT_WGSL,
  withTransposed,
} from "./update-code.js";

const INPUTS: Binding = { name: "inputs", access: "read", type: "array<f32>" };

/** Loads the rows of a tile: thread by thread one feature of four rows, zero beyond the batch. */
function loadInputs({ layout, input, quads }: TilePlan): string {
  const { inputSize } = layout.spec;
  return `
    for (var i = local; i < ${input.size * quads}u; i += THREADS) {
      let feature = i / QUADS;
      let row = first_row + 4u * (i % QUADS);
      var values = vec4f(0.0);
      for (var k = 0u; k < 4u; k++) {
        if (feature < ${inputSize}u && row + k < slot.count) { values[k] = inputs[(row + k) * ${inputSize}u + feature]; }
      }
      tile_store(${input.base}u + feature * STRIDE + i % QUADS, values);
    }
    tile_barrier();`;
}

function forwardCode(plan: TilePlan): string {
  const { layout, outputs } = plan;
  const stores = outputs.map(({ output, layer }, head) => {
    const { outputOffset } = layout.heads[head];
    return `
    for (var i = local; i < ${layer.outSize}u * ROWS; i += THREADS) {
      let row = first_row + i / ${layer.outSize}u;
      let unit = i % ${layer.outSize}u;
      if (row < slot.count) {
        outputs[row * ${layout.outputSize}u + ${outputOffset}u + unit] = tile_value(${output.base}u, unit, i / ${layer.outSize}u);
      }
    }`;
  });
  return `${SLOT_WGSL}${MATHS_WGSL}${networkCode(plan, false)}
@compute @workgroup_size(${plan.threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  tile_begin(group.x);
  for (var first_row = group.x * ROWS; first_row < slot.count; first_row += slot.num_groups * ROWS) {
    ${loadInputs(plan)}
    network_forward(local);
    ${stores.join("")}
    tile_barrier();
  }
}`;
}

/** Writes the gradient of a tile's inputs, which stands where they stood. */
function storeInputGradients({ layout, input }: TilePlan): string {
  const { inputSize } = layout.spec;
  return `
    for (var i = local; i < ${inputSize}u * ROWS; i += THREADS) {
      let row = first_row + i / ${inputSize}u;
      if (row < slot.count) {
        input_gradients[first_row * ${inputSize}u + i] = tile_value(${input.base}u, i % ${inputSize}u, i / ${inputSize}u);
      }
    }`;
}

const INPUT_GRADIENTS: Binding = { name: "input_gradients", access: "write", type: "array<f32>" };

/** Forward again, then backward from given gradients: cheaper than keeping every activation. */
function gradientCode(plan: TilePlan): string {
  const { layout, outputs, quads } = plan;
  const loads = outputs.map(({ output, layer }, head) => {
    const { outputOffset } = layout.heads[head];
    return `
    for (var i = local; i < ${layer.paddedOut * quads}u; i += THREADS) {
      let unit = i / QUADS;
      let row = first_row + 4u * (i % QUADS);
      var values = vec4f(0.0);
      for (var k = 0u; k < 4u; k++) {
        if (unit < ${layer.outSize}u && row + k < slot.count) {
          values[k] = output_gradients[(row + k) * ${layout.outputSize}u + ${outputOffset}u + unit];
        }
      }
      tile_store(${output.base}u + unit * STRIDE + i % QUADS, values);
    }`;
  });
  return `${SLOT_WGSL}${MATHS_WGSL}${networkCode(plan, true)}
@compute @workgroup_size(${plan.threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  tile_begin(group.x);
  let partial = group.x * ${partialSize(layout)}u;
  for (var i = local; i < ${partialSize(layout) - layout.freeOffset}u; i += THREADS) {
    partials[partial + ${layout.freeOffset}u + i] = 0.0;
  }
  for (var first_row = group.x * ROWS; first_row < slot.count; first_row += slot.num_groups * ROWS) {
    ${loadInputs(plan)}
    network_forward(local);
    ${loads.join("")}
    tile_barrier();
    network_backward(local, partial, first_row == group.x * ROWS);${layout.spec.inputGradients ? storeInputGradients(plan) : ""}
    tile_barrier();
  }
}`;
}

/**
 * An engine on our own graphics device: whole networks in one dispatch, tile by tile.
 *
 * It serves worlds that run on the CPU, and is what the kernels of resident training are tested by; each call waits
 * for the device, so alone it is worth little on small batches. After the device is lost every call throws or rejects
 * with `DeviceLostError`.
 */
class WgslEngine implements Engine {
  readonly id = "wgsl";
  readonly layout: NetworkLayout;
  readonly bytes: number;
  private readonly plan: TilePlan;
  private readonly learner: Learner;
  private readonly forwardKernel: Kernel;
  private readonly gradientKernel: Kernel;
  private readonly inputs: GPUBuffer;
  private readonly outputs: GPUBuffer;
  private readonly slots: GPUBuffer;
  private readonly table: GPUBuffer;
  private readonly scratch: readonly GPUBuffer[];
  /** The buffer of the gradients, where the network was asked for them, and their newest values. */
  private readonly inputGradients: readonly GPUBuffer[];
  private newestInputGradients = new Float32Array(0);
  private readonly forwardGroup: GPUBindGroup;
  private readonly gradientGroup: GPUBindGroup;
  private readonly updateGroups: { readonly reduce: GPUBindGroup; readonly adam: GPUBindGroup };
  private readonly free: Float32Array;
  private numSteps = 0;
  private lastBatch = 0;
  private numGroups = 1;

  constructor(
    private readonly gpu: GraphicsDevice,
    network: NetworkSpec,
    readonly maxBatch: number,
    limits: TileLimits,
  ) {
    checkMaxBatch(maxBatch);
    const layout = layoutOf(network);
    const plan = planTile(layout, limits);
    this.layout = layout;
    this.plan = plan;
    const maxGroups = numGroupsFor(layout, plan.rows, maxBatch);
    this.learner = new Learner(gpu, layout, maxGroups);
    this.free = new Float32Array(layout.freeSize);
    this.inputs = createStorage(gpu, "inputs", 4 * maxBatch * network.inputSize);
    this.outputs = createStorage(gpu, "outputs", 4 * maxBatch * layout.outputSize);
    const gradientBytes = 4 * maxBatch * network.inputSize;
    this.inputGradients = network.inputGradients ? [createStorage(gpu, "input gradients", gradientBytes)] : [];
    this.slots = createUniform(gpu, "slot", SLOT_BYTES);
    this.table = createUniform(gpu, "layers", 48 * layout.layers.length);
    writeBuffer(gpu, this.table, layerTable(plan));
    this.scratch = plan.memory === "storage" ? [createStorage(gpu, "scratch", 16 * plan.size * maxGroups)] : [];
    this.forwardKernel = new Kernel(
      gpu,
      "forward",
      [SLOT_BINDING, INPUTS, { name: "outputs", access: "write", type: "array<f32>" }, ...networkBindings(plan)],
      forwardCode(plan),
    );
    this.gradientKernel = new Kernel(
      gpu,
      "gradient",
      [
        SLOT_BINDING,
        INPUTS,
        { name: "output_gradients", access: "read", type: "array<f32>" },
        { name: "partials", access: "write", type: "array<f32>" },
        ...(network.inputGradients ? [INPUT_GRADIENTS] : []),
        ...networkBindings(plan),
      ],
      gradientCode(plan),
    );
    const { parameters, partials } = this.learner.buffers;
    const shared = [this.table, parameters, ...this.scratch];
    this.forwardGroup = this.forwardKernel.bind([this.slots, this.inputs, this.outputs, ...shared]);
    this.gradientGroup = this.gradientKernel.bind([
      this.slots,
      this.inputs,
      this.outputs,
      partials,
      ...this.inputGradients,
      ...shared,
    ]);
    this.updateGroups = this.learner.bind(this.slots, 0);
    const own = [this.inputs, this.outputs, this.slots, this.table, ...this.scratch, ...this.inputGradients];
    this.bytes = this.learner.bytes + own.reduce((sum, buffer) => sum + buffer.size, 0);
  }

  async forward(inputs: Float32Array, batch: number, outputs: Float32Array): Promise<void> {
    checkForward(this, inputs, batch, outputs);
    this.gpu.check();
    const { spec, outputSize } = this.layout;
    this.numGroups = numGroupsFor(this.layout, this.plan.rows, batch);
    this.lastBatch = batch;
    this.writeSlot(batch);
    writeBuffer(this.gpu, this.inputs, inputs.subarray(0, batch * spec.inputSize));
    submit(this.gpu, (pass) => this.forwardKernel.dispatch(pass, this.forwardGroup, this.numGroups));
    const bytes = 4 * batch * outputSize;
    outputs.set(new Float32Array(await readBuffers(this.gpu, [{ buffer: this.outputs, bytes }])));
  }

  backward(outputGradients: Float32Array, batch: number, freeGradients?: Float32Array): void | Promise<void> {
    checkBackward(this, this.lastBatch, outputGradients, batch, freeGradients);
    this.gpu.check();
    const { outputSize, freeSize, freeOffset } = this.layout;
    writeBuffer(this.gpu, this.outputs, outputGradients.subarray(0, batch * outputSize));
    submit(this.gpu, (pass) => {
      this.gradientKernel.dispatch(pass, this.gradientGroup, this.numGroups);
    });
    if (freeSize > 0 && freeGradients) {
      const { partials } = this.learner.buffers;
      writeBuffer(this.gpu, partials, freeGradients.subarray(0, freeSize), 4 * freeOffset);
    }
    submit(this.gpu, (pass) => this.learner.addReduce(pass, this.updateGroups.reduce));
    if (this.inputGradients.length > 0) return this.readInputGradients(batch);
  }

  fillInputGradients(gradients: Float32Array, batch: number): void {
    checkInputGradients(this, this.lastBatch, gradients, batch);
    gradients.set(this.newestInputGradients);
  }

  async adamStep(settings: AdamSettings): Promise<number> {
    this.gpu.check();
    const { freeSize, freeOffset } = this.layout;
    this.numSteps++;
    this.writeSlot(Math.max(1, this.lastBatch), settings);
    submit(this.gpu, (pass) => this.learner.addAdam(pass, this.updateGroups.adam));
    const { control, parameters } = this.learner.buffers;
    const read = await readBuffers(this.gpu, [
      { buffer: control, offset: 4 * CONTROL.norm, bytes: 4 },
      ...(freeSize > 0 ? [{ buffer: parameters, offset: 4 * freeOffset, bytes: 4 * freeSize }] : []),
    ]);
    const [norm, ...free] = new Float32Array(read);
    this.free.set(free);
    return norm;
  }

  fillFree(free: Float32Array): void {
    free.set(this.free);
  }

  async getParameters(): Promise<Float32Array> {
    return this.readFlat(this.learner.buffers.parameters, 0);
  }

  setParameters(parameters: ArrayLike<number>): void {
    const { layout } = this;
    checkFlat(layout, "parameters", parameters);
    this.gpu.check();
    const both = withTransposed(layout, parameters);
    writeBuffer(this.gpu, this.learner.buffers.parameters, both);
    this.free.set(both.subarray(layout.freeOffset, layout.freeOffset + layout.freeSize));
  }

  async getGradients(): Promise<Float32Array> {
    return this.readFlat(this.learner.buffers.gradients, 0);
  }

  async getState(): Promise<EngineState> {
    const { parameters, moments } = this.learner.buffers;
    const { numSteps } = this;
    const bytes = 4 * this.layout.size;
    const read = await readBuffers(this.gpu, [
      { buffer: parameters, bytes },
      { buffer: moments, bytes: 2 * bytes },
    ]);
    const part = (i: number) => new Float32Array(read.slice(i * bytes, (i + 1) * bytes));
    return { parameters: part(0), firstMoments: part(1), secondMoments: part(2), numSteps };
  }

  setState(state: EngineState): void {
    checkState(this.layout, state);
    this.setParameters(state.parameters);
    const { size } = this.layout;
    const moments = new Float32Array(2 * size);
    moments.set(state.firstMoments);
    moments.set(state.secondMoments, size);
    writeBuffer(this.gpu, this.learner.buffers.moments, moments);
    this.numSteps = state.numSteps;
  }

  dispose(): void {
    this.learner.dispose();
    for (const buffer of [this.inputs, this.outputs, this.slots, this.table, ...this.scratch, ...this.inputGradients])
      buffer.destroy();
  }

  private async readInputGradients(batch: number): Promise<void> {
    const bytes = 4 * batch * this.layout.spec.inputSize;
    const [buffer] = this.inputGradients;
    this.newestInputGradients = new Float32Array(await readBuffers(this.gpu, [{ buffer, bytes }]));
  }

  private async readFlat(buffer: GPUBuffer, offset: number): Promise<Float32Array> {
    return new Float32Array(await readBuffers(this.gpu, [{ buffer, offset, bytes: 4 * this.layout.size }]));
  }

  private writeSlot(count: number, adam: AdamSettings = NO_STEP): void {
    const { numGroups, numSteps } = this;
    const rest = { start: 0, total: count, permutation: 0, index: 0, seed: 0, stream: 0, klLimit: 0, loss: [] };
    const slot = { ...rest, count, numGroups, adam, numSteps: Math.max(1, numSteps) };
    writeBuffer(this.gpu, this.slots, packSlots([slot]));
  }
}

const NO_STEP: AdamSettings = { learningRate: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0 };

/** Makes the engine on a device. */
export function createWgslEngine(gpu: GraphicsDevice, limits: TileLimits = tileLimits(gpu)): EngineFactory {
  return (network, maxBatch) => new WgslEngine(gpu, network, maxBatch, limits);
}

/** Prepares the engine; null where WebGPU or an adapter is missing. Loaded again after a loss it takes a fresh device. */
export async function loadWgslEngine(): Promise<EngineFactory | null> {
  const gpu = await openDevice();
  return gpu && createWgslEngine(gpu);
}
