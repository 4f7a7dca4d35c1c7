import { describe, expect, it } from "vitest";
import { ReplayBuffer, SumTree } from "../../src/agents/replay.js";
import { RandomStream } from "../../src/core/random.js";
import { createVectorEnvironment, findEnvironment } from "../../src/envs/index.js";

const cartpole = findEnvironment("cartpole");
const makeEnv = (numEnvs: number) => createVectorEnvironment(cartpole, { numEnvs, seed: 3 });

/** Plays `numSteps` steps of alternating pushes and writes them. */
function fill(buffer: ReplayBuffer, env: ReturnType<typeof makeEnv>, numSteps: number): void {
  const observations = new Float32Array(env.observations.length);
  const actions = new Float32Array(env.numEnvs);
  for (let step = 0; step < numSteps; step++) {
    observations.set(env.observations);
    actions.fill(step % 2);
    env.step(actions);
    buffer.write(observations, actions, env);
  }
}

describe("the replay buffer", () => {
  it("n-step rewards are discounted sums that stop at the end of an episode", () => {
    const env = makeEnv(2);
    const buffer = new ReplayBuffer(env, { capacity: 400, batchSize: 256, prioritised: false });
    fill(buffer, env, 150);
    const batch = buffer.sample(new RandomStream(1, "test"), 3, 0.5, 1);
    const sums = new Set([...batch.rewards]);
    // CartPole pays 1 a step: three steps are worth 1.75, the last two of an episode 1.5, the last one 1.
    expect([...sums].sort()).toEqual([1, 1.5, 1.75]);
    for (let i = 0; i < 256; i++) {
      if (batch.rewards[i] === 1.75) expect([0, 0.125]).toContain(batch.discounts[i]);
    }
    expect([...batch.discounts]).toContain(0);
  });

  it("the next observation of one step is what followed it, even at the end of an episode", () => {
    const env = makeEnv(1);
    const buffer = new ReplayBuffer(env, { capacity: 300, batchSize: 64, prioritised: false });
    fill(buffer, env, 200);
    const batch = buffer.sample(new RandomStream(2, "test"), 1, 0.9, 1);
    for (let i = 0; i < 64; i++) {
      const x = batch.observations[i * 4];
      const velocity = batch.observations[i * 4 + 1];
      expect(batch.nextObservations[i * 4]).toBeCloseTo(x + 0.02 * velocity, 5);
      const angle = Math.abs(batch.nextObservations[i * 4 + 2]);
      expect(batch.discounts[i] === 0).toBe(angle > 0.2094395);
    }
  });

  it("keeps the newest entries once it is full", () => {
    const env = makeEnv(2);
    const buffer = new ReplayBuffer(env, { capacity: 10, batchSize: 8, prioritised: false });
    fill(buffer, env, 20);
    expect(buffer.size).toBe(10);
    expect(buffer.numWritten).toBe(40);
  });

  it("segments put back make the same samples", () => {
    const env = makeEnv(2);
    const settings = { capacity: 60, batchSize: 16, prioritised: false };
    const buffer = new ReplayBuffer(env, settings);
    fill(buffer, env, 50);
    const copy = new ReplayBuffer(env, settings);
    copy.restoreSegment(buffer.segment(40, 70));
    copy.restoreSegment(buffer.segment(70, 100));
    const ours = buffer.sample(new RandomStream(5, "test"), 2, 0.9, 1);
    const theirs = copy.sample(new RandomStream(5, "test"), 2, 0.9, 1);
    expect([...theirs.observations]).toEqual([...ours.observations]);
    expect([...theirs.rewards]).toEqual([...ours.rewards]);
    expect([...theirs.discounts]).toEqual([...ours.discounts]);
  });

  it("prioritised replay samples in proportion to the priority and weights against it", () => {
    const env = makeEnv(1);
    const buffer = new ReplayBuffer(env, { capacity: 4, batchSize: 1000, prioritised: true });
    fill(buffer, env, 4);
    [1, 1, 1, 7].forEach((error, slot) => {
      buffer.setPriority(slot, error, 1);
    });
    const { slots, weights } = buffer.sample(new RandomStream(6, "test"), 1, 0.9, 1);
    const share = [...slots].filter((slot) => slot === 3).length / 1000;
    expect(share).toBeCloseTo(0.7, 2);
    const weightOf = (slot: number) => weights[slots.indexOf(slot)];
    expect(weightOf(0)).toBeCloseTo(1, 5);
    expect(weightOf(3)).toBeCloseTo(1 / 7, 4);
  });
});

describe("the sum tree", () => {
  it("finds the entry whose slice holds the number", () => {
    const tree = new SumTree(5);
    [2, 0, 3, 1, 4].forEach((priority, i) => {
      tree.set(i, priority);
    });
    expect(tree.total).toBe(10);
    expect([0, 1.9, 2, 4.9, 5, 5.9, 6, 9.9].map((at) => tree.find(at))).toEqual([0, 0, 2, 2, 3, 3, 4, 4]);
  });

  it("never lands on an entry of priority zero", () => {
    const tree = new SumTree(3);
    tree.set(0, 1);
    expect(tree.find(1)).toBe(0);
  });
});
