import { afterEach, describe, expect, it } from "vitest";
import type { EngineReport } from "../../src/compute/engine.js";
import { CalibrationMemory } from "../../src/lab/calibrations.js";

const reportOf = (key: string): EngineReport => ({
  chosen: "wasm-simd",
  reason: "",
  timings: [{ id: "wasm-simd", milliseconds: 1, note: "", stepsPerSecond: 1000 }],
  adapter: { vendor: "acme", architecture: "x1", description: "", isSoftware: false },
  key,
});
const keys = (memory: CalibrationMemory) => memory.all.map(({ key }) => key);

describe("the memory of calibrations", () => {
  afterEach(() => localStorage.removeItem("vitrine-calibrations"));

  it("outlasts the page where it may, and only there", () => {
    new CalibrationMemory(true).add(reportOf("a"));
    new CalibrationMemory(false).add(reportOf("b"));
    expect(new CalibrationMemory(true).all).toEqual([reportOf("a")]);
  });

  it("keeps the newest of each network, and no more than 24", () => {
    const memory = new CalibrationMemory(true);
    for (let i = 0; i < 30; i++) memory.add(reportOf(String(i)));
    memory.add(reportOf("20"));
    memory.add({ ...reportOf("again"), remembered: true });
    expect(keys(memory)).toHaveLength(24);
    expect(keys(memory).slice(0, 2)).toEqual(["20", "29"]);
  });

  it("forgets what it cannot read", () => {
    for (const text of ["[", '[{"chosen":"abacus"}]', "7"]) {
      localStorage.setItem("vitrine-calibrations", text);
      expect(new CalibrationMemory(true).all).toEqual([]);
    }
  });
});
