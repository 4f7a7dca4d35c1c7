import { HISTORY } from "./sales.js";

/**
 * An inventory network: who holds stock, who ships to whom and how long that takes, what it costs, and what is asked
 * for. Everything that plays, differentiates, solves or draws such a network reads this.
 *
 * Source: Alvo, Russo, Kanoria & Lee 2023, arXiv:2306.11246, and its simulator.
 */
export type NodeKind = "echelon" | "warehouse" | "store";

/** The `from` of an edge along which a supplier without limits delivers. */
export const SUPPLIER = -1;

export interface InventoryNode {
  readonly kind: NodeKind;
  /** What people call it: `store 1`. */
  readonly name: string;
  /** Cost per unit on hand at the end of a period. */
  readonly holdingCost: number;
  /** Cost per unit of demand that is not met at once (of profit: price per unit sold); 0 unless a store. */
  readonly underageCost: number;
  /** Whether stock may stay; a transshipment point ships all that arrives. */
  readonly holdsStock: boolean;
}

/** A road: orders sent along it in period t can be used at the start of period t + leadTime. */
export interface InventoryEdge {
  /** Index of a node, or {@link SUPPLIER}. */
  readonly from: number;
  readonly to: number;
  /** Periods, at least 1. */
  readonly leadTime: number;
  /** Cost per unit ordered. */
  readonly cost: number;
}

/** What customers ask for, in each period anew and independent of other periods unless it is recorded (`traces`). */
export interface DemandModel {
  readonly kind: "poisson" | "normal" | "traces";
  /** [numStores], units per period. */
  readonly mean: readonly number[];
  /** [numStores], standard deviation in units; that of Poisson is the root of its mean. */
  readonly std: readonly number[];
  /** Between any two stores, 0 to 1; normal demand only. */
  readonly correlation: number;
  /** Whether negative draws of normal demand count as 0. */
  readonly clipped: boolean;
}

/** Demand that is recorded sales, sample by sample: `sales-table.ts` has the samples. */
export interface RecordedSales {
  /** Id of the sales; empty for the generated stand-in. */
  readonly data: string;
  /** Largest weekly sales of each store [numStores], in units. */
  readonly largest: readonly number[];
  /** Whether each sample has its own lead time, up to that of the road. */
  readonly drawnLeadTimes: boolean;
}

/** Orders of fewer units are no orders: what rounding leaves of none. */
export const LEAST_ORDER = 0.001;

export interface InventoryProblem {
  /** Echelons from the supplier down, then warehouses, then stores. */
  readonly nodes: readonly InventoryNode[];
  /** Roads between nodes, ordered by `from` then `to`; then those from the supplier, ordered by `to`. */
  readonly edges: readonly InventoryEdge[];
  readonly demand: DemandModel;
  /** What becomes of demand that is not met at once: it goes elsewhere, or waits. */
  readonly unmet: "lost" | "backlogged";
  /** Whether the underage cost is a price: the cost of a period is then minus what was sold, and holding. */
  readonly profit: boolean;
  /** Whether orders are rounded to whole units when a policy is tested. */
  readonly wholeUnits: boolean;
  /** What every order costs, whatever its size; only where there is one store and nothing else. */
  readonly orderCost?: number;
  /** Least number of pipeline entries of a store. */
  readonly minPipeline: number;
  /** Only where demand comes from traces. */
  readonly sales?: RecordedSales;
}

/** Index of the first store. */
export const firstStore = (problem: InventoryProblem): number =>
  problem.nodes.findIndex((node) => node.kind === "store");

export const numStores = (problem: InventoryProblem): number => problem.nodes.length - firstStore(problem);

/** Entries of each node's pipeline [numNodes]: on hand, then what arrives in 1, 2, … periods. */
export function pipelineLengths(problem: InventoryProblem): number[] {
  const longest = (index: number) =>
    Math.max(...problem.edges.filter((edge) => edge.to === index).map((edge) => edge.leadTime));
  const ofStores = Math.max(
    problem.minPipeline,
    ...problem.nodes.flatMap((node, index) => (node.kind === "store" ? [longest(index)] : [])),
  );
  return problem.nodes.map((node, index) => (node.kind === "store" ? ofStores : longest(index)));
}

/** Where each node's pipeline begins when all stand one behind the other, and where the last ends [numNodes + 1]. */
export function pipelineStarts(problem: InventoryProblem): number[] {
  const starts = [0];
  for (const length of pipelineLengths(problem)) starts.push(starts[starts.length - 1] + length);
  return starts;
}

/** What an edge is called: `warehouse → store 3`. */
export function roadName({ nodes }: InventoryProblem, { from, to }: InventoryEdge): string {
  return `${from === SUPPLIER ? "supplier" : nodes[from].name} → ${nodes[to].name}`;
}

/** Indices of the roads that lead to stores, in order. */
export function storeRoads(problem: InventoryProblem): number[] {
  return problem.edges.flatMap(({ to }, edge) => (problem.nodes[to].kind === "store" ? [edge] : []));
}

/**
 * Where the facts of a sample lie that a policy sees behind the pipelines: for each store the units asked for in the
 * weeks before, oldest first; each store's price, then each store's holding cost; days from the nearest Christmas; and
 * the lead time of every road to a store. All are 0 where demand is drawn.
 */
export interface SampleFacts {
  readonly size: number;
  readonly past: number;
  readonly underageCosts: number;
  readonly holdingCosts: number;
  readonly days: number;
  readonly leadTimes: number;
}

/** The facts of a problem's samples, counted from the first behind the pipelines. */
export function sampleFacts(problem: InventoryProblem): SampleFacts {
  if (!problem.sales) return { size: 0, past: 0, underageCosts: 0, holdingCosts: 0, days: 0, leadTimes: 0 };
  const stores = numStores(problem);
  const underageCosts = stores * HISTORY;
  const holdingCosts = underageCosts + stores;
  const days = holdingCosts + stores;
  return {
    past: 0,
    underageCosts,
    holdingCosts,
    days,
    leadTimes: days + 1,
    size: days + 1 + storeRoads(problem).length,
  };
}
