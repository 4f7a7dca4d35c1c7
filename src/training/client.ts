import { type LossKind, lossOf } from "../core/errors.js";
import type { FromWorker, ToWorker } from "./messages.js";

/**
 * Milliseconds without a sign of life after which a Worker counts as dead: together with a restart that leaves a person
 * waiting for less than five seconds.
 */
export const SILENCE_MS = 2000;
/** Until its first sign of life a Worker may still be on its way through a slow network. */
const LOADING_MS = 30_000;
const TICK_MS = 250;
/** The most that one tick counts for: browsers give timers of a page that nobody looks at one tick a second. */
const MOST_PER_TICK_MS = 1000;

/**
 * The owner's end of a training Worker: typed messages out, typed messages in.
 *
 * A Worker that breaks or goes silent is reported to the listeners as `lost`, once; the owner then starts a new one
 * from the last checkpoint it kept.
 */
export class SessionClient {
  private readonly worker: Worker;
  private readonly listeners = new Set<(message: FromWorker) => void>();
  private readonly lossListeners = new Set<(kind: LossKind, why: string) => void>();
  private watchdog: ReturnType<typeof setInterval> | null = null;
  /** Milliseconds since its last sign of life, as far as this page was awake to hear one. */
  private silent = 0;
  private heard = false;
  private lost = false;

  constructor(
    createWorker: () => Worker,
    /** Milliseconds without a sign of life after which the Worker counts as dead. */
    private readonly silence = SILENCE_MS,
  ) {
    this.worker = createWorker();
    this.worker.addEventListener("message", (event: MessageEvent<FromWorker>) => {
      this.silent = 0;
      this.heard = true;
      if (event.data.type === "lost") this.lose(event.data.kind, event.data.message);
      else for (const listener of this.listeners) listener(event.data);
    });
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      const why = event.message || "the worker broke";
      this.lose(lossOf(new RangeError(why)) ?? "worker", why);
    });
    this.worker.addEventListener("messageerror", () => this.lose("worker", "a message could not be read"));
  }

  send(message: ToWorker): void {
    if (message.type === "start") this.watch();
    // Nothing is transferred: the owner keeps its checkpoint for another restart.
    this.worker.postMessage(message);
  }

  /** Calls back for every message until the returned function is called. */
  subscribe(listener: (message: FromWorker) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls back once if the Worker breaks, goes silent, or says that what it computes with is lost. */
  onLost(listener: (kind: LossKind, why: string) => void): () => void {
    this.lossListeners.add(listener);
    return () => this.lossListeners.delete(listener);
  }

  dispose(): void {
    if (this.watchdog) clearInterval(this.watchdog);
    this.watchdog = null;
    this.listeners.clear();
    this.lossListeners.clear();
    this.worker.terminate();
  }

  /** A Worker gives signs of life a few times a second, whatever it does, so silence means that it hangs. */
  private watch(): void {
    if (this.watchdog) return;
    let lastTick = performance.now();
    this.watchdog = setInterval(() => {
      const now = performance.now();
      // A page that slept (a closed lid, a background tab) or was busy has heard nothing either: that is no silence.
      this.silent += Math.min(now - lastTick, MOST_PER_TICK_MS);
      lastTick = now;
      const limit = this.heard ? this.silence : LOADING_MS;
      if (this.silent > limit) this.lose("silence", `no sign of life for ${limit / 1000} s`);
    }, TICK_MS);
  }

  private lose(kind: LossKind, why: string): void {
    if (this.lost) return;
    this.lost = true;
    const listeners = [...this.lossListeners];
    this.dispose();
    for (const listener of listeners) listener(kind, why);
  }
}
