import { expect, test } from "vitest";
import { InputError } from "../../src/core/errors.js";
import {
  daysFromChristmas,
  HISTORY,
  IGNORED,
  keepSales,
  NUM_WEEKS,
  PARTS,
  periodsOf,
} from "../../src/envs/inventory/sales.js";
import { faultText, readSales, salesOf } from "../../src/envs/inventory/sales-csv.js";
import { standInSales } from "../../src/envs/inventory/sales-stand-in.js";
import { salesTable } from "../../src/envs/inventory/sales-table.js";
import { inventoryProblemOf } from "../../src/envs/inventory/variant.js";

const dayText = (week: number) => new Date(Date.UTC(2013, 0, 1 + 7 * week)).toISOString().slice(0, 10);
const header = (weeks = NUM_WEEKS) =>
  ["product", "store", ...Array.from({ length: weeks }, (_, i) => dayText(i))].join();
const row = (product: string, store: string, of: (week: number) => unknown, weeks = NUM_WEEKS) =>
  [product, store, ...Array.from({ length: weeks }, (_, week) => of(week))].join();
const faultsOf = (...lines: string[]) => readSales(lines.join("\n")).faults.map(faultText);

test("a file of weekly sales is read, of more weeks than are needed the last ones", () => {
  const weeks = NUM_WEEKS + 2;
  const text = [header(weeks), row('"milk, fresh"', "north", (week) => week, weeks), ""].join("\r\n");
  const { products, stores, values, firstDay, id } = salesOf(text, "file");
  expect(products).toEqual(["milk, fresh"]);
  expect(stores).toEqual(["north"]);
  expect([...values.slice(0, 3)]).toEqual([2, 3, 4]);
  expect(firstDay).toBe(Date.UTC(2013, 0, 15) / 86_400_000);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  const other = text.replace(",9,", ",8,");
  expect(salesOf(text, "another name").id).toBe(id);
  expect(salesOf(other, "file").id).not.toBe(id);
});

test("every line that cannot be used is named with what it has and what would do", () => {
  const good = row("milk", "north", () => 3);
  expect(
    faultsOf(
      header(),
      good,
      row("milk", "south", (week) => (week === 1 ? "" : 3)),
      row("bread", "north", (week) => (week === 2 ? -3 : 3)),
      row("bread", "south", (week) => (week === 2 ? "many" : 3)),
      row("", "south", () => 3),
      row("eggs", "", () => 3),
      "eggs,south,3,4",
      good,
    ),
  ).toEqual([
    "line 3: expected a number of units of 0 or more for every week, got nothing for 2013-01-08",
    'line 4: expected a number of units of 0 or more for every week, got "-3" for 2013-01-15',
    'line 5: expected a number of units of 0 or more for every week, got "many" for 2013-01-15',
    "line 6: expected a product in the first cell, got no product",
    "line 7: expected a store in the second cell, got no store",
    "line 8: expected 173 cells, as in the header, got 4 cells",
    'line 9: expected one line for each product and store, got "milk" in "north" again, as in line 2',
  ]);
});

test("a header that is none, too few weeks, weeks that are no weeks, and files without sales are refused", () => {
  expect(faultsOf("a,b,c")[0]).toMatch(/^line 1: expected a header that begins with product,store,2013-01-01/);
  expect(faultsOf("")[0]).toMatch(/^line 1: expected a header/);
  expect(
    faultsOf(
      header(120),
      row("milk", "north", () => 3, 120),
    ),
  ).toEqual(["line 1: expected at least 171 weeks, got 120 weeks"]);
  expect(faultsOf(header().replace("2013-01-15", "2013-01-16"))).toEqual([
    "line 1: expected 2013-01-15, a week after 2013-01-08, got 2013-01-16",
  ]);
  expect(faultsOf(header().replace("2013-02-05", "2013-02-30"))[0]).toMatch(/first day of a week as YYYY-MM-DD/);
  expect(faultsOf(header())).toEqual(["line 2: expected a line of sales, got nothing"]);
  expect(
    faultsOf(
      header(),
      row("milk", "north", () => 0),
    )[0],
  ).toMatch(/expected sales above 0 somewhere/);
  const bad = [header(), "a", "b", "c"].join("\n");
  expect(() => salesOf(bad, "sales.csv")).toThrow(
    "sales.csv line 2: expected 173 cells, as in the header, got 1 cells (and 2 more lines like it)",
  );
});

test("days count from the nearest Christmas, below 0 before it, as in the published calendar", () => {
  const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  const published = [
    ["2013-01-01", 7],
    ["2013-06-25", 182],
    ["2013-07-02", -176],
    ["2013-12-24", -1],
    ["2016-06-21", 179],
    ["2016-06-28", -180],
  ] as const;
  for (const [text, days] of published) expect(daysFromChristmas(day(text))).toBe(days);
});

test("the parts are those published: of each, history, weeks to warm up, and weeks that count", () => {
  const counted = (["train", "dev", "test"] as const).map((part) => {
    const first = PARTS[part][0] + HISTORY + IGNORED;
    return [first, PARTS[part][1] - 1, periodsOf(part)];
  });
  expect(counted).toEqual([
    [32, 110, 95],
    [120, 140, 37],
    [150, 170, 37],
  ]);
});

test("the stand-in has a peak before Christmas, sizes that differ, and demand whose past says something of it", () => {
  const sales = standInSales(400, 1);
  const table = Array.from({ length: 400 }, (_, i) => sales.values.subarray(i * NUM_WEEKS, (i + 1) * NUM_WEEKS));
  const means = table.map((weeks) => weeks.reduce((sum, units) => sum + units, 0) / NUM_WEEKS);
  expect(Math.max(...means) / Math.min(...means)).toBeGreaterThan(10);
  const inWeek = (week: number) => table.reduce((sum, weeks) => sum + weeks[week], 0);
  // The week of 17 December 2013, and one in the October before.
  expect(inWeek(50) / inWeek(41)).toBeGreaterThan(1.3);
  let [same, apart] = [0, 0];
  table.forEach((weeks, i) => {
    const mean = means[i] || 1;
    for (let week = 60; week < 90; week++) {
      same += (weeks[week] / mean - 1) * (weeks[week + 1] / mean - 1);
      apart += (weeks[week] / mean - 1) * (table[(i + 1) % 400][week + 1] / (means[(i + 1) % 400] || 1) - 1);
    }
  });
  expect(same).toBeGreaterThan(3 * Math.abs(apart));
  expect(standInSales(3, 1).values.subarray(0, NUM_WEEKS)).toHaveLength(NUM_WEEKS);
});

test("samples have prices and lead times of their own within their ranges, the same every time", () => {
  const { underageCosts, leadTimes, numSamples } = salesTable("", 1);
  expect(numSamples).toBe(8192);
  const prices = Array.from(underageCosts);
  expect(Math.min(...prices)).toBeGreaterThanOrEqual(6.3);
  expect(Math.max(...prices)).toBeLessThan(11.7);
  expect(new Set(Array.from(leadTimes))).toEqual(new Set([4, 5, 6]));
  const three = salesTable("", 21);
  expect([three.numSamples, three.underageCosts.length, three.leadTimes.length]).toEqual([288, 288 * 21, 0]);
});

test("a network of stores takes the products that all of its stores sell, and says what is missing", () => {
  const stores = Array.from({ length: 21 }, (_, i) => `store ${i}`);
  const lines = [
    header(),
    ...stores.map((store, i) => row("milk", store, () => i + 1)),
    row("bread", "store 3", () => 9),
  ];
  const sales = salesOf(lines.join("\n"), "file");
  keepSales(sales);
  const table = salesTable(sales.id, 21);
  expect(table.numSamples).toBe(1);
  expect(table.mean.map((units) => Math.round(units))).toEqual(stores.map((_, i) => i + 1));
  const few = salesOf(lines.slice(0, 9).join("\n"), "file");
  keepSales(few);
  const network = { setting: "many-warehouses-sales", sales: few.id };
  expect(() => inventoryProblemOf("inventory", network)).toThrow(
    "expected sales of at least 21 stores, got sales of 8",
  );
});

test("sales that are not loaded, and longer episodes than there are weeks, are refused in one sentence", () => {
  const options = { setting: "one-store-sales", sales: "0123456789abcdef" };
  expect(() => inventoryProblemOf("inventory", options)).toThrow(InputError);
  expect(() => inventoryProblemOf("inventory", options)).toThrow("load their CSV file again");
  const long = { setting: "one-store-sales", horizon: 96 };
  expect(() => inventoryProblemOf("inventory", long)).toThrow("env.horizon: expected at most the 95 weeks");
});
