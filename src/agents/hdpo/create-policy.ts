import type { NetworkSpec } from "../../compute/network.js";
import {
  createUnrolled,
  type UnrolledFactory,
  type UnrolledNetwork,
  type UnrolledSpec,
} from "../../compute/unrolled.js";
import { InputError } from "../../core/errors.js";
import { SUPPLIER } from "../../envs/inventory/problem.js";
import { FORECASTER } from "../../evaluate/inventory/forecaster.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import type { HdpoOptions } from "../hdpo-options.js";
import { AllocationNetwork } from "./allocation-network.js";
import { BaseStock } from "./base-stock.js";
import { DataDrivenNetwork } from "./data-driven-network.js";
import { EchelonBaseStock } from "./echelon-base-stock.js";
import { type GraphModules, GraphNetwork } from "./graph-network.js";
import { Newsvendor } from "./newsvendor.js";
import type { OrderPolicy } from "./order-policy.js";
import { shapeOf } from "./recipes.js";
import { LearnedShare } from "./scalars.js";
import { StoreNetwork } from "./store-network.js";
import { supplyGraphOf } from "./supply-graph.js";
import { STORE_FACTS, SymmetryNetwork, WAREHOUSE_FACTS } from "./symmetry-network.js";

/** What decides the form of a policy; with its parameters it is the whole of it. */
export interface PolicyForm {
  readonly policy: HdpoOptions["policy"];
  readonly hidden: readonly number[];
  /** Units of stock that count as 1 in what networks see. */
  readonly unit: number;
}

/** Policies that order by a forecast of demand, which is fitted before them. */
export const FORECASTING: readonly HdpoOptions["policy"][] = ["quantile-nv", "fixed-quantile", "transformed-nv"];

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

/** What a policy is made for: so many traces at a time, and periods that it goes back through. */
export interface PolicySize {
  readonly numTraces: number;
  readonly numPeriods: number;
}

/**
 * Makes a network for `rowsPerTrace` rows of every trace, that is applied `perPeriod` times in every period: its slots
 * are numbered period by period.
 */
type CreateNetwork = (spec: NetworkSpec, rowsPerTrace: number, perPeriod: number) => UnrolledNetwork;

/** The constant logit of stock that a node keeps; null where it keeps none. Source: as in `allocation-network.ts`. */
const KEEP_LOGITS = { serial: 0, warehouses: 1, transshipment: null } as const;

/** Makes a policy for an inventory network. Throws `InputError` for a policy that has no form in this one. */
export function createOrderPolicy(
  form: PolicyForm,
  simulator: InventorySimulator,
  createNetworks: UnrolledFactory,
  size: PolicySize,
): OrderPolicy {
  const { policy, hidden, unit } = form;
  const create: CreateNetwork = (network, rowsPerTrace, perPeriod) =>
    createUnrolled(createNetworks, network, size.numPeriods * perPeriod, size.numTraces * rowsPerTrace);
  const { width, numEdges, problem } = simulator;
  const shape = shapeOf(problem);
  if (problem.sales) return createSalesPolicy(form, simulator, create);
  switch (policy) {
    case "network":
      if (shape === "store") return new StoreNetwork(create(mlp("orders", width, hidden, 1), 1, 1), unit);
      return new AllocationNetwork(
        simulator,
        create(mlp("orders", width, hidden, numEdges), 1, 1),
        KEEP_LOGITS[shape],
        unit,
      );
    case "gnn":
      return createGraphNetwork(simulator, form, createNetworks, size);
    case "symmetry-aware":
      if (shape === "warehouses" || shape === "transshipment") return createSymmetryNetwork(simulator, form, create);
      throw new InputError("agent.policy", policy, "network or gnn: there are no stores that could share a network");
    case "base-stock":
    case "capped-base-stock":
      if (shape === "store") return new BaseStock(simulator, policy === "capped-base-stock");
      throw new InputError(
        "agent.policy",
        policy,
        "network, gnn or, in a chain, echelon-base-stock: there are several nodes",
      );
    case "echelon-base-stock":
      if (shape === "store" || shape === "serial") return new EchelonBaseStock(simulator);
      throw new InputError("agent.policy", policy, "network or gnn: the nodes form no chain");
    case "quantile-nv":
    case "fixed-quantile":
    case "transformed-nv":
      throw new InputError("agent.policy", policy, "network, gnn or a base stock: only recorded sales are forecast");
    default:
      return policy satisfies never;
  }
}

/** Policies for recorded sales, which see the facts of a sample. */
function createSalesPolicy(form: PolicyForm, simulator: InventorySimulator, create: CreateNetwork): OrderPolicy {
  const { policy, hidden, unit } = form;
  const { width, numEdges, numNodes } = simulator;
  switch (policy) {
    case "network":
      return new DataDrivenNetwork(simulator, create(mlp("orders", width, hidden, numEdges), 1, 1), unit);
    case "quantile-nv":
    case "fixed-quantile":
    case "transformed-nv": {
      if (numNodes > 1) throw new InputError("agent.policy", policy, "network: there are several nodes");
      const forecaster = create(FORECASTER, 1, 1);
      if (policy === "quantile-nv") return new Newsvendor(simulator, forecaster, null, unit);
      const transform = policy === "fixed-quantile" ? new LearnedShare() : create(mlp("quantile", 1, hidden, 1), 1, 1);
      return new Newsvendor(simulator, forecaster, transform, unit);
    }
    default:
      throw new InputError(
        "agent.policy",
        policy,
        "network, quantile-nv, fixed-quantile or transformed-nv where demand is recorded sales",
      );
  }
}

/** The first width is that of the context, the others those of the stores' network; warehouses take half of them. */
function createSymmetryNetwork(simulator: InventorySimulator, { hidden, unit }: PolicyForm, create: CreateNetwork) {
  const [context, ...others] = hidden;
  const { width, numEdges, firstStore, lengths } = simulator;
  const numSupplied = simulator.edgesFrom(SUPPLIER).length;
  const longest = (from: number, to: number) => Math.max(...lengths.subarray(from, to));
  const ofStore = longest(firstStore, lengths.length) + STORE_FACTS + context;
  const ofWarehouse = longest(0, firstStore) + WAREHOUSE_FACTS + context;
  const half = others.map((size) => Math.ceil(size / 2));
  const modules = {
    context: create(mlp("context", width, [context], context), 1, 1),
    store: create(mlp("store", ofStore, others, 1), numEdges - numSupplied, 1),
    warehouse: create(mlp("warehouse", ofWarehouse, half, 1), numSupplied, 1),
  };
  return new SymmetryNetwork(simulator, modules, unit);
}

function createGraphNetwork(
  simulator: InventorySimulator,
  { hidden, unit }: PolicyForm,
  create: UnrolledFactory,
  { numTraces, numPeriods }: PolicySize,
) {
  const graph = supplyGraphOf(simulator);
  const { numNodes, numEdges, numWishes, numRounds, maxPipeline, numParameters } = graph;
  const size = hidden[hidden.length - 1];
  const spec = (network: NetworkSpec, rowsPerTrace: number, perPeriod: number): UnrolledSpec => ({
    network,
    numSlots: numPeriods * perPeriod,
    maxRows: numTraces * rowsPerTrace,
  });
  const module = (name: string, inputSize: number) => mlp(name, inputSize, hidden, size, true);
  const specs: GraphModules<UnrolledSpec> = {
    node: spec(module("node", maxPipeline + numParameters), numNodes, 1),
    edge: spec(module("edge", 2 * size + 1), numEdges, 1),
    nodeUpdate: spec(module("nodeUpdate", 3 * size), numNodes, numRounds),
    edgeUpdate: spec(module("edgeUpdate", 3 * size), numRounds > 1 ? numEdges : numWishes, numRounds),
    wish: spec(mlp("wish", size, hidden, 1), numWishes, 1),
  };
  return new GraphNetwork(simulator, graph, specs, create, size, numTraces, unit);
}
