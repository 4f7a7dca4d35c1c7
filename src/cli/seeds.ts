import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  type Advance,
  type EngineReport,
  type Evaluation,
  type Figures,
  InputError,
  mean,
  meanInterval,
  poolSizeFor,
  populationDeviation,
  type RecordEnding,
  type SessionConfig,
  TrainingError,
  timeEngines,
  WorkerPool,
} from "../index.js";
import { Interrupts } from "./interrupt.js";
import type { Output } from "./output.js";
import { ProgressBar } from "./progress-bar.js";
import { figuresOf, RunReporter, type RunStart, stoppedText, summaryText } from "./reporter.js";
import { RUNS_FOLDER, type Summary } from "./run.js";

/** What a seed's Worker thread is given. */
export interface SeedTask {
  readonly config: SessionConfig;
  readonly out: string | null;
  readonly report: EngineReport | null;
  /** The file of sales that the world's options name, or null. */
  readonly sales: string | null;
}

/** What it tells. */
export type FromSeed =
  | ({ readonly type: "start" } & RunStart)
  | ({ readonly type: "advance" } & Pick<Advance, "progress" | "evaluation">)
  | { readonly type: "loss"; readonly text: string }
  | { readonly type: "end"; readonly ending: RecordEnding; readonly summary: Summary }
  | { readonly type: "failed"; readonly input: InputErrorFields | null; readonly message: string };

type InputErrorFields = Pick<InputError, "field" | "given" | "allowed">;

/** The last line of `train --seeds N`: a summary over the seeds, with each seed's own in `runs`. */
export interface SeedsSummary extends Omit<Summary, "evaluations" | "final"> {
  readonly seeds: readonly number[];
  /** Means over the seeds, at the steps that all of them reached; deviation and interval are between seeds. */
  readonly evaluations: readonly (Evaluation & Interval)[];
  readonly final: Pick<Evaluation, "returnMean" | "returnStd" | "episodes"> &
    Interval &
    Readonly<Record<string, number | null>>;
  readonly runs: readonly Summary[];
}

interface Interval {
  readonly returnLow: number | null;
  readonly returnHigh: number | null;
}

/**
 * Trains consecutive seeds in parallel, one thread for each core, every seed in a run folder of its own.
 *
 * Prints each seed's summary as it ends and, last, the summary over all of them.
 */
export async function trainSeeds(
  config: SessionConfig,
  { numSeeds, out, sales }: { readonly numSeeds: number; readonly out: string | null; readonly sales: string | null },
  output: Output,
): Promise<number> {
  const last = config.seed + numSeeds - 1;
  if (last > 0xffffffff) throw new InputError("--seeds", String(numSeeds), `at most ${0x100000000 - config.seed} here`);
  // Timed once, before the threads compete for the cores: all seeds then run on one engine.
  const report = config.engine === null ? await timeEngines(config) : null;
  const engine = report?.chosen ?? config.engine;
  const bar = new ProgressBar(output, `${config.env} ${config.agent} × ${numSeeds}`, config.budget * numSeeds);
  const pool = new WorkerPool(poolSizeFor(availableParallelism()));
  const workers = new Set<Worker>();
  const interrupts = new Interrupts(() => {
    for (const worker of workers) worker.postMessage("stop");
  });

  const trainSeed = async (seed: number) => {
    if (interrupts.stopped) return null;
    const own = { ...config, seed, engine };
    const reporter = new RunReporter(output, bar, own, true);
    const task: SeedTask = { config: own, out: out === null ? null : join(out, `s${seed}`), report, sales };
    const result = await runInThread(task, workers, reporter);
    output.line({ type: "summary", ...result.summary });
    output.text(summaryText(result.summary));
    return result;
  };
  try {
    const seeds = Array.from({ length: numSeeds }, (_, i) => config.seed + i);
    const results = await Promise.all(seeds.map((seed) => pool.run(() => trainSeed(seed))));
    const ended = results.filter((result) => result !== null);
    output.clearBar();
    const stopped = ended.filter(({ ending }) => ending === "stopped").map(({ summary }) => summary);
    if (stopped.length > 0) {
      const steps = Math.min(...stopped.map((summary) => summary.steps));
      output.note(
        stoppedText(
          steps,
          stopped.map((summary) => summary.run),
        ),
      );
    }
    const total = summariseSeeds(
      ended.map(({ summary }) => summary),
      out ?? RUNS_FOLDER,
    );
    output.line(total);
    output.text(seedsText(total));
    return 0;
  } finally {
    interrupts.dispose();
    output.clearBar();
    for (const worker of workers) await worker.terminate();
  }
}

function runInThread(
  task: SeedTask,
  workers: Set<Worker>,
  reporter: RunReporter,
): Promise<{ readonly ending: RecordEnding; readonly summary: Summary }> {
  const worker = new Worker(new URL("./seed-worker.js", import.meta.url), { workerData: task });
  workers.add(worker);
  return new Promise<{ ending: RecordEnding; summary: Summary }>((resolve, reject) => {
    worker.on("message", (message: FromSeed) => {
      switch (message.type) {
        case "start":
          reporter.start(message);
          break;
        case "advance":
          reporter.advance(message);
          break;
        case "loss":
          reporter.loss(message.text);
          break;
        case "end":
          resolve(message);
          break;
        case "failed": {
          const { input } = message;
          reject(input ? new InputError(input.field, input.given, input.allowed) : new TrainingError(message.message));
          break;
        }
        default:
          message satisfies never;
      }
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new TrainingError(`the thread of seed ${task.config.seed} ended with ${code}`)));
  }).finally(() => workers.delete(worker));
}

/** Sums several seeds up; `run` is the folder that holds their runs. */
export function summariseSeeds(runs: readonly Summary[], folder: string): SeedsSummary {
  const [first] = runs;
  const steps = runs.reduce((sum, run) => sum + run.steps, 0);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const reachedByAll = Math.min(...runs.map((run) => run.evaluations.length));
  const evaluations = first.evaluations.slice(0, reachedByAll).map(({ step }, i) => {
    const there = runs.map((run) => run.evaluations[i]);
    return { step, seconds: mean(there.map((each) => each.seconds)), ...overSeeds(there) };
  });
  return {
    env: first.env,
    agent: first.agent,
    seed: first.seed,
    seeds: runs.map((run) => run.seed),
    engine: first.engine,
    steps,
    seconds,
    stepsPerSecond: seconds > 0 ? steps / seconds : 0,
    evaluations,
    final: { ...meanFigures(runs), ...overSeeds(runs.map((run) => run.final)) },
    run: folder,
    runs,
  };
}

/** What the world says of the policies beyond their returns, on average. */
function meanFigures(runs: readonly Summary[]): Figures {
  const names = Object.keys(figuresOf(runs[0].final));
  return Object.fromEntries(names.map((name) => [name, mean(runs.map(({ final }) => final[name]))]));
}

function overSeeds(results: readonly Pick<Evaluation, "returnMean" | "episodes">[]) {
  const means = results.map((result) => result.returnMean);
  const { mean: returnMean, low: returnLow, high: returnHigh } = meanInterval(means);
  const episodes = results.reduce((sum, result) => sum + result.episodes, 0);
  return { returnMean, returnStd: populationDeviation(means), returnLow, returnHigh, episodes };
}

function seedsText({ final, seeds }: SeedsSummary): string {
  const interval =
    final.returnLow === null || final.returnHigh === null
      ? ""
      : `, 95 % interval ${final.returnLow.toFixed(1)} to ${final.returnHigh.toFixed(1)}`;
  return `${seeds.length} seeds: return ${final.returnMean.toFixed(1)}${interval}`;
}
