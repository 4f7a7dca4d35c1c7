import { messageOf } from "../src/core/errors.js";
import type { Task } from "./index.js";
import CaseWorker from "./worker.ts?worker";

/** What the Worker answers. */
export type Answer = { readonly result: unknown } | { readonly error: string };

/** Measures one case in a Worker of its own, as the lab trains in one. */
function measureInWorker(task: Task): Promise<Answer> {
  return new Promise((resolve) => {
    const worker = new CaseWorker();
    worker.onmessage = (event: MessageEvent<Answer>) => resolve(event.data);
    worker.onerror = (event) => resolve({ error: messageOf(event.message) });
    worker.postMessage(task);
  });
}

Object.assign(globalThis, { measureInWorker });
