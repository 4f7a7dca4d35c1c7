import { InventoryRulePolicy } from "../agents/policies/inventory-rule.js";
import { firstStore, type InventoryProblem, roadName, SUPPLIER } from "../envs/inventory/problem.js";
import { type InventoryRule, ownEdges, positionsOf, ruleText } from "../evaluate/inventory/rules.js";
import { InventorySimulator } from "../evaluate/inventory/simulator.js";
import { leastNear, levelStep } from "./level-search.js";
import type { ReadableOrders, Watched } from "./readable-orders.js";

/** What a road was seen to carry [n], beside what its end had and expected, and what its source had: the most it can. */
interface RoadSeen {
  readonly orders: Float64Array;
  readonly positions: Float64Array;
  readonly stock: Float64Array;
}

interface Levels {
  readonly level: number;
  readonly most: number;
}

/** Where a source had something left in a smaller share of the periods, all periods count. */
const LEAST_SHARE = 0.05;

/**
 * What an inventory network's policy may be in few numbers: a level for each road, of what its end has and expects or of
 * what all behind it have and expect, with a cap for each or without; and echelon levels, where every node has one road.
 *
 * Levels and caps are fitted by least squares to what each road carried while its source had more than it shipped; of a
 * source that hardly ever has, in all periods, given what it had.
 */
export function networkCandidates(problem: InventoryProblem, seen: Watched): ReadableOrders[] {
  const { numEdges } = new InventorySimulator(problem);
  const step = levelStep(problem);
  const roads = [false, true].flatMap((echelon) => {
    // Where no node serves another but the supplier, there is nothing behind.
    if (echelon && firstStore(problem) === 0) return [];
    const fits = roadsSeen(problem, seen, echelon).map((road) => ({
      plain: fitLevels(road, step, false),
      capped: fitLevels(road, step, true),
    }));
    return (["plain", "capped"] as const).map((kind): ReadableOrders => {
      const levels = fits.map((fit) => fit[kind].level);
      const most = fits.map((fit) => fit[kind].most);
      const rule = { rule: "road-levels" as const, levels, most, echelon };
      const words = `${echelon ? "echelon level" : "level"}${kind === "capped" ? " and cap" : ""}`;
      return readable(problem, rule, `${words} for each road`, kind === "capped" ? 2 * numEdges : numEdges);
    });
  });
  if (numEdges !== problem.nodes.length) return roads;
  const own = ownEdges(problem);
  const echelon = roadsSeen(problem, seen, true);
  const levels = own.map((edge) => fitLevels(echelon[edge], step, false).level);
  const rule = { rule: "echelon-base-stock" as const, levels };
  return [...roads, readable(problem, rule, "echelon base stocks", levels.length)];
}

function readable(
  problem: InventoryProblem,
  rule: InventoryRule & { rule: "road-levels" | "echelon-base-stock" },
  label: string,
  terms: number,
): ReadableOrders {
  const isRoads = rule.rule === "road-levels";
  const names = isRoads ? problem.edges.map((edge) => roadName(problem, edge)) : problem.nodes.map(({ name }) => name);
  const finite = (units: number) => (Number.isFinite(units) ? units : null);
  return {
    label,
    policy: new InventoryRulePolicy(rule, problem),
    size: { terms },
    text: ruleText(rule, problem),
    levels: names.map((name, i) => {
      return { name, level: finite(rule.levels[i]), most: isRoads ? finite(rule.most[i]) : null };
    }),
  };
}

/** By road. */
function roadsSeen(problem: InventoryProblem, { pipelines, orders }: Watched, echelon: boolean): RoadSeen[] {
  const simulator = new InventorySimulator(problem);
  const { width, numEdges, numNodes, offsets } = simulator;
  const n = orders.length / numEdges;
  // Of whole units a part of one may be left.
  const rest = problem.wholeUnits ? 1 : 1e-3;
  const exhausted = Array.from({ length: numNodes }, (_, node) => {
    const outgoing = simulator.edgesFrom(node);
    return Array.from({ length: n }, (_, row) => {
      let shipped = 0;
      for (const edge of outgoing) shipped += orders[row * numEdges + edge];
      return shipped > pipelines[row * width + offsets[node]] - rest;
    });
  });
  const fillPositions = positionsOf(problem, echelon);
  const positions = new Float64Array(numNodes);
  const roads = problem.edges.map(() => {
    return { orders: new Float64Array(n), positions: new Float64Array(n), stock: new Float64Array(n) };
  });
  for (let row = 0; row < n; row++) {
    fillPositions(pipelines, row, positions);
    problem.edges.forEach(({ from, to }, edge) => {
      roads[edge].orders[row] = orders[row * numEdges + edge];
      roads[edge].positions[row] = positions[to];
      roads[edge].stock[row] = from === SUPPLIER ? Number.POSITIVE_INFINITY : pipelines[row * width + offsets[from]];
    });
  }
  return roads.map((road, edge) => {
    const { from } = problem.edges[edge];
    if (from === SUPPLIER) return road;
    const free = (_: number, row: number) => !exhausted[from][row];
    const left = road.orders.filter(free);
    if (left.length < LEAST_SHARE * n) return road;
    return { orders: left, positions: road.positions.filter(free), stock: road.stock.filter(free) };
  });
}

/** Level, and cap where one is wanted, of the least squared distance from what a road carried; in units. */
function fitLevels(road: RoadSeen, step: number, capped: boolean): Levels {
  const { orders, positions, stock } = road;
  const squares = (level: number, most: number): number => {
    let sum = 0;
    for (let row = 0; row < orders.length; row++) {
      sum += (Math.min(Math.max(0, level - positions[row]), most, stock[row]) - orders[row]) ** 2;
    }
    return sum;
  };
  const level = orders.reduce((sum, order, row) => sum + order + positions[row], 0) / orders.length;
  const most = orders.reduce((largest, order) => Math.max(largest, order), 0);
  const start = (capped ? [level, most] : [level]).map((units) => units / step);
  const [at, cap] = leastNear(start, ([at, cap]) => squares(at * step, capped ? cap * step : Number.POSITIVE_INFINITY));
  return { level: at * step, most: capped ? cap * step : Number.POSITIVE_INFINITY };
}
