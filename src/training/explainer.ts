import type { SerialisedPolicy } from "../agents/policies/policy.js";
import type { RestoredPolicy } from "../agents/policies/restore.js";
import { parseTreePolicy } from "../agents/policies/tree.js";
import { InputError, lossOf, messageOf } from "../core/errors.js";
import type { OptionValues } from "../core/options.js";
import { explain, rescore } from "../interpret/explain.js";
import type { Explanation, ExplanationMethod, TreeExplanation } from "../interpret/explanation.js";
import { findMethod } from "../interpret/methods.js";
import type { Pace } from "../interpret/pace.js";
import type { ExplainWish, FromWorker } from "./messages.js";
import type { Session } from "./session.js";
import { Slices } from "./slices.js";

/** Share of the time that explaining may take while the network trains: by itself, and when a person waits for it. */
const SHARE = 0.1;
const ASKED_SHARE = 0.33;
/** Milliseconds of one slice, at most; less than a frame. */
const SLICE_MS = 10;
/** A slice is worth starting when at least this much of it may be used. */
const LEAST_MS = 4;
/**
 * What is done live is smaller: a tree every few seconds that is nearly as good. At the end, and when it is asked for,
 * the method's own defaults hold.
 */
const LIVE_OPTIONS: Readonly<Partial<Record<ExplanationMethod, OptionValues>>> = {
  viper: { iterations: 8, episodes: 4, selectionEpisodes: 4, maxSamples: 5000, testEpisodes: 30 },
  dagger: { iterations: 8, episodes: 4, selectionEpisodes: 4, maxSamples: 5000, testEpisodes: 30 },
  bc: { episodes: 30, maxSamples: 5000, testEpisodes: 30 },
  shapley: { steps: 4000, maxStates: 300, selectionEpisodes: 4, testEpisodes: 30 },
  importance: { states: 50, background: 30, testEpisodes: 30 },
};

/** One piece of work: how it begins, and what is told of it. */
interface Task {
  readonly method: ExplanationMethod;
  readonly live: boolean;
  /** Number of the change that is scored; absent where a policy is explained anew. */
  readonly edit?: number | undefined;
  make(copy: RestoredPolicy, pace: Pace): Promise<Explanation>;
}

/**
 * Explains a session's policy beside its training: on demand, again and again while it trains, and at its end.
 *
 * Each explanation is of a copy of the policy, taken at one step; it draws from streams of its own and never touches
 * the training. While the network trains it takes a tenth of the time, in slices; else all of it.
 */
export class Explainer {
  private readonly queue: Task[] = [];
  private work: Slices | null = null;
  private since = 0;
  private live: ExplainWish | null = null;
  private liveStep = -1;
  private finalStep = -1;
  private disposed = false;
  /** The work at hand lives by a wish that no longer holds. */
  private outdated = false;
  /** The work at hand was not asked for by itself. */
  private living = false;
  /** What it is made by. */
  private method: ExplanationMethod | null = null;

  constructor(
    private readonly session: Session,
    private readonly clock: () => number,
    private readonly post: (message: FromWorker) => void,
  ) {
    this.since = clock();
  }

  /**
   * Explains the policy as it stands, or, with a live wish, from now on; what lives by another wish is let go. Null ends
   * living.
   */
  ask(wish: ExplainWish | null): void {
    if (wish && !wish.live) {
      this.queue.push(this.taskOf(wish, false));
      return;
    }
    this.live = wish;
    this.liveStep = -1;
    this.finalStep = -1;
    if (this.living) this.outdated = true;
  }

  /** Scores a tree that a person changed, at once: trees of that method that were to take its place are let go. */
  score(before: TreeExplanation, policy: SerialisedPolicy, edit: number): void {
    const others = this.queue.filter(({ method }) => method !== before.method);
    this.queue.splice(0, this.queue.length, ...others);
    if (this.method === before.method) this.outdated = true;
    this.queue.unshift({
      method: before.method,
      live: false,
      edit,
      make: (copy, pace) => {
        const { model } = parseTreePolicy(policy);
        if (model.kind !== "tree") throw new InputError("policy", model.kind, "one tree");
        return rescore(before, model.tree, { ...this.about(), policy: copy.policy, pace });
      },
    });
  }

  /**
   * Gives explaining its share of the time. Returns whether anything was done.
   *
   * `training` says whether the network trains meanwhile.
   */
  async turn(training: boolean): Promise<boolean> {
    if (this.outdated) await this.letGo();
    return training ? this.workBeside() : this.workAlone();
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.work?.stop();
  }

  private async letGo(): Promise<void> {
    this.outdated = false;
    await this.work?.stop();
  }

  private async workBeside(): Promise<boolean> {
    if (!this.begin(true)) return false;
    const { work } = this;
    if (!work) return false;
    const allowed = (this.living ? SHARE : ASKED_SHARE) * (this.clock() - this.since) - work.spent;
    if (allowed < LEAST_MS) return false;
    await work.run(Math.min(allowed, SLICE_MS));
    return true;
  }

  private async workAlone(): Promise<boolean> {
    if (!this.begin(false)) return false;
    await this.work?.run(2 * SLICE_MS);
    return true;
  }

  /** Takes up the next piece of work, unless there is one; false when there is none. */
  private begin(training: boolean): boolean {
    if (this.work && !this.work.done) return true;
    this.work = null;
    const asked = this.queue.shift();
    const task = asked ?? this.liveTask(training);
    if (!task) return false;
    this.living = asked === undefined;
    this.method = task.method;
    this.since = this.clock();
    this.work = new Slices(this.clock, (pace) => this.perform(task, pace));
    return true;
  }

  /** What lives next: while training whenever the last one is done, at the end once more and in full. */
  private liveTask(training: boolean): Task | null {
    const { live, session } = this;
    if (!live || session.step === 0) return null;
    if (training) {
      if (session.step === this.liveStep) return null;
      this.liveStep = session.step;
      return this.taskOf(live, true);
    }
    if (this.finalStep === session.step) return null;
    this.finalStep = session.step;
    return this.taskOf(live, session.finished === null);
  }

  private taskOf({ method, options }: ExplainWish, live: boolean): Task {
    return {
      method,
      live,
      make: (copy, pace) =>
        explain({
          ...this.about(),
          policy: copy.policy,
          method: findMethod(method).id,
          options: { ...(live ? LIVE_OPTIONS[method] : {}), ...options },
          pace,
        }),
    };
  }

  private about() {
    const { environment, config, step } = this.session;
    return { environment, envOptions: config.envOptions, agent: config.agent, seed: config.seed, step };
  }

  private async perform(task: Task, pace: Pace): Promise<void> {
    const { method, live, edit } = task;
    const { step } = this.session;
    let told = 0;
    const tell = (share: number) => this.post({ type: "explaining", method, step, live, share });
    // A percent is news.
    const progress = (share: number) => {
      const percent = Math.floor(100 * share);
      if (percent > told && !this.disposed) tell(percent / 100);
      told = Math.max(told, percent);
    };
    tell(0);
    let copy: RestoredPolicy | null = null;
    try {
      copy = await this.session.copyPolicy();
      const explanation = await task.make(copy, { breathe: () => pace.breathe(), now: () => pace.now(), progress });
      if (!this.disposed) this.post({ type: "explanation", explanation, live, edit });
    } catch (error) {
      // A lost device is the host's to tell, and takes the training with it.
      if (this.disposed || this.work?.isStopped || lossOf(error)) throw error;
      // What cannot be explained now cannot be explained a step later.
      if (live) this.live = null;
      this.post({ type: "explanation-failed", method, message: messageOf(error), input: error instanceof InputError });
    } finally {
      copy?.dispose();
    }
  }
}
