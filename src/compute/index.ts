import { type Candidate, calibrateCandidates } from "./calibrate.js";
import type { EngineFactory, EngineId, EngineReport } from "./engine.js";
import { isSoftwareAdapter } from "./gpu/adapter.js";
import type { NetworkSpec } from "./network.js";
import { createReferenceEngine } from "./reference-engine.js";
import { loadWasmEngine } from "./wasm/wasm-engine.js";

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

/** The engines that are timed unless others are asked for: those that are already in the bundle. */
export const DEFAULT_CANDIDATES: readonly EngineId[] = ["wasm-relaxed", "wasm-simd", "reference"];

/** Those that need no graphics device, of the default candidates. */
export const CPU_ENGINES: readonly EngineId[] = DEFAULT_CANDIDATES.filter((id) => !isGpuEngine(id));

/** Whether an engine computes on the graphics device, which can be lost. */
export function isGpuEngine(id: EngineId): boolean {
  return id === "tfjs-webgpu" || id === "wgsl";
}

/** Loads an engine; null when this platform lacks what it needs. TensorFlow.js is fetched only when it is asked for. */
export async function loadEngine(id: EngineId): Promise<EngineFactory | null> {
  switch (id) {
    case "reference":
      return createReferenceEngine;
    case "wasm-simd":
      return loadWasmEngine("simd");
    case "wasm-relaxed":
      return loadWasmEngine("relaxed");
    case "wgsl": {
      const { loadWgslEngine } = await import("./wgsl/wgsl-engine.js");
      return loadWgslEngine();
    }
    case "tfjs-cpu":
    case "tfjs-wasm":
    case "tfjs-webgpu": {
      const { loadTfjsEngine } = await import("./tfjs/index.js");
      return loadTfjsEngine(id === "tfjs-cpu" ? "cpu" : id === "tfjs-wasm" ? "wasm" : "webgpu");
    }
    default:
      return id satisfies never;
  }
}

/**
 * Times the actual network and batch on the candidates, within about 150 ms, and picks the fastest.
 *
 * The candidates are the engines already in the bundle; where none of the WebAssembly ones runs, TensorFlow.js is
 * tried too. The report lists every engine: those not timed say why. A software GPU is never timed, so never chosen.
 */
export async function calibrate(
  network: NetworkSpec,
  batch: number,
  candidates?: readonly EngineId[],
): Promise<EngineReport> {
  const asked = candidates ?? ((await loadEngine("wasm-simd")) ? DEFAULT_CANDIDATES : ENGINE_IDS);
  return calibrateCandidates(network, batch, await Promise.all(ENGINE_IDS.map((id) => prepare(id, asked))));
}

async function prepare(id: EngineId, asked: readonly EngineId[]): Promise<Candidate> {
  const without = (note: string): Candidate => ({ id, factory: null, note });
  if (!asked.includes(id)) {
    return without(
      id.startsWith("tfjs") ? "Not timed: it would first load TensorFlow.js." : "Not timed: not asked for.",
    );
  }
  if ((id === "tfjs-webgpu" || id === "wgsl") && (await isSoftwareAdapter()))
    return without("The graphics adapter is a software one.");
  const factory = await loadEngine(id);
  return factory ? { id, factory, note: "" } : without("This platform does not offer it.");
}
