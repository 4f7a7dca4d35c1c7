import { allowedNames, InputError, showValue } from "../index.js";

/** One flag of a command. */
export interface Flag {
  readonly name: string;
  /** What its value is called in the help and what it may be, or null for a switch. */
  readonly value: { readonly label: string; readonly allowed: string } | null;
  readonly help: string;
  /** It may be given several times. */
  readonly repeated?: boolean;
}

/** What a command takes. */
export interface Usage {
  /** One sentence: what it does. */
  readonly summary: string;
  /** Names of what stands without a flag, in order; a trailing `?` marks one that may be left out. */
  readonly positionals: readonly string[];
  readonly flags: readonly Flag[];
  /** What else the help says, below the flags: a heading and lines each. */
  readonly sections?: readonly { readonly heading: string; readonly text: string }[];
  /** Complete calls, without the command's name in front. */
  readonly examples: readonly string[];
}

/** What was given. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** Values by flag, in order; switches have one empty value. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const HELP: Flag = { name: "help", value: null, help: "print this" };
const JSON_FLAG: Flag = { name: "json", value: null, help: "print JSON lines only" };

/** The flags that every command takes. */
export const COMMON_FLAGS: readonly Flag[] = [JSON_FLAG, HELP];

/**
 * Reads what follows a command: `--name value`, `--name=value`, switches, and what stands without a flag.
 *
 * Throws {@link InputError} that names an unknown flag, a missing or superfluous value, or one given twice.
 */
export function parseArguments(usage: Usage, args: readonly string[]): Arguments {
  const flags = [...usage.flags, ...COMMON_FLAGS];
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (!arg.startsWith("--")) {
      positionals.push(arg);
      continue;
    }
    const [name, ...rest] = arg.slice(2).split("=");
    const flag = flags.find((candidate) => candidate.name === name);
    if (!flag) {
      const names = flags.map((candidate) => `--${candidate.name}`);
      throw new InputError(`--${name}`, "an unknown flag", allowedNames(`--${name}`, names));
    }
    const inline = rest.length > 0 ? rest.join("=") : null;
    if (flag.value === null) {
      if (inline !== null) throw new InputError(`--${name}`, showValue(inline), "no value: it is a switch");
      values.set(name, [""]);
      continue;
    }
    const value = inline ?? args[++i];
    if (value === undefined || value === "" || (inline === null && value.startsWith("--"))) {
      throw new InputError(`--${name}`, "no value", flag.value.allowed);
    }
    const before = values.get(name);
    if (before && !flag.repeated) throw new InputError(`--${name}`, `${before[0]} and ${value}`, "one value");
    values.set(name, [...(before ?? []), value]);
  }
  if (!values.has("help")) checkPositionals(usage, positionals);
  return { positionals, values };
}

function checkPositionals(usage: Usage, given: readonly string[]): void {
  const missing = usage.positionals.slice(given.length).find((name) => !name.endsWith("?"));
  if (missing) throw new InputError(missing, "nothing", `a ${missing}`);
  const extra = given[usage.positionals.length];
  if (extra !== undefined) {
    throw new InputError("arguments", showValue(extra), "flags, which start with --, and nothing more");
  }
}

/** The value of a flag as text, or undefined. */
export function textOf(args: Arguments, name: string): string | undefined {
  return args.values.get(name)?.[0];
}

/** The value of a flag as a whole number of at least `min`, or undefined. Throws {@link InputError}. */
export function wholeNumberOf(args: Arguments, name: string, min = 0): number | undefined {
  const text = textOf(args, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  // Number() reads "" and "0x10"; 1e5 is worth having.
  if (/^\d+(\.\d+)?(e\+?\d+)?$/i.test(text) && Number.isSafeInteger(value) && value >= min) return value;
  throw new InputError(`--${name}`, text, `a whole number of ${min} or more`);
}

/** The value of a flag as a number, or undefined. Throws {@link InputError}. */
export function numberOf(args: Arguments, name: string): number | undefined {
  const text = textOf(args, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InputError(`--${name}`, text, "a number");
}
