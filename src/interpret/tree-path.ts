import { type DecisionNodes, pathOf, type Tree } from "../compute/trees/tree.js";

/** How a reader knows an input: `Feature` of a world, or a column of a table without a unit. */
export interface NamedInput {
  readonly name: string;
  readonly unit: string;
}

/** One test on the way of a row through a tree. */
export interface PathStep {
  readonly node: number;
  /** Index of the input. */
  readonly feature: number;
  readonly threshold: number;
  /** What the row has. */
  readonly value: number;
  /** value <= threshold. */
  readonly goesLeft: boolean;
}

/** The tests that a row `x` [numFeatures] meets, from the root on; none in a tree of one leaf. */
export function decisionPath(tree: DecisionNodes, x: ArrayLike<number>): PathStep[] {
  return pathOf(tree, x)
    .slice(0, -1)
    .map((node) => {
      const feature = tree.feature[node];
      const threshold = tree.threshold[node];
      return { node, feature, threshold, value: x[feature], goesLeft: x[feature] <= threshold };
    });
}

/** The inputs for which a tree takes one path, an interval each: above `low`, at most `high`. */
export interface FeatureInterval {
  readonly feature: number;
  /** -Infinity where there is no bound. */
  readonly low: number;
  /** Infinity where there is no bound. */
  readonly high: number;
}

/** A path with the tests of one input drawn together, in the order in which they first occur. */
export function mergedPath(steps: readonly PathStep[]): FeatureInterval[] {
  const merged = new Map<number, { low: number; high: number }>();
  for (const { feature, threshold, goesLeft } of steps) {
    const interval = merged.get(feature) ?? { low: -Infinity, high: Infinity };
    if (goesLeft) interval.high = Math.min(interval.high, threshold);
    else interval.low = Math.max(interval.low, threshold);
    merged.set(feature, interval);
  }
  return [...merged].map(([feature, interval]) => ({ feature, ...interval }));
}

/** One test in words: `pole angle <= 0.012 rad (it is -0.03)`. */
export function stepText({ feature, threshold, value, goesLeft }: PathStep, inputs: readonly NamedInput[]): string {
  const { name, unit } = inputs[feature];
  const bound = `${readable(threshold)}${unit === "" ? "" : ` ${unit}`}`;
  return `${name} ${goesLeft ? "<=" : ">"} ${bound} (it is ${readable(value, threshold)})`;
}

/** A path in words, one line a test, and what the leaf answers. */
export function pathText(
  tree: Tree,
  x: ArrayLike<number>,
  inputs: readonly NamedInput[],
  answer: (leaf: number) => string,
): string[] {
  const path = pathOf(tree, x);
  return [...decisionPath(tree, x).map((step) => stepText(step, inputs)), answer(path[path.length - 1])];
}

/** Three significant digits; more where two numbers would otherwise read the same. */
function readable(value: number, other = Number.NaN): string {
  for (let digits = 3; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (short !== Number(other.toPrecision(digits)) || value === other) return String(short);
  }
  return String(value);
}
