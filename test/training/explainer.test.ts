import { describe, expect, it } from "vitest";
import { parseTreePolicy, TreePolicy } from "../../src/agents/policies/tree.js";
import { editTree } from "../../src/compute/trees/edit-tree.js";
import type { TreeExplanation } from "../../src/interpret/explanation.js";
import { resolveConfig } from "../../src/training/config.js";
import { Explainer } from "../../src/training/explainer.js";
import type { FromWorker } from "../../src/training/messages.js";
import { restoreReadable } from "../../src/training/policy-views.js";
import { readCheckpoint, Session } from "../../src/training/session.js";
import { Slices } from "../../src/training/slices.js";

const config = resolveConfig({
  env: "cartpole",
  agent: "ppo",
  seed: 5,
  engine: "wasm-simd",
  evaluation: { every: 1024, episodes: 2 },
});
const QUICK = { iterations: 2, episodes: 2, selectionEpisodes: 2, testEpisodes: 4 };

/** A clock that only looking at it moves on. */
function makeClock(step: number) {
  let time = 0;
  return () => {
    time += step;
    return time;
  };
}

function makeExplainer(session: Session, clock = makeClock(0.5)) {
  const told: FromWorker[] = [];
  const explainer = new Explainer(session, clock, (message) => told.push(message));
  const explanations = () => told.flatMap((message) => (message.type === "explanation" ? [message] : []));
  const finish = async () => {
    for (let turn = 0; turn < 20_000; turn++) if (!(await explainer.turn(false))) return;
    throw new Error("it never ended");
  };
  return { explainer, told, explanations, finish };
}

/** What was learned, without the wall-clock times. */
async function learned(session: Session) {
  const { agent, evaluations, recent, step } = readCheckpoint((await session.checkpoint()).bytes);
  return { agent, recent, step, returns: evaluations.map(({ returnMean }) => returnMean) };
}

describe("explaining beside training", () => {
  it("changes no bit of what is learned, whatever is explained in between", async () => {
    const plain = await Session.create(config);
    for (let update = 0; update < 6; update++) await plain.advance();
    const watched = await Session.create(config);
    const { explainer, explanations } = makeExplainer(watched, makeClock(5));
    explainer.ask({ method: "viper", options: QUICK, live: true });
    for (let update = 0; update < 6; update++) {
      await watched.advance();
      // The first is still at work when the network has moved on.
      for (let turn = 0; turn < 60; turn++) await explainer.turn(true);
    }
    for (let turn = 0; turn < 20_000 && explanations().length < 2; turn++) await explainer.turn(false);
    expect(explanations()[0].explanation.step).toBeLessThan(explanations()[1].explanation.step);
    expect(await learned(watched)).toEqual(await learned(plain));
    plain.dispose();
    watched.dispose();
  });

  it.each([
    ["a tenth of the time while it trains", true, 0.1],
    ["a third where a person waits for it", false, 0.33],
  ] as const)("takes %s", async (_, live, share) => {
    const session = await Session.create(config);
    await session.advance();
    let time = 0;
    let explaining = 0;
    // Every look at the clock is a millisecond of work; whatever stands between two turns is training.
    const { explainer, explanations } = makeExplainer(session, () => time++);
    explainer.ask({ method: "bc", options: { testEpisodes: 100 }, live });
    while (explanations().length === 0) {
      const before = time;
      const worked = await explainer.turn(true);
      if (worked) explaining += time - before;
      time += 20;
    }
    expect(explaining / time).toBeGreaterThan(share / 2);
    expect(explaining / time).toBeLessThan(1.3 * share);
    session.dispose();
  });

  it("explains once on demand, with the options of the wish and the policy's own step", async () => {
    const session = await Session.create(config);
    await session.advance();
    const { explainer, told, explanations, finish } = makeExplainer(session);
    explainer.ask({ method: "viper", options: QUICK, live: false });
    await finish();
    expect(told.map(({ type }) => type)).toEqual(["explaining", "explanation"]);
    const [{ explanation, live }] = explanations();
    expect(live).toBe(false);
    expect(explanation).toMatchObject({ method: "viper", step: session.step, episodes: 4, env: "cartpole" });
    expect(explanation.options).toMatchObject(QUICK);
    session.dispose();
  });

  it("tells how much of the work is done, percent by percent", async () => {
    const envOptions = { setting: "one-store-lost", leadTime: 2 };
    const session = await Session.create(
      resolveConfig({ env: "inventory", agent: "hdpo", seed: 5, engine: "wasm-simd", envOptions }),
    );
    const { explainer, told, finish } = makeExplainer(session);
    explainer.ask({ method: "orders", options: { traces: 16, testTraces: 16 }, live: false });
    await finish();
    const shares = told.flatMap((message) => (message.type === "explaining" ? [message.share] : []));
    expect(shares[0]).toBe(0);
    expect(shares.length).toBeGreaterThan(20);
    expect(shares).toEqual([...new Set(shares)].toSorted((a, b) => a - b));
    expect(told.at(-1)?.type).toBe("explanation");
    session.dispose();
  });

  it("explains a paused policy once, and again after another step", async () => {
    const session = await Session.create(config);
    await session.advance();
    const { explainer, explanations, finish } = makeExplainer(session);
    explainer.ask({ method: "viper", options: QUICK, live: true });
    await finish();
    await finish();
    expect(explanations().length).toBe(1);
    await session.advance();
    await finish();
    expect(explanations().map(({ explanation }) => explanation.step)).toEqual([session.step / 2, session.step]);
    explainer.ask(null);
    await session.advance();
    await finish();
    expect(explanations().length).toBe(2);
    session.dispose();
  });

  it("scores a tree that a person changed, against the same teacher and on the same episodes", async () => {
    const session = await Session.create(config);
    for (let update = 0; update < 6; update++) await session.advance();
    const { explainer, explanations, finish } = makeExplainer(session);
    explainer.ask({ method: "viper", options: QUICK, live: false });
    await finish();
    const before = explanations()[0].explanation as TreeExplanation;
    const policy = parseTreePolicy(before.policy);
    if (policy.model.kind !== "tree") throw new Error("expected one tree");
    const pruned = editTree(policy.model.tree, { kind: "prune", node: 0 });
    explainer.score(
      before,
      JSON.parse(
        JSON.stringify(new TreePolicy({ kind: "tree", tree: pruned }, policy.names).serialise(), (_key, value) =>
          ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
        ),
      ),
      1,
    );
    await finish();
    const { explanation } = explanations()[1];
    expect(explanation).toMatchObject({ edited: true, size: { nodes: 1 }, episodes: 4, teacher: before.teacher });
    expect(explanation.warnings).toContain("one-action");
    expect(explanation.returnMean).toBeLessThan(20);
    session.dispose();
  });

  it("scores a changed tree at once, in place of the one that was being made", async () => {
    const session = await Session.create(config);
    await session.advance();
    const { explainer, told, explanations, finish } = makeExplainer(session);
    explainer.ask({ method: "viper", options: QUICK, live: false });
    await finish();
    const before = explanations()[0].explanation as TreeExplanation;
    // One that lives, one that was asked for and one of another method: the first has begun.
    explainer.ask({ method: "viper", options: QUICK, live: true });
    await explainer.turn(false);
    explainer.ask({ method: "viper", options: QUICK, live: false });
    explainer.ask({ method: "bc", options: { testEpisodes: 4 }, live: false });
    explainer.ask(null);
    explainer.score(before, JSON.parse(JSON.stringify(before.policy)), 7);
    await finish();
    const after = told.filter((message) => message.type === "explanation").slice(1);
    expect(after.map(({ explanation: { method }, edit }) => [method, edit])).toEqual([
      ["viper", 7],
      ["bc", undefined],
    ]);
    session.dispose();
  });

  it("says why a policy cannot be explained, and does not try it again by itself", async () => {
    const session = await Session.create(
      resolveConfig({ ...config, env: "lavaland", agentOptions: {}, envOptions: {} }),
    );
    await session.advance();
    const { explainer, told, finish } = makeExplainer(session);
    explainer.ask({ method: "shapley", options: {}, live: true });
    await finish();
    await session.advance();
    await finish();
    const failures = told.filter(({ type }) => type === "explanation-failed");
    expect(failures).toMatchObject([{ method: "shapley", input: true }]);
    session.dispose();
  });

  it.each(["network", "random-forest", "neighbours"])(
    "makes a tree of an upside-down policy with learner %s beside its training, which it leaves as it is",
    async (learner) => {
      const agentOptions = { learner, warmUp: 4, episodesPerRound: 2, numTrees: 5, gradientSteps: 4, batchSize: 4 };
      const asked = resolveConfig({ ...config, agent: "udrl", agentOptions, envOptions: { horizon: 50 } });
      const plain = await Session.create(asked);
      const watched = await Session.create(asked);
      const { explainer, explanations, finish } = makeExplainer(watched, makeClock(5));
      explainer.ask({ method: "viper", options: QUICK, live: false });
      for (let update = 0; update < 12; update++) {
        await plain.advance();
        await watched.advance();
        await explainer.turn(true);
      }
      await finish();
      expect(await learned(watched)).toEqual(await learned(plain));
      const [{ explanation }] = explanations();
      if (explanation.kind !== "tree") throw new Error(`expected a tree, got ${explanation.kind}`);
      expect(explanation.command).toMatchObject({ desiredHorizon: expect.any(Number) });
      expect(explanation.fidelity).toBeGreaterThan(0.5);

      // What a person changes is asked for the same, and may stand on the stage.
      explainer.score(explanation, JSON.parse(JSON.stringify(explanation.policy)), 1);
      await finish();
      const again = explanations()[1].explanation;
      expect(again).toMatchObject({ edited: true, episodes: 4, size: explanation.size });
      expect(again.command).toEqual(watched.policy.commanded?.command);
      const tree = restoreReadable(JSON.parse(JSON.stringify(explanation.policy)), watched);
      const action = new Float32Array(1);
      await tree.act(new Float32Array(4), Float32Array.of(9, 9), action, null);
      expect([0, 1]).toContain(action[0]);
      plain.dispose();
      watched.dispose();
    },
  );

  it("makes a rule for a policy that follows a command, which reads the command too", async () => {
    const agentOptions = { learner: "linear", warmUp: 2 };
    const session = await Session.create(resolveConfig({ ...config, agent: "udrl", agentOptions }));
    await session.advance();
    const { explainer, told, finish } = makeExplainer(session);
    explainer.ask({ method: "shapley", options: {}, live: true });
    await finish();
    const [made] = told.filter(({ type }) => type === "explanation");
    expect(made).toMatchObject({ explanation: { kind: "rule", policy: { readsCommand: true } } });
    session.dispose();
  });

  it("lets go of what lives by an earlier wish, and finishes what was asked for by itself", async () => {
    const session = await Session.create(config);
    await session.advance();
    const { explainer, told, finish } = makeExplainer(session);
    explainer.ask({ method: "viper", options: {}, live: true });
    await explainer.turn(false);
    explainer.ask({ method: "bc", options: { episodes: 2, testEpisodes: 4 }, live: true });
    explainer.ask({ method: "dagger", options: QUICK, live: false });
    await explainer.turn(false);
    explainer.ask({ method: "bc", options: { episodes: 2, testEpisodes: 4 }, live: true });
    await finish();
    const begun = told.flatMap((message) => (message.type === "explaining" ? [message.method] : []));
    const made = told.flatMap((message) => (message.type === "explanation" ? [message.explanation.method] : []));
    expect(begun).toEqual(["viper", "dagger", "bc"]);
    expect(made).toEqual(["dagger", "bc"]);
    session.dispose();
  });

  it("lets go of work that is half done when the session ends", async () => {
    const session = await Session.create(config);
    await session.advance();
    const { explainer, told } = makeExplainer(session);
    explainer.ask({ method: "viper", options: {}, live: false });
    await explainer.turn(false);
    await explainer.dispose();
    expect(told.map(({ type }) => type)).toEqual(["explaining"]);
    session.dispose();
  });
});

describe("work in slices", () => {
  it("goes on only within its slices, and counts their time alone", async () => {
    let time = 0;
    const done: number[] = [];
    const work = new Slices(
      () => time,
      async (pace) => {
        for (let step = 0; step < 6; step++) {
          await pace.breathe();
          done.push(time);
          time += 3;
        }
      },
    );
    await work.run(5);
    expect(done).toEqual([0, 3]);
    time = 100;
    await work.run(5);
    expect(done).toEqual([0, 3, 100, 103]);
    expect(work.spent).toBe(12);
    while (!work.done) await work.run(5);
    expect(done.length).toBe(6);
    expect(work.now()).toBe(18);
  });

  it("hands what goes wrong to whoever gave the slice", async () => {
    const work = new Slices(makeClock(1), async () => {
      throw new RangeError("broken");
    });
    await expect(work.run(5)).rejects.toThrow("broken");
    expect(work.done).toBe(true);
  });

  it("ends at its next breath when it is stopped", async () => {
    let steps = 0;
    const work = new Slices(makeClock(1), async (pace) => {
      for (;;) {
        await pace.breathe();
        steps++;
      }
    });
    await work.run(3);
    const before = steps;
    await work.stop();
    expect(work.done).toBe(true);
    expect(steps).toBe(before);
  });
});
