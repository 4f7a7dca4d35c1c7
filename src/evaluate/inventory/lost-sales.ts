import { InputError } from "../../core/errors.js";
import { type DemandTable, demandOver, meanOf, quantileIndex } from "./demand-table.js";

/** One store whose unmet demand is lost. */
export interface LostSalesStore {
  /** Per unit on hand at the end of a period. */
  readonly holdingCost: number;
  /** Per unit of demand that is lost. */
  readonly underageCost: number;
  /** Periods until an order arrives, 1 or more. */
  readonly leadTime: number;
  /** Of every order, whatever its size; 0 unless given. */
  readonly orderCost?: number;
  /** Demand of one period. */
  readonly demand: DemandTable;
}

/** How far a solution has come. */
export interface SolvingProgress {
  /** What is done: sweeps over all states, or rules tried. */
  readonly sweeps: number;
  /** Half the width of the interval that is known to hold the cost; infinite while there is none. */
  readonly error: number;
}

/** The best order of every state, as plain data. */
export interface OrderTable {
  /** Units between two entries of the grid. */
  readonly step: number;
  readonly leadTime: number;
  /** Most on hand, and most that is ordered, as grid indices. */
  readonly maxOnHand: number;
  readonly maxOrder: number;
  /** [maxOnHand + 1, maxOrder + 1, …] with as many axes as the lead time: on hand, then what arrives soonest. */
  readonly orders: Uint16Array;
}

/**
 * The best order, as a grid index, in a state [leadTime] of grid indices: on hand, then what arrives in 1, 2, … periods.
 *
 * States beyond the table count as its nearest; the best policy never leads to them.
 */
export function orderOf({ leadTime, maxOnHand, maxOrder, orders }: OrderTable, state: ArrayLike<number>): number {
  let index = Math.min(state[0], maxOnHand);
  for (let i = 1; i < leadTime; i++) index = index * (maxOrder + 1) + Math.min(state[i], maxOrder);
  return orders[index];
}

export interface LostSalesOptimum {
  /** Average cost per period, within `error`. */
  readonly cost: number;
  readonly error: number;
  readonly states: number;
  readonly sweeps: number;
  readonly table: OrderTable;
}

/** States that fit: two values of 8 bytes and an order of 2 for each. */
const MAX_STATES = 1.5e7;
/** Steps of a sweep over all orders, at most: some minutes in all. */
const MAX_WORK = 1e10;
/** Half the interval of the cost at the end, as a share of it. */
export const TOLERANCE = 5e-7;
/** Sweeps at most: demand that hardly varies may lead in circles, whose interval never closes. */
export const MAX_SWEEPS = 5000;
/** Sweeps that keep to the orders found, for one that looks for better ones. */
const SWEEPS_PER_IMPROVEMENT = 8;

/**
 * The least average cost of a store with lost sales, by relative value iteration over its whole pipeline, with orders on
 * the grid of the demand.
 *
 * A generator, since it may take minutes: it hands out its progress, and whoever drives it may stop, or let others work,
 * between two steps. Throws {@link InputError} where {@link isSolvable} says no.
 *
 * Orders are bounded: what arrives within the last n periods of the lead time, the order included, is of no use beyond
 * the p / (p + h) quantile of the demand of n periods, or beyond that and a lot where orders cost something. The bounds used are one wider, and when the best policy reaches
 * one of them they are widened and everything is solved again. Between sweeps over all orders, sweeps over the orders
 * found make it faster; the interval of the cost comes from full sweeps alone.
 *
 * Source: Zipkin 2008, "Old and new methods for lost-sales inventory systems" (model, bounds); Puterman 1994, sections
 * 6.5 and 8.5 (modified policy iteration, bounds of the average cost).
 */
export function* optimalLostSales(store: LostSalesStore): Generator<SolvingProgress, LostSalesOptimum> {
  if (!isSolvable(store)) {
    const { states } = workOf(store);
    throw new InputError(
      "lead time",
      `${store.leadTime}, which takes ${states.toExponential(1)} states of ${store.demand.probabilities.length} demands each`,
      "a lead time and demand of fewer states",
    );
  }
  for (let slack = 1; ; slack = 2 * slack + 2) {
    const space = new StateSpace(store, slack);
    const solved = yield* solve(store, space);
    if (!space.bindsAnywhere(solved.orders, store.demand)) {
      const { cost, error, sweeps, orders } = solved;
      const { maxPosition: maxOnHand, maxOrder, size: states } = space;
      const table = { step: store.demand.step, leadTime: store.leadTime, maxOnHand, maxOrder, orders };
      return { cost, error, sweeps, states, table };
    }
  }
}

/** What an exact solution takes: states, and the most steps of a sweep over all of their orders. */
export function workOf(store: LostSalesStore): { readonly states: number; readonly steps: number } {
  const bounds = boundsOf(store);
  const [maxOrder, maxPosition] = [bounds[0] + 1, bounds[store.leadTime] + 1];
  const states = (maxPosition + 1) * (maxOrder + 1) ** (store.leadTime - 1);
  return { states, steps: states * (maxOrder + 1) * store.demand.probabilities.length };
}

/** Whether it can be solved within memory and minutes. */
export function isSolvable(store: LostSalesStore): boolean {
  const { states, steps } = workOf(store);
  return states <= MAX_STATES && steps <= MAX_WORK;
}

/** Entry n − 1: most that is worth having within n periods, as a grid index; n = 1 … leadTime + 1. */
function boundsOf(store: LostSalesStore): number[] {
  const { leadTime, demand, underageCost, holdingCost } = store;
  const share = underageCost / (underageCost + holdingCost);
  const lot = lotOf(store);
  return Array.from({ length: leadTime + 1 }, (_, i) => quantileIndex(demandOver(demand, i + 1), share) + lot);
}

/** √(2 K μ / h), the lot that balances the cost of orders with that of keeping it, as a grid index. Source: Harris 1913. */
export function lotOf({ orderCost = 0, demand, holdingCost }: Omit<LostSalesStore, "leadTime">): number {
  return orderCost === 0 ? 0 : Math.ceil(Math.sqrt((2 * orderCost * meanOf(demand)) / holdingCost) / demand.step);
}

/**
 * The states of a pipeline in one array: on hand first, then what arrives soonest. On hand varies slowest, the last
 * order fastest, so that what follows a state for neighbouring orders lies side by side.
 */
class StateSpace {
  /** Orders on their way, beside what is on hand. */
  readonly numOrders: number;
  readonly numTails: number;
  readonly maxOrder: number;
  readonly maxPosition: number;
  readonly size: number;
  /** [numTails] what is on its way in all. */
  readonly onOrder: Int32Array;
  /** [numTails] most that may be ordered as far as the pipeline goes; −1 for pipelines that cannot come about. */
  readonly limits: Int32Array;

  constructor(store: LostSalesStore, slack: number) {
    const bounds = boundsOf(store).map((bound) => bound + slack);
    this.numOrders = store.leadTime - 1;
    this.maxOrder = bounds[0];
    this.maxPosition = bounds[store.leadTime];
    const base = this.maxOrder + 1;
    this.numTails = base ** this.numOrders;
    this.size = this.numTails * (this.maxPosition + 1);
    this.onOrder = new Int32Array(this.numTails);
    this.limits = new Int32Array(this.numTails);
    for (let tail = 0; tail < this.numTails; tail++) {
      let limit = bounds[0];
      let lastOnes = 0;
      let rest = tail;
      for (let n = 1; n <= this.numOrders; n++) {
        lastOnes += rest % base;
        rest = Math.floor(rest / base);
        if (lastOnes > bounds[n - 1]) limit = -1;
        else limit = Math.min(limit, bounds[n] - lastOnes);
      }
      this.onOrder[tail] = lastOnes;
      this.limits[tail] = limit;
    }
  }

  /** Most that may be ordered with this much on hand; −1 where the state cannot come about. */
  limitOf(onHand: number, tail: number): number {
    return Math.min(this.limits[tail], this.maxPosition - onHand - this.onOrder[tail]);
  }

  /**
   * Index of what follows when nothing is left and nothing is ordered; each unit ordered adds 1, each unit left over
   * `numTails`.
   */
  following(tail: number): number {
    if (this.numOrders === 0) return 0;
    const later = this.numTails / (this.maxOrder + 1);
    const soonest = Math.floor(tail / later);
    return soonest * this.numTails + (tail - soonest * later) * (this.maxOrder + 1);
  }

  /** Whether the policy orders the most that is allowed in any state that it leads to from an empty store. */
  bindsAnywhere(orders: Uint16Array, demand: DemandTable): boolean {
    const seen = new Uint8Array(this.size);
    const open = [0];
    seen[0] = 1;
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      const onHand = Math.floor(state / this.numTails);
      const tail = state - onHand * this.numTails;
      if (orders[state] === this.limitOf(onHand, tail) && orders[state] > 0) return true;
      const most = Math.max(0, onHand - demand.first);
      const least = Math.max(0, onHand - demand.first - demand.probabilities.length + 1);
      for (let left = least; left <= most; left++) {
        const next = this.following(tail) + left * this.numTails + orders[state];
        if (seen[next]) continue;
        seen[next] = 1;
        open.push(next);
      }
    }
    return false;
  }
}

interface Solved {
  readonly cost: number;
  readonly error: number;
  readonly sweeps: number;
  readonly orders: Uint16Array;
}

function* solve(store: LostSalesStore, space: StateSpace): Generator<SolvingProgress, Solved> {
  const { numTails, maxOrder, maxPosition, size } = space;
  const costs = periodCosts(store, maxPosition);
  const orders = new Uint16Array(size);
  const expected = new Float64Array(maxOrder + 1);
  const { orderCost = 0 } = store;
  const { first, probabilities } = store.demand;
  let values = new Float64Array(size);
  let next = new Float64Array(size);
  let error = Number.POSITIVE_INFINITY;
  for (let sweeps = 1; ; sweeps++) {
    const improves = sweeps % SWEEPS_PER_IMPROVEMENT === 1;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let onHand = 0; onHand <= maxPosition; onHand++) {
      // The longest sweeps take seconds.
      if (numTails > 2000) yield { sweeps: sweeps - 1, error };
      const row = onHand * numTails;
      const numMet = Math.max(0, Math.min(probabilities.length, onHand - first));
      let allSold = 1;
      for (let i = 0; i < numMet; i++) allSold -= probabilities[i];
      for (let tail = 0; tail < numTails; tail++) {
        const limit = space.limitOf(onHand, tail);
        if (limit < 0) continue;
        const from = improves ? 0 : orders[row + tail];
        const to = improves ? limit : from;
        const empty = space.following(tail);
        for (let order = from; order <= to; order++) expected[order] = allSold * values[empty + order];
        for (let i = 0; i < numMet; i++) {
          const probability = probabilities[i];
          const after = empty + (onHand - first - i) * numTails;
          for (let order = from; order <= to; order++) expected[order] += probability * values[after + order];
        }
        if (orderCost > 0) for (let order = Math.max(from, 1); order <= to; order++) expected[order] += orderCost;
        let best = from;
        for (let order = from + 1; order <= to; order++) if (expected[order] < expected[best]) best = order;
        orders[row + tail] = best;
        const value = costs[onHand] + expected[best];
        next[row + tail] = value;
        const growth = value - values[row + tail];
        if (growth < least) least = growth;
        if (growth > most) most = growth;
      }
    }
    const cost = (least + most) / 2;
    // Values grow by the cost of a period in each sweep; kept where they were they lose no digits.
    for (let state = 0; state < size; state++) next[state] -= cost;
    [values, next] = [next, values];
    if (improves) {
      error = (most - least) / 2;
      if (error <= TOLERANCE * Math.max(cost, 1e-3) || sweeps >= MAX_SWEEPS) return { cost, error, sweeps, orders };
    }
    yield { sweeps, error };
  }
}

/** [maxPosition + 1] expected cost of a period that starts with so much on hand. */
export function periodCosts({ demand, holdingCost, underageCost }: LostSalesStore, maxPosition: number): Float64Array {
  const { step, first, probabilities } = demand;
  return Float64Array.from({ length: maxPosition + 1 }, (_, onHand) => {
    let cost = 0;
    for (let i = 0; i < probabilities.length; i++) {
      const left = (onHand - first - i) * step;
      cost += probabilities[i] * (left > 0 ? holdingCost * left : -underageCost * left);
    }
    return cost;
  });
}
