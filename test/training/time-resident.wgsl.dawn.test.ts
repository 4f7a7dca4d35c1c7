import { afterAll, describe, expect, it } from "vitest";
import type { EngineReport } from "../../src/compute/engine.js";
import { openDevice } from "../../src/compute/gpu/device.js";
import { resolveConfig } from "../../src/training/config.js";
import { withResident } from "../../src/training/time-resident.js";
import { installWebgpu } from "../helpers/webgpu-node.js";

installWebgpu();
const adapter = await navigator.gpu.requestAdapter();
const required = process.env["CI"] === "1";

const configOf = (numEnvs: number) =>
  resolveConfig({
    env: "cartpole",
    agent: "ppo",
    seed: 1,
    agentOptions: { numEnvs, numSteps: 2, minibatchSize: 64, epochs: 1, hidden: [8] },
  });
/** A calibration in which the network alone was slow on the device. */
const reportOf = (cpuRate: number): EngineReport => ({
  chosen: "wasm-simd",
  reason: "",
  timings: [
    { id: "wasm-simd", milliseconds: 1, note: "", stepsPerSecond: cpuRate },
    { id: "wgsl", milliseconds: 100, note: "", stepsPerSecond: 1 },
  ],
});

it.skipIf(adapter !== null || !required)("has a graphics adapter, since CI=1 asks for one", () => {
  expect(adapter).not.toBeNull();
});

describe.skipIf(adapter === null)("a calibration of an agent that can stay on the device", () => {
  afterAll(async () => (await openDevice())?.device.destroy());

  it("chooses the device when an iteration there is faster than the CPU would be", async () => {
    const { chosen, timings, reason } = await withResident(reportOf(0.5), configOf(32));
    expect(chosen).toBe("wgsl");
    expect(reason).toMatch(/^wgsl allows \d+ steps a second, [\d.]+ times as many as wasm-simd\.$/);
    const [, wgsl] = timings;
    expect(wgsl.stepsPerSecond).toBeGreaterThan(1);
    // 64 steps go into each update.
    expect(wgsl.milliseconds).toBeCloseTo(64_000 / (wgsl.stepsPerSecond ?? 0), 6);
  });

  it("keeps the CPU when that is faster", async () => {
    expect((await withResident(reportOf(1e12), configOf(32))).chosen).toBe("wasm-simd");
  });

  it("changes nothing for few copies, a remembered report, or a device that was not timed", async () => {
    const report = reportOf(0.5);
    expect(await withResident(report, configOf(8))).toBe(report);
    const remembered = { ...report, remembered: true };
    expect(await withResident(remembered, configOf(32))).toBe(remembered);
    const untimed = { ...report, timings: report.timings.map((timing) => ({ ...timing, milliseconds: null })) };
    expect(await withResident(untimed, configOf(32))).toBe(untimed);
  });
});
