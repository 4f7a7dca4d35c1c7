import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Packable, pack, unpack } from "../../src/index.js";
import { type Called, call } from "./harness.js";

let root = "";
let next = 0;
let out = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vitrine train "));
});
beforeEach(() => {
  out = join(root, `run ${next++}`);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const FAST = ["--engine", "wasm-simd", "--eval-every", "1000", "--eval-episodes", "3"];

function trainRun(folder: string, ...flags: readonly string[]): Promise<Called> {
  return call("train", "--env", "cartpole", "--agent", "ppo", "--seed", "1", ...FAST, "--out", folder, ...flags);
}

const withoutClock = (evaluations: unknown) =>
  (evaluations as { seconds: number }[]).map(({ seconds: _, ...rest }) => rest);

async function agentState(folder: string, step: unknown): Promise<unknown> {
  const bytes = new Uint8Array(await readFile(join(folder, "checkpoints", `${step}.bin`)));
  return (unpack(bytes) as Record<string, unknown>)["agent"];
}

describe("train", () => {
  test("tells of its evaluations while it runs and ends with the summary", async () => {
    const called = await trainRun(out, "--budget", "2000", "--json");
    expect(called.code).toBe(0);
    const lines = called.lines();
    const summary = lines[lines.length - 1];
    expect(lines[0]).toMatchObject({ type: "start", seed: 1, env: "cartpole", agent: "ppo", run: out });
    expect(lines.slice(1, -1).every(({ type }) => type === "evaluation" || type === "progress")).toBe(true);

    const names = "env agent seed engine steps seconds stepsPerSecond evaluations final run".split(" ");
    expect(Object.keys(summary)).toEqual(names);
    expect(summary).toMatchObject({ env: "cartpole", agent: "ppo", seed: 1, engine: "wasm-simd", run: out });
    expect(summary["steps"]).toBeGreaterThanOrEqual(2000);
    const evaluations = summary["evaluations"] as Record<string, number>[];
    expect(evaluations.map((evaluation) => Object.keys(evaluation))).toEqual(
      evaluations.map(() => ["step", "seconds", "episodes", "returnMean", "returnStd"]),
    );
    expect(evaluations.map(({ step }) => Math.floor(step / 1000))).toEqual([1, 2]);
    const told = lines.filter(({ type }) => type === "evaluation").map(({ type: _, seed: __, ...rest }) => rest);
    expect(told).toEqual(evaluations);
    expect(summary["final"]).toMatchObject({ episodes: 3 });
  });

  test("the same seed gives the same run, another seed another", async () => {
    const [a, b, c] = [`${out} a`, `${out} b`, `${out} c`];
    const runs = [await trainRun(a, "--json", "--budget", "1500"), await trainRun(b, "--json", "--budget", "1500")];
    const other = await call("train", "--seed", "2", ...FAST, "--out", c, "--json", "--budget", "1500");
    const [first, second, third] = [...runs, other].map((called) => called.lines().at(-1));
    expect(withoutClock(first?.["evaluations"])).toEqual(withoutClock(second?.["evaluations"]));
    expect(withoutClock(first?.["evaluations"])).not.toEqual(withoutClock(third?.["evaluations"]));
    expect(await agentState(a, first?.["steps"])).toEqual(await agentState(b, second?.["steps"]));
  });

  test("a resumed run equals an uninterrupted one, bit for bit", async () => {
    const [whole, parts] = [`${out} whole`, `${out} parts`];
    const expected = (await trainRun(whole, "--json", "--budget", "3000")).lines().at(-1);
    await trainRun(parts, "--budget", "1100");
    const resumed = (await call("resume", parts, "--budget", "3000", "--json")).lines().at(-1);
    expect(resumed?.["steps"]).toBe(expected?.["steps"]);
    expect(withoutClock(resumed?.["evaluations"])).toEqual(withoutClock(expected?.["evaluations"]));
    expect(await agentState(parts, resumed?.["steps"])).toEqual(await agentState(whole, expected?.["steps"]));
    const log = async (folder: string) =>
      withoutClock(
        (await readFile(join(folder, "evaluations.jsonl"), "utf8"))
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
      );
    expect(await log(parts)).toEqual(await log(whole));
  });

  test("options, budget and rhythm reach the run", async () => {
    const set = ["--set", "env.length=0.7", "--set", "agent.hidden=16,16", "--set", "agent.learningRate=0.001"];
    await trainRun(out, "--budget", "600", ...set, "--stop-at", "475");
    const { config } = JSON.parse(await readFile(join(out, "run.json"), "utf8"));
    expect(config).toMatchObject({
      envOptions: { length: 0.7 },
      agentOptions: { hidden: [16, 16], learningRate: 0.001 },
      budget: 600,
      stopAt: 475,
      engine: "wasm-simd",
      evaluation: { every: 1000, episodes: 3 },
    });
  });

  test("an evaluation at or above --stop-at ends it", async () => {
    const summary = (await trainRun(out, "--budget", "50000", "--stop-at", "1", "--json")).lines().at(-1);
    expect(withoutClock(summary?.["evaluations"])).toHaveLength(1);
    expect(summary?.["steps"]).toBeLessThan(2000);
  });

  test("a folder that holds something is refused, and left as it was", async () => {
    await trainRun(out, "--budget", "300");
    const before = await readFile(join(out, "run.json"), "utf8");
    const called = await trainRun(out, "--budget", "300");
    expect(called).toMatchObject({ code: 2, out: "" });
    expect(called.err).toMatch(/^--out: expected a new or empty folder, got the folder /);
    expect(await readFile(join(out, "run.json"), "utf8")).toBe(before);
  });

  test.each([
    [["--env", "cartpol"], "env: expected one of cartpole"],
    [["--agent", "pp"], "agent: expected one of ppo, dqn"],
    [["--budget", "abc"], "--budget: expected a whole number of 1 or more, got abc"],
    [["--budget", "0"], "--budget: expected a whole number of 1 or more, got 0"],
    [["--seed", "4294967296"], "--seed: expected a whole number from 0 to 4294967295, got 4294967296"],
    [["--seeds", "0"], "--seeds: expected a whole number of 1 or more, got 0"],
    [["--engine", "abacus"], "engine: expected one of"],
    [["--set", "agent.learningRate=9"], "agent.learningRate: expected a number from"],
    [["--set", "agent.nothing=9"], "agent.nothing: expected one of the options"],
    [["--set", "env.length=long"], "env.length: expected a number from"],
    [["--set", "length=1"], "--set: expected env.NAME=VALUE or agent.NAME=VALUE, got length=1"],
    [["--stop-at", "high"], "--stop-at: expected a number, got high"],
    [["--eval-episodes", "0"], "--eval-episodes: expected a whole number of 1 or more, got 0"],
    [["--verbose"], "--verbose: expected one of --env"],
  ])("refuses %j in one sentence, before anything is written", async (flags, sentence) => {
    const called = await call("train", "--json", "--out", out, ...flags);
    expect(called.code).toBe(2);
    expect(called.out).toBe("");
    expect(called.err).toContain(sentence);
    expect(called.err.trimEnd().split("\n")).toHaveLength(1);
    expect(existsSync(out)).toBe(false);
  });
});

describe("evaluate", () => {
  test("measures the last checkpoint, the same under the same seed", async () => {
    await trainRun(out, "--budget", "600");
    const measure = (seed: string, ...more: string[]) =>
      call("evaluate", out, "--episodes", "30", "--seed", seed, "--json", ...more);
    const [line] = (await measure("7")).lines();
    expect(line).toMatchObject({ run: out, env: "cartpole", agent: "ppo", episodes: 30, seed: 7 });
    const returns = line["returns"] as number[];
    expect(returns).toHaveLength(30);
    const mean = returns.reduce((sum, value) => sum + value, 0) / 30;
    expect(line["returnMean"]).toBeCloseTo(mean, 10);
    expect(line["returnLow"]).toBeLessThan(mean);
    expect(line["returnHigh"]).toBeGreaterThan(mean);
    expect((await measure("7")).lines()).toEqual([line]);
    expect((await measure("8")).lines()[0]["returns"]).not.toEqual(returns);
    expect((await measure("7", "--set", "env.horizon=9")).lines()[0]["returnMean"]).toBe(9);
  });

  test("a broken last checkpoint gives way to the one before, and says so", async () => {
    const { step } = await twoCheckpoints();
    await truncate(join(out, "checkpoints", `${step}.bin`), 5000);
    const called = await call("evaluate", out, "--seed", "1", "--json");
    expect(called.code).toBe(0);
    expect(called.err).toMatch(
      /checkpoints\/\d+\.bin: .*truncated.*Going on from the checkpoint before, at step \d+\./,
    );
    expect(called.lines()[0]["step"]).toBeLessThan(step);
  });

  test("a resume after a broken last checkpoint ends where it would have", async () => {
    const { step, agent } = await twoCheckpoints();
    await truncate(join(out, "checkpoints", `${step}.bin`), 5000);
    const called = await call("resume", out, "--budget", "1300", "--json");
    expect(called.err).toContain("Going on from the checkpoint before");
    expect(called.lines().at(-1)?.["steps"]).toBe(step);
    expect(await agentState(out, step)).toEqual(agent);
  });

  async function twoCheckpoints() {
    await trainRun(out, "--budget", "600");
    const summary = (await call("resume", out, "--budget", "1300", "--json")).lines().at(-1);
    const step = Number(summary?.["steps"]);
    return { step, agent: await agentState(out, step) };
  }

  test("a checkpoint of another version, and one of another world, are refused in one sentence", async () => {
    const summary = (await trainRun(out, "--budget", "300", "--json")).lines().at(-1);
    const path = join(out, "checkpoints", `${summary?.["steps"]}.bin`);
    const saved = unpack(new Uint8Array(await readFile(path))) as { config: { [key: string]: Packable } };
    await writeFile(path, pack({ ...saved, version: 99 }));
    for (const command of [
      ["evaluate", out],
      ["resume", out],
    ]) {
      const called = await call(...command, "--json");
      expect(called).toMatchObject({ code: 2, out: "" });
      expect(called.err).toMatch(/^checkpoint: expected version 1, got version 99\n$/);
    }
    await writeFile(path, pack({ ...saved, config: { ...saved.config, env: "mountain-car" } }));
    const called = await call("evaluate", out, "--json");
    expect(called).toMatchObject({ code: 2, out: "" });
    expect(called.err).toMatch(/^checkpoint: expected one of env "cartpole", got one of env "mountain-car"\n$/);
  });

  test("what is no run is refused", async () => {
    const called = await call("evaluate", join(root, "nothing"), "--json");
    expect(called).toMatchObject({ code: 2, out: "" });
    expect(called.err).toContain("expected the folder of a run, got no run.json there");
  });
});
