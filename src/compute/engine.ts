import type { AdamSettings, EngineState } from "./adam.js";
import type { NetworkLayout, NetworkSpec } from "./network.js";
import type { UnrolledFactory } from "./unrolled.js";

export type { AdamSettings, EngineState } from "./adam.js";

/**
 * An engine knows networks, not algorithms.
 *
 * It holds one network's parameters, gradients and Adam moments, and computes forward, backward and the optimiser
 * step. The loss head (a pure function in `src/agents/`) runs between forward and backward. Methods that may have to
 * wait for a device answer with a promise there and with a plain value on the CPU paths: callers write
 * `const pending = engine.forward(…); if (pending) await pending;`.
 */
export type EngineId = "reference" | "wasm-simd" | "wasm-relaxed" | "tfjs-cpu" | "tfjs-wasm" | "tfjs-webgpu" | "wgsl";

export interface Engine {
  readonly id: EngineId;
  readonly layout: NetworkLayout;
  /** Largest batch that `forward` and `backward` take. */
  readonly maxBatch: number;

  /**
   * Fills `outputs` [batch, outputSize] from `inputs` [batch, inputSize] (row-major, no padding) and keeps the
   * activations for `backward`. Throws `RangeError` when the batch is larger than `maxBatch`.
   */
  forward(inputs: Float32Array, batch: number, outputs: Float32Array): void | Promise<void>;

  /**
   * Replaces the gradients by those of the last `forward`, given d(loss)/d(outputs) [batch, outputSize] and, where
   * the network has free parameters, d(loss)/d(free) [freeSize].
   */
  backward(outputGradients: Float32Array, batch: number, freeGradients?: Float32Array): void | Promise<void>;

  /**
   * Fills `gradients` [batch, inputSize] with d(loss)/d(inputs) of the last `backward`. Throws `RangeError` for a
   * network that was not asked for them.
   */
  fillInputGradients(gradients: Float32Array, batch: number): void;

  /**
   * One Adam step with bias correction on the current gradients, clipped by their global norm over all tensors.
   * Returns the norm before clipping. Source: Kingma & Ba 2015, algorithm 1, as in `torch.optim.Adam`:
   * θ −= lr · m̂ / (√v̂ + ε).
   */
  adamStep(settings: AdamSettings): number | Promise<number>;

  /** Current values of the free parameters [freeSize]. */
  fillFree(free: Float32Array): void;

  /** Flat copies in the layout of `network.ts`, of `layout.size` floats. */
  getParameters(): Float32Array | Float64Array | Promise<Float32Array | Float64Array>;
  setParameters(parameters: ArrayLike<number>): void;
  getGradients(): Float32Array | Float64Array | Promise<Float32Array | Float64Array>;

  getState(): EngineState | Promise<EngineState>;
  /** Throws `RangeError` when the sizes differ. */
  setState(state: EngineState): void;

  /** Bytes of typed arrays, linear memory or tensors it holds. */
  readonly bytes: number;
  /** Releases tensors and memory; the engine is unusable afterwards. */
  dispose(): void;
}

/** Makes an engine for a network. `maxBatch` bounds the memory it takes. */
export interface EngineFactory {
  (network: NetworkSpec, maxBatch: number): Engine;
  /** The same for networks that are applied many times before an update; absent where an engine has none. */
  readonly unrolled?: UnrolledFactory;
}

/** How an agent gathers what it learns from; decides how much acting weighs beside learning. */
export interface Gathering {
  /** Copies of the world: rows of a forward pass while it acts. */
  readonly copies: number;
  /** Environment steps, over all copies, for each update. */
  readonly stepsPerUpdate: number;
}

/** What WebGPU says of its graphics adapter. */
export interface AdapterReport {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** Whether the CPU plays the graphics card: right results, but slower than any engine on the CPU. */
  readonly isSoftware: boolean;
}

/** How one candidate did in the calibration, in words the page shows. */
export interface EngineTiming {
  readonly id: EngineId;
  /** Milliseconds per update (forward, backward, Adam) of the actual network and batch; null when not timed. */
  readonly milliseconds: number | null;
  /** Why it was not timed or cannot run here, or an empty string. */
  readonly note: string;
  /** Environment steps per second that the networks alone would allow, acting included; absent when not timed. */
  readonly stepsPerSecond?: number;
}

/** What was picked and why; written into the run before its first step. */
export interface EngineReport {
  readonly chosen: EngineId;
  readonly reason: string;
  readonly timings: readonly EngineTiming[];
  /** The graphics adapter; null where there is none, absent where nobody asked. */
  readonly adapter?: AdapterReport | null;
  /** What the timings hold for (adapter, network, batch, copies, versions), so that they can be remembered. */
  readonly key?: string;
  /** Somebody asked for this engine; the timings say what the others would have given. */
  readonly asked?: boolean;
  /** The timings were taken earlier, on the same adapter for the same network. */
  readonly remembered?: boolean;
  /** Why the worlds stay on the processor though the networks are on the graphics device; absent where they do not. */
  readonly worldsOnCpu?: string;
}

/** Every engine, fastest first on most devices. */
export const ENGINE_IDS: readonly EngineId[] = [
  "wasm-relaxed",
  "wasm-simd",
  "reference",
  "wgsl",
  "tfjs-webgpu",
  "tfjs-wasm",
  "tfjs-cpu",
];

/** The engines that are timed unless others are asked for: our own. */
export const DEFAULT_CANDIDATES: readonly EngineId[] = ["wasm-relaxed", "wasm-simd", "reference", "wgsl"];

/** Those that need no graphics device, of the default candidates. */
export const CPU_ENGINES: readonly EngineId[] = DEFAULT_CANDIDATES.filter((id) => !isGpuEngine(id));

/** Whether an engine computes on the graphics device, which can be lost. */
export function isGpuEngine(id: EngineId): boolean {
  return id === "wgsl" || id === "tfjs-webgpu";
}
