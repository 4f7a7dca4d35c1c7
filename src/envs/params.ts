import { describeOptions, type OptionValue, type OptionValues } from "../core/options.js";
import type { EnvironmentSpec, ParamsStruct } from "./environment.js";

/** Names of a world's difficulty parameters, in the order of a `params` row: every option but `horizon`. */
export function paramNames(spec: EnvironmentSpec): string[] {
  return describeOptions(spec.options)
    .map((option) => option.key)
    .filter((key) => key !== "horizon");
}

/** A `params` row [numParams] for parsed options: booleans as 0 or 1, choices as their index. */
export function paramsOf(spec: EnvironmentSpec, options: OptionValues): Float64Array {
  const described = describeOptions(spec.options).filter((option) => option.key !== "horizon");
  return Float64Array.from(described, (option) => {
    const value: OptionValue = options[option.key] ?? option.default;
    if (option.kind === "choice") return option.choices.indexOf(String(value));
    return Number(value);
  });
}

/** Parsed options as the dynamics and the drawing read them: numbers by name. */
export function paramsStructOf(spec: EnvironmentSpec, options: OptionValues): ParamsStruct {
  const row = paramsOf(spec, options);
  return Object.fromEntries(paramNames(spec).map((name, i) => [name, row[i]]));
}
