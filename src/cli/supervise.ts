import { constants } from "node:os";
import { Worker } from "node:worker_threads";
import { STOP_SIGNALS, type StopSignal } from "./interrupt.js";

/** What the thread of a command is given. */
export interface CommandTask {
  readonly args: readonly string[];
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

/** What it tells: text to be written, whether it can stop at an update boundary now, its exit code. */
export type FromCommand =
  | { readonly type: "write"; readonly to: "out" | "err"; readonly text: string }
  | { readonly type: "interruptible"; readonly value: boolean }
  | { readonly type: "end"; readonly code: number };

/** Milliseconds within which a signal is taken for the same one: npm passes a terminal's Ctrl-C on once more. */
const SAME_MS = 250;

/** Commands that save what they have when they are asked to stop. */
const STOPPABLE = ["train", "resume", "reproduce"];

export const isStoppable = (name: string | undefined): boolean => name !== undefined && STOPPABLE.includes(name);

/**
 * Runs a command in a thread of its own, and resolves to its exit code. This thread stays free for signals: the first
 * asks the command to stop, the second ends the process, also in the midst of an update that takes minutes.
 */
export function supervise(args: readonly string[]): Promise<number> {
  const { stdout, stderr } = process;
  const task: CommandTask = { args, isTTY: stderr.isTTY === true, columns: stderr.columns };
  const worker = new Worker(new URL("./command-worker.js", import.meta.url), { workerData: task });
  let first: number | null = null;
  const receive = (signal: StopSignal) => {
    const now = performance.now();
    if (first === null) {
      first = now;
      worker.postMessage("stop");
      const again = signal === "SIGINT" ? "a second Ctrl-C" : "a second signal";
      stderr.write(`${task.isTTY ? "\r\x1b[K" : ""}Stopping after this update; ${again} ends it at once.\n`);
    } else if (now - first > SAME_MS) {
      process.exit(128 + constants.signals[signal]);
    }
  };
  const listen = (value: boolean) => {
    for (const signal of STOP_SIGNALS) {
      process.off(signal, receive);
      if (value) process.on(signal, receive);
    }
  };
  return new Promise<number>((resolve, reject) => {
    let code = 1;
    worker.on("message", (message: FromCommand) => {
      switch (message.type) {
        case "write":
          (message.to === "out" ? stdout : stderr).write(message.text);
          break;
        case "interruptible":
          listen(message.value);
          break;
        case "end":
          code = message.code;
          break;
        default:
          message satisfies never;
      }
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve(code));
  }).finally(() => listen(false));
}
