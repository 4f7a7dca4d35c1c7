import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MlpPolicy } from "../../../src/agents/policies/mlp.js";
import { loadEngine } from "../../../src/compute/index.js";
import { initialParameters } from "../../../src/compute/initialise.js";
import { RandomStream } from "../../../src/core/random.js";
import { findEnvironment } from "../../../src/envs/index.js";
import { conditionalShapley, conditionalValues, type StateSample } from "../../../src/interpret/shapley/conditional.js";
import {
  allCoalitions,
  type BatchFunction,
  interventionalValues,
  policyFunction,
} from "../../../src/interpret/shapley/interventional.js";
import { kernelShap, permutationShap } from "../../../src/interpret/shapley/sampled.js";
import { coalitionSize, coalitionWeights, shapleyValues } from "../../../src/interpret/shapley/values.js";

/** Another way to the same numbers: the mean marginal contribution over all n! orders. */
function byAllOrders(table: Float64Array, numFeatures: number, numOutputs: number): Float64Array {
  const phi = new Float64Array(numFeatures * numOutputs);
  let orders = 0;
  const walk = (left: number[], mask: number, gains: number[][]) => {
    if (left.length === 0) {
      orders++;
      for (const [feature, ...gain] of gains)
        for (let k = 0; k < numOutputs; k++) phi[feature * numOutputs + k] += gain[k];
      return;
    }
    for (const feature of left) {
      const next = mask | (1 << feature);
      const gain = Array.from(
        { length: numOutputs },
        (_, k) => table[next * numOutputs + k] - table[mask * numOutputs + k],
      );
      walk(
        left.filter((other) => other !== feature),
        next,
        [...gains, [feature, ...gain]],
      );
    }
  };
  walk(
    Array.from({ length: numFeatures }, (_, i) => i),
    0,
    [],
  );
  return phi.map((sum) => sum / orders);
}

const closeTo = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-9) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(tolerance);
};

const numbers = (length: number) =>
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: length, maxLength: length });
/** A random game: number of features, of outputs, and a value for every coalition. */
const games = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }))
  .chain(([n, m]) => fc.tuple(fc.constant(n), fc.constant(m), numbers(2 ** n * m)))
  .map(([n, m, values]) => ({ n, m, table: Float64Array.from(values) }));

describe("exact Shapley values of a game", () => {
  it("split a game of two by hand", () => {
    // v({}) = 0, v({0}) = 10, v({1}) = 20, v({0, 1}) = 50: φ0 = (10 + 30) / 2, φ1 = (20 + 40) / 2.
    closeTo(shapleyValues(Float64Array.of(0, 10, 20, 50), 2, 1), [20, 30]);
  });

  it("are the mean contribution over all orders", () => {
    fc.assert(
      fc.property(games, ({ n, m, table }) => closeTo(shapleyValues(table, n, m), byAllOrders(table, n, m))),
      { numRuns: 40 },
    );
  });

  it("sum to what all know more than none (efficiency)", () => {
    fc.assert(
      fc.property(games, ({ n, m, table }) => {
        const phi = shapleyValues(table, n, m);
        for (let k = 0; k < m; k++) {
          let sum = 0;
          for (let i = 0; i < n; i++) sum += phi[i * m + k];
          expect(Math.abs(sum - (table[(2 ** n - 1) * m + k] - table[k]))).toBeLessThanOrEqual(1e-9);
        }
      }),
    );
  });

  it("are equal for features that every coalition gains the same from (symmetry)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), numbers(64), (n, values) => {
        // The value depends on how many of the first two are there, not on which.
        const table = Float64Array.from({ length: 2 ** n }, (_, mask) => values[(mask & ~3) + coalitionSize(mask & 3)]);
        const phi = shapleyValues(table, n, 1);
        expect(Math.abs(phi[0] - phi[1])).toBeLessThanOrEqual(1e-9);
      }),
    );
  });

  it("are zero for a feature that changes nothing (dummy)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), numbers(64), (n, values) => {
        const table = Float64Array.from({ length: 2 ** n }, (_, mask) => values[mask & ~1]);
        expect(Math.abs(shapleyValues(table, n, 1)[0])).toBeLessThanOrEqual(1e-9);
      }),
    );
  });

  it("are weighted so that every position in an order is as likely", () => {
    closeTo(coalitionWeights(4), [1 / 4, 1 / 12, 1 / 12, 1 / 4], 1e-15);
  });

  it("refuse a table of another size", () => {
    expect(() => shapleyValues(new Float64Array(7), 3, 1)).toThrow("expected 8 coalition values, got 7");
  });
});

/** Outputs of a few random sines: smooth, and with interactions of every order. */
function wavesOf(coefficients: readonly number[], numFeatures: number, numOutputs: number): BatchFunction {
  return (rows, numRows) => {
    const out = new Float64Array(numRows * numOutputs);
    for (let row = 0; row < numRows; row++) {
      for (let k = 0; k < numOutputs; k++) {
        let inner = 0;
        for (let i = 0; i < numFeatures; i++) inner += coefficients[k * numFeatures + i] * rows[row * numFeatures + i];
        out[row * numOutputs + k] = Math.sin(inner) + inner;
      }
    }
    return out;
  };
}

const functions = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }))
  .chain(([n, rows]) => fc.tuple(fc.constant(n), numbers(2 * n), numbers(n), numbers(rows * n)));

describe("values with the features set one by one (interventional)", () => {
  it("agree with a brute-force average over the background, and with all orders", async () => {
    await fc.assert(
      fc.asyncProperty(functions, async ([n, coefficients, x, background]) => {
        const f = wavesOf(coefficients, n, 2);
        const table = await interventionalValues(f, x, Float64Array.from(background), allCoalitions(n), 2);
        const rows = background.length / n;
        for (let mask = 0; mask < 2 ** n; mask++) {
          const expected = [0, 0];
          for (let row = 0; row < rows; row++) {
            const mixed = x.map((value, i) => (mask & (1 << i) ? value : background[row * n + i]));
            const out = await f(Float64Array.from(mixed), 1);
            for (let k = 0; k < 2; k++) expected[k] += out[k] / rows;
          }
          closeTo(table.subarray(mask * 2, mask * 2 + 2), expected);
        }
        closeTo(shapleyValues(table, n, 2), byAllOrders(table, n, 2));
      }),
      { numRuns: 30 },
    );
  });

  it("of a linear function are each weight times the distance from the background's mean", async () => {
    const weights = [2, -3, 0.5];
    const f: BatchFunction = (rows, n) =>
      Float64Array.from({ length: n }, (_, row) => weights.reduce((sum, w, i) => sum + w * rows[row * 3 + i], 1));
    const background = Float64Array.of(1, 1, 1, 3, 5, -1);
    const table = await interventionalValues(f, [4, 0, 2], background, allCoalitions(3), 1);
    closeTo(shapleyValues(table, 3, 1), [2 * (4 - 2), -3 * (0 - 3), 0.5 * (2 - 0)]);
  });

  it("of a small network sum to its answer less the background's mean answer", async () => {
    const { spec } = findEnvironment("cartpole");
    const createEngine = await loadEngine("reference");
    const network = {
      inputSize: 4,
      activation: "tanh" as const,
      trunk: [8],
      heads: [{ name: "values", hidden: [], outputSize: 2, outputGain: 1 }],
    };
    const engine = createEngine?.(network, 64);
    if (!engine) throw new Error("the reference engine is always there");
    engine.setParameters(initialParameters(engine.layout, new RandomStream(3, "test")));
    const policy = new MlpPolicy(engine, spec.action, { kind: "values", dueling: false, epsilon: 0 }, null);
    const f = policyFunction(policy, 2, "advantages");
    const stream = new RandomStream(5, "background");
    const background = Float64Array.from({ length: 200 }, () => stream.normal());
    const x = [0.1, -0.4, 0.05, 0.7];
    const table = await interventionalValues(f, x, background, allCoalitions(4), 2);
    const phi = shapleyValues(table, 4, 2);
    const here = await f(Float64Array.from(x), 1);
    const there = await f(background, 50);
    for (let k = 0; k < 2; k++) {
      let mean = 0;
      for (let row = 0; row < 50; row++) mean += there[row * 2 + k] / 50;
      const sum = phi[k] + phi[2 + k] + phi[4 + k] + phi[6 + k];
      expect(Math.abs(sum - (here[k] - mean))).toBeLessThanOrEqual(1e-9);
    }
    // Advantages of two actions are each other's negative, and so are their explanations.
    for (let i = 0; i < 4; i++) expect(phi[2 * i]).toBeCloseTo(-phi[2 * i + 1], 6);
  });

  it("refuse an empty background", async () => {
    await expect(interventionalValues(() => new Float64Array(1), [1], new Float64Array(0), [0], 1)).rejects.toThrow(
      "expected a background of 1 or more rows of 1, got 0 numbers",
    );
  });
});

describe("values among the states that occur (on-distribution)", () => {
  const samples = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 }))
    .chain(([n, count]) =>
      fc.tuple(
        fc.constant(n),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: n * count, maxLength: n * count }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: count, maxLength: count }),
        numbers(count),
      ),
    )
    .map(([n, states, frequencies, byState]): StateSample => {
      // The function gives equal states equal values.
      const key = (s: number) => states.slice(s * n, (s + 1) * n).reduce((sum, v) => sum * 3 + v, 0);
      const values = frequencies.map((_, s) => byState[key(s) % byState.length]);
      return {
        numFeatures: n,
        states: Float64Array.from(states, (v) => v / 100),
        frequencies: Float64Array.from(frequencies),
        numOutputs: 1,
        values: Float64Array.from(values),
      };
    });

  it("group the states as a search for matching states does", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const { numFeatures: n, states, frequencies, values } = sample;
        const count = frequencies.length;
        const tables = conditionalValues(sample);
        for (let mask = 0; mask < 2 ** n; mask++) {
          for (let s = 0; s < count; s++) {
            let [sum, total] = [0, 0];
            for (let other = 0; other < count; other++) {
              let matches = true;
              for (let i = 0; i < n; i++) {
                if (mask & (1 << i) && states[other * n + i] !== states[s * n + i]) matches = false;
              }
              if (!matches) continue;
              sum += frequencies[other] * values[other];
              total += frequencies[other];
            }
            expect(Math.abs(tables[mask * count + s] - sum / total)).toBeLessThanOrEqual(1e-9);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("sum to the state's own value less the mean over the sample", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const { numFeatures: n, frequencies, values } = sample;
        const phi = conditionalShapley(sample);
        const total = frequencies.reduce((sum, p) => sum + p, 0);
        const average = values.reduce((sum, value, s) => sum + (value * frequencies[s]) / total, 0);
        for (let s = 0; s < frequencies.length; s++) {
          let sum = 0;
          for (let i = 0; i < n; i++) sum += phi[s * n + i];
          expect(Math.abs(sum - (values[s] - average))).toBeLessThanOrEqual(1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("Shapley values from some of the coalitions", () => {
  const valuesOf = (table: Float64Array, m: number) => (masks: Int32Array) =>
    Float64Array.from({ length: masks.length * m }, (_, i) => table[masks[Math.floor(i / m)] * m + (i % m)]);

  it("are exact once every coalition is among them (KernelSHAP)", async () => {
    await fc.assert(
      fc.asyncProperty(games, async ({ n, m, table }) => {
        const phi = await kernelShap(valuesOf(table, m), n, m, 2 ** n, new RandomStream(1, "kernel"));
        closeTo(phi, shapleyValues(table, n, m));
      }),
      { numRuns: 60 },
    );
  });

  it("come near the exact ones with a part of them, and keep their sum", async () => {
    const n = 12;
    const stream = new RandomStream(9, "game");
    const weights = Array.from({ length: n }, () => stream.normal());
    // Additive but for one interaction of three.
    const table = Float64Array.from({ length: 2 ** n }, (_, mask) => {
      let value = (mask & 7) === 7 ? 3 : 0;
      for (let i = 0; i < n; i++) if (mask & (1 << i)) value += weights[i];
      return value;
    });
    const exact = shapleyValues(table, n, 1);
    closeTo(
      exact,
      weights.map((w, i) => w + (i < 3 ? 1 : 0)),
    );
    const kernel = await kernelShap(valuesOf(table, 1), n, 1, 1000, new RandomStream(2, "kernel"));
    const orders = await permutationShap(valuesOf(table, 1), n, 1, 200, new RandomStream(3, "orders"));
    for (const phi of [kernel, orders]) {
      closeTo(phi, exact, 0.15);
      expect(phi.reduce((sum, value) => sum + value, 0)).toBeCloseTo(table[2 ** n - 1] - table[0], 9);
    }
  });

  it("are exact for additive games whatever is drawn (orders of features)", async () => {
    const weights = [1, -2, 4, 0.5];
    const table = Float64Array.from({ length: 16 }, (_, mask) =>
      weights.reduce((sum, w, i) => (mask & (1 << i) ? sum + w : sum), 0),
    );
    closeTo(await permutationShap(valuesOf(table, 1), 4, 1, 1, new RandomStream(1, "orders")), weights);
  });

  it("refuse more features than a mask has bits", async () => {
    const stream = new RandomStream(1, "kernel");
    await expect(kernelShap(() => new Float64Array(2), 31, 1, 100, stream)).rejects.toThrow(
      "expected 1 to 30 features, got 31",
    );
  });
});
