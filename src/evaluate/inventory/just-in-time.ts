import { firstStore, type InventoryProblem, numStores, SUPPLIER } from "../../envs/inventory/problem.js";
import { IGNORED, periodsOf, type SalesPart } from "../../envs/inventory/sales.js";
import { salesTable } from "../../envs/inventory/sales-table.js";
import { tablesOf } from "../../envs/inventory/tables.js";
import { type Orders, playTraces } from "./play-traces.js";
import { InventorySimulator } from "./simulator.js";
import { recordedTraces, type Traces } from "./traces.js";

/** A way by which a store gets its goods: its road and, where that begins at a warehouse, the warehouse's own. */
interface Way {
  readonly road: number;
  readonly upstream: number | null;
  /** Cost of a unit, and periods. */
  readonly cost: number;
  readonly leadTime: number;
}

/**
 * Orders of someone who knows all demand beforehand, for the traces that are played from their first period on: each
 * store gets exactly what it will be asked for when it arrives, by the way that costs least and, of equals, is shortest;
 * a warehouse gets what it will pass on at once. What lies behind the last period counts as nothing.
 *
 * Nobody can play so: it bounds what can be earned. Source: `just_in_time` of Alvo et al. 2023, arXiv:2306.11246, which
 * takes the shortest way whatever it costs.
 */
export function justInTimeOrders(simulator: InventorySimulator, { demands, numPeriods, starts }: Traces): Orders {
  const { numEdges, numStores, width, problem, pipelineWidth, facts } = simulator;
  const fill = justInTime(problem);
  let period = 0;
  return (_pipelines, numTraces, orders) => {
    for (let trace = 0; trace < numTraces; trace++) {
      const asked = (store: number, ahead: number) =>
        period + ahead < numPeriods ? demands[(trace * numPeriods + period + ahead) * numStores + store] : 0;
      const drawn = starts[trace * width + pipelineWidth + facts.leadTimes];
      fill(asked, period, drawn, orders, trace * numEdges);
    }
    period++;
  };
}

/**
 * The same in the world itself, whose states [numCopies] tell the sample and the week: fills `orders` [numCopies,
 * numEdges].
 */
export function justInTimeInWorld(problem: InventoryProblem) {
  const tables = tablesOf(problem);
  const { factsStart, facts, sales, numStores, numEdges } = tables;
  const fill = justInTime(problem);
  return (states: readonly ArrayLike<number>[], orders: Float64Array): void => {
    states.forEach((state, copy) => {
      const [sample, week] = [state[factsStart + facts.size], state[factsStart + facts.size + 1]];
      const asked = (store: number, ahead: number) =>
        week + ahead < sales.numWeeks ? sales.demands[(sample * numStores + store) * sales.numWeeks + week + ahead] : 0;
      fill(asked, week - sales.firstWeek, state[factsStart + facts.leadTimes], orders, copy * numEdges);
    });
  };
}

/** Fills one row of orders from `to` on: `asked` tells a store's demand so many periods ahead. */
function justInTime(problem: InventoryProblem) {
  const { edges, sales } = problem;
  const ways = waysOf(problem, firstStore(problem), numStores(problem));
  return (
    asked: (store: number, ahead: number) => number,
    period: number,
    drawnLeadTime: number,
    orders: Float64Array,
    to: number,
  ): void => {
    orders.fill(0, to, to + edges.length);
    ways.forEach(({ road, upstream }, store) => {
      const leadTime = sales?.drawnLeadTimes ? drawnLeadTime : edges[road].leadTime;
      // Nothing has reached a warehouse before its own lead time.
      const waits = upstream === null ? 0 : edges[upstream].leadTime;
      if (period >= waits) orders[to + road] = asked(store, leadTime);
      if (upstream !== null) orders[to + upstream] += asked(store, waits + leadTime);
    });
  };
}

/** Each store's way [numStores]. */
function waysOf({ edges }: InventoryProblem, first: number, count: number): Way[] {
  return Array.from({ length: count }, (_, store) => {
    const ways = edges.flatMap(({ from, to, cost, leadTime }, road): Way[] => {
      if (to !== first + store) return [];
      if (from === SUPPLIER) return [{ road, upstream: null, cost, leadTime }];
      return edges.flatMap((supply, upstream) =>
        supply.from === SUPPLIER && supply.to === from
          ? [{ road, upstream, cost: cost + supply.cost, leadTime: leadTime + supply.leadTime }]
          : [],
      );
    });
    return ways.reduce((best, way) =>
      way.cost < best.cost || (way.cost === best.cost && way.leadTime < best.leadTime) ? way : best,
    );
  });
}

/** Samples that are played side by side. */
const CHUNK = 256;

/**
 * What just-in-time orders cost per store and week in the weeks of a part that count, over the first `numTraces` samples:
 * no policy costs less, but for what it orders in weeks whose sales do not count.
 */
export async function salesJustInTimeCost(
  problem: InventoryProblem,
  part: SalesPart,
  numTraces = 4096,
): Promise<number> {
  const simulator = new InventorySimulator(problem);
  const { numNodes } = simulator;
  const stores = simulator.numStores;
  const count = Math.min(numTraces, salesTable(problem.sales?.data ?? "", stores).numSamples);
  const traceCosts = new Float64Array(count);
  for (let first = 0; first < count; first += CHUNK) {
    const size = Math.min(CHUNK, count - first);
    const traces = recordedTraces(
      simulator,
      part,
      Uint32Array.from({ length: size }, (_, i) => first + i),
    );
    await playTraces(simulator, justInTimeOrders(simulator, traces), traces, {
      first: 0,
      numTraces: size,
      burnIn: IGNORED,
      traceCosts: traceCosts.subarray(first, first + size),
      costs: new Float64Array(3 * numNodes),
    });
  }
  const sum = traceCosts.reduce((total, cost) => total + cost, 0);
  return sum / (count * stores * (periodsOf(part) - IGNORED));
}
