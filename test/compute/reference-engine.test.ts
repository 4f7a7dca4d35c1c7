import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../../src/compute/network.js";
import { ReferenceEngine } from "../../src/compute/reference-engine.js";
import { networks, normals, paddingOf, plainAdam, randomBatch, randomParameters } from "./networks.js";

/** Two inputs, two hidden units, one output: small enough for paper. */
function smallEngine(activation: "tanh" | "relu") {
  const engine = new ReferenceEngine(
    {
      inputSize: 2,
      activation,
      trunk: [2],
      heads: [{ name: "y", hidden: [], outputSize: 1, outputGain: 1 }],
      inputGradients: true,
    },
    4,
  );
  const [hidden, last] = engine.layout.layers;
  const parameters = new Float64Array(engine.layout.size);
  parameters.set([0.5, -1], hidden.weights);
  parameters.set([0.25, 0.75], hidden.weights + hidden.paddedIn);
  parameters.set([0.1, -0.2], hidden.biases);
  parameters.set([2, -3], last.weights);
  parameters.set([0.5], last.biases);
  engine.setParameters(parameters);
  return { engine, hidden, last };
}

describe("the reference engine", () => {
  it("computes a relu network as on paper, with its gradients", () => {
    const { engine, hidden, last } = smallEngine("relu");
    const outputs = new Float64Array(1);
    engine.forward(new Float64Array([2, 0.5]), 1, outputs);
    // Hidden: 0.5·2 − 1·0.5 + 0.1 = 0.6 and 0.25·2 + 0.75·0.5 − 0.2 = 0.675; out: 2·0.6 − 3·0.675 + 0.5.
    expect(outputs[0]).toBeCloseTo(-0.325, 12);

    engine.backward(new Float64Array([10]), 1);
    const gradients = engine.getGradients();
    const at = (offset: number, count: number) => Array.from(gradients.subarray(offset, offset + count));
    expect(at(last.biases, 1)).toEqual([10]);
    expect(at(last.weights, 2)).toEqual([6, 6.75].map((x) => expect.closeTo(x, 12)));
    expect(at(hidden.biases, 2)).toEqual([20, -30]);
    expect(at(hidden.weights, 2)).toEqual([40, 10]);
    expect(at(hidden.weights + hidden.paddedIn, 2)).toEqual([-60, -15]);
    // Inputs: Wᵀ (20, −30).
    const inputGradients = new Float64Array(2);
    engine.fillInputGradients(inputGradients, 1);
    expect(Array.from(inputGradients)).toEqual([2.5, -42.5].map((x) => expect.closeTo(x, 12)));
  });

  it("lets no gradient through a relu that is off", () => {
    const { engine, hidden } = smallEngine("relu");
    engine.forward(new Float64Array([-2, 0.5]), 1, new Float64Array(1));
    engine.backward(new Float64Array([10]), 1);
    // Hidden sums: −1.4 and −0.325, both off.
    expect(Array.from(engine.getGradients().subarray(hidden.weights, hidden.weights + 2))).toEqual([0, 0]);
  });

  it("computes tanh and its slope", () => {
    const { engine, hidden } = smallEngine("tanh");
    const outputs = new Float64Array(1);
    engine.forward(new Float64Array([2, 0.5]), 1, outputs);
    expect(outputs[0]).toBeCloseTo(2 * Math.tanh(0.6) - 3 * Math.tanh(0.675) + 0.5, 14);
    engine.backward(new Float64Array([1]), 1);
    expect(engine.getGradients()[hidden.biases]).toBeCloseTo(2 * (1 - Math.tanh(0.6) ** 2), 14);
  });

  it("has the gradients of finite differences on networks of any shape", () => {
    fc.assert(
      fc.property(networks(5), fc.integer({ min: 1, max: 3 }), fc.nat(1000), (network, batch, seed) => {
        // A kink of relu inside the step would spoil a finite difference; tanh has none.
        const engine = new ReferenceEngine({ ...network, activation: "tanh" }, batch);
        const { layout } = engine;
        const parameters = Float64Array.from(randomParameters(layout, seed));
        const { inputs, outputGradients, freeGradients } = randomBatch(layout, batch, seed);
        const outputs = new Float64Array(batch * layout.outputSize);
        const loss = (at: Float64Array) => {
          engine.setParameters(at);
          engine.forward(inputs, batch, outputs);
          const free = new Float64Array(layout.freeSize);
          engine.fillFree(free);
          return (
            outputs.reduce((sum, y, i) => sum + y * outputGradients[i], 0) +
            free.reduce((sum, y, i) => sum + y * freeGradients[i], 0)
          );
        };
        loss(parameters);
        engine.backward(outputGradients, batch, freeGradients);
        const gradients = engine.getGradients();
        const step = 1e-5;
        for (let i = 0; i < layout.size; i++) {
          const up = parameters.slice();
          const down = parameters.slice();
          up[i] += step;
          down[i] -= step;
          const slope = (loss(up) - loss(down)) / (2 * step);
          // Padding may have a slope (its neighbour is zero), but never a gradient.
          if (parameters[i] !== 0) expect(gradients[i]).toBeCloseTo(slope, 7);
        }
        expect(paddingOf(layout, gradients).every((x) => x === 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("learns a function of its inputs", () => {
    const engine = new ReferenceEngine(
      {
        inputSize: 1,
        activation: "tanh",
        trunk: [8],
        heads: [{ name: "y", hidden: [], outputSize: 1, outputGain: 1 }],
      },
      16,
    );
    engine.setParameters(randomParameters(engine.layout, 3));
    const inputs = normals(16, 1, "x");
    const outputs = new Float32Array(16);
    const gradients = new Float32Array(16);
    const errorNow = () => outputs.reduce((sum, y, i) => sum + (y - Math.sin(2 * inputs[i])) ** 2 / 16, 0);
    engine.forward(inputs, 16, outputs);
    const before = errorNow();
    for (let step = 0; step < 400; step++) {
      engine.forward(inputs, 16, outputs);
      for (let i = 0; i < 16; i++) gradients[i] = (2 / 16) * (outputs[i] - Math.sin(2 * inputs[i]));
      engine.backward(gradients, 16);
      engine.adamStep({ ...plainAdam, learningRate: 0.02 });
    }
    engine.forward(inputs, 16, outputs);
    expect(errorNow()).toBeLessThan(before / 100);
  });

  it("refuses a batch, an array or a state of the wrong size, naming both numbers", () => {
    const { engine } = smallEngine("tanh");
    const outputs = new Float32Array(5);
    expect(() => engine.forward(new Float32Array(10), 5, outputs)).toThrow("expected a batch from 1 to 4, got 5");
    expect(() => engine.forward(new Float32Array(3), 2, outputs)).toThrow("expected 4 inputs, got 3");
    engine.forward(new Float32Array(4), 2, outputs);
    expect(() => engine.backward(outputs, 1)).toThrow("expected the batch of the last forward pass, 2, got 1");
    expect(() => engine.setParameters([1])).toThrow(`expected ${engine.layout.size} parameters, got 1`);
    const state = engine.getState();
    expect(() => engine.setState({ ...state, firstMoments: new Float32Array(2) })).toThrow(
      `expected ${engine.layout.size} first moments, got 2`,
    );
    expect(() => engine.setState({ ...state, numSteps: 0.5 })).toThrow(
      "expected a whole number of Adam steps, got 0.5",
    );
    expect(() => new ReferenceEngine(engine.layout.spec, 0)).toThrow("expected a largest batch of 1 or more, got 0");
  });

  it("keeps heads without a trunk apart: the gradient of one does not reach the other", () => {
    const network = {
      inputSize: 1,
      activation: "tanh" as const,
      trunk: [],
      heads: [
        { name: "a", hidden: [3], outputSize: 1, outputGain: 1 },
        { name: "b", hidden: [3], outputSize: 2, outputGain: 1 },
      ],
    };
    const engine = new ReferenceEngine(network, 1);
    engine.setParameters(randomParameters(layoutOf(network), 5));
    engine.forward(new Float32Array([1]), 1, new Float32Array(3));
    engine.backward(new Float32Array([1, 0, 0]), 1);
    const gradients = engine.getGradients();
    const [a, b] = engine.layout.heads.map(({ layers }) => layers[0].biases);
    expect(gradients.subarray(a, a + 3).every((x) => x !== 0)).toBe(true);
    expect(gradients.subarray(b, b + 3).every((x) => x === 0)).toBe(true);
  });
});
