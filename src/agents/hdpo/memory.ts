import { InputError } from "../../core/errors.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { HdpoOptions } from "../hdpo-options.js";
import type { Recipe } from "./recipes.js";

/** Bytes that all traces may take, and the activations of a chunk of them. */
const MAX_BYTES = 4e9;

/**
 * Refuses more traces than fit into memory, before any is drawn. Throws `InputError` that names the option, and how many
 * would fit.
 */
export function checkTraces({ width, numStores }: InventorySimulator, recipe: Recipe, options: HdpoOptions): void {
  const part = (field: "trainTraces" | "devTraces", numPeriods: number) => {
    // Demands are floats, first pipelines doubles.
    const traceBytes = 4 * numPeriods * numStores + 8 * width;
    return { field, numPeriods, traceBytes, bytes: recipe[field] * traceBytes };
  };
  const parts = [part("trainTraces", recipe.trainPeriods), part("devTraces", recipe.devPeriods)];
  const [smaller, larger] = parts.toSorted((a, b) => a.bytes - b.bytes);
  if (smaller.bytes + larger.bytes <= MAX_BYTES) return;
  // Where neither fits, each may have half.
  const room = Math.max(MAX_BYTES - smaller.bytes, MAX_BYTES / 2);
  const most = Math.floor(room / larger.traceBytes);
  const given = recipe[larger.field];
  throw new InputError(
    `agent.${larger.field}`,
    options[larger.field] === 0 ? `${given}, the recipe's own` : String(given),
    `at most ${most} traces of ${larger.numPeriods} periods, which is all that fits into memory`,
  );
}

/**
 * Refuses periods whose activations do not fit into memory. Throws `InputError`.
 *
 * @param bytes of the activations of all periods in a chunk of traces
 */
export function checkPeriods(bytes: number, trainPeriods: number): void {
  if (bytes <= MAX_BYTES) return;
  const most = Math.max(1, Math.floor((trainPeriods * MAX_BYTES) / bytes));
  const allowed = `at most ${most} with these hidden layers, which is all that fits into memory`;
  throw new InputError("agent.trainPeriods", String(trainPeriods), allowed);
}
