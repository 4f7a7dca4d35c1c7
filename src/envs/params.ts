import { describeOptions, type OptionDescription, type OptionValue, type OptionValues } from "../core/options.js";
import type { EnvironmentSpec, ParamsStruct } from "./environment.js";

/** The options that are parameters: all that is a number, or can be one, but `horizon`. */
function paramOptions(spec: EnvironmentSpec): OptionDescription[] {
  return describeOptions(spec.options).filter(({ key, kind }) => key !== "horizon" && kind !== "text");
}

/** Names of a world's difficulty parameters, in the order of a `params` row: every option but `horizon` and texts. */
export function paramNames(spec: EnvironmentSpec): string[] {
  return paramOptions(spec).map(({ key }) => key);
}

/** A `params` row [numParams] for parsed options: booleans as 0 or 1, choices as their index. */
export function paramsOf(spec: EnvironmentSpec, options: OptionValues): Float64Array {
  return Float64Array.from(paramOptions(spec), (option) => {
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

/** The way back: options that `params` stands for; what is no parameter is taken from `rest`. */
export function optionsOfParams(spec: EnvironmentSpec, params: ParamsStruct, rest: OptionValues): OptionValues {
  const told = paramOptions(spec).map((option): [string, OptionValue] => {
    const value = params[option.key];
    if (option.kind === "choice") return [option.key, option.choices[value]];
    return [option.key, option.kind === "boolean" ? value > 0 : value];
  });
  return { ...rest, ...Object.fromEntries(told) };
}
