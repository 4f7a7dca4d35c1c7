// tfjs-core alone has no gradients registered, the umbrella package has.
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { it } from "vitest";
import type { EngineFactory } from "../../src/compute/engine.js";
import { type LayerLayout, layoutOf, type NetworkLayout, type NetworkSpec } from "../../src/compute/network.js";
import { loadTfjsEngine } from "../../src/compute/tfjs/index.js";
import { networks, randomBatch, randomParameters } from "./networks.js";
import { expectParity, type Passes, passesOf } from "./parity.js";

const SEED = 20_240_229;

/** The same passes by tfjs's automatic differentiation on its cpu backend: code that shares nothing with ours. */
export async function autodiffPasses(network: NetworkSpec, batch: number, seed: number): Promise<Passes> {
  if (!(await loadTfjsEngine("cpu")) || !(await tf.setBackend("cpu"))) throw new Error("expected tfjs's cpu backend");
  const layout = layoutOf(network);
  const { inputs, outputGradients, freeGradients } = randomBatch(layout, batch, seed);
  const flat = randomParameters(layout, seed);
  const outputs = new Float32Array(batch * layout.outputSize);
  const gradients = new Float32Array(layout.size);

  const parameters = layout.layers.flatMap(({ weights, biases, inSize, outSize, paddedIn }) => {
    const matrix = Float32Array.from({ length: outSize * inSize }, (_, i) => {
      return flat[weights + Math.floor(i / inSize) * paddedIn + (i % inSize)];
    });
    return [tf.tensor2d(matrix, [outSize, inSize]), tf.tensor1d(flat.slice(biases, biases + outSize))];
  });
  const x = tf.tensor2d(inputs, [batch, network.inputSize]);
  const weightsOfOutputs = tf.tensor2d(outputGradients, [batch, layout.outputSize]);
  const run = (...tensors: tf.Tensor[]) => outputsOf(layout, tensors.slice(0, -1), tensors[tensors.length - 1]);
  const y = tf.tidy(() => run(...parameters, x));
  outputs.set(await y.data());
  const slopes = tf.tidy(() =>
    tf.grads((...tensors) => tf.sum(tf.mul(run(...tensors), weightsOfOutputs)))([...parameters, x]),
  );
  for (let l = 0; l < layout.layers.length; l++) {
    const { weights, biases, inSize, outSize, paddedIn } = layout.layers[l];
    const matrix = await slopes[2 * l].data();
    for (let o = 0; o < outSize; o++) {
      gradients.set(matrix.slice(o * inSize, (o + 1) * inSize), weights + o * paddedIn);
    }
    gradients.set(await slopes[2 * l + 1].data(), biases);
  }
  gradients.set(freeGradients, layout.freeOffset);
  const inputGradients = new Float32Array(network.inputGradients ? inputs.length : 0);
  if (network.inputGradients) inputGradients.set(await slopes[slopes.length - 1].data());
  tf.dispose([parameters, x, weightsOfOutputs, y, slopes]);
  return { outputs, gradients, inputGradients };
}

function outputsOf(layout: NetworkLayout, parameters: tf.Tensor[], inputs: tf.Tensor): tf.Tensor {
  let next = 0;
  const apply = (input: tf.Tensor, layer: LayerLayout) => {
    const total = tf.add(tf.matMul(input, parameters[next], false, true), parameters[next + 1]);
    next += 2;
    if (!layer.activated) return total;
    return layout.spec.activation === "tanh" ? tf.tanh(total) : tf.relu(total);
  };
  const trunk = layout.trunk.reduce(apply, inputs);
  return tf.concat(
    layout.heads.map((head) => head.layers.reduce(apply, trunk)),
    1,
  );
}

/** Compares an engine with `autodiffPasses` on random shapes, within the contract's tolerances. */
export function itAgreesWithAutodiff(name: string, create: EngineFactory, numRuns: number): void {
  it(`${name} gives the outputs and gradients of tfjs's automatic differentiation`, async () => {
    const cases = fc.tuple(networks(40, 8), fc.integer({ min: 16, max: 70 }), fc.nat(10_000));
    const agrees = fc.asyncProperty(cases, async ([network, batch, seed]) => {
      const engine = create(network, batch);
      const actual = await passesOf(engine, { batch, seed });
      expectParity(engine.layout, actual, await autodiffPasses(network, batch, seed));
      engine.dispose();
    });
    await fc.assert(agrees, { numRuns, seed: SEED });
  });
}
