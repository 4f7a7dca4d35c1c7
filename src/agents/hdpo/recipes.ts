import { firstStore, type InventoryProblem, SUPPLIER } from "../../envs/inventory/problem.js";
import type { HdpoOptions } from "../hdpo-options.js";

/** The shapes of network for which policies of their own were published. */
export type NetworkShape = "store" | "serial" | "warehouses" | "transshipment";

/** What a policy is trained with where the options name no value. */
export interface Recipe {
  readonly hidden: readonly number[];
  readonly learningRate: number;
  /** Units of stock that count as 1 in what networks see. */
  readonly unit: number;
  /** 0 never cuts a gradient. */
  readonly maxNorm: number;
  /** Traces of a gradient step, to learn from, and to choose weights on. */
  readonly batchSize: number;
  readonly trainTraces: number;
  readonly devTraces: number;
  /** Epochs from one look at the development traces to the next. */
  readonly devEvery: number;
  /** Periods at the start of a training trace whose cost is not learned from. */
  readonly trainIgnored: number;
  /** Environment steps over which the learning rate falls; 0 keeps it. */
  readonly scheduleSteps: number;
}

type Training = Pick<Recipe, "hidden" | "learningRate" | "maxNorm">;
type PolicyName = Exclude<HdpoOptions["policy"], "network">;

/** Source: the policies' settings of Alvo et al. 2023, arXiv:2306.11246. */
const PUBLISHED_NETWORKS: Readonly<Record<NetworkShape, Training>> = {
  store: { hidden: [32, 32, 32], learningRate: 0.003, maxNorm: 0 },
  serial: { hidden: [32, 32], learningRate: 0.01, maxNorm: 0 },
  warehouses: { hidden: [512, 512, 512], learningRate: 0.0003, maxNorm: 0 },
  transshipment: { hidden: [256, 256, 256], learningRate: 0.0001, maxNorm: 0 },
};

const PUBLISHED: Readonly<Record<PolicyName, Training>> = {
  "symmetry-aware": { hidden: [256, 32, 32], learningRate: 0.001, maxNorm: 0 },
  gnn: { hidden: [32, 32], learningRate: 0.001, maxNorm: 1 },
  "base-stock": { hidden: [], learningRate: 0.5, maxNorm: 0 },
  "capped-base-stock": { hidden: [], learningRate: 1, maxNorm: 0 },
  "echelon-base-stock": { hidden: [], learningRate: 0.5, maxNorm: 0 },
};

/** What the quick recipe changes; its training is over once the learning rate has fallen. */
type Quick = Pick<Recipe, "batchSize" | "scheduleSteps"> & Partial<Recipe>;

/** Tuned for accuracy within about a minute of one core, on few problems: smaller batches, rates that fall. */
const QUICK_NETWORKS: Readonly<Record<NetworkShape, Quick>> = {
  store: { learningRate: 0.005, batchSize: 512, scheduleSteps: 51_200_000 },
  serial: { hidden: [64, 64], batchSize: 128, scheduleSteps: 51_200_000 },
  warehouses: { hidden: [64, 64], learningRate: 0.003, batchSize: 128, scheduleSteps: 12_800_000 },
  transshipment: { hidden: [64, 64], learningRate: 0.003, batchSize: 128, scheduleSteps: 12_800_000 },
};

const QUICK: Readonly<Record<PolicyName, Quick>> = {
  "symmetry-aware": { hidden: [32, 32, 32], learningRate: 0.003, batchSize: 128, scheduleSteps: 6_400_000 },
  gnn: { learningRate: 0.003, batchSize: 128, scheduleSteps: 3_840_000 },
  "base-stock": { batchSize: 512, scheduleSteps: 5_120_000 },
  "capped-base-stock": { batchSize: 512, scheduleSteps: 5_120_000 },
  "echelon-base-stock": { batchSize: 512, scheduleSteps: 12_800_000 },
};

/** Which published shape a problem has. */
export function shapeOf(problem: InventoryProblem): NetworkShape {
  const first = firstStore(problem);
  if (first === 0) return "store";
  const isChain = problem.edges.every(({ from, to }) => from === (to === 0 ? SUPPLIER : to - 1));
  if (isChain && problem.edges.length === problem.nodes.length) return "serial";
  return problem.nodes.slice(0, first).every(({ holdsStock }) => !holdsStock) ? "transshipment" : "warehouses";
}

/** The training of a policy: the options' own values, where they name none those of the recipe that they name. */
export function recipeOf(problem: InventoryProblem, options: HdpoOptions): Recipe {
  const { policy } = options;
  const shape = shapeOf(problem);
  const traces = shape === "warehouses" ? 8192 : 32_768;
  const published: Recipe = {
    ...(policy === "network" ? PUBLISHED_NETWORKS[shape] : PUBLISHED[policy]),
    unit: 1,
    batchSize: shape === "store" || shape === "serial" ? 8192 : 1024,
    trainTraces: traces,
    devTraces: traces,
    devEvery: 10,
    trainIgnored: 0,
    scheduleSteps: 0,
  };
  const { mean } = problem.demand;
  // Numbers near 1 are learned from much sooner: see decision 16.
  const unit = mean.reduce((sum, each) => sum + each, 0) / mean.length;
  const quick = {
    unit,
    devTraces: 4096,
    devEvery: 2,
    ...(policy === "network" ? QUICK_NETWORKS[shape] : QUICK[policy]),
  };
  const own = options.recipe === "quick" ? { ...published, ...quick } : published;
  const trainTraces = options.trainTraces || own.trainTraces;
  return {
    hidden: options.hidden.length > 0 ? options.hidden : own.hidden,
    learningRate: options.learningRate || own.learningRate,
    unit: options.unit || own.unit,
    maxNorm: options.maxNorm || own.maxNorm,
    batchSize: Math.min(options.batchSize || own.batchSize, trainTraces),
    trainTraces,
    devTraces: options.devTraces || own.devTraces,
    devEvery: options.devEvery || own.devEvery,
    // At least one period counts.
    trainIgnored: Math.min(options.trainIgnored || own.trainIgnored, options.trainPeriods - 1),
    scheduleSteps: options.scheduleSteps || own.scheduleSteps,
  };
}
