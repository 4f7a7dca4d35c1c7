import type { FromWorker, ToWorker } from "./messages.js";

/** Milliseconds without a sign of life after which a Worker counts as dead. */
const SILENCE_MS = 8000;

/**
 * The owner's end of a training Worker: typed messages out, typed messages in.
 *
 * A Worker that breaks or goes silent is reported to the listeners as `lost`, once; the owner then starts a new one
 * from the last checkpoint it kept.
 */
export class SessionClient {
  private readonly worker: Worker;
  private readonly listeners = new Set<(message: FromWorker) => void>();
  private readonly lossListeners = new Set<(why: string) => void>();
  private watchdog: ReturnType<typeof setInterval> | null = null;
  private lastSign = performance.now();
  private lost = false;

  constructor(createWorker: () => Worker) {
    this.worker = createWorker();
    this.worker.addEventListener("message", (event: MessageEvent<FromWorker>) => {
      this.lastSign = performance.now();
      for (const listener of this.listeners) listener(event.data);
    });
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.lose(event.message || "the worker broke");
    });
    this.worker.addEventListener("messageerror", () => this.lose("a message could not be read"));
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

  /** Calls back once if the Worker breaks or goes silent for several seconds. */
  onLost(listener: (why: string) => void): () => void {
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

  /** Snapshots come 20 times a second even while paused, so silence means that the Worker hangs. */
  private watch(): void {
    if (this.watchdog) return;
    let lastTick = performance.now();
    this.lastSign = lastTick;
    this.watchdog = setInterval(() => {
      const now = performance.now();
      // A page that slept (a closed lid, a background tab) has heard nothing either: that is no loss.
      if (now - lastTick > 3000) this.lastSign = now;
      lastTick = now;
      if (now - this.lastSign > SILENCE_MS) this.lose(`no sign of life for ${SILENCE_MS / 1000} s`);
    }, 1000);
  }

  private lose(why: string): void {
    if (this.lost) return;
    this.lost = true;
    const listeners = [...this.lossListeners];
    this.dispose();
    for (const listener of listeners) listener(why);
  }
}
