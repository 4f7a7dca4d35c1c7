import { describe, expect, it } from "vitest";
import { layoutOf } from "../../src/compute/network.js";
import { LAYER_WORDS, planMemory } from "../../src/compute/wasm/plan.js";
import { loadWasmEngine } from "../../src/compute/wasm/wasm-engine.js";
import { actorCritic, plainAdam, randomBatch, randomParameters, wideQ } from "./networks.js";

describe("the memory of a WebAssembly engine", async () => {
  const create = await loadWasmEngine("simd");
  if (!create) throw new Error("this Node knows no WebAssembly SIMD");

  it("is laid out in blocks that start on cache lines and do not overlap", () => {
    const layout = layoutOf({ ...wideQ, trunk: [30], free: { size: 3, initial: 0 } });
    const plan = planMemory(layout, 10, 2);
    expect(plan.records.length).toBe(2 * LAYER_WORDS * layout.layers.length);
    // Ten rows are padded to twelve.
    const rows = [...plan.slots.flatMap(({ inputs, outputs }) => [inputs, ...outputs]), ...plan.outputGradients].map(
      ({ pointer, stride }) => [pointer, 12 * stride],
    );
    const flats = [plan.parameters, plan.gradients, plan.firstMoments, plan.secondMoments].map((pointer) => [
      pointer,
      4 * layout.size,
    ]);
    const blocks = [[plan.recordsPointer, plan.records.byteLength], ...rows, ...flats].sort(([a], [b]) => a - b);
    blocks.forEach(([pointer, bytes], i) => {
      expect(pointer % 64).toBe(0);
      expect(pointer + bytes).toBeLessThanOrEqual(blocks[i + 1]?.[0] ?? plan.end);
    });
  });

  it("grows with the batch it is made for, and never afterwards", () => {
    const engine = create(actorCritic, 256);
    expect(engine.bytes).toBeGreaterThan(create(actorCritic, 8).bytes);
    engine.setParameters(randomParameters(engine.layout, 1));
    const { inputs, outputGradients } = randomBatch(engine.layout, 256, 1);
    const outputs = new Float32Array(256 * engine.layout.outputSize);
    const update = () => {
      engine.forward(inputs, 256, outputs);
      engine.backward(outputGradients, 256);
      engine.adamStep(plainAdam);
    };
    for (let i = 0; i < 50; i++) update();
    const { bytes } = engine;
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 500; i++) update();
    expect(engine.bytes).toBe(bytes);
    // One copy of the inputs per update would make two million bytes.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(500_000);
  });
});
