import { describe, expect, it } from "vitest";
import { type Candidate, calibrateCandidates } from "../../src/compute/calibrate.js";
import type { Engine, EngineId, EngineState } from "../../src/compute/engine.js";
import { calibrate, ENGINE_IDS, loadEngine } from "../../src/compute/index.js";
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
    const report = await calibrate(actorCritic, 8, ["reference"]);
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
