import { afterEach, describe, expect, it, vi } from "vitest";
import type { SerialisedPolicy } from "../../src/agents/policies/policy.js";
import type { TreeExplanation } from "../../src/interpret/explanation.js";
import { CalibrationMemory } from "../../src/lab/calibrations.js";
import { runNotice } from "../../src/lab/notices.js";
import { type RunNotice, type RunOrigin, SeedRun } from "../../src/lab/seed-run.js";
import { configOf, defaultSettings } from "../../src/runs/link.js";
import { RunLibrary } from "../../src/runs/opfs-library.js";
import { FakeWorker, STEPS_PER_UPDATE } from "./fake-worker.js";

const running: SeedRun[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((run) => run.dispose()));
});

/** Instead of an answer to `start`. */
function crashSoon(worker: FakeWorker): boolean {
  setTimeout(() => worker.crash());
  return true;
}

/** A run on fake Workers, quick, with everything it told. */
function start(
  library: RunLibrary,
  origin: RunOrigin,
  options: { paused?: boolean; budget?: number; broken?: boolean } = {},
) {
  const notices: RunNotice[] = [];
  const workers: FakeWorker[] = [];
  const config = { ...configOf(defaultSettings("cartpole", "ppo", 7)), budget: options.budget ?? 1e9 };
  const run = new SeedRun({
    config,
    origin,
    paused: options.paused ?? false,
    show: true,
    speed: 1,
    createWorker: () => {
      const worker = new FakeWorker(5, options.broken ? crashSoon : null);
      workers.push(worker);
      return worker as unknown as Worker;
    },
    library: Promise.resolve(library),
    calibrations: new CalibrationMemory(false),
    onChange: () => {},
    onStage: () => {},
    onNotice: (notice) => notices.push(notice),
  });
  running.push(run);
  return { run, notices, workers };
}

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 5000, interval: 5 });
const stepOf = (run: SeedRun) => run.progress?.step ?? 0;

describe("one seed's run", () => {
  it("shows a tree that a person changed at once, and lets no other take its place while it is scored", async () => {
    const { run, workers } = start(RunLibrary.inMemory(), { kind: "fresh" });
    await until(() => stepOf(run) > 0);
    const policy = { kind: "tree", feature: [0, -1, -1] } as unknown as TreeExplanation["policy"];
    const before = { kind: "tree", method: "viper", policy, size: { nodes: 3 } } as unknown as TreeExplanation;
    const tell = (explanation: object, edit?: number) =>
      workers[0].say({
        type: "explanation",
        explanation: { ...before, ...explanation } as TreeExplanation,
        live: false,
        edit,
      });
    run.scoreTree(before, { kind: "tree", feature: [-1] } as unknown as SerialisedPolicy);
    expect(run.explanations.viper).toMatchObject({ edited: true, size: { nodes: 1 } });
    const { edit } = run.scoring ?? { edit: -1 };
    tell({ step: 1 });
    tell({ step: 2, edited: true }, edit - 1);
    expect(run.explanations.viper).toMatchObject({ edited: true, size: { nodes: 1 } });
    expect(run.scoring).not.toBeNull();
    tell({ step: 3, edited: true }, edit);
    expect(run.explanations.viper).toMatchObject({ edited: true, step: 3 });
    expect(run.scoring).toBeNull();
    run.scoreTree(before, before.policy as SerialisedPolicy);
    run.showExplanation(before);
    tell({ step: 4, edited: true }, edit + 1);
    expect(run.explanations.viper).toBe(before);
    run.scoreTree(before, before.policy as SerialisedPolicy);
    workers[0].say({ type: "explanation-failed", method: "viper", message: "cannot", input: true });
    expect(run.explanations.viper).toBe(before);
  });

  it("trains, saves checkpoints and lines, and ends at its budget", async () => {
    const library = RunLibrary.inMemory();
    const { run } = start(library, { kind: "fresh" }, { budget: 25 * STEPS_PER_UPDATE });
    await until(() => run.phase === "finished");
    expect(run.finishedBy).toBe("budget");
    await until(() => run.folder !== null);
    await run.dispose();
    const [entry] = await library.list();
    expect(entry).toMatchObject({ name: "cartpole-ppo-s7-1", step: 25 * STEPS_PER_UPDATE });
    expect(entry.record.config.engine).toBe("wasm-simd");
    expect(entry.lastEvaluation?.step).toBe(25 * STEPS_PER_UPDATE);
  });

  it("goes on after a reload from what this browser has of the same config, and says so", async () => {
    const library = RunLibrary.inMemory();
    const first = start(library, { kind: "fresh" });
    await until(() => stepOf(first.run) >= 30 * STEPS_PER_UPDATE);
    await first.run.dispose();
    const left = (await library.list())[0].step;

    const second = start(library, { kind: "resume" }, { paused: true });
    await until(() => second.run.phase === "paused");
    expect(second.notices).toEqual([{ kind: "resumed", step: left }]);
    expect(stepOf(second.run)).toBe(left);
    expect(second.run.curve.length).toBeGreaterThan(1);
    expect(second.run.folder).toBe("cartpole-ppo-s7-1");
  });

  it("starts from the seed when another tab has the run, in a folder of its own", async () => {
    const library = RunLibrary.inMemory();
    const first = start(library, { kind: "fresh" });
    await until(() => first.run.folder !== null);
    const second = start(library, { kind: "resume" });
    await until(() => second.run.folder !== null);
    expect(second.notices).toEqual([{ kind: "other-tab" }]);
    expect(second.run.folder).toBe("cartpole-ppo-s7-2");
  });

  it("goes on from the checkpoint in memory when its Worker dies, and says how much was lost", async () => {
    const { run, notices, workers } = start(RunLibrary.inMemory(), { kind: "fresh" });
    await until(() => stepOf(run) >= 25 * STEPS_PER_UPDATE);
    workers[0].crash();
    await until(() => notices.length > 0);
    expect(notices).toMatchObject([{ kind: "restarted", step: 20 * STEPS_PER_UPDATE }]);
    expect(workers).toHaveLength(2);
    expect(workers[0].terminated).toBe(true);
    await until(() => stepOf(run) > 25 * STEPS_PER_UPDATE);
  });

  it("gives up after a few Workers that die at once, and says why", async () => {
    const { run, notices, workers } = start(RunLibrary.inMemory(), { kind: "fresh" }, { broken: true });
    await until(() => run.phase === "failed");
    expect(workers).toHaveLength(4);
    expect(notices).toEqual([{ kind: "failed", detail: "undefined is not a function" }]);
  });

  it("keeps a paused run paused across the death of its Worker", async () => {
    const { run, workers } = start(RunLibrary.inMemory(), { kind: "fresh" });
    await until(() => stepOf(run) > 0);
    run.pause();
    await until(() => run.phase === "paused");
    workers[0].crash();
    await until(() => run.phase === "paused" && workers.length === 2);
    expect(workers[1].received.find(({ type }) => type === "start")).toMatchObject({ paused: true });
  });

  it("leaves nothing in the list when nothing was trained", async () => {
    const library = RunLibrary.inMemory();
    const { run } = start(library, { kind: "fresh" }, { paused: true });
    await until(() => run.phase === "paused");
    await run.dispose();
    expect(await library.list()).toEqual([]);
  });

  it("trains on when the storage fails in the middle, and says so once", async () => {
    const library = RunLibrary.inMemory();
    library.create = () => Promise.reject(new DOMException("no room", "QuotaExceededError"));
    const { run, notices } = start(library, { kind: "fresh" });
    await until(() => stepOf(run) > 60 * STEPS_PER_UPDATE);
    expect(notices).toEqual([{ kind: "unsaved", detail: "no room" }]);
    expect(run.phase).toBe("training");
  });

  it("stops and names the cause when the Worker says that nothing can go on", async () => {
    const { run, notices, workers } = start(RunLibrary.inMemory(), { kind: "fresh" });
    await until(() => stepOf(run) > 0);
    workers[0].say({ type: "failed", message: "NaN in actor.0 at step 512", input: false });
    expect(run.phase).toBe("failed");
    expect(notices).toEqual([{ kind: "failed", detail: "NaN in actor.0 at step 512" }]);
  });

  it("tells settings that make no training from a training that stopped", async () => {
    const { run, notices, workers } = start(RunLibrary.inMemory(), { kind: "fresh" });
    workers[0].say({ type: "failed", message: "env.orderCost: expected 0 for hdpo, got 5", input: true });
    expect(run.phase).toBe("failed");
    const [notice] = notices;
    expect(notice).toEqual({ kind: "refused", detail: "env.orderCost: expected 0 for hdpo, got 5" });
    expect(runNotice(notice as Parameters<typeof runNotice>[0]).text()).toBe("This training cannot start.");
  });

  it("says so when the agent ends before the budget is spent", async () => {
    const { run, notices, workers } = start(RunLibrary.inMemory(), { kind: "fresh" });
    await until(() => run.phase === "training");
    workers[0].say({ type: "finished", reason: "budget", step: 5_120_000 });
    expect(run.recipeOver).toBe(true);
    expect(notices).toEqual([{ kind: "recipe-over" }]);
  });
});
