import { parentPort, workerData } from "node:worker_threads";
import { hearSignalsFrom } from "./interrupt.js";
import { main } from "./main.js";
import type { CommandTask, FromCommand } from "./supervise.js";

const port = parentPort;
const { args, isTTY, columns } = workerData as CommandTask;
const post = (message: FromCommand) => port?.postMessage(message);

const listeners = new Set<() => void>();
// The one message there is: stop. Listening must not keep the thread alive.
port?.on("message", () => {
  for (const onStop of listeners) onStop();
});
port?.unref();
hearSignalsFrom((onStop) => {
  listeners.add(onStop);
  post({ type: "interruptible", value: true });
  return () => {
    listeners.delete(onStop);
    post({ type: "interruptible", value: false });
  };
});

const write = (to: "out" | "err") => (text: string) => post({ type: "write", to, text });
const code = await main(args, { out: { write: write("out") }, err: { write: write("err"), isTTY, columns } });
post({ type: "end", code });
