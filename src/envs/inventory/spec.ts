import type { Feature } from "../../core/spaces.js";
import type { EnvironmentSpec } from "../environment.js";
import { options, wholeOptions } from "./options.js";

/** A quantity of goods that comes to `mean` units in a period; `most` of them are much. */
export const units = (name: string, low: number, high: number, typical: readonly [number, number]): Feature => {
  return { name, unit: "units", low, high, typical };
};

/** What every network says about itself; the rest follows from its options. */
export const shared = {
  rewardTerms: [
    { name: "holding", help: "Minus the cost of stock left after demand, per store." },
    { name: "underage", help: "Minus the cost of demand not met at once, per store." },
    { name: "procurement", help: "Minus the cost of what was bought, per store." },
  ],
  solvedReturn: null,
  solvedAs: "inventory",
  secondsPerStep: 0.4,
  source: "Alvo, Russo, Kanoria & Lee 2023, arXiv:2306.11246 (MatiasAlvo/Neural_inventory_control at 4d77c14)",
} as const satisfies Partial<EnvironmentSpec>;

/** The first three of a store's periods ahead. */
const duePeriods = (most: number): Feature[] =>
  ["due in 1 period", "due in 2 periods", "due in 3 periods"].map((name) =>
    units(name, 0, Number.POSITIVE_INFINITY, [0, most]),
  );

/** One store with default options: what `variant.ts` makes of them, written out so that listing worlds needs no more. */
const oneStore = {
  ...shared,
  observation: [units("on hand", 0, Number.POSITIVE_INFINITY, [0, 20]), ...duePeriods(10)],
  state: ["on hand", "due in 1 period", "due in 2 periods", "due in 3 periods", "shipped", "asked", "missing"],
  // What was shipped, asked for and missing.
  stepwise: [4, 5, 6],
  noiseSize: { reset: 4, step: 1 },
  runsOn: ["cpu", "gpu"],
} as const satisfies Partial<EnvironmentSpec>;

/**
 * Order stock for stores and warehouses, neither too much nor too little, before knowing what customers will ask for.
 *
 * Task: the least cost per period. Observation: what every node has on hand and what is on its way, period by period.
 * Action: units ordered along every road. Reward: minus the cost of holding, of demand not met and of procurement, per
 * store. Ending: never; only the horizon cuts it short. Which network it is, and so the sizes of all these, follows from
 * the options.
 * Source: Alvo et al. 2023, arXiv:2306.11246; `problem.ts` and `dynamics.ts` say the rest.
 */
export const networkSpec: EnvironmentSpec = {
  ...oneStore,
  id: "inventory",
  title: "Inventory network",
  summary: "Order stock for stores and warehouses, neither too much nor too little, before demand is known.",
  options,
  action: { kind: "continuous", features: [units("order", 0, 20, [0, 20])] },
  hand: { held: { up: [1], down: [-1] }, idle: "last", start: [5] },
  randomReturn: -5577,
};

/**
 * One store that orders whole units, each number an action of its own: what learners of discrete actions and readable
 * policies can take on. All else is as in {@link networkSpec}.
 */
export const wholeSpec: EnvironmentSpec = {
  ...oneStore,
  id: "inventory-whole",
  title: "Inventory, whole orders",
  summary: "Order whole units for one store, neither too much nor too little, before demand is known.",
  options: wholeOptions,
  action: { kind: "discrete", names: Array.from({ length: 21 }, (_, order) => `order ${order}`) },
  hand: { held: { up: [1], down: [-1] }, idle: "last", start: [5] },
  randomReturn: -5587,
};
