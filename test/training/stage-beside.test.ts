import { describe, expect, it } from "vitest";
import type { Policy } from "../../src/agents/policies/policy.js";
import { findEnvironment, loadEnvironment } from "../../src/envs/index.js";
import type { StageFrames } from "../../src/training/messages.js";
import { Stage } from "../../src/training/stage.js";

type Actor = Pick<Policy, "act">;

/** Takes the action that a function of the observation says. */
function actor(choose: (observation: Float32Array) => number): Actor {
  return {
    act(observation, _commands, actions) {
      actions[0] = choose(observation);
    },
  };
}

/** Follows the lean of the pole: good for a few hundred steps of cart-pole. */
const steady = actor(([x, v, angle, spin]) => (angle + 0.5 * spin + 0.05 * x + 0.1 * v > 0 ? 1 : 0));
const always = (action: number) => actor(() => action);
/** Fires its engines by turns: a lander under it wobbles, drifts and falls. */
const wobbling = actor(([, y]) => Math.floor(Math.abs(y) * 40) % 4);

async function stageOf(env: string, policy: Actor, tree: Actor | null, horizon = 60) {
  const environment = findEnvironment(env);
  await loadEnvironment(environment);
  const stage = new Stage(environment, policy, { seed: 11, options: { horizon } });
  stage.setTree(tree);
  return stage;
}

/** Plays a number of steps, one snapshot each. */
async function play(stage: Stage, steps: number): Promise<StageFrames[]> {
  const played: StageFrames[] = [];
  for (let step = 0; step < steps; step++) played.push(await stage.playOne());
  return played;
}

/** The last frame of a snapshot's second actor, and that of the leader. */
function last({ count, states, steps, returns, endings, beside }: StageFrames) {
  if (!beside) throw new Error("expected a second actor");
  const size = states.length / count;
  return {
    leader: { state: [...states.slice(-size)], step: steps[count - 1], earned: returns[count - 1] },
    beside: {
      state: [...beside.states.slice(-size)],
      step: beside.steps[count - 1],
      earned: beside.returns[count - 1],
    },
    endings: [endings[count - 1], beside.endings[count - 1]],
    parting: [...beside.partings.slice(-3)],
  };
}

describe("a tree beside the network", () => {
  it.each([
    ["cartpole", steady],
    // Its start is a random push, and its engines scatter: the noise must be the same too.
    ["lunar-lander", wobbling],
  ] as const)("plays the same episodes of %s to the bit, as long as both do the same", async (env, same) => {
    const stage = await stageOf(env, same, same, 200);
    stage.setActor("both");
    let ends = 0;
    for (const frames of await play(stage, 450)) {
      const { leader, beside, parting } = last(frames);
      expect(beside).toEqual(leader);
      expect(parting).toEqual([0, 0, 0]);
      ends += frames.endings.reduce((sum, ending) => sum + (ending > 0 ? 1 : 0), 0);
    }
    expect(ends).toBeGreaterThan(1);
  });

  it("notes the first step at which they choose differently, and leaves the network's own episode as it is", async () => {
    const single = await stageOf("cartpole", always(1), steady);
    single.setActor("tree");
    const alone = await play(single, 59);
    const stage = await stageOf("cartpole", steady, always(0));
    stage.setActor("both");
    const both = await play(stage, 59);
    const first = 1 + alone.findIndex(({ actions }) => actions.at(-1) === 1);
    expect(first).toBeGreaterThan(0);
    both.forEach((frames, i) => {
      const { parting } = last(frames);
      expect(parting).toEqual(i + 1 < first ? [0, 0, 0] : [first, 1, 0]);
      expect(frames.states).toEqual(alone[i].states);
    });
  });

  it("waits at the end of the shorter episode until the other has ended, then both begin the next", async () => {
    const stage = await stageOf("cartpole", steady, always(0));
    stage.setActor("both");
    const frames = await play(stage, 60);
    const fallen = frames.findIndex((one) => last(one).endings[1] === 1);
    expect(fallen).toBeLessThan(20);
    const { beside } = last(frames[58]);
    expect(beside).toEqual(last(frames[fallen]).beside);
    // The last snapshot also holds the start of the next episode, where neither has done anything.
    expect([...frames[59].steps]).toEqual([60, 0]);
    expect(last(frames[59])).toMatchObject({ beside: { step: 0 }, endings: [0, 0], parting: [0, 0, 0] });
    expect(last(frames[59]).beside.state).toEqual(last(frames[59]).leader.state);

    const other = await stageOf("cartpole", always(0), steady);
    other.setActor("both");
    const waiting = await play(other, 60);
    const end = waiting.findIndex(({ endings }) => endings[0] === 1 || endings[1] === 1);
    for (const one of waiting.slice(end + 1, 59)) {
      expect(last(one).leader).toEqual(last(waiting[end]).leader);
      expect(one.rewardTerms.every((term) => term === 0)).toBe(true);
      expect(one.episode).toBe(1);
    }
    expect(waiting[59].episode).toBe(2);
  });

  it("acts alone when it is told to, and a newer tree takes over with the next episode", async () => {
    const stage = await stageOf("cartpole", steady, always(0), 500);
    stage.setActor("tree");
    const [first] = await play(stage, 1);
    expect(first.beside).toBeUndefined();
    expect(first.actions.at(-1)).toBe(0);
    stage.setTree(always(1));
    const actions: number[] = [];
    for (const frames of await play(stage, 30)) {
      for (let i = 0; i < frames.count; i++) if (frames.steps[i] > 0) actions.push(frames.actions[i]);
    }
    const turn = actions.indexOf(1);
    expect(turn).toBeGreaterThan(5);
    expect(actions.slice(0, turn).every((action) => action === 0)).toBe(true);
    expect(actions.slice(turn).every((action) => action === 1)).toBe(true);
  });

  it("leaves the stage to the network while there is none", async () => {
    const stage = await stageOf("cartpole", always(1), null);
    stage.setActor("both");
    const [frames] = await play(stage, 1);
    expect(frames.beside).toBeUndefined();
    expect(frames.actions.at(-1)).toBe(1);
  });
});
