import {
  firstStore,
  type InventoryProblem,
  numStores,
  type RecordedSales,
  SUPPLIER,
} from "../../envs/inventory/problem.js";
import { IGNORED, periodsOf } from "../../envs/inventory/sales.js";
import { salesTable } from "../../envs/inventory/sales-table.js";
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
  /** Periods of a training trace, of a development trace, and of those that do not count there. */
  readonly trainPeriods: number;
  readonly devPeriods: number;
  readonly devIgnored: number;
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
  "quantile-nv": { hidden: [], learningRate: 0, maxNorm: 0 },
  "fixed-quantile": { hidden: [], learningRate: 0.03, maxNorm: 0 },
  "transformed-nv": { hidden: [32, 32], learningRate: 0.03, maxNorm: 0 },
};

/** The network over all facts of recorded sales. Source: as above. */
const PUBLISHED_SALES: Training = { hidden: [64, 64], learningRate: 0.003, maxNorm: 0 };

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
  "quantile-nv": { batchSize: 128, scheduleSteps: 1 },
  "fixed-quantile": { batchSize: 128, scheduleSteps: 1_900_000 },
  "transformed-nv": { batchSize: 128, scheduleSteps: 1_900_000 },
};

/** With a rate of 0.003 a graph network of a center that ships at once never recovered from its first, unmet, periods. */
const QUICK_TRANSSHIPMENT_GNN: Partial<Recipe> = { learningRate: 0.001, scheduleSteps: 5_120_000 };

/** Of one store, and of networks, whose periods take longer. */
const QUICK_SALES: Quick = { batchSize: 128, scheduleSteps: 12_000_000 };
const QUICK_NETWORK_SALES: Quick = { batchSize: 24, scheduleSteps: 2_700_000 };

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
  if (problem.sales) return salesRecipe(problem, problem.sales, options);
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
    trainPeriods: options.trainPeriods,
    devPeriods: options.devPeriods,
    devIgnored: options.devIgnored,
  };
  const quick = {
    unit: meanDemand(problem),
    devTraces: 4096,
    devEvery: 2,
    ...(policy === "network" ? QUICK_NETWORKS[shape] : QUICK[policy]),
    ...(policy === "gnn" && shape === "transshipment" ? QUICK_TRANSSHIPMENT_GNN : {}),
  };
  return chosen(options.recipe === "quick" ? { ...published, ...quick } : published, options);
}

/** Numbers near 1 are learned from much sooner: see decision 16. */
function meanDemand({ demand: { mean } }: InventoryProblem): number {
  return mean.reduce((sum, each) => sum + each, 0) / mean.length;
}

/** Where demand is recorded there are so many samples, and the weeks of each part decide the periods. */
function salesRecipe(problem: InventoryProblem, sales: RecordedSales, options: HdpoOptions): Recipe {
  const { policy } = options;
  const alone = problem.nodes.length === 1;
  const numSamples = salesTable(sales.data, numStores(problem)).numSamples;
  const published: Recipe = {
    ...(policy === "network" ? PUBLISHED_SALES : PUBLISHED[policy]),
    unit: 1,
    // Of products that many stores sell there are few.
    batchSize: alone ? 8192 : 72,
    trainTraces: numSamples,
    devTraces: numSamples,
    devEvery: 10,
    trainIgnored: 0,
    // Nothing but its forecaster is learned: one step, so that it is looked at once.
    scheduleSteps: policy === "quantile-nv" ? 1 : 0,
    trainPeriods: periodsOf("train"),
    devPeriods: periodsOf("dev"),
    devIgnored: IGNORED,
  };
  const quick = {
    unit: meanDemand(problem),
    devTraces: Math.min(numSamples, 4096),
    devEvery: 2,
    ...(policy !== "network" ? QUICK[policy] : alone ? QUICK_SALES : QUICK_NETWORK_SALES),
  };
  const own = chosen(options.recipe === "quick" ? { ...published, ...quick } : published, options);
  const most = (count: number) => Math.min(count, numSamples);
  const trainTraces = most(own.trainTraces);
  return { ...own, trainTraces, devTraces: most(own.devTraces), batchSize: Math.min(own.batchSize, trainTraces) };
}

/** Epochs from one look at the development traces to the next at most, where the quick recipe has few traces. */
const MOST_EPOCHS = 64;

/**
 * A recipe with the options' own values, where they name some. The quick one looks at no more development traces than it
 * has learned from since its last look, if that takes no longer than its patience.
 */
function chosen(own: Recipe, options: HdpoOptions): Recipe {
  const trainTraces = options.trainTraces || own.trainTraces;
  const devTraces = options.devTraces || own.devTraces;
  const epochs = Math.min(Math.ceil(devTraces / trainTraces), MOST_EPOCHS, options.patience);
  const fewer = options.recipe === "quick" ? epochs : 0;
  return {
    ...own,
    hidden: options.hidden.length > 0 ? options.hidden : own.hidden,
    learningRate: options.learningRate || own.learningRate,
    unit: options.unit || own.unit,
    maxNorm: options.maxNorm || own.maxNorm,
    batchSize: Math.min(options.batchSize || own.batchSize, trainTraces),
    trainTraces,
    devTraces,
    devEvery: options.devEvery || Math.max(own.devEvery, fewer),
    // At least one period counts.
    trainIgnored: Math.min(options.trainIgnored || own.trainIgnored, own.trainPeriods - 1),
    scheduleSteps: options.scheduleSteps || own.scheduleSteps,
  };
}
