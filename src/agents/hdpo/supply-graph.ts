import { SUPPLIER } from "../../envs/inventory/problem.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";

/** An end of an edge that is no node: the supplier without limits, or customers. */
export const OUTSIDE = -1;

/**
 * An inventory network as a graph network sees it: besides its roads, edges to customers and, where stock may stay,
 * a loop for what is kept.
 *
 * Source: `class GNN` of Alvo et al. 2023, arXiv:2306.11246. Edges are ordered otherwise: roads between nodes, roads from
 * the supplier, loops, edges to customers, which wish for nothing that counts.
 */
export interface SupplyGraph {
  readonly numNodes: number;
  readonly numEdges: number;
  /** [numEdges], {@link OUTSIDE} where an end is no node. */
  readonly sources: Int32Array;
  readonly targets: Int32Array;
  /** [numEdges], 0 of customers and loops. */
  readonly leadTimes: Float64Array;
  /** [numNodes] one over the root of the number of edges that come in, and that go out. */
  readonly incomingScale: Float64Array;
  readonly outgoingScale: Float64Array;
  /** The first edges are those of the problem; so many of them are roads between nodes. */
  readonly numRoads: number;
  readonly numOrders: number;
  /** The first edges, which carry what is wished for: all but those to customers. */
  readonly numWishes: number;
  /** By node before the stores: its roads, and its loop where it has one. */
  readonly shipping: readonly Int32Array[];
  /** What stands beside a node's pipeline: its costs and, of a store, mean and spread of its demand. */
  readonly parameters: readonly Float64Array[];
  readonly numParameters: number;
  /** Entries of the longest pipeline. */
  readonly maxPipeline: number;
  /** How often messages are passed: as many times as it takes to get down a chain, else once. */
  readonly numRounds: number;
}

export function supplyGraphOf(simulator: InventorySimulator): SupplyGraph {
  const { problem, firstStore, numNodes } = simulator;
  const { nodes, edges, demand } = problem;
  // A node that may hold no stock ships all it has: nothing is kept.
  const loops = nodes.flatMap(({ holdsStock }, node) => (node < firstStore && holdsStock ? [node] : []));
  const stores = nodes.flatMap((_, node) => (node >= firstStore ? [node] : []));
  const sources = [...edges.map(({ from }) => (from === SUPPLIER ? OUTSIDE : from)), ...loops, ...stores];
  const targets = [...edges.map(({ to }) => to), ...loops, ...stores.map(() => OUTSIDE)];
  const scale = (ends: readonly number[]) =>
    Float64Array.from(nodes, (_, node) => 1 / Math.sqrt(Math.max(ends.filter((end) => end === node).length, 1)));
  const numRoads = edges.filter(({ from }) => from !== SUPPLIER).length;
  const numEchelons = nodes.filter(({ kind }) => kind === "echelon").length;
  const paysForOrders = edges.some(({ cost }) => cost > 0);
  const procurement = (node: number) => edges.find(({ from, to }) => from === SUPPLIER && to === node)?.cost ?? 0;
  const parameters = nodes.map(({ kind, holdingCost, underageCost }, node) => {
    if (kind === "echelon") return Float64Array.of(holdingCost);
    if (kind === "warehouse") {
      return paysForOrders ? Float64Array.of(holdingCost, procurement(node)) : Float64Array.of(holdingCost);
    }
    const store = node - firstStore;
    return Float64Array.of(holdingCost, underageCost, demand.mean[store], demand.std[store]);
  });
  return {
    numNodes,
    numEdges: sources.length,
    sources: Int32Array.from(sources),
    targets: Int32Array.from(targets),
    leadTimes: Float64Array.from(sources, (_, edge) => edges[edge]?.leadTime ?? 0),
    incomingScale: scale(targets),
    outgoingScale: scale(sources),
    numRoads,
    numOrders: edges.length,
    numWishes: edges.length + loops.length,
    shipping: Array.from({ length: firstStore }, (_, node) =>
      Int32Array.from([...sources.keys()].filter((edge) => sources[edge] === node)),
    ),
    parameters,
    numParameters: Math.max(...parameters.map(({ length }) => length)),
    maxPipeline: Math.max(...simulator.lengths),
    numRounds: numEchelons > 0 ? numEchelons + 1 : 1,
  };
}
