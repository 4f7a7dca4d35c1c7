import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Row } from "../../bench/harness/bench.js";
import { DOCUMENT, withTable } from "../../bench/harness/document.js";
import { parseSettings } from "../../bench/harness/settings.js";
import { isReached, showNumber, showTable } from "../../bench/harness/table.js";
import { median, timeCalls } from "../../bench/harness/timing.js";
import { benches, type Task } from "../../bench/index.js";
import { main, type Results } from "../../bench/main.js";

const row = (rest: Partial<Row>): Row => ({ what: "a", platform: "node", value: 1, unit: "ms", note: "", ...rest });
const NAMES = ["ppo", "solve"];
const settingsOf = (...args: string[]) => parseSettings(args, NAMES);

describe("the table", () => {
  it("says whether a number reaches its target, on the right side of it", () => {
    const faster = { value: 100, better: "higher" } as const;
    const shorter = { value: 0.6, better: "lower" } as const;
    expect([99, 100].map((value) => isReached(row({ value, target: faster })))).toEqual([false, true]);
    expect([0.61, 0.6].map((value) => isReached(row({ value, target: shorter })))).toEqual([false, true]);
    expect(isReached(row({ value: null, target: faster }))).toBeNull();
    expect(isReached(row({}))).toBeNull();
  });

  it("shows three digits and sets thousands apart", () => {
    expect([0.39321, 12.46, 134_499, 0, -1234.5, Number.POSITIVE_INFINITY].map(showNumber)).toEqual([
      "0.393",
      "12.5",
      "134,000",
      "0",
      "-1,230",
      "Infinity",
    ]);
  });

  it("is Markdown whose columns align, with a mark where a target is missed", () => {
    const rows = [
      row({ what: "update", value: 0.7, target: { value: 0.6, better: "lower" }, comparison: "PyTorch", note: "best" }),
      row({ what: "b", platform: "chromium", value: null, note: "absent" }),
    ];
    expect(showTable(rows)).toMatchInlineSnapshot(`
      "| what   | where    | measured     | target    | reached | for comparison | how    |
      | ------ | -------- | ------------ | --------- | ------- | -------------- | ------ |
      | update | Node     | 0.7 ms       | <= 0.6 ms | **no**  | PyTorch        | best   |
      | b      | Chromium | not measured |           |         |                | absent |"
    `);
  });
});

describe("the page of figures", () => {
  const machine = {
    cpu: "x",
    cores: 2,
    platform: "linux-x64",
    node: "20",
    chromium: null,
    load: 0,
    date: "2026-01-02",
  };

  it("has a place for the table of every benchmark", () => {
    const page = readFileSync(DOCUMENT, "utf8");
    for (const { name } of benches) expect(withTable(page, name, [row({ note: "new" })], machine)).toContain("| new |");
  });

  it("keeps what stands outside of the marks, and takes a table twice", () => {
    const page = "before <!-- bench a -->old<!-- end a --> after";
    const once = withTable(page, "a", [row({})], machine);
    expect(once).toMatch(/^before <!-- bench a -->\n\n\| what[\s\S]*2026-01-02\.\n\n<!-- end a --> after$/);
    expect(once).not.toContain("old");
    expect(withTable(once, "a", [row({})], machine)).toBe(once);
    expect(() => withTable(page, "b", [], machine)).toThrow("expected the marks <!-- bench b -->");
  });
});

describe("timing", () => {
  it("leaves the warm-up out and groups short calls into samples", async () => {
    let clock = 0;
    let calls = 0;
    // Slow while it warms up, then 0.25 ms, with one disturbed call.
    const call = () => {
      calls++;
      clock += calls < 5 ? 10 : calls === 500 ? 50 : 0.25;
    };
    const timing = await timeCalls(call, 200, () => clock);
    expect(timing.minimum).toBeCloseTo(0.25, 10);
    expect(timing.median).toBeCloseTo(0.25, 10);
    expect(timing.samples).toBeGreaterThan(10);
  });

  it("takes three samples of a call that is longer than its budget, and waits for promises", async () => {
    let clock = 0;
    const call = async () => {
      await Promise.resolve();
      clock += 1000;
    };
    expect(await timeCalls(call, 10, () => clock)).toEqual({ minimum: 1000, median: 1000, samples: 3 });
  });

  it("the median of an even number of values is the mean of the middle two", () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
    expect(() => median([])).toThrow("expected at least one value, got none");
  });
});

describe("the command line", () => {
  it("takes all benchmarks on all platforms unless some are named", () => {
    expect(settingsOf()).toEqual({ names: NAMES, platforms: null, quick: false, minutes: 10, json: null, docs: false });
    expect(settingsOf("solve", "chromium", "--quick", "--json", "out.json", "--minutes", "2")).toEqual({
      names: ["solve"],
      platforms: ["chromium"],
      quick: true,
      minutes: 2,
      json: "out.json",
      docs: false,
    });
  });

  it("refuses what it does not know, by name", () => {
    expect(() => settingsOf("solv")).toThrow(/^benchmark: expected .*solve.*, got "solv"/);
    expect(() => settingsOf("--fast")).toThrow(/^--fast: expected .*--quick.*, got an unknown flag/);
    expect(() => settingsOf("--json")).toThrow("--json: expected a file to write, got no value");
    expect(() => settingsOf("--minutes", "0")).toThrow('--minutes: expected a number above 0, up to 1440, got "0"');
  });
});

describe("a run of benchmarks", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bench-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const measure = async (task: Task): Promise<unknown> => {
    if (task.bench === "ppo")
      return { engine: "wasm-simd", cold: 50_000, warm: [90_000, 70_000, 80_500], perCpuSecond: null };
    if (JSON.stringify(task.case).includes('"mountain-car"')) throw new Error("mountain-car is broken");
    return { minimum: 1, median: 1, samples: 3 };
  };
  const run = async (...args: string[]) => {
    const file = join(folder, "inside", "results.json");
    const printed: string[] = [];
    const reported: string[] = [];
    const code = await main([...args, "--json", file], {
      node: { version: null, measure },
      openChromium: async () => null,
      print: (text) => printed.push(text),
      report: (text) => reported.push(text),
    });
    return { code, file, printed: printed.join("\n"), reported: reported.join("\n") };
  };

  it("prints the rows of what was measured and writes them with the machine's facts", async () => {
    const { code, file, printed, reported } = await run("ppo");
    expect(code).toBe(0);
    expect(printed).toMatch(/PPO CartPole, warm +\| Node +\| 80,500 steps\/s +\| >= 80,000 steps\/s +\| yes/);
    expect(reported).toContain("ppo: no chromium on this machine, left out");
    const results = JSON.parse(readFileSync(file, "utf8")) as Results;
    expect(results.machine).toMatchObject({ node: process.versions.node, chromium: null });
    expect(results.benches.map(({ name }) => name)).toEqual(["ppo"]);
    expect(results.benches[0].rows.map(({ value }) => value)).toEqual([80_500, 50_000]);
    expect(results.benches[0].measured[0].platform).toBe("node");
  });

  it("goes on when one case fails, says so and ends with exit code 1", async () => {
    const { code, file, reported } = await run("envs", "node");
    expect(code).toBe(1);
    expect(reported).toContain("mountain-car is broken");
    const { benches: finished, failures } = JSON.parse(readFileSync(file, "utf8")) as Results;
    expect(failures).toEqual(["mountain-car is broken"]);
    const whats = finished[0].rows.map(({ what }) => what);
    expect(whats).toContain("cartpole: steps");
    expect(whats).not.toContain("mountain-car: steps");
  });

  it("refuses an unknown benchmark with exit code 2, and fails where Chromium was asked for and is missing", async () => {
    expect(await run("pppo")).toMatchObject({ code: 2, printed: "" });
    expect(await run("ppo", "chromium")).toMatchObject({ code: 1, printed: "" });
  });
});

describe("the benchmarks", () => {
  const benchOf = (name: string) => {
    const found = benches.find((bench) => bench.name === name);
    if (!found) throw new Error(`no benchmark ${name}`);
    return found;
  };
  const settings = settingsOf();

  it("have cases that survive the way to another process", () => {
    for (const bench of benches) {
      const cases = bench.cases(settings);
      expect(cases.length).toBeGreaterThan(0);
      expect(JSON.parse(JSON.stringify(cases))).toEqual(cases);
    }
  });

  it("an unsolved seed counts as endless, and misses the target of all seeds", () => {
    const solve = (seconds: number, solved: boolean) => ({ engine: "wasm-simd", solved, steps: 5120, seconds });
    const solves = [solve(0.2, true), solve(0.1, true), solve(0.1, false), solve(0.1, false)];
    const measured = solves.map((one) => ({
      platform: "node" as const,
      case: { start: "cold", seeds: [1] },
      result: [one],
    }));
    const [time, seeds] = benchOf("solve").rows(measured, settings);
    expect([time.value, isReached(time)]).toEqual([Number.POSITIVE_INFINITY, false]);
    expect([seeds.value, isReached(seeds)]).toEqual([2, false]);
  });

  it("compare each engine with the reference of the same platform, and name those that are absent", () => {
    const timing = (minimum: number) => ({ minimum, median: minimum, samples: 3 });
    const names = ["forward 8", "forward 64", "forward 256", "forward 1024", "PPO update 256"];
    const all = (minimum: number) => Object.fromEntries(names.map((name) => [name, timing(minimum)]));
    const measured = [
      { platform: "node" as const, case: { engine: "wasm-simd" }, result: all(0.5) },
      { platform: "node" as const, case: { engine: "reference" }, result: all(10) },
      { platform: "chromium" as const, case: { engine: "reference" }, result: all(40) },
      { platform: "node" as const, case: { engine: "tfjs-webgpu" }, result: null },
    ];
    const rows = benchOf("engines").rows(measured, settings);
    const update = rows.find(({ what }) => what === "PPO update 256: wasm-simd");
    expect(update?.note).toMatch(/^20x as fast as reference; minimum of 3 samples/);
    expect(rows.filter(({ value }) => value === null).map(({ what }) => what)).toEqual(["tfjs-webgpu"]);
  });

  it("memory that grows after the warm-up misses its target, whatever the warm-up took", () => {
    const sampleOf = (tensors: number) => ({ arrayBytes: 1e6, tensors, heapBytes: 1e6 });
    const grown = (late: number) => {
      const samples = Array.from({ length: 100 }, (_, i) => sampleOf(i < 20 ? 1 : i < 60 ? 50 : late));
      const result = { samples, steps: 100, sessions: ["ppo on wasm-simd"] };
      const rows = benchOf("memory").rows([{ platform: "node", case: { minutes: 1 }, result }], settings);
      return rows.find(({ what }) => what.startsWith("tensors"));
    };
    expect([grown(50), grown(51)].map((found) => found && isReached(found))).toEqual([true, false]);
  });
});
