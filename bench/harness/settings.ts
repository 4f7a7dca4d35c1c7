import { InputError, showValue } from "../../src/core/errors.js";
import { allowedNames } from "../../src/core/nearest.js";
import type { Platform, Settings } from "./bench.js";

/** Minutes under watch in `memory` unless `--minutes` or `--quick` says otherwise. */
const MINUTES = 10;
const QUICK_MINUTES = 0.3;
const PLATFORMS: readonly string[] = ["node", "chromium"] satisfies Platform[];
const FLAGS = ["--quick", "--json", "--minutes", "--docs"];

/** How the command is called. */
export function usageText(names: readonly string[]): string {
  return [
    "npm run bench -- [NAME…] [node] [chromium] [--json FILE] [--quick] [--minutes N] [--docs]",
    "",
    `  NAME        any of ${names.join(", ")}; all of them unless one is named`,
    "  node        measure in Node only",
    "  chromium    measure in headless Chromium only (name both for both, which is the default)",
    "  --json      file for the results, instead of a new one in bench/results/",
    "  --quick     few seeds and short measurements: shows that it works, not what it reaches",
    `  --minutes   minutes of training under watch in memory (${MINUTES})`,
    "  --docs      put the tables into docs/performance.md; for a quiet machine",
  ].join("\n");
}

/**
 * Reads the command line. Throws `InputError` that names what was wrong and what is allowed.
 *
 * @param known names of all benchmarks
 */
export function parseSettings(args: readonly string[], known: readonly string[]): Settings {
  const words: string[] = [];
  let quick = false;
  let docs = false;
  let json: string | null = null;
  let minutes: number | null = null;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === "--quick") quick = true;
    else if (arg === "--docs") docs = true;
    else if (arg === "--json") json = valueAfter(arg, args[++i], "a file to write");
    else if (arg === "--minutes") minutes = minutesOf(valueAfter(arg, args[++i], "a number of minutes"));
    else if (arg.startsWith("--")) throw new InputError(arg, "an unknown flag", allowedNames(arg, FLAGS));
    else words.push(arg);
  }
  const platforms = words.filter((word): word is Platform => PLATFORMS.includes(word));
  const names = words.filter((word) => !PLATFORMS.includes(word));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InputError("benchmark", showValue(unknown), allowedNames(unknown, [...known, ...PLATFORMS]));
  }
  return {
    names: names.length > 0 ? names : known,
    platforms: platforms.length > 0 ? platforms : null,
    quick,
    minutes: minutes ?? (quick ? QUICK_MINUTES : MINUTES),
    json,
    docs,
  };
}

function valueAfter(flag: string, value: string | undefined, allowed: string): string {
  if (value === undefined || value === "" || value.startsWith("--")) throw new InputError(flag, "no value", allowed);
  return value;
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && minutes <= 1440) return minutes;
  throw new InputError("--minutes", showValue(text), "a number above 0, up to 1440");
}
