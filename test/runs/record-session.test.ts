import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Packable, unpack } from "../../src/core/pack.js";
import { NodeRunFiles } from "../../src/runs/node-files.js";
import { finalEvaluation, recordSession } from "../../src/runs/record-session.js";
import { RUN_FORMAT } from "../../src/runs/run-format.js";
import { RunStore } from "../../src/runs/run-store.js";
import { resolveConfig, type SessionConfig } from "../../src/training/config.js";
import { Session } from "../../src/training/session.js";

/** What learning left behind, without clocks: the agent's whole state and the evaluations. */
async function outcomeOf(store: RunStore) {
  const checkpoint = await store.loadCheckpoint();
  const saved = checkpoint && (unpack(checkpoint.bytes) as Record<string, Packable>);
  const evaluations = (await store.readEvaluations()).map(({ seconds: _, ...rest }) => rest);
  const progress = (await store.readProgress()).map(({ seconds: _, ...rest }) => rest);
  return { step: saved?.["step"], agent: saved?.["agent"], evaluations, progress };
}

describe.each(["ppo", "dqn"])("a recorded run of %s", (agent) => {
  let folder = "";
  const config = (budget: number): SessionConfig =>
    resolveConfig({
      env: "cartpole",
      agent,
      seed: 11,
      engine: "wasm-simd",
      budget,
      evaluation: { every: 1000, episodes: 3 },
      agentOptions: agent === "dqn" ? { learningStarts: 200, bufferSize: 1000 } : {},
    });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vitrine record "));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function newRun(name: string, budget: number): Promise<{ session: Session; store: RunStore }> {
    const session = await Session.create(config(budget));
    const store = await RunStore.create(new NodeRunFiles(join(folder, name)), {
      format: RUN_FORMAT,
      config: session.config,
      seed: 11,
      engine: session.engine,
      versions: {},
      created: "2026-01-01T00:00:00Z",
    });
    return { session, store };
  }

  async function reopen(name: string): Promise<{ session: Session; store: RunStore }> {
    const store = await RunStore.open(new NodeRunFiles(join(folder, name)), name);
    const session = await Session.create(store.record.config, await store.loadCheckpoint());
    await store.rewind(session.step);
    return { session, store };
  }

  test("goes on after a stop, and after a crash, as if it had never stopped", async () => {
    const whole = await newRun("whole", 3000);
    expect(await recordSession(whole.session, whole.store)).toBe("budget");
    const expected = await outcomeOf(whole.store);

    const first = await newRun("parts", 1400);
    let numUpdates = 0;
    const ending = await recordSession(first.session, first.store, {
      checkpointSeconds: 0,
      shouldStop: () => numUpdates === 3,
      onAdvance: () => numUpdates++,
    });
    expect(ending).toBe("stopped");

    // A crash: lines are on disk that no checkpoint knows of.
    const second = await reopen("parts");
    await recordSession(second.session, second.store, { checkpointSeconds: 0 });
    const { progress } = await second.session.advance();
    await second.store.appendProgress([progress]);

    const third = await reopen("parts");
    expect(third.session.step).toBeLessThan(progress.step);
    third.session.budget = 3000;
    await recordSession(third.session, third.store, { checkpointSeconds: 0 });
    expect(await outcomeOf(third.store)).toEqual(expected);
    for (const { session } of [whole, first, second, third]) session.dispose();
  });

  test("a failure keeps the curve up to it and the last good checkpoint", async () => {
    const { session, store } = await newRun("failing", 3000);
    let numUpdates = 0;
    const failing = recordSession(session, store, {
      checkpointSeconds: 0,
      onAdvance: () => {
        if (++numUpdates === 3) throw new Error("out of luck");
      },
    });
    await expect(failing).rejects.toThrow("out of luck");
    expect(await store.readProgress()).toHaveLength(3);
    expect((await store.loadCheckpoint())?.step).toBe((await store.readProgress())[1].step);
    session.dispose();
  });

  test("the final evaluation is the last one when nothing was learned since, else a fresh one", async () => {
    const { session, store } = await newRun("final", 1200);
    await recordSession(session, store);
    const last = session.evaluations.at(-1);
    const final = await finalEvaluation(session);
    expect(final.step).toBe(session.step);
    expect(last?.step === session.step ? final === last : final !== last).toBe(true);
    expect(await finalEvaluation(session)).toEqual(final);
    session.dispose();
  });
});
