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

/** A run on the graphics device, of 32 steps an update. */
const smallRun = (seed: number, budget: number) =>
  resolveConfig({
    env: "cartpole",
    agent: "ppo",
    seed,
    engine: "wgsl",
    agentOptions: { numEnvs: 4, numSteps: 8, minibatchSize: 32, epochs: 1, hidden: [8] },
    budget,
    evaluation: { every: 0, episodes: 2 },
  });

it.skipIf(adapter !== null || process.env["CI"] !== "1")("has a graphics adapter, since CI=1 asks for one", () => {
  expect(adapter).not.toBeNull();
});

describe.skipIf(adapter === null)("a training on the command line", () => {
  it("goes on when its device is lost, on the CPU the second time, and keeps the breaks", async () => {
    const run = await startRun(smallRun(5, 640), join(folder, "run"));
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

  it("goes on on the CPU when the fresh device is lost before it is ready", async () => {
    const run = await startRun(smallRun(6, 320), join(folder, "twice"));
    const losses: string[] = [];
    const { gpu } = navigator;
    const { requestAdapter } = gpu;
    let updates = 0;
    try {
      const { ending, summary } = await driveRun(run, {
        onAdvance: () => {
          if (++updates !== 3) return;
          openDevice().then((graphics) => graphics?.device.destroy());
          // Whatever is asked for from now on is lost at once.
          gpu.requestAdapter = async (options) => {
            const found = await requestAdapter.call(gpu, options);
            if (!found) return null;
            const { requestDevice } = found;
            found.requestDevice = async (descriptor) => {
              const device = await requestDevice.call(found, descriptor);
              device.destroy();
              return device;
            };
            return found;
          };
        },
        shouldStop: () => false,
        onLoss: (text) => losses.push(text),
      });
      expect(ending).toBe("budget");
      expect(summary.steps).toBe(320);
      expect(losses).toHaveLength(1);
      expect(losses[0]).toMatch(/training goes on from step 0 on (wasm|reference)/);
    } finally {
      gpu.requestAdapter = requestAdapter;
    }
  });
});
