import { RandomStream } from "../../core/random.js";
import { normalQuantile, poissonQuantile } from "./demand.js";
import { daysFromChristmas, NUM_WEEKS, type Sales } from "./sales.js";

/** 1 January 2013, in days since 1970-01-01: where the published weeks begin. */
const FIRST_DAY = 15_706;
const WEEKS_A_YEAR = 365.25 / 7;
/** Days before Christmas over which sales rise. */
const RISE = 28;

/**
 * Sales that nobody made: what is played where no file of real ones is at hand. They have the shape of such files, not
 * their numbers.
 *
 * A product has a size (log-normal), a season, a trend, a peak before Christmas and ups and downs that last for weeks
 * (a first-order autoregression); a store has a share of it. What is sold in a week is Poisson around all that.
 */
export function standInSales(numProducts: number, numStores: number): Sales {
  const numRows = numProducts * numStores;
  const values = new Float32Array(numRows * NUM_WEEKS);
  const days = Float64Array.from({ length: NUM_WEEKS }, (_, week) => daysFromChristmas(FIRST_DAY + 7 * week));
  const stream = new RandomStream(57, "inventory/stand-in", numRows);
  const products = new RandomStream(57, "inventory/stand-in/products", numProducts);
  const share = new RandomStream(57, "inventory/stand-in/stores", numStores);
  const shares = Float64Array.from({ length: numStores }, (_, store) => 0.5 + share.uniform(store));
  for (let product = 0; product < numProducts; product++) {
    const between = (low: number, high: number) => low + (high - low) * products.uniform(product);
    const size = 10 * Math.exp(0.8 * normalQuantile(products.uniform(product)));
    const trend = 0.15 * normalQuantile(products.uniform(product));
    const [season, phase] = [between(0, 0.4), between(0, WEEKS_A_YEAR)];
    const [peak, spread, persistence] = [between(0, 1.5), between(0.1, 0.4), between(0.5, 0.9)];
    for (let store = 0; store < numStores; store++) {
      const row = product * numStores + store;
      const scale = size * (numStores === 1 ? 1 : shares[store]);
      const fresh = spread * Math.sqrt(1 - persistence ** 2);
      let mood = spread * normalQuantile(stream.uniform(row));
      for (let week = 0; week < NUM_WEEKS; week++) {
        const wave = 1 + season * Math.cos((2 * Math.PI * (week - phase)) / WEEKS_A_YEAR);
        const before = days[week] <= 0 && days[week] > -RISE ? 1 + days[week] / RISE : 0;
        const expected = scale * Math.exp((trend * week) / WEEKS_A_YEAR + mood) * wave * (1 + peak * before);
        values[row * NUM_WEEKS + week] = poissonQuantile(stream.uniform(row), expected);
        mood = persistence * mood + fresh * normalQuantile(stream.uniform(row));
      }
    }
  }
  const rows = Array.from({ length: numRows }, (_, row) => [Math.floor(row / numStores), row % numStores]);
  return {
    id: "",
    firstDay: FIRST_DAY,
    products: rows.map(([product]) => `product ${product + 1}`),
    stores: rows.map(([, store]) => `store ${store + 1}`),
    values,
  };
}
