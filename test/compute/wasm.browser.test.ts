import { describe, expect, it } from "vitest";
import { calibrate } from "../../src/compute/index.js";
import { loadWasmEngine } from "../../src/compute/wasm/wasm-engine.js";
import { actorCritic } from "./networks.js";
import { describeParity, passesOf } from "./parity.js";

// Chromium knows both builds, so that neither is ever skipped there.
describeParity("wasm-simd", await loadWasmEngine("simd"), { numRuns: 30, large: false, required: true });
describeParity("wasm-relaxed", await loadWasmEngine("relaxed"), { numRuns: 30, large: false, required: true });

describe("WebAssembly in a page", () => {
  it("needs no request: the kernels travel in the bundle", async () => {
    const engine = (await loadWasmEngine("simd"))?.(actorCritic, 4);
    if (!engine) throw new Error("expected WebAssembly SIMD, got none");
    await passesOf(engine, { batch: 4, seed: 1 });
    const requests = performance.getEntriesByType("resource").map(({ name }) => name);
    expect(requests.filter((name) => name.includes(".wasm"))).toEqual([]);
  });

  it("is what the calibration picks", async () => {
    expect((await calibrate(actorCritic, 256)).chosen).toMatch(/^wasm-/);
  });
});
