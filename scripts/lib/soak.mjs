import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.mjs";
import { buildSite, SITE } from "./site.mjs";
import { hookPage, hookWorker } from "./soak-hooks.mjs";
import { ROOT } from "./tools.mjs";

/** What can be lost, and how it is forced. */
export const KINDS = {
  destroy: "the graphics device is destroyed",
  "gpu-process": "the graphics process is killed",
  memory: "the graphics device is out of memory",
  allocation: "an array finds no room",
  stall: "the graphics device never answers again",
  checkpoint: "the graphics device is destroyed while a checkpoint is read back",
  hang: "the Worker hangs",
  crash: "the Worker breaks",
  terminate: "the Worker is ended without a word",
};
/** Kinds that there are without a graphics device, too. */
const WITHOUT_GPU = ["allocation", "hang", "crash", "terminate"];
/** Losses of one run: on a fresh device, on the second, and then on the CPU. */
const LOSSES_PER_RUN = 3;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

/**
 * Forces losses in a headless Chromium, at random times of runs in the built page, and checks that each run goes on.
 * `within` is the number of seconds after which training has to be on again.
 * @param {{ losses: number, seed: number, engine: string, kinds?: readonly string[], within?: number, report?: (text: string) => void }} options
 */
export async function soak({ losses, seed, engine, kinds = Object.keys(KINDS), within = 5, report = () => {} }) {
  await buildSite();
  const executablePath = await findChromium();
  if (!executablePath) return { adapter: false, trials: [], memory: [] };
  const { chromium } = await import("playwright");
  const site = await serve(join(ROOT, SITE));
  const browser = await chromium.launch({
    executablePath,
    chromiumSandbox: false,
    // Killed graphics processes are to be started again, however many, and pages to be given a device after them.
    args: [...CHROMIUM_FLAGS, "--disable-gpu-process-crash-limit", "--disable-domain-blocking-for-3d-apis"],
  });
  const random = generator(seed);
  const trials = [];
  const memory = [];
  try {
    if (!(await hasAdapter(browser, site.origin))) return { adapter: false, trials, memory };
    for (let run = 0; trials.length < losses; run++) {
      const page = await openRun(browser, site.origin, { engine, seed: (seed * 1000 + run) >>> 0 });
      try {
        for (let nth = 0; nth < LOSSES_PER_RUN && trials.length < losses; nth++) {
          const onGpu = (await sample(page)).engine === engine;
          const choice = onGpu ? kinds : kinds.filter((kind) => WITHOUT_GPU.includes(kind));
          if (choice.length === 0) break;
          // Of the kinds that there are, the one forced least so far, at a random moment.
          const times = (kind) => trials.filter((trial) => trial.kind === kind).length;
          const kind = choice.reduce((least, one) => (times(one) < times(least) ? one : least));
          const trial = await loseOnce(browser, page, { run, nth, kind, onGpu, within, wait: 0.2 + 3.6 * random() });
          trials.push(trial);
          report(lineOf(trial, trials.length, losses));
          if (trial.failures.length > 0) break;
        }
        memory.push(await processMemory(browser));
      } finally {
        await page.context().close();
      }
    }
  } finally {
    await browser.close();
    await site.close();
  }
  return { adapter: true, trials, memory };
}

/** Opens a run that trains on the engine, small enough for a software adapter. */
async function openRun(browser, origin, { engine, seed }) {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 }, bypassCSP: true });
  const page = await context.newPage();
  await page.addInitScript(`(${hookPage})(${JSON.stringify(String(hookWorker))});`);
  const small = { numEnvs: 4, numSteps: 8, hidden: 8, epochs: 1, minibatchSize: 32 };
  const options = Object.entries(small).map(([key, value]) => `agent.${key}=${value}`);
  const link = ["env=cartpole", "agent=ppo", `seed=${seed}`, `engine=${engine}`, ...options, "budget=1000000000"];
  await page.goto(`${origin}/#${link.join("&")}&evaluationEvery=0&autoplay=1`);
  const starts = () => globalThis.soak.samples.at(-1)?.step > 0;
  const started = await page.waitForFunction(starts, null, { timeout: 60_000 }).catch(() => null);
  if (started) return page;
  const state = await page.evaluate(() => {
    const lab = document.querySelector("vitrine-lab");
    const notices = lab?.shadowRoot?.querySelector("vitrine-notices")?.shadowRoot?.textContent ?? "";
    const first = lab?.lab?.session?.first;
    return {
      phase: first?.phase,
      engine: first?.engine,
      notices: notices.replace(/\s+/g, " "),
      samples: globalThis.soak.samples.slice(-3),
    };
  });
  throw new Error(`A new run did not train within a minute: ${JSON.stringify(state)}`);
}

/** Waits for a random moment, takes something away, and watches what becomes of the run. */
async function loseOnce(browser, page, { run, nth, kind, onGpu, within, wait }) {
  await page.waitForTimeout(wait * 1000);
  const before = await page.evaluate(() => {
    const lost = document.querySelector("vitrine-lab").lab.session.first;
    const { samples } = globalThis.soak;
    samples.splice(0, samples.length - 400);
    return { ...samples.at(-1), breaks: lost.breaks.length, now: performance.now() };
  });
  await force(browser, page, kind);
  const failures = [];
  const goesOn = ({ losses, now }) => {
    const { samples } = globalThis.soak;
    const found = samples.find((one) => one.time > now && one.losses > losses && one.phase === "training");
    return found !== undefined && samples.at(-1).step > found.step;
  };
  const inTime = await page
    .waitForFunction(goesOn, before, { timeout: 60_000, polling: 50 })
    .then(() => true)
    .catch(() => false);
  const after = await page.evaluate(({ losses, now }) => {
    const lab = document.querySelector("vitrine-lab");
    const first = lab.lab.session.first;
    const { samples } = globalThis.soak;
    // The loss may have been noticed after more training.
    const last = samples.filter((one) => one.losses === losses).at(-1);
    const back = samples.find((one) => one.time > now && one.losses > losses && one.phase === "training");
    // How long the checkpoint had been there that the run went on from.
    const saved = last && samples.find((one) => one.checkpoint === last.checkpoint);
    return {
      last,
      back,
      checkpointAge: last && saved && last.checkpoint > 0 ? (now - saved.time) / 1000 : 0,
      steps: first.curve.stepColumn(),
      breaks: first.breaks,
      engine: first.engine?.chosen ?? null,
      phase: first.phase,
      notices: [
        ...(lab.shadowRoot.querySelector("vitrine-notices")?.shadowRoot?.querySelectorAll(".notice p") ?? []),
      ].map((one) => one.textContent.trim()),
    };
  }, before);
  const { last, back } = after;
  const seconds = back ? (back.time - before.now) / 1000 : Number.POSITIVE_INFINITY;
  const lostSteps = back && last ? Math.max(0, last.step - back.step) : Number.NaN;
  if (!inTime || !back) failures.push(`training did not go on (${after.phase})`);
  else {
    if (seconds > within) failures.push(`${seconds.toFixed(1)} s until training went on`);
    // The curve is thinned: its newest point may lie a few updates before the checkpoint.
    if (back.step < last.checkpoint * 0.98 - 64) {
      failures.push(`went on from step ${back.step}, not from the checkpoint at ${last.checkpoint}`);
    }
    const wanted = before.breaks + 1;
    if (after.breaks.length !== wanted) failures.push(`${after.breaks.length} breaks in the curve, not ${wanted}`);
    if (after.steps.some((step, i) => i > 0 && step <= after.steps[i - 1])) failures.push("steps show twice");
    if (!after.notices.some((text) => text.includes("Training went on"))) failures.push("the page does not say so");
  }
  return {
    run,
    nth,
    kind,
    onGpu,
    wait,
    seconds,
    lostSteps,
    checkpointAge: after.checkpointAge,
    engine: after.engine,
    failures,
  };
}

async function force(browser, page, kind) {
  if (kind === "gpu-process") {
    const session = await browser.newBrowserCDPSession();
    await session.send("Browser.crashGpuProcess").catch(() => {});
    await session.detach().catch(() => {});
    return;
  }
  await page.evaluate((what) => {
    const { soak } = globalThis;
    if (what === "terminate") soak.workers.at(-1).terminate();
    else if (what === "checkpoint") {
      soak.workers.at(-1).postMessage({ type: "checkpoint" });
      soak.bus.postMessage({ command: "destroy" });
    } else soak.bus.postMessage({ command: what });
  }, kind);
}

const sample = (page) => page.evaluate(() => globalThis.soak.samples.at(-1));

async function hasAdapter(browser, origin) {
  const page = await browser.newPage();
  await page.goto(`${origin}/icon.svg`);
  const found = await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null);
  await page.close();
  return found;
}

/** Bytes that the graphics process and the pages' processes hold, by Linux's account; null elsewhere. */
async function processMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const bytes = { gpu: 0, renderer: 0 };
  for (const { id, type } of processInfo) {
    const file = `/proc/${id}/statm`;
    const kind = type === "GPU" ? "gpu" : type === "renderer" ? "renderer" : null;
    if (kind && existsSync(file)) bytes[kind] += 4096 * Number(readFileSync(file, "utf8").split(" ")[1]);
  }
  return bytes;
}

/** The table of what was lost and what became of it. */
export function summary({ trials, memory }) {
  const rows = [...new Set(trials.map(({ kind }) => kind))].map((kind) => {
    const all = trials.filter((trial) => trial.kind === kind);
    const good = all.filter(({ failures }) => failures.length === 0);
    const worst = (values) => Math.max(...values).toFixed(1);
    return [
      KINDS[kind],
      String(all.length),
      String(good.length),
      `${worst(all.map(({ seconds }) => seconds))} s`,
      `${worst(all.map(({ checkpointAge }) => checkpointAge))} s`,
    ];
  });
  const good = trials.filter(({ failures }) => failures.length === 0).length;
  const seconds = trials.map((trial) => trial.seconds).sort((a, b) => a - b);
  const header = ["lost", "times", "went on", "longest until training again", "oldest checkpoint at the loss"];
  const lines = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const middle = seconds[Math.floor(seconds.length / 2)] ?? Number.NaN;
  lines.push("", `${good} of ${trials.length} runs went on; median ${middle.toFixed(1)} s until training again.`);
  if (memory.length > 0) {
    // Five runs spread evenly show whether it levels off.
    const spread = [...new Set([0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (memory.length - 1))))];
    const mb = (kind) => spread.map((run) => Math.round(memory[run][kind] / 1e6)).join(", ");
    const runs = spread.map((run) => run + 1).join(", ");
    lines.push(`Memory after runs ${runs}: graphics process ${mb("gpu")} MB, page ${mb("renderer")} MB.`);
  }
  return lines.join("\n");
}

function lineOf({ kind, wait, seconds, lostSteps, engine, failures }, n, of) {
  const what =
    failures.length === 0 ? `went on after ${seconds.toFixed(1)} s, ${lostSteps} steps earlier` : failures.join("; ");
  return `${n} of ${of}: ${KINDS[kind]} after ${wait.toFixed(1)} s: ${what} (${engine})`;
}

/** Numbers in [0, 1) from a seed; mulberry32. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = join(folder, path === "/" ? "index.html" : path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({
        origin: `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`,
        close: () => new Promise((done) => server.close(() => done(undefined)).closeAllConnections()),
      }),
    ),
  );
}
