import { msg } from "@lit/localize";
import { InputError } from "../core/errors.js";
import type { OptionValue } from "../core/options.js";
import { freshSeed } from "../core/random.js";
import type { Notice } from "../elements/notices.js";
import { SPEEDS } from "../elements/transport.js";
import { defaultSettings, type LabSettings, linkOf, parseLink, parseSeed, usualAgent } from "../runs/link.js";
import { type RunEntry, RunLibrary } from "../runs/opfs-library.js";
import type { SessionConfig } from "../training/config.js";
import type { StageActor, StageFrames } from "../training/messages.js";
import { CalibrationMemory } from "./calibrations.js";
import { download } from "./download.js";
import { LabSession } from "./lab-session.js";
import { type NoticeText, refusalNotice, runNotice } from "./notices.js";
import type { RunNotice, RunOrigin } from "./seed-run.js";

/** What the controller needs from its element. */
export interface LabSurroundings {
  createWorker(): Worker;
  /** Something that is shown has changed. */
  onChange(): void;
  /** Steps for the stage. */
  onStage(frames: StageFrames): void;
  /** Another run begins: whatever was played is forgotten. */
  onRun(): void;
  /** Another acts on the stage from now on. */
  onActor(): void;
  /** The settings have changed; the page may write its address. */
  onSettings(): void;
}

/** Notices at once; a link can have many faults. */
const MAX_NOTICES = 8;
/** Milliseconds after which a good notice goes by itself. */
const NOTICE_MS = 9000;

/**
 * What the page can do, without its pictures: settings, the session in progress, the runs of this browser, notices.
 *
 * Every way to another run goes through {@link begin}, which saves and keeps the one before.
 */
export class LabController {
  settings: LabSettings = defaultSettings("cartpole", usualAgent("cartpole"), 0);
  session: LabSession | null = null;
  runs: readonly RunEntry[] = [];
  notices: readonly Notice[] = [];
  speed = 1;
  /** Who acts on the stage. */
  actor: StageActor = "network";
  /** Why the seed field was refused; null when it was not. */
  seedError: InputError | null = null;
  /** Whether runs outlast the page; null until known. */
  lasting: boolean | null = null;
  /** What the browser answered when a run could not be stored; null while it can. */
  unsaved: string | null = null;
  /** The link said whether to start by itself; kept in the address. */
  autoplayInLink: boolean | null = null;

  private library: Promise<RunLibrary> = Promise.resolve(RunLibrary.inMemory());
  private calibrations = new CalibrationMemory(false);
  private nextNotice = 1;
  private readonly actions = new Map<number, () => void>();
  /** Notices about the run in progress; they go with it. */
  private readonly aboutRun = new Set<number>();
  private leaving: Promise<unknown> = Promise.resolve();
  private listing = false;

  constructor(private readonly surroundings: LabSurroundings) {}

  /**
   * Starts from a link. `keep` uses this browser's storage and goes on with a run of the same config; a seed nobody
   * gave is drawn. `pending` is the link of settings that were changed but not applied when the page was left.
   */
  open(link: string, autoplay: boolean, keep: boolean, pending: string | null = null): void {
    this.library = keep ? RunLibrary.open() : Promise.resolve(RunLibrary.inMemory());
    this.calibrations = new CalibrationMemory(keep);
    void this.library.then((library) => {
      this.lasting = library.lasting;
      return this.refreshRuns();
    });
    const { settings, seedGiven, autoplay: wanted, refused } = parseLink(link, freshSeed());
    this.autoplayInLink = wanted;
    for (const error of refused) this.notify(refusalNotice(error));
    const origin: RunOrigin = keep && seedGiven ? { kind: "resume" } : { kind: "fresh" };
    this.begin(settings, origin, !(wanted ?? autoplay));
    if (pending !== null) this.takeUp(parseLink(pending, settings.seed).settings);
  }

  /** Takes over a link that was typed into the address of the open page. */
  follow(link: string): void {
    if (link === this.link) return;
    const { settings, autoplay, refused } = parseLink(link, this.settings.seed);
    this.autoplayInLink = autoplay;
    for (const error of refused) this.notify(refusalNotice(error));
    if (linkOf(settings) === linkOf(this.running)) this.surroundings.onSettings();
    else this.begin(settings, { kind: "resume" }, autoplay === false);
  }

  /** The run in progress as a link; what was changed but not applied is no part of it. */
  get link(): string {
    return linkOf(this.running, this.autoplayInLink);
  }

  /** The settings that were changed but not applied, as a link; null when there are none. */
  get pending(): string | null {
    return this.stale ? linkOf(this.settings) : null;
  }

  /** Whether the settings differ from those of the run in progress. */
  get stale(): boolean {
    return linkOf(this.settings) !== linkOf(this.running);
  }

  /** The settings of the run in progress. A budget takes effect at once. */
  private get running(): LabSettings {
    const { session, settings } = this;
    if (!session) return settings;
    const { budget } = settings.training;
    return { ...session.settings, training: { ...session.settings.training, budget } };
  }

  selectEnv(env: string): void {
    if (env === this.settings.env) return;
    // An agent that a person chose stays, where it can.
    const { env: before, agent } = this.settings;
    const named = agent === usualAgent(before) ? "" : `&agent=${agent}`;
    this.attempt(() => this.select(env, parseLink(`env=${env}${named}`, 0).settings.agent));
  }

  selectAgent(agent: string): void {
    if (agent !== this.settings.agent) this.attempt(() => this.select(this.settings.env, agent));
  }

  /** Changes one option of the world, the agent or the training. */
  setOption(group: "env" | "agent" | "training", key: string, value: OptionValue): void {
    const field = group === "env" ? "envOptions" : group === "agent" ? "agentOptions" : "training";
    this.settings = { ...this.settings, [field]: { ...this.settings[field], [key]: value } };
    if (group === "training" && key === "budget") this.session?.changeBudget(Number(value));
    this.changed();
  }

  /** Puts the preset's options back. */
  resetOptions(): void {
    const { env, agent, seed } = this.settings;
    this.settings = defaultSettings(env, agent, seed);
    this.changed();
  }

  /** Goes back to the settings of the run in progress. */
  revert(): void {
    this.settings = this.running;
    this.changed();
  }

  /** Starts afresh with the settings as they stand. */
  apply(): void {
    this.begin(this.settings, { kind: "fresh" }, false);
  }

  setSeed(text: string): void {
    try {
      const seed = parseSeed(text);
      this.seedError = null;
      if (seed !== this.settings.seed) this.reseed(seed);
      else this.surroundings.onChange();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.seedError = error;
      this.surroundings.onChange();
    }
  }

  /** Draws a seed and starts afresh with it. */
  newSeed(): void {
    this.seedError = null;
    this.reseed(freshSeed());
  }

  /** Train, pause, or go on after the end by as many steps as the budget was. */
  toggle(): void {
    const { session } = this;
    if (!session) return;
    switch (session.state) {
      case "training":
        session.pause();
        break;
      case "finished":
        // More steps would not be taken.
        if (session.first.recipeOver) this.notify(runNotice({ kind: "recipe-over" }));
        else this.continueRun(session);
        break;
      case "failed":
        this.resumeFailed();
        break;
      default:
        session.train();
    }
    this.surroundings.onChange();
  }

  stepOnce(): void {
    this.session?.stepOnce();
  }

  /** Sets the stage's speed; what is none of {@link SPEEDS} leaves it as it is. */
  setSpeed(speed: number): void {
    if (!SPEEDS.includes(speed)) return;
    this.speed = speed;
    this.session?.setSpeed(speed);
    this.surroundings.onChange();
  }

  /** Lets another act on the stage; training goes on. */
  setActor(actor: StageActor): void {
    if (actor === this.actor) return;
    this.actor = actor;
    this.session?.setActor(actor);
    this.surroundings.onActor();
    this.surroundings.onChange();
  }

  /** One notch slower (-1) or faster (1). */
  shiftSpeed(by: number): void {
    const notch = Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(this.speed) + by));
    this.setSpeed(SPEEDS[notch]);
  }

  /** Starts afresh from the seed; the run before stays in the list, and one press brings it back. */
  reset(): void {
    const { session } = this;
    const before = session?.first.folder ?? null;
    const worthKeeping = before !== null && (session?.step ?? 0) > 0;
    const paused = session?.state !== "training" && session?.state !== "finished";
    this.begin(this.settings, { kind: "fresh" }, paused);
    if (!worthKeeping) return;
    const id = this.notify({
      tone: "good",
      text: () => msg("Started afresh. The run before stays in the list."),
      action: () => msg("Undo"),
    });
    this.actions.set(id, () => void this.openRun(before));
  }

  /** Opens a run of the list, paused where it was left. */
  async openRun(name: string): Promise<void> {
    await this.leaving;
    const library = await this.library;
    try {
      const held = await library.hold(name);
      if (!held) {
        this.notify({ tone: "watch", text: () => msg("This run is open in another tab, or it is gone.") });
        return;
      }
      this.begin(settingsOf(held.store.record.config), { kind: "held", held }, true);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.notify({ tone: "bad", text: () => msg("This run cannot be opened."), detail: error.message });
    }
  }

  async deleteRun(name: string): Promise<void> {
    const removed = await (await this.library).remove(name);
    if (!removed) this.notify({ tone: "watch", text: () => msg("This run is open in another tab, or it is gone.") });
    await this.refreshRuns();
  }

  /** Hands a run out as one file. */
  async exportRun(name: string): Promise<void> {
    this.session?.saveNow();
    const file = await (await this.library).exportRun(name);
    if (!file) return;
    download(file, `${name}.tar`);
  }

  /** Shows a sentence; returns its number. */
  notify(notice: NoticeText): number {
    const id = this.nextNotice++;
    // The same sentence twice is one sentence.
    this.notices = [...this.notices.filter(({ text }) => text() !== notice.text()), { ...notice, id }].slice(
      -MAX_NOTICES,
    );
    if (notice.tone === "good") setTimeout(() => this.dismiss(id), NOTICE_MS);
    this.surroundings.onChange();
    return id;
  }

  dismiss(id: number): void {
    this.actions.delete(id);
    this.notices = this.notices.filter((notice) => notice.id !== id);
    this.surroundings.onChange();
  }

  act(id: number): void {
    const action = this.actions.get(id);
    this.dismiss(id);
    action?.();
  }

  /** Reads the list of runs anew, one reading at a time. */
  async refreshRuns(): Promise<void> {
    if (this.listing) return;
    this.listing = true;
    try {
      this.runs = await (await this.library).list();
    } finally {
      this.listing = false;
    }
    this.surroundings.onChange();
  }

  /** Saves what there is; for a page about to be hidden. */
  saveNow(): void {
    this.session?.saveNow();
  }

  close(): void {
    void this.session?.dispose();
    this.session = null;
  }

  private select(env: string, agent: string): void {
    const { seed, training } = this.settings;
    const settings = defaultSettings(env, agent, seed);
    this.begin({ ...settings, training: { ...settings.training, seeds: training.seeds } }, { kind: "resume" }, true);
  }

  private reseed(seed: number): void {
    const paused = this.session?.state !== "training" && this.session?.state !== "finished";
    this.begin({ ...this.settings, seed }, { kind: "resume" }, paused);
  }

  private continueRun(session: LabSession): void {
    const { env, agent, seed, training } = this.settings;
    const more = defaultSettings(env, agent, seed).training.budget;
    const budget = Math.max(session.first.budgetSteps, session.step) + more;
    session.raiseBudget(budget);
    this.settings = { ...this.settings, training: { ...training, budget } };
    this.surroundings.onSettings();
  }

  /** Another try at a run that broke, on another engine if one was chosen; what else was not applied waits on. */
  private resumeFailed(): void {
    const { settings, running } = this;
    const training = { ...running.training, engine: settings.training.engine };
    this.begin({ ...running, training }, { kind: "resume" }, false);
    this.takeUp(settings);
  }

  /** Puts changed but unapplied settings beside the run in progress, if they are of the same world and agent. */
  private takeUp(settings: LabSettings): void {
    if (settings.env !== this.settings.env || settings.agent !== this.settings.agent) return;
    this.settings = { ...settings, seed: this.settings.seed };
    this.surroundings.onSettings();
    this.surroundings.onChange();
  }

  /** A changed option takes effect at once while nothing has been trained. */
  private changed(): void {
    const { session } = this;
    if (session && session.step === 0 && session.state !== "training" && this.stale) {
      this.begin(this.settings, { kind: "fresh" }, true);
      return;
    }
    this.surroundings.onSettings();
    this.surroundings.onChange();
  }

  /** The one way to another run. The old one saves itself and lets go of its folder. */
  private begin(settings: LabSettings, origin: RunOrigin, paused: boolean): void {
    const before = this.session;
    this.settings = settings;
    this.seedError = null;
    for (const id of this.aboutRun) this.dismiss(id);
    this.aboutRun.clear();
    // A new run has no tree yet.
    if (this.actor !== "you") this.actor = "network";
    const left = before ? before.dispose().then(() => this.refreshRuns()) : Promise.resolve();
    this.leaving = left;
    this.session = new LabSession({
      settings,
      origin,
      paused,
      speed: this.speed,
      actor: this.actor,
      createWorker: () => this.surroundings.createWorker(),
      // A run of the same config may be the one that is just being left.
      library: left.then(() => this.library),
      calibrations: this.calibrations,
      onChange: () => this.surroundings.onChange(),
      onStage: (frames) => {
        // Frames that were under way when a person took over are too late.
        if (this.actor !== "you") this.surroundings.onStage(frames);
      },
      onNotice: (notice) => this.tellOf(notice),
    });
    this.surroundings.onRun();
    this.surroundings.onSettings();
    this.surroundings.onChange();
  }

  private tellOf(notice: RunNotice): void {
    if (notice.kind === "unsaved") {
      this.unsaved = notice.detail;
      this.surroundings.onChange();
    } else {
      if (notice.kind === "tree-refused") this.setActor("network");
      this.aboutRun.add(this.notify(runNotice(notice)));
    }
  }

  private attempt(task: () => void): void {
    try {
      task();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.notify(refusalNotice(error));
      this.surroundings.onSettings();
    }
  }
}

/** The settings that a stored run was made with. */
function settingsOf(config: SessionConfig): LabSettings {
  const defaults = defaultSettings(config.env, config.agent, config.seed);
  return {
    ...defaults,
    envOptions: { ...defaults.envOptions, ...config.envOptions },
    agentOptions: { ...defaults.agentOptions, ...config.agentOptions },
    training: {
      ...defaults.training,
      budget: config.budget,
      stopWhenSolved: config.stopAt !== null,
      evaluationEvery: config.evaluation.every,
      evaluationEpisodes: config.evaluation.episodes,
    },
  };
}
