import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pack } from "../../src/core/pack.js";
import { configOf, defaultSettings } from "../../src/runs/link.js";
import { type HeldRun, RunLibrary } from "../../src/runs/opfs-library.js";
import { RUN_FORMAT, type RunRecord } from "../../src/runs/run-format.js";

const held: HeldRun[] = [];

async function clear(): Promise<void> {
  for (const run of held.splice(0)) await run.release();
  const root = await navigator.storage.getDirectory();
  await root.removeEntry("vitrine-runs", { recursive: true }).catch(() => undefined);
}
beforeEach(clear);
afterEach(clear);

function recordOf(seed: number, created = "2026-01-01T00:00:00.000Z"): RunRecord {
  const engine = { chosen: "wasm-simd" as const, reason: "", timings: [] };
  const config = { ...configOf(defaultSettings("cartpole", "ppo", seed)), engine: engine.chosen };
  return { format: RUN_FORMAT, config, seed, engine, versions: {}, created };
}

async function create(library: RunLibrary, record: RunRecord): Promise<HeldRun> {
  const run = await library.create(record);
  held.push(run);
  return run;
}

const checkpointAt = (step: number) => ({ step, bytes: pack({ step, segments: [] }), segments: [] });

describe.each(["private file system", "memory"])("a library in the %s", (place) => {
  const open = () => (place === "memory" ? Promise.resolve(RunLibrary.inMemory()) : RunLibrary.open());

  it("gives a run back with its newest checkpoint and its lines", async () => {
    const library = await open();
    expect(library.lasting).toBe(place !== "memory");
    const run = await create(library, recordOf(7));
    const line = {
      step: 512,
      seconds: 1,
      update: 1,
      returnMean: 20,
      lengthMean: 20,
      episodes: 3,
      diagnostics: { kl: 0.01 },
    };
    await run.store.appendProgress([line]);
    await run.store.appendProgress([{ ...line, step: 1024 }]);
    await run.store.saveCheckpoint(checkpointAt(512));
    await run.store.saveCheckpoint(checkpointAt(1024));
    await run.release();

    const { held: again } = await library.resume(configOf(defaultSettings("cartpole", "ppo", 7)));
    if (!again) throw new Error("the run was not found");
    held.push(again);
    expect((await again.store.loadCheckpoint())?.step).toBe(1024);
    expect((await again.store.readProgress()).map(({ step }) => step)).toEqual([512, 1024]);
  });

  it("lists runs newest first, with their last step", async () => {
    const library = await open();
    const first = await create(library, recordOf(1, "2026-01-01T00:00:00.000Z"));
    await create(library, recordOf(2, "2026-01-02T00:00:00.000Z"));
    await first.store.saveCheckpoint(checkpointAt(99));
    const list = await library.list();
    expect(list.map(({ name, step }) => [name, step])).toEqual([
      ["cartpole-ppo-s2-1", 0],
      ["cartpole-ppo-s1-1", 99],
    ]);
  });

  it("numbers the folders of one config and does not take up another's", async () => {
    const library = await open();
    expect((await create(library, recordOf(7))).name).toBe("cartpole-ppo-s7-1");
    expect((await create(library, recordOf(7))).name).toBe("cartpole-ppo-s7-2");
    expect((await library.resume(configOf(defaultSettings("cartpole", "ppo", 8)))).held).toBeNull();
  });

  it("exports a run as one file and removes it for good", async () => {
    const library = await open();
    const run = await create(library, recordOf(7));
    await run.store.saveCheckpoint(checkpointAt(512));
    await run.release();
    const file = await library.exportRun(run.name);
    expect(await file?.text()).toContain("cartpole-ppo-s7-1/checkpoints/512.bin");
    expect(await library.remove(run.name)).toBe(true);
    expect(await library.list()).toEqual([]);
    expect(await library.exportRun(run.name)).toBeNull();
  });
});

it("a run is written by one tab at a time: the other learns that it is busy", async () => {
  const library = await RunLibrary.open();
  const run = await create(library, recordOf(7));
  const config = configOf(defaultSettings("cartpole", "ppo", 7));
  const elsewhere = await RunLibrary.open();
  expect(await elsewhere.resume(config)).toEqual({ held: null, busy: true });
  expect(await elsewhere.hold(run.name)).toBeNull();
  expect(await elsewhere.remove(run.name)).toBe(false);
  expect((await create(elsewhere, recordOf(7))).name).toBe("cartpole-ppo-s7-2");
  await run.release();
  const { held: again } = await elsewhere.resume(config);
  expect(again?.name).toBe("cartpole-ppo-s7-1");
  await again?.release();
});

it("a folder that was cut while it was made is left alone and not listed", async () => {
  const library = await RunLibrary.open();
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("vitrine-runs");
  await root.getDirectoryHandle("cartpole-ppo-s7-1", { create: true });
  expect(await library.list()).toEqual([]);
  expect((await create(library, recordOf(7))).name).toBe("cartpole-ppo-s7-2");
});

it("a browser that refuses storage leaves a library in memory", async () => {
  const { getDirectory } = navigator.storage;
  navigator.storage.getDirectory = () => Promise.reject(new DOMException("refused", "SecurityError"));
  try {
    expect((await RunLibrary.open()).lasting).toBe(false);
  } finally {
    navigator.storage.getDirectory = getDirectory;
  }
});
