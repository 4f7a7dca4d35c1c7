import type { NetworkSpec } from "../../compute/network.js";
import type { UnrolledNetwork } from "../../compute/unrolled.js";
import { InputError } from "../../core/errors.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { HdpoOptions } from "../hdpo-options.js";
import { BaseStock } from "./base-stock.js";
import type { OrderPolicy } from "./order-policy.js";
import { shapeOf } from "./recipes.js";
import { StoreNetwork } from "./store-network.js";

/** What decides the form of a policy; with its parameters it is the whole of it. */
export interface PolicyForm {
  readonly policy: HdpoOptions["policy"];
  readonly hidden: readonly number[];
}

/** An MLP with ELU as all policies use it; weights start uniform within ±1/√inputs, as PyTorch's do. */
export function mlp(
  name: string,
  inputSize: number,
  hidden: readonly number[],
  outputSize: number,
  activated = false,
): NetworkSpec {
  return {
    inputSize,
    activation: "elu",
    initialisation: "uniform",
    inputGradients: true,
    trunk: [],
    heads: [{ name, hidden, outputSize, outputGain: 1, activated }],
  };
}

/**
 * Makes a policy for an inventory network; `create` makes the networks that it is built of, for as many rows as there
 * are traces times `rowsPerTrace`.
 *
 * Throws `InputError` for a policy that has no form in this network.
 */
export function createOrderPolicy(
  { policy, hidden }: PolicyForm,
  simulator: InventorySimulator,
  create: (spec: NetworkSpec, rowsPerTrace: number) => UnrolledNetwork,
): OrderPolicy {
  const shape = shapeOf(simulator.problem);
  switch (policy) {
    case "network":
      if (shape === "store") return new StoreNetwork(create(mlp("orders", simulator.width, hidden, 1), 1));
      break;
    case "base-stock":
    case "capped-base-stock":
      if (shape === "store") return new BaseStock(simulator, policy === "capped-base-stock");
      break;
    case "echelon-base-stock":
      break;
    default:
      return policy satisfies never;
  }
  throw new InputError("agent.policy", policy, `a policy for ${shape === "store" ? "one store" : `this network`}`);
}
