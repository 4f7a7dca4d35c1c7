import { InputError } from "../../core/errors.js";
import type { ReorderPoint } from "./backlogged.js";
import { demandOver, quantileIndex } from "./demand-table.js";
import { type LostSalesStore, lotOf, MAX_SWEEPS, periodCosts, type SolvingProgress, TOLERANCE } from "./lost-sales.js";
import { type Found, patternSearch } from "./pattern-search.js";

/** An order, as a grid index, from a state [leadTime] of grid indices: on hand, then what arrives in 1, 2, … periods. */
export type OrderRule = (state: ArrayLike<number>) => number;

/** Orders up to a level, as a grid index, of what is on hand and on order. */
export function baseStockRule(level: number): OrderRule {
  return (state) => Math.max(0, level - positionOf(state));
}

/** Orders up to a level, but never more than `most` at once. */
export function cappedBaseStockRule(level: number, most: number): OrderRule {
  return (state) => Math.min(most, Math.max(0, level - positionOf(state)));
}

/** Orders up to a level once what is on hand and on order has fallen to `reorder`, else nothing: (s, S). */
export function reorderPointRule(reorder: number, level: number): OrderRule {
  return (state) => {
    const position = positionOf(state);
    return position <= reorder ? level - position : 0;
  };
}

function positionOf(state: ArrayLike<number>): number {
  let position = 0;
  for (let i = 0; i < state.length; i++) position += state[i];
  return position;
}

/** States of a rule that fit: each has some twenty successors. */
const MAX_STATES = 400_000;

/**
 * The average cost of ordering by a rule in a store with lost sales, exact on the grid of the demand.
 *
 * Looks at the states that the rule leads to from an empty store. Throws {@link InputError} when they are too many.
 */
export function averageCost(store: LostSalesStore, rule: OrderRule): number {
  const { onHand, orders, starts, nexts } = statesOfRule(store, rule);
  const { orderCost = 0 } = store;
  const { first, probabilities } = store.demand;
  const costs = periodCosts(
    store,
    onHand.reduce((most, value) => Math.max(most, value), 0),
  );
  let values = new Float64Array(onHand.length);
  let updated = new Float64Array(onHand.length);
  for (let sweeps = 1; ; sweeps++) {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let state = 0; state < onHand.length; state++) {
      const start = starts[state];
      const last = starts[state + 1] - start - 1;
      let value = costs[onHand[state]] + (orders[state] > 0 ? orderCost : 0);
      let rest = 1;
      // What follows the greatest leftover stands first; the last takes all demand that is left.
      const skipped = Math.max(0, first - onHand[state]);
      for (let i = 0; i < last; i++) {
        const probability = probabilities[i + skipped];
        rest -= probability;
        value += probability * values[nexts[start + i]];
      }
      value += rest * values[nexts[start + last]];
      updated[state] = value;
      const growth = value - values[state];
      if (growth < least) least = growth;
      if (growth > most) most = growth;
    }
    const cost = (least + most) / 2;
    for (let state = 0; state < onHand.length; state++) updated[state] -= cost;
    [values, updated] = [updated, values];
    if (most - least <= 2 * TOLERANCE * Math.max(cost, 1e-3) || sweeps >= MAX_SWEEPS) return cost;
  }
}

/** The states that a rule leads to; those that follow state i are `nexts[starts[i]]` up to `nexts[starts[i + 1] - 1]`. */
interface RuleStates {
  readonly onHand: Int32Array;
  /** What is ordered in each. */
  readonly orders: Int32Array;
  readonly starts: Int32Array;
  readonly nexts: Int32Array;
}

function statesOfRule({ leadTime, demand }: LostSalesStore, rule: OrderRule): RuleStates {
  const { first, probabilities } = demand;
  const numbers = new Map<string, number>();
  const states: Uint16Array[] = [];
  const orders: number[] = [];
  const starts: number[] = [0];
  const nexts: number[] = [];
  const numberOf = (state: Uint16Array): number => {
    const key = String.fromCharCode(...state);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (states.length === MAX_STATES) {
      throw new InputError(
        "lead time",
        `${leadTime}, where the rule leads to more than ${MAX_STATES} states`,
        "a lead time and demand of fewer states",
      );
    }
    numbers.set(key, states.length);
    states.push(state);
    return states.length - 1;
  };
  numberOf(new Uint16Array(leadTime));
  for (let i = 0; i < states.length; i++) {
    const state = states[i];
    const order = rule(state);
    orders.push(order);
    const most = Math.max(0, state[0] - first);
    const least = Math.max(0, state[0] - first - probabilities.length + 1);
    for (let left = most; left >= least; left--) {
      const next = new Uint16Array(leadTime);
      next.set(state.subarray(1));
      next[leadTime - 1] += order;
      next[0] += left;
      nexts.push(numberOf(next));
    }
    starts.push(nexts.length);
  }
  return {
    onHand: Int32Array.from(states, (state) => state[0]),
    orders: Int32Array.from(orders),
    starts: Int32Array.from(starts),
    nexts: Int32Array.from(nexts),
  };
}

/** A rule with its numbers in units, and its average cost. */
export interface FittedBaseStock {
  readonly level: number;
  readonly cost: number;
}

export interface FittedCappedBaseStock extends FittedBaseStock {
  /** Most that is ordered at once. */
  readonly most: number;
}

/**
 * The best base-stock level of a store with lost sales. The cost is convex in it, so the local minimum is the least.
 *
 * Source: Janakiraman & Roundy 2004 (convexity).
 */
export function* bestBaseStock(store: LostSalesStore): Generator<SolvingProgress, FittedBaseStock> {
  const start = [waitingLevel(store, store.leadTime + 1)];
  const { at, cost } = yield* search(store, start, ([level]) => baseStockRule(level));
  return { level: at[0] * store.demand.step, cost };
}

/** The best capped base-stock rule that a local search finds: an upper bound on the best of all. */
export function* bestCappedBaseStock(store: LostSalesStore): Generator<SolvingProgress, FittedCappedBaseStock> {
  const start = [waitingLevel(store, store.leadTime + 1), waitingLevel(store, 1)];
  const { at, cost } = yield* search(store, start, ([level, most]) => cappedBaseStockRule(level, most));
  return { level: at[0] * store.demand.step, most: at[1] * store.demand.step, cost };
}

/** The best reorder point and level that a local search finds: an upper bound on the best of all. */
export function* bestReorderPointOnGrid(store: LostSalesStore): Generator<SolvingProgress, ReorderPoint> {
  const start = [waitingLevel(store, store.leadTime + 1), lotOf(store)];
  const { at, cost } = yield* search(store, start, ([reorder, lot]) => reorderPointRule(reorder, reorder + lot));
  return { reorder: at[0] * store.demand.step, level: (at[0] + at[1]) * store.demand.step, cost };
}

function* search(
  store: LostSalesStore,
  start: readonly number[],
  ruleOf: (point: readonly number[]) => OrderRule,
): Generator<SolvingProgress, Found> {
  const points = patternSearch(start, stridesOf(start));
  let tried = 0;
  for (let step = points.next(); ; tried++) {
    if (step.done) return step.value;
    step = points.next(averageCost(store, ruleOf(step.value)));
    yield { sweeps: tried + 1, error: Number.POSITIVE_INFINITY };
  }
}

/** First strides of a search that starts there: a sixteenth of the way from 0. */
export function stridesOf(start: readonly number[]): number[] {
  return start.map((value) => Math.max(1, Math.round(value / 16)));
}

/** What would be enough for so many periods if demand waited, as a grid index. */
export function waitingLevel(
  { demand, underageCost, holdingCost }: Omit<LostSalesStore, "leadTime">,
  periods: number,
): number {
  return quantileIndex(demandOver(demand, periods), underageCost / (underageCost + holdingCost));
}
