import { memory } from "@tensorflow/tfjs-core";
import type { EngineFactory } from "../../src/compute/engine.js";
import type { NetworkSpec } from "../../src/compute/network.js";
import { createReferenceEngine } from "../../src/compute/reference-engine.js";
import { plainAdam, randomBatch, randomParameters } from "./networks.js";
import { expectParity, passesOf } from "./parity.js";

/** Fails unless the engine agrees with the reference, within the contract's tolerances, on one network and batch. */
export async function expectReferenceParity(
  create: EngineFactory,
  network: NetworkSpec,
  batch: number,
  seed: number,
): Promise<void> {
  const engine = create(network, batch);
  const actual = await passesOf(engine, { batch, seed });
  expectParity(engine.layout, actual, await passesOf(createReferenceEngine(network, batch), { batch, seed }));
  engine.dispose();
}

/** What tfjs and the engine hold at one moment. */
export interface NumbersHeld {
  readonly numTensors: number;
  readonly numDataBuffers: number;
  readonly numBytes: number;
  readonly engineBytes: number;
}

/** What is held after each of the given numbers of updates of one engine. */
export async function numbersHeldAfter(
  create: EngineFactory,
  network: NetworkSpec,
  numUpdates: readonly number[],
): Promise<NumbersHeld[]> {
  const batch = 8;
  const engine = create(network, batch);
  const { inputs, outputGradients, freeGradients } = randomBatch(engine.layout, batch, 1);
  const outputs = new Float32Array(batch * engine.layout.outputSize);
  engine.setParameters(randomParameters(engine.layout, 1));
  const held: NumbersHeld[] = [];
  for (let update = 1; update <= Math.max(...numUpdates); update++) {
    await engine.forward(inputs, batch, outputs);
    await engine.backward(outputGradients, batch, freeGradients);
    await engine.adamStep(plainAdam);
    if (!numUpdates.includes(update)) continue;
    const { numTensors, numDataBuffers, numBytes } = memory();
    held.push({ numTensors, numDataBuffers, numBytes, engineBytes: engine.bytes });
  }
  engine.dispose();
  return held;
}
