import { checkBackward, checkForward, checkInputGradients, checkMaxBatch } from "../checks.js";
import type { AdamSettings, Engine, EngineFactory, EngineState } from "../engine.js";
import { layoutOf, type NetworkLayout, type NetworkSpec } from "../network.js";
import type { UnrolledFactory } from "../unrolled.js";
import { loadKernels, type WasmBuild } from "./kernels.js";
import { planMemory, type Rows } from "./plan.js";
import { openRoom, WasmNetwork } from "./wasm-network.js";
import { createWasmGroup } from "./wasm-unrolled.js";

/**
 * The fast engine of small networks: float32 SIMD kernels over one linear memory.
 *
 * Dense rows are copied in and out; everything else is {@link WasmNetwork}'s.
 */
class WasmEngine implements Engine {
  readonly layout: NetworkLayout;
  private readonly network: WasmNetwork;
  private readonly floats: Float32Array;
  private lastBatch = 0;

  constructor(
    module: WebAssembly.Module,
    readonly id: "wasm-simd" | "wasm-relaxed",
    network: NetworkSpec,
    readonly maxBatch: number,
  ) {
    checkMaxBatch(maxBatch);
    this.layout = layoutOf(network);
    const plan = planMemory(this.layout, maxBatch);
    this.network = new WasmNetwork(openRoom(module, plan.end), this.layout, plan, maxBatch);
    this.floats = this.network.values;
  }

  get bytes(): number {
    return this.network.bytes;
  }

  forward(inputs: Float32Array, batch: number, outputs: Float32Array): void {
    checkForward(this, inputs, batch, outputs);
    const { spec, heads, outputSize } = this.layout;
    const [slot] = this.network.plan.slots;
    this.writeRows(slot.inputs, inputs, 0, spec.inputSize, spec.inputSize, batch);
    this.network.forward(0, batch);
    for (let head = 0; head < heads.length; head++) {
      const size = heads[head].outputSize;
      this.readRows(slot.outputs[head], outputs, heads[head].outputOffset, outputSize, size, batch);
    }
    this.lastBatch = batch;
  }

  backward(outputGradients: Float32Array, batch: number, freeGradients?: Float32Array): void {
    checkBackward(this, this.lastBatch, outputGradients, batch, freeGradients);
    const { heads, outputSize, freeOffset, freeSize } = this.layout;
    const { network } = this;
    for (let head = 0; head < heads.length; head++) {
      const rows = network.plan.outputGradients[head];
      const { outputOffset, outputSize: size } = heads[head];
      this.writeRows(rows, outputGradients, outputOffset, outputSize, size, batch);
    }
    network.zeroGradients();
    network.backward(0, batch);
    for (let i = 0; i < freeSize; i++) network.gradients[freeOffset + i] = freeGradients ? freeGradients[i] : 0;
  }

  fillInputGradients(gradients: Float32Array, batch: number): void {
    checkInputGradients(this, this.lastBatch, gradients, batch);
    const { inputSize } = this.layout.spec;
    const { inputGradients } = this.network.plan;
    if (inputGradients) this.readRows(inputGradients, gradients, 0, inputSize, inputSize, batch);
  }

  adamStep(settings: AdamSettings): number {
    const { maxNorm } = settings;
    const norm = this.network.gradientNorm();
    this.network.adamStep(settings, maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1);
    return norm;
  }

  fillFree(free: Float32Array): void {
    const { freeOffset, freeSize } = this.layout;
    for (let i = 0; i < freeSize; i++) free[i] = this.network.parameters[freeOffset + i];
  }

  getParameters(): Float32Array {
    return this.network.getParameters();
  }

  setParameters(parameters: ArrayLike<number>): void {
    this.network.setParameters(parameters);
  }

  getGradients(): Float32Array {
    return this.network.getGradients();
  }

  getState(): EngineState {
    return this.network.getState();
  }

  setState(state: EngineState): void {
    this.network.setState(state);
  }

  /** Nothing to release: the garbage collector takes the memory together with the engine. */
  dispose(): void {}

  /** Copies `size` columns of dense rows, from `offset` on, to padded rows. */
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
  if (!module) return null;
  const create = (network: NetworkSpec, maxBatch: number) => new WasmEngine(module, `wasm-${build}`, network, maxBatch);
  const unrolled: UnrolledFactory = (group) => createWasmGroup(module, group);
  return Object.assign(create, { unrolled });
}
