import type { AgentDefinition } from "../agents/agent.js";
import { findAgent } from "../agents/index.js";
import { halfInterval, summariseSeeds } from "../elements/curve-data.js";
import type { PlotData, PlotLine } from "../elements/plot.js";
import type { TransportState } from "../elements/transport.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { findEnvironment, loadWorld } from "../envs/index.js";
import { configOf, type LabSettings } from "../runs/link.js";
import type { RunLibrary } from "../runs/opfs-library.js";
import type { Break, Evaluation } from "../training/config.js";
import type { StageActor, StageFrames } from "../training/messages.js";
import type { CalibrationMemory } from "./calibrations.js";
import { type RunNotice, type RunOrigin, SeedRun } from "./seed-run.js";

export interface LabSessionSettings {
  readonly settings: LabSettings;
  readonly origin: RunOrigin;
  readonly paused: boolean;
  readonly speed: number;
  readonly actor?: StageActor;
  readonly createWorker: () => Worker;
  readonly library: Promise<RunLibrary>;
  readonly calibrations: CalibrationMemory;
  onChange(): void;
  onStage(frames: StageFrames): void;
  onNotice(notice: RunNotice): void;
}

/** Everything trained at once: one run per seed, the first of them on the stage. */
export class LabSession {
  readonly runs: readonly SeedRun[];
  /** The world; one whose sizes follow from its options has those of the defaults until its code is loaded. */
  spec: EnvironmentSpec;
  readonly definition: AgentDefinition;
  readonly settings: LabSettings;

  constructor({ settings, origin, onNotice, ...rest }: LabSessionSettings) {
    this.settings = settings;
    const environment = findEnvironment(settings.env);
    this.spec = environment.spec;
    const onStage = "variants" in environment ? this.onceKnown(rest) : rest.onStage;
    this.definition = findAgent(settings.agent);
    const count = origin.kind === "held" ? 1 : settings.training.seeds;
    this.runs = Array.from({ length: count }, (_, i) => {
      const config = configOf(settings, i);
      // What happens to every seed is told once.
      const tell = i === 0 ? onNotice : (notice: RunNotice) => this.isNews(notice, i) && onNotice(notice);
      return new SeedRun({ ...rest, onStage, config, origin, show: i === 0, onNotice: tell });
    });
  }

  /** Loads the world of these options; what is for the stage waits for it. */
  private onceKnown({ onStage, onChange }: Pick<LabSessionSettings, "onStage" | "onChange">) {
    const { env, envOptions } = this.settings;
    const known = loadWorld(env, envOptions).then(({ spec }) => {
      this.spec = spec;
      onChange();
    });
    // Options that make no world are refused by the run itself.
    const ready = known.catch(() => {});
    return (frames: StageFrames) => void ready.then(() => onStage(frames));
  }

  /** Whether a notice of another seed than the first says what the first does not. */
  private isNews(notice: RunNotice, index: number): boolean {
    // A graphics process that dies takes the devices of all seeds.
    if (notice.kind === "restarted") return this.runs[index].losses > this.first.losses;
    return notice.kind === "failed" || notice.kind === "refused";
  }

  /** The run on the stage. */
  get first(): SeedRun {
    return this.runs[0];
  }

  get state(): TransportState {
    const phases = this.runs.map(({ phase }) => phase);
    if (phases.includes("failed")) return "failed";
    if (phases.includes("starting")) return "starting";
    if (phases.includes("training")) return "training";
    if (phases.every((phase) => phase === "finished")) return "finished";
    return this.step === 0 ? "waiting" : "paused";
  }

  /** Environment steps of the first seed. */
  get step(): number {
    return this.first.progress?.step ?? 0;
  }

  /** Steps per second over all seeds. */
  get stepsPerSecond(): number {
    return this.runs.reduce((sum, { stepsPerSecond }) => sum + stepsPerSecond, 0);
  }

  train(): void {
    for (const run of this.runs) run.train();
  }

  pause(): void {
    for (const run of this.runs) run.pause();
  }

  stepOnce(): void {
    for (const run of this.runs) run.step();
  }

  setSpeed(speed: number): void {
    for (const run of this.runs) run.setSpeed(speed);
  }

  /** Says who acts on the stage; the other seeds are not shown. */
  setActor(actor: StageActor): void {
    this.first.setActor(actor);
  }

  raiseBudget(steps: number): void {
    for (const run of this.runs) run.raiseBudget(steps);
  }

  /** Changes the budget without going on: a finished run stays finished until it is continued. */
  changeBudget(steps: number): void {
    for (const run of this.runs) run.changeBudget(steps);
  }

  saveNow(): void {
    for (const run of this.runs) run.saveNow();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.runs.map((run) => run.dispose()));
  }

  /** Evaluations that every seed has, as their mean over seeds. */
  get evaluations(): readonly Evaluation[] {
    if (this.runs.length === 1) return this.first.evaluations;
    const length = Math.min(...this.runs.map(({ evaluations }) => evaluations.length));
    return this.first.evaluations.slice(0, length).map((evaluation, i) => {
      const means = this.runs.map(({ evaluations }) => evaluations[i].returnMean);
      const returnMean = means.reduce((sum, mean) => sum + mean, 0) / means.length;
      return { ...evaluation, returnMean, returnStd: halfInterval(means, returnMean) };
    });
  }

  /** The newest value of a diagnostic or curve of the first seed: its mean over the last bucket. */
  newest(key: string): number | null {
    return this.first.curve.column(key).mean.findLast((value) => value !== null) ?? null;
  }

  /** One column as a line over steps, with its interval over seeds or its extremes within each bucket. */
  line(key: string, paint: number): { readonly steps: readonly number[]; readonly line: PlotLine } {
    if (this.runs.length > 1) {
      const { steps, mean, low, high } = summariseSeeds(
        this.runs.map(({ curve }) => curve),
        key,
      );
      return { steps, line: { paint, values: mean, low, high } };
    }
    const { curve } = this.first;
    const { mean, min, max } = curve.column(key);
    return { steps: curve.stepColumn(), line: { paint, values: mean, low: min, high: max } };
  }

  /** Where the trainings of all seeds broke off, in order of steps. */
  get breaks(): readonly Break[] {
    return this.runs.flatMap(({ breaks }) => breaks).sort((a, b) => a.step - b.step);
  }

  /** What every plot of this session has in common. */
  plot(key: string, paint: number): PlotData {
    const { steps, line } = this.line(key, paint);
    return {
      steps,
      lines: [line],
      marks: [],
      marksPaint: 2,
      breaks: [],
      guides: [],
      healthy: null,
      maxStep: this.first.lastStep,
      lit: this.state === "training",
    };
  }
}
