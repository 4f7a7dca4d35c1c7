import {
  type ClassificationData,
  fillForestRow,
  fitForest,
  fitTree,
  numForestNodes,
  numNodesOf,
  predictForestClasses,
} from "../src/compute/trees/index.js";
import { RandomStream } from "../src/core/random.js";
import type { Bench } from "./harness/bench.js";
import { median } from "./harness/timing.js";

const NUM_ROWS = 50_000;
const NUM_TEST_ROWS = 5_000;
const NUM_FEATURES = 6;
const REPEATS = 3;

interface Case {
  readonly model: "tree" | "extra-trees" | "random-forest";
  readonly numClasses: 2 | 4;
  readonly numTrees: number;
}

interface Result {
  /** Seconds of processor time in Node, else of the clock. */
  readonly seconds: number;
  readonly isProcessorTime: boolean;
  readonly nodes: number;
  readonly accuracy: number;
  /** Microseconds for one row. */
  readonly randomRow: number;
  readonly episodeRow: number;
}

/** What scikit-learn 1.2 did with 50,000 such rows on one core, processor time. */
const SCIKIT: Readonly<Record<string, string>> = {
  "tree 2": "scikit-learn 0.476 s",
  "tree 4": "scikit-learn 0.470 s",
  "extra-trees 2": "scikit-learn 2.96 s",
  "extra-trees 4": "scikit-learn 3.65 s",
  "random-forest 2": "scikit-learn 9.96 s",
  "random-forest 4": "scikit-learn 10.6 s",
};

/** Seconds to fit, by target; null where none is set. */
const FIT_TARGETS = { tree: null, "extra-trees": 2.5, "random-forest": 6 } as const;

/** Fitting and asking trees and forests, 50,000 rows of 6 inputs. */
export const trees: Bench<Case, Result> = {
  name: "trees",
  title: "trees and forests on 50,000 rows of 6 inputs, one core",
  platforms: ["node", "chromium"],
  cases: ({ quick }) =>
    ([2, 4] as const).flatMap((numClasses) =>
      (["tree", "extra-trees", "random-forest"] as const).map((model) => ({
        model,
        numClasses,
        numTrees: model === "tree" ? 1 : quick ? 10 : 100,
      })),
    ),

  async measure({ model, numClasses, numTrees }) {
    const data = upsideDownRows(NUM_ROWS, numClasses, 1);
    const test = upsideDownRows(NUM_TEST_ROWS, numClasses, 2);
    const isProcessorTime = typeof process !== "undefined";
    // Seconds; a busy machine stretches processor time less than the clock.
    const now = () => {
      if (!isProcessorTime) return performance.now() / 1000;
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    };
    const seconds: number[] = [];
    const timed = <T>(work: () => T): T => {
      const start = now();
      const result = work();
      seconds.push(now() - start);
      return result;
    };
    if (model === "tree") {
      let nodes = 0;
      for (let i = 0; i < REPEATS; i++) nodes = numNodesOf(timed(() => fitTree(data)));
      const result = { nodes, accuracy: Number.NaN, randomRow: Number.NaN, episodeRow: Number.NaN };
      return { ...result, seconds: median(seconds), isProcessorTime };
    }
    let forest = timed(() => fitForest(model, data, { numTrees }, 1));
    for (let i = 1; i < REPEATS; i++) forest = timed(() => fitForest(model, data, { numTrees }, 1));
    const classes = predictForestClasses(forest, test.inputs);
    const hits = classes.reduce((sum, label, row) => sum + (label === test.labels[row] ? 1 : 0), 0);
    const out = new Float64Array(numClasses);
    const perRow = (inputs: Float32Array) => {
      const times = Array.from({ length: REPEATS + 2 }, () => {
        const start = now();
        for (let row = 0; row < NUM_TEST_ROWS; row++) fillForestRow(forest, inputs, row * NUM_FEATURES, out);
        return ((now() - start) * 1e6) / NUM_TEST_ROWS;
      });
      return median(times);
    };
    return {
      seconds: median(seconds),
      isProcessorTime,
      nodes: numForestNodes(forest),
      accuracy: hits / NUM_TEST_ROWS,
      randomRow: perRow(test.inputs),
      episodeRow: perRow(walk()),
    };
  },

  rows: (measured) =>
    measured.flatMap(({ platform, case: { model, numClasses, numTrees }, result }) => {
      const what = `${model}, ${numClasses} classes`;
      const isWhole = numTrees === 100 || model === "tree";
      const target = isWhole ? FIT_TARGETS[model] : null;
      const time = result.isProcessorTime ? "processor time" : "clock";
      const size = `${result.nodes.toLocaleString("en-US")} nodes`;
      const fitRow = {
        what: `${what}: fit${model === "tree" ? "" : ` ${numTrees}`}`,
        platform,
        value: result.seconds,
        unit: "s",
        target: target === null ? undefined : ({ value: target, better: "lower" } as const),
        comparison: isWhole ? SCIKIT[`${model} ${numClasses}`] : undefined,
        note: `${time}, median of ${REPEATS}; ${size}`,
      };
      if (model === "tree") return [fitRow];
      const ask = (name: string, value: number, limit: number) => ({
        what: `${what}: one row, ${name}`,
        platform,
        value,
        unit: "µs",
        target: { value: limit, better: "lower" } as const,
        comparison: isWhole ? "scikit-learn 2,600 to 3,000 µs" : undefined,
        note: `${time}, ${numTrees} trees, mean of ${NUM_TEST_ROWS.toLocaleString("en-US")}; accuracy ${result.accuracy.toFixed(3)}`,
      });
      return [fitRow, ask("along an episode", result.episodeRow, 20), ask("random", result.randomRow, 120)];
    }),
};

/** Rows like those of upside-down learning: four of a state, desired return and horizon; 15 % of the labels are noise. */
function upsideDownRows(numRows: number, numClasses: number, seed: number): ClassificationData {
  const stream = new RandomStream(seed, "bench/trees");
  const inputs = new Float32Array(numRows * NUM_FEATURES);
  const labels = new Int32Array(numRows);
  for (let row = 0; row < numRows; row++) {
    const x = inputs.subarray(row * NUM_FEATURES, (row + 1) * NUM_FEATURES);
    for (let i = 0; i < 4; i++) x[i] = stream.normal();
    x[4] = 4 * stream.uniform();
    x[5] = 4 * stream.uniform();
    const drive = x[2] + 0.5 * x[3] + 0.3 * x[0] * (x[4] - 2) + 0.2 * x[1];
    const label = Math.min(numClasses - 1, Math.max(0, Math.floor(((drive + 2) / 4) * numClasses)));
    labels[row] = stream.uniform() < 0.15 ? stream.integer(numClasses) : label;
  }
  return { inputs, numFeatures: NUM_FEATURES, labels, numClasses };
}

/** Rows that differ a little from one to the next, as the states of an episode do. */
function walk(): Float32Array {
  const stream = new RandomStream(3, "bench/trees");
  const rows = upsideDownRows(NUM_TEST_ROWS, 2, 4).inputs;
  for (let i = NUM_FEATURES; i < rows.length; i++) {
    // A new episode every 200 rows.
    if (Math.floor(i / NUM_FEATURES) % 200 !== 0) rows[i] = rows[i - NUM_FEATURES] + 0.02 * (stream.uniform() - 0.5);
  }
  return rows;
}
