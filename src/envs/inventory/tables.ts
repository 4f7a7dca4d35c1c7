import {
  firstStore,
  type InventoryProblem,
  LEAST_ORDER,
  numStores,
  pipelineStarts,
  type SampleFacts,
  SUPPLIER,
  sampleFacts,
  storeRoads,
} from "./problem.js";
import { HISTORY } from "./sales.js";
import { NO_SALES, type SalesTable, salesTable } from "./sales-table.js";

/** An inventory problem as its dynamics read it: numbers, and arrays of numbers. Yes is 1, no is 0. */
export interface InventoryTables {
  readonly numNodes: number;
  readonly numStores: number;
  /** Index of the first store: nodes before it supply others. */
  readonly firstStore: number;
  readonly numEdges: number;
  /** [numNodes + 1], state entry of each node's stock on hand; what arrives in 1, 2, … periods follows it. */
  readonly pipelineStart: ArrayLike<number>;
  /** [numNodes + 1], first edge that leaves each node; from the last on, edges from the supplier. */
  readonly edgeStart: ArrayLike<number>;
  /** [numEdges], state entry that an order is added to once a period has passed. */
  readonly arrivalCell: ArrayLike<number>;
  /** [numEdges], the node that an edge leads to. */
  readonly edgeTo: ArrayLike<number>;
  /** [numEdges], cost per unit ordered. */
  readonly edgeCost: ArrayLike<number>;
  /** What an order costs whatever its size, and the least units that are one. */
  readonly orderCost: number;
  readonly leastOrder: number;
  /** [numEdges], largest order in units. */
  readonly orderLimit: ArrayLike<number>;
  /** [numNodes] */
  readonly holdingCost: ArrayLike<number>;
  /** [firstStore], whether stock may stay at a node that supplies others. */
  readonly holdsStock: ArrayLike<number>;
  /** [numStores] */
  readonly underageCost: ArrayLike<number>;
  /** [numStores] */
  readonly mean: ArrayLike<number>;
  /** [numStores] */
  readonly deviation: ArrayLike<number>;
  /** Whether demand is Poisson; else it is normal. */
  readonly poisson: number;
  /** Weights of the part of demand that all stores share, and of each store's own: √ρ and √(1−ρ). */
  readonly sharedWeight: number;
  readonly ownWeight: number;
  readonly clipped: number;
  readonly lost: number;
  readonly profit: number;
  readonly wholeUnits: number;
  /** Recorded sales; `numSamples` is 0 where demand is drawn. */
  readonly sales: SalesTable;
  /** Weeks of demand that a policy sees. */
  readonly history: number;
  /** Where the facts of a sample lie behind {@link factsStart}. */
  readonly facts: SampleFacts;
  /** State entry of the first fact; the sample and the week follow the last. */
  readonly factsStart: number;
  /** [numEdges], state entry of a road's lead time, and -1 where it is the same for all samples. */
  readonly leadTimeCell: ArrayLike<number>;
  /** Of the roads that lead to stores, in order. */
  readonly storeLeadTimes: ArrayLike<number>;
}

/** Multiple of the mean demand behind an edge that bounds an order along it. */
const LARGEST_ORDER = 4;

/** Mean demand of the stores that each node leads to, units per period [numNodes]. */
export function flowThrough(problem: InventoryProblem): number[] {
  return sumBelow(problem, problem.demand.mean);
}

/** Sums of what stores have [numStores], over those that each node leads to [numNodes]. */
function sumBelow(problem: InventoryProblem, ofStores: readonly number[]): number[] {
  const { nodes, edges } = problem;
  const first = firstStore(problem);
  const below = (index: number, seen: Set<number>): Set<number> => {
    if (index >= first) return seen.add(index);
    for (const { from, to } of edges) if (from === index) below(to, seen);
    return seen;
  };
  return nodes.map((_, index) => {
    return [...below(index, new Set<number>())].reduce((sum, store) => sum + ofStores[store - first], 0);
  });
}

/**
 * Largest order along each edge, in units [numEdges]: four periods of the mean demand of all stores behind it; of
 * recorded sales, whose products differ, of their largest.
 */
export function orderLimits(problem: InventoryProblem): number[] {
  const flow = sumBelow(problem, problem.sales?.largest ?? problem.demand.mean);
  return problem.edges.map(({ to }) => LARGEST_ORDER * flow[to]);
}

/** The tables of a problem. */
export function tablesOf(problem: InventoryProblem): InventoryTables {
  const { nodes, edges, demand } = problem;
  const first = firstStore(problem);
  const starts = pipelineStarts(problem);
  const numInner = edges.filter(({ from }) => from !== SUPPLIER).length;
  // Edges are in the order of their sources, those of the supplier last.
  const leaving = [...nodes.keys(), nodes.length].map((node) => {
    const found = edges.findIndex(({ from }) => from >= node && from !== SUPPLIER);
    return found < 0 ? numInner : found;
  });
  const stores = nodes.slice(first);
  const count = numStores(problem);
  const factsStart = starts[nodes.length] + edges.length + 2 * count;
  const facts = sampleFacts(problem);
  const roads = storeRoads(problem);
  return {
    numNodes: nodes.length,
    numStores: count,
    firstStore: first,
    numEdges: edges.length,
    pipelineStart: Float64Array.from(starts),
    edgeStart: Float64Array.from(leaving),
    arrivalCell: Float64Array.from(edges, ({ to, leadTime }) => starts[to] + leadTime - 1),
    edgeTo: Float64Array.from(edges, ({ to }) => to),
    edgeCost: Float64Array.from(edges, ({ cost }) => cost),
    orderCost: problem.orderCost ?? 0,
    leastOrder: LEAST_ORDER,
    orderLimit: Float64Array.from(orderLimits(problem)),
    holdingCost: Float64Array.from(nodes, ({ holdingCost }) => holdingCost),
    holdsStock: Float64Array.from(nodes.slice(0, first), ({ holdsStock }) => (holdsStock ? 1 : 0)),
    underageCost: Float64Array.from(stores, ({ underageCost }) => underageCost),
    mean: Float64Array.from(demand.mean),
    deviation: Float64Array.from(demand.std),
    poisson: demand.kind === "poisson" ? 1 : 0,
    sharedWeight: Math.sqrt(demand.correlation),
    ownWeight: Math.sqrt(1 - demand.correlation),
    clipped: demand.clipped ? 1 : 0,
    lost: problem.unmet === "lost" ? 1 : 0,
    profit: problem.profit ? 1 : 0,
    wholeUnits: problem.wholeUnits ? 1 : 0,
    sales: problem.sales ? salesTable(problem.sales.data, count) : NO_SALES,
    history: HISTORY,
    facts,
    factsStart,
    storeLeadTimes: Float64Array.from(roads, (edge) => edges[edge].leadTime),
    leadTimeCell: Float64Array.from(edges, (_, edge) =>
      problem.sales?.drawnLeadTimes ? factsStart + facts.leadTimes + roads.indexOf(edge) : -1,
    ),
  };
}
