import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { replaySteps } from "../../src/cli/replay.js";
import type { Environment } from "../../src/index.js";
import { createVectorEnvironment, findEnvironment, loadEnvironment } from "../../src/index.js";
import { call } from "./harness.js";

interface Recorded {
  readonly id: string;
  readonly initial_state: readonly number[];
  readonly actions: readonly (number | readonly number[])[];
  readonly states: readonly (readonly number[])[];
  readonly terminated_at_end: boolean;
  readonly truncated_at_end: boolean;
}
const oracle = JSON.parse(readFileSync(new URL("../oracles/classic_control.json", import.meta.url), "utf8")) as {
  trajectories: Record<string, Recorded[]>;
};
const cases = [
  ["cartpole", "CartPole-v1"],
  ["mountain-car", "MountainCar-v0"],
].flatMap(([env, id]) => oracle.trajectories[id].map((recorded) => ({ env, recorded, name: recorded.id })));

describe("replay", () => {
  test.each(cases)("follows Gymnasium through $name", async ({ env, recorded }) => {
    const state = JSON.stringify(recorded.initial_state);
    const actions = JSON.stringify(recorded.actions);
    const called = await call("replay", "--env", env, "--state", state, "--actions", actions, "--json");
    expect(called.code).toBe(0);
    const lines = called.lines() as { state: number[]; terminated: boolean; truncated: boolean }[];
    expect(lines).toHaveLength(recorded.actions.length);
    lines.forEach((line, step) => {
      line.state.forEach((value, i) => {
        expect(Math.abs(value - recorded.states[step + 1][i])).toBeLessThan(1e-12);
      });
    });
    expect(lines.at(-1)).toMatchObject({
      terminated: recorded.terminated_at_end,
      truncated: recorded.truncated_at_end,
    });
  });

  test("a line holds the world after the action: state in float64, observation in float32", async () => {
    const called = await call("replay", "--state", "[0,0,0.05,0]", "--actions", "[0]", "--json");
    const [line] = called.lines();
    expect(Object.keys(line)).toEqual(["state", "observation", "reward", "terms", "terminated", "truncated"]);
    expect(line).toMatchObject({ reward: 1, terms: { upright: 1 }, terminated: false, truncated: false });
    const state = line["state"] as number[];
    expect(line["observation"]).toEqual(state.map(Math.fround));
    expect(state[1]).not.toBe(Math.fround(state[1]));
  });

  test("nothing follows the end of an episode, and a note says so", async () => {
    const called = await call("replay", "--state", "[2.39,3,0,0]", "--actions", "[1,1,1,1]", "--json");
    expect(called.lines()).toHaveLength(1);
    expect(called.lines()[0]).toMatchObject({ terminated: true, truncated: false });
    expect(called.lines()[0]["state"]).toEqual([2.45, expect.any(Number), 0, expect.any(Number)]);
    expect(called.err).toBe("The episode ended after 1 of 4 actions; the other 3 were not played.\n");
  });

  test("the horizon truncates, and counts from the given state", async () => {
    const flags = ["--state", "[0,0,0,0]", "--actions", "[0,1,0,1]", "--set", "env.horizon=3", "--json"];
    const lines = (await call("replay", ...flags)).lines();
    expect(lines.map(({ truncated }) => truncated)).toEqual([false, false, true]);
    expect(lines.every(({ terminated }) => terminated === false)).toBe(true);
  });

  test("options change the world", async () => {
    const replayed = async (...more: string[]) =>
      (await call("replay", "--state", "[0,0,0.1,0]", "--actions", "[0]", "--json", ...more)).out;
    expect(await replayed("--set", "env.gravity=1.6")).not.toBe(await replayed());
  });

  test("a world whose steps are random repeats under its seed", () => {
    const { spec } = findEnvironment("cartpole");
    const windy: Environment = {
      spec: { ...spec, noiseSize: { reset: 4, step: 1 } },
      dynamics: {
        reset: () => undefined,
        step(state, _action, noise, _params, outcome) {
          state.$[0] += noise.$[0];
          outcome.$[0] = 0;
          outcome.$[1] = 0;
        },
        observe: () => undefined,
      },
    };
    const play = (seed: number) =>
      replaySteps(windy, { state: [0, 0, 0, 0], actions: [[0], [0]], seed, options: {} }).map(({ state }) => state[0]);
    expect(play(1)).toEqual(play(1));
    expect(play(1)).not.toEqual(play(2));
    expect(play(1)[1]).toBeGreaterThan(play(1)[0]);
  });

  test("a simulated world is played from what its state holds", async () => {
    const environment = findEnvironment("lunar-lander");
    await loadEnvironment(environment);
    const start = [...createVectorEnvironment(environment, { numEnvs: 1, seed: 4 }).stateOf(0)];
    const flags = ["--env", "lunar-lander", "--state", JSON.stringify(start), "--actions", "[2,2,0]", "--json"];
    const lines = (await call("replay", ...flags)).lines() as unknown as readonly {
      readonly state: readonly number[];
      readonly terms: Readonly<Record<string, number>>;
    }[];
    expect(lines).toHaveLength(3);
    expect(lines[0].terms["main engine"]).toBeCloseTo(-0.3, 12);
    expect(lines[0].state).toHaveLength(environment.spec.state.length);
    // Two steps of the main engine lift it against the third, without.
    expect(lines[1].state[4]).toBeGreaterThan(lines[2].state[4]);
  });

  test.each([
    [["--actions", "[0]"], "--state: expected a list of 4 finite numbers (cart position, "],
    [["--state", "[0,0,0]", "--actions", "[0]"], "got a list of 3"],
    [["--state", "[0,0,NaN,0]", "--actions", "[0]"], "--state: expected a list of 4 finite numbers"],
    [["--state", "[0,0,null,0]", "--actions", "[0]"], "--state[2] (pole angle): expected a finite number, got null"],
    [
      ["--state", "[0,0,1e999,0]", "--actions", "[0]"],
      "--state[2] (pole angle): expected a finite number, got Infinity",
    ],
    [["--state", "[0,0,0,0]"], "--actions: expected a list with one action per step"],
    [["--state", "[0,0,0,0]", "--actions", "7"], "--actions: expected a list with one action per step, got 7"],
    [
      ["--state", "[0,0,0,0]", "--actions", "[0,2]"],
      "--actions[1]: expected a whole number from 0 to 1 (left, right), got 2",
    ],
    [["--state", "[0,0,0,0]", "--actions", "[[0,1]]"], "--actions[0]: expected a whole number"],
    [["--state", "[0,0,0,0]", "--actions", "[0.5]"], "--actions[0]: expected a whole number"],
    [["--env", "pong", "--state", "[0]", "--actions", "[]"], "env: expected one of cartpole"],
    [["--state", "[0,0,0,0]", "--actions", "[0]", "--set", "env.horizon=0"], "env.horizon: expected a whole number"],
    [["--state", "[0,0,0,0]", "--actions", "[0]", "--set", "agent.gamma=0"], "--set: expected env.NAME=VALUE"],
  ])("refuses %j in one sentence, with nothing printed and exit code 2", async (flags, sentence) => {
    const called = await call("replay", "--json", ...flags);
    expect(called.code).toBe(2);
    expect(called.out).toBe("");
    expect(called.err).toContain(sentence);
    expect(called.err.trimEnd().split("\n")).toHaveLength(1);
  });
});
