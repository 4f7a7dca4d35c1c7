import { type OptionValues, parseOptions } from "../../core/options.js";
import type { ActionSpace, Feature } from "../../core/spaces.js";
import type { Dynamics, ParamsStruct } from "../dynamics.js";
import type { EnvironmentSpec, HandControls, PlayableEnvironment } from "../environment.js";
import { optionsOfParams } from "../params.js";
import { observe, reset, step } from "./dynamics.js";
import { type InventoryOptions, options as networkOptions } from "./options.js";
import {
  firstStore,
  type InventoryNode,
  type InventoryProblem,
  pipelineLengths,
  roadName,
  SUPPLIER,
  storeRoads,
} from "./problem.js";
import { randomReturnOf } from "./random-return.js";
import { HISTORY } from "./sales.js";
import { problemOf } from "./settings.js";
import { networkSpec, units, wholeSpec } from "./spec.js";
import { flowThrough, type InventoryTables, orderLimits, tablesOf } from "./tables.js";

export { loadSales } from "./sales-shelf.js";

/** The network of parsed options of `networkSpec`. */
export function networkOf(options: OptionValues): PlayableEnvironment {
  const problem = problemOf(options as unknown as InventoryOptions);
  const action: ActionSpace = { kind: "continuous", features: actionsOf(problem) };
  const spec: EnvironmentSpec = { ...networkSpec, ...sizesOf(problem), action, hand: handOf(problem) };
  return worldOf(spec, problem, options);
}

/** The store of parsed options of `wholeSpec`. */
export function wholeOf(options: OptionValues): PlayableEnvironment {
  const problem = wholeProblem(options);
  const most = Math.floor(orderLimits(problem)[0]);
  const names = Array.from({ length: most + 1 }, (_, order) => `order ${order}`);
  const hand: HandControls = {
    held: { up: [1], down: [-1] },
    idle: "last",
    start: [Math.round(problem.demand.mean[0])],
  };
  const spec: EnvironmentSpec = { ...wholeSpec, ...sizesOf(problem), action: { kind: "discrete", names }, hand };
  return worldOf(spec, problem, options);
}

/** The inventory problem that these options of a world describe, parsed or not. Throws `InputError`. */
export function inventoryProblemOf(world: string, options: OptionValues): InventoryProblem {
  if (world === wholeSpec.id) return wholeProblem(parseOptions(wholeSpec.options, options, "env"));
  return problemOf(parseOptions(networkOptions, options, "env"));
}

function wholeProblem(options: unknown): InventoryProblem {
  return { ...problemOf(parseOptions(networkOptions, options, "env")), wholeUnits: true };
}

function worldOf(spec: EnvironmentSpec, problem: InventoryProblem, options: OptionValues): PlayableEnvironment {
  const tables = tablesOf(problem);
  let newest = { params: {} as ParamsStruct, tables };
  const dynamics: Dynamics<InventoryTables> = {
    reset,
    step,
    observe,
    prepare(params) {
      // Copies mostly share their parameters: they then share their tables too.
      if (sameParams(params, newest.params)) return newest.tables;
      const asked = tablesOf(inventoryProblemOf(spec.id, optionsOfParams(spec, params, options)));
      const prepared = sameTables(asked, tables) ? tables : asked;
      checkShape(prepared, tables);
      newest = { params: { ...params }, tables: prepared };
      return prepared;
    },
  };
  let measured: number | null = null;
  return {
    spec: {
      ...spec,
      get randomReturn() {
        measured ??= randomReturnOf(spec, dynamics as Dynamics<never>, options);
        return measured;
      },
    },
    dynamics: dynamics as Dynamics<never>,
  };
}

const sameParams = (a: ParamsStruct, b: ParamsStruct) => Object.keys(a).every((name) => a[name] === b[name]);

/** Recorded sales are shared and far too long to be compared entry by entry. */
function sameTables({ sales, ...a }: InventoryTables, { sales: others, ...b }: InventoryTables): boolean {
  return sales === others && JSON.stringify(a) === JSON.stringify(b);
}

/** Throws `RangeError` when a copy's parameters make another network than the sizes of its batch are for. */
function checkShape(given: InventoryTables, wanted: InventoryTables): void {
  const shape = ({ pipelineStart, edgeStart, arrivalCell }: InventoryTables) =>
    JSON.stringify([[...Array.from(pipelineStart)], [...Array.from(edgeStart)], [...Array.from(arrivalCell)]]);
  if (shape(given) !== shape(wanted)) {
    throw new RangeError(
      "expected parameters that keep the network's nodes, roads and lead times, got another network",
    );
  }
}

/** Everything about a world that follows from its problem alone. */
function sizesOf(problem: InventoryProblem) {
  const { nodes, unmet } = problem;
  const [lengths, flow, first] = [pipelineLengths(problem), flowThrough(problem), firstStore(problem)];
  const observation = nodes.flatMap((node, index): Feature[] => {
    const prefix = nodes.length === 1 ? "" : `${node.name}: `;
    const mayOwe = unmet === "backlogged" && node.kind === "store";
    const high = Number.POSITIVE_INFINITY;
    // Demand below 0 is goods that come back: then even a store that loses sales may have more, never less.
    const onHand = mayOwe
      ? units(`${prefix}on hand`, Number.NEGATIVE_INFINITY, high, [-2 * flow[index], 4 * flow[index]])
      : units(`${prefix}on hand`, 0, high, [0, 4 * flow[index]]);
    const due = Array.from({ length: lengths[index] - 1 }, (_, i) =>
      units(`${prefix}due in ${i + 1} ${i === 0 ? "period" : "periods"}`, 0, high, [0, 2 * flow[index]]),
    );
    return [onHand, ...due];
  });
  const stores = nodes.slice(first);
  const alone = nodes.length === 1;
  const facts = problem.sales ? factFeatures(problem) : [];
  return {
    observation: [...observation, ...facts],
    state: [
      ...observation.map(({ name }) => name),
      ...problem.edges.map((edge) => (alone ? "shipped" : `shipped: ${roadName(problem, edge)}`)),
      ...stores.map(({ name }) => (alone ? "asked" : `${name}: asked`)),
      ...stores.map(({ name }) => (alone ? "missing" : `${name}: missing`)),
      ...facts.map(({ name }) => name),
      ...(problem.sales ? ["sample", "week"] : []),
    ],
    stepwise: Array.from({ length: problem.edges.length + 2 * stores.length }, (_, i) => observation.length + i),
    // Recorded sales are far more numbers than a copy of a world can have for itself.
    runsOn: problem.sales ? (["cpu"] as const) : networkSpec.runsOn,
    // Only the sample is drawn where demand is recorded.
    noiseSize: problem.sales
      ? { reset: 1, step: 0 }
      : {
          reset: lengths.slice(first).reduce((sum, length) => sum + length, 0),
          // One for each store, and one for what several have in common.
          step: stores.length === 1 ? 1 : stores.length + 1,
        },
  };
}

/** What a policy sees of a sample of recorded sales, in the order of `sampleFacts`. */
function factFeatures(problem: InventoryProblem): Feature[] {
  const { nodes, edges, demand } = problem;
  const first = firstStore(problem);
  const stores = nodes.slice(first);
  const alone = nodes.length === 1;
  const named = (node: InventoryNode, name: string) => (alone ? name : `${node.name}: ${name}`);
  const high = Number.POSITIVE_INFINITY;
  const past = stores.flatMap((node, store) =>
    Array.from({ length: HISTORY }, (_, i) => {
      const ago = HISTORY - i;
      const name = `asked ${ago} ${ago === 1 ? "week" : "weeks"} ago`;
      return units(named(node, name), 0, high, [0, 4 * demand.mean[store]]);
    }),
  );
  const plain = (name: string, unit: string, typical: readonly [number, number]): Feature => {
    return { name, unit, low: Number.NEGATIVE_INFINITY, high, typical };
  };
  return [
    ...past,
    ...stores.map((node) => plain(named(node, "price"), "", [0, 12])),
    ...stores.map((node) => plain(named(node, "holding cost"), "", [0, 2])),
    plain("days from Christmas", "days", [-183, 183]),
    ...storeRoads(problem).map((road) =>
      plain(alone ? "lead time" : `lead time: ${roadName(problem, edges[road])}`, "weeks", [0, 6]),
    ),
  ];
}

function actionsOf(problem: InventoryProblem): Feature[] {
  const limits = orderLimits(problem);
  return problem.edges.map((edge, i) => {
    const name = problem.edges.length === 1 ? "order" : roadName(problem, edge);
    return units(name, 0, limits[i], [0, limits[i]]);
  });
}

/** Up and down change what is ordered from the supplier, right and left what warehouses ship; a twentieth at a time. */
function handOf(problem: InventoryProblem): HandControls {
  const { edges } = problem;
  const [limits, flow] = [orderLimits(problem), flowThrough(problem)];
  const along = (supplier: boolean, sign: number) =>
    edges.map(({ from }, i) => ((from === SUPPLIER) === supplier ? (sign * limits[i]) / 20 : 0));
  const inner = edges.some(({ from }) => from !== SUPPLIER);
  return {
    held: {
      up: along(true, 1),
      down: along(true, -1),
      ...(inner ? { right: along(false, 1), left: along(false, -1) } : {}),
    },
    idle: "last",
    start: edges.map(({ to }) => flow[to]),
  };
}
