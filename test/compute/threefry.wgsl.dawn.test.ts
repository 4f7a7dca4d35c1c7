import { afterAll, describe, expect, it } from "vitest";
import { THREEFRY_WGSL } from "../../src/compute/wgsl/threefry.js";
import { RandomStream, streamNumber, threefryInto } from "../../src/core/random.js";
import { THREEFRY_VECTORS } from "../core/threefry-vectors.js";
import { installWebgpu } from "../helpers/webgpu-node.js";

installWebgpu();
const adapter = await navigator.gpu.requestAdapter();
const device = await adapter?.requestDevice();
const required = process.env["CI"] === "1";
afterAll(() => device?.destroy());

/** One invocation per block: reads [key0, key1, counter0, counter1], writes [word0, word1, bits of the uniform, 0]. */
const KERNEL = `${THREEFRY_WGSL}
@group(0) @binding(0) var<storage, read> questions: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> answers: array<vec4u>;

@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&questions)) { return; }
  let question = questions[id.x];
  let block = threefry(question.xy, question.zw);
  answers[id.x] = vec4u(block, bitcast<u32>(uniform01(block.x)), 0u);
}`;

async function blocksOnGpu(gpu: GPUDevice, questions: Uint32Array<ArrayBuffer>): Promise<Uint32Array> {
  const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  const buffer = (usage: number) => gpu.createBuffer({ size: questions.byteLength, usage });
  const [input, output, staging] = [STORAGE | COPY_DST, STORAGE | COPY_SRC, MAP_READ | COPY_DST].map(buffer);
  gpu.queue.writeBuffer(input, 0, questions);
  const module = gpu.createShaderModule({ code: KERNEL });
  const pipeline = gpu.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const entries = [input, output].map((resource, binding) => ({ binding, resource: { buffer: resource } }));
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(questions.length / 4 / 64));
  pass.end();
  encoder.copyBufferToBuffer(output, 0, staging, 0, questions.byteLength);
  gpu.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return new Uint32Array(staging.getMappedRange().slice(0));
}

describe("threefry in WGSL", () => {
  it.skipIf(!device && !required)("finds a device", () => expect(device).toBeDefined());
  if (!device) return;

  it("gives Random123's blocks", async () => {
    const questions = Uint32Array.from(THREEFRY_VECTORS.flatMap(({ key, counter }) => [...key, ...counter]));
    const answers = await blocksOnGpu(device, questions);
    THREEFRY_VECTORS.forEach(({ block }, i) => {
      expect(Array.from(answers.subarray(4 * i, 4 * i + 2))).toEqual(block);
    });
  });

  it("has the bits of the TypeScript one, and the uniforms of a stream", async () => {
    const number = streamNumber("gpu");
    const stream = new RandomStream(9, "gpu", 100);
    // A hundred copies, ten draws each; then blocks whose words are all large.
    const drawn = Array.from({ length: 1000 }, (_, i) => [9, number, i % 100, Math.floor(i / 100)]);
    const large = Array.from({ length: 1000 }, (_, i) => [i, number, ~i >>> 0, 0xfffffc00 + i]);
    const rows = [...drawn, ...large];
    const answers = await blocksOnGpu(device, Uint32Array.from(rows.flat()));
    const uniforms = new Float32Array(answers.buffer);
    const block = new Uint32Array(2);
    rows.forEach(([key0, key1, counter0, counter1], i) => {
      threefryInto(key0, key1, counter0, counter1, block);
      expect(Array.from(answers.subarray(4 * i, 4 * i + 2))).toEqual(Array.from(block));
      if (i < drawn.length) expect(uniforms[4 * i + 2]).toBe(stream.uniform(counter0));
    });
  });
});
