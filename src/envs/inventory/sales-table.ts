import { InputError } from "../../core/errors.js";
import { RandomStream } from "../../core/random.js";
import { daysFromChristmas, HISTORY, keptSales, NUM_WEEKS, PARTS, type Sales } from "./sales.js";
import { standInSales } from "./sales-stand-in.js";

/** Products of the stand-in: of one store, and of twenty-one as published. */
const STAND_IN_PRODUCTS = 8192;
const STAND_IN_NETWORK_PRODUCTS = 288;
/** Prices, over a holding cost of 1. Source: the settings with real data of Alvo et al. 2023, arXiv:2306.11246. */
export const PRICES = [6.3, 11.7] as const;
/** Of one store. Source: as above. */
const LEAD_TIMES = [4, 5, 6];
/** Seeds that they are published with; the numbers drawn are others, from another generator. */
const SEEDS = { price: 28, leadTime: 41, order: 57 };

/** Recorded sales as a network meets them: what differs from sample to sample. */
export interface SalesTable {
  /** 0 where demand is drawn. */
  readonly numSamples: number;
  /** Weeks of a sample; 0 where demand is drawn. */
  readonly numWeeks: number;
  /** Week that episodes of the world begin with. */
  readonly firstWeek: number;
  /** Units [numSamples, numStores, numWeeks]. */
  readonly demands: ArrayLike<number>;
  /** [numWeeks + 1], days from the nearest Christmas, below 0 before it. */
  readonly days: ArrayLike<number>;
  /** Price of a unit [numSamples, numStores]. */
  readonly underageCosts: ArrayLike<number>;
  /** Whether each sample has a lead time of its own; where not, all have those of their roads. */
  readonly drawsLeadTimes: number;
  /** Periods [numSamples]; empty where they are not drawn. */
  readonly leadTimes: ArrayLike<number>;
  /** Of the training weeks [numStores]: units per week. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly largest: readonly number[];
}

/** Where demand is drawn. */
export const NO_SALES: SalesTable = {
  numSamples: 0,
  numWeeks: 0,
  firstWeek: 0,
  demands: [],
  days: [],
  underageCosts: [],
  drawsLeadTimes: 0,
  leadTimes: [],
  mean: [],
  deviation: [],
  largest: [],
};

const known = new Map<string, SalesTable>();
const MOST_KNOWN = 4;

/**
 * The samples of some sales: products in one store, or products that all of so many stores sell. An empty id takes the
 * generated stand-in. Throws `InputError` for sales that are not loaded, or have too few stores.
 */
export function salesTable(id: string, numStores: number): SalesTable {
  const key = `${numStores} ${id}`;
  const before = known.get(key);
  if (before) return before;
  const table = tableOf(id === "" ? standIn(numStores) : keptSales(id), numStores);
  known.set(key, table);
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value as string);
  return table;
}

const standIn = (numStores: number) =>
  numStores === 1 ? standInSales(STAND_IN_PRODUCTS, 1) : standInSales(STAND_IN_NETWORK_PRODUCTS, numStores);

function tableOf(sales: Sales, numStores: number): SalesTable {
  const samples = numStores === 1 ? sales.products.map((_, row) => [row]) : rowsByProduct(sales, numStores);
  const numSamples = samples.length;
  // Files are sorted by something: any first part of the samples shall be like all of them.
  const order = Uint32Array.from({ length: numSamples }, (_, sample) => sample);
  new RandomStream(SEEDS.order, "inventory/sales/order").shuffle(order);
  const demands = new Float32Array(numSamples * numStores * NUM_WEEKS);
  order.forEach((from, sample) => {
    samples[from].forEach((row, store) => {
      const weeks = sales.values.subarray(row * NUM_WEEKS, (row + 1) * NUM_WEEKS);
      demands.set(weeks, (sample * numStores + store) * NUM_WEEKS);
    });
  });
  const prices = new RandomStream(SEEDS.price, "inventory/sales/price");
  const leadTimes = new RandomStream(SEEDS.leadTime, "inventory/sales/lead time");
  const [low, high] = PRICES;
  return {
    numSamples,
    numWeeks: NUM_WEEKS,
    firstWeek: PARTS.train[0] + HISTORY,
    demands,
    days: Float64Array.from({ length: NUM_WEEKS + 1 }, (_, week) => daysFromChristmas(sales.firstDay + 7 * week)),
    underageCosts: Float64Array.from({ length: numSamples * numStores }, () => low + (high - low) * prices.uniform()),
    drawsLeadTimes: numStores === 1 ? 1 : 0,
    leadTimes:
      numStores === 1
        ? Float64Array.from({ length: numSamples }, () => LEAD_TIMES[leadTimes.integer(LEAD_TIMES.length)])
        : [],
    ...momentsOf(demands, numStores),
  };
}

/** Rows of the products that the first `numStores` stores of a file all sell. */
function rowsByProduct({ products, stores }: Sales, numStores: number): number[][] {
  const names = [...new Set(stores)].slice(0, numStores);
  if (names.length < numStores) {
    throw new InputError("env.sales", `sales of ${names.length} stores`, `sales of at least ${numStores} stores`);
  }
  const rows = new Map<string, number[]>();
  products.forEach((product, row) => {
    const store = names.indexOf(stores[row]);
    if (store < 0) return;
    const own = rows.get(product) ?? [];
    own[store] = row;
    rows.set(product, own);
  });
  const complete = [...rows.values()].filter((own) => Object.keys(own).length === numStores);
  if (complete.length > 0) return complete;
  throw new InputError("env.sales", "no product", `a product that all of the first ${numStores} stores sell`);
}

/** Of the training weeks, store by store. */
function momentsOf(demands: Float32Array, numStores: number): Pick<SalesTable, "mean" | "deviation" | "largest"> {
  const [from, to] = PARTS.train;
  const numSeries = demands.length / NUM_WEEKS;
  const count = (numSeries / numStores) * (to - from);
  const [mean, squares, largest] = [0, 1, 2].map(() => new Array<number>(numStores).fill(0));
  for (let series = 0; series < numSeries; series++) {
    const store = series % numStores;
    for (let week = from; week < to; week++) {
      const units = demands[series * NUM_WEEKS + week];
      mean[store] += units / count;
      squares[store] += units ** 2 / count;
      largest[store] = Math.max(largest[store], units);
    }
  }
  if (mean.some((units) => units === 0)) {
    throw new InputError("env.sales", "a store without any", "sales above 0 in the training weeks of every store");
  }
  return {
    mean,
    largest,
    deviation: squares.map((square, store) => Math.sqrt(Math.max(0, square - mean[store] ** 2))),
  };
}
