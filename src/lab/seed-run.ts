import type { SerialisedPolicy } from "../agents/policies/policy.js";
import { type EngineId, type EngineReport, isGpuEngine } from "../compute/engine.js";
import type { Command, Commanded } from "../core/command.js";
import { type LossKind, messageOf } from "../core/errors.js";
import { unpack } from "../core/pack.js";
import { VERSION } from "../core/version.js";
import { CurveData } from "../elements/curve-data.js";
import type { CommandFollowing } from "../evaluate/command-following.js";
import type { Explanation, ExplanationMethod, TreeExplanation } from "../interpret/explanation.js";
import type { HeldRun, RunLibrary } from "../runs/opfs-library.js";
import { RUN_FORMAT, type RunRecord, segmentNames } from "../runs/run-format.js";
import { SessionClient, SILENCE_MS } from "../training/client.js";
import type { Break, Evaluation, Progress, SessionConfig } from "../training/config.js";
import type {
  ExplainWish,
  FromWorker,
  Segment,
  SessionStatus,
  StageActor,
  StageFrames,
  ToWorker,
  ViewWish,
} from "../training/messages.js";
import type { CalibrationMemory } from "./calibrations.js";

/** Where one seed's training stands, as the page knows it. */
export type RunPhase = "starting" | SessionStatus | "failed";

/** Something the person should be told; the page puts it into words. */
export type RunNotice =
  | { readonly kind: "resumed"; readonly step: number }
  | {
      readonly kind: "restarted";
      readonly loss: LossKind;
      readonly step: number;
      readonly lostSteps: number;
      readonly engine: EngineId;
      /** It goes on with another engine than before, so no longer bit for bit. */
      readonly changed: boolean;
    }
  | { readonly kind: "inexact"; readonly detail: string }
  | { readonly kind: "broken-checkpoint"; readonly detail: string }
  | { readonly kind: "other-tab" }
  | { readonly kind: "tree-refused"; readonly detail: string }
  | { readonly kind: "unsaved"; readonly detail: string }
  /** Its settings make no training; nothing was begun. */
  | { readonly kind: "refused"; readonly detail: string }
  /** The agent has ended before the budget was spent, and more steps would teach it nothing. */
  | { readonly kind: "recipe-over" }
  | { readonly kind: "failed"; readonly detail: string };

/** How a run begins: afresh, from what this device has of the same config, or from a run of the list. */
export type RunOrigin =
  | { readonly kind: "fresh" }
  | { readonly kind: "resume" }
  | { readonly kind: "held"; readonly held: HeldRun };

export interface SeedRunSettings {
  readonly config: SessionConfig;
  readonly origin: RunOrigin;
  readonly paused: boolean;
  /** Whether this seed plays on the stage. */
  readonly show: boolean;
  readonly speed: number;
  /** Who acts on the stage; the network unless somebody else is said to. */
  readonly actor?: StageActor;
  readonly createWorker: () => Worker;
  readonly library: Promise<RunLibrary>;
  readonly calibrations: CalibrationMemory;
  /** Anything below has changed. */
  onChange(): void;
  onStage(frames: StageFrames): void;
  onNotice(notice: RunNotice): void;
}

/** Curve lines written with one checkpoint at most; the whole curve is in the checkpoint itself. */
const MAX_LINES = 60;
/** Episodes of the stage whose asked and achieved return are kept. */
const MAX_OUTCOMES = 60;
/** Restarts without progress after which the run is given up. */
const MAX_RESTARTS = 3;
/** Losses of the graphics device after which the run goes on without it. */
const MAX_GPU_LOSSES = 2;

/**
 * One seed's training as the page owns it: its Worker, its newest checkpoint in memory, and its folder.
 *
 * A Worker that dies, hangs or loses its device is replaced, from the checkpoint in memory: at first with a fresh
 * device, the second time without one. Whatever the storage does, training goes on.
 */
export class SeedRun {
  phase: RunPhase = "starting";
  engine: EngineReport | null = null;
  parameterCount = 0;
  progress: Progress | null = null;
  stepsPerSecond = 0;
  evaluations: Evaluation[] = [];
  /** Where training broke off and went on from a checkpoint. */
  breaks: readonly Break[] = [];
  /** Workers and devices lost since the page was opened. */
  losses = 0;
  curve = new CurveData();
  finishedBy: "budget" | "solved" | null = null;
  /** The agent ended by itself, before the budget was spent. */
  recipeOver = false;
  /** Steps after which the agent ends by itself at the latest; null where it does not know, or is not ready. */
  private plannedSteps: number | null = null;
  /** When the newest checkpoint was written, in `performance.now()` time; null while nothing is. */
  savedAt: number | null = null;
  /** What the policy says of commands; null where it takes none. */
  commanded: Commanded | null = null;
  /** What a person asks the policy on the stage for; null leaves it to the policy. */
  asked: Command | null = null;
  /** Asked and achieved returns of the newest episodes on the stage. */
  outcomes: readonly (readonly [asked: number, achieved: number])[] = [];
  /** How it did what it was asked when that was last measured, and at which step. */
  following: (CommandFollowing & { readonly step: number }) | null = null;
  /** A measurement of that was asked for. */
  measuring = false;
  /** Name of its folder, once it has one. */
  folder: string | null = null;

  /** The newest explanation by each method. */
  explanations: Readonly<Partial<Record<ExplanationMethod, Explanation>>> = {};
  /** A tree that a person changed, while it is scored: what it was, what it is, and the number of the change. */
  scoring: Omit<Extract<ToWorker, { type: "score" }>, "type"> | null = null;
  private numEdits = 0;
  /** What is being explained right now, or null. */
  explaining: Extract<FromWorker, { type: "explaining" }> | null = null;
  /** Why the policy cannot be explained by a method. */
  explanationErrors: Readonly<Partial<Record<ExplanationMethod, string>>> = {};

  /** Why the policy did what it did in the newest state, and what it does around it; null until they come. */
  attribution: Extract<FromWorker, { type: "attribution" }> | null = null;
  map: Extract<FromWorker, { type: "map" }> | null = null;
  /** How it depends on the feature that is looked at. */
  dependence: Extract<FromWorker, { type: "dependence" }> | null = null;
  /** What the edges of a graph network pass on. */
  messages: Extract<FromWorker, { type: "messages" }> | null = null;
  /** Why nothing can be shown there, or an empty string. */
  viewError = "";

  private wish: ExplainWish | null = null;
  private viewWish: ViewWish | null = null;
  private actor: StageActor;
  private tree: SerialisedPolicy | null = null;
  private client: SessionClient | null = null;
  private checkpoint: { step: number; bytes: Uint8Array<ArrayBuffer> } | null = null;
  private segments = new Map<string, Segment>();
  private held: Promise<HeldRun | null> = Promise.resolve(null);
  private pendingLines: Progress[] = [];
  private pendingEvaluations: Evaluation[] = [];
  private wantsTraining: boolean;
  private restarts = 0;
  /** Of these, Workers that went silent. */
  private silences = 0;
  private gpuLosses = 0;
  private resumedAt: number | null = null;
  /** What is being recovered from, until it is told. */
  private loss: { readonly kind: LossKind; readonly lostSteps: number; readonly engine: EngineId | null } | null = null;
  private saveFailed = false;
  private disposed = false;
  private speed: number;
  private budget: number;

  constructor(private readonly settings: SeedRunSettings) {
    this.wantsTraining = !settings.paused;
    this.speed = settings.speed;
    this.actor = settings.actor ?? "network";
    this.budget = settings.config.budget;
    // The Worker's script loads while the storage is asked.
    this.connect();
    void this.begin();
  }

  get seed(): number {
    return this.settings.config.seed;
  }

  /** Environment steps after which the run ends. */
  get budgetSteps(): number {
    return this.budget;
  }

  /** Environment steps that the run will have taken in the end, as far as is known. */
  get lastStep(): number {
    if (this.recipeOver) return this.progress?.step ?? 0;
    return Math.min(this.budget, this.plannedSteps ?? Number.POSITIVE_INFINITY);
  }

  train(): void {
    this.wantsTraining = true;
    this.client?.send({ type: "train" });
  }

  pause(): void {
    this.wantsTraining = false;
    this.client?.send({ type: "pause" });
    this.saveNow();
  }

  /** One update. */
  step(): void {
    this.wantsTraining = false;
    this.client?.send({ type: "step" });
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.client?.send({ type: "speed", value: speed });
  }

  /** Asks the policy on the stage for this; null leaves it to the policy. */
  command(asked: Command | null): void {
    this.asked = asked;
    this.client?.send({ type: "command", value: asked });
  }

  /** Has it measured how well the policy does what it is asked. */
  measureFollowing(): void {
    this.measuring = true;
    this.client?.send({ type: "sweep" });
  }

  /** Raises the budget and goes on. */
  raiseBudget(steps: number): void {
    this.budget = steps;
    this.wantsTraining = true;
    this.finishedBy = null;
    this.recipeOver = false;
    this.client?.send({ type: "budget", value: steps });
  }

  /** Changes the budget of a run that is not over yet. */
  changeBudget(steps: number): void {
    this.budget = steps;
    if (this.phase !== "finished") this.client?.send({ type: "budget", value: steps });
  }

  /** Wishes for an explanation; a live wish holds until another, or null, takes its place. */
  explain(wish: ExplainWish | null): void {
    if (wish === null || wish.live) this.wish = wish;
    this.client?.send({ type: "explain", wish });
  }

  /** Says who acts on the stage. */
  setActor(actor: StageActor): void {
    this.actor = actor;
    this.client?.send({ type: "actor", value: actor });
  }

  /** Gives the tree that acts on the stage from its next episode on. */
  setTree(policy: SerialisedPolicy | null): void {
    this.tree = policy;
    this.client?.send({ type: "tree", policy });
  }

  /** Says what is looked at beside the stage; what is not named stays as it was. */
  watch(wish: Partial<ViewWish>): void {
    this.viewWish = { attribution: false, map: null, readable: null, ...this.viewWish, ...wish };
    this.client?.send({ type: "watch", wish: this.viewWish });
  }

  /** Shows a tree that a person changed, and has it scored. */
  scoreTree(before: TreeExplanation, policy: SerialisedPolicy): void {
    const nodes = (policy as unknown as { readonly feature: ArrayLike<number> }).feature.length;
    const edited = { ...before, policy: policy as TreeExplanation["policy"], size: { nodes }, edited: true };
    this.explanations = { ...this.explanations, [before.method]: edited };
    this.scoring = { before, policy, edit: ++this.numEdits };
    this.client?.send({ type: "score", ...this.scoring });
  }

  /** Puts an earlier explanation in front again, and keeps it. */
  showExplanation(explanation: Explanation): void {
    this.scoring = null;
    this.explanations = { ...this.explanations, [explanation.method]: explanation };
    void this.keepExplanation(explanation);
  }

  /** Asks for a checkpoint, for example because the page is about to be left. */
  saveNow(): void {
    if (this.progress && this.progress.step !== this.checkpoint?.step) this.client?.send({ type: "checkpoint" });
  }

  /** Ends the Worker; what was saved stays. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    const client = this.client;
    this.client = null;
    if (client && this.phase !== "starting" && this.phase !== "failed") await this.lastCheckpoint(client);
    client?.dispose();
    const held = await this.held;
    await this.persisting;
    await held?.release();
  }

  private persisting: Promise<unknown> = Promise.resolve();

  private connect(): void {
    // What was taken for a hang may have been a busy machine: each time it is given longer.
    const client = new SessionClient(this.settings.createWorker, SILENCE_MS * 2 ** Math.max(0, this.silences - 1));
    this.client = client;
    client.subscribe((message) => {
      if (!this.disposed) this.receive(message);
    });
    client.onLost((kind, why) => {
      if (!this.disposed) this.restart(kind, why);
    });
  }

  private async begin(): Promise<void> {
    const { origin, config } = this.settings;
    if (origin.kind === "held") this.held = Promise.resolve(origin.held);
    if (origin.kind === "resume") this.held = this.findOwn();
    const held = await this.held;
    if (held) await this.loadFrom(held);
    if (this.disposed) return;
    this.resumedAt = this.checkpoint?.step ?? null;
    this.start(config);
  }

  private async findOwn(): Promise<HeldRun | null> {
    try {
      const { held, busy } = await (await this.settings.library).resume(this.settings.config);
      if (busy) this.settings.onNotice({ kind: "other-tab" });
      return held;
    } catch (error) {
      this.settings.onNotice({ kind: "broken-checkpoint", detail: messageOf(error) });
      return null;
    }
  }

  /** Reads the newest whole checkpoint; a folder without one is let go, and the run starts afresh in a new one. */
  private async loadFrom(held: HeldRun): Promise<void> {
    try {
      const stored = await held.store.loadCheckpoint();
      if (stored) {
        await held.store.rewind(stored.step);
        this.checkpoint = { step: stored.step, bytes: stored.bytes };
        for (const segment of stored.segments) this.segments.set(segment.name, segment);
        this.folder = held.name;
        this.savedAt = performance.now();
        const kept = await held.store.readExplanations();
        this.explanations = Object.fromEntries(kept.map((explanation) => [explanation.method, explanation]));
        if (stored.notice) this.settings.onNotice({ kind: "broken-checkpoint", detail: stored.notice });
        return;
      }
    } catch (error) {
      this.settings.onNotice({ kind: "broken-checkpoint", detail: messageOf(error) });
    }
    await held.release();
    this.held = Promise.resolve(null);
  }

  private start(config: SessionConfig): void {
    this.client?.send({ type: "speed", value: this.speed });
    this.client?.send({ type: "actor", value: this.actor });
    this.client?.send({
      type: "start",
      config: { ...config, budget: this.budget },
      checkpoint: this.checkpoint?.bytes ?? null,
      segments: [...this.segments.values()],
      paused: !this.wantsTraining,
      show: this.settings.show,
      remembered: this.settings.calibrations.all,
      breaks: this.breaks.length > 0 ? this.breaks : null,
      withoutGpu: this.gpuLosses >= MAX_GPU_LOSSES,
    });
    if (this.wish) this.client?.send({ type: "explain", wish: this.wish });
    if (this.scoring) this.client?.send({ type: "score", ...this.scoring });
    if (this.tree) this.client?.send({ type: "tree", policy: this.tree });
    if (this.viewWish) this.client?.send({ type: "watch", wish: this.viewWish });
    if (this.asked) this.client?.send({ type: "command", value: this.asked });
  }

  private receive(message: FromWorker): void {
    switch (message.type) {
      case "ready":
        this.onReady(message);
        break;
      case "snapshot":
        this.onSnapshot(message);
        break;
      case "evaluation":
        this.evaluations = [...this.evaluations, message.evaluation];
        this.pendingEvaluations.push(message.evaluation);
        break;
      case "checkpoint":
        this.onCheckpoint(message);
        break;
      case "explaining":
        this.explaining = message;
        break;
      case "explanation":
        this.onExplanation(message);
        break;
      case "explanation-failed":
        this.explaining = null;
        if (this.scoring?.before.method === message.method) this.showExplanation(this.scoring.before);
        this.explanationErrors = { ...this.explanationErrors, [message.method]: message.message };
        break;
      case "attribution":
        this.attribution = message;
        break;
      case "map":
        this.map = message;
        break;
      case "dependence":
        this.dependence = message;
        break;
      case "messages":
        this.messages = message;
        break;
      case "tree-refused":
        this.settings.onNotice({ kind: "tree-refused", detail: message.message });
        break;
      case "view-failed":
        this.viewError = message.message;
        break;
      case "following":
        this.measuring = false;
        this.following = message.following && { ...message.following, step: message.step };
        break;
      case "finished":
        this.finishedBy = message.reason;
        this.wantsTraining = false;
        this.recipeOver = message.reason === "budget" && message.step < this.budget;
        if (this.recipeOver) this.settings.onNotice({ kind: "recipe-over" });
        break;
      case "stopped":
        this.phase = "stopped";
        break;
      case "failed": {
        const kind = message.input && this.phase === "starting" ? "refused" : "failed";
        this.phase = "failed";
        this.stepsPerSecond = 0;
        this.settings.onNotice({ kind, detail: message.message });
        break;
      }
      case "alive":
      case "lost":
        // The client's own.
        return;
      default:
        message satisfies never;
    }
    this.settings.onChange();
  }

  private onReady(message: Extract<FromWorker, { type: "ready" }>): void {
    this.engine = message.engine;
    this.settings.calibrations.add(message.engine);
    this.parameterCount = message.parameterCount;
    this.plannedSteps = message.plannedSteps;
    this.evaluations = [...message.evaluations];
    this.breaks = message.breaks;
    this.curve = new CurveData();
    for (const point of message.points) this.addPoint(point);
    this.progress = message.points.at(-1) ?? null;
    this.phase = this.wantsTraining ? "training" : "paused";
    if (this.loss) {
      const { kind, lostSteps, engine: before } = this.loss;
      const engine = message.engine.chosen;
      const changed = before !== null && engine !== before;
      this.settings.onNotice({ kind: "restarted", loss: kind, step: message.step, lostSteps, engine, changed });
      this.loss = null;
      return;
    }
    if (message.notice) this.settings.onNotice({ kind: "inexact", detail: message.notice });
    // One that was over does not go on.
    const isOver = message.step >= Math.min(this.budget, message.plannedSteps ?? Number.POSITIVE_INFINITY);
    if (this.resumedAt !== null && !isOver) this.settings.onNotice({ kind: "resumed", step: this.resumedAt });
    this.resumedAt = null;
  }

  private async makeFolder(engine: EngineReport): Promise<HeldRun | null> {
    const { config } = this.settings;
    const record: RunRecord = {
      format: RUN_FORMAT,
      config: { ...config, engine: engine.chosen },
      seed: config.seed,
      engine,
      versions: { vitrine: VERSION, browser: navigator.userAgent },
      created: new Date().toISOString(),
    };
    try {
      const held = await (await this.settings.library).create(record);
      this.folder = held.name;
      return held;
    } catch (error) {
      this.tellUnsaved(error);
      return null;
    }
  }

  private onSnapshot(message: Extract<FromWorker, { type: "snapshot" }>): void {
    this.phase = message.status;
    this.progress = message.progress;
    this.stepsPerSecond = message.stepsPerSecond;
    for (const point of message.points) this.addPoint(point);
    this.pendingLines.push(...message.points);
    this.commanded = message.commanded;
    const outcomes = message.stage?.asked?.outcomes ?? [];
    if (outcomes.length > 0) {
      const fresh = Array.from(
        { length: outcomes.length / 2 },
        (_, i) => [outcomes[2 * i], outcomes[2 * i + 1]] as const,
      );
      this.outcomes = [...this.outcomes, ...fresh].slice(-MAX_OUTCOMES);
    }
    if (message.stage) this.settings.onStage(message.stage);
  }

  private onExplanation({ explanation, live, edit }: Extract<FromWorker, { type: "explanation" }>): void {
    this.explaining = null;
    // Of trees that were on their way when the person changed one, or took the change back, none takes its place.
    if (edit === undefined ? this.scoring?.before.method === explanation.method : this.scoring?.edit !== edit) return;
    if (edit !== undefined) this.scoring = null;
    this.explanations = { ...this.explanations, [explanation.method]: explanation };
    this.explanationErrors = { ...this.explanationErrors, [explanation.method]: undefined };
    // Live ones come every few seconds; those that were asked for, or made at the end, are kept.
    if (!live) void this.keepExplanation(explanation);
  }

  private async keepExplanation(explanation: Explanation): Promise<void> {
    try {
      await (await this.held)?.store.saveExplanation(explanation);
    } catch (error) {
      this.tellUnsaved(error);
    }
  }

  private addPoint({ step, returnMean, lengthMean, diagnostics }: Progress): void {
    this.curve.add(step, { returnMean, lengthMean, ...diagnostics });
  }

  private onCheckpoint(message: Extract<FromWorker, { type: "checkpoint" }>): void {
    this.checkpoint = { step: message.step, bytes: message.bytes };
    this.restarts = 0;
    this.silences = 0;
    for (const segment of message.segments) this.segments.set(segment.name, segment);
    if (this.segments.size > 0) {
      const wanted = new Set(segmentNames(unpack(message.bytes)));
      for (const name of this.segments.keys()) if (!wanted.has(name)) this.segments.delete(name);
    }
    this.persisting = this.persist(message);
  }

  /** Stores a checkpoint and the lines up to it. The folder comes into being with the first that holds any training. */
  private async persist(message: Extract<FromWorker, { type: "checkpoint" }>): Promise<void> {
    const { engine } = this;
    if (message.step === 0 || !engine) return;
    this.held = this.held.then((held) => held ?? this.makeFolder(engine));
    const due = this.pendingLines.filter(({ step }) => step <= message.step);
    this.pendingLines = this.pendingLines.filter(({ step }) => step > message.step);
    const evaluations = this.pendingEvaluations;
    this.pendingEvaluations = [];
    const held = await this.held;
    if (!held) return;
    const stride = Math.ceil(due.length / MAX_LINES);
    try {
      await held.store.appendProgress(due.filter((_, i) => (due.length - 1 - i) % stride === 0));
      for (const evaluation of evaluations) await held.store.appendEvaluation(evaluation);
      await held.store.saveCheckpoint(message);
      const { lasting } = await this.settings.library;
      if (lasting) this.savedAt = performance.now();
      this.settings.onChange();
    } catch (error) {
      this.tellUnsaved(error);
    }
  }

  private tellUnsaved(error: unknown): void {
    if (this.saveFailed) return;
    this.saveFailed = true;
    this.settings.onNotice({ kind: "unsaved", detail: messageOf(error) });
  }

  private restart(kind: LossKind, why: string): void {
    const before = this.progress?.step ?? 0;
    const step = this.checkpoint?.step ?? 0;
    const engine = this.engine?.chosen ?? this.settings.config.engine;
    const wasReady = this.phase !== "starting";
    this.restarts++;
    this.losses++;
    if (kind === "silence") this.silences++;
    // A Worker that died by itself is not the graphics device's doing; one that hangs may be.
    if (engine && isGpuEngine(engine) && kind !== "worker") this.gpuLosses++;
    this.stepsPerSecond = 0;
    if (this.restarts > MAX_RESTARTS) {
      this.phase = "failed";
      this.settings.onNotice({ kind: "failed", detail: why });
      this.settings.onChange();
      return;
    }
    this.phase = "starting";
    const lostSteps = Math.max(0, before - step);
    // Several losses before the run is ready again are one, of the first kind.
    this.loss ??= { kind, lostSteps, engine };
    if (wasReady) this.breaks = [...this.breaks, { step, lostSteps, kind }];
    this.measuring = false;
    this.pendingLines = [];
    this.pendingEvaluations = [];
    this.connect();
    this.start(this.settings.config);
    this.settings.onChange();
  }

  /** Stops the session and waits, not for long, until its last checkpoint is here. */
  private lastCheckpoint(client: SessionClient): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1500);
      client.onLost(() => resolve());
      client.subscribe((message) => {
        if (message.type === "checkpoint") this.onCheckpoint(message);
        if (message.type === "stopped") {
          clearTimeout(timer);
          resolve();
        }
      });
      client.send({ type: "stop" });
    });
  }
}
