import { InputError, showValue } from "../../core/errors.js";
import { NUM_WEEKS, type Sales } from "./sales.js";

/** What a CSV file of sales looks like, for people: its first line, and one of those that follow. */
export const SALES_SCHEMA = {
  header: "product,store,2013-01-01,2013-01-08,2013-01-15,…",
  row: "bread,north,12,9,14,…",
} as const;

/** A line that cannot be used: what it has, and what would do. */
export interface SalesFault {
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly given: string;
  readonly allowed: string;
}

/** Faults that are told of at most. */
const MOST_FAULTS = 20;
const WEEK = 7;
/** A cell in quotes or without, and the comma behind it. */
const CELL = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(,|$)/g;

/**
 * Reads weekly sales, one line for each product in each store.
 *
 * The header is `product,store` and then the first day of every week (YYYY-MM-DD), seven days apart, at least
 * {@link NUM_WEEKS} of them; of more the last ones are used. Each line has its product, its store, and the units sold in
 * every week: numbers of 0 or more, none missing. Every product and store has one line. Tells of every line that cannot be
 * used, up to a number; `sales` is null where there is any.
 */
export function readSales(text: string): { readonly sales: Sales | null; readonly faults: readonly SalesFault[] } {
  const faults: SalesFault[] = [];
  const refuse = (line: number, given: string, allowed: string) => {
    faults.push({ line, given, allowed });
    return null;
  };
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const days = readHeader(lines[0], refuse);
  if (!days) return { sales: null, faults };
  const [products, stores]: string[][] = [[], []];
  const seen = new Map<string, number>();
  const rows = lines.slice(1).filter((line) => line.trim() !== "").length;
  const values = new Float32Array(rows * NUM_WEEKS);
  for (let i = 1; i < lines.length && faults.length < MOST_FAULTS; i++) {
    if (lines[i].trim() === "") continue;
    const row = readRow(lines[i], i + 1, days, values, products.length * NUM_WEEKS, refuse);
    if (!row) continue;
    const key = JSON.stringify(row);
    const before = seen.get(key);
    if (before !== undefined) {
      refuse(
        i + 1,
        `${showValue(row[0])} in ${showValue(row[1])} again, as in line ${before}`,
        "one line for each product and store",
      );
      continue;
    }
    seen.set(key, i + 1);
    products.push(row[0]);
    stores.push(row[1]);
  }
  if (faults.length > 0) return { sales: null, faults };
  if (products.length === 0) refuse(2, "nothing", "a line of sales");
  else if (values.every((units) => units === 0)) refuse(2, "0 in every week of every line", "sales above 0 somewhere");
  if (faults.length > 0) return { sales: null, faults };
  const firstDay = dayOf(days[days.length - NUM_WEEKS]) ?? 0;
  const facts = { firstDay, products, stores, values };
  return { sales: { id: idOf(facts), ...facts }, faults };
}

/** The sales in a file. Throws {@link InputError} on its first line that cannot be used, with the number of the others. */
export function salesOf(text: string, source: string): Sales {
  const { sales, faults } = readSales(text);
  if (sales) return sales;
  const [{ line, given, allowed }, ...others] = faults;
  const more = others.length === 0 ? "" : ` (and ${others.length} more line${others.length === 1 ? "" : "s"} like it)`;
  throw new InputError(`${source} line ${line}`, `${given}${more}`, allowed);
}

/** A fault as one sentence. */
export const faultText = ({ line, given, allowed }: SalesFault): string =>
  `line ${line}: expected ${allowed}, got ${given}`;

type Refuse = (line: number, given: string, allowed: string) => null;

/** The first days of all weeks as they are written, or null. */
function readHeader(line: string, refuse: Refuse): readonly string[] | null {
  const [product, store, ...days] = cellsOf(line);
  if (product?.toLowerCase() !== "product" || store?.toLowerCase() !== "store") {
    return refuse(1, showValue(line), `a header that begins with ${SALES_SCHEMA.header}`);
  }
  for (const [i, text] of days.entries()) {
    const day = dayOf(text);
    if (day === null) return refuse(1, showValue(text), "the first day of a week as YYYY-MM-DD");
    const before = i > 0 ? dayOf(days[i - 1]) : null;
    if (before !== null && day !== before + WEEK) {
      return refuse(1, text, `${textOf(before + WEEK)}, a week after ${days[i - 1]}`);
    }
  }
  if (days.length < NUM_WEEKS) return refuse(1, `${days.length} weeks`, `at least ${NUM_WEEKS} weeks`);
  return days;
}

/** Product and store of a line whose sales go into `values` from `to` on, or null. */
function readRow(
  line: string,
  number: number,
  days: readonly string[],
  values: Float32Array,
  to: number,
  refuse: Refuse,
): readonly [string, string] | null {
  const cells = cellsOf(line);
  if (cells.length !== days.length + 2) {
    return refuse(number, `${cells.length} cells`, `${days.length + 2} cells, as in the header`);
  }
  const [product, store] = cells;
  if (product === "") return refuse(number, "no product", "a product in the first cell");
  if (store === "") return refuse(number, "no store", "a store in the second cell");
  // All weeks are checked, those that are too long ago to be used as well.
  const skipped = days.length - NUM_WEEKS;
  for (let week = 0; week < days.length; week++) {
    const cell = cells[week + 2];
    const units = cell === "" ? Number.NaN : Number(cell);
    if (!(units >= 0 && Number.isFinite(units))) {
      const given = cell === "" ? `nothing for ${days[week]}` : `${showValue(cell)} for ${days[week]}`;
      return refuse(number, given, "a number of units of 0 or more for every week");
    }
    if (week >= skipped) values[to + week - skipped] = units;
  }
  return [product, store];
}

/** Cells of a line, without spaces around them; quoted ones may hold commas. */
function cellsOf(line = ""): string[] {
  if (!line.includes('"')) return line.split(",").map((cell) => cell.trim());
  const cells: string[] = [];
  for (const [, quoted, plain, end] of line.matchAll(CELL)) {
    cells.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end === "") break;
  }
  return cells;
}

/** Days since 1970-01-01 of a date, or null for what is none. */
function dayOf(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Some engines take the thirtieth of February for a day in March.
  return Number.isNaN(time) || textOf(time / 86_400_000) !== text ? null : time / 86_400_000;
}

const textOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** Sixteen hexadecimal digits of the contents: FNV-1a twice, from two beginnings. */
function idOf({ firstDay, products, stores, values }: Omit<Sales, "id">): string {
  const names = new TextEncoder().encode(JSON.stringify([firstDay, products, stores]));
  const bytes = [names, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
  return [0x811c9dc5, 0x9747b28c]
    .map((start) => {
      let hash = start;
      for (const part of bytes) for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part[i], 0x01000193);
      return (hash >>> 0).toString(16).padStart(8, "0");
    })
    .join("");
}
