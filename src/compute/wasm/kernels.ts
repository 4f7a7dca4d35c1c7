import { RELAXED_KERNELS, SIMD_KERNELS } from "./generated/kernels.js";

/** Which of the two compilations of the same source: relaxed SIMD fuses multiply and add. */
export type WasmBuild = "simd" | "relaxed";

/** What the AssemblyScript module exports; pointers are byte offsets into the memory it was instantiated with. */
export interface Kernels {
  forward(plan: number, numLayers: number, rows: number): void;
  backward(plan: number, numLayers: number, rows: number): void;
  packWeights(plan: number, numLayers: number): void;
  norm(values: number, size: number): number;
  adam(
    parameters: number,
    gradients: number,
    firstMoments: number,
    secondMoments: number,
    size: number,
    scale: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    rate: number,
    correction: number,
    epsilon: number,
  ): void;
  moveRows(
    moves: number,
    numMoves: number,
    numTraces: number,
    size: number,
    from: number,
    fromStride: number,
    fromPerTrace: number,
    to: number,
    toStride: number,
    toPerTrace: number,
  ): void;
  threefryInto(key0: number, key1: number, counter0: number, counter1: number, block: number): void;
}

const modules = new Map<WasmBuild, Promise<WebAssembly.Module | null>>();

/** Compiles a build once; null where this machine's WebAssembly does not know its instructions. */
export function loadKernels(build: WasmBuild): Promise<WebAssembly.Module | null> {
  let module = modules.get(build);
  if (!module) {
    if (build === "relaxed") allowRelaxedSimd();
    module = compile(build === "simd" ? SIMD_KERNELS : RELAXED_KERNELS);
    modules.set(build, module);
  }
  return module;
}

/**
 * Node 20 knows relaxed SIMD, but behind a flag of V8 that Node 22 no longer needs; an update takes 0.8 times as long
 * with it. Parity with the reference is tested on both builds.
 */
function allowRelaxedSimd(): void {
  const { process } = globalThis;
  if (Number.parseInt(process?.versions?.node ?? "22", 10) >= 22) return;
  process.getBuiltinModule?.("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
}

async function compile(base64: string): Promise<WebAssembly.Module | null> {
  if (typeof WebAssembly === "undefined") return null;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : null;
}

/** The kernels at work on `memory`, which the caller lays out; the first 1,024 bytes are theirs. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as Kernels;
}
