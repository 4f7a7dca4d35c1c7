import type { Description } from "../drawing.js";
import { firstStore, type InventoryProblem, pipelineLengths, SUPPLIER } from "./problem.js";
import { flowThrough } from "./tables.js";

const SITUATIONS = {
  start: "A new start",
  lost: "Sold out, and demand is lost",
  waiting: "Sold out, and demand waits",
  low: "Little in stock, and little on its way",
  coming: "Little in stock, but more is on its way",
  steady: "Stock for the periods ahead",
  much: "Far more in stock than is asked for",
} as const;

const ORDERS = {
  none: "order nothing",
  less: "order less than is asked for",
  even: "order about what is asked for",
  more: "order more than is asked for",
} as const;

/** What the drawing writes beside numbers. */
export const LABELS = {
  asked: "asked",
  lost: "lost",
  waiting: "waiting",
  supplier: "supplier",
} as const;

/** Whole orders that have words of their own without further ado: those of the default options. */
const NAMED_ORDERS = 20;

/** Every text that the drawing of a network writes or says. */
export const texts: readonly string[] = [
  ...Object.values(SITUATIONS),
  ...Object.values(ORDERS),
  ...Object.values(LABELS),
  ...["store", "store 1", "warehouse", "warehouse 1", "echelon 1"],
  ...Array.from({ length: NAMED_ORDERS + 1 }, (_, order) => `order ${order}`),
];

/** The moment of a network in words: whether stock lasts, and how orders compare with demand. */
export function describeNetwork(
  problem: InventoryProblem,
  state: ArrayLike<number>,
  action: ArrayLike<number> | null,
): Description {
  if (!action || Number.isNaN(action[0])) return { text: SITUATIONS.start, action: "" };
  return { text: SITUATIONS[situationOf(problem, state)], action: orderWords(problem, action) };
}

function situationOf(problem: InventoryProblem, state: ArrayLike<number>): keyof typeof SITUATIONS {
  const { demand, unmet, edges } = problem;
  const lengths = pipelineLengths(problem);
  const size = lengths.reduce((sum, length) => sum + length, 0);
  const first = firstStore(problem);
  const count = demand.mean.length;
  const mean = demand.mean.reduce((sum, x) => sum + x, 0);
  let missing = 0;
  for (let store = 0; store < count; store++) missing += state[size + edges.length + count + store];
  if (missing > 0.1 * mean) return unmet === "lost" ? "lost" : "waiting";

  let cell = 0;
  let onHand = 0;
  let onWay = 0;
  lengths.forEach((length, node) => {
    if (node >= first) {
      onHand += state[cell];
      for (let i = 1; i < length; i++) onWay += state[cell + i];
    }
    cell += length;
  });
  if (onHand > 4 * mean) return "much";
  if (onHand >= mean) return "steady";
  return onWay >= mean ? "coming" : "low";
}

function orderWords(problem: InventoryProblem, action: ArrayLike<number>): string {
  const { edges } = problem;
  // One road: the number says it best.
  if (edges.length === 1) return `order ${Math.round(action[0])}`;
  const flow = flowThrough(problem);
  let [ordered, usual] = [0, 0];
  edges.forEach(({ from, to }, i) => {
    if (from !== SUPPLIER) return;
    ordered += action[i];
    usual += flow[to];
  });
  if (ordered < 0.05 * usual) return ORDERS.none;
  if (ordered < 0.75 * usual) return ORDERS.less;
  return ordered > 1.25 * usual ? ORDERS.more : ORDERS.even;
}
