import { afterEach, describe, expect, it, vi } from "vitest";
import type { Chart } from "../../src/elements/chart.js";
import "../../src/elements/chart.js";
import type { LossKind } from "../../src/core/errors.js";
import { CalibrationMemory } from "../../src/lab/calibrations.js";
import { LabSession } from "../../src/lab/lab-session.js";
import { returnPlot } from "../../src/lab/lab-views.js";
import { runNotice } from "../../src/lab/notices.js";
import { type RunNotice, SeedRun } from "../../src/lab/seed-run.js";
import { configOf, defaultSettings } from "../../src/runs/link.js";
import { RunLibrary } from "../../src/runs/opfs-library.js";
import { FakeWorker, STEPS_PER_UPDATE } from "./fake-worker.js";

const open: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.dispose()));
});

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 9000, interval: 5 });

/** What a run or a session of runs needs, on quick fake Workers, with everything that was told. */
function surroundings() {
  const notices: RunNotice[] = [];
  const workers: FakeWorker[] = [];
  return {
    notices,
    workers,
    settings: {
      paused: false,
      speed: 1,
      createWorker: () => {
        const worker = new FakeWorker(5);
        workers.push(worker);
        return worker as unknown as Worker;
      },
      library: Promise.resolve(RunLibrary.inMemory()),
      calibrations: new CalibrationMemory(false),
      onChange: () => {},
      onStage: () => {},
      onNotice: (notice: RunNotice) => notices.push(notice),
    },
  };
}

/** A run on the graphics device. */
function start() {
  const { notices, workers, settings } = surroundings();
  const config = { ...configOf(defaultSettings("cartpole", "ppo", 7)), budget: 1e9, engine: "tfjs-webgpu" as const };
  const run = new SeedRun({ ...settings, config, origin: { kind: "fresh" }, show: true });
  open.push(run);
  return { run, notices, workers };
}

const stepOf = (run: SeedRun) => run.progress?.step ?? 0;
const lose = (worker: FakeWorker, kind: LossKind = "device") => worker.say({ type: "lost", kind, message: "gone" });

describe("a run whose device is lost", () => {
  it("goes on from its last checkpoint on a fresh device, and says so", async () => {
    const { run, notices, workers } = start();
    await until(() => stepOf(run) >= 25 * STEPS_PER_UPDATE);
    const before = stepOf(run);
    lose(workers[0]);
    await until(() => notices.length > 0);
    const lostSteps = before - 20 * STEPS_PER_UPDATE;
    const told = { step: 20 * STEPS_PER_UPDATE, lostSteps, engine: "tfjs-webgpu", changed: false };
    expect(notices).toEqual([{ kind: "restarted", loss: "device", ...told }]);
    expect(workers[0].terminated).toBe(true);
    expect(workers[1].received.find(({ type }) => type === "start")).toMatchObject({ withoutGpu: false });
    await until(() => stepOf(run) > before);
  });

  it("goes on without a graphics device when it is lost again, and says that this is no longer bit for bit", async () => {
    const { run, notices, workers } = start();
    await until(() => stepOf(run) >= 25 * STEPS_PER_UPDATE);
    lose(workers[0]);
    await until(() => notices.length === 1 && stepOf(run) >= 45 * STEPS_PER_UPDATE);
    lose(workers[1], "memory");
    await until(() => notices.length === 2);
    expect(notices[1]).toMatchObject({ loss: "memory", engine: "wasm-simd", changed: true });
    expect(run.engine?.chosen).toBe("wasm-simd");
    const { text, tone } = runNotice(notices[1] as Exclude<RunNotice, { kind: "unsaved" }>);
    expect(text()).toMatch(
      /^The memory ran out\. Training went on from step 40.000, .* with WASM SIMD: .* no longer bit for bit\.$/,
    );
    expect(tone).toBe("watch");
    await until(() => stepOf(run) >= 50 * STEPS_PER_UPDATE);
  });

  it("counts a second loss also before the first is over", async () => {
    const { run, notices, workers } = start();
    await until(() => stepOf(run) >= 25 * STEPS_PER_UPDATE);
    lose(workers[0]);
    lose(workers[1]);
    await until(() => notices.length === 1);
    expect(notices[0]).toMatchObject({ loss: "device", engine: "wasm-simd", changed: true });
    expect(run.breaks).toHaveLength(1);
  });

  it("is taken up again within five seconds when its Worker hangs", async () => {
    const { run, notices, workers } = start();
    await until(() => stepOf(run) >= 25 * STEPS_PER_UPDATE);
    const from = performance.now();
    workers[0].hang();
    await until(() => notices.length > 0);
    expect(performance.now() - from).toBeLessThan(5000);
    expect(notices[0]).toMatchObject({ loss: "silence", step: 20 * STEPS_PER_UPDATE });
    await until(() => stepOf(run) > 25 * STEPS_PER_UPDATE);
  });

  it("gives a Worker that went silent twice a longer time, since the machine may only be busy", async () => {
    const { run, notices, workers } = start();
    await until(() => stepOf(run) > 0);
    workers[0].hang();
    await until(() => workers.length === 2);
    workers[1].hang();
    const from = performance.now();
    await until(() => workers.length === 3);
    await until(() => notices.length > 0);
    workers[2].hang();
    await until(() => workers.length === 4);
    expect(performance.now() - from).toBeGreaterThan(2000 + 4000 - 500);
  }, 20_000);

  it("shows a range of steps that was trained twice once, with the place where it broke off", async () => {
    const { run, notices, workers } = start();
    await until(() => stepOf(run) >= 35 * STEPS_PER_UPDATE);
    lose(workers[0]);
    await until(() => notices.length === 1 && stepOf(run) > 40 * STEPS_PER_UPDATE);
    expect(run.breaks).toMatchObject([{ step: 20 * STEPS_PER_UPDATE, kind: "device" }]);
    const steps = run.curve.stepColumn();
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(new Set(steps).size).toBe(steps.length);
    const evaluated = run.evaluations.map(({ step }) => step);
    expect(evaluated).toEqual([...new Set(evaluated)].sort((a, b) => a - b));
    // The next checkpoint holds the break too, so a reload shows it.
    await until(() => stepOf(run) >= 45 * STEPS_PER_UPDATE);
    lose(workers[1]);
    await until(() => notices.length === 2);
    expect(run.breaks.map(({ step }) => step / STEPS_PER_UPDATE)).toEqual([20, 40]);
  });
});

describe("the curves of a session whose device was lost", () => {
  async function interrupted() {
    const { notices, workers, settings } = surroundings();
    const lab = defaultSettings("cartpole", "ppo", 7);
    const session = new LabSession({
      ...settings,
      settings: { ...lab, training: { ...lab.training, engine: "tfjs-webgpu", seeds: 2, budget: 1e9 } },
      origin: { kind: "fresh" },
    });
    open.push(session);
    await until(() => session.runs.every((run) => stepOf(run) >= 25 * STEPS_PER_UPDATE));
    for (const worker of workers.slice(0, 2)) lose(worker);
    await until(() => session.runs.every((run) => run.breaks.length === 1 && run.phase === "training"));
    return { session, notices };
  }

  it("tell of a loss that took every seed's device once", async () => {
    const { notices } = await interrupted();
    expect(notices.map(({ kind }) => kind)).toEqual(["restarted"]);
  });

  it("have a mark for it, a row in the table, and a word in the description", async () => {
    const { session } = await interrupted();
    const plot = returnPlot(session);
    expect(plot.breaks).toHaveLength(2);
    expect(plot.breaks[0]).toMatchObject({ step: 20 * STEPS_PER_UPDATE });
    expect(plot.breaks[0].label).toMatch(/^The graphics device was lost\. .* steps were trained again\.$/);

    const chart = document.createElement("vitrine-chart") as Chart;
    chart.style.cssText = "display:flex; width:400px; height:200px";
    document.body.append(chart);
    chart.show(plot);
    const drawing = () => chart.shadowRoot?.querySelector("[role=img]");
    await until(() => drawing()?.getAttribute("aria-label")?.includes("interrupted 2 times") === true);
    const { columns, rows } = chart.table;
    expect(columns.at(-1)).toBe("Interruption");
    const rowsOfBreaks = rows.filter((row) => row.at(-1) !== "");
    expect(rowsOfBreaks.map(([step]) => step.replace(/\D/g, ""))).toEqual(["20000", "20000"]);
    expect(rows.length).toBeGreaterThan(rowsOfBreaks.length);
    chart.remove();
  });
});
