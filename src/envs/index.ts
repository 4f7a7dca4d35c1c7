import { InputError, showValue } from "../core/errors.js";
import { allowedNames } from "../core/nearest.js";
import { type OptionValues, parseOptions } from "../core/options.js";
import { acrobot } from "./acrobot/index.js";
import { cartpole } from "./cartpole/index.js";
import type { Dynamics } from "./dynamics.js";
import type { Environment, ParamsStruct, VectorEnvironment } from "./environment.js";
import { lavaland } from "./lavaland/index.js";
import { lunarLander, lunarLanderContinuous } from "./lunar-lander/index.js";
import { mountainCar } from "./mountain-car/index.js";
import { mountainCarContinuous } from "./mountain-car-continuous/index.js";
import { paramsOf } from "./params.js";
import { pendulum } from "./pendulum/index.js";
import { SimulationBatch } from "./simulation-batch.js";
import { DynamicsBatch } from "./vector.js";

/** Every world there is, in the order a person meets them. */
export const environments: readonly Environment[] = [
  cartpole,
  mountainCar,
  mountainCarContinuous,
  acrobot,
  pendulum,
  lunarLander,
  lunarLanderContinuous,
  lavaland,
];

/** The world of that id. Throws {@link InputError} on the field `env`, naming what is allowed and the nearest name. */
export function findEnvironment(id: string): Environment {
  const found = environments.find((environment) => environment.spec.id === id);
  if (found) return found;
  const ids = environments.map((environment) => environment.spec.id);
  throw new InputError("env", showValue(id), allowedNames(id, ids));
}

/**
 * Loads what a world needs before copies of it can be made: the engine of a simulated one. Worlds of single-source
 * dynamics need nothing. Whoever makes copies of a world that may be any awaits it first; a second call is free.
 */
export async function loadEnvironment(environment: Environment): Promise<void> {
  if (!environment.dynamics) await environment.simulation.load();
}

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
 * A simulated world has to be loaded ({@link loadEnvironment}). Throws `RangeError` for a wrong number of copies and {@link InputError} (`env.<key>`) for a wrong option.
 */
export function createVectorEnvironment(environment: Environment, settings: VectorSettings): VectorEnvironment {
  const { numEnvs, seed, streamName = "environment" } = settings;
  if (!Number.isInteger(numEnvs) || numEnvs < 1) {
    throw new RangeError(`expected a whole number of environment copies, at least 1, got ${numEnvs}`);
  }
  const options = parseOptions(environment.spec.options, settings.options ?? {}, "env") as OptionValues;
  const { spec } = environment;
  const batchSettings = {
    numEnvs,
    seed,
    streamName,
    horizon: Number(options["horizon"]),
    params: paramsOf(spec, options),
  };
  // The registry cannot know each world's params; a struct made from its own option names is what it takes.
  const batch = environment.dynamics
    ? new DynamicsBatch(spec, environment.dynamics as Dynamics<ParamsStruct>, batchSettings)
    : new SimulationBatch(spec, () => environment.simulation.create(), batchSettings);
  batch.reset();
  return batch;
}
