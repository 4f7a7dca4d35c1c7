import { checkBackward, checkFlat, checkForward, checkInputGradients, checkMaxBatch, checkState } from "../checks.js";
import type { AdamSettings, Engine, EngineFactory, EngineState } from "../engine.js";
import { ceil4, layoutOf, type NetworkLayout, type NetworkSpec } from "../network.js";
import { instantiateKernels, type Kernels, loadKernels, type WasmBuild } from "./kernels.js";
import { type MemoryPlan, planMemory, type Rows } from "./plan.js";

const PAGE_BYTES = 65536;

/**
 * The fast engine of small networks: float32 SIMD kernels over one linear memory.
 *
 * One call into WebAssembly does the whole forward or backward pass; all views are made once, so a step allocates
 * nothing. Batches are padded to a multiple of four rows, whose gradients are zero.
 */
class WasmEngine implements Engine {
  readonly layout: NetworkLayout;
  private readonly memory: WebAssembly.Memory;
  private readonly kernels: Kernels;
  private readonly plan: MemoryPlan;
  private readonly numLayers: number;
  private readonly parameters: Float32Array;
  private readonly gradients: Float32Array;
  private readonly firstMoments: Float32Array;
  private readonly secondMoments: Float32Array;
  /** All of the memory, for rows. */
  private readonly floats: Float32Array;
  private numSteps = 0;
  private lastBatch = 0;

  constructor(
    module: WebAssembly.Module,
    readonly id: "wasm-simd" | "wasm-relaxed",
    network: NetworkSpec,
    readonly maxBatch: number,
  ) {
    checkMaxBatch(maxBatch);
    const layout = layoutOf(network);
    const plan = planMemory(layout, maxBatch);
    const numPages = Math.ceil(plan.bytes / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: numPages, maximum: numPages });
    const flat = (pointer: number) => new Float32Array(memory.buffer, pointer, layout.size);
    new Uint32Array(memory.buffer, plan.recordsPointer, plan.records.length).set(plan.records);
    this.layout = layout;
    this.plan = plan;
    this.memory = memory;
    this.kernels = instantiateKernels(module, memory);
    this.numLayers = layout.layers.length;
    this.parameters = flat(plan.parameters);
    this.gradients = flat(plan.gradients);
    this.firstMoments = flat(plan.firstMoments);
    this.secondMoments = flat(plan.secondMoments);
    this.floats = new Float32Array(memory.buffer);
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  forward(inputs: Float32Array, batch: number, outputs: Float32Array): void {
    checkForward(this, inputs, batch, outputs);
    const { spec, heads, outputSize } = this.layout;
    this.writeRows(this.plan.inputs, inputs, 0, spec.inputSize, spec.inputSize, batch);
    this.kernels.forward(this.plan.recordsPointer, this.numLayers, ceil4(batch));
    for (let head = 0; head < heads.length; head++) {
      const size = heads[head].outputSize;
      this.readRows(this.plan.outputs[head], outputs, heads[head].outputOffset, outputSize, size, batch);
    }
    this.lastBatch = batch;
  }

  backward(outputGradients: Float32Array, batch: number, freeGradients?: Float32Array): void {
    checkBackward(this, this.lastBatch, outputGradients, batch, freeGradients);
    const { heads, outputSize, freeOffset, freeSize } = this.layout;
    for (let head = 0; head < heads.length; head++) {
      const rows = this.plan.outputGradients[head];
      const { outputOffset, outputSize: size } = heads[head];
      this.writeRows(rows, outputGradients, outputOffset, outputSize, size, batch);
    }
    this.kernels.backward(this.plan.recordsPointer, this.numLayers, ceil4(batch));
    for (let i = 0; i < freeSize; i++) this.gradients[freeOffset + i] = freeGradients ? freeGradients[i] : 0;
  }

  fillInputGradients(gradients: Float32Array, batch: number): void {
    checkInputGradients(this, this.lastBatch, gradients, batch);
    const { inputSize } = this.layout.spec;
    const { inputGradients } = this.plan;
    if (inputGradients) this.readRows(inputGradients, gradients, 0, inputSize, inputSize, batch);
  }

  adamStep({ learningRate, beta1, beta2, epsilon, maxNorm }: AdamSettings): number {
    const { plan, layout } = this;
    const norm = this.kernels.norm(plan.gradients, layout.size);
    const scale = maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
    this.numSteps++;
    this.kernels.adam(
      plan.parameters,
      plan.gradients,
      plan.firstMoments,
      plan.secondMoments,
      layout.size,
      scale,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      learningRate / (1 - beta1 ** this.numSteps),
      1 / (1 - beta2 ** this.numSteps),
      epsilon,
    );
    this.kernels.packWeights(plan.recordsPointer, this.numLayers);
    return norm;
  }

  fillFree(free: Float32Array): void {
    for (let i = 0; i < this.layout.freeSize; i++) free[i] = this.parameters[this.layout.freeOffset + i];
  }

  getParameters(): Float32Array {
    return this.parameters.slice();
  }

  setParameters(parameters: ArrayLike<number>): void {
    checkFlat(this.layout, "parameters", parameters);
    this.parameters.set(parameters);
    this.kernels.packWeights(this.plan.recordsPointer, this.numLayers);
  }

  getGradients(): Float32Array {
    return this.gradients.slice();
  }

  getState(): EngineState {
    return {
      parameters: this.parameters.slice(),
      firstMoments: this.firstMoments.slice(),
      secondMoments: this.secondMoments.slice(),
      numSteps: this.numSteps,
    };
  }

  setState(state: EngineState): void {
    checkState(this.layout, state);
    this.setParameters(state.parameters);
    this.firstMoments.set(state.firstMoments);
    this.secondMoments.set(state.secondMoments);
    this.numSteps = state.numSteps;
  }

  /** Nothing to release: the garbage collector takes the memory together with the engine. */
  dispose(): void {}

  /** Copies `size` columns of dense rows, from `offset` on, to padded rows; zeroes the rows that fill up the batch. */
  private writeRows(
    { pointer, stride }: Rows,
    from: Float32Array,
    offset: number,
    width: number,
    size: number,
    batch: number,
  ): void {
    const { floats } = this;
    for (let row = 0; row < batch; row++) {
      const to = (pointer + row * stride) >>> 2;
      const start = row * width + offset;
      for (let i = 0; i < size; i++) floats[to + i] = from[start + i];
    }
    for (let row = batch; row < ceil4(batch); row++) {
      const to = (pointer + row * stride) >>> 2;
      for (let i = 0; i < size; i++) floats[to + i] = 0;
    }
  }

  /** The way back: `size` columns of padded rows to columns of dense ones. */
  private readRows(
    { pointer, stride }: Rows,
    to: Float32Array,
    offset: number,
    width: number,
    size: number,
    batch: number,
  ): void {
    const { floats } = this;
    for (let row = 0; row < batch; row++) {
      const from = (pointer + row * stride) >>> 2;
      const start = row * width + offset;
      for (let i = 0; i < size; i++) to[start + i] = floats[from + i];
    }
  }
}

/** Prepares the WebAssembly engine; null where this machine does not know the build's instructions. */
export async function loadWasmEngine(build: WasmBuild): Promise<EngineFactory | null> {
  const module = await loadKernels(build);
  return module && ((network, maxBatch) => new WasmEngine(module, `wasm-${build}`, network, maxBatch));
}
