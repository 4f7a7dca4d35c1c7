import { finishPaced } from "../../core/long-work.js";
import type { InventoryProblem } from "../../envs/inventory/problem.js";
import { inventoryProblemOf } from "../../envs/inventory/variant.js";
import type { FigureRequest } from "../figure-request.js";
import { salesJustInTimeCost } from "./just-in-time.js";
import { measureCost } from "./measure-cost.js";
import { measuredNewsvendors, type NewsvendorName } from "./newsvendors.js";
import { optimumOf } from "./optimum.js";
import { ordersOfActor } from "./orders-of-actor.js";
import { InventorySimulator } from "./simulator.js";

/**
 * The long-run cost of a policy in an inventory network, beside the least there can be: `costMean` per store and
 * period, its standard error `costError`, the deviation between traces `costStd`, `optimalCost` or `lowerBound`, and
 * `gapPercent` above it; the last two are absent where no bound is known. Where demand is recorded all are of the test
 * weeks, the bound is that of just-in-time orders, and the newsvendors of one store follow, cheapest first.
 */
export async function inventoryFigures({
  world,
  actor,
  options,
  seed,
  breathe,
}: FigureRequest): Promise<Record<string, number>> {
  const problem = inventoryProblemOf(world, options);
  const fillOrders = ordersOfActor(new InventorySimulator(problem), actor);
  const { costMean, costStd, costError } = await measureCost(problem, fillOrders, { seed, breathe });
  if (problem.sales) {
    const lowerBound = await salesJustInTimeCost(problem, "test");
    const newsvendors = await newsvendorFigures(problem, seed, breathe);
    return { costMean, costStd, costError, lowerBound, gapPercent: gapPercent(costMean, lowerBound), ...newsvendors };
  }
  const optimum = await finishPaced(optimumOf(problem), () => breathe?.());
  if (optimum.kind === "unknown") return { costMean, costStd, costError };
  return {
    costMean,
    costStd,
    costError,
    [optimum.kind === "optimal" ? "optimalCost" : "lowerBound"]: optimum.cost,
    gapPercent: gapPercent(costMean, optimum.cost),
  };
}

const gapPercent = (cost: number, least: number) => (100 * (cost - least)) / Math.abs(least);

/** What newsvendors of one store cost there, cheapest first; nothing in networks, which have none. */
async function newsvendorFigures(
  problem: InventoryProblem,
  seed: number,
  breathe: FigureRequest["breathe"],
): Promise<Record<string, number>> {
  if (problem.nodes.length > 1) return {};
  const found = await measuredNewsvendors(problem, seed, breathe);
  return Object.fromEntries(found.map(({ name, cost }) => [FIGURES[name], cost]));
}

const FIGURES: Readonly<Record<NewsvendorName, string>> = {
  "quantile-nv": "quantileNewsvendor",
  "returns-nv": "returnsNewsvendor",
  "fixed-quantile": "fixedNewsvendor",
  "transformed-nv": "transformedNewsvendor",
};
