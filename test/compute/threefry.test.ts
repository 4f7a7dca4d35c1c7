import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiateKernels, loadKernels } from "../../src/compute/wasm/kernels.js";
import { threefryInto } from "../../src/core/random.js";
import { THREEFRY_VECTORS } from "../core/threefry-vectors.js";

const word = fc.integer({ min: 0, max: 0xffffffff });

describe("threefry in WebAssembly", async () => {
  const module = await loadKernels("simd");
  if (!module) throw new Error("this Node knows no WebAssembly SIMD");
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernels = instantiateKernels(module, memory);
  const block = new Uint32Array(memory.buffer, 1024, 2);

  it.each(THREEFRY_VECTORS)("gives Random123's block $block", (vector) => {
    kernels.threefryInto(...vector.key, ...vector.counter, block.byteOffset);
    expect(Array.from(block)).toEqual(vector.block);
  });

  it("has the bits of the TypeScript one for any key and counter", () => {
    fc.assert(
      fc.property(word, word, word, word, (key0, key1, counter0, counter1) => {
        const expected = new Uint32Array(2);
        threefryInto(key0, key1, counter0, counter1, expected);
        kernels.threefryInto(key0, key1, counter0, counter1, block.byteOffset);
        expect(block).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
