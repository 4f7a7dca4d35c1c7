import { afterAll, describe, expect, it } from "vitest";
import { openDevice } from "../../src/compute/gpu/device.js";
import { createStorage, readBuffers, submit, writeBuffer } from "../../src/compute/wgsl/buffers.js";
import { Kernel } from "../../src/compute/wgsl/kernel.js";
import { MATHS_WGSL, withOwnMaths } from "../../src/compute/wgsl/maths.js";
import { installWebgpu } from "../helpers/webgpu-node.js";

installWebgpu();
const gpu = await openDevice();
const required = process.env["CI"] === "1";
afterAll(() => gpu?.device.destroy());

/** Evenly over an interval, ends included, as float32. */
const evenly = (low: number, high: number, count = 4096) =>
  Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

describe("mathematics of our own in WGSL", () => {
  it.skipIf(!gpu && !required)("finds a device", () => expect(gpu).not.toBeNull());
  if (!gpu) return;

  const valuesOf = async (name: string, inputs: Float32Array<ArrayBuffer>) => {
    const code = `@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&inputs)) { outputs[id.x] = ${name}(inputs[id.x]); }
}`;
    const kernel = new Kernel(
      gpu,
      name,
      [
        { name: "inputs", access: "read", type: "array<f32>" },
        { name: "outputs", access: "write", type: "array<f32>" },
      ],
      MATHS_WGSL + code,
    );
    const [from, to] = ["inputs", "outputs"].map((label) => createStorage(gpu, label, inputs.byteLength));
    writeBuffer(gpu, from, inputs);
    submit(gpu, (pass) => kernel.dispatch(pass, kernel.bind([from, to]), Math.ceil(inputs.length / 64)));
    return new Float32Array(await readBuffers(gpu, [{ buffer: to, bytes: inputs.byteLength }]));
  };

  it.each([
    ["own_sin", Math.sin, evenly(-30, 30)],
    ["own_cos", Math.cos, evenly(-30, 30)],
    ["own_tanh", Math.tanh, evenly(-9, 9)],
    ["own_tanh", Math.tanh, Float32Array.of(-1e30, -80, -1e-7, 0, 1e-7, 80, 1e30)],
    ["own_log", Math.log, evenly(1e-7, 1)],
    ["own_log", Math.log, evenly(1, 1000)],
  ] as const)("%s errs by less than 5e-7", async (name, exact, inputs) => {
    const values = await valuesOf(name, inputs);
    inputs.forEach((x, i) => {
      const expected = exact(x);
      expect(Math.abs(values[i] - expected)).toBeLessThan(5e-7 * Math.max(1, Math.abs(expected)));
    });
  });

  it("tanh passes on what is not a number, so that broken training shows", async () => {
    expect(Array.from(await valuesOf("own_tanh", Float32Array.of(Number.NaN)))).toEqual([Number.NaN]);
  });
});

it("redirects calls of built-ins and leaves names that only look like them", () => {
  expect(withOwnMaths("let cos_1 = cos(x); let y = arcsin(sin(tanh(z)));")).toBe(
    "let cos_1 = own_cos(x); let y = arcsin(own_sin(own_tanh(z)));",
  );
});
