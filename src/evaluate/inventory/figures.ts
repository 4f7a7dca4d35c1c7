import { finishPaced } from "../../core/long-work.js";
import { inventoryProblemOf } from "../../envs/inventory/variant.js";
import type { FigureRequest } from "../figure-request.js";
import { measureCost } from "./measure-cost.js";
import { optimumOf } from "./optimum.js";
import { ordersOfActor } from "./orders-of-actor.js";
import { InventorySimulator } from "./simulator.js";

/**
 * The long-run cost of a policy in an inventory network, beside the least there can be: `costMean` per store and
 * period, its standard error `costError`, the deviation between traces `costStd`, `optimalCost` or `lowerBound`, and
 * `gapPercent` above it; the last two are absent where no bound is known.
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
  const optimum = await finishPaced(optimumOf(problem), () => breathe?.());
  if (optimum.kind === "unknown") return { costMean, costStd, costError };
  return {
    costMean,
    costStd,
    costError,
    [optimum.kind === "optimal" ? "optimalCost" : "lowerBound"]: optimum.cost,
    gapPercent: (100 * (costMean - optimum.cost)) / Math.abs(optimum.cost),
  };
}
