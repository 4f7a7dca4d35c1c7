import { InputError } from "../../core/errors.js";
import { parseNetwork } from "./network-text.js";
import type { InventoryOptions } from "./options.js";
import {
  type DemandModel,
  type InventoryEdge,
  type InventoryNode,
  type InventoryProblem,
  type NodeKind,
  numStores,
  SUPPLIER,
} from "./problem.js";
import { periodsOf } from "./sales.js";
import { salesTable } from "./sales-table.js";

/**
 * Parameters drawn for up to fifty stores; a network of K stores takes the first K.
 * Source: `reference` instances of Alvo et al. (NumPy's generator under the seeds of their settings).
 */
const PUBLISHED = {
  mean: [
    3.743, 4.75, 4.555, 3.801, 6.852, 3.425, 2.598, 7.266, 5.902, 4.933, 7.325, 4.467, 2.898, 4.257, 3.318, 7.416,
    6.903, 4.97, 4.505, 4.756, 6.104, 3.739, 5.614, 3.212, 3.506, 2.906, 7.267, 2.779, 5.498, 6.115, 7.351, 6.608,
    5.138, 4.157, 4.27, 2.895, 5.28, 3.329, 3.976, 6.703, 4.313, 4.204, 6.052, 2.659, 4.862, 6.158, 6.366, 3.706, 4.031,
    3.183,
  ],
  std: [
    1.765, 2.124, 1.622, 1.405, 1.714, 1.59, 0.879, 2.701, 2.127, 2.391, 3.145, 2.055, 0.936, 1.953, 1.201, 2.39, 2.422,
    2.236, 2.09, 2.04, 2.722, 1.748, 1.643, 1.157, 1.554, 1.395, 2.457, 0.777, 1.888, 1.808, 1.852, 3.166, 2.251, 1.151,
    1.79, 1.114, 2.013, 1.344, 1.714, 1.79, 1.582, 1.536, 2.759, 0.91, 1.675, 1.643, 2.071, 1.734, 1.497, 0.963,
  ],
  underageCost: [
    10.2367, 9.3307, 6.9748, 8.447, 10.5191, 9.0594, 7.2865, 10.909, 11.459, 11.6148, 7.3406, 11.5423, 7.568, 6.4423,
    11.4087, 11.2773, 7.8875, 7.1979, 8.4353, 9.0576, 7.9634, 8.6197, 10.7824, 9.3369, 10.7868, 11.6834, 8.0959, 6.7914,
    10.4787, 7.1067, 10.2169, 11.4578, 6.6947, 8.7147, 10.842, 7.0859, 10.4325, 10.5216, 9.9454, 7.0112, 6.5122, 9.8425,
    7.6564, 11.6375, 9.1803, 6.6195, 10.0733, 9.6867, 11.1372, 7.1744,
  ],
  holdingCost: [
    1.0856, 1.0232, 1.0071, 1.0662, 0.9958, 0.8287, 0.8464, 1.0433, 1.1636, 0.8864, 0.9424, 1.0581, 0.8449, 1.2434,
    0.7955, 1.0532, 0.8572, 1.2258, 1.2514, 0.763, 1.2824, 0.7261, 0.7204, 1.0195, 0.7165, 0.9025, 0.816, 0.8612,
    1.2861, 1.2683, 1.1919, 1.0931, 0.7333, 1.1135, 1.0821, 1.0617, 0.7729, 0.8277, 1.0045, 0.986, 0.7488, 0.9142,
    1.1399, 1.1387, 0.7708, 0.7253, 0.8913, 1.2033, 1.0647, 0.7463,
  ],
  leadTime: [
    2, 3, 2, 2, 2, 3, 3, 3, 3, 3, 2, 3, 2, 2, 3, 3, 2, 2, 2, 2, 2, 3, 3, 3, 2, 2, 3, 2, 2, 3, 2, 3, 3, 2, 2, 3, 2, 3, 3,
    3, 3, 2, 3, 2, 2, 2, 3, 3, 2, 2,
  ],
};

/** Lead times from both warehouses to the ten stores of `many-warehouses`; 0 where there is no road. */
const TWO_WAREHOUSES = [
  [0, 0, 6, 6, 6, 0, 6, 5, 6, 0],
  [2, 1, 2, 2, 1, 2, 0, 2, 2, 2],
];

/** Lead times from three warehouses to the twenty-one stores of `many-warehouses-sales`, likewise. */
const THREE_WAREHOUSES = [
  [6, 6, 6, 0, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0, 6, 6, 6, 6, 5, 5],
  [1, 1, 1, 1, 1, 0, 2, 2, 1, 2, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2],
  [5, 5, 5, 5, 4, 6, 5, 5, 5, 5, 5, 0, 5, 6, 5, 5, 5, 5, 5, 4, 5],
];
/** The longest of the lead times that the samples of one store have. */
const SALES_LEAD_TIME = 6;

/** Periods from the supplier to a warehouse. */
const WAREHOUSE_LEAD_TIME = 3;
/** The serial system upstream of its store: name, holding cost and lead time of each stage. */
const SERIAL_STAGES = [
  ["echelon", "echelon 1", 0.1, 2],
  ["echelon", "echelon 2", 0.2, 4],
  ["warehouse", "warehouse", 0.5, 3],
] as const satisfies readonly (readonly [NodeKind, string, number, number])[];

/**
 * The network that the options spell out, or else that of their setting. Throws `InputError` (`env.network`) for a text
 * that is none.
 *
 * Source: the settings of Alvo et al.; demand, costs and lead times of the networks of many stores are theirs unless
 * `instance` is `uniform`.
 */
export function problemOf(options: InventoryOptions): InventoryProblem {
  const problem = freeOrders(options);
  const { orderCost } = options;
  if (orderCost === 0) return problem;
  if (problem.nodes.length > 1 || problem.sales) {
    throw new InputError("env.orderCost", String(orderCost), "0 unless there is one store alone, with drawn demand");
  }
  return { ...problem, orderCost };
}

/** The same, where orders cost nothing by themselves. */
function freeOrders(options: InventoryOptions): InventoryProblem {
  if (options.network.trim() !== "") return parseNetwork(options.network);
  switch (options.setting) {
    case "one-store-lost":
      return oneStore(options, "lost", demandOf(options, 1, { kind: "poisson", std: 1.6 }));
    case "one-store-backlogged":
      return oneStore(options, "backlogged", demandOf(options, 1, { kind: "normal", std: 1.6 }));
    case "serial":
      return serial(options);
    case "transshipment":
      return warehouses(options, {
        unmet: "backlogged",
        numStores: options.numStores,
        holdingCosts: [0.5],
        edgeCosts: [0],
        drawnCosts: false,
        holdsStock: false,
        clipped: false,
        leadTimes: [Array.from({ length: options.numStores }, () => options.leadTime)],
      });
    case "one-warehouse":
      return warehouses(options, {
        unmet: "lost",
        numStores: options.numStores,
        holdingCosts: [0.3],
        edgeCosts: [0],
        drawnCosts: true,
        holdsStock: true,
        clipped: true,
        leadTimes: [
          Array.from({ length: options.numStores }, (_, store) =>
            options.instance === "published" ? PUBLISHED.leadTime[store] : options.leadTime,
          ),
        ],
      });
    case "many-warehouses":
      return warehouses(options, {
        unmet: "lost",
        numStores: TWO_WAREHOUSES[0].length,
        holdingCosts: [0.3, 0.4],
        edgeCosts: [0.5, 1.5],
        drawnCosts: true,
        holdsStock: true,
        clipped: true,
        leadTimes: TWO_WAREHOUSES,
      });
    case "one-store-sales":
      return withSales(
        options,
        oneStore({ ...options, leadTime: SALES_LEAD_TIME }, "lost", demandOf(options, 1, DRAWN)),
      );
    case "many-warehouses-sales":
      return withSales(
        options,
        warehouses(options, {
          unmet: "lost",
          numStores: THREE_WAREHOUSES[0].length,
          holdingCosts: [0.3, 0.4, 0.2],
          edgeCosts: [0.5, 1.5, 0.7],
          drawnCosts: true,
          holdsStock: true,
          clipped: true,
          leadTimes: THREE_WAREHOUSES,
        }),
      );
    default:
      return options.setting satisfies never;
  }
}

/** What stands for recorded demand until it is known. */
const DRAWN = { kind: "normal", std: 1 } as const;

/** A network whose demand is recorded: stores are paid for what they sell, at prices that samples have. */
function withSales(options: InventoryOptions, network: InventoryProblem): InventoryProblem {
  const most = periodsOf("train");
  if (options.horizon > most) {
    throw new InputError("env.horizon", String(options.horizon), `at most the ${most} weeks of recorded sales`);
  }
  const data = options.sales ?? "";
  const count = numStores(network);
  const { mean, deviation: std, largest } = salesTable(data, count);
  return {
    ...network,
    demand: { kind: "traces", mean, std, correlation: 0, clipped: true },
    profit: true,
    wholeUnits: false,
    minPipeline: SALES_LEAD_TIME,
    sales: { data, largest, drawnLeadTimes: count === 1 },
  };
}

/** Demand of every store, from the options where they say, else as the setting has it. */
function demandOf(
  options: InventoryOptions,
  count: number,
  own: { readonly kind: DemandModel["kind"]; readonly std: number; readonly clipped?: boolean },
): DemandModel {
  const kind = options.demand === "own" ? own.kind : options.demand;
  const std = kind === "poisson" ? Math.sqrt(options.demandMean) : options.demandStd || own.std;
  return {
    kind,
    mean: Array.from({ length: count }, () => options.demandMean),
    std: Array.from({ length: count }, () => std),
    correlation: count === 1 || kind === "poisson" ? 0 : options.correlation,
    clipped: own.clipped ?? true,
  };
}

function storeOf(index: number, count: number, holdingCost: number, underageCost: number): InventoryNode {
  const name = count === 1 ? "store" : `store ${index + 1}`;
  return { kind: "store", name, holdingCost, underageCost, holdsStock: true };
}

function oneStore(
  { leadTime, holdingCost, underageCost }: InventoryOptions,
  unmet: "lost" | "backlogged",
  demand: DemandModel,
): InventoryProblem {
  return {
    nodes: [storeOf(0, 1, holdingCost, underageCost)],
    edges: [{ from: SUPPLIER, to: 0, leadTime, cost: 0 }],
    demand,
    unmet,
    profit: false,
    wholeUnits: demand.kind === "poisson",
    minPipeline: 4,
  };
}

function serial(options: InventoryOptions): InventoryProblem {
  const demand = demandOf(options, 1, { kind: "normal", std: 2 });
  const stages = SERIAL_STAGES.map(
    ([kind, name, holdingCost]): InventoryNode => ({ kind, name, holdingCost, underageCost: 0, holdsStock: true }),
  );
  const leadTimes = [...SERIAL_STAGES.slice(1).map(([, , , leadTime]) => leadTime), options.leadTime];
  return {
    nodes: [...stages, storeOf(0, 1, options.holdingCost, options.underageCost)],
    edges: [
      ...leadTimes.map((leadTime, from) => ({ from, to: from + 1, leadTime, cost: 0 })),
      { from: SUPPLIER, to: 0, leadTime: SERIAL_STAGES[0][3], cost: 0 },
    ],
    demand,
    unmet: "backlogged",
    profit: false,
    wholeUnits: demand.kind === "poisson",
    minPipeline: 1,
  };
}

interface WarehouseFacts {
  readonly unmet: "lost" | "backlogged";
  readonly numStores: number;
  /** Of each warehouse, and what it pays per unit ordered. */
  readonly holdingCosts: readonly number[];
  readonly edgeCosts: readonly number[];
  /** Whether the published instance draws the costs of each store. */
  readonly drawnCosts: boolean;
  readonly holdsStock: boolean;
  readonly clipped: boolean;
  /** [numWarehouses][numStores], 0 where there is no road. */
  readonly leadTimes: readonly (readonly number[])[];
}

function warehouses(options: InventoryOptions, facts: WarehouseFacts): InventoryProblem {
  const { numStores: count, holdingCosts, edgeCosts, leadTimes, holdsStock } = facts;
  const published = options.instance === "published";
  const drawn = published && facts.drawnCosts;
  const same = demandOf(options, count, { kind: "normal", std: 1.6, clipped: facts.clipped });
  const demand =
    published && same.kind === "normal"
      ? { ...same, mean: PUBLISHED.mean.slice(0, count), std: PUBLISHED.std.slice(0, count) }
      : same;
  const stores = Array.from({ length: count }, (_, store) =>
    storeOf(
      store,
      count,
      drawn ? PUBLISHED.holdingCost[store] : options.holdingCost,
      drawn ? PUBLISHED.underageCost[store] : options.underageCost,
    ),
  );
  const sources = holdingCosts.map(
    (holdingCost, index): InventoryNode => ({
      kind: "warehouse",
      name: holdingCosts.length === 1 ? "warehouse" : `warehouse ${index + 1}`,
      holdingCost,
      underageCost: 0,
      holdsStock,
    }),
  );
  const roads = leadTimes.flatMap((row, from) =>
    row.flatMap((leadTime, store): InventoryEdge[] =>
      leadTime === 0 ? [] : [{ from, to: sources.length + store, leadTime, cost: 0 }],
    ),
  );
  const supplies = edgeCosts.map(
    (cost, to): InventoryEdge => ({ from: SUPPLIER, to, leadTime: WAREHOUSE_LEAD_TIME, cost }),
  );
  return {
    nodes: [...sources, ...stores],
    edges: [...roads, ...supplies],
    demand,
    unmet: facts.unmet,
    profit: false,
    wholeUnits: demand.kind === "poisson",
    minPipeline: 1,
  };
}
