import { afterAll, describe, expect, it } from "vitest";
import { type GraphicsDevice, openDevice } from "../../src/compute/gpu/device.js";
import type { NetworkSpec } from "../../src/compute/network.js";
import { layoutOf } from "../../src/compute/network.js";
import { createReferenceEngine } from "../../src/compute/reference-engine.js";
import { planTile } from "../../src/compute/wgsl/tile.js";
import { createWgslEngine } from "../../src/compute/wgsl/wgsl-engine.js";
import { openPlainDevice } from "../helpers/plain-device.js";
import { actorCritic, randomBatch, wideQ } from "./networks.js";
import { describeParity, expectParity, passesOf } from "./parity.js";

/** Workgroup memory of every device. A software adapter would not use it by itself: see `tileLimits`. */
const LEAST = { workgroupBytes: 16384 };

/** Two heads of different depth on a trunk: every kind of layer there is, and small enough to compile soon. */
const branching: NetworkSpec = {
  inputSize: 5,
  activation: "tanh",
  trunk: [16],
  heads: [
    { name: "policy", hidden: [20, 12], outputSize: 3, outputGain: 0.5 },
    { name: "value", hidden: [], outputSize: 1, outputGain: 1 },
  ],
  free: { size: 3, initial: -0.5 },
  inputGradients: true,
};

/** What the engine `wgsl` has to prove on a software adapter, in Node and in Chromium alike. */
export async function describeWgslEngine(required: boolean, numRuns: number): Promise<void> {
  const gpu = await openDevice();
  const plain = await openPlainDevice();
  afterAll(() => {
    gpu?.device.destroy();
    plain?.device.destroy();
  });
  describeParity("wgsl", gpu && createWgslEngine(gpu), { numRuns, large: false, required, loneTolerance: 5e-5 });
  if (gpu && plain) describe("the engine wgsl", () => wgslTests(gpu, plain));
}

function wgslTests(gpu: GraphicsDevice, plain: GraphicsDevice): void {
  const expectReference = async (device: GraphicsDevice, network: NetworkSpec, batch: number, limits = LEAST) => {
    const engine = createWgslEngine(device, limits)(network, batch);
    const reference = createReferenceEngine(network, batch);
    const actual = await passesOf(engine, { batch, seed: 3 });
    expectParity(engine.layout, actual, await passesOf(reference, { batch, seed: 3 }));
    engine.dispose();
  };

  it("works within WebGPU's default limits", async () => {
    expect(plain.device.limits.maxStorageBuffersPerShaderStage).toBe(8);
    expect(plain.device.limits.maxComputeWorkgroupStorageSize).toBe(16384);
    await expectReference(plain, branching, 50);
  });

  it("knows elu", () => expectReference(gpu, { ...branching, activation: "elu" }, 50));

  it("gives the same numbers from workgroup memory as from a storage buffer", async () => {
    expect(planTile(layoutOf(branching), LEAST).memory).toBe("workgroup");
    const near = createWgslEngine(gpu, { ...LEAST, mostQuads: 3 })(branching, 50);
    const far = createWgslEngine(gpu, { workgroupBytes: 0 })(branching, 50);
    const [a, b] = [await passesOf(near, { batch: 50, seed: 2 }), await passesOf(far, { batch: 50, seed: 2 })];
    expect(a.outputs).toEqual(b.outputs);
    expect(a.gradients).toEqual(b.gradients);
    expect(a.inputGradients).toEqual(b.inputGradients);
  });

  it("keeps the contract's tolerances for PPO's network in workgroup memory", async () => {
    expect(planTile(layoutOf(actorCritic), LEAST)).toMatchObject({ memory: "workgroup", rows: 12, threads: 96 });
    await expectReference(plain, actorCritic, 256);
  });

  it("keeps them 256 wide with 1,024 rows, which lie in storage where workgroup memory is short", async () => {
    const wide: NetworkSpec = { ...wideQ, activation: "tanh", trunk: [256, 256] };
    expect(planTile(layoutOf(wide), LEAST).memory).toBe("storage");
    await expectReference(plain, wide, 1024);
  });

  it("rejects with one sentence when the device is lost, from then on at once", async () => {
    const own = await openPlainDevice();
    if (!own) throw new Error("expected a third device, got none");
    const engine = createWgslEngine(own)(branching, 2);
    const { inputs } = randomBatch(engine.layout, 2, 1);
    const outputs = new Float32Array(2 * engine.layout.outputSize);
    const pending = engine.forward(inputs, 2, outputs);
    own.device.destroy();
    await expect(pending).rejects.toThrow("the graphics device was lost");
    await own.ended;
    await expect(engine.getState()).rejects.toThrow("the graphics device was lost");
    expect(() => engine.backward(outputs, 2)).toThrow("the graphics device was lost");
  });
}
