import { expect, it } from "vitest";
import type { EngineId } from "../../src/compute/engine.js";
import { loadEngine } from "../../src/compute/index.js";
import { itAgreesWithAutodiff } from "./tfjs-autodiff.js";

const engines: readonly EngineId[] = ["reference", "wasm-simd", "wasm-relaxed", "tfjs-cpu", "tfjs-wasm"];
for (const id of engines) {
  const create = await loadEngine(id);
  if (create) itAgreesWithAutodiff(id, create, 25);
  else it.skipIf(process.env["CI"] !== "1")(`${id} can run here`, () => expect(create).not.toBeNull());
}
