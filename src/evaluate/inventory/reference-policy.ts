import { type InventoryProblem, pipelineStarts } from "../../envs/inventory/problem.js";
import { orderOf } from "./lost-sales.js";
import type { Orders } from "./measure-cost.js";
import { type NewsvendorName, type NewsvendorRule, newsvendorOrders } from "./newsvendors.js";
import type { OptimalPolicy } from "./optimum.js";
import { type InventoryRule, ordersOf } from "./rules.js";

/** A policy that a learned one is held against. Plain data. */
export interface ReferencePolicy {
  readonly name: "optimal" | "newsvendor" | InventoryRule["rule"] | "just-in-time" | NewsvendorName;
  readonly policy:
    | OptimalPolicy
    | { readonly kind: "capped-base-stock"; readonly level: number; readonly most: number }
    | ({ readonly kind: "forecast" } & NewsvendorRule)
    /** Knows all demand: only the world's states tell what it orders. */
    | { readonly kind: "just-in-time" };
  /** Per store and period, over episodes of the world: its starts and its horizon. */
  readonly cost: number;
  /** The parts of `cost`, by `PERIOD_COSTS` [4]. */
  readonly terms: readonly number[];
}

/** What is known of an inventory world before anything is learned. Plain data. */
export interface InventoryReference {
  /** Cheapest first. */
  readonly policies: readonly ReferencePolicy[];
  /** The least cost of the long run, per store and period; a bound on it; or null where neither is known. */
  readonly optimum: { readonly kind: "optimal" | "lower-bound"; readonly cost: number } | null;
  /**
   * Where demand is recorded: costs per store and week in weeks that nothing is learned from, just in time and of the best
   * newsvendor, which networks lack.
   */
  readonly later?: {
    readonly justInTime: number;
    readonly newsvendor: { readonly name: NewsvendorName; readonly cost: number } | null;
  };
}

/** What a reference policy orders; null of one that sees more than what a policy is shown. */
export function referenceOrders(policy: ReferencePolicy["policy"], problem: InventoryProblem): Orders | null {
  if (policy.kind === "just-in-time") return null;
  if (policy.kind === "forecast") return newsvendorOrders(policy, problem);
  if (policy.kind !== "table") {
    const { kind, ...numbers } = policy;
    return ordersOf({ rule: kind, ...numbers } as Parameters<typeof ordersOf>[0], problem);
  }
  const { table } = policy;
  const [, width] = pipelineStarts(problem);
  const state = new Uint32Array(table.leadTime);
  return (pipelines, numTraces, orders) => {
    for (let trace = 0; trace < numTraces; trace++) {
      const row = trace * width;
      for (let i = 0; i < state.length; i++) state[i] = Math.round(Math.max(0, pipelines[row + i]) / table.step);
      // The stock of a start may arrive later than an order would; it is ordered already.
      let later = 0;
      for (let i = state.length; i < width; i++) later += pipelines[row + i];
      orders[trace] = Math.max(0, table.step * orderOf(table, state) - later);
    }
  };
}
