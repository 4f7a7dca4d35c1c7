import { type DemandTable, demandOver } from "./demand-table.js";

/** One store whose unmet demand waits. */
export interface BackloggedStore {
  /** Per unit on hand at the end of a period. */
  readonly holdingCost: number;
  /** Per unit that waits at the end of a period. */
  readonly underageCost: number;
  /** Periods until an order arrives, 1 or more. */
  readonly leadTime: number;
  /** Of every order, whatever its size; 0 unless given. */
  readonly orderCost?: number;
  /** Demand of one period. */
  readonly demand: DemandTable;
}

export interface BaseStock {
  /** Order up to this many units on hand and on order. */
  readonly level: number;
  /** Expected cost per period. */
  readonly cost: number;
}

/** Waits until there are `reorder` units or fewer on hand and on order, then orders up to `level`: (s, S). */
export interface ReorderPoint extends BaseStock {
  readonly reorder: number;
}

/**
 * The optimal policy of a store whose demand waits and whose orders cost something by themselves.
 *
 * From an order to the next, a position S is left behind unit by unit: c(s, S) = (K + Σ m(j) G(S − j)) / Σ m(j), j from
 * 0 to S − s − 1, where m(j) is the number of periods spent j below S, on average, and G(y) what y units on hand and
 * on order cost at the end of the lead time. Source: Zheng & Federgruen 1991, "Finding optimal (s, S) policies is
 * about as simple as evaluating a single policy"; exact on the grid of the demand.
 */
export function optimalReorderPoint(store: BackloggedStore): ReorderPoint {
  const { orderCost = 0, demand, leadTime } = store;
  const until = demandOver(demand, leadTime + 1);
  const best = optimalBaseStock(store);
  const known = new Map<number, number>();
  const costAt = (position: number): number => {
    const cost = known.get(position) ?? newsvendorCost(until, position * demand.step, store);
    known.set(position, cost);
    return cost;
  };
  const visits = new Visits(demand);
  const cycleCost = (reorder: number, level: number): number => {
    let [cost, periods] = [orderCost, 0];
    for (let below = 0; below < level - reorder; below++) {
      cost += visits.at(below) * costAt(level - below);
      periods += visits.at(below);
    }
    return cost / periods;
  };
  const start = Math.round(best.level / demand.step);
  let level = start;
  let reorder = start - 1;
  while (cycleCost(reorder, level) > costAt(reorder)) reorder--;
  let cost = cycleCost(reorder, level);
  for (let candidate = level + 1; costAt(candidate) <= cost; candidate++) {
    if (cycleCost(reorder, candidate) >= cost) continue;
    level = candidate;
    while (cycleCost(reorder, level) <= costAt(reorder + 1)) reorder++;
    cost = cycleCost(reorder, level);
  }
  return { reorder: reorder * demand.step, level: level * demand.step, cost };
}

/** How many periods are spent j units below the level that was ordered up to, on average, before the next order. */
class Visits {
  private readonly found: number[] = [];

  constructor(private readonly demand: DemandTable) {}

  at(below: number): number {
    const { first, probabilities } = this.demand;
    const probabilityOf = (units: number) => probabilities[units - first] ?? 0;
    const again = 1 / (1 - probabilityOf(0));
    for (let j = this.found.length; j <= below; j++) {
      let visits = j === 0 ? 1 : 0;
      for (let units = Math.max(1, first); units <= j; units++) visits += probabilityOf(units) * this.found[j - units];
      this.found.push(visits * again);
    }
    return this.found[below];
  }
}

/**
 * The optimal policy of a store whose demand waits: order up to a level every period.
 *
 * What is left at the end of a period is the level minus the demand of leadTime + 1 periods, so the best level is the
 * p / (p + h) quantile of that demand. Source: Karlin & Scarf 1958; numerical convolution.
 */
export function optimalBaseStock(store: BackloggedStore): BaseStock {
  const { step, first, probabilities } = demandOver(store.demand, store.leadTime + 1);
  const share = store.underageCost / (store.underageCost + store.holdingCost);
  let index = 0;
  for (let below = probabilities[0]; below < share && index < probabilities.length - 1; )
    below += probabilities[++index];
  const level = (first + index) * step;
  return { level, cost: newsvendorCost({ step, first, probabilities }, level, store) };
}

/** Expected cost of having `level` units against one draw of demand. */
export function newsvendorCost(
  { step, first, probabilities }: DemandTable,
  level: number,
  { holdingCost, underageCost }: Pick<BackloggedStore, "holdingCost" | "underageCost">,
): number {
  let cost = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const left = level - (first + i) * step;
    cost += probabilities[i] * (left >= 0 ? holdingCost * left : -underageCost * left);
  }
  return cost;
}
