import type { EngineFactory } from "../engine.js";
import type { TfjsBackend } from "./backend.js";

export type { TfjsBackend } from "./backend.js";

/**
 * Loads TensorFlow.js with one backend; null where the backend is missing (no WebGPU, no adapter) or does not start.
 *
 * Engines on different backends may live side by side. Nothing of TensorFlow.js is fetched before the first call.
 */
export async function loadTfjsEngine(backend: TfjsBackend): Promise<EngineFactory | null> {
  const [{ openBackend }, { TfjsEngine }] = await Promise.all([import("./backend.js"), import("./tfjs-engine.js")]);
  const session = await openBackend(backend);
  return session && ((network, maxBatch) => new TfjsEngine(session, network, maxBatch));
}
