import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { Engine, EngineFactory } from "../../src/compute/engine.js";
import { adapterReport, isSoftwareAdapter } from "../../src/compute/gpu/adapter.js";
import { openDevice } from "../../src/compute/gpu/device.js";
import { loadTfjsEngine } from "../../src/compute/tfjs/index.js";
import { openSharedDevice, type SharedDevice } from "../../src/compute/tfjs/shared-device.js";
import { actorCritic, randomBatch, randomParameters, wideQ } from "./networks.js";
import { describeParity } from "./parity.js";
import { expectReferenceParity, numbersHeldAfter } from "./tfjs-checks.js";

/**
 * What tfjs's webgpu backend has to prove on a software adapter, in Node and in Chromium alike. Destroys the device
 * after the last test, because a live one keeps Node alive.
 */
export async function describeTfjsWebgpu(required: boolean): Promise<void> {
  const create = await loadTfjsEngine("webgpu");
  // Few shapes: a software GPU takes a tenth of a second for a pass and compiles each new kind of shape.
  describeParity("tfjs-webgpu", create, { numRuns: 4, large: false, required });
  const shared = await openSharedDevice();
  if (!create || !shared) return;

  describe("tfjs's webgpu backend", () => {
    afterAll(() => shared.device.destroy());
    engineTests(create);
    sharingTests(shared);
    // The last: it takes the device away.
    lossTests(create, shared);
  });
}

function engineTests(create: EngineFactory): void {
  it("says that the adapter is a software one", async () => {
    expect(await adapterReport()).toMatchObject({ isSoftware: true });
    expect(await isSoftwareAdapter()).toBe(true);
  });

  it("keeps the contract's tolerances 256 wide with 1,024 rows", () =>
    expectReferenceParity(create, { ...wideQ, activation: "tanh" }, 1024, 1));

  it("holds as many tensors and bytes after 30 updates as after the first", async () => {
    const small = { ...actorCritic, heads: [{ name: "q", hidden: [8], outputSize: 2, outputGain: 1 }] };
    const [early, late] = await numbersHeldAfter(create, small, [1, 30]);
    expect(late).toEqual(early);
  });
}

/** A compute pass of our own that sets every entry of a buffer to 3. */
function fillWithThrees({ device }: SharedDevice, buffer: GPUBuffer): void {
  const code = `
    @group(0) @binding(0) var<storage, read_write> values: array<f32>;
    @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { values[id.x] = 3; }`;
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module: device.createShaderModule({ code }) },
  });
  const entries = [{ binding: 0, resource: { buffer } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(buffer.size / 4);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

function sharingTests(shared: SharedDevice): void {
  const bufferOf = (values: readonly number[]) => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = shared.device.createBuffer({ size: 4 * values.length, usage });
    shared.device.queue.writeBuffer(buffer, 0, Float32Array.from(values));
    return buffer;
  };

  it("lets tfjs read a buffer before a pass of our own changes it, after a flush", async () => {
    await tf.setBackend("webgpu");
    const buffer = bufferOf([1, 3]);
    const wrapped = shared.wrap(buffer, [2]);
    const doubled = tf.mul(wrapped, 2);
    // Without the flush our pass overtakes: [6, 6].
    shared.flush();
    fillWithThrees(shared, buffer);
    expect(Array.from(await doubled.data())).toEqual([2, 6]);
    tf.dispose([wrapped, doubled]);
    buffer.destroy();
  });

  it("flushes when nothing is pending, and again", () => {
    shared.flush();
    expect(() => shared.flush()).not.toThrow();
  });

  it("sees what a pass of our own wrote once the buffer is wrapped again", async () => {
    const buffer = bufferOf([1, 2]);
    const before = shared.wrap(buffer, [2]);
    expect(Array.from(await before.data())).toEqual([1, 2]);
    fillWithThrees(shared, buffer);
    // A tensor once read keeps its values on the CPU.
    expect(Array.from(await before.data())).toEqual([1, 2]);
    before.dispose();
    const after = shared.wrap(buffer, [2]);
    expect(Array.from(await after.data())).toEqual([3, 3]);
    after.dispose();
    buffer.destroy();
  });

  it("takes tensors out of a packed buffer and puts them back, and holds nothing afterwards", async () => {
    await tf.setBackend("webgpu");
    const { numTensors } = tf.memory();
    const packed = bufferOf([1, 2, 3, 4, 5, 6, 7, 8]);
    const part = shared.unpack(packed, 8, [2, 2]);
    const doubled = tf.mul(part, 2);
    shared.pack(doubled, packed, 16);
    const whole = shared.wrap(packed, [8]);
    expect(Array.from(await whole.data())).toEqual([1, 2, 3, 4, 6, 8, 10, 12]);
    // A copy: what happens to the buffer later does not reach it.
    fillWithThrees(shared, packed);
    expect(Array.from(await part.data())).toEqual([3, 4, 5, 6]);
    tf.dispose([part, doubled, whole]);
    expect(tf.memory().numTensors).toBe(numTensors);
    packed.destroy();
  });

  it("runs tfjs and our own engines on one device", async () => {
    const graphics = await openDevice();
    expect(graphics?.device).toBe(shared.device);
    expect(graphics?.device.limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
  });

  it("answers false, not an error, for a backend that does not start, and the engine says null", async () => {
    tf.registerBackend("broken", () => Promise.reject(new Error("no such device")));
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    expect(await tf.setBackend("broken")).toBe(false);
    warn.mockRestore();
    tf.removeBackend("broken");
    await tf.setBackend("webgpu");
  });

  it("wraps on the device whichever backend is the current one", async () => {
    await loadTfjsEngine("cpu");
    await tf.setBackend("cpu");
    const buffer = bufferOf([4, 5]);
    const wrapped = shared.wrap(buffer, [2]);
    expect(Array.from(await wrapped.data())).toEqual([4, 5]);
    expect(tf.getBackend()).toBe("cpu");
    wrapped.dispose();
    buffer.destroy();
  });
}

function lossTests(create: EngineFactory, shared: SharedDevice): void {
  const forward = async (engine: Engine) => {
    const outputs = new Float32Array(engine.layout.outputSize);
    await engine.forward(randomBatch(engine.layout, 1, 1).inputs, 1, outputs);
    return outputs;
  };

  it("says so when the device is lost, and starts another when the engine is loaded again", async () => {
    const engine = create(actorCritic, 1);
    engine.setParameters(randomParameters(engine.layout, 1));
    const outputs = await forward(engine);

    shared.device.destroy();
    await expect(forward(engine)).rejects.toThrow("the graphics device was lost");
    await shared.device.lost;
    expect(() => engine.setParameters(randomParameters(engine.layout, 1))).toThrow("the graphics device was lost");
    engine.dispose();

    const again = await loadTfjsEngine("webgpu");
    if (!again) throw new Error("expected a second device, got none");
    const restored = again(actorCritic, 1);
    restored.setParameters(randomParameters(engine.layout, 1));
    expect(await forward(restored)).toEqual(outputs);
    restored.dispose();
    (await openSharedDevice())?.device.destroy();
  });
}
