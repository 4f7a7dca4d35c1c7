import { InputError, showValue } from "../core/errors.js";
import { allowedNames } from "../core/nearest.js";
import type { OptionValues } from "../core/options.js";
import { acrobot } from "./acrobot/index.js";
import { cartpole } from "./cartpole/index.js";
import type { Environment, PlayableEnvironment } from "./environment.js";
import { inventory, inventoryWhole } from "./inventory/index.js";
import { lavaland } from "./lavaland/index.js";
import { lunarLander, lunarLanderContinuous } from "./lunar-lander/index.js";
import { mountainCar } from "./mountain-car/index.js";
import { mountainCarContinuous } from "./mountain-car-continuous/index.js";
import { pendulum } from "./pendulum/index.js";
import { variantOf } from "./variant-of.js";

export { createVectorEnvironment, type VectorSettings } from "./create.js";
export { variantOf } from "./variant-of.js";

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
  inventory,
  inventoryWhole,
];

/** The world of that id. Throws {@link InputError} on the field `env`, naming what is allowed and the nearest name. */
export function findEnvironment(id: string): Environment {
  const found = environments.find((environment) => environment.spec.id === id);
  if (found) return found;
  const ids = environments.map((environment) => environment.spec.id);
  throw new InputError("env", showValue(id), allowedNames(id, ids));
}

/**
 * Loads what a world needs before copies of it can be made: the engine of a simulated one, the code of a varied one.
 * Worlds of single-source dynamics need nothing. Whoever makes copies of a world that may be any awaits it first; a
 * second call is free.
 */
export async function loadEnvironment(environment: Environment): Promise<void> {
  if ("variants" in environment) await environment.variants.load();
  else if (!environment.dynamics) await environment.simulation.load();
}

/** The world of that id with these options, loaded. Throws like {@link findEnvironment} and `variantOf`. */
export async function loadWorld(id: string, options: OptionValues): Promise<PlayableEnvironment> {
  const environment = findEnvironment(id);
  await loadEnvironment(environment);
  if ("variants" in environment) await environment.prepare?.(options);
  const world = variantOf(environment, options);
  await loadEnvironment(world);
  return world;
}
