import { expect, test } from "vitest";
import { loadEngine } from "../../src/compute/index.js";
import { layoutOf, type NetworkSpec } from "../../src/compute/network.js";
import { createReferenceEngine } from "../../src/compute/reference-engine.js";
import { networkCode } from "../../src/compute/wgsl/network-code.js";
import { planTile } from "../../src/compute/wgsl/tile.js";
import { expectParity, passesOf } from "./parity.js";
import { describeUnrolled, eluErrors } from "./unrolled.js";

for (const id of ["reference", "wasm-simd", "wasm-relaxed"] as const) {
  const factory = await loadEngine(id);
  if (!factory) throw new Error(`expected ${id} to run here`);
  describeUnrolled(id, factory);

  test(`elu of ${id} errs by a few units in the last place, near zero and far from it`, () => {
    const { worst, slopeWorst } = eluErrors(factory);
    expect(worst).toBeLessThan(3e-7);
    expect(slopeWorst).toBeLessThan(3e-7);
  });
}

const elu: NetworkSpec = {
  inputSize: 6,
  activation: "elu",
  inputGradients: true,
  trunk: [16],
  heads: [
    { name: "a", hidden: [12], outputSize: 3, outputGain: 1, activated: true },
    { name: "b", hidden: [], outputSize: 2, outputGain: 1 },
  ],
};

test.each(["wasm-simd", "tfjs-cpu"] as const)(
  "an ordinary engine knows elu and activated heads too: %s",
  async (id) => {
    const create = await loadEngine(id);
    if (!create) throw new Error(`expected ${id} to run here`);
    const expected = await passesOf(createReferenceEngine(elu, 32), { batch: 32, seed: 1 });
    expectParity(layoutOf(elu), await passesOf(create(elu, 32), { batch: 32, seed: 1 }), expected);
  },
);

test("code for a graphics device refuses activated heads in words", () => {
  const limits = { workgroupBytes: 16384 };
  const codeOf = (spec: NetworkSpec) => networkCode(planTile(layoutOf(spec), limits), false);
  expect(() => codeOf({ ...elu, activation: "relu" })).toThrow(/last layer without activation on this engine, got a/);
});
