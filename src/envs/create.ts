import { type OptionValues, parseOptions } from "../core/options.js";
import type { Dynamics } from "./dynamics.js";
import type { Environment, ParamsStruct, VectorEnvironment } from "./environment.js";
import { paramsOf } from "./params.js";
import { SimulationBatch } from "./simulation-batch.js";
import { variantOf } from "./variant-of.js";
import { DynamicsBatch } from "./vector.js";

/** How many copies of a world, and what decides their episodes. */
export interface VectorSettings {
  /** Number of copies, at least 1. */
  readonly numEnvs: number;
  /** Whole number from 0 to 4294967295. */
  readonly seed: number;
  /** Name of the stream its noise comes from; separate uses of one seed (evaluation) take separate names. */
  readonly streamName?: string;
  /** Options of the world, `horizon` among them; the defaults where absent. */
  readonly options?: OptionValues;
}

/**
 * Copies of a world, already reset. A pure function of its arguments.
 *
 * A simulated or varied world has to be loaded (`loadEnvironment`). Throws `RangeError` for a wrong number of copies
 * and {@link InputError} (`env.<key>`) for a wrong option.
 */
export function createVectorEnvironment(environment: Environment, settings: VectorSettings): VectorEnvironment {
  const { numEnvs, seed, streamName = "environment" } = settings;
  if (!Number.isInteger(numEnvs) || numEnvs < 1) {
    throw new RangeError(`expected a whole number of environment copies, at least 1, got ${numEnvs}`);
  }
  const options = parseOptions(environment.spec.options, settings.options ?? {}, "env") as OptionValues;
  const world = variantOf(environment, options);
  const { spec } = world;
  const batchSettings = {
    numEnvs,
    seed,
    streamName,
    horizon: Number(options["horizon"]),
    params: paramsOf(spec, options),
  };
  // The registry cannot know each world's params; a struct made from its own option names is what it takes.
  const batch = world.dynamics
    ? new DynamicsBatch(spec, world.dynamics as Dynamics<ParamsStruct>, batchSettings)
    : new SimulationBatch(spec, () => world.simulation.create(), batchSettings);
  batch.reset();
  return batch;
}
