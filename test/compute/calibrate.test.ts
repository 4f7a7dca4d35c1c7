import { afterEach, describe, expect, it, vi } from "vitest";
import { type Candidate, calibrateCandidates } from "../../src/compute/calibrate.js";
import { ENGINE_IDS, type Engine, type EngineId, type EngineState } from "../../src/compute/engine.js";
import { calibrate, loadEngine } from "../../src/compute/index.js";
import { layoutOf, type NetworkSpec } from "../../src/compute/network.js";
import { actorCritic, wideQ } from "./networks.js";

/** Candidates whose updates take as long as a script says, on a clock that only they move. */
function scripted(scripts: Partial<Record<EngineId, (turn: number) => number>>) {
  let time = 0;
  const turns: Partial<Record<EngineId, number>> = {};
  const disposed: EngineId[] = [];
  const engineOf = (id: EngineId, script: (turn: number) => number) => (network: NetworkSpec, maxBatch: number) => {
    const layout = layoutOf(network);
    turns[id] = 0;
    const engine: Engine = {
      id,
      layout,
      maxBatch,
      bytes: 0,
      forward: () => undefined,
      backward: async () => undefined,
      adamStep: () => {
        turns[id] = (turns[id] ?? 0) + 1;
        time += script(turns[id] ?? 0);
        return 1;
      },
      fillInputGradients: () => undefined,
      fillFree: () => undefined,
      getParameters: () => new Float32Array(layout.size),
      setParameters: () => undefined,
      getGradients: () => new Float32Array(layout.size),
      getState: (): EngineState => {
        const zeros = new Float32Array(layout.size);
        return { parameters: zeros, firstMoments: zeros, secondMoments: zeros, numSteps: 0 };
      },
      setState: () => undefined,
      dispose: () => disposed.push(id),
    };
    return engine;
  };
  const candidates = Object.entries(scripts).map(
    ([id, script]): Candidate => ({ id: id as EngineId, factory: engineOf(id as EngineId, script), note: "" }),
  );
  const now = () => time;
  return { candidates, turns, disposed, now };
}

describe("the calibration", () => {
  it("picks the fastest and says by how much in one sentence", async () => {
    const { candidates, now } = scripted({ reference: () => 3, "wasm-simd": () => 0.5, "wasm-relaxed": () => 0.4 });
    const report = await calibrateCandidates(actorCritic, 8, candidates, now);
    expect(report.chosen).toBe("wasm-relaxed");
    expect(report.reason).toBe(
      "An update of this network takes 0.40 ms on wasm-relaxed, 1.3 times as fast as wasm-simd.",
    );
    expect(report.timings.map(({ id, milliseconds }) => [id, milliseconds?.toFixed(1)])).toEqual([
      ["reference", "3.0"],
      ["wasm-simd", "0.5"],
      ["wasm-relaxed", "0.4"],
    ]);
  });

  it("counts the best turn: neither slow first ones nor disturbances decide", async () => {
    const { candidates, now } = scripted({
      "wasm-simd": () => 0.5,
      "wasm-relaxed": (turn) => (turn < 3 ? 1.5 : turn % 40 < 25 ? 0.9 : 0.4),
    });
    const report = await calibrateCandidates(actorCritic, 8, candidates, now);
    expect(report.chosen).toBe("wasm-relaxed");
  });

  it("chooses by updates that are shorter than a tick of the clock", async () => {
    const { candidates, now } = scripted({ "wasm-simd": () => 0.05, "wasm-relaxed": () => 0.04 });
    const coarse = () => Math.floor(now() * 10) / 10;
    const report = await calibrateCandidates(actorCritic, 8, candidates, coarse);
    expect(report.chosen).toBe("wasm-relaxed");
    expect(report.timings[1].milliseconds).toBeCloseTo(0.04, 2);
  });

  it("does not count what an engine did while it warmed up", async () => {
    const { candidates, now } = scripted({
      "wasm-simd": (turn) => (turn <= 8 ? 0.01 : 0.5),
      "wasm-relaxed": () => 0.4,
    });
    expect((await calibrateCandidates(actorCritic, 8, candidates, now)).chosen).toBe("wasm-relaxed");
  });

  it("stays within its 150 ms, and leaves the time to those that can still win", async () => {
    const { candidates, turns, now } = scripted({
      reference: () => 20,
      "wasm-simd": () => 0.6,
      "wasm-relaxed": () => 0.5,
    });
    await calibrateCandidates(actorCritic, 8, candidates, now);
    expect(now()).toBeLessThan(153);
    // Its share is 50 ms; the third update passes it.
    expect(turns["reference"]).toBe(3);
    expect(turns["wasm-simd"]).toBeGreaterThan(75);
  });

  it("gives a slow starter the chance to warm up", async () => {
    const { candidates, now } = scripted({ "wasm-simd": () => 0.5, "wasm-relaxed": (turn) => (turn < 3 ? 9 : 0.4) });
    expect((await calibrateCandidates(actorCritic, 8, candidates, now)).chosen).toBe("wasm-relaxed");
  });

  it("runs each candidate once where that already takes longer", async () => {
    const { candidates, turns, now } = scripted({ reference: () => 900, "wasm-simd": () => 700 });
    const report = await calibrateCandidates(actorCritic, 8, candidates, now);
    expect(report.chosen).toBe("wasm-simd");
    expect(turns).toEqual({ reference: 1, "wasm-simd": 1 });
  });

  it("passes on why a candidate cannot run, and refuses to choose among none", async () => {
    const { candidates, now } = scripted({ reference: () => 1 });
    const absent: Candidate = { id: "wasm-simd", factory: null, note: "No SIMD here." };
    const report = await calibrateCandidates(actorCritic, 8, [absent, ...candidates], now);
    expect(report.timings[0]).toEqual({ id: "wasm-simd", milliseconds: null, note: "No SIMD here." });
    expect(report.reason).toBe("An update of this network takes 1.0 ms on reference, the only engine that was timed.");
    await expect(calibrateCandidates(actorCritic, 8, [absent], now)).rejects.toThrow(RangeError);
  });

  it("releases every engine it made", async () => {
    const { candidates, disposed, now } = scripted({ reference: () => 100, "wasm-simd": () => 1 });
    await calibrateCandidates(actorCritic, 8, candidates, now);
    expect(disposed.toSorted()).toEqual(["reference", "wasm-simd"]);
  });

  it("prefers WebAssembly here by far, and reports on every engine", async () => {
    const report = await calibrate(wideQ, 64);
    expect(report.chosen).toMatch(/^wasm-/);
    expect(report.timings.map(({ id }) => id)).toEqual(ENGINE_IDS);
    const byId = new Map(report.timings.map((timing) => [timing.id, timing]));
    const simd = byId.get("wasm-simd")?.milliseconds ?? Number.POSITIVE_INFINITY;
    expect(byId.get("reference")?.milliseconds).toBeGreaterThan(5 * simd);
    expect(byId.get("tfjs-cpu")).toEqual({
      id: "tfjs-cpu",
      milliseconds: null,
      note: "Not timed: it would first load TensorFlow.js.",
    });
  });

  it("times only what it is asked to", async () => {
    const report = await calibrate(actorCritic, 8, { candidates: ["reference"] });
    expect(report.chosen).toBe("reference");
    expect(report.timings.find(({ id }) => id === "wasm-simd")?.note).toBe("Not timed: not asked for.");
  });
});

it("loads the engines that are in the bundle by their ids", async () => {
  for (const id of ["reference", "wasm-simd"] as const) {
    const create = await loadEngine(id);
    expect(create?.(actorCritic, 4).id).toBe(id);
  }
});

describe("what an agent asks of an engine", () => {
  /** Engines whose passes forward and updates each take their own time, on a clock that only they move. */
  function pricedEngines(prices: Partial<Record<EngineId, { readonly forward: number; readonly update: number }>>) {
    let time = 0;
    const rows: number[] = [];
    const { candidates } = scripted(Object.fromEntries(Object.keys(prices).map((id) => [id, () => 0])));
    const priced = candidates.map(({ id, factory, note }): Candidate => {
      const price = prices[id];
      if (!factory || !price) throw new Error("expected a price");
      return {
        id,
        note,
        factory: (network, maxBatch) => {
          const engine = factory(network, maxBatch);
          engine.forward = (_inputs, batch) => {
            rows.push(batch);
            time += price.forward;
          };
          engine.adamStep = () => {
            time += price.update;
            return 1;
          };
          return engine;
        },
      };
    });
    return { priced, rows, now: () => time };
  }
  const prices = { "wasm-simd": { forward: 1, update: 6 }, wgsl: { forward: 4, update: 1 } };

  it("weighs acting beside learning: whoever is quick to learn and slow to act loses where acting prevails", async () => {
    const learning = pricedEngines(prices);
    expect((await calibrateCandidates(wideQ, 64, learning.priced, learning.now)).chosen).toBe("wgsl");
    const acting = pricedEngines(prices);
    const gathering = { copies: 8, stepsPerUpdate: 32 };
    const report = await calibrateCandidates(wideQ, 64, acting.priced, acting.now, gathering);
    expect(report.chosen).toBe("wasm-simd");
    // 32 steps are four passes of 8 copies, then the update's own pass and its 6 ms: 11 ms.
    expect(report.timings[0]).toMatchObject({ id: "wasm-simd", milliseconds: 11, stepsPerSecond: 32_000 / 11 });
    expect(new Set(acting.rows)).toEqual(new Set([8, 64]));
  });

  it("times at most 2,048 rows and scales up, so that thousands of copies do not take seconds", async () => {
    const { priced, rows, now } = pricedEngines(prices);
    const gathering = { copies: 4096, stepsPerUpdate: 4096 };
    const { timings } = await calibrateCandidates(wideQ, 16_384, priced, now, gathering);
    expect(Math.max(...rows)).toBe(2048);
    expect(timings[0].milliseconds).toBe(8 * (1 + 1 + 6));
  });
});

describe("a remembered calibration", () => {
  it("is taken for the same network and adapter, and for nothing else", async () => {
    const settings = { candidates: ["reference"] as const };
    const first = await calibrate(actorCritic, 8, settings);
    expect(first.remembered).toBeUndefined();
    const marked = { ...first, reason: "from before" };
    const again = await calibrate(actorCritic, 8, { ...settings, remembered: [marked] });
    expect(again).toMatchObject({ reason: "from before", remembered: true });
    expect((await calibrate(actorCritic, 16, { ...settings, remembered: [marked] })).remembered).toBeUndefined();
    expect((await calibrate(wideQ, 8, { ...settings, remembered: [marked] })).remembered).toBeUndefined();
    const older = { ...marked, key: marked.key?.replace(/"[^"]*"/, '"0.0.0"') };
    expect((await calibrate(actorCritic, 8, { ...settings, remembered: [older] })).remembered).toBeUndefined();
  });
});

describe("a graphics adapter", () => {
  afterEach(() => vi.unstubAllGlobals());
  const withAdapter = (info: object) => {
    const adapter = { info: { vendor: "", architecture: "", device: "", description: "", ...info }, limits: {} };
    const requestDevice = () => Promise.reject(new Error("no device for a test"));
    const gpu = { requestAdapter: async () => ({ ...adapter, requestDevice }) };
    vi.stubGlobal("navigator", { gpu, userAgent: "test" });
  };
  const noteOf = async () => {
    const { timings, chosen, adapter } = await calibrate(actorCritic, 8);
    expect(chosen).not.toBe("wgsl");
    return { note: timings.find(({ id }) => id === "wgsl")?.note, adapter };
  };

  it.each([
    ["SwiftShader", { vendor: "google", architecture: "swiftshader" }],
    ["a fallback adapter", { vendor: "acme", isFallbackAdapter: true }],
    ["llvmpipe", { description: "llvmpipe (LLVM 19)" }],
  ])("that is software, as %s is, is never timed and so never chosen", async (_, info) => {
    withAdapter(info);
    expect(await noteOf()).toMatchObject({
      note: "The graphics adapter is a software one.",
      adapter: { isSoftware: true },
    });
  });

  it("that is missing or gives no device costs nothing but its turn", async () => {
    vi.stubGlobal("navigator", { userAgent: "test" });
    expect(await noteOf()).toEqual({ note: "There is no graphics adapter.", adapter: null });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    withAdapter({ vendor: "nvidia", architecture: "hopper" });
    expect((await noteOf()).note).toBe("This platform does not offer it.");
    expect(warn).toHaveBeenCalled();
    warn.mockRestore();
  });
});
