import { InputError } from "../core/errors.js";
import type { OptionValues } from "../core/options.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import type { InventoryProblem } from "../envs/inventory/problem.js";
import { networkSpec, wholeSpec } from "../envs/inventory/spec.js";
import { inventoryProblemOf } from "../envs/inventory/variant.js";
import type { ExplanationMethod } from "./explanation.js";

/** The network of a policy that one of the inventory methods explains. Throws `InputError` for any other world. */
export function explainedNetwork(
  method: ExplanationMethod,
  { id }: EnvironmentSpec,
  envOptions: OptionValues,
): InventoryProblem {
  if (id !== networkSpec.id && id !== wholeSpec.id) {
    throw new InputError("method", id, `an inventory network for ${method}; viper and importance take other worlds`);
  }
  return inventoryProblemOf(id, envOptions);
}
