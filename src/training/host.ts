import type { SerialisedPolicy } from "../agents/policies/policy.js";
import { isCommand } from "../core/command.js";
import { InputError, lossOf, messageOf } from "../core/errors.js";
import type { Evaluation, Progress } from "./config.js";
import { Explainer } from "./explainer.js";
import type { FromWorker, SessionStatus, Snapshot, StageActor, StageFrames, ToWorker } from "./messages.js";
import { PolicyViews, restoreReadable } from "./policy-views.js";
import { Session } from "./session.js";
import { Stage } from "./stage.js";

/** At most 20 snapshots a second. */
const SNAPSHOT_MS = 50;
/** A checkpoint every few seconds of wall-clock time. */
const CHECKPOINT_MS = 3000;
/** The loop lets messages in at least this often. */
const SLICE_MS = 20;
/** Within an update, messages come in at least this often. */
const BREATH_MS = 200;
/** Curve points in one snapshot at most. */
const MAX_POINTS = 50;

/** What the host needs from the place it runs in. */
export interface HostSurroundings {
  post(message: FromWorker, transfer: Transferable[]): void;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Lets waiting messages in, then goes on. */
  breathe(): Promise<void>;
  /** Comes back after about that many milliseconds, sooner when `interrupt` is called. */
  sleep(milliseconds: number): Promise<void>;
  interrupt(): void;
}

/**
 * Runs one session behind the message protocol: the inside of the training Worker, free of any global.
 *
 * Training runs as fast as it can in slices; between them messages come in, and snapshots and checkpoints go out.
 */
export class SessionHost {
  private session: Session | null = null;
  private stage: Stage | null = null;
  private explainer: Explainer | null = null;
  private views: PolicyViews | null = null;
  private status: SessionStatus = "paused";
  private stepsWanted = 0;
  private checkpointWanted = false;
  private sweepWanted = false;
  private speed = 1;
  private actor: StageActor = "network";
  private generation = 0;
  private loop: Promise<void> = Promise.resolve();
  private points: Progress[] = [];
  private progress: Progress | null = null;

  constructor(private readonly surroundings: HostSurroundings) {}

  /** Takes one message in. Nothing is thrown: what goes wrong is told as `failed`. */
  async receive(message: ToWorker): Promise<void> {
    try {
      await this.handle(message);
    } catch (error) {
      this.fail(error);
    }
  }

  private async handle(message: ToWorker): Promise<void> {
    switch (message.type) {
      case "start":
        await this.start(message);
        break;
      case "pause":
        if (this.status === "training") this.status = "paused";
        break;
      case "train":
        if (this.status === "paused") this.status = "training";
        break;
      case "step":
        if (this.status === "training") this.status = "paused";
        if (this.status === "paused") this.stepsWanted++;
        break;
      case "speed":
        this.speed = Math.min(Math.max(message.value, 0), 64);
        break;
      case "command":
        // What cannot be asked for changes nothing: training must not end over a slider.
        if (message.value === null || isCommand(message.value)) this.stage?.command(message.value);
        break;
      case "sweep":
        this.sweepWanted = true;
        break;
      case "actor":
        this.actor = message.value;
        this.stage?.setActor(message.value);
        break;
      case "tree":
        this.setTree(message.policy);
        break;
      case "budget":
        if (this.session) {
          this.session.budget = message.value;
          if (this.status === "finished" && this.session.finished === null) this.status = "training";
        }
        break;
      case "checkpoint":
        this.checkpointWanted = true;
        break;
      case "explain":
        this.explainer?.ask(message.wish);
        break;
      case "watch":
        this.views?.watch(message.wish);
        break;
      case "score":
        this.explainer?.score(message.before, message.policy, message.edit);
        break;
      case "stop":
        await this.stop();
        break;
      default:
        message satisfies never;
    }
    this.surroundings.interrupt();
  }

  /** Lets a tree act on the stage. What was stored may be broken: training must not end over it. */
  private setTree(policy: SerialisedPolicy | null): void {
    if (!this.session || !this.stage) return;
    try {
      this.stage.setTree(policy && restoreReadable(policy, this.session));
    } catch (error) {
      this.stage.setTree(null);
      this.post({ type: "tree-refused", message: messageOf(error) });
    }
  }

  private async start(message: Extract<ToWorker, { type: "start" }>): Promise<void> {
    await this.halt();
    const generation = this.generation;
    this.session?.dispose();
    this.session = null;
    this.explainer = null;
    this.views = null;
    const { checkpoint, segments, breaks, withoutGpu, remembered } = message;
    const session = await Session.create(message.config, checkpoint ? { bytes: checkpoint, segments } : null, {
      breaks: breaks ?? null,
      withoutGpu: withoutGpu ?? false,
      remembered,
      breathe: this.breather(),
    });
    this.session = session;
    this.explainer = new Explainer(session, this.surroundings.now, (told) => this.post(told));
    this.views = new PolicyViews(session, (told) => this.post(told));
    this.points = [];
    this.progress = session.points.at(-1) ?? null;
    this.status = session.finished ? "finished" : message.paused ? "paused" : "training";
    this.stage = message.show
      ? new Stage(session.environment, session.policy, {
          seed: session.config.seed,
          options: session.config.envOptions,
        })
      : null;
    this.stage?.setActor(this.actor);
    this.post({
      type: "ready",
      engine: session.engine,
      parameterCount: session.parameterCount,
      plannedSteps: session.plannedSteps,
      step: session.step,
      evaluations: session.evaluations,
      points: session.points,
      breaks: session.breaks,
      notice: session.notice,
    });
    this.loop = this.run(session, generation).catch((error) => this.fail(error));
  }

  /** Lets the running loop finish its update, then ends it: nothing is disposed of in the middle of one. */
  private async halt(): Promise<void> {
    this.generation++;
    this.surroundings.interrupt();
    await this.loop;
    await this.explainer?.dispose();
  }

  private async stop(): Promise<void> {
    await this.halt();
    if (this.session) {
      await this.sendCheckpoint(this.session);
      this.session.dispose();
      this.session = null;
    }
    this.status = "stopped";
    this.post({ type: "stopped" });
  }

  /** The loop of one session, until another is started or this one is stopped. */
  private async run(session: Session, generation: number): Promise<void> {
    const { surroundings } = this;
    const mine = () => generation === this.generation;
    const meter = new RateMeter(surroundings.now(), session.step);
    let lastSnapshot = Number.NEGATIVE_INFINITY;
    let lastPlayed = surroundings.now();
    let lastCheckpoint = surroundings.now();
    let savedStep = session.step;

    while (mine()) {
      const trained = await this.trainSlice(session, mine);
      if (!mine()) return;
      const explained = await this.explainer?.turn(this.status === "training");
      const worked = trained || explained === true;
      if (!mine()) return;
      const now = surroundings.now();
      if (now - lastSnapshot >= SNAPSHOT_MS) {
        const stage = await this.playStage((now - lastPlayed) / 1000);
        lastPlayed = now;
        lastSnapshot = now;
        const rate = this.status === "training" ? meter.rate(now, session.step) : meter.restart(now, session.step);
        this.views?.see(stage);
        if (mine()) this.sendSnapshot(stage, rate);
        if (mine()) await this.views?.look(now);
      }
      const due = this.status === "training" && now - lastCheckpoint >= CHECKPOINT_MS && session.step !== savedStep;
      if (due || this.checkpointWanted) {
        this.checkpointWanted = false;
        lastCheckpoint = now;
        savedStep = session.step;
        await this.sendCheckpoint(session);
      }
      if (this.sweepWanted) {
        this.sweepWanted = false;
        this.post({ type: "following", step: session.step, following: await session.commandFollowing() });
      }
      if (worked) await surroundings.breathe();
      else await surroundings.sleep(Math.max(1, lastSnapshot + SNAPSHOT_MS - surroundings.now()));
    }
  }

  /** Trains for one slice of time, or for one update when stepping. Returns whether anything was done. */
  private async trainSlice(session: Session, mine: () => boolean): Promise<boolean> {
    const end = this.surroundings.now() + SLICE_MS;
    let worked = false;
    while (mine() && (this.status === "training" || this.stepsWanted > 0) && session.finished === null) {
      if (this.stepsWanted > 0) this.stepsWanted--;
      const { progress, evaluation, finished } = await session.advance();
      if (!mine()) return true;
      worked = true;
      this.progress = progress;
      this.points.push(progress);
      if (evaluation) this.sendEvaluation(evaluation);
      if (finished) {
        this.status = "finished";
        await this.sendCheckpoint(session);
        this.post({ type: "finished", reason: finished, step: session.step });
      }
      if (this.surroundings.now() >= end || this.status !== "training") break;
    }
    return worked;
  }

  private async playStage(seconds: number): Promise<StageFrames | null> {
    return this.stage ? this.stage.play(Math.min(seconds, 0.25) * this.speed) : null;
  }

  private sendSnapshot(stage: StageFrames | null, stepsPerSecond: number): void {
    const gap = Math.ceil(this.points.length / MAX_POINTS);
    const points = this.points.filter((_, i) => (this.points.length - 1 - i) % gap === 0);
    this.points = [];
    const progress = this.progress ?? NO_PROGRESS;
    const commanded = this.session?.policy.commanded ?? null;
    const snapshot: Snapshot = { status: this.status, progress, points, stepsPerSecond, stage, commanded };
    const transfer = stage
      ? Object.values(stage).flatMap((part) => (ArrayBuffer.isView(part) ? [part.buffer as ArrayBuffer] : []))
      : [];
    this.surroundings.post({ type: "snapshot", ...snapshot }, transfer);
  }

  private sendEvaluation(evaluation: Evaluation): void {
    this.post({ type: "evaluation", evaluation });
  }

  private async sendCheckpoint(session: Session): Promise<void> {
    const { step, bytes, segments } = await session.checkpoint();
    const transfer = [bytes.buffer, ...segments.map((segment) => segment.bytes.buffer)];
    this.surroundings.post({ type: "checkpoint", step, bytes, segments }, transfer);
  }

  private fail(error: unknown): void {
    this.generation++;
    this.session?.dispose();
    this.session = null;
    this.status = "stopped";
    const kind = lossOf(error);
    const message = messageOf(error);
    this.post(kind ? { type: "lost", kind, message } : { type: "failed", message, input: error instanceof InputError });
  }

  /** Lets messages in during long updates, now and then. */
  private breather(): () => Promise<void> | undefined {
    const { surroundings } = this;
    let last = surroundings.now();
    return () => {
      if (surroundings.now() - last < BREATH_MS) return;
      return surroundings.breathe().then(() => {
        last = surroundings.now();
      });
    };
  }

  private post(message: FromWorker): void {
    this.surroundings.post(message, []);
  }
}

/** What is shown before the first update. */
const NO_PROGRESS: Progress = {
  step: 0,
  seconds: 0,
  update: 0,
  returnMean: null,
  lengthMean: null,
  episodes: 0,
  diagnostics: null,
};

/** Steps per second over about the last second of wall-clock time. */
class RateMeter {
  private marks: { time: number; step: number }[] = [];

  constructor(time: number, step: number) {
    this.restart(time, step);
  }

  restart(time: number, step: number): number {
    this.marks = [{ time, step }];
    return 0;
  }

  rate(time: number, step: number): number {
    this.marks.push({ time, step });
    while (this.marks.length > 2 && time - this.marks[0].time > 1000) this.marks.shift();
    const first = this.marks[0];
    return time === first.time ? 0 : ((step - first.step) * 1000) / (time - first.time);
  }
}
