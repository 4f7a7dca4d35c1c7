import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Engine } from "../../src/compute/engine.js";
import { adapterReport, describeAdapter, isSoftwareAdapter } from "../../src/compute/gpu/adapter.js";
import { loadTfjsEngine, type TfjsBackend } from "../../src/compute/tfjs/index.js";
import { openSharedDevice } from "../../src/compute/tfjs/shared-device.js";
import { actorCritic, randomBatch, randomParameters, wideQ } from "./networks.js";
import { describeParity, passesOf } from "./parity.js";
import { expectReferenceParity, numbersHeldAfter } from "./tfjs-checks.js";

async function load(backend: TfjsBackend) {
  const create = await loadTfjsEngine(backend);
  if (!create) throw new Error(`expected the ${backend} backend to start, got none`);
  return create;
}

const createCpu = await load("cpu");
const createWasm = await load("wasm");
const engines = [
  ["cpu", createCpu],
  ["wasm", createWasm],
] as const;

for (const [backend, create] of engines) {
  describeParity(`tfjs-${backend}`, create, { numRuns: 40, large: false, required: true });
}

describe.each(engines)("tfjs on its %s backend", (backend, create) => {
  it("keeps the contract's tolerances 256 wide with 1,024 rows", () =>
    expectReferenceParity(create, { ...wideQ, activation: "tanh", trunk: [256] }, 1024, 1));

  it("holds as many tensors and bytes after 100 updates as after the first", async () => {
    const [early, late] = await numbersHeldAfter(create, actorCritic, [1, 100]);
    expect(late).toEqual(early);
  });

  it("releases all its tensors with `dispose`", async () => {
    const before = tf.memory().numTensors;
    const engine = create(actorCritic, 4);
    await passesOf(engine, { batch: 4, seed: 1 });
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    engine.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("keeps its tensors when a caller makes it inside a `tidy` of his own", async () => {
    const made: Engine[] = [];
    tf.tidy(() => {
      made.push(create(actorCritic, 4));
      made[0].setParameters(randomParameters(made[0].layout, 1));
    });
    const [engine] = made;
    const outputs = new Float32Array(4 * engine.layout.outputSize);
    await engine.forward(randomBatch(engine.layout, 4, 1).inputs, 4, outputs);
    expect(outputs.every((x) => Number.isFinite(x) && x !== 0)).toBe(true);
    engine.dispose();
  });

  it("leaves the current backend as it was", async () => {
    for (const [current] of engines) {
      await tf.setBackend(current);
      const engine = create(actorCritic, 4);
      await passesOf(engine, { batch: 4, seed: 1 });
      engine.dispose();
      expect(tf.getBackend()).toBe(current);
    }
    await tf.setBackend(backend);
  });
});

describe("tfjs's one current backend", () => {
  it("does not mix up engines on different backends that take turns", async () => {
    const [cpu, wasm] = engines.map(([, create]) => create(actorCritic, 8));
    const alone = await passesOf(cpu, { batch: 8, seed: 1 });
    const both = await Promise.all([passesOf(cpu, { batch: 8, seed: 1 }), passesOf(wasm, { batch: 8, seed: 1 })]);
    expect(both[0]).toEqual(alone);
    // Not the same bits, so the second pass did run elsewhere.
    expect(both[1].gradients).not.toEqual(alone.gradients);
    cpu.dispose();
    wasm.dispose();
  });

  it("may name a backend that did not start, and engines still run on theirs", async () => {
    tf.registerBackend("broken", () => {
      throw new Error("no such device");
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(await tf.setBackend("broken")).toBe(false);
    expect(tf.getBackend()).toBe("broken");
    await expectReferenceParity(createCpu, actorCritic, 8, 1);
    await expectReferenceParity(createWasm, actorCritic, 8, 1);
    warn.mockRestore();
    tf.removeBackend("broken");
    await tf.setBackend("cpu");
  });
});

describe("a missing graphics adapter", () => {
  const withGpu = (gpu: unknown) => vi.stubGlobal("navigator", { gpu, userAgent: "node" });
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["there is no WebGPU", undefined],
    ["there is no adapter", { requestAdapter: async () => null }],
  ])("is told by null when %s, and changes no backend", async (_, gpu) => {
    withGpu(gpu);
    await tf.setBackend("wasm");
    expect(await loadTfjsEngine("webgpu")).toBeNull();
    expect(await openSharedDevice()).toBeNull();
    expect(await adapterReport()).toBeNull();
    expect(await isSoftwareAdapter()).toBe(false);
    expect(tf.getBackend()).toBe("wasm");
  });

  it("is told by null, and by a warning, when the adapter gives no device", async () => {
    const requestDevice = () => Promise.reject(new Error("out of devices"));
    withGpu({ requestAdapter: async () => ({ limits: {}, info: {}, requestDevice }) });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(await loadTfjsEngine("webgpu")).toBeNull();
    expect(warn.mock.calls.flat().join()).toContain("out of devices");
    warn.mockRestore();
  });
});

describe("an adapter's report", () => {
  const card = { vendor: "nvidia", architecture: "hopper", device: "", description: "", isFallbackAdapter: false };

  it.each([
    ["a graphics card", {}, false],
    ["a fallback adapter", { isFallbackAdapter: true }, true],
    ["SwiftShader", { vendor: "google", architecture: "swiftshader" }, true],
    ["lavapipe", { vendor: "mesa", architecture: "", description: "llvmpipe (LLVM 15.0.6, 256 bits)" }, true],
    ["Windows without a card", { vendor: "microsoft", description: "Microsoft Basic Render Driver" }, true],
  ])("knows %s", (_, info, isSoftware) => {
    expect(describeAdapter({ ...card, ...info }).isSoftware).toBe(isSoftware);
  });
});
