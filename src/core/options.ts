import * as v from "valibot";
import { InputError, showValue } from "./errors.js";

/**
 * Options: one declaration, many faces.
 *
 * Every environment, agent, curriculum and interpreter declares its options once as a valibot schema made with
 * the builders below. The form on the page, the link, the command line, the run card and the reference page are
 * all made from {@link describeOptions}; whatever comes from outside goes through {@link parseOptions} or
 * {@link parseOptionText} and is refused with one sentence that names the field.
 */

/** What every option says about itself. */
export interface Facts {
  /** Short label, sentence case. */
  readonly title: string;
  /** One sentence: what it does. */
  readonly help: string;
  /** Unit as printed behind the value, for example `m` or `steps`. */
  readonly unit?: string;
  /** What 0, or an empty list, stands for, in a word or two: a field shows them in its place. */
  readonly zero?: string;
  /** Hidden behind "more options" on the page. */
  readonly advanced?: boolean;
}

interface NumberFacts extends Facts {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** What a form, a help page or an error message needs to know about one option. */
export type OptionDescription = Facts & { readonly key: string } & (
    | { readonly kind: "number" | "integer"; readonly default: number; readonly min: number; readonly max: number }
    | { readonly kind: "boolean"; readonly default: boolean }
    | { readonly kind: "choice"; readonly default: string; readonly choices: readonly string[] }
    | { readonly kind: "text"; readonly default: string; readonly maxLength: number }
    | {
        readonly kind: "integers";
        readonly default: readonly number[];
        readonly min: number;
        readonly max: number;
        readonly maxLength: number;
      }
  );

type Kinded = OptionDescription extends infer D ? (D extends unknown ? Omit<D, "key"> : never) : never;

function described<T extends v.GenericSchema>(schema: T, facts: Kinded) {
  return v.pipe(schema, v.metadata({ option: facts }));
}

/** A real number within [min, max]. */
export function numberOption(facts: NumberFacts) {
  const schema = v.pipe(v.number(), v.finite(), v.minValue(facts.min), v.maxValue(facts.max));
  return v.optional(described(schema, { kind: "number", ...facts }), facts.default);
}

/** A whole number within [min, max]. */
export function integerOption(facts: NumberFacts) {
  const schema = v.pipe(v.number(), v.integer(), v.minValue(facts.min), v.maxValue(facts.max));
  return v.optional(described(schema, { kind: "integer", ...facts }), facts.default);
}

/** Yes or no. */
export function booleanOption(facts: Facts & { readonly default: boolean }) {
  return v.optional(described(v.boolean(), { kind: "boolean", ...facts }), facts.default);
}

/** One of a few names. */
export function choiceOption<const C extends readonly [string, ...string[]]>(
  facts: Facts & { readonly default: C[number]; readonly choices: C },
) {
  return v.optional(
    described(v.picklist(facts.choices), { kind: "choice", ...facts }),
    () => facts.default as C[number],
  );
}

/** A short list of whole numbers, for example the widths of hidden layers. */
export function integersOption(
  facts: Facts & {
    readonly default: readonly number[];
    readonly min: number;
    readonly max: number;
    readonly maxLength: number;
  },
) {
  const entry = v.pipe(v.number(), v.integer(), v.minValue(facts.min), v.maxValue(facts.max));
  const schema = v.pipe(v.array(entry), v.maxLength(facts.maxLength), v.readonly());
  return v.optional(described(schema, { kind: "integers", ...facts }), () => [...facts.default]);
}

/**
 * A text on one line or more, for example in a notation that its reader checks. Without a default it stays out of the
 * options unless it is given: those of earlier runs are then still what they were.
 */
export function textOption<const D extends string | undefined = undefined>(
  facts: Facts & { readonly default?: D; readonly maxLength: number },
) {
  const schema = v.pipe(v.string(), v.maxLength(facts.maxLength));
  return v.optional(described(schema, { kind: "text", ...facts, default: facts.default ?? "" }), facts.default as D);
}

// biome-ignore lint/suspicious/noExplicitAny: valibot's own constraint for "any object entries"
export type OptionsSchema = v.StrictObjectSchema<any, undefined>;
/** The readonly options that a schema yields. */
export type OptionsOf<S extends OptionsSchema> = Readonly<v.InferOutput<S>>;
export type OptionValue = number | boolean | string | readonly number[];
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** Gathers options under their keys; unknown keys are refused. */
export function optionsSchema<E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries);
}

function descriptionOf(key: string, entry: v.GenericSchema): OptionDescription {
  const wrapped = (entry as unknown as { wrapped: v.GenericSchema }).wrapped ?? entry;
  const facts = v.getMetadata(wrapped as v.GenericSchema)["option"] as Kinded;
  return { key, ...facts } as OptionDescription;
}

/** Describes every option of a schema, in the order of its declaration. */
export function describeOptions(schema: OptionsSchema): OptionDescription[] {
  return Object.entries(schema.entries as Record<string, v.GenericSchema>).map(([key, entry]) =>
    descriptionOf(key, entry),
  );
}

/** What an option allows, as words for an error message or a help text. */
export function allowedText(option: OptionDescription): string {
  switch (option.kind) {
    case "number":
      return `a number from ${option.min} to ${option.max}`;
    case "integer":
      return `a whole number from ${option.min} to ${option.max}`;
    case "boolean":
      return "true or false";
    case "choice":
      return `one of ${option.choices.join(", ")}`;
    case "text":
      return `a text of at most ${option.maxLength} characters`;
    case "integers":
      return `up to ${option.maxLength} whole numbers from ${option.min} to ${option.max}, separated by commas`;
    default:
      return option satisfies never;
  }
}

/**
 * Checks `input` and fills in defaults. Throws {@link InputError} that names the first wrong field, as
 * `prefix.key`, what was given, and what is allowed.
 */
export function parseOptions<S extends OptionsSchema>(schema: S, input: unknown, prefix: string): OptionsOf<S> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new InputError(prefix, showValue(input), "an object of options");
  }
  const result = v.safeParse(schema, input);
  if (result.success) return result.output as OptionsOf<S>;
  const key = String(result.issues[0].path?.[0]?.key ?? "");
  const option = describeOptions(schema).find((candidate) => candidate.key === key);
  const given = (input as Record<string, unknown>)[key];
  if (!option) throw unknownOption(schema, key, prefix);
  throw new InputError(`${prefix}.${key}`, showValue(given), allowedText(option));
}

/** Reads one option from text (a flag or a link). Throws {@link InputError} like {@link parseOptions}. */
export function parseOptionText(schema: OptionsSchema, key: string, text: string, prefix: string): OptionValue {
  const option = describeOptions(schema).find((candidate) => candidate.key === key);
  if (!option) throw unknownOption(schema, key, prefix);
  const value = valueOfText(option, text.trim());
  const entry = (schema.entries as Record<string, v.GenericSchema>)[key];
  const result = v.safeParse(entry, value);
  if (!result.success) throw new InputError(`${prefix}.${key}`, text.trim() || '""', allowedText(option));
  return value as OptionValue;
}

/** How an option's value is written in a link or on the command line: the inverse of {@link parseOptionText}. */
export function optionText(value: OptionValue): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

function valueOfText(option: OptionDescription, text: string): unknown {
  const number = (part: string) => (part.trim() === "" ? Number.NaN : Number(part));
  switch (option.kind) {
    case "number":
    case "integer":
      return number(text);
    case "boolean":
      return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : text;
    case "choice":
    case "text":
      return text;
    case "integers":
      return text === "" ? [] : text.split(/[,x×]/).map(number);
    default:
      return option satisfies never;
  }
}

function unknownOption(schema: OptionsSchema, key: string, prefix: string): InputError {
  const keys = Object.keys(schema.entries as object);
  const allowed = keys.length === 0 ? "no option: there are none here" : `one of the options ${keys.join(", ")}`;
  return new InputError(`${prefix}.${key}`, showValue(key), allowed);
}
