import {
  type DemandModel,
  firstStore,
  type InventoryProblem,
  numStores,
  SUPPLIER,
} from "../../envs/inventory/problem.js";
import { normalDensity, normalQuantile } from "../normal-distribution.js";
import { optimalBaseStock, optimalReorderPoint } from "./backlogged.js";
import { clarkScarf } from "./clark-scarf.js";
import { type DemandTable, demandTableOf, meanOf, poissonTable } from "./demand-table.js";
import {
  isSolvable,
  type LostSalesOptimum,
  type LostSalesStore,
  type OrderTable,
  optimalLostSales,
  type SolvingProgress,
  workOf,
} from "./lost-sales.js";

/** What the best policy does, where it is known. */
export type OptimalPolicy =
  /** Order up to a level of what is on hand and on order. */
  | { readonly kind: "base-stock"; readonly level: number }
  /** At `reorder` or less on hand and on order, order up to a level: (s, S). */
  | { readonly kind: "reorder-point"; readonly reorder: number; readonly level: number }
  /** By node: order up to a level of what it and all below it have and expect; infinite: take all there is. */
  | { readonly kind: "echelon-base-stock"; readonly levels: readonly number[] }
  | { readonly kind: "table"; readonly table: OrderTable };

/** The least cost that any policy can have, or a bound on it. */
export interface Optimum {
  /** `optimal` is reached by a policy; no policy costs less than a `lower-bound`. */
  readonly kind: "optimal" | "lower-bound";
  /** Per store and period, as policies are measured. */
  readonly cost: number;
  /** How far off `cost` may be. */
  readonly error: number;
  readonly policy: OptimalPolicy | null;
  /** How it was computed, and after whom. */
  readonly method: string;
}

/** A network whose optimum we cannot bound, and why. */
export interface UnknownOptimum {
  readonly kind: "unknown";
  readonly cost: null;
  readonly error: null;
  readonly policy: null;
  readonly method: string;
}

/** Entries of the grid of normal demand per standard deviation, where a convolution is all that is needed. */
const FINE = 100;
/** The same where all states are solved for, finest first. */
const GRIDS = [16, 8, 4];
const COARSEST = 4;

/** States that are spent on one store. */
interface Effort {
  /** The finest grid has no more. */
  readonly worthwhile: number;
  /** The coarsest grid has no more. */
  readonly most: number;
}
const ALONE: Effort = { worthwhile: 2.5e5, most: Number.POSITIVE_INFINITY };

/**
 * The optimum of an inventory network, or the best lower bound that we know.
 *
 * A generator since it may take minutes: it hands out its progress, and whoever drives it may stop, or let others work,
 * between two steps. Costs are long-run averages per store and period with what is on its way free of charge.
 */
export function* optimumOf(problem: InventoryProblem): Generator<SolvingProgress, Optimum | UnknownOptimum> {
  const { demand, unmet, profit } = problem;
  const backlogged = unmet === "backlogged";
  const closed = backlogged && isTransshipment(problem) && (demand.kind === "poisson" || !demand.clipped);
  if (demand.kind === "traces") return unknown("demand is recorded, not drawn");
  if (profit && backlogged) return unknown("profit is only solved for where demand that is not met is lost");
  if (demand.kind === "normal" && !demand.clipped && !closed) return unknown("demand may be below 0 (clipped=no)");
  const solved = yield* solveByShape(problem, closed);
  // A sale that is made counts p, so one that is lost costs p, and all demand is credited.
  const sold = profit ? revenueOf(problem) : 0;
  return { ...solved, cost: solved.cost - sold, ...ofAnySize(problem, solved) };
}

function* solveByShape(problem: InventoryProblem, closed: boolean): Generator<SolvingProgress, Optimum> {
  if (problem.nodes.length === 1) return yield* oneStore(problem);
  if (problem.unmet === "backlogged" && isSerial(problem)) return serial(problem);
  if (closed) return transshipment(problem);
  return yield* separateStores(problem);
}

const unknown = (method: string): UnknownOptimum => ({
  kind: "unknown",
  cost: null,
  error: null,
  policy: null,
  method,
});

/** Where orders must be whole but demand is not, what is best with orders of any size is a bound. */
function ofAnySize({ wholeUnits, demand }: InventoryProblem, { method, kind, policy }: Optimum) {
  if (!wholeUnits || demand.kind === "poisson") return { method, kind, policy };
  return { method: `orders of any size; ${method}`, kind: "lower-bound", policy: null } as const;
}

/** What selling all demand would bring, per store and period. */
export function revenueOf(problem: InventoryProblem): number {
  const { mean } = problem.demand;
  const first = firstStore(problem);
  return mean.reduce((sum, units, store) => sum + units * problem.nodes[first + store].underageCost, 0) / mean.length;
}

function* oneStore(problem: InventoryProblem): Generator<SolvingProgress, Optimum> {
  if (problem.unmet === "lost") return yield* oneLostSalesStore(problem);
  const bought = procurementOf(problem, 0) * problem.demand.mean[0];
  const store = { ...storeOf(problem, 0), demand: fineDemand(problem, 0) };
  if (problem.orderCost) {
    const { reorder, level, cost } = optimalReorderPoint(store);
    return {
      kind: "optimal",
      cost: cost + bought,
      error: 1e-4 * cost,
      policy: { kind: "reorder-point", reorder, level },
      method: "reorder point and level by the algorithm of Zheng & Federgruen 1991",
    };
  }
  const { level, cost } = optimalBaseStock(store);
  return {
    kind: "optimal",
    cost: cost + bought,
    error: 1e-5 * cost,
    policy: { kind: "base-stock", level },
    method: "base-stock level by convolution of the demand of the lead time and one period (Karlin & Scarf 1958)",
  };
}

/** What one store pays and waits, if its supplier always had enough: the shortest road, and the cheapest. */
function storeOf(problem: InventoryProblem, store: number): Omit<LostSalesStore, "demand"> {
  const node = firstStore(problem) + store;
  const { holdingCost, underageCost } = problem.nodes[node];
  const leadTimes = problem.edges.filter(({ to }) => to === node).map((edge) => edge.leadTime);
  return { holdingCost, underageCost, leadTime: Math.min(...leadTimes), orderCost: problem.orderCost };
}

/** Cost of getting a unit to a node by the cheapest roads. */
function procurementOf(problem: InventoryProblem, node: number): number {
  const costs = problem.edges
    .filter(({ to }) => to === node)
    .map(({ from, cost }) => cost + (from === SUPPLIER ? 0 : procurementOf(problem, from)));
  return Math.min(...costs);
}

const fineDemand = ({ demand }: InventoryProblem, store: number) =>
  demandTableOf(demand, store, demand.std[store] / FINE);

function* oneLostSalesStore(problem: InventoryProblem): Generator<SolvingProgress, Optimum> {
  const { cost, error, table, method } = yield* lostSalesCost(problem, 0, ALONE);
  return {
    kind: table ? "optimal" : "lower-bound",
    cost,
    error,
    policy: table ? { kind: "table", table } : null,
    method,
  };
}

interface LostSalesCost {
  readonly cost: number;
  readonly error: number;
  readonly table: OrderTable | null;
  readonly method: string;
}

/**
 * The least cost of one store with lost sales and an inexhaustible supplier: exact for Poisson demand, on a grid for
 * normal demand, and a lower bound, without a table, where there are too many states.
 */
function* lostSalesCost(
  problem: InventoryProblem,
  index: number,
  effort: Effort,
): Generator<SolvingProgress, LostSalesCost> {
  const procurement = procurementOf(problem, firstStore(problem) + index);
  const own = storeOf(problem, index);
  // Every unit sold is bought first, so one that is lost costs so much less.
  const underageCost = own.underageCost - procurement;
  const bought = procurement * problem.demand.mean[index];
  if (underageCost <= 0) {
    const cost = own.underageCost * problem.demand.mean[index];
    return { cost, error: 0, table: null, method: "buying costs more than losing a sale" };
  }
  const costs = { ...own, underageCost };
  for (let { leadTime } = own; leadTime > 0; leadTime--) {
    const solved = yield* solveOnGrid(problem.demand, index, { ...costs, leadTime }, effort);
    if (!solved) continue;
    const { cost, error, table } = solved;
    const grid =
      problem.demand.kind === "poisson" ? "in whole units" : `on a grid of ${table.step.toPrecision(2)} units`;
    const method = `relative value iteration over the whole pipeline, orders ${grid} (after Zipkin 2008)`;
    if (leadTime === own.leadTime) return { cost: cost + bought, error, table, method };
    // Whoever gets things sooner may wait before ordering.
    const shorter = `the least cost at a lead time of ${leadTime}, since ${own.leadTime} takes too many states; ${method}`;
    return { cost: cost + bought, error, table: null, method: shorter };
  }
  const demand = fineDemand(problem, index);
  const { cost } = optimalBaseStock({ ...costs, underageCost: underageCost / (own.leadTime + 1), demand });
  // Whoever may let demand wait at p / (L + 1) a period can copy any policy and reorder what it loses.
  const method =
    "waiting demand at p / (L + 1), since lost sales take too many states (Janakiraman, Seshadri & Shanthikumar 2007)";
  return { cost: cost + bought, error: 1e-5 * cost, table: null, method };
}

/** Solves for all states, on the finest grid worth the effort; null where even the coarsest has too many. */
function* solveOnGrid(
  demand: DemandModel,
  index: number,
  costs: Omit<LostSalesStore, "demand">,
  { worthwhile, most }: Effort,
): Generator<SolvingProgress, LostSalesOptimum | null> {
  const onGrid = (parts: number): LostSalesStore => ({
    ...costs,
    demand: demandTableOf(demand, index, demand.std[index] / parts),
  });
  const states = (parts: number) => workOf(onGrid(parts)).states;
  const parts =
    (demand.kind === "poisson" ? [1] : GRIDS).find((candidate) => states(candidate) <= worthwhile) ??
    (isSolvable(onGrid(COARSEST)) && states(COARSEST) <= most ? COARSEST : null);
  if (parts === null) return null;
  const solved = yield* optimalLostSales(onGrid(parts));
  if (demand.kind === "poisson") return solved;
  // The grid twice as coarse says how much the grid matters.
  const rough = yield* optimalLostSales(onGrid(parts / 2));
  return { ...solved, error: Math.abs(solved.cost - rough.cost) };
}

/** Whether there is one store, at the end of a chain in which every node keeps stock. */
function isSerial(problem: InventoryProblem): boolean {
  const { nodes, edges } = problem;
  const count = (side: "from" | "to", node: number) => edges.filter((edge) => edge[side] === node).length;
  return (
    numStores(problem) === 1 &&
    nodes.every(({ holdsStock }, node) => holdsStock && count("to", node) === 1 && count("from", node) <= 1)
  );
}

function serial(problem: InventoryProblem): Optimum {
  const { nodes, edges } = problem;
  const demand = fineDemand(problem, 0);
  const chain: { readonly node: number; readonly leadTime: number }[] = [];
  for (let node = firstStore(problem); node !== SUPPLIER; ) {
    const { from, leadTime } = edges.find(({ to }) => to === node) ?? { from: SUPPLIER, leadTime: 1 };
    chain.push({ node, leadTime });
    node = from;
  }
  const mean = meanOf(demand);
  let free = 0;
  const stages = chain.map(({ node, leadTime }, i) => {
    const upstream = i + 1 < chain.length ? nodes[chain[i + 1].node].holdingCost : 0;
    const echelonHoldingCost = nodes[node].holdingCost - upstream;
    // The recursion charges what is on its way as the sender's stock, and a stage for one period of demand less than is
    // gone when holding is charged; the store's own last period is in its lead time instead.
    free += mean * (upstream * leadTime + (i > 0 ? echelonHoldingCost : 0));
    return { echelonHoldingCost, leadTime: i === 0 ? leadTime + 1 : leadTime };
  });
  const { levels, cost } = clarkScarf({ stages, underageCost: nodes[chain[0].node].underageCost, demand });
  const byNode = nodes.map((_, node) => levels[chain.findIndex((stage) => stage.node === node)]);
  return {
    kind: "optimal",
    cost: cost - free + procurementOf(problem, chain[0].node) * mean,
    error: 1e-4 * cost,
    policy: { kind: "echelon-base-stock", levels: byNode },
    method: "echelon base-stock levels by the recursion of Clark & Scarf 1960",
  };
}

/** Whether one warehouse that keeps nothing serves stores that cost and wait the same. */
function isTransshipment({ nodes, edges }: InventoryProblem): boolean {
  const [warehouse, ...stores] = nodes;
  const roads = edges.filter(({ from }) => from === 0);
  const same = (values: readonly number[]) => values.every((value) => value === values[0]);
  return (
    !warehouse.holdsStock &&
    stores.every(({ kind }) => kind === "store") &&
    same(stores.map(({ holdingCost }) => holdingCost)) &&
    same(stores.map(({ underageCost }) => underageCost)) &&
    same(roads.map(({ leadTime }) => leadTime)) &&
    roads.length === stores.length &&
    edges.length === stores.length + 1
  );
}

/**
 * What transshipment costs if stores could send stock back.
 *
 * Then all stores are equally well off after each shipment, and what is uncertain is the whole demand until the shipment
 * and each store's own after it. Normal demand gives (h + p) φ(z) √(L_W Var ΣD + (L + 1) (Σσ)²), z = Φ⁻¹(p / (p + h)).
 * Other demand is pooled altogether, which bounds it as well. Source: after Federgruen & Zipkin 1984.
 */
function transshipment(problem: InventoryProblem): Optimum {
  const { edges, demand } = problem;
  const count = numStores(problem);
  const { holdingCost, underageCost, leadTime } = storeOf(problem, 0);
  const toWarehouse = edges.find(({ from }) => from === SUPPLIER)?.leadTime ?? 1;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const bought = procurementOf(problem, firstStore(problem)) * sum(demand.mean);
  const bound = (total: number, method: string): Optimum => ({
    kind: "lower-bound",
    cost: (total + bought) / count,
    error: 1e-5 * (total / count),
    policy: null,
    method,
  });
  if (holdingCost === 0) return bound(0, "stock costs nothing");
  if (demand.kind === "normal") {
    const variances = sum(demand.std.map((std) => std ** 2));
    const ofSum = (1 - demand.correlation) * variances + demand.correlation * sum(demand.std) ** 2;
    const spread = Math.sqrt(toWarehouse * ofSum + (leadTime + 1) * sum(demand.std) ** 2);
    const z = normalQuantile(underageCost / (underageCost + holdingCost));
    return bound(
      (holdingCost + underageCost) * normalDensity(z) * spread,
      "stores that may send stock back (after Federgruen & Zipkin 1984); a balanced policy comes within 0.2 % of it",
    );
  }
  const pooled = pooledDemand(problem);
  const { cost } = optimalBaseStock({ holdingCost, underageCost, leadTime: toWarehouse + leadTime, demand: pooled });
  return bound(cost, "all stores pooled into one");
}

/** Demand of all stores together, which must be independent. */
function pooledDemand({ demand }: InventoryProblem): DemandTable {
  return poissonTable(demand.mean.reduce((total, mean) => total + mean, 0));
}

/**
 * The average of what each store would cost by itself if its warehouses always had enough and kept it for nothing: on
 * the shortest road, at the cheapest price.
 */
function* separateStores(problem: InventoryProblem): Generator<SolvingProgress, Optimum> {
  const count = numStores(problem);
  const known = new Map<string, Alone>();
  const effort = { worthwhile: ALONE.worthwhile / count, most: ALONE.worthwhile };
  let [total, error, exact] = [0, 0, firstStore(problem) === 0];
  for (let store = 0; store < count; store++) {
    const { mean, std } = problem.demand;
    const key = JSON.stringify([
      storeOf(problem, store),
      procurementOf(problem, firstStore(problem) + store),
      mean[store],
      std[store],
    ]);
    const alone = known.get(key) ?? (yield* costAlone(problem, store, effort));
    known.set(key, alone);
    total += alone.cost;
    error += alone.error;
    exact &&= alone.exact;
  }
  if (exact)
    return { kind: "optimal", cost: total / count, error: error / count, policy: null, method: "store by store" };
  return {
    kind: "lower-bound",
    cost: total / count,
    error: error / count,
    policy: null,
    method: "each store by itself, its warehouse inexhaustible and free; the warehouse's own cost is not in it",
  };
}

/** What a store costs by itself, and whether a policy reaches that. */
interface Alone {
  readonly cost: number;
  readonly error: number;
  readonly exact: boolean;
}

function* costAlone(problem: InventoryProblem, store: number, effort: Effort): Generator<SolvingProgress, Alone> {
  if (problem.unmet === "lost") {
    const { cost, error, table } = yield* lostSalesCost(problem, store, effort);
    return { cost, error, exact: table !== null };
  }
  const { cost } = optimalBaseStock({ ...storeOf(problem, store), demand: fineDemand(problem, store) });
  const bought = procurementOf(problem, firstStore(problem) + store) * problem.demand.mean[store];
  return { cost: cost + bought, error: 1e-5 * cost, exact: true };
}
