import { beforeEach, describe, expect, it } from "vitest";
import { resolveConfig } from "../../src/training/config.js";
import { SessionHost } from "../../src/training/host.js";
import type { FromWorker, ToWorker } from "../../src/training/messages.js";

const config = resolveConfig({
  env: "cartpole",
  agent: "ppo",
  seed: 3,
  engine: "wasm-simd",
  budget: 1e6,
  evaluation: { every: 2560, episodes: 2 },
});

type Of<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>;

/** A host whose clock advances a little with every look at it, and who notes what is posted and when. */
function makeHost() {
  let clock = 0;
  const posted: { at: number; message: FromWorker }[] = [];
  const host = new SessionHost({
    post: (message) => posted.push({ at: clock, message }),
    now: () => {
      clock += 4;
      return clock;
    },
    breathe: () => new Promise((resolve) => setTimeout(resolve)),
    sleep: (milliseconds) => {
      clock += milliseconds;
      return new Promise((resolve) => setTimeout(resolve));
    },
    interrupt: () => {},
  });
  const all = <T extends FromWorker["type"]>(type: T) =>
    posted.filter((entry) => entry.message.type === type).map((entry) => entry.message as Of<T>);
  const until = async (condition: () => boolean) => {
    for (let turn = 0; turn < 5000 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve));
    expect(condition()).toBe(true);
  };
  const start = (message: Partial<Extract<ToWorker, { type: "start" }>> = {}) =>
    host.receive({ type: "start", config, checkpoint: null, segments: [], paused: false, show: true, ...message });
  return { host, posted, all, until, start };
}

describe("the training worker", () => {
  let kit: ReturnType<typeof makeHost>;
  beforeEach(() => {
    kit = makeHost();
    return () => kit.host.receive({ type: "stop" });
  });

  it("says it is ready, then trains and tells of it at most 20 times a second", async () => {
    await kit.start();
    await kit.until(() => kit.all("snapshot").length > 10);
    expect(kit.all("ready")[0]).toMatchObject({ step: 0, parameterCount: 9155, notice: null });
    const times = kit.posted.filter(({ message }) => message.type === "snapshot").map(({ at }) => at);
    for (let i = 1; i < times.length; i++) expect(times[i] - times[i - 1]).toBeGreaterThanOrEqual(50);
    const steps = kit.all("snapshot").map((snapshot) => snapshot.progress.step);
    expect(steps.at(-1)).toBeGreaterThan(steps[1]);
    expect(kit.all("snapshot").at(-1)?.stepsPerSecond).toBeGreaterThan(0);
  });

  it("plays the stage in simulated time, and freezes it at speed 0", async () => {
    await kit.start({ paused: true });
    await kit.until(() => kit.all("snapshot").length > 8);
    const frames = kit.all("snapshot").flatMap((snapshot) => (snapshot.stage ? [snapshot.stage] : []));
    expect(frames[0].steps[0]).toBe(0);
    expect(Number.isNaN(frames[0].actions[0])).toBe(true);
    const { count, states, observations, actionScores } = frames[1];
    expect([states.length, observations.length, actionScores.length]).toEqual([count * 4, count * 4, count * 2]);
    expect(actionScores[0] + actionScores[1]).toBeCloseTo(1, 5);
    await kit.host.receive({ type: "speed", value: 0 });
    const seen = kit.all("snapshot").length;
    await kit.until(() => kit.all("snapshot").length > seen + 4);
    expect(
      kit
        .all("snapshot")
        .slice(seen + 1)
        .every((snapshot) => snapshot.stage === null),
    ).toBe(true);
  });

  it("rests its stage while a person plays, trains on, and begins a new episode after", async () => {
    await kit.start();
    await kit.until(() => kit.all("snapshot").filter(({ stage }) => stage).length > 3);
    await kit.host.receive({ type: "actor", value: "you" });
    const before = kit.all("snapshot").length + 1;
    await kit.until(() => kit.all("snapshot").length > before + 10);
    const resting = kit.all("snapshot").slice(before);
    expect(resting.every(({ stage }) => stage === null)).toBe(true);
    expect(resting.at(-1)?.progress.step).toBeGreaterThan(resting[0].progress.step);
    await kit.host.receive({ type: "actor", value: "network" });
    const after = kit.all("snapshot").length;
    const first = () =>
      kit
        .all("snapshot")
        .slice(after)
        .find(({ stage }) => stage)?.stage;
    await kit.until(() => first() !== undefined);
    expect(first()?.steps[0]).toBe(0);
  });

  it("lets a tree act on the stage, and refuses one of another world without ending the training", async () => {
    const leaf = (observationNames: string[]) => {
      const tree = { numFeatures: observationNames.length, numOutputs: 2, task: "classification" } as const;
      const arrays = {
        feature: [-1],
        threshold: [0],
        left: [-1],
        right: [-1],
        value: [0, 1],
        samples: [1],
        impurity: [0],
      };
      return {
        kind: "tree",
        ...tree,
        ...arrays,
        observationNames,
        actionNames: ["left", "right"],
        commandScales: null,
      };
    };
    const send = (names: string[]) => kit.host.receive({ type: "tree", policy: leaf(names) as never });
    await kit.start();
    await send(["x", "v", "angle", "spin"]);
    await kit.host.receive({ type: "actor", value: "tree" });
    const seen = kit.all("snapshot").length;
    await kit.until(() => kit.all("snapshot").length > seen + 8);
    const actions = kit
      .all("snapshot")
      .slice(seen + 1)
      .flatMap(({ stage }) => [...(stage?.actions ?? [])]);
    expect(actions.length).toBeGreaterThan(5);
    expect(actions.every((action) => action === 1 || Number.isNaN(action))).toBe(true);
    expect(kit.all("tree-refused")).toEqual([]);
    await send(["x", "v"]);
    const { message } = kit.all("tree-refused")[0];
    expect(message).toContain("policy observationNames: expected 4 names, got 2 names");
    const { step } = kit.all("snapshot").at(-1)?.progress ?? { step: 0 };
    await kit.until(() => (kit.all("snapshot").at(-1)?.progress.step ?? 0) > step);
  });

  it("pauses, takes single updates, and trains on", async () => {
    await kit.start({ paused: true });
    await kit.until(() => kit.all("snapshot").length > 1);
    expect(kit.all("snapshot").at(-1)).toMatchObject({ status: "paused", progress: { step: 0 } });
    await kit.host.receive({ type: "step" });
    await kit.until(() => kit.all("snapshot").at(-1)?.progress.step === 256);
    const seen = kit.all("snapshot").length;
    await kit.until(() => kit.all("snapshot").length > seen + 3);
    expect(kit.all("snapshot").at(-1)).toMatchObject({ status: "paused", progress: { step: 256 } });
    await kit.host.receive({ type: "train" });
    await kit.until(() => (kit.all("snapshot").at(-1)?.progress.step ?? 0) > 1000);
  });

  it("gives a checkpoint when asked and goes on from it", async () => {
    await kit.start();
    await kit.until(() => (kit.all("snapshot").at(-1)?.progress.step ?? 0) > 1000);
    await kit.host.receive({ type: "stop" });
    const { step, bytes } = kit.all("checkpoint").at(-1) as Of<"checkpoint">;
    expect(kit.all("stopped")).toHaveLength(1);
    await kit.start({ checkpoint: bytes, paused: true });
    await kit.until(() => kit.all("ready").length === 2);
    expect(kit.all("ready")[1].step).toBe(step);
    expect(kit.all("ready")[1].points.length).toBeGreaterThan(0);
  });

  it("finishes at the budget and goes on when it is raised", async () => {
    await kit.start({ config: { ...config, budget: 512 } });
    await kit.until(() => kit.all("finished").length === 1);
    expect(kit.all("finished")[0]).toEqual({ type: "finished", reason: "budget", step: 512 });
    expect(kit.all("checkpoint").at(-1)?.step).toBe(512);
    await kit.host.receive({ type: "budget", value: 1024 });
    await kit.until(() => kit.all("finished").length === 2);
    expect(kit.all("finished")[1].step).toBe(1024);
  });

  it("tells in a sentence what was wrong with a checkpoint, and can be started again", async () => {
    await kit.start({ checkpoint: new Uint8Array([1, 2, 3]) });
    expect(kit.all("failed")[0]).toMatchObject({
      input: true,
      message: expect.stringContaining("checkpoint: expected"),
    });
    await kit.start();
    await kit.until(() => kit.all("snapshot").length > 1);
  });
});
