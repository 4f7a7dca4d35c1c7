import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AdamSettings, Engine, EngineFactory } from "../../src/compute/engine.js";
import type { NetworkLayout, NetworkSpec } from "../../src/compute/network.js";
import { createReferenceEngine } from "../../src/compute/reference-engine.js";
import {
  actorCritic,
  networks,
  paddingOf,
  plainAdam,
  randomBatch,
  randomParameters,
  tensorsOf,
  wideQ,
} from "./networks.js";

/**
 * The contract's tolerances: outputs within 1e-5 · max(1, |output|); gradients within 2e-6 of the tensor's largest,
 * for a mean loss, widths to 256 and batches to 1,024. The random draws are fixed, because a relu whose sum rounds
 * to the other side of zero in float32 (about one in ten million) changes a gradient by far more.
 */
const OUTPUT_TOLERANCE = 1e-5;
const GRADIENT_TOLERANCE = 2e-6;
/**
 * For tensors of one or two entries and batches of a few rows: there a saturated tanh, whose slope 1 − y² keeps few
 * digits of float32, or a sum that cancels has no larger neighbour to be measured against.
 */
const TINY_GRADIENT_TOLERANCE = 5e-5;
const SEED = 20_231_117;

interface Case {
  readonly network: NetworkSpec;
  readonly batch: number;
  readonly seed: number;
}

/** What a forward and backward pass gave. */
export interface Passes {
  readonly outputs: Float32Array;
  readonly gradients: Float32Array | Float64Array;
  /** [batch, inputSize]; empty for a network that was not asked for them. */
  readonly inputGradients: Float32Array;
}

/** One forward and backward pass of an engine on the case's parameters and batch. */
export async function passesOf(engine: Engine, { batch, seed }: Pick<Case, "batch" | "seed">): Promise<Passes> {
  const { inputs, outputGradients, freeGradients } = randomBatch(engine.layout, batch, seed);
  const outputs = new Float32Array(batch * engine.layout.outputSize);
  engine.setParameters(randomParameters(engine.layout, seed));
  await engine.forward(inputs, batch, outputs);
  await engine.backward(outputGradients, batch, freeGradients);
  const { inputGradients: asked, inputSize } = engine.layout.spec;
  const inputGradients = new Float32Array(asked ? batch * inputSize : 0);
  if (asked) engine.fillInputGradients(inputGradients, batch);
  return { outputs, gradients: await engine.getGradients(), inputGradients };
}

/** Fails when outputs or gradients differ by more than the contract allows. */
export function expectParity(
  layout: NetworkLayout,
  actual: Passes,
  expected: Passes,
  gradientTolerance = GRADIENT_TOLERANCE,
  loneTolerance = gradientTolerance,
): void {
  for (let i = 0; i < expected.outputs.length; i++) {
    const allowed = OUTPUT_TOLERANCE * Math.max(1, Math.abs(expected.outputs[i]));
    expect(Math.abs(actual.outputs[i] - expected.outputs[i])).toBeLessThanOrEqual(allowed);
  }
  const allOf = ({ gradients, inputGradients }: Passes) => [
    ...tensorsOf(layout, gradients),
    { name: "inputs", values: inputGradients },
  ];
  const tensors = allOf(actual);
  allOf(expected).forEach(({ name, values }, t) => {
    const largest = Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    let worst = 0;
    for (let i = 0; i < values.length; i++) worst = Math.max(worst, Math.abs(tensors[t].values[i] - values[i]));
    // A lone bias is a sum that cancels, with no larger neighbour to be measured against.
    const isLone = values.length > 2 && values.filter((x) => x !== 0).length === 1;
    const tolerance = isLone ? Math.max(loneTolerance, gradientTolerance) : gradientTolerance;
    expect(worst, `${name}: largest gradient ${largest}`).toBeLessThanOrEqual(tolerance * largest);
  });
}

/** A few updates; answers each step's gradient norm. */
async function train(engine: Engine, numSteps: number, settings: AdamSettings, firstSeed = 0): Promise<number[]> {
  const batch = engine.maxBatch;
  const outputs = new Float32Array(batch * engine.layout.outputSize);
  const norms: number[] = [];
  for (let step = 0; step < numSteps; step++) {
    const { inputs, outputGradients, freeGradients } = randomBatch(engine.layout, batch, firstSeed + step);
    await engine.forward(inputs, batch, outputs);
    await engine.backward(outputGradients, batch, freeGradients);
    norms.push(await engine.adamStep(settings));
  }
  return norms;
}

const withTrunk: NetworkSpec = {
  inputSize: 6,
  activation: "tanh",
  trunk: [24],
  heads: [
    { name: "policy", hidden: [17], outputSize: 3, outputGain: 0.01 },
    { name: "value", hidden: [], outputSize: 1, outputGain: 1 },
  ],
  free: { size: 3, initial: -0.5 },
};

export interface ParityOptions {
  /**
   * What a bias tensor with a single non-zero gradient may err by, in units of it; the common tolerance unless an
   * engine cannot sum in float64.
   */
  readonly loneTolerance?: number;
  /** How many random shapes; fewer where a pass is slow. */
  readonly numRuns: number;
  /** Whether to run the large fixed shapes too. */
  readonly large: boolean;
  /** Whether an engine that cannot run is a failure. */
  readonly required: boolean;
}

/**
 * The one suite every engine passes: equal to `reference` within the contract's tolerances, and exact in what it
 * saves. A null factory means that the engine cannot run here: a visible skip, but a failure with CI=1.
 */
export function describeParity(name: string, factory: EngineFactory | null, options: ParityOptions): void {
  describe(`the engine ${name}`, () => {
    it.skipIf(!factory && !options.required)("can run here", () => expect(factory).not.toBeNull());
    if (factory) parityTests(factory, options);
  });
}

function parityTests(create: EngineFactory, options: ParityOptions): void {
  const compare = async ({ network, batch, seed }: Case, tolerance = GRADIENT_TOLERANCE) => {
    const engine = create(network, batch);
    const actual = await passesOf(engine, { batch, seed });
    const expected = await passesOf(createReferenceEngine(network, batch), { batch, seed });
    expectParity(engine.layout, actual, expected, tolerance, options.loneTolerance);
    expect(paddingOf(engine.layout, actual.gradients).every((x) => x === 0)).toBe(true);
    engine.dispose();
  };

  const onRandomShapes = (minWidth: number, minBatch: number, tolerance: number) => {
    const shapes = fc.tuple(networks(40, minWidth), fc.integer({ min: minBatch, max: 70 }), fc.nat(10_000));
    const cases = fc.asyncProperty(shapes, ([network, batch, seed]) => compare({ network, batch, seed }, tolerance));
    return fc.assert(cases, { numRuns: options.numRuns, seed: SEED });
  };

  it("gives the outputs and gradients of the reference on networks of any shape", () =>
    onRandomShapes(8, 16, GRADIENT_TOLERANCE));

  it("gives them, with a few digits less, down to one unit and one row", () =>
    onRandomShapes(1, 1, TINY_GRADIENT_TOLERANCE));

  it("gives them for PPO's actor and critic, 256 rows", () => compare({ network: actorCritic, batch: 256, seed: 1 }));

  if (options.large) {
    it.each([1, 2, 3])("gives them at the contract's limit, 256 wide and 1,024 rows (seed %i)", async (seed) => {
      await compare({ network: wideQ, batch: 1024, seed });
      await compare({ network: { ...wideQ, activation: "tanh", trunk: [256] }, batch: 1024, seed });
    });
  }

  it("gives the same for a small batch after a large one, whose rows are still about", async () => {
    const engine = create(actorCritic, 64);
    await passesOf(engine, { batch: 64, seed: 1 });
    const after = await passesOf(engine, { batch: 7, seed: 2 });
    const fresh = await passesOf(create(actorCritic, 64), { batch: 7, seed: 2 });
    expect(after.outputs).toEqual(fresh.outputs);
    expect(after.gradients).toEqual(fresh.gradients);
  });

  it("forgets numbers that are not finite with the batch they came in", async () => {
    const engine = create(actorCritic, 8);
    const { inputs, outputGradients } = randomBatch(engine.layout, 8, 1);
    const outputs = new Float32Array(8 * engine.layout.outputSize);
    engine.setParameters(randomParameters(engine.layout, 1));
    await engine.forward(
      inputs.map(() => Number.NaN),
      8,
      outputs,
    );
    expect(outputs.every(Number.isNaN)).toBe(true);
    await engine.backward(
      outputGradients.map(() => Number.NaN),
      8,
    );
    const after = await passesOf(engine, { batch: 5, seed: 3 });
    expectParity(engine.layout, after, await passesOf(createReferenceEngine(actorCritic, 8), { batch: 5, seed: 3 }));
  });

  it("takes the Adam steps of the reference, clipped or not", async () => {
    for (const maxNorm of [0, 0.05, 1e6]) {
      const engine = create(withTrunk, 16);
      const reference = createReferenceEngine(withTrunk, 16);
      for (const each of [engine, reference]) each.setParameters(randomParameters(engine.layout, 4));
      // Adam divides a gradient by its own size, so a tiny one is all relative error: ε keeps such entries apart.
      const settings = { ...plainAdam, epsilon: 1e-4, maxNorm };
      const norms = await train(engine, 5, settings);
      (await train(reference, 5, settings)).forEach((norm, step) => {
        expect(norms[step]).toBeCloseTo(norm, 5);
      });
      const parameters = await engine.getParameters();
      (await reference.getParameters()).forEach((x, i) => {
        expect(Math.abs(parameters[i] - x)).toBeLessThan(2e-6);
      });
      expect(paddingOf(engine.layout, parameters).every((x) => x === 0)).toBe(true);
    }
  });

  it("shows new free parameters at once after a step", async () => {
    const engine = create(withTrunk, 4);
    engine.setParameters(randomParameters(engine.layout, 4));
    const before = new Float32Array(3);
    const after = new Float32Array(3);
    engine.fillFree(before);
    expect(Array.from(before)).toEqual([-0.5, -0.5, -0.5]);
    await train(engine, 1, plainAdam);
    engine.fillFree(after);
    const { freeOffset, freeSize } = engine.layout;
    expect(after).toEqual(
      Float32Array.from((await engine.getParameters()).subarray(freeOffset, freeOffset + freeSize)),
    );
    expect(after).not.toEqual(before);
  });

  it("goes on bit for bit from a saved state", async () => {
    const engine = create(withTrunk, 16);
    engine.setParameters(randomParameters(engine.layout, 4));
    await train(engine, 3, plainAdam);
    const saved = await engine.getState();
    expect(saved.numSteps).toBe(3);
    await train(engine, 4, plainAdam, 3);
    const resumed = create(withTrunk, 16);
    resumed.setState(saved);
    await train(resumed, 4, plainAdam, 3);
    expect(await resumed.getState()).toEqual(await engine.getState());
  });

  it("hands out copies: what a caller does to them changes nothing", async () => {
    const engine = create(withTrunk, 4);
    engine.setParameters(randomParameters(engine.layout, 4));
    await train(engine, 1, plainAdam);
    const state = await engine.getState();
    const kept = structuredClone(state);
    await train(engine, 1, plainAdam);
    expect(state).toEqual(kept);
    (await engine.getParameters()).fill(7);
    expect(await engine.getParameters()).not.toContain(7);
  });

  it("refuses what does not fit, naming both numbers", async () => {
    const engine = create(withTrunk, 4);
    const { layout } = engine;
    const outputs = new Float32Array(5 * layout.outputSize);
    const refusal = async (call: () => void | Promise<void>) => {
      try {
        await call();
      } catch (error) {
        return error instanceof RangeError ? error.message : error;
      }
      return "nothing";
    };
    const forward = (numInputs: number, batch: number) => () =>
      engine.forward(new Float32Array(numInputs), batch, outputs);
    expect(await refusal(forward(30, 5))).toBe("expected a batch from 1 to 4, got 5");
    expect(await refusal(forward(11, 2))).toBe("expected 12 inputs, got 11");
    await engine.forward(new Float32Array(12), 2, outputs);
    expect(await refusal(() => engine.backward(outputs, 3))).toContain("last forward pass, 2, got 3");
    expect(await refusal(() => engine.setParameters([1]))).toBe(`expected ${layout.size} parameters, got 1`);
    const state = await engine.getState();
    expect(await refusal(() => engine.setState({ ...state, secondMoments: new Float32Array(1) }))).toBe(
      `expected ${layout.size} second moments, got 1`,
    );
  });

  it("hands out the gradients of its inputs only when the network was asked for them", async () => {
    const engine = create({ ...withTrunk, inputGradients: true }, 2);
    const without = create(withTrunk, 2);
    const places = new Float32Array(12);
    for (const each of [engine, without]) {
      each.setParameters(randomParameters(each.layout, 9));
      await each.forward(new Float32Array(12).fill(0.3), 2, new Float32Array(2 * each.layout.outputSize));
      await each.backward(new Float32Array(2 * each.layout.outputSize).fill(1), 2);
    }
    engine.fillInputGradients(places, 2);
    expect(places.every((x) => x !== 0)).toBe(true);
    expect(await engine.getGradients()).toEqual(await without.getGradients());
    expect(() => without.fillInputGradients(places, 2)).toThrow(
      "expected a network with inputGradients, got one without",
    );
    expect(() => engine.fillInputGradients(places, 1)).toThrow("last forward pass, 2, got 1");
    expect(() => engine.fillInputGradients(new Float32Array(11), 2)).toThrow(
      "expected 12 places for input gradients, got 11",
    );
  });

  it("keeps heads without a trunk apart, and shares the gradient of a trunk", async () => {
    const engine = create(withTrunk, 2);
    const { layout } = engine;
    engine.setParameters(randomParameters(layout, 9));
    await engine.forward(new Float32Array(12).fill(0.3), 2, new Float32Array(2 * layout.outputSize));
    const firstTrunkBias = layout.trunk[0].biases;
    const trunkGradient = async (rows: readonly number[]) => {
      await engine.backward(Float32Array.from(rows), 2);
      return (await engine.getGradients())[firstTrunkBias];
    };
    const policy = await trunkGradient([1, 0, 0, 0, 0, 0, 0, 0]);
    const value = await trunkGradient([0, 0, 0, 1, 0, 0, 0, 0]);
    expect(await trunkGradient([1, 0, 0, 1, 0, 0, 0, 0])).toBeCloseTo(policy + value, 6);
    expect(policy).not.toBe(0);
    expect(value).not.toBe(0);
  });
}
