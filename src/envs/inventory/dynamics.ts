import type { Action, Noise, Observation, Outcome, State } from "../dynamics.js";
import { normalQuantile, poissonQuantile } from "./demand.js";
import type { InventoryTables } from "./tables.js";

/**
 * State: the pipeline of every node (on hand, then what arrives in 1, 2, … periods); then what was shipped along each
 * edge, what each store was asked for, and what it could not give at once, all three of the period before.
 *
 * Stores start with a share of their mean demand, uniform from 0 to 1, in every entry of their pipelines; all other
 * nodes start empty. Where demand is recorded all start empty, and the facts of a sample that is drawn follow, with its
 * number and the week.
 */
export function reset(state: State, noise: Noise, tables: InventoryTables): void {
  "use gpu";
  if (tables.sales.numSamples > 0) {
    beginSample(state, noise, tables);
    return;
  }
  const firstCell = tables.pipelineStart[tables.firstStore];
  let cell = 0.0 * tables.numNodes;
  while (cell < firstCell) {
    state.$[cell] = 0;
    cell += 1;
  }
  let store = 0.0 * tables.numNodes;
  while (store < tables.numStores) {
    const end = tables.pipelineStart[tables.firstStore + store + 1];
    while (cell < end) {
      state.$[cell] = tables.mean[store] * noise.$[cell - firstCell];
      cell += 1;
    }
    store += 1;
  }
  const size = cell + tables.numEdges + 2 * tables.numStores;
  while (cell < size) {
    state.$[cell] = 0;
    cell += 1;
  }
}

/** Begins with a sample of recorded sales: nothing in stock, and what was asked for in the weeks before. */
function beginSample(state: State, noise: Noise, tables: InventoryTables): void {
  "use gpu";
  const sample = Math.min(Math.floor(noise.$[0] * tables.sales.numSamples), tables.sales.numSamples - 1);
  const week = tables.sales.firstWeek;
  let cell = 0;
  while (cell < tables.factsStart) {
    state.$[cell] = 0;
    cell += 1;
  }
  let store = 0;
  while (store < tables.numStores) {
    const series = (sample * tables.numStores + store) * tables.sales.numWeeks;
    let ago = tables.history;
    while (ago > 0) {
      state.$[cell] = tables.sales.demands[series + week - ago];
      cell += 1;
      ago -= 1;
    }
    state.$[tables.factsStart + tables.facts.underageCosts + store] =
      tables.sales.underageCosts[sample * tables.numStores + store];
    state.$[tables.factsStart + tables.facts.holdingCosts + store] = tables.holdingCost[tables.firstStore + store];
    store += 1;
  }
  state.$[tables.factsStart + tables.facts.days] = tables.sales.days[week];
  let road = 0;
  while (tables.facts.leadTimes + road < tables.facts.size) {
    state.$[tables.factsStart + tables.facts.leadTimes + road] = tables.storeLeadTimes[road];
    if (tables.sales.drawsLeadTimes > 0) {
      state.$[tables.factsStart + tables.facts.leadTimes + road] = tables.sales.leadTimes[sample];
    }
    road += 1;
  }
  state.$[tables.factsStart + tables.facts.size] = sample;
  state.$[tables.factsStart + tables.facts.size + 1] = week;
}

/** An order along an edge, within its bounds; whole where units are. */
function orderOf(asked: number, limit: number, wholeUnits: number): number {
  "use gpu";
  const order = Math.min(Math.max(asked, 0), limit);
  if (wholeUnits > 0) {
    return Math.floor(order + 0.5);
  }
  return order;
}

/**
 * Ships what was ordered from a node, out of its stock on hand; orders beyond it are scaled down in proportion.
 *
 * A node that holds no stock ships all it has in proportion to its orders, and in equal parts when there are none.
 * Writes the shipments behind the pipelines and takes them off the stock.
 */
function ship(node: number, state: State, action: Action, tables: InventoryTables): void {
  "use gpu";
  const firstEdge = tables.edgeStart[node];
  const end = tables.edgeStart[node + 1];
  const cell = tables.pipelineStart[node];
  const shipped = tables.pipelineStart[tables.numNodes];
  const onHand = state.$[cell];
  let asked = 0.0 * onHand;
  let edge = firstEdge;
  while (edge < end) {
    const order = orderOf(action.$[edge], tables.orderLimit[edge], tables.wholeUnits);
    state.$[shipped + edge] = order;
    asked += order;
    edge += 1;
  }
  let scale = 1.0 + 0.0 * onHand;
  let even = 0.0 * onHand;
  if (asked > onHand) {
    scale = onHand / asked;
  }
  if (tables.holdsStock[node] < 0.5) {
    if (asked > 0) {
      scale = onHand / asked;
    } else {
      even = onHand / (end - firstEdge);
    }
  }
  let sent = 0.0 * onHand;
  edge = firstEdge;
  while (edge < end) {
    let units = scale * state.$[shipped + edge] + even;
    // Whole units stay whole; the sum below may miss one by a rounding.
    if (tables.wholeUnits > 0 && tables.holdsStock[node] > 0.5) {
      units = Math.floor(units + 1e-4);
    }
    state.$[shipped + edge] = units;
    sent += units;
    edge += 1;
  }
  state.$[cell] = Math.max(0, onHand - sent);
}

/** Units that a store is asked for in a period. The last uniform is what stores have in common. */
function demandOf(store: number, state: State, noise: Noise, tables: InventoryTables): number {
  "use gpu";
  if (tables.sales.numSamples > 0) {
    const sample = state.$[tables.factsStart + tables.facts.size];
    const week = state.$[tables.factsStart + tables.facts.size + 1];
    return tables.sales.demands[(sample * tables.numStores + store) * tables.sales.numWeeks + week];
  }
  if (tables.poisson > 0) {
    return poissonQuantile(noise.$[store], tables.mean[store]);
  }
  let score = tables.ownWeight * normalQuantile(noise.$[store]);
  if (tables.sharedWeight > 0) {
    score += tables.sharedWeight * normalQuantile(noise.$[tables.numStores]);
  }
  const demand = tables.mean[store] + tables.deviation[store] * score;
  if (tables.clipped > 0) {
    return Math.max(0, demand);
  }
  return demand;
}

/** Sells at a store. Leaves the stock after demand, writes demand and what was missing, and returns the underage cost. */
function sell(store: number, state: State, noise: Noise, tables: InventoryTables): number {
  "use gpu";
  const cell = tables.pipelineStart[tables.firstStore + store];
  const report = tables.pipelineStart[tables.numNodes] + tables.numEdges + store;
  const onHand = state.$[cell];
  const demand = demandOf(store, state, noise, tables);
  const level = onHand - demand;
  const missing = Math.max(0 - level, 0);
  state.$[report] = demand;
  state.$[report + tables.numStores] = missing;
  state.$[cell] = level;
  if (tables.lost > 0) {
    state.$[cell] = Math.max(level, 0);
  }
  let underageCost = tables.underageCost[store];
  if (tables.sales.numSamples > 0) {
    underageCost = state.$[tables.factsStart + tables.facts.underageCosts + store];
  }
  if (tables.profit > 0) {
    return 0 - underageCost * Math.min(onHand, demand);
  }
  return underageCost * missing;
}

/** Brings every pipeline one period on, then adds what was shipped. */
function advance(state: State, tables: InventoryTables): void {
  "use gpu";
  let node = 0.0 * tables.numNodes;
  while (node < tables.numNodes) {
    let cell = tables.pipelineStart[node];
    const last = tables.pipelineStart[node + 1] - 1;
    const left = state.$[cell];
    while (cell < last) {
      state.$[cell] = state.$[cell + 1];
      cell += 1;
    }
    state.$[last] = 0;
    state.$[tables.pipelineStart[node]] += left;
    node += 1;
  }
  const shipped = tables.pipelineStart[tables.numNodes];
  let edge = 0.0 * tables.numNodes;
  while (edge < tables.numEdges) {
    let arrival = tables.arrivalCell[edge];
    if (tables.leadTimeCell[edge] >= 0) {
      arrival = tables.pipelineStart[tables.edgeTo[edge]] + state.$[tables.leadTimeCell[edge]] - 1;
    }
    state.$[arrival] += state.$[shipped + edge];
    edge += 1;
  }
}

/** Brings the facts of a sample one week on: the demand just seen becomes the newest of the past. */
function advanceFacts(state: State, tables: InventoryTables): void {
  "use gpu";
  const asked = tables.pipelineStart[tables.numNodes] + tables.numEdges;
  let store = 0;
  while (store < tables.numStores) {
    let cell = tables.factsStart + store * tables.history;
    const last = cell + tables.history - 1;
    while (cell < last) {
      state.$[cell] = state.$[cell + 1];
      cell += 1;
    }
    state.$[last] = state.$[asked + store];
    store += 1;
  }
  const week = state.$[tables.factsStart + tables.facts.size + 1] + 1;
  state.$[tables.factsStart + tables.facts.days] = tables.sales.days[week];
  state.$[tables.factsStart + tables.facts.size + 1] = week;
}

/**
 * Advances one period: orders go out, customers ask, costs fall due, and time passes. Action: units ordered along each
 * edge. Terms: holding, underage and procurement cost per store, each with a minus. Never terminates.
 */
export function step(state: State, action: Action, noise: Noise, tables: InventoryTables, outcome: Outcome): void {
  "use gpu";
  const shipped = tables.pipelineStart[tables.numNodes];
  let holding = 0.0 * tables.numNodes;
  let underage = 0.0 * tables.numNodes;
  let procurement = 0.0 * tables.numNodes;

  let node = 0.0 * tables.numNodes;
  while (node < tables.firstStore) {
    ship(node, state, action, tables);
    holding += tables.holdingCost[node] * state.$[tables.pipelineStart[node]];
    node += 1;
  }
  let edge = tables.edgeStart[tables.numNodes];
  while (edge < tables.numEdges) {
    state.$[shipped + edge] = orderOf(action.$[edge], tables.orderLimit[edge], tables.wholeUnits);
    edge += 1;
  }
  edge = 0.0 * tables.numNodes;
  while (edge < tables.numEdges) {
    procurement += tables.edgeCost[edge] * state.$[shipped + edge];
    if (state.$[shipped + edge] >= tables.leastOrder) {
      procurement += tables.orderCost;
    }
    edge += 1;
  }
  let store = 0.0 * tables.numNodes;
  while (store < tables.numStores) {
    underage += sell(store, state, noise, tables);
    node = tables.firstStore + store;
    holding += tables.holdingCost[node] * Math.max(state.$[tables.pipelineStart[node]], 0);
    store += 1;
  }
  advance(state, tables);
  if (tables.sales.numSamples > 0) {
    advanceFacts(state, tables);
  }

  outcome.$[0] = 0;
  outcome.$[1] = 0 - holding / tables.numStores;
  outcome.$[2] = 0 - underage / tables.numStores;
  outcome.$[3] = 0 - procurement / tables.numStores;
}

/** Observation: the pipeline of every node, node by node, in units; then the facts of a sample, where demand is recorded. */
export function observe(state: State, observation: Observation, tables: InventoryTables): void {
  "use gpu";
  const size = tables.pipelineStart[tables.numNodes];
  let cell = 0.0 * tables.numNodes;
  while (cell < size) {
    observation.$[cell] = state.$[cell];
    cell += 1;
  }
  let fact = 0.0 * tables.numNodes;
  while (fact < tables.facts.size) {
    observation.$[size + fact] = state.$[tables.factsStart + fact];
    fact += 1;
  }
}
