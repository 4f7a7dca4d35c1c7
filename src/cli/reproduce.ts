import { existsSync } from "node:fs";
import { join } from "node:path";
import { explain, InputError, type Session, showValue } from "../index.js";
import { RUN_FILE } from "../runs/run-format.js";
import { type Arguments, numberOf, textOf } from "./arguments.js";
import type { Command } from "./command.js";
import { Interrupts } from "./interrupt.js";
import type { Output } from "./output.js";
import { ProgressBar } from "./progress-bar.js";
import { findReproduction, reproductions } from "./reproductions/index.js";
import type { Cell, PlannedExplanation, Reproduction } from "./reproductions/reproduction.js";
import { cellHash, codeVersions, machineText, ResultFiles } from "./reproductions/results.js";
import { driveRun, openRun, RUNS_FOLDER, type Summary, startRun } from "./run.js";

/** Makes a published result again, cell by cell. */
export const reproduce: Command = {
  name: "reproduce",
  usage: {
    summary: "make a result table again, cell by cell; stop and go on at will",
    positionals: ["name"],
    flags: [
      {
        name: "cells",
        value: { label: "A,B,…", allowed: "cells or parts of their names, separated by commas" },
        help: "only cells whose name begins so",
      },
      {
        name: "minutes",
        value: { label: "N", allowed: "a number of minutes" },
        help: "stop after that long; the next call goes on",
      },
    ],
    examples: reproductions.map(({ name }) => `${name} --minutes 10`),
  },
  async run(args, output) {
    const reproduction = findReproduction(args.positionals[0]);
    const root = process.cwd();
    const plans = reproduction.explanations ?? [];
    const code = codeVersions(root, plans.length > 0);
    const cells = chosenCells(reproduction, textOf(args, "cells"));
    const deadline = deadlineOf(args);
    const files = new ResultFiles(root, reproduction);
    const missing = cells.filter((cell) => files.read(cell)?.hash !== cellHash(cell, code, plans));
    output.text(`${reproduction.title}: ${missing.length} of ${cells.length} cells to run.`);

    const interrupts = new Interrupts(() => output.note("Stopping: this cell goes on with the next call."));
    const shouldStop = () => interrupts.stopped || performance.now() >= deadline;
    let ran = 0;
    try {
      for (const cell of missing) {
        if (shouldStop()) break;
        const hash = cellHash(cell, code, plans);
        const done = await runCell(reproduction, cell, hash, output, shouldStop);
        if (!done) break;
        const { summary, explanations } = done;
        const { run: _, ...kept } = summary;
        const { id, variant, config } = cell;
        const date = new Date().toISOString().slice(0, 10);
        const made = explanations.length === 0 ? {} : { explanations };
        files.write(cell, { cell: id, variant, hash, config, summary: kept, ...made, machine: machineText(), date });
        ran++;
        output.line({ type: "cell", cell: id, ...kept });
        output.text(`${id}: return ${summary.final.returnMean.toFixed(1)} after ${summary.seconds.toFixed(1)} s`);
      }
    } finally {
      interrupts.dispose();
      output.clearBar();
    }
    const page = files.writePage(code);
    const left = missing.length - ran;
    output.line({ name: reproduction.name, cells: cells.length, ran, left, page });
    output.text(`${ran} cells run, ${left} left. The table is in ${page}`);
    return 0;
  },
};

/** Trains a cell in a folder of its own, going on where an earlier call stopped; null when it was stopped again. */
async function runCell(
  reproduction: Reproduction,
  cell: Cell,
  hash: string,
  output: Output,
  shouldStop: () => boolean,
): Promise<{ readonly summary: Summary; readonly explanations: readonly PlannedExplanation[] } | null> {
  const folder = join(RUNS_FOLDER, "reproduce", reproduction.name, `${cell.id}-${hash}`);
  const begun = existsSync(join(folder, RUN_FILE));
  const run = begun ? await openRun(folder) : await startRun(cell.config, folder);
  if (begun) await run.store.rewind(run.session.step);
  const bar = new ProgressBar(output, cell.id, cell.config.budget);
  const from = run.session.step;
  let explanations: readonly PlannedExplanation[] = [];
  const { ending, summary } = await driveRun(run, {
    onAdvance: ({ progress }) => bar.update(0, from, progress.step, progress.returnMean),
    shouldStop,
    onLoss: (text) => output.note(text),
    onEnd: async (session) => {
      output.clearBar();
      explanations = await explainAll(reproduction, session);
    },
  });
  output.clearBar();
  return ending === "stopped" ? null : { summary, explanations };
}

/** Makes every explanation that the reproduction plans. */
async function explainAll(reproduction: Reproduction, session: Session): Promise<readonly PlannedExplanation[]> {
  const made: PlannedExplanation[] = [];
  const { policy, environment, config, step } = session;
  for (const { label, method, options } of reproduction.explanations ?? []) {
    const before = process.cpuUsage();
    const explanation = await explain({
      policy,
      environment,
      envOptions: config.envOptions,
      agent: config.agent,
      step,
      method,
      options,
      seed: config.seed,
    });
    const { user, system } = process.cpuUsage(before);
    made.push({ label, processorSeconds: (user + system) / 1e6, explanation: { ...explanation, candidates: [] } });
  }
  return made;
}

function chosenCells(reproduction: Reproduction, text: string | undefined): readonly Cell[] {
  const cells = reproduction.cells();
  if (text === undefined) return cells;
  const wanted = text.split(",").map((part) => part.trim());
  for (const part of wanted) {
    if (part !== "" && cells.some(({ id }) => id.startsWith(part))) continue;
    throw new InputError("--cells", showValue(part), `the beginning of ${cells.map(({ id }) => id).join(", ")}`);
  }
  return cells.filter(({ id }) => wanted.some((part) => id.startsWith(part)));
}

function deadlineOf(args: Arguments): number {
  const minutes = numberOf(args, "minutes");
  if (minutes === undefined) return Number.POSITIVE_INFINITY;
  if (minutes <= 0) throw new InputError("--minutes", String(minutes), "a number above 0");
  return performance.now() + minutes * 60_000;
}
