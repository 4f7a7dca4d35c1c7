import { describe, expect, it } from "vitest";
import { GatedNetwork } from "../../../src/agents/udrl/gated-network.js";
import { type Examples, type Learner, reportOn } from "../../../src/agents/udrl/learner.js";
import { createLearner } from "../../../src/agents/udrl/learners.js";
import { fitLogistic } from "../../../src/agents/udrl/logistic.js";
import { fitNeighbours } from "../../../src/agents/udrl/neighbours.js";
import { bodyOf, type GatedNetworkSettings } from "../../../src/agents/udrl/shape.js";
import { type UdrlOptions, udrlOptions } from "../../../src/agents/udrl-options.js";
import { createReferenceEngine } from "../../../src/compute/reference-engine.js";
import { describeOptions, parseOptions } from "../../../src/core/options.js";
import { pack, unpack } from "../../../src/core/pack.js";
import { RandomStream } from "../../../src/core/random.js";

const sizes = { inputSize: 4, numActions: 3 };

/** Random rows whose action depends on the product of a state entry and a command entry. */
function examples(numRows: number, seed: number): Examples {
  const stream = new RandomStream(seed, "test/examples");
  const inputs = Float32Array.from({ length: numRows * 4 }, () => stream.normal());
  const labels = Int32Array.from({ length: numRows }, (_, row) => {
    const gate = inputs[row * 4] * inputs[row * 4 + 2];
    return gate > 0.3 ? 2 : gate < -0.3 ? 0 : 1;
  });
  return { inputs, labels };
}

const optionsOf = (learner: string, more: object = {}) =>
  parseOptions(
    udrlOptions,
    { learner, numTrees: 30, learningRate: 0.02, gateWidth: 24, hidden: [24], ...more },
    "agent",
  ) as UdrlOptions;
const LEARNERS = describeOptions(udrlOptions).flatMap((option) =>
  option.key === "learner" && option.kind === "choice" ? option.choices : [],
);

async function trained(name: string): Promise<Learner> {
  const learner = createLearner(optionsOf(name), sizes, { createEngine: createReferenceEngine, seed: 5 });
  const numFits = learner.incremental ? 150 : 1;
  for (let i = 0; i < numFits; i++) await learner.fit(examples(learner.incremental ? 64 : 400, i), 7 + i);
  return learner;
}

describe.each(LEARNERS)("the learner %s", (name) => {
  it("finds the actions of new rows better than chance, by probabilities that sum to 1", async () => {
    const learner = await trained(name);
    const { inputs, labels } = examples(200, 999);
    const scores = new Float32Array(600);
    await learner.fillScores(inputs, 200, scores);
    for (let row = 0; row < 200; row++) {
      expect(scores[row * 3] + scores[row * 3 + 1] + scores[row * 3 + 2]).toBeCloseTo(1, 5);
    }
    const commonest = Math.max(...[0, 1, 2].map((action) => labels.filter((label) => label === action).length)) / 200;
    const { accuracy } = reportOn(scores, labels, 3);
    // What multiplies state and command is beyond a linear rule.
    if (name === "linear") expect(accuracy).toBeGreaterThan(commonest - 0.1);
    else expect(accuracy).toBeGreaterThan(commonest + 0.15);
  });

  it("goes on from a checkpoint with the same scores", async () => {
    const learner = await trained(name);
    const again = createLearner(optionsOf(name), sizes, { createEngine: createReferenceEngine, seed: 6 });
    again.setState(unpack(pack(await learner.getState())));
    const { inputs } = examples(50, 4);
    const [before, after] = [new Float32Array(150), new Float32Array(150)];
    await learner.fillScores(inputs, 50, before);
    await again.fillScores(inputs, 50, after);
    expect(after).toEqual(before);
    expect(again.fitted).toBe(true);
  });

  it("learns where an action is missing, and finds the only one there is", async () => {
    const learner = createLearner(optionsOf(name), sizes, { createEngine: createReferenceEngine, seed: 5 });
    const { inputs } = examples(40, 1);
    const labels = new Int32Array(40).fill(1);
    for (let i = 0; i < (learner.incremental ? 60 : 1); i++) await learner.fit({ inputs, labels }, i);
    const scores = new Float32Array(120);
    await learner.fillScores(inputs, 40, scores);
    expect(reportOn(scores, labels, 3).accuracy).toBe(1);
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  it("serialises as JSON with a kind", async () => {
    const serialised = await (await trained(name)).serialise();
    expect(serialised.kind).toBe(
      { network: "mlp", neighbours: "neighbours", linear: "linear", boosting: "forest" }[name] ?? "forest",
    );
    expect(() => pack(serialised)).not.toThrow();
  });
});

describe("the gated network", () => {
  const settings: GatedNetworkSettings = { gateWidth: 5, hidden: [6], learningRate: 0, doubleSoftmax: false };
  const make = (more: Partial<GatedNetworkSettings>) => {
    const all = { ...settings, ...more };
    return new GatedNetwork(createReferenceEngine(bodyOf(3, all), 16), sizes, all, 3);
  };

  it.each([false, true])("has the gradients of finite differences in its gate (double softmax: %s)", async (double) => {
    // A learning rate of 0 leaves everything as it is, but for the gradients.
    const network = make({ doubleSoftmax: double });
    const rows = examples(16, 2);
    const { values, gradients } = network.gateParameters;
    await network.fit(rows);
    const slopes = gradients.slice();
    expect(slopes.some((slope) => Math.abs(slope) > 1e-3)).toBe(true);
    const step = 1e-3;
    for (let i = 0; i < values.length; i++) {
      const at = values[i];
      values[i] = at + step;
      const { loss: up } = await network.fit(rows);
      values[i] = at - step;
      const { loss: down } = await network.fit(rows);
      values[i] = at;
      // The engine takes the product in float32, which leaves four digits of a difference.
      expect(Math.abs(slopes[i] - (up - down) / (2 * step))).toBeLessThan(2e-4);
    }
  });

  it("learns the likelihood, or with a second softmax a loss that cannot fall below its floor", async () => {
    const once = make({ learningRate: 0.02, gateWidth: 16, hidden: [16] });
    const twice = make({ learningRate: 0.02, gateWidth: 16, hidden: [16], doubleSoftmax: true });
    const rows = examples(16, 2);
    const [first, second] = [await once.fit(rows), await twice.fit(rows)];
    expect(second.accuracy).toBe(first.accuracy);
    for (let i = 0; i < 600; i++) {
      await once.fit(rows);
      await twice.fit(rows);
    }
    // The loss of softmax(softmax) cannot fall below log(1 + 2/e) for three actions.
    expect((await twice.fit(rows)).loss).toBeGreaterThan(Math.log(1 + 2 / Math.E));
    expect((await once.fit(rows)).loss).toBeLessThan(0.4);
  });

  it("answers in parts where there are more rows than its engine takes", async () => {
    const network = make({});
    const { inputs } = examples(40, 8);
    const all = new Float32Array(120);
    await network.fillScores(inputs, 40, all);
    const row = new Float32Array(3);
    await network.fillScores(inputs.subarray(39 * 4), 1, row);
    expect([...all.subarray(117)]).toEqual([...row]);
  });
});

describe("the nearest neighbours", () => {
  const rows: Examples = {
    inputs: Float32Array.from([0, 0, 1, 0, 0, 2, 9, 9]),
    labels: Int32Array.from([0, 1, 2, 1]),
  };

  it("vote with equal shares, the earlier first at equal distance", () => {
    const two = fitNeighbours(2)(rows, { inputSize: 2, numActions: 3 }, 0);
    const scores = new Float32Array(3);
    two.fillRow(Float32Array.from([0.5, 0]), 0, scores, 0);
    expect([...scores]).toEqual([0.5, 0.5, 0]);
    const one = fitNeighbours(1)(rows, { inputSize: 2, numActions: 3 }, 0);
    one.fillRow(Float32Array.from([0.5, 0]), 0, scores, 0);
    expect([...scores]).toEqual([1, 0, 0]);
  });

  it("are all examples where there are fewer than asked for", () => {
    const many = fitNeighbours(50)(rows, { inputSize: 2, numActions: 3 }, 0);
    const scores = new Float32Array(3);
    many.fillRow(Float32Array.from([5, 5]), 0, scores, 0);
    expect([...scores]).toEqual([0.25, 0.5, 0.25]);
  });
});

describe("the logistic regression", () => {
  it("finds the minimum: its penalised gradient vanishes", () => {
    const { inputs, labels } = examples(120, 3);
    const classifier = fitLogistic(1)({ inputs, labels }, sizes, 0);
    const weights = classifier.serialise()["weights"] as Float64Array;
    const gradient = weights.map((weight, i) => (i % 5 === 4 ? 1e-6 : 1) * weight);
    const scores = new Float32Array(3);
    for (let row = 0; row < 120; row++) {
      classifier.fillRow(inputs, row * 4, scores, 0);
      for (let action = 0; action < 3; action++) {
        const error = scores[action] - (labels[row] === action ? 1 : 0);
        for (let i = 0; i < 4; i++) gradient[action * 5 + i] += error * inputs[row * 4 + i];
        gradient[action * 5 + 4] += error;
      }
    }
    for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-4);
  });

  it("stays finite where a penalty near zero meets classes that can be separated", () => {
    const inputs = Float32Array.from([-1, 0, -2, 0, 1, 0, 2, 0]);
    const classifier = fitLogistic(1e-6)(
      { inputs, labels: Int32Array.from([0, 0, 1, 1]) },
      { inputSize: 2, numActions: 2 },
      0,
    );
    const scores = new Float32Array(2);
    classifier.fillRow(Float32Array.from([0.5, 0]), 0, scores, 0);
    expect(scores[1]).toBeGreaterThan(0.95);
    expect(Number.isFinite(scores[0])).toBe(true);
  });
});
