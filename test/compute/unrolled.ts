import { describe, expect, it } from "vitest";
import type { EngineFactory } from "../../src/compute/engine.js";
import { layoutOf, type NetworkSpec } from "../../src/compute/network.js";
import { ReferenceEngine } from "../../src/compute/reference-engine.js";
import type { UnrolledNetwork, ValueRows } from "../../src/compute/unrolled.js";
import { adamStepAll, createUnrolled } from "../../src/compute/unrolled.js";
import { normals, paddingOf, plainAdam, randomParameters, tensorsOf } from "./networks.js";

/** What an inventory policy is made of, and a module of a graph network with an activation at its end. */
const store: NetworkSpec = {
  inputSize: 5,
  activation: "elu",
  inputGradients: true,
  trunk: [],
  heads: [{ name: "orders", hidden: [32, 32], outputSize: 3, outputGain: 1 }],
};
const module: NetworkSpec = {
  ...store,
  inputSize: 70,
  heads: [{ name: "node", hidden: [33, 20], outputSize: 32, outputGain: 1, activated: true }],
};

const rowsOf = (values: Float32Array | Float64Array, { first, stride }: ValueRows, count: number, size: number) =>
  Array.from({ length: count }, (_, row) => [...values.subarray(first + row * stride, first + row * stride + size)]);

function writeRows(network: UnrolledNetwork, { first, stride }: ValueRows, dense: Float32Array, size: number): void {
  for (let i = 0; i < dense.length; i++) network.values[first + Math.floor(i / size) * stride + (i % size)] = dense[i];
}

/** Forward through slots of different batches in order, backward in the opposite one, as through time. */
function passThrough(network: UnrolledNetwork, batches: readonly number[]) {
  const { spec, outputSize } = network.layout;
  network.setParameters(randomParameters(network.layout, 1));
  network.zeroGradients();
  const outputs = batches.map((count, slot) => {
    writeRows(network, network.inputs(slot), normals(count * spec.inputSize, slot, "inputs"), spec.inputSize);
    network.forward(slot, count);
    return null;
  });
  const inputGradients = batches.map((_, i) => {
    const slot = batches.length - 1 - i;
    const count = batches[slot];
    const gradients = normals(count * outputSize, slot, "gradients", 1 / count);
    writeRows(network, network.outputGradients, gradients, outputSize);
    network.backward(slot, count);
    return rowsOf(network.values, network.inputGradients, count, spec.inputSize).flat();
  });
  return {
    outputs: outputs.flatMap((_, slot) => rowsOf(network.values, network.outputs(slot), batches[slot], outputSize)),
    inputGradients: inputGradients.toReversed().flat(),
    gradients: network.getGradients(),
  };
}

/** The same from one pass of the reference engine over all rows at once. */
function passAtOnce(spec: NetworkSpec, batches: readonly number[]) {
  const numRows = batches.reduce((sum, count) => sum + count, 0);
  const engine = new ReferenceEngine(spec, numRows);
  const { outputSize } = engine.layout;
  engine.setParameters(randomParameters(engine.layout, 1));
  const inputs = batches.flatMap((count, slot) => [...normals(count * spec.inputSize, slot, "inputs")]);
  const outputGradients = batches.flatMap((count, slot) => [
    ...normals(count * outputSize, slot, "gradients", 1 / count),
  ]);
  const outputs = new Float64Array(numRows * outputSize);
  const inputGradients = new Float64Array(numRows * spec.inputSize);
  engine.forward(Float64Array.from(inputs), numRows, outputs);
  engine.backward(Float64Array.from(outputGradients), numRows);
  engine.fillInputGradients(inputGradients, numRows);
  return { outputs, inputGradients, gradients: engine.getGradients() };
}

/** The one suite of unrolled networks: slot by slot as good as all rows at once in float64. */
export function describeUnrolled(name: string, factory: EngineFactory): void {
  const { unrolled: group } = factory;
  if (!group) throw new Error(`expected ${name} to offer unrolled networks`);
  const unrolled = (spec: NetworkSpec, numSlots: number, maxRows: number) =>
    createUnrolled(group, spec, numSlots, maxRows);
  describe(`unrolled networks of ${name}`, () => {
    it.each([
      ["one head", store, [64, 7, 1, 32]],
      ["an activated head", module, [12, 66]],
    ] as const)("sum the gradients of all slots: %s", (_, spec, batches) => {
      const network = unrolled(spec, batches.length, 68);
      const expected = passAtOnce(spec, batches);
      const actual = passThrough(network, batches);
      actual.outputs.flat().forEach((output, i) => {
        expect(Math.abs(output - expected.outputs[i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected.outputs[i])));
      });
      const closeTo = (values: ArrayLike<number>, wanted: Float64Array, what: string) => {
        const largest = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const worst = wanted.reduce((most, x, i) => Math.max(most, Math.abs(x - values[i])), 0);
        expect(worst, what).toBeLessThan(3e-6 * largest);
      };
      closeTo(actual.inputGradients, expected.inputGradients, "inputs");
      const tensors = tensorsOf(network.layout, actual.gradients);
      tensorsOf(network.layout, expected.gradients).forEach(({ name: what, values }, i) => {
        closeTo(tensors[i].values, Float64Array.from(values), what);
      });
      expect(paddingOf(network.layout, actual.gradients).every((x) => x === 0)).toBe(true);
      // A second sum starts anew.
      expect(passThrough(network, batches).gradients).toEqual(actual.gradients);
    });

    it("share one Adam step, clipped by the norm over all of them, and go on exactly from a saved state", () => {
      const make = () => [unrolled(store, 2, 8), unrolled(module, 2, 8)];
      const [networks, resumed] = [make(), make()];
      const learn = (all: UnrolledNetwork[]) => {
        for (const each of all) {
          const parameters = each.getParameters();
          passThrough(each, [8, 5]);
          each.setParameters(parameters);
        }
        return adamStepAll(all, { ...plainAdam, maxNorm: 0.1 });
      };
      for (const each of networks) each.setParameters(randomParameters(each.layout, 3));
      const norm = learn(networks);
      const squares = networks.flatMap((each) => [...each.getGradients()]).reduce((sum, x) => sum + x * x, 0);
      expect(norm).toBeGreaterThan(0.1);
      if (name !== "reference") expect(norm).toBeCloseTo(Math.sqrt(squares), 5);
      networks.forEach((each, i) => {
        resumed[i].setState(each.getState());
      });
      learn(networks);
      learn(resumed);
      networks.forEach((each, i) => {
        expect(resumed[i].getState()).toEqual(each.getState());
      });
    });

    it("compute in a group what they compute alone", () => {
      const specs = [store, module, store].map((network) => ({ network, numSlots: 2, maxRows: 8 }));
      const { networks } = group({ networks: specs, blocks: [{ numRows: 5, size: 3 }] });
      networks.forEach((network, i) => {
        expect(passThrough(network, [8, 5])).toEqual(passThrough(unrolled(specs[i].network, 2, 8), [8, 5]));
      });
    });

    it.each([4, 7, 32])("move rows of %i numbers in every trace, in the order of a list", (size) => {
      const { blocks, values, move } = group({
        networks: [{ network: store, numSlots: 1, maxRows: 4 }],
        blocks: [
          { numRows: 2 * 3, size: 2 * size },
          { numRows: 2 * 2, size: 3 * size },
        ],
        moves: {
          both: [
            { from: 2, fromColumn: size, to: 0, toColumn: 2 * size, scale: 0.5 },
            { from: 0, to: 0, toColumn: 2 * size, scale: -2, add: true },
            { from: 1, to: 1 },
          ],
        },
      });
      const [from, to] = blocks;
      // Halves and doubles of whole numbers are exact in float32.
      const given = (row: number, column: number) => 100 * row + column;
      for (let row = 0; row < 6; row++) {
        for (let i = 0; i < 2 * size; i++) values[from.first + row * from.stride + i] = given(row, i);
      }
      // What is replaced does not matter, and the columns beside it stay.
      for (const { row, column } of [
        { row: 0, column: 2 * size },
        { row: 2, column: 0 },
      ]) {
        values[to.first + row * to.stride + column] = 9;
      }
      move("both", 2, size, from, 3, to, 2);
      const rows = rowsOf(values, to, 4, 3 * size);
      for (const trace of [0, 1]) {
        const sums = Array.from(
          { length: size },
          (_, i) => 0.5 * given(3 * trace + 2, size + i) - 2 * given(3 * trace, i),
        );
        const left = [trace === 1 ? 9 : 0, ...new Array(2 * size - 1).fill(0)];
        expect(rows[2 * trace]).toEqual([...left, ...sums]);
        const copied = Array.from({ length: size }, (_, i) => given(3 * trace + 1, i));
        expect(rows[2 * trace + 1]).toEqual([...copied, ...new Array(2 * size).fill(0)]);
      }
    });

    it("refuse what they cannot be made of, and gradients of another network", () => {
      expect(() => unrolled({ ...store, inputGradients: false }, 1, 4)).toThrow(/inputGradients/);
      expect(() => unrolled({ ...store, heads: [store.heads[0], store.heads[0]] }, 1, 4)).toThrow(/one head, got 2/);
      expect(() => unrolled(store, 0, 4)).toThrow(/1 or more slots, got 0/);
      expect(() => unrolled(store, 1, 4).setGradients([1])).toThrow(/gradients, got 1/);
    });
  });
}

/** Largest error of a one-unit identity with elu, and where it is. */
export function eluErrors(factory: EngineFactory): { worst: number; slopeWorst: number } {
  const { unrolled } = factory;
  if (!unrolled) throw new Error("expected an engine that offers unrolled networks");
  const spec: NetworkSpec = {
    inputSize: 1,
    activation: "elu",
    inputGradients: true,
    trunk: [],
    heads: [{ name: "y", hidden: [], outputSize: 1, outputGain: 1, activated: true }],
  };
  const network = createUnrolled(unrolled, spec, 1, 4096);
  const [layer] = layoutOf(spec).layers;
  const parameters = network.getParameters();
  parameters[layer.weights] = 1;
  network.setParameters(parameters);
  const inputs = Float32Array.from({ length: 4096 }, (_, i) =>
    i < 2048 ? -(10 ** (2 - i / 300)) : 10 ** (2 - (i - 2048) / 300),
  );
  writeRows(network, network.inputs(0), inputs, 1);
  network.forward(0, 4096);
  const outputs = rowsOf(network.values, network.outputs(0), 4096, 1).flat();
  writeRows(network, network.outputGradients, new Float32Array(4096).fill(1), 1);
  network.backward(0, 4096);
  const slopes = rowsOf(network.values, network.inputGradients, 4096, 1).flat();
  let [worst, slopeWorst] = [0, 0];
  inputs.forEach((x, i) => {
    const exact = x > 0 ? x : Math.expm1(x);
    worst = Math.max(worst, Math.abs(outputs[i] - exact) / Math.abs(exact));
    slopeWorst = Math.max(slopeWorst, Math.abs(slopes[i] - (x > 0 ? 1 : Math.exp(x))));
  });
  return { worst, slopeWorst };
}
