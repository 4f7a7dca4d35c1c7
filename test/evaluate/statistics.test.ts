import { describe, expect, test } from "vitest";
import { RandomStream } from "../../src/core/random.js";
import { bootstrapInterval } from "../../src/evaluate/bootstrap.js";
import { meanInterval } from "../../src/evaluate/interval.js";
import {
  interquartileMean,
  mean,
  populationDeviation,
  probabilityOfImprovement,
  quantileOfSorted,
  sampleDeviation,
} from "../../src/evaluate/statistics.js";
import { studentTCdf, studentTQuantile } from "../../src/evaluate/student-t.js";
import oracle from "../oracles/stats.json" with { type: "json" };

const samples: Readonly<Record<string, readonly number[]>> = oracle.samples;
const aggregates: Readonly<Record<string, { readonly scores: readonly (readonly number[])[] }>> = oracle.aggregates;
/** The oracle lists runs of tasks; ours are tasks of runs. */
const tasksOf = (name: string) => {
  const { scores } = aggregates[name];
  return scores[0].map((_, task) => scores.map((run) => run[task]));
};
const near = (actual: number | null, expected: number) => {
  expect(actual).not.toBeNull();
  expect(Math.abs(Number(actual) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
};

describe("statistics against scipy and the formulas of rliable", () => {
  test.each(Object.entries(oracle.aggregates))("%s: mean and interquartile mean", (name, expected) => {
    const all = tasksOf(name).flat();
    near(mean(all), expected.mean);
    near(interquartileMean(all), expected.iqm);
  });

  test.each(oracle.probability_of_improvement)("probability that $x improves on $y is $value", ({ x, y, value }) => {
    near(probabilityOfImprovement(tasksOf(x), tasksOf(y)), value);
  });

  test.each(oracle.student_t_intervals)("interval of $sample at $level", ({ sample, level, ...expected }) => {
    const { mean: centre, low, high } = meanInterval(samples[sample], level);
    near(centre, expected.mean);
    near(low, expected.low);
    near(high, expected.high);
    near(sampleDeviation(samples[sample]), expected.sd_ddof1);
  });

  test("quantiles and distribution of Student's t", () => {
    for (const { x, df, value } of oracle.quantiles.t_cdf) near(studentTCdf(x, df), value);
    for (const { p, df, value } of oracle.quantiles.t) {
      const quantile = studentTQuantile(p, df);
      // scipy inverts its distribution function to about 1e-8 only; ours gives back the probability.
      expect(Math.abs(quantile - value)).toBeLessThan(2e-8 * Math.max(1, Math.abs(value)));
      expect(studentTCdf(quantile, df)).toBeCloseTo(p, 13);
    }
  });

  test("one and two degrees of freedom have closed forms", () => {
    for (const p of [0.6, 0.9, 0.975, 0.9995]) {
      expect(studentTQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5))).toBeCloseTo(1, 11);
      const alpha = 4 * p * (1 - p);
      expect(studentTQuantile(p, 2) / (2 * (p - 0.5) * Math.sqrt(2 / alpha))).toBeCloseTo(1, 11);
    }
  });

  test("percentiles and both standard deviations", () => {
    const { x, linear, std_ddof0, std_ddof1 } = oracle.percentiles;
    const sorted = [...x].sort((a, b) => a - b);
    for (const [percent, value] of Object.entries(linear)) near(quantileOfSorted(sorted, Number(percent) / 100), value);
    near(populationDeviation(x), std_ddof0);
    near(sampleDeviation(x), std_ddof1);
  });
});

describe("statistics by hand", () => {
  test("the interquartile mean of 1 … 8 leaves out 1, 2, 7 and 8", () => {
    expect(interquartileMean([8, 1, 1000, 3, 4, 5, 6, 2])).toBe((3 + 4 + 5 + 6) / 4);
    expect(interquartileMean([])).toBeNaN();
  });

  test("ties count half, and two lists against one are averaged by task", () => {
    expect(probabilityOfImprovement([[1, 2]], [[1]])).toBe(0.75);
    expect(probabilityOfImprovement([[1], [0]], [[0], [1, 1]])).toBe(0.5);
    expect(() => probabilityOfImprovement([[1]], [])).toThrow(new RangeError("expected returns for 1 tasks, got 0"));
  });

  test("a t quantile is odd in its probability, and refuses what is none", () => {
    expect(studentTQuantile(0.5, 3)).toBe(0);
    expect(studentTQuantile(0.025, 4)).toBeCloseTo(-2.776445105, 8);
    expect(() => studentTQuantile(1, 4)).toThrow(RangeError);
    expect(() => studentTQuantile(0.5, 0)).toThrow("expected degrees of freedom above 0, got 0");
  });
});

describe("the stratified bootstrap", () => {
  const meanOf = (tasks: readonly Float64Array[]) => mean(tasks.flatMap((values) => [...values]));

  test("the same stream gives the same interval, around the statistic", () => {
    const runs = tasksOf("B10x6");
    const draw = (seed: number) => bootstrapInterval(runs, meanOf, { stream: new RandomStream(seed, "bootstrap") });
    const { low, high } = draw(1);
    expect(draw(1)).toEqual({ low, high });
    expect(draw(2)).not.toEqual({ low, high });
    const centre = mean(runs.flat());
    expect(low).toBeLessThan(centre);
    expect(high).toBeGreaterThan(centre);
  });

  test("its width is that of the normal approximation when there are many runs", () => {
    const stream = new RandomStream(3, "normal");
    const values = Array.from({ length: 400 }, () => stream.normal());
    const { low, high } = bootstrapInterval([values], meanOf, { stream: new RandomStream(1, "bootstrap") });
    const expected = (2 * 1.96 * sampleDeviation(values)) / Math.sqrt(400);
    expect((high - low) / expected).toBeGreaterThan(0.9);
    expect((high - low) / expected).toBeLessThan(1.1);
  });

  test("resampling stays within tasks: tasks that do not vary give no width, however far apart", () => {
    const { low, high } = bootstrapInterval(
      [
        [1, 1, 1],
        [9, 9],
      ],
      meanOf,
      { stream: new RandomStream(1, "bootstrap") },
    );
    expect([low, high]).toEqual([4.2, 4.2]);
    expect(() => bootstrapInterval([[]], meanOf, { stream: new RandomStream(1, "bootstrap") })).toThrow(RangeError);
  });
});
