import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gapText } from "../../src/cli/explain.js";
import { parseExplanation } from "../../src/index.js";
import { call } from "./harness.js";

let root = "";
let run = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vitrine explain "));
  run = join(root, "run");
  const flags = ["--env", "cartpole", "--agent", "ppo", "--seed", "1", "--engine", "wasm-simd", "--budget", "3000"];
  expect((await call("train", ...flags, "--eval-episodes", "3", "--out", run)).code).toBe(0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const QUICK = ["--set", "testEpisodes=20", "--json"];

/** The last line that `explain` printed. */
async function explained(method: string, ...flags: readonly string[]): Promise<Record<string, unknown>> {
  const called = await call("explain", run, "--method", method, ...QUICK, ...flags);
  expect(called.err).toBe("");
  expect(called.code).toBe(0);
  return called.lines()[0];
}

describe("explain", () => {
  test.each([
    ["viper", ["--set", "iterations=4", "--set", "episodes=4"], "nodes"],
    ["dagger", ["--set", "iterations=4", "--set", "episodes=4"], "nodes"],
    ["bc", ["--set", "episodes=20"], "nodes"],
    ["shapley", ["--set", "steps=2000", "--set", "maxStates=200"], "terms"],
    ["importance", ["--set", "states=20"], "terms"],
  ])("by %s prints the explanation with its scores and keeps it in the run", async (method, flags, unit) => {
    const line = await explained(method, ...flags);
    expect(line).toMatchObject({ run, method, env: "cartpole", agent: "ppo", episodes: 20, seeds: 20, testSeed: 7 });
    expect(line["size"]).toEqual({ [unit]: line[unit] });
    expect(line[unit]).toBeGreaterThanOrEqual(1);
    for (const key of ["fidelity", "fidelityOnOwnStates"]) expect(line[key]).toBeGreaterThan(0.4);
    for (const key of ["returnMean", "returnStd", "returnLow", "returnHigh", "regret", "seconds"]) {
      expect(line[key]).toEqual(expect.any(Number));
    }
    const stored = parseExplanation(await readFile(join(run, String(line["file"])), "utf8"), "stored");
    expect(line).toMatchObject({ ...stored });
    expect(await readdir(join(run, "explanations"))).toContain(`${method}-${line["step"]}.json`);
  });

  test("the network's return is what evaluate says of the same episodes", async () => {
    const line = await explained("bc", "--set", "episodes=5");
    const evaluated = (await call("evaluate", run, "--episodes", "20", "--seed", "7", "--json")).lines()[0];
    expect((line["teacher"] as Record<string, number>)["returnMean"]).toBe(evaluated["returnMean"]);
  });

  test("obeys its options, and the same seed gives the same tree", async () => {
    const few = ["--set", "iterations=2", "--set", "maxLeafNodes=2", "--seed", "5"];
    const [one, same] = [await explained("viper", ...few), await explained("viper", ...few)];
    expect(one["nodes"]).toBe(3);
    expect(same["policy"]).toEqual(one["policy"]);
    expect(one["options"]).toMatchObject({ iterations: 2, maxLeafNodes: 2, weighting: "resampling" });
  });

  test("in words names the sizes, both returns and the agreement", async () => {
    const { out, code } = await call(
      "explain",
      run,
      "--method",
      "shapley",
      "--set",
      "steps=500",
      "--set",
      "testEpisodes=5",
    );
    expect(code).toBe(0);
    expect(out).toMatch(/terms/);
    expect(out).toMatch(/network +\d/);
    expect(out).toMatch(/agreement +[\d.]+ % on the network's states/);
    expect(out).toMatch(/R² -?[\d.]+/);
    expect(out).toMatch(/^ {2}(left|right) where .*× pole angle \(rad\).* > 0, else (left|right)$/m);
  });

  test("in words prints the tree, with its scores", async () => {
    const flags = ["--method", "bc", "--set", "episodes=5", "--set", "maxLeafNodes=3", "--set", "testEpisodes=5"];
    const { out, code } = await call("explain", run, ...flags);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}if .* <= -?[\d.e-]+ .*:\n {4}(if|left|right)/m);
    expect(out).toMatch(/^ {2}else:\n/m);
    expect(out).toMatch(/return +[\d.]+ ± [\d.]+, 95 % interval [\d.]+ to [\d.]+ over 5 episodes/);
    expect(out).toMatch(/agreement +[\d.]+ % on the network's states, [\d.]+ % on its own/);
    expect(out).toMatch(/regret +[\d.]+ an action/);
  });

  test("does not print a tree that nobody would read", async () => {
    const flags = ["--method", "bc", "--set", "episodes=20", "--set", "maxLeafNodes=400", "--set", "testEpisodes=2"];
    const { out } = await call("explain", run, ...flags, "--set", "maxDepth=30");
    expect(out).toContain("a tree of more than 127 nodes is not printed");
    expect(out).not.toContain("else:");
  });

  test.each([
    [["--method", "vyper"], "did you mean viper?"],
    [["--method", "viper", "--set", "leaves=3"], "viper.leaves: expected one of the options iterations"],
    [
      ["--method", "viper", "--set", "maxLeafNodes=1"],
      "viper.maxLeafNodes: expected a whole number from 2 to 4096, got 1",
    ],
    [["--method", "shapley", "--set", "regression"], "--set: expected NAME=VALUE, got regression"],
  ])("refuses %j with a sentence and exit code 2", async (flags, message) => {
    const called = await call("explain", run, ...flags);
    expect(called.code).toBe(2);
    expect(called.err).toContain(message);
  });

  test.each(["orders", "messages"])("refuses %s for a world that is no inventory network", async (method) => {
    const called = await call("explain", run, "--method", method);
    expect(called).toMatchObject({ code: 2, out: "" });
    expect(called.err).toBe(
      `method: expected an inventory network for ${method}; viper and importance take other worlds, got cartpole\n`,
    );
  });

  test("refuses a rule for a world with more features than can be enumerated", async () => {
    const lavaland = join(root, "lavaland");
    const flags = ["--env", "lavaland", "--agent", "ppo", "--seed", "1", "--engine", "wasm-simd", "--budget", "2000"];
    await call("train", ...flags, "--eval-every", "0", "--eval-episodes", "1", "--out", lavaland);
    const called = await call("explain", lavaland, "--method", "shapley");
    expect(called.code).toBe(2);
    expect(called.err).toMatch(/method: expected a world of up to 10 features for shapley/);
  });

  test("explains what follows a command with the command among its features, and says what it was asked for", async () => {
    const asked = join(root, "asked");
    const set = ["learner=random-forest", "numTrees=8", "warmUp=40", "rounds=2"].flatMap((option) => [
      "--set",
      `agent.${option}`,
    ]);
    await call("train", "--env", "cartpole", "--agent", "udrl", "--seed", "1", ...set, "--out", asked);
    const flags = ["--set", "testEpisodes=5"];
    const order = await call("explain", asked, "--method", "importance", "--set", "states=10", ...flags);
    expect(order.err).toBe("");
    expect(order.out).toMatch(/asked for +[\d.]+ within [\d.]+ steps/);
    expect(order.out).toMatch(/desired horizon +[\d.e-]+, [\d.]+ % of the actions/);
    const tree = await call("explain", asked, "--method", "bc", "--set", "episodes=10", ...flags, "--json");
    expect(tree.lines()[0]).toMatchObject({ kind: "tree", policy: { commandScales: [1, 1] } });
    const rule = await call("explain", asked, "--method", "shapley", ...flags, "--json");
    expect(rule.lines()[0]).toMatchObject({ kind: "rule", policy: { readsCommand: true } });
  });

  test("the list names every method and its options", async () => {
    expect((await call("list")).out).toMatch(/viper .*\n.*dagger/);
    const { out } = await call("list", "shapley");
    expect(out).toMatch(/boundaryPoints +10/);
    expect((await call("list", "viper", "--json")).lines()[0]).toMatchObject({ id: "viper", kind: "tree" });
  });
});

test.each([
  [-0.0002, "gap: none"],
  [0, "gap: none"],
  [0.0123, "1.2 % above"],
  [-0.004, "0.4 % below"],
])("a share of %d above the optimum reads %j", (share, text) => expect(gapText(share)).toBe(text));
