import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { initialParameters } from "../../src/compute/initialise.js";
import { layoutOf } from "../../src/compute/network.js";
import { RandomStream } from "../../src/core/random.js";
import { actorCritic, networks, paddingOf } from "./networks.js";

describe("initial parameters", () => {
  it("have orthogonal weights times the gain, zero biases, zero padding and the given free parameters", () => {
    fc.assert(
      fc.property(networks(20), fc.nat(1000), (network, seed) => {
        const layout = layoutOf(network);
        const parameters = initialParameters(layout, new RandomStream(seed, "init"));
        for (const { weights, biases, inSize, outSize, paddedIn, gain } of layout.layers) {
          const rows = Array.from({ length: outSize }, (_, o) =>
            Array.from({ length: inSize }, (_, i) => parameters[weights + o * paddedIn + i]),
          );
          // The shorter side is orthonormal: rows of a wide matrix, columns of a tall one.
          const vectors = inSize >= outSize ? rows : rows[0].map((_, i) => rows.map((row) => row[i]));
          vectors.forEach((a, m) => {
            vectors.forEach((b, n) => {
              const product = a.reduce((sum, x, i) => sum + x * b[i], 0);
              expect(product).toBeCloseTo(m === n ? gain * gain : 0, 5);
            });
          });
          expect(parameters.subarray(biases, biases + outSize).every((x) => x === 0)).toBe(true);
        }
        expect(paddingOf(layout, parameters).every((x) => x === 0)).toBe(true);
        const free = parameters.subarray(layout.freeOffset, layout.freeOffset + layout.freeSize);
        expect(free.every((x) => x === network.free?.initial)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("are uniform within ±1/√inputs, biases too, when the network asks for that", () => {
    const layout = layoutOf({ ...actorCritic, initialisation: "uniform" });
    const parameters = initialParameters(layout, new RandomStream(1, "init"));
    const { weights, biases, inSize, outSize, paddedIn } = layout.heads[0].layers[1];
    const bound = 1 / Math.sqrt(inSize);
    for (const values of [
      parameters.subarray(weights, weights + outSize * paddedIn),
      parameters.subarray(biases, biases + outSize),
    ]) {
      expect(values.every((x) => Math.abs(x) <= bound)).toBe(true);
      // The largest of 64 or more uniforms comes close to the bound, on both sides.
      expect(Math.max(...values)).toBeGreaterThan(0.9 * bound);
      expect(Math.min(...values)).toBeLessThan(-0.9 * bound);
    }
    expect(paddingOf(layout, parameters).every((x) => x === 0)).toBe(true);
  });

  it("are the same for the same seed and differ for another", () => {
    const layout = layoutOf(actorCritic);
    const draw = (seed: number) => initialParameters(layout, new RandomStream(seed, "init"));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("fall on both sides of zero, as a uniform rotation does", () => {
    const layout = layoutOf(actorCritic);
    const { weights, outSize, paddedIn } = layout.heads[0].layers[1];
    const matrix = initialParameters(layout, new RandomStream(1, "init")).subarray(
      weights,
      weights + outSize * paddedIn,
    );
    const mean = matrix.reduce((sum, x) => sum + x, 0) / matrix.length;
    // Standard deviation of an entry is gain / √64 = 0.177, so of the mean 0.0028.
    expect(Math.abs(mean)).toBeLessThan(0.012);
    const diagonal = Array.from({ length: outSize }, (_, i) => matrix[i * paddedIn + i]);
    expect(diagonal.filter((x) => x > 0).length).toBeGreaterThan(16);
    expect(diagonal.filter((x) => x < 0).length).toBeGreaterThan(16);
  });
});
