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
