// What the worlds compiled for the GPU call in this project; see vitest.config.ts.
import "typegpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { openDevice } from "../../src/compute/gpu/device.js";
import { DeviceLostError } from "../../src/core/errors.js";
import { resolveConfig } from "../../src/training/config.js";
import { SessionHost } from "../../src/training/host.js";
import type { FromWorker } from "../../src/training/messages.js";
import { Session } from "../../src/training/session.js";
import { installWebgpu } from "../helpers/webgpu-node.js";

installWebgpu();
const adapter = await navigator.gpu.requestAdapter();
const required = process.env["CI"] === "1";

/** Small enough for a software adapter: an update is six passes forward and one backward. */
const config = resolveConfig({
  env: "cartpole",
  agent: "ppo",
  seed: 5,
  engine: "tfjs-webgpu",
  agentOptions: { numEnvs: 4, numSteps: 4, minibatchSize: 16, epochs: 1, hidden: [8] },
  budget: 1e6,
  evaluation: { every: 0 },
});

const deviceNow = async () => {
  const graphics = await openDevice();
  if (!graphics) throw new Error("expected a graphics device, got none");
  return graphics;
};

/** Lets the next update come as far as its first read-back. */
const middleOfUpdate = () => new Promise((resolve) => setTimeout(resolve, 5));

it.skipIf(adapter !== null || !required)("has a graphics adapter, since CI=1 asks for one", () => {
  expect(adapter).not.toBeNull();
});

describe.skipIf(adapter === null)("a session that loses its graphics device", () => {
  const sessions: Session[] = [];
  const open = async (...args: Parameters<typeof Session.create>) => {
    const session = await Session.create(...args);
    sessions.push(session);
    return session;
  };
  afterEach(() => {
    vi.restoreAllMocks();
    for (const session of sessions.splice(0)) session.dispose();
  });
  afterAll(async () => (await deviceNow()).device.destroy());

  it("fails with the loss, in the middle of an update or before the next", async () => {
    const session = await open(config);
    await session.advance();
    const { device } = await deviceNow();
    const update = session.advance();
    await middleOfUpdate();
    device.destroy();
    await expect(update).rejects.toMatchObject({ kind: "device", message: /graphics device was lost/ });
    await expect(session.advance()).rejects.toThrow(DeviceLostError);
  });

  it("goes on from a checkpoint on a fresh device as if nothing had happened", async () => {
    const undisturbed = await open(config);
    await undisturbed.advance();
    const checkpoint = await undisturbed.checkpoint();
    const wanted = (await undisturbed.advance()).progress.diagnostics;
    const lost = await deviceNow();
    lost.device.destroy();
    await lost.ended;

    const breaks = [{ step: checkpoint.step, lostSteps: 16, kind: "device" as const }];
    const again = await open(config, checkpoint, { breaks });
    expect((await deviceNow()).device).not.toBe(lost.device);
    expect(again.engine.chosen).toBe("tfjs-webgpu");
    expect(again.notice).toBeNull();
    expect((await again.advance()).progress.diagnostics).toEqual(wanted);
    // The place stays known, also to whoever goes on from a later checkpoint.
    expect((await open(config, await again.checkpoint())).breaks).toEqual(breaks);
  });

  it("goes on without a graphics device when it is told to, and says that this is no longer bit for bit", async () => {
    const session = await open(config);
    await session.advance();
    const checkpoint = await session.checkpoint();
    const again = await open(config, checkpoint, { withoutGpu: true });
    expect(again.engine.chosen).toMatch(/^wasm|^reference/);
    expect(again.notice).toMatch(
      /^This run began on tfjs-webgpu, which lost its graphics device again; .*no longer bit for bit/,
    );
    expect((await again.advance()).progress.step).toBe(32);
    // From then on that is the run's engine.
    expect((await open(config, await again.checkpoint())).engine.chosen).toBe(again.engine.chosen);
  });

  it("takes memory that ran out on the device for a loss", async () => {
    const session = await open(config);
    await session.advance();
    const { device } = await deviceNow();
    const error = new GPUOutOfMemoryError("no room for a buffer");
    const update = session.advance();
    await middleOfUpdate();
    device.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
    await expect(update).rejects.toMatchObject({ kind: "memory", message: /out of memory: no room for a buffer/ });
  });

  it("takes a device that does not answer for lost, after a few seconds", async () => {
    const session = await open(config);
    await session.advance();
    const { device, adapter: report } = await deviceNow();
    // A software adapter would be given twenty times as long.
    Object.assign(report, { isSoftware: false });
    vi.spyOn(GPUBuffer.prototype, "mapAsync").mockImplementation(() => new Promise(() => {}));
    const start = performance.now();
    await expect(session.advance()).rejects.toMatchObject({ kind: "silence", message: /not answered for 3 s/ });
    expect(performance.now() - start).toBeLessThan(4500);
    await device.lost;
  });

  it("holds no tensor more after five losses than after one", async () => {
    const held: number[] = [];
    let checkpoint = null;
    for (let loss = 0; loss < 5; loss++) {
      const session = await Session.create(config, checkpoint);
      await session.advance();
      checkpoint = await session.checkpoint();
      const { device, ended } = await deviceNow();
      const update = session.advance();
      await middleOfUpdate();
      device.destroy();
      await expect(update).rejects.toThrow(DeviceLostError);
      session.dispose();
      await ended;
      held.push(tf.engine().state.numTensors);
    }
    expect(held).toEqual(held.map(() => held[0]));
    expect(checkpoint?.step).toBe(5 * 16);
  });
});

describe.skipIf(adapter === null)("the training worker", () => {
  it("tells its owner what was lost, and stops", async () => {
    const posted: FromWorker[] = [];
    const pause = () => new Promise<void>((resolve) => setTimeout(resolve));
    const host = new SessionHost({
      post: (message) => posted.push(message),
      now: () => performance.now(),
      breathe: pause,
      sleep: pause,
      interrupt: () => {},
    });
    await host.receive({ type: "start", config, checkpoint: null, segments: [], paused: false, show: true });
    await vi.waitFor(() => expect(posted.filter(({ type }) => type === "snapshot").length).toBeGreaterThan(0), 20_000);
    (await deviceNow()).device.destroy();
    await vi.waitFor(() => expect(posted.at(-1)?.type).toBe("lost"), 5000);
    expect(posted.at(-1)).toMatchObject({
      kind: "device",
      message: expect.stringContaining("graphics device was lost"),
    });
  });
});
