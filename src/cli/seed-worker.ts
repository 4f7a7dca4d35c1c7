import { parentPort, workerData } from "node:worker_threads";
import { InputError, keepSales, messageOf, type Progress, salesOf } from "../index.js";
import { driveRun, startRun } from "./run.js";
import type { FromSeed, SeedTask } from "./seeds.js";
import { closeWebgpu, offerWebgpu } from "./webgpu.js";

/** Milliseconds between two messages about progress at least; evaluations are always told. */
const INTERVAL = 100;

const port = parentPort;
const { config, out, report, sales } = workerData as SeedTask;
const post = (message: FromSeed) => port?.postMessage(message);

let stopped = false;
// The one message there is: stop. Listening must not keep the thread alive.
port?.on("message", () => {
  stopped = true;
});
port?.unref();

offerWebgpu();
try {
  if (sales !== null) keepSales(salesOf(sales, "--demand"));
  const run = await startRun(config, out, report, sales);
  post({ type: "start", run: run.folder, engine: run.session.engine.chosen, step: run.session.step });
  let told = 0;
  const tell = (progress: Progress) => {
    const now = performance.now();
    if (now - told < INTERVAL) return;
    told = now;
    post({ type: "advance", progress, evaluation: null });
  };
  const { ending, summary } = await driveRun(run, {
    onAdvance: ({ progress, evaluation }) =>
      evaluation ? post({ type: "advance", progress, evaluation }) : tell(progress),
    shouldStop: () => stopped,
    onLoss: (text) => post({ type: "loss", text }),
  });
  post({ type: "end", ending, summary });
} catch (error) {
  const input = error instanceof InputError ? { field: error.field, given: error.given, allowed: error.allowed } : null;
  post({ type: "failed", input, message: messageOf(error) });
} finally {
  await closeWebgpu();
}
