import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/core/random.js";
import {
  explainedBy,
  fitLogistic,
  fitPlane,
  fitSvm,
  type Hyperplane,
  heightOver,
  regressLast,
} from "../../src/interpret/hyperplane.js";
import { kMeans } from "../../src/interpret/kmeans.js";
import { smallestEigenvector, solveInPlace } from "../../src/interpret/linear-algebra.js";

const stream = () => new RandomStream(4, "test");
const numbers = (length: number) =>
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: length, maxLength: length });

/** A plane at the same places, with the last weight −1. */
const solvedForLast = ({ bias, weights }: Hyperplane) => {
  const last = -weights[weights.length - 1];
  return [bias / last, ...[...weights].map((weight) => weight / last)];
};

describe("small linear algebra", () => {
  it("solves what was multiplied", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), numbers(25), numbers(5), (n, entries, x) => {
        const a = Float64Array.from({ length: n * n }, (_, i) => entries[i] + (i % (n + 1) === 0 ? 30 : 0));
        const b = Float64Array.from({ length: n }, (_, row) => {
          let sum = 0;
          for (let k = 0; k < n; k++) sum += a[row * n + k] * x[k];
          return sum;
        });
        solveInPlace(a, b, n).forEach((value, i) => {
          expect(value).toBeCloseTo(x[i], 9);
        });
      }),
    );
  });

  it("leaves out what nothing determines", () => {
    expect([...solveInPlace(Float64Array.of(2, 0, 0, 0), Float64Array.of(4, 0), 2)]).toEqual([2, 0]);
  });

  it("finds the direction in which a symmetric matrix does least", () => {
    // Eigenvalues 1 and 3 along the diagonals.
    const [x, y] = smallestEigenvector(Float64Array.of(2, 1, 1, 2), 2);
    expect(Math.abs(x)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(x).toBeCloseTo(-y, 12);
  });
});

describe("k-means", () => {
  it("finds clusters that lie apart, whichever points it starts from", () => {
    const noise = stream();
    const points = Float64Array.from(
      { length: 120 },
      (_, i) => (Math.floor(i / 40) === 0 ? 0 : Math.floor(i / 40) * 10) + noise.normal(),
    );
    const { labels, centres } = kMeans(points, 2, 3, new RandomStream(1, "k"));
    for (let cluster = 0; cluster < 3; cluster++) {
      const own = new Set(labels.slice(cluster * 20, (cluster + 1) * 20));
      expect(own.size).toBe(1);
    }
    expect([...centres].map((c) => Math.round(c / 10) + 0).sort()).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("is the same for the same stream, and no single point would be better off in another cluster", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 60 }), (list) => {
        const points = Float64Array.from(list.slice(0, list.length - (list.length % 2)));
        const one = kMeans(points, 2, 2, stream());
        expect(kMeans(points, 2, 2, stream())).toEqual(one);
        for (let p = 0; p < points.length / 2; p++) {
          const distance = (c: number) =>
            Math.hypot(points[2 * p] - one.centres[2 * c], points[2 * p + 1] - one.centres[2 * c + 1]);
          expect(distance(one.labels[p])).toBeLessThanOrEqual(distance(1 - one.labels[p]) + 1e-9);
        }
      }),
    );
  });

  it("refuses fewer points than clusters", () => {
    expect(() => kMeans(Float64Array.of(1), 1, 2, stream())).toThrow("expected 2 or more points for 2 clusters, got 1");
  });
});

describe("a plane through points", () => {
  it("is found exactly by both kinds of least squares when all points lie on it", () => {
    fc.assert(
      fc.property(numbers(3), (drawn) => {
        // A plane that is flat but for 1e-13 is explained as far as rounding lets it.
        const b = drawn.map((number) => Math.round(number * 1e6) / 1e6);
        const noise = stream();
        const points = Float64Array.from({ length: 60 }, () => 0);
        for (let p = 0; p < 20; p++) {
          const [x, y] = [noise.normal(), noise.normal()];
          points.set([x, y, b[0] + b[1] * x + b[2] * y], 3 * p);
        }
        for (const plane of [regressLast(points, 3), fitPlane(points, 3, [1, 1, 1])]) {
          const [bias, ...weights] = solvedForLast(plane);
          expect(bias).toBeCloseTo(b[0], 6);
          expect(weights[0]).toBeCloseTo(b[1], 6);
          expect(weights[1]).toBeCloseTo(b[2], 6);
          expect(explainedBy(plane, points, [1, 1, 1])).toBeCloseTo(1, 6);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("parallel to the last axis is found by total least squares alone", () => {
    const points = Float64Array.of(1, -2, 1, 0, 1, 3);
    const { weights, bias } = fitPlane(points, 2, [1, 1]);
    expect(Math.abs(weights[0])).toBeCloseTo(1, 9);
    expect(weights[1]).toBeCloseTo(0, 9);
    expect(-bias / weights[0]).toBeCloseTo(1, 9);
    // The regression answers a horizontal line, which explains nothing.
    const flat = regressLast(points, 2);
    expect(flat.weights[0]).toBe(0);
    expect(explainedBy(flat, points, [1, 1], 1)).toBeCloseTo(0, 9);
  });

  it("explains a share of the variance that is one minus what is left over", () => {
    // y = x but for ±1: four squares of 1 are left; around its mean 1.5 y has 0.25 + 2.25 + 2.25 + 0.25 = 5.
    const points = Float64Array.of(0, 1, 1, 0, 2, 3, 3, 2);
    const line = { bias: 0, weights: Float64Array.of(1, -1) };
    expect(explainedBy(line, points, [1, 1], 1)).toBeCloseTo(1 - 4 / 5, 12);
  });
});

describe("a plane between two kinds of points", () => {
  const noise = stream();
  const points = Float64Array.from({ length: 400 }, () => 2 * noise.uniform() - 1);
  const truth = { bias: 0.2, weights: Float64Array.of(1, -2) };
  const labels = Int32Array.from({ length: 200 }, (_, p) => (heightOver(truth, points, p) > 0 ? 1 : 0));

  it.each([
    ["a support vector machine", () => fitSvm(points, 2, labels, stream(), { cost: 100, maxEpochs: 2000 })],
    ["a logistic regression", () => fitLogistic(points, 2, labels, [1, 1])],
  ])("is found by %s, with label 1 above it", (_name, find) => {
    const plane = find();
    let right = 0;
    for (let p = 0; p < 200; p++) if (heightOver(plane, points, p) > 0 === (labels[p] === 1)) right++;
    expect(right).toBeGreaterThanOrEqual(196);
    expect(plane.weights[1] / plane.weights[0]).toBeCloseTo(-2, 0);
  });

  it("lies halfway when two points are all there is", () => {
    const { bias, weights } = fitSvm(Float64Array.of(-1, 1), 1, [0, 1], stream(), { cost: 10 });
    expect(weights[0]).toBeCloseTo(1, 4);
    expect(bias).toBeCloseTo(0, 4);
  });
});
