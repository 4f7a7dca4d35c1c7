import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NUM_WEEKS } from "../../src/envs/inventory/sales.js";
import { call } from "./harness.js";

let root = "";
let file = "";
let text = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vitrine demand "));
  file = join(root, "sales.csv");
  const dayOf = (week: number) => new Date(Date.UTC(2015, 0, 6 + 7 * week)).toISOString().slice(0, 10);
  const weeks = Array.from({ length: NUM_WEEKS }, (_, week) => week);
  const rows = Array.from({ length: 60 }, (_, product) =>
    [`product ${product}`, "north", ...weeks.map((week) => (product % 7) + 3 + ((week * 7 + product) % 5))].join(),
  );
  text = [["product", "store", ...weeks.map(dayOf)].join(), ...rows].join("\n");
  await writeFile(file, text);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const SMALL = "hidden=8 trainTraces=40 devTraces=20 batchSize=20 devEvery=1".split(" ");
const flags = SMALL.flatMap((setting) => ["--set", `agent.${setting}`]);
const train = (...more: string[]) =>
  call("train", "--demand", file, "--seed", "1", "--eval-every", "0", "--engine", "wasm-simd", ...flags, ...more);

test("a run with a person's sales keeps the file, goes on from it, and tells of the bound and the newsvendors", async () => {
  const out = join(root, "run");
  const called = await train("--budget", "7600", "--out", out, "--json");
  expect(called.err).toBe("");
  expect(called.code).toBe(0);
  const summary = called.lines().at(-1) as Record<string, Record<string, number>>;
  expect(summary["env"]).toBe("inventory");
  const { costMean, lowerBound, quantileNewsvendor, fixedNewsvendor } = summary["final"];
  for (const cost of [costMean, quantileNewsvendor, fixedNewsvendor]) expect(cost).toBeGreaterThan(lowerBound);
  expect(await readFile(join(out, "sales.csv"), "utf8")).toBe(text);

  const resumed = await call("resume", out, "--budget", "15200", "--json");
  expect(resumed.code).toBe(0);
  const whole = await train("--budget", "15200", "--out", join(root, "whole"), "--json");
  const cost = (lines: Record<string, unknown>[]) => (lines.at(-1) as { final: { costMean: number } }).final.costMean;
  expect(cost(resumed.lines())).toBe(cost(whole.lines()));
}, 120_000);

test("a file that cannot be used, and sales where there are none, end with one sentence and code 2", async () => {
  const bad = join(root, "bad.csv");
  await writeFile(bad, text.replace("\nproduct 4,north,", "\nproduct 4,north,-"));
  const called = await call("train", "--demand", bad);
  expect(called.code).toBe(2);
  expect(called.err).toMatch(
    /bad\.csv line 6: expected a number of units of 0 or more for every week, got "-11" for 2015-01-06/,
  );
  const missing = await call("train", "--demand", join(root, "none.csv"));
  expect([missing.code, missing.err]).toEqual([2, expect.stringMatching(/none\.csv.*ENOENT/s)]);
  const elsewhere = await call("train", "--demand", file, "--env", "cartpole");
  expect([elsewhere.code, elsewhere.err]).toEqual([2, expect.stringContaining("only inventory has them")]);
  const drawn = await call("train", "--demand", file, "--set", "env.setting=serial");
  expect([drawn.code, drawn.err]).toEqual([2, expect.stringContaining("env.setting=one-store-sales")]);
});
