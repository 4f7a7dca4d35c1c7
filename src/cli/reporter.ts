import type { Advance, Figures, SessionConfig } from "../index.js";
import { type Output, showCount } from "./output.js";
import type { ProgressBar } from "./progress-bar.js";
import type { Summary } from "./run.js";

/** Milliseconds between two progress lines at least. */
const PROGRESS_INTERVAL = 500;

/** What a training is about to do, as its `start` line tells. */
export interface RunStart {
  readonly run: string;
  readonly engine: string;
  /** Steps taken before: 0 but for a resumed run. */
  readonly step: number;
}

/**
 * Tells of one training while it runs.
 *
 * JSON lines have a `type` (`start`, `progress`, `evaluation`) and a `seed`; the summary that ends them has neither
 * `type` nor anything but the summary's own fields.
 */
export class RunReporter {
  private lastProgress = 0;
  private from = 0;

  constructor(
    private readonly output: Output,
    private readonly bar: ProgressBar,
    private readonly config: SessionConfig,
    /** Several seeds share the terminal: each line names its own. */
    private readonly severalSeeds: boolean,
  ) {}

  start({ run, engine, step }: RunStart): void {
    const { env, agent, seed } = this.config;
    this.from = step;
    this.output.line({ type: "start", seed, env, agent, engine, run, step });
    const from = step > 0 ? `, from step ${showCount(step)}` : "";
    this.output.text(`${env} ${agent}, seed ${seed}, on ${engine}${from}: ${run}`);
  }

  /** A device was lost, and training goes on: for whoever watches, not for the lines. */
  loss(text: string): void {
    this.output.clearBar();
    this.output.note(this.severalSeeds ? `Seed ${this.config.seed}: ${text}` : text);
  }

  advance({ progress, evaluation }: Pick<Advance, "progress" | "evaluation">): void {
    const { seed } = this.config;
    const now = performance.now();
    if (now - this.lastProgress >= PROGRESS_INTERVAL) {
      this.lastProgress = now;
      this.output.line({ type: "progress", seed, ...progress });
    }
    if (evaluation) {
      this.output.line({ type: "evaluation", seed, ...evaluation });
      const { step, returnMean, returnStd, episodes, seconds } = evaluation;
      const words = [
        ...(this.severalSeeds ? [`seed ${seed}`] : []),
        `step ${showCount(step).padStart(9)}`,
        `return ${returnMean.toFixed(1).padStart(7)} ± ${returnStd.toFixed(1)} over ${episodes} episodes`,
        `${seconds.toFixed(2)} s`,
      ];
      this.output.text(words.join("   "));
    }
    this.bar.update(seed, this.from, progress.step, progress.returnMean);
  }
}

/** The summary for a person. */
export function summaryText(summary: Summary): string {
  const { final, steps, seconds, stepsPerSecond, seed, run } = summary;
  return [
    `Seed ${seed}: return ${final.returnMean.toFixed(1)} ± ${final.returnStd.toFixed(1)} over ${final.episodes} episodes`,
    ...figuresText(final),
    `after ${showCount(steps)} steps in ${seconds.toFixed(2)} s of training (${showCount(stepsPerSecond)} steps/s).`,
    `Kept in ${run}`,
  ].join(" ");
}

/** What a world says of the policy beyond its return. */
export function figuresOf({
  returnMean: _mean,
  returnStd: _std,
  episodes: _episodes,
  ...figures
}: Summary["final"]): Figures {
  return figures;
}

function figuresText(final: Summary["final"]): string[] {
  const words = Object.entries(figuresOf(final)).map(([name, value]) => `${name} ${value.toFixed(4)}`);
  return words.length > 0 ? [`(${words.join(", ")})`] : [];
}

/** What someone who stopped a training should know. */
export function stoppedText(steps: number, folders: readonly string[]): string {
  const commands = folders.map((folder) => `npm run vitrine -- resume ${/\s/.test(folder) ? `"${folder}"` : folder}`);
  return `Stopped at step ${steps}; go on with: ${commands.join(" ; ")}`;
}
