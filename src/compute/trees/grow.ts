import type { NodePool } from "./node-pool.js";
import { NO_LIMIT } from "./options.js";
import type { Split, Splitter } from "./splitter.js";

/** When a node stays a leaf. */
export interface GrowthLimits {
  readonly maxDepth: number;
  readonly minSamplesSplit: number;
  readonly minSamplesLeaf: number;
}

/** Grows one tree over `numRows` rows that the splitter has taken, depth first, into `pool`; answers with its root. */
export function growDepthFirst(splitter: Splitter, numRows: number, pool: NodePool, limits: GrowthLimits): number {
  const root = pool.add(1);
  const stack = [root, 0, numRows, 0];
  while (stack.length > 0) {
    const depth = stack.pop() as number;
    const end = stack.pop() as number;
    const start = stack.pop() as number;
    const node = stack.pop() as number;
    splitter.measure(start, end);
    record(splitter, pool, node);
    const split = isFinal(splitter, end - start, depth, limits) ? null : splitter.find(start, end);
    if (!split) {
      setLeaf(splitter, pool, node);
      continue;
    }
    const left = pool.add(2);
    pool.setSplit(node, split.feature, split.threshold, left);
    const middle = splitter.partition(start, end, split);
    stack.push(left + 1, middle, end, depth + 1, left, start, middle, depth + 1);
  }
  return root;
}

interface Candidate {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly split: Split;
  readonly gain: number;
}

/**
 * Grows one tree best first: of all leaves the one whose split gains most is split next, until there are
 * `maxLeafNodes`. Equal gains: the older node.
 */
export function growBestFirst(
  splitter: Splitter,
  numRows: number,
  pool: NodePool,
  limits: GrowthLimits,
  maxLeafNodes: number,
): number {
  const root = pool.add(1);
  const open: Candidate[] = [];
  const visit = (node: number, start: number, end: number, depth: number): void => {
    splitter.measure(start, end);
    record(splitter, pool, node);
    const { score } = splitter.statistics;
    const split = isFinal(splitter, end - start, depth, limits) ? null : splitter.find(start, end);
    setLeaf(splitter, pool, node);
    if (split) open.push({ node, start, end, depth, split: { ...split }, gain: split.score - score });
  };
  visit(root, 0, numRows, 0);
  for (let numLeaves = 1; numLeaves < maxLeafNodes && open.length > 0; numLeaves++) {
    const { node, start, end, depth, split } = takeBest(open);
    const left = pool.add(2);
    pool.setSplit(node, split.feature, split.threshold, left);
    const middle = splitter.partition(start, end, split);
    visit(left, start, middle, depth + 1);
    visit(left + 1, middle, end, depth + 1);
  }
  return root;
}

/** Grows best first where the number of leaves is bounded, else depth first. */
export function grow(
  splitter: Splitter,
  numRows: number,
  pool: NodePool,
  limits: GrowthLimits,
  maxLeafNodes: number,
): number {
  return maxLeafNodes >= NO_LIMIT
    ? growDepthFirst(splitter, numRows, pool, limits)
    : growBestFirst(splitter, numRows, pool, limits, maxLeafNodes);
}

function takeBest(open: Candidate[]): Candidate {
  let best = 0;
  for (let i = 1; i < open.length; i++) if (open[i].gain > open[best].gain) best = i;
  return open.splice(best, 1)[0];
}

function isFinal({ statistics }: Splitter, numRows: number, depth: number, limits: GrowthLimits): boolean {
  return (
    statistics.isPure ||
    depth >= limits.maxDepth ||
    numRows < limits.minSamplesSplit ||
    numRows < 2 * limits.minSamplesLeaf
  );
}

function record({ statistics }: Splitter, pool: NodePool, node: number): void {
  pool.samples[node] = statistics.weight;
  pool.impurity[node] = statistics.impurity;
  pool.nodeValues?.set(statistics.values, node * pool.numOutputs);
}

function setLeaf({ statistics }: Splitter, pool: NodePool, node: number): void {
  const { pureClass, values } = statistics;
  pool.setLeaf(node, pureClass >= 0 ? pureClass : pool.addLeafValues(values));
}
