import { InputError, showValue } from "../../core/errors.js";

/** Weeks that are played and learned from; of longer records the last ones. */
export const NUM_WEEKS = 171;
/** Weeks before the first that is played, whose demand is known by then. */
export const HISTORY = 16;
/** Played weeks at the start of each part whose costs do not count when a policy is measured. */
export const IGNORED = 16;

/** What weeks serve for: to learn from, to choose on, to be measured on. */
export type SalesPart = "train" | "dev" | "test";

/**
 * First week of each part and the one past its last; the first {@link HISTORY} of them are history only, so that the
 * weeks that count are 32 to 110, 120 to 140 and 150 to 170.
 * Source: the settings with real data of Alvo et al. 2023, arXiv:2306.11246.
 */
export const PARTS: Readonly<Record<SalesPart, readonly [number, number]>> = {
  train: [0, 111],
  dev: [88, 141],
  test: [118, 171],
};

/** Periods that a part lets one play. */
export const periodsOf = (part: SalesPart): number => PARTS[part][1] - PARTS[part][0] - HISTORY;

/** Weekly sales of products in stores. */
export interface Sales {
  /** Tells them from all others: digits of their contents; empty for the generated stand-in. */
  readonly id: string;
  /** First day of the first week, in days since 1970-01-01. */
  readonly firstDay: number;
  /** Of each row [numRows]. */
  readonly products: readonly string[];
  readonly stores: readonly string[];
  /** Units sold [numRows, {@link NUM_WEEKS}]. */
  readonly values: Float32Array;
}

/** How many sales of people are kept in memory. */
const MOST_KEPT = 4;
const kept = new Map<string, Sales>();

/** Makes sales known to all that is played in this thread. */
export function keepSales(sales: Sales): void {
  kept.delete(sales.id);
  kept.set(sales.id, sales);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
}

/** Whether {@link keptSales} knows these. */
export const hasSales = (id: string): boolean => kept.has(id);

/** The sales of an id that {@link keepSales} was given. Throws {@link InputError}. */
export function keptSales(id: string): Sales {
  const found = kept.get(id);
  if (found) return found;
  throw new InputError("env.sales", showValue(id), "sales that are loaded here: load their CSV file again");
}

/** Days from the nearest Christmas, of a day in days since 1970-01-01: below 0 before it. */
export function daysFromChristmas(day: number): number {
  const year = new Date(day * 86_400_000).getUTCFullYear();
  const days = [year - 1, year, year + 1].map((of) => day - Date.UTC(of, 11, 25) / 86_400_000);
  return days.reduce((nearest, one) => (Math.abs(one) < Math.abs(nearest) ? one : nearest));
}
