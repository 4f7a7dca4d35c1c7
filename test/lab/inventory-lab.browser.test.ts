import { expect, test, vi } from "vitest";
import type { StageMoment } from "../../src/elements/stage-player.js";
import { findEnvironment } from "../../src/envs/index.js";
import { InventoryLab } from "../../src/lab/inventory-lab.js";
import type { LabSession } from "../../src/lab/lab-session.js";
import { parseLink } from "../../src/runs/link.js";
import type { Evaluation } from "../../src/training/config.js";

const moment = (step: number, observation: readonly number[], action: readonly number[]): StageMoment => ({
  state: new Float64Array(observation.length),
  observation: Float32Array.from(observation),
  read: Float32Array.from(observation),
  action: Float32Array.from(action),
  scores: new Float32Array(0),
  command: null,
  step,
  episodeReturn: 0,
  ending: 0,
  episode: 1,
  beside: null,
});

/** As much of a session as this reads. */
function sessionOf(link: string, step: number, evaluations: readonly Evaluation[] = []): LabSession {
  const { settings } = parseLink(link, 7);
  const { spec } = findEnvironment(settings.env);
  return { settings, spec, step, evaluations, runs: [{ seed: 7 }] } as unknown as LabSession;
}

const link = "env=inventory&env.setting=one-store-backlogged&env.horizon=50";

test("a network is solved once a step is made, and given up with its world", async () => {
  const terminate = vi.spyOn(Worker.prototype, "terminate");
  const lab = new InventoryLab(() => {});
  lab.follow(sessionOf(link, 0));
  expect(lab.solving).toBe(false);
  lab.follow(sessionOf(link, 1));
  expect(lab.solving).toBe(true);
  lab.follow(sessionOf(link, 0));
  expect(terminate).not.toHaveBeenCalled();
  lab.follow(sessionOf("env=cartpole", 1));
  expect(lab.solving).toBe(false);
  expect(terminate).toHaveBeenCalledOnce();
  terminate.mockRestore();
});

test("the best policy plays the episodes of an evaluation, and its orders stand beside those on the stage", async () => {
  const lab = new InventoryLab(() => {});
  const evaluation = { step: 100, seconds: 1, episodes: 20, returnMean: -500, returnStd: 1 };
  lab.follow(sessionOf(link, 200, [evaluation]));
  await vi.waitFor(() => expect(lab.measured).not.toBeNull(), 30_000);
  expect(lab.failure).toBe("");
  expect(lab.reference?.policies.map(({ name }) => name)).toEqual(["optimal"]);
  expect(lab.measured?.cost).toBe(10);
  const cost = (lab.measured?.costs[0] ?? []).reduce((sum, term) => sum + term, 0);
  const first = lab.reference?.policies[0].cost ?? 0;
  // Other episodes than those it was measured on first, of the same world.
  expect(cost).not.toBe(first);
  expect(Math.abs(cost / first - 1)).toBeLessThan(0.2);

  // Nothing is ordered right after a reset, a step counts once, and other worlds' moments do not.
  lab.see(moment(0, [9, 2, 3, 0], [Number.NaN]), 0);
  lab.see(moment(1, [9, 5, 5, 5], [-4]), 1);
  lab.see(moment(1, [9, 5, 5, 5], [-4]), 2);
  lab.see(moment(2, [9, 5], [4]), 3);
  const { trail } = lab;
  expect([trail.length, trail.position(0), trail.order(0)]).toEqual([1, 24, 0]);
  // L = 4, p = 9: up to 29.59.
  expect(trail.reference(0)).toBeCloseTo(5.59, 1);

  // What a step costs follows from the states before and after: 9 on hand, 7 asked for, then 12 of what is there.
  const state = (numbers: readonly number[]) => Float64Array.from(numbers);
  const played = { rewardTerms: new Float32Array(3), beside: null, waits: false };
  lab.add({ ...played, episode: 1, step: 0, state: state([9, 5, 5, 5, 0, 0, 0]) });
  lab.add({ ...played, episode: 1, step: 1, state: state([7, 5, 5, 4, 4, 7, 0]) });
  lab.add({ ...played, episode: 1, step: 2, state: state([0, 5, 4, 6, 6, 12, 5]) });
  expect(lab.costTrail.periods.map(({ costs }) => [...costs])).toEqual([
    [2, 0, 0, 0],
    [0, 0, 45, 0],
  ]);
  // A step that was left out cannot be told; another episode begins anew.
  lab.add({ ...played, episode: 1, step: 4, state: state([0, 5, 4, 6, 6, 12, 5]) });
  expect(lab.costTrail.periods).toHaveLength(2);
  lab.add({ ...played, episode: 2, step: 0, state: state([9, 5, 5, 5, 0, 0, 0]) });
  expect(lab.costTrail.means).toBeNull();
  lab.dispose();
  expect(trail.length).toBe(0);
});

test("all evaluations of a run that is taken up again are played too, and the gap of each is known", async () => {
  const lab = new InventoryLab(() => {});
  const evaluation = (step: number, returnMean: number) => ({
    step,
    seconds: 1,
    episodes: 5,
    returnMean,
    returnStd: 1,
  });
  lab.follow(sessionOf(link, 300, [evaluation(100, -900), evaluation(200, -700), evaluation(300, -600)]));
  await vi.waitFor(() => expect(lab.gaps).toHaveLength(3), 30_000);
  expect(lab.gaps.map(({ step, cost }) => [step, cost])).toEqual([
    [100, 18],
    [200, 14],
    [300, 12],
  ]);
  // Each in episodes of its own.
  expect(new Set(lab.gaps.map(({ best }) => best)).size).toBe(3);
  // Another run of the same network has gaps of its own.
  lab.follow(sessionOf(link, 100, [evaluation(100, -900)]));
  expect(lab.gaps).toEqual([]);
  await vi.waitFor(() => expect(lab.gaps).toHaveLength(1), 30_000);
  lab.dispose();
});
