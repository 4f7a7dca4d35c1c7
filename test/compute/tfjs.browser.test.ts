import { describe, expect, it } from "vitest";
import { loadTfjsEngine } from "../../src/compute/tfjs/index.js";
import { actorCritic } from "./networks.js";
import { describeParity } from "./parity.js";
import { expectReferenceParity } from "./tfjs-checks.js";
import { describeTfjsWebgpu } from "./tfjs-webgpu.js";

const required = import.meta.env["CI"] === "1";

describeParity("tfjs-cpu", await loadTfjsEngine("cpu"), { numRuns: 10, large: false, required: true });
describeParity("tfjs-wasm", await loadTfjsEngine("wasm"), { numRuns: 10, large: false, required: true });
await describeTfjsWebgpu(required);

describe("tfjs in a page", () => {
  it("fetches its binaries from our own origin", async () => {
    const create = await loadTfjsEngine("wasm");
    if (!create) throw new Error("expected the wasm backend to start, got none");
    await expectReferenceParity(create, actorCritic, 8, 1);
    const addresses = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    expect(addresses.some(({ pathname }) => pathname.endsWith("tfjs-backend-wasm-simd.wasm"))).toBe(true);
    expect(
      addresses.filter(({ origin, protocol }) => protocol.startsWith("http") && origin !== location.origin),
    ).toEqual([]);
  });
});
