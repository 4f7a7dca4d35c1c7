import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../../src/training/config.js";
import type { FromWorker, StageFrames } from "../../src/training/messages.js";
import { PolicyViews } from "../../src/training/policy-views.js";
import { Session } from "../../src/training/session.js";
import { Stage } from "../../src/training/stage.js";

const config = resolveConfig({ env: "cartpole", agent: "ppo", seed: 5, engine: "wasm-simd" });

describe("what is looked at beside the stage", () => {
  let session: Session;
  let frames: StageFrames | null;
  beforeAll(async () => {
    session = await Session.create(config);
    for (let update = 0; update < 3; update++) await session.advance();
    const stage = new Stage(session.environment, session.policy, { seed: 1, options: {} });
    frames = await stage.play(2.4);
  });
  afterAll(() => session.dispose());

  function makeViews() {
    const told: FromWorker[] = [];
    const views = new PolicyViews(session, (message) => told.push(message));
    return { views, told };
  }

  it("is nothing until it is wished for", async () => {
    const { views, told } = makeViews();
    views.see(frames);
    await views.look(0);
    expect(told).toEqual([]);
  });

  it("is an attribution of the newest state that sums to what the network thinks of it", async () => {
    const { views, told } = makeViews();
    views.watch({ attribution: true, map: null, readable: null });
    views.see(frames);
    await views.look(0);
    const [message] = told;
    if (message.type !== "attribution" || !frames) throw new Error(`expected an attribution, got ${message.type}`);
    expect(message.observation).toEqual(frames.observations.slice(-4));
    const scores = new Float32Array(2);
    await session.policy.actionScores?.(message.observation, scores);
    const { values, base, background } = message.attribution;
    for (const action of [0, 1]) {
      const sum = [0, 1, 2, 3].reduce((total, feature) => total + values[feature * 2 + action], base[action]);
      expect(sum).toBeCloseTo(scores[action], 5);
    }
    expect(background).toBeGreaterThanOrEqual(10);
    // Neither the same state again, nor sooner than an eye can follow.
    await views.look(10);
    await views.look(1000);
    expect(told.length).toBe(1);
  });

  it("is a map around the newest state, with the readable policy's beside it", async () => {
    const { views, told } = makeViews();
    const readable = { kind: "rule" as const, rows: [{ action: 1, bias: 0, weights: [0, 0, 0, 0] }] };
    views.watch({ attribution: false, map: { x: 2, y: 3 }, readable });
    views.see(frames);
    await views.look(0);
    const [message] = told;
    if (message.type !== "map") throw new Error(`expected a map, got ${message.type}`);
    expect(message.network.at).toEqual([...(frames?.observations.slice(-4) ?? [])]);
    expect(new Set(message.readable?.actions)).toEqual(new Set([1]));
  });

  it("is how the scores move with one feature, over what the stage has shown", async () => {
    const { views, told } = makeViews();
    views.watch({ attribution: false, map: null, feature: 2, readable: null });
    views.see(frames);
    await views.look(0);
    const [message] = told;
    if (message.type !== "dependence") throw new Error(`expected a dependence, got ${message.type}`);
    const { values, scores, of, background } = message.dependence;
    expect([of, message.forest, background >= 10]).toEqual(["probabilities", null, true]);
    expect([values[0], values.at(-1)]).toEqual(session.environment.spec.observation[2].typical);
    values.forEach((_, point) => {
      expect(scores[2 * point] + scores[2 * point + 1]).toBeCloseTo(1, 5);
    });
    expect(message.at).toBe(frames?.observations.at(-2));
  });

  it("is a map of mean scores when it is wished for, less often than one around the stage", async () => {
    const { views, told } = makeViews();
    views.watch({ attribution: false, map: { x: 2, y: 3, average: true }, readable: null });
    views.see(frames);
    await views.look(0);
    await views.look(1000);
    expect(told.map(({ type }) => type)).toEqual(["map"]);
    const [message] = told;
    if (message.type !== "map") throw new Error(`expected a map, got ${message.type}`);
    expect(message.network.actions.length).toBe(message.network.resolution ** 2);
    expect(message.network.resolution).toBeLessThan(48);
    await views.look(2500);
    expect(told).toHaveLength(2);
  });

  it("of an upside-down forest counts the command among the features, and says what its trees say", async () => {
    const agentOptions = { learner: "random-forest", numTrees: 6, warmUp: 30, segments: 4 };
    const asked = await Session.create(resolveConfig({ env: "cartpole", agent: "udrl", seed: 3, agentOptions }));
    for (let update = 0; update < 40; update++) await asked.advance();
    const stage = new Stage(asked.environment, asked.policy, { seed: 1, options: {} });
    const told: FromWorker[] = [];
    const views = new PolicyViews(asked, (message) => told.push(message));
    views.watch({ attribution: true, map: { x: 4, y: 5 }, feature: 5, readable: null });
    for (let burst = 0; burst < 4; burst++) views.see(await stage.play(0.5));
    await views.look(0);
    expect(told.map(({ type }) => type)).toEqual(["attribution", "map", "dependence"]);
    const [attribution, , dependence] = told;
    if (attribution.type !== "attribution" || dependence.type !== "dependence") throw new Error("expected both");
    expect(attribution.observation).toHaveLength(6);
    expect(attribution.attribution.values).toHaveLength(12);
    expect(dependence.dependence.values[0]).toBe(1);
    const { overall, here, numTrees } = dependence.forest ?? { overall: [], here: [], numTrees: 0 };
    expect(numTrees).toBe(6);
    expect([...overall].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(here).toHaveLength(6);
    asked.dispose();
  });

  it("that cannot be shown is told once, in a sentence", async () => {
    const { views, told } = makeViews();
    views.watch({ attribution: false, map: { x: 2, y: 2 }, readable: null });
    views.see(frames);
    await views.look(0);
    await views.look(1000);
    expect(told).toEqual([
      { type: "view-failed", message: "map y: expected another feature than x, which is 2 as well, got 2" },
    ]);
  });
});
