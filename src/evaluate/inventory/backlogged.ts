import { type DemandTable, demandOver } from "./demand-table.js";

/** One store whose unmet demand waits. */
export interface BackloggedStore {
  /** Per unit on hand at the end of a period. */
  readonly holdingCost: number;
  /** Per unit that waits at the end of a period. */
  readonly underageCost: number;
  /** Periods until an order arrives, 1 or more. */
  readonly leadTime: number;
  /** Demand of one period. */
  readonly demand: DemandTable;
}

export interface BaseStock {
  /** Order up to this many units on hand and on order. */
  readonly level: number;
  /** Expected cost per period. */
  readonly cost: number;
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
