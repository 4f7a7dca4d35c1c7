import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pack } from "../../src/core/pack.js";
import { createNamedRunFolder, createRunFolder, NodeRunFiles } from "../../src/runs/node-files.js";
import { parseProgress, parseRunRecord, RUN_FORMAT, type RunRecord } from "../../src/runs/run-format.js";
import { RunStore } from "../../src/runs/run-store.js";
import type { Evaluation, Progress } from "../../src/training/config.js";

const record: RunRecord = {
  format: RUN_FORMAT,
  config: {
    env: "cartpole",
    agent: "dqn",
    seed: 3,
    envOptions: { length: 0.5 },
    agentOptions: { hidden: [64, 64], double: true },
    engine: "reference",
    budget: 1000,
    stopAt: null,
    evaluation: { every: 0, episodes: 20 },
  },
  seed: 3,
  engine: { chosen: "reference", reason: "It was asked for.", timings: [] },
  versions: { vitrine: "0.1.0" },
  created: "2026-01-01T00:00:00.000Z",
};

const progress = (step: number): Progress => ({
  step,
  seconds: step / 1000,
  update: step / 10,
  returnMean: null,
  lengthMean: null,
  episodes: 0,
  diagnostics: { kl: 0.01, explainedVariance: Number.NaN },
});

const evaluation = (step: number): Evaluation => ({ step, seconds: 1, episodes: 20, returnMean: 9.5, returnStd: 1 });

/** A checkpoint that refers to segments, as the session packs them. */
function checkpoint(step: number, segments: readonly string[] = []) {
  return pack({
    version: 1,
    step,
    segments: segments.map((name) => ({ name })),
    agent: new Float32Array([step, 1, 2]),
  });
}

const segment = (name: string) => ({ name, bytes: pack({ entries: new Float32Array([1, 2, 3]) }) });

describe("a run on disk", () => {
  let folder = "";
  let files: NodeRunFiles;
  let store: RunStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vitrine run "));
    files = new NodeRunFiles(folder);
    store = await RunStore.create(files, record);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const save = (step: number, names: readonly string[] = [], fresh: readonly string[] = []) =>
    store.saveCheckpoint({ step, bytes: checkpoint(step, names), segments: fresh.map(segment) });
  const cut = async (path: string, bytes: number) => {
    const whole = await readFile(join(folder, path));
    await writeFile(join(folder, path), whole.subarray(0, whole.length - bytes));
  };

  test("what is written is read back, NaN as NaN", async () => {
    await store.appendProgress([progress(10), progress(20)]);
    await store.appendEvaluation(evaluation(20));
    const opened = await RunStore.open(files, folder);
    expect(opened.record).toEqual(record);
    expect(await opened.readProgress()).toEqual([progress(10), progress(20)]);
    expect(await opened.readEvaluations()).toEqual([evaluation(20)]);
  });

  test("a line that a crash cut short is left out", () => {
    const text = `${JSON.stringify(progress(10))}\n{"step":20,"sec`;
    expect(parseProgress(text)).toEqual([progress(10)]);
    expect(() => parseProgress("nonsense\n")).toThrow("progress.jsonl line 1");
  });

  test("the newest checkpoints are kept, and the newest is loaded, byte for byte", async () => {
    for (const step of [10, 20, 30, 40, 100]) await save(step);
    expect((await readdir(join(folder, "checkpoints"))).sort()).toEqual(["100.bin", "30.bin", "40.bin"]);
    const loaded = await store.loadCheckpoint();
    expect(loaded?.step).toBe(100);
    expect(loaded?.bytes).toEqual(checkpoint(100));
    expect(loaded?.notice).toBeNull();
  });

  test("bytes are read as a plain array, whose slices are copies", async () => {
    await files.write("a.bin", new Uint8Array([1, 2, 3]));
    const bytes = await files.read("a.bin");
    expect(bytes?.constructor).toBe(Uint8Array);
    expect(await files.read("b.bin")).toBeNull();
  });

  test("a run without a checkpoint has none to load", async () => {
    expect(await store.loadCheckpoint()).toBeNull();
  });

  test("a truncated last checkpoint gives way to the one before, and says so", async () => {
    await save(10);
    await save(20);
    await cut("checkpoints/20.bin", 8);
    const loaded = await store.loadCheckpoint();
    expect(loaded?.step).toBe(10);
    expect(loaded?.notice).toMatch(/checkpoints\/20\.bin.*truncated.*before, at step 10/);
  });

  test("when every checkpoint is broken, none is made up", async () => {
    await save(10);
    await cut("checkpoints/10.bin", 8);
    await expect(store.loadCheckpoint()).rejects.toThrow(/checkpoints: expected at least one whole checkpoint/);
  });

  test("a half-written checkpoint of a crash is not seen", async () => {
    await save(10);
    await writeFile(join(folder, "checkpoints", "20.bin.part"), "half");
    expect((await store.loadCheckpoint())?.step).toBe(10);
  });

  test("segments come with the checkpoint that refers to them, and go when none does", async () => {
    await save(10, ["0-10.bin"], ["0-10.bin"]);
    await save(20, ["0-10.bin", "10-20.bin"], ["10-20.bin"]);
    expect((await store.loadCheckpoint())?.segments.map(({ name }) => name)).toEqual(["0-10.bin", "10-20.bin"]);
    await save(30, ["10-20.bin", "20-30.bin"], ["20-30.bin"]);
    await save(40, ["20-30.bin", "30-40.bin"], ["30-40.bin"]);
    await save(50, ["20-30.bin", "30-40.bin"], []);
    expect((await readdir(join(folder, "segments"))).sort()).toEqual(["10-20.bin", "20-30.bin", "30-40.bin"]);
  });

  test("a checkpoint whose segment is missing or cut gives way to the one before", async () => {
    await save(10, ["0-10.bin"], ["0-10.bin"]);
    await save(20, ["0-10.bin", "10-20.bin"], ["10-20.bin"]);
    await cut("segments/10-20.bin", 8);
    expect((await store.loadCheckpoint())?.step).toBe(10);
    await files.remove("segments/10-20.bin");
    const loaded = await store.loadCheckpoint();
    expect(loaded?.step).toBe(10);
    expect(loaded?.notice).toContain("segments/10-20.bin");
  });

  test("segments are kept over a restart for the checkpoints that still need them", async () => {
    await save(10, ["0-10.bin"], ["0-10.bin"]);
    store = await RunStore.open(files, folder);
    await save(20, ["10-20.bin"], ["10-20.bin"]);
    expect((await readdir(join(folder, "segments"))).sort()).toEqual(["0-10.bin", "10-20.bin"]);
  });

  test("going back forgets what came later", async () => {
    await store.appendProgress([progress(10), progress(20), progress(30)]);
    await store.appendEvaluation(evaluation(30));
    for (const step of [10, 30]) await save(step);
    await store.rewind(20);
    expect((await store.readProgress()).map(({ step }) => step)).toEqual([10, 20]);
    expect(await store.readEvaluations()).toEqual([]);
    expect((await store.loadCheckpoint())?.step).toBe(10);
  });

  test("a folder without a run is refused by name", async () => {
    const empty = new NodeRunFiles(join(folder, "nothing"));
    await expect(RunStore.open(empty, "runs/x")).rejects.toThrow(
      "runs/x: expected the folder of a run, got no run.json there",
    );
  });

  test.each([
    ["{", "text that is not JSON"],
    [JSON.stringify({ ...record, format: 2 }), "run.json format: expected run format 1"],
    [JSON.stringify({ ...record, config: { ...record.config, budget: "many" } }), "run.json config.budget"],
    [JSON.stringify({ ...record, engine: undefined }), "run.json engine"],
  ])("run.json %# is refused with its field", (text, sentence) => {
    expect(() => parseRunRecord(text, "run.json")).toThrow(sentence);
  });
});

describe("the folder of a new run", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "vitrine runs "));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test("takes the smallest free number, also when many start at once", async () => {
    const config = { env: "cartpole", agent: "ppo", seed: 1 };
    const folders = await Promise.all(Array.from({ length: 5 }, () => createRunFolder(join(root, "runs"), config)));
    const names = folders.map((folder) => folder.slice(root.length + 1)).sort();
    expect(names).toEqual([1, 2, 3, 4, 5].map((n) => `runs/cartpole-ppo-s1-${n}`));
    await rm(join(root, "runs/cartpole-ppo-s1-2"), { recursive: true });
    expect(await createRunFolder(join(root, "runs"), config)).toBe(join(root, "runs/cartpole-ppo-s1-2"));
  });

  test("may be named when it is new or empty, and is refused when it holds something", async () => {
    const named = join(root, "deep", "run");
    expect(await createNamedRunFolder(named, "--out")).toBe(named);
    expect(await createNamedRunFolder(named, "--out")).toBe(named);
    await writeFile(join(named, "run.json"), "{}");
    await expect(createNamedRunFolder(named, "--out")).rejects.toThrow(/^--out: expected a new or empty folder/);
  });
});
