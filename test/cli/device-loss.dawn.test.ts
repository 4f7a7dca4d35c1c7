import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// What the worlds compiled for the GPU call in this project; see vitest.config.ts.
import "typegpu";
import { afterAll, describe, expect, it } from "vitest";
import { driveRun, openRun, startRun } from "../../src/cli/run.js";
import { openDevice } from "../../src/compute/gpu/device.js";
import { resolveConfig } from "../../src/training/config.js";
import { installWebgpu } from "../helpers/webgpu-node.js";

installWebgpu();
const adapter = await navigator.gpu.requestAdapter();
const folder = await mkdtemp(join(tmpdir(), "vitrine-loss-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

it.skipIf(adapter !== null || process.env["CI"] !== "1")("has a graphics adapter, since CI=1 asks for one", () => {
  expect(adapter).not.toBeNull();
});

describe.skipIf(adapter === null)("a training on the command line", () => {
  it("goes on when its device is lost, on the CPU the second time, and keeps the breaks", async () => {
    const config = resolveConfig({
      env: "cartpole",
      agent: "ppo",
      seed: 5,
      engine: "wgsl",
      agentOptions: { numEnvs: 4, numSteps: 8, minibatchSize: 32, epochs: 1, hidden: [8] },
      budget: 640,
      evaluation: { every: 0, episodes: 2 },
    });
    const run = await startRun(config, join(folder, "run"));
    const losses: string[] = [];
    const atUpdates = new Set([3, 6]);
    let updates = 0;
    const { ending, summary } = await driveRun(run, {
      onAdvance: () => {
        updates++;
        if (!atUpdates.has(updates)) return;
        openDevice().then((graphics) => graphics?.device.destroy());
      },
      shouldStop: () => false,
      onLoss: (text) => losses.push(text),
    });
    expect(ending).toBe("budget");
    expect(summary.steps).toBe(640);
    expect(losses).toHaveLength(2);
    expect(losses[0]).toMatch(/training goes on from step 0 on wgsl/);
    expect(losses[1]).toMatch(/on (wasm|reference)/);
    const again = await openRun(join(folder, "run"));
    expect(again.session.breaks).toHaveLength(2);
    expect(again.session.step).toBe(640);
    again.session.dispose();
  });
});
