import {
  choiceOption,
  integerOption,
  numberOption,
  type OptionsOf,
  optionsSchema,
  textOption,
} from "../../core/options.js";

/** The problems of the suite, as the reference numbers them. */
export const SETTINGS = [
  "one-store-lost",
  "one-store-backlogged",
  "serial",
  "transshipment",
  "one-warehouse",
  "many-warehouses",
  "one-store-sales",
  "many-warehouses-sales",
] as const;

export type Setting = (typeof SETTINGS)[number];

/** Those whose demand is recorded sales. */
export const RECORDED_SETTINGS: readonly string[] = [
  "one-store-sales",
  "many-warehouses-sales",
] satisfies readonly Setting[];

/** What sets an inventory problem up; the defaults are the paper's own where it has one value. */
export const options = optionsSchema({
  setting: choiceOption({
    title: "Problem",
    help: "Which network, and whether unmet demand is lost or waits.",
    choices: SETTINGS,
    default: "one-store-lost",
  }),
  numStores: integerOption({
    title: "Stores",
    help: "Stores behind the warehouse; problems with a network of their own keep theirs.",
    default: 5,
    min: 1,
    max: 50,
  }),
  leadTime: integerOption({
    title: "Lead time",
    help: "Periods until an order of a store arrives; where the paper draws one for each store, see Instance.",
    unit: "periods",
    default: 4,
    min: 1,
    max: 20,
  }),
  underageCost: numberOption({
    title: "Underage cost",
    help: "Cost of one unit of demand that is not met at once.",
    default: 9,
    min: 0.01,
    max: 1000,
  }),
  holdingCost: numberOption({
    title: "Holding cost",
    help: "Cost of one unit that a store keeps for one period.",
    default: 1,
    min: 0.01,
    max: 1000,
  }),
  orderCost: numberOption({
    title: "Cost of an order",
    help: "What every order costs, whatever its size; one store with drawn demand only. HDPO cannot learn with it.",
    default: 0,
    min: 0,
    max: 10_000,
    advanced: true,
  }),
  demand: choiceOption({
    title: "Demand",
    help: "Distribution of what customers ask for; the problem's own unless named.",
    choices: ["own", "poisson", "normal"],
    default: "own",
  }),
  demandMean: numberOption({
    title: "Mean demand",
    help: "Units that customers ask for in a period, on average; where the paper draws one for each store, see Instance.",
    unit: "units",
    default: 5,
    min: 0.1,
    max: 1000,
  }),
  demandStd: numberOption({
    title: "Demand spread",
    help: "Standard deviation of normal demand; 0 takes the problem's own.",
    unit: "units",
    default: 0,
    min: 0,
    max: 1000,
  }),
  correlation: numberOption({
    title: "Correlation",
    help: "How much the demands of any two stores move together.",
    default: 0.5,
    min: 0,
    max: 1,
  }),
  instance: choiceOption({
    title: "Instance",
    help: "In networks of many stores: demand, costs and lead times drawn for each store as published, or the same for all.",
    choices: ["published", "uniform"],
    default: "published",
    advanced: true,
  }),
  network: textOption({
    title: "Own network",
    help: "Stores, warehouses and roads in words, in place of the problem's: warehouse W hold=0.3; store A under=9 mean=5 std=2; W→A:2; supplier→W:3.",
    default: "",
    maxLength: 8000,
    advanced: true,
  }),
  sales: textOption({
    title: "Sales",
    help: "Digits of the loaded file; none: generated sales.",
    maxLength: 16,
    advanced: true,
  }),
  horizon: integerOption({
    title: "Episode limit",
    help: "Periods after which an episode is cut short (truncated); training traces of the paper have 50.",
    unit: "periods",
    default: 50,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
});

export type InventoryOptions = OptionsOf<typeof options>;

/** What sets up one store whose orders are whole units, so that they can be named; demand is small enough for that. */
export const wholeOptions = optionsSchema({
  setting: choiceOption({
    title: "Problem",
    help: "Whether demand that is not met at once is lost or waits.",
    choices: ["one-store-lost", "one-store-backlogged"],
    default: "one-store-lost",
  }),
  leadTime: options.entries.leadTime,
  underageCost: options.entries.underageCost,
  holdingCost: options.entries.holdingCost,
  orderCost: options.entries.orderCost,
  demand: options.entries.demand,
  demandMean: numberOption({
    title: "Mean demand",
    help: "Units that customers ask for in a period, on average; orders go up to four times as many.",
    unit: "units",
    default: 5,
    min: 0.5,
    max: 25,
  }),
  demandStd: options.entries.demandStd,
  horizon: options.entries.horizon,
});
