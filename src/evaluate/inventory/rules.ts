import { type InventoryProblem, pipelineLengths, pipelineStarts, roadName } from "../../envs/inventory/problem.js";
import type { Orders } from "./measure-cost.js";
import { shipFeasibly } from "./orders-of-actor.js";
import { InventorySimulator } from "./simulator.js";

/** A policy of few numbers, in units. Plain data. */
export type InventoryRule =
  /** One store orders up to a level of what it has and expects. */
  | { readonly rule: "base-stock"; readonly level: number }
  /** The same, but never more than `most` at once. */
  | { readonly rule: "capped-base-stock"; readonly level: number; readonly most: number }
  /** One store waits until what it has and expects has fallen to `reorder`, then orders up to `level`: (s, S). */
  | { readonly rule: "reorder-point"; readonly reorder: number; readonly level: number }
  /**
   * One store orders by what it has and expects: entry i from i × `step` units on, the last entry
   * beyond that too.
   */
  | { readonly rule: "order-table"; readonly step: number; readonly orders: readonly number[] }
  /**
   * Every node orders up to a level of what it and all it serves have and expect [numNodes]; infinite: all there is. A
   * node that has too little shares it in proportion to the orders; one that may hold no stock ships all it has, so that
   * all stores can bear equally much more demand than they expect.
   */
  | { readonly rule: "echelon-base-stock"; readonly levels: readonly number[] }
  /**
   * Every road carries what its end lacks of a level [numEdges], at most `most` [numEdges] at once; infinite: no bound.
   * An end counts what it has and expects, and where `echelon` what all that it serves have and expect. A node that has
   * too little shares it in proportion to the orders; one that may hold no stock ships all it has in that proportion.
   */
  | {
      readonly rule: "road-levels";
      readonly levels: readonly number[];
      readonly most: readonly number[];
      readonly echelon: boolean;
    };

/** What a rule does, in words: `order up to 19, at most 6 at once`. */
export function ruleText(rule: InventoryRule, problem: InventoryProblem): string {
  const units = (value: number) => (Number.isFinite(value) ? String(Number(value.toFixed(2))) : "all there is");
  switch (rule.rule) {
    case "base-stock":
      return `order up to ${units(rule.level)}`;
    case "capped-base-stock":
      return `order up to ${units(rule.level)}, at most ${units(rule.most)} at once`;
    case "reorder-point":
      return `at ${units(rule.reorder)} or less order up to ${units(rule.level)}`;
    case "order-table":
      return orderTableText(rule.orders, rule.step, units);
    case "echelon-base-stock":
      return problem.nodes.map(({ name }, node) => `${name} up to ${units(rule.levels[node])}`).join(", ");
    case "road-levels":
      return problem.edges
        .map((edge, i) => {
          const most = Number.isFinite(rule.most[i]) ? `, at most ${units(rule.most[i])} at once` : "";
          return `${roadName(problem, edge)} up to ${units(rule.levels[i])}${most}`;
        })
        .join("; ");
    default:
      return rule satisfies never;
  }
}

/** `order 6 up to 13, 5 up to 15, 0 beyond`: neighbours that order the same are said once. */
function orderTableText(orders: readonly number[], step: number, units: (value: number) => string): string {
  const parts = orders.flatMap((order, i) => {
    const last = i === orders.length - 1;
    if (!last && units(orders[i + 1]) === units(order)) return [];
    return [last ? `${units(order)} beyond` : `${units(order)} below ${units((i + 1) * step)}`];
  });
  return `order ${parts.join(", ")}`;
}

/** The orders of a rule in an inventory network. Throws `RangeError` where the rule is for another kind of network. */
export function ordersOf(rule: InventoryRule, problem: InventoryProblem): Orders {
  const numNodes = problem.nodes.length;
  switch (rule.rule) {
    case "base-stock":
    case "capped-base-stock": {
      checkAlone(rule, numNodes);
      const most = rule.rule === "base-stock" ? Number.POSITIVE_INFINITY : rule.most;
      return storeOrders(pipelineLengths(problem)[0], (position) => Math.min(most, Math.max(0, rule.level - position)));
    }
    case "reorder-point":
      checkAlone(rule, numNodes);
      return storeOrders(pipelineLengths(problem)[0], (position) =>
        position <= rule.reorder ? Math.max(0, rule.level - position) : 0,
      );
    case "order-table": {
      checkAlone(rule, numNodes);
      const { step, orders } = rule;
      const last = orders.length - 1;
      return storeOrders(pipelineLengths(problem)[0], (position) => {
        return orders[Math.max(0, Math.min(last, Math.floor(position / step)))];
      });
    }
    case "echelon-base-stock":
      if (numNodes !== rule.levels.length) {
        throw new RangeError(`expected ${numNodes} levels, one for each node, got ${rule.levels.length}`);
      }
      return echelonOrders(rule.levels, problem);
    case "road-levels":
      if (problem.edges.length !== rule.levels.length || problem.edges.length !== rule.most.length) {
        throw new RangeError(`expected ${problem.edges.length} levels, one for each road, got ${rule.levels.length}`);
      }
      return roadOrders(rule, problem);
    default:
      return rule satisfies never;
  }
}

function checkAlone({ rule }: InventoryRule, numNodes: number): void {
  if (numNodes !== 1) throw new RangeError(`expected one store for a ${rule} rule, got ${numNodes} nodes`);
}

/** Orders of one store that look at no more than what it has and expects. */
function storeOrders(width: number, orderOf: (position: number) => number): Orders {
  return (pipelines, numTraces, orders) => {
    for (let trace = 0; trace < numTraces; trace++) {
      let position = 0;
      for (let entry = trace * width; entry < (trace + 1) * width; entry++) position += pipelines[entry];
      orders[trace] = orderOf(position);
    }
  };
}

/** More units than any network has. */
const ENDLESS = 1e9;

/**
 * Fills what every node has and expects [numNodes] in a trace; where `echelon`, with what all that it serves by their own
 * edges have and expect.
 */
export function positionsOf(problem: InventoryProblem, echelon: boolean) {
  const { nodes, edges } = problem;
  const starts = pipelineStarts(problem);
  const own = ownEdges(problem);
  const served = nodes.map((_, from) =>
    echelon ? nodes.flatMap((_, node) => (edges[own[node]].from === from ? [node] : [])) : [],
  );
  const depth = (node: number): number => (edges[own[node]].from < 0 ? 0 : 1 + depth(edges[own[node]].from));
  // Those that are served come before whoever serves them.
  const upwards = Int32Array.from(nodes.keys()).sort((a, b) => depth(b) - depth(a));
  const width = starts[nodes.length];
  return (pipelines: Float64Array, trace: number, positions: Float64Array): void => {
    for (const node of upwards) {
      let position = 0;
      for (let entry = starts[node]; entry < starts[node + 1]; entry++) position += pipelines[trace * width + entry];
      for (const next of served[node]) position += positions[next];
      positions[node] = position;
    }
  };
}

function roadOrders(
  { levels, most, echelon }: InventoryRule & { rule: "road-levels" },
  problem: InventoryProblem,
): Orders {
  const { nodes, edges } = problem;
  const simulator = new InventorySimulator(problem);
  const positions = new Float64Array(nodes.length);
  const fillPositions = positionsOf(problem, echelon);
  return (pipelines, numTraces, orders) => {
    for (let trace = 0; trace < numTraces; trace++) {
      fillPositions(pipelines, trace, positions);
      for (let edge = 0; edge < edges.length; edge++) {
        const lacks = Math.max(0, Math.min(levels[edge], ENDLESS) - positions[edges[edge].to]);
        orders[trace * edges.length + edge] = Math.min(most[edge], lacks);
      }
    }
    shipFeasibly(simulator, pipelines, numTraces, orders);
  };
}

function echelonOrders(levels: readonly number[], problem: InventoryProblem): Orders {
  const { nodes, edges } = problem;
  const starts = pipelineStarts(problem);
  const width = starts[nodes.length];
  const own = ownEdges(problem);
  const served = nodes.map((_, from) => nodes.flatMap((_, node) => (edges[own[node]].from === from ? [node] : [])));
  const positions = new Float64Array(nodes.length);
  const fillPositions = positionsOf(problem, true);
  const shareEvenly = evenShares(problem, own);
  return (pipelines, numTraces, orders) => {
    orders.fill(0, 0, numTraces * edges.length);
    for (let trace = 0; trace < numTraces; trace++) {
      const row = trace * width;
      const firstOrder = trace * edges.length;
      fillPositions(pipelines, trace, positions);
      for (let node = 0; node < nodes.length; node++) {
        orders[firstOrder + own[node]] = Math.max(0, Math.min(levels[node], ENDLESS) - positions[node]);
      }
      for (let from = 0; from < nodes.length; from++) {
        if (served[from].length === 0) continue;
        const onHand = Math.max(0, pipelines[row + starts[from]]);
        if (!nodes[from].holdsStock) {
          shareEvenly(served[from], onHand, positions, orders, firstOrder);
          continue;
        }
        let wanted = 0;
        for (const node of served[from]) wanted += orders[firstOrder + own[node]];
        if (wanted <= onHand) continue;
        for (const node of served[from]) orders[firstOrder + own[node]] *= onHand / wanted;
      }
    }
  };
}

/** By node the edge it is served by: the shortest, the first of equals. */
export function ownEdges({ nodes, edges }: InventoryProblem): number[] {
  return nodes.map((_, node) => {
    let best = -1;
    edges.forEach(({ to, leadTime }, edge) => {
      if (to === node && (best < 0 || leadTime < edges[best].leadTime)) best = edge;
    });
    return best;
  });
}

/**
 * Ships all of `onHand` so that the stores that get some end up with positions equally many standard deviations above
 * the demand they expect until the next shipment helps.
 */
function evenShares({ nodes, demand, edges }: InventoryProblem, own: readonly number[]) {
  const first = nodes.length - demand.mean.length;
  const expected = nodes.map((_, node) => (demand.mean[node - first] ?? 0) * (edges[own[node]].leadTime + 1));
  const deviation = nodes.map((_, node) => demand.std[node - first] || 1);
  const scores = new Float64Array(nodes.length);
  const byScore = new Int32Array(nodes.length);
  return (
    stores: readonly number[],
    onHand: number,
    positions: Float64Array,
    orders: Float64Array,
    firstOrder: number,
  ): void => {
    // Poorest first, by insertion.
    for (let i = 0; i < stores.length; i++) {
      const node = stores[i];
      scores[node] = (positions[node] - expected[node]) / deviation[node];
      let at = i;
      for (; at > 0 && scores[byScore[at - 1]] > scores[node]; at--) byScore[at] = byScore[at - 1];
      byScore[at] = node;
      orders[firstOrder + own[node]] = 0;
    }
    // The score that the poorest few can be brought to, with the next one while that is still below it.
    let [units, spread, score, count] = [onHand, 0, 0, 0];
    for (; count < stores.length; count++) {
      const node = byScore[count];
      if (count > 0 && scores[node] >= score) break;
      units += positions[node] - expected[node];
      spread += deviation[node];
      score = units / spread;
    }
    for (let i = 0; i < count; i++) {
      const node = byScore[i];
      orders[firstOrder + own[node]] = expected[node] + score * deviation[node] - positions[node];
    }
  };
}
