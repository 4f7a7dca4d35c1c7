import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError, messageOf } from "../src/core/errors.js";
import type { Bench, Measured, Platform, Row, Settings } from "./harness/bench.js";
import { DOCUMENT, withTable } from "./harness/document.js";
import { describeMachine, type Machine, machineText } from "./harness/machine.js";
import { parseSettings, usageText } from "./harness/settings.js";
import { showTable } from "./harness/table.js";
import { benches, type Task } from "./index.js";

/** Somewhere a task can be measured, each in a fresh process. */
export interface Place {
  /** Version of the browser; null in Node. */
  readonly version: string | null;
  measure(task: Task, nodeFlags: readonly string[]): Promise<unknown>;
}

/** Where the command runs. */
export interface Surroundings {
  readonly node: Place;
  /** Null when there is no Chromium. */
  openChromium(): Promise<Place | null>;
  /** Prints a line of the table, and of what goes on. */
  readonly print: (text: string) => void;
  readonly report: (text: string) => void;
}

/** What lies in the JSON file. */
export interface Results {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly benches: readonly {
    readonly name: string;
    readonly title: string;
    readonly rows: readonly Row[];
    readonly measured: readonly Measured[];
  }[];
  /** What went wrong, a sentence for each case that could not be measured. */
  readonly failures: readonly string[];
}

/** Measures what was asked for, prints a table each and writes all of it. Answers with the exit code. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { print, report } = surroundings;
  const names = benches.map(({ name }) => name);
  if (args.includes("--help")) {
    print(usageText(names));
    return 0;
  }
  let settings: Settings;
  try {
    settings = parseSettings(args, names);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    report(error.message);
    return 2;
  }
  const chosen = benches.filter(({ name }) => settings.names.includes(name));
  const chromium = chosen.some((bench) => platformsOf(bench, settings).includes("chromium"))
    ? await surroundings.openChromium()
    : null;
  if (!chromium && settings.platforms?.includes("chromium")) {
    report("chromium: expected a Chromium on this machine, got none; `npm test` installs one");
    return 1;
  }
  const machine = { ...describeMachine(), chromium: chromium?.version ?? null };
  print(machineText(machine));
  if (machine.load > 0.5)
    report(`The machine was not idle (load ${machine.load.toFixed(2)}): read the figures as too low.`);

  const failures: string[] = [];
  const finished: Results["benches"][number][] = [];
  for (const bench of chosen) {
    const places: Partial<Record<Platform, Place | null>> = { node: surroundings.node, chromium };
    const measured = await measureBench(bench, places, settings, report, failures);
    const rows = bench.rows(measured, settings);
    if (rows.length > 0) print(`\n## ${bench.name}: ${bench.title}\n\n${showTable(rows)}`);
    finished.push({ name: bench.name, title: bench.title, rows, measured });
  }
  const plots = finished.flatMap(({ name, measured }) => {
    const svg = measured.length > 0 ? chosen.find((bench) => bench.name === name)?.plot?.(measured) : undefined;
    return svg === undefined ? [] : [{ name, svg }];
  });
  const file = settings.json ?? join("bench", "results", `${machine.date.replaceAll(":", "-").slice(0, 19)}.json`);
  writeResults(file, { machine, settings, benches: finished, failures });
  for (const { name, svg } of plots) writeFileSync(file.replace(/(\.json)?$/, `-${name}.svg`), svg);
  report(`\nWritten to ${file}${plots.length > 0 ? ", with a plot beside it" : ""}.`);
  if (settings.docs) {
    const tables = finished.filter(({ rows }) => rows.length > 0);
    const page = tables.reduce(
      (text, { name, rows }) => withTable(text, name, rows, machine),
      readFileSync(DOCUMENT, "utf8"),
    );
    writeFileSync(DOCUMENT, page);
    report(`Tables put into ${DOCUMENT}.`);
  }
  return failures.length > 0 ? 1 : 0;
}

/** Writes the results as JSON, with the folder when it is missing. */
export function writeResults(file: string, results: Results): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
}

function platformsOf(bench: Bench, settings: Settings): readonly Platform[] {
  return bench.platforms.filter((platform) => settings.platforms === null || settings.platforms.includes(platform));
}

async function measureBench(
  bench: Bench,
  places: Partial<Record<Platform, Place | null>>,
  settings: Settings,
  report: (text: string) => void,
  failures: string[],
): Promise<Measured[]> {
  const measured: Measured[] = [];
  const cases = bench.cases(settings);
  for (const platform of platformsOf(bench, settings)) {
    const place = places[platform];
    if (!place) {
      report(`${bench.name}: no ${platform} on this machine, left out`);
      continue;
    }
    for (const [i, options] of cases.entries()) {
      report(`${bench.name} in ${platform}, ${i + 1} of ${cases.length}: ${JSON.stringify(options)}`);
      try {
        const result = await place.measure({ bench: bench.name, case: options }, bench.nodeFlags ?? []);
        measured.push({ platform, case: options, result });
      } catch (error) {
        // What else was asked for is still worth having.
        failures.push(messageOf(error));
        report(messageOf(error));
      }
    }
  }
  return measured;
}
