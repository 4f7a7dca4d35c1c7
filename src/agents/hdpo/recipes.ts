import { firstStore, type InventoryProblem, SUPPLIER } from "../../envs/inventory/problem.js";
import type { HdpoOptions } from "../hdpo-options.js";

/** The shapes of network for which policies of their own were published. */
export type NetworkShape = "store" | "serial" | "warehouses" | "transshipment";

/** What a policy is trained with unless the options say otherwise. */
export interface Recipe {
  readonly hidden: readonly number[];
  readonly learningRate: number;
  /** 0 never cuts a gradient. */
  readonly maxNorm: number;
}

/** Source: the policies' settings of Alvo et al. 2023, arXiv:2306.11246. */
const NETWORKS: Readonly<Record<NetworkShape, Recipe>> = {
  store: { hidden: [32, 32, 32], learningRate: 0.003, maxNorm: 0 },
  serial: { hidden: [32, 32], learningRate: 0.01, maxNorm: 0 },
  warehouses: { hidden: [512, 512, 512], learningRate: 0.0003, maxNorm: 0 },
  transshipment: { hidden: [256, 256, 256], learningRate: 0.0001, maxNorm: 0 },
};

const OTHERS = {
  "symmetry-aware": { hidden: [256, 32, 32], learningRate: 0.001, maxNorm: 0 },
  gnn: { hidden: [32, 32], learningRate: 0.001, maxNorm: 1 },
  "base-stock": { hidden: [], learningRate: 0.5, maxNorm: 0 },
  "capped-base-stock": { hidden: [], learningRate: 1, maxNorm: 0 },
  "echelon-base-stock": { hidden: [], learningRate: 0.5, maxNorm: 0 },
} as const satisfies Readonly<Record<Exclude<HdpoOptions["policy"], "network">, Recipe>>;

/** Which published shape a problem has. */
export function shapeOf(problem: InventoryProblem): NetworkShape {
  const first = firstStore(problem);
  if (first === 0) return "store";
  const isChain = problem.edges.every(({ from, to }) => from === (to === 0 ? SUPPLIER : to - 1));
  if (isChain && problem.edges.length === problem.nodes.length) return "serial";
  return problem.nodes.slice(0, first).every(({ holdsStock }) => !holdsStock) ? "transshipment" : "warehouses";
}

/** The training of a policy with the options' own values where they name one. */
export function recipeOf(problem: InventoryProblem, options: HdpoOptions): Recipe {
  const own = options.policy === "network" ? NETWORKS[shapeOf(problem)] : OTHERS[options.policy];
  return {
    hidden: options.hidden.length > 0 ? options.hidden : own.hidden,
    learningRate: options.learningRate || own.learningRate,
    maxNorm: options.maxNorm || own.maxNorm,
  };
}

/** Traces to learn from and of a gradient step, with the options' own values where they name one. */
export function tracesOf(problem: InventoryProblem, options: HdpoOptions) {
  const shape = shapeOf(problem);
  const published = shape === "warehouses" ? 8192 : 32_768;
  const trainTraces = options.trainTraces || published;
  const ownBatch = shape === "store" || shape === "serial" ? 8192 : 1024;
  return {
    trainTraces,
    devTraces: options.devTraces || published,
    batchSize: Math.min(options.batchSize || ownBatch, trainTraces),
  };
}
