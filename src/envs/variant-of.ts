import { type OptionValues, parseOptions } from "../core/options.js";
import type { Environment, PlayableEnvironment } from "./environment.js";

/**
 * The world of these options (parsed or not; defaults where absent): of a varied world its variant, else the world itself.
 *
 * A varied world has to be loaded (`loadEnvironment`). Throws {@link InputError} (`env.<key>`) for a wrong option.
 */
export function variantOf(environment: Environment, options: OptionValues): PlayableEnvironment {
  if (!("variants" in environment)) return environment;
  return environment.variants.of(parseOptions(environment.spec.options, options, "env") as OptionValues);
}
