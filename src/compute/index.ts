import { VERSION } from "../core/version.js";
import { type Candidate, calibrateCandidates } from "./calibrate.js";
import {
  type AdapterReport,
  DEFAULT_CANDIDATES,
  ENGINE_IDS,
  type EngineFactory,
  type EngineId,
  type EngineReport,
  type Gathering,
  isGpuEngine,
} from "./engine.js";

import { adapterReport } from "./gpu/adapter.js";
import type { NetworkSpec } from "./network.js";
import { createReference } from "./reference-unrolled.js";
import { loadWasmEngine } from "./wasm/wasm-engine.js";

/** Loads an engine; null when this platform lacks what it needs. TensorFlow.js is fetched only when it is asked for. */
export async function loadEngine(id: EngineId): Promise<EngineFactory | null> {
  switch (id) {
    case "reference":
      return createReference;
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

/** What a calibration may be told. */
export interface CalibrationSettings {
  /** Engines to time; our own unless said otherwise. */
  readonly candidates?: readonly EngineId[] | undefined;
  /** How the agent gathers for its updates; without it only updates are timed. */
  readonly gathering?: Gathering | undefined;
  /** Earlier reports: one of the same adapter, network and versions is taken instead of timing anew. */
  readonly remembered?: readonly EngineReport[] | undefined;
}

/**
 * Times the actual network, batch and number of copies on the candidates, within about 150 ms, and picks the fastest.
 *
 * The candidates are our own engines; where none of the WebAssembly ones runs, TensorFlow.js is tried too. The report
 * lists every engine: those not timed say why. A software GPU is never timed, so never chosen.
 */
export async function calibrate(
  network: NetworkSpec,
  batch: number,
  { candidates, gathering, remembered = [] }: CalibrationSettings = {},
): Promise<EngineReport> {
  const asked = candidates ?? ((await loadEngine("wasm-simd")) ? DEFAULT_CANDIDATES : ENGINE_IDS);
  // Where no candidate needs the graphics adapter it is left asleep.
  const adapter = asked.some(isGpuEngine) ? await adapterReport() : null;
  // Another version of this program or of the browser may be faster elsewhere.
  const key = JSON.stringify([
    VERSION,
    globalThis.navigator?.userAgent ?? "",
    adapter,
    network,
    batch,
    gathering,
    asked,
  ]);
  const earlier = remembered.find((report) => report.key === key);
  if (earlier) return { ...earlier, remembered: true };
  const prepared = ENGINE_IDS.map((id) => prepare(id, asked, adapter));
  const report = await calibrateCandidates(network, batch, await Promise.all(prepared), undefined, gathering);
  return { ...report, adapter, key };
}

async function prepare(id: EngineId, asked: readonly EngineId[], adapter: AdapterReport | null): Promise<Candidate> {
  const without = (note: string): Candidate => ({ id, factory: null, note });
  if (!asked.includes(id)) {
    return without(
      id.startsWith("tfjs") ? "Not timed: it would first load TensorFlow.js." : "Not timed: not asked for.",
    );
  }
  if (isGpuEngine(id) && adapter?.isSoftware) return without("The graphics adapter is a software one.");
  if (isGpuEngine(id) && !adapter) return without("There is no graphics adapter.");
  const factory = await loadEngine(id);
  return factory ? { id, factory, note: "" } : without("This platform does not offer it.");
}
