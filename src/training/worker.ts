import { type HostSurroundings, SessionHost } from "./host.js";
import type { ToWorker } from "./messages.js";

/** The training Worker: {@link SessionHost} on a Worker's own message port. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

// A timer of 0 ms is held back to 4 ms once nested; a message to oneself is not.
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

let wake: (() => void) | null = null;

const surroundings: HostSurroundings = {
  post: (message, transfer) => scope.postMessage(message, transfer),
  now: () => performance.now(),
  breathe: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    }),
  sleep: (milliseconds) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }),
  interrupt: () => wake?.(),
};

/** Milliseconds between two signs of life. */
const ALIVE_MS = 400;

const host = new SessionHost(surroundings);
// One message at a time, in order: a `stop` right after a `start` must find the session started.
let queue = Promise.resolve();
scope.addEventListener("message", (event: MessageEvent<ToWorker>) => {
  queue = queue.then(() => host.receive(event.data));
});

// Also while the training waits for a graphics device, or the stage stands still.
const tellAlive = () => surroundings.post({ type: "alive" }, []);
tellAlive();
setInterval(tellAlive, ALIVE_MS);
