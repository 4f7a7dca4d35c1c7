import { describe, expect, it } from "vitest";
import { gpu } from "../../bench/gpu.js";
import { linePlot } from "../../bench/harness/plot.js";

const labels = { title: "Speed <of> it", xLabel: "copies", yLabel: "steps/s" };

describe("a plot over logarithmic axes", () => {
  it("puts a tenfold value as far up at 100 as at 1,000, and a twofold one as far to the right", () => {
    const points = [
      { x: 64, y: 100 },
      { x: 128, y: 1000 },
      { x: 256, y: 10_000 },
    ];
    const svg = linePlot({ ...labels, series: [{ label: "a", points }] });
    const [, line = ""] = /<polyline points="([^"]+)"/.exec(svg) ?? [];
    const places = line.split(" ").map((place) => place.split(",").map(Number));
    const [first, second, third] = places;
    expect(second[0] - first[0]).toBeCloseTo(third[0] - second[0], 0);
    expect(first[1] - second[1]).toBeCloseTo(second[1] - third[1], 0);
    expect(first[1]).toBeGreaterThan(second[1]);
    expect(svg).toContain("Speed &lt;of> it");
  });

  it("leaves series without points out, and says when nothing was measured", () => {
    const svg = linePlot({ ...labels, series: [{ label: "absent", points: [] }] });
    expect(svg).not.toContain("absent");
    expect(svg).toContain("Nothing was measured.");
  });
});

describe("the benchmark of the graphics device", () => {
  const caseOf = (path: "resident" | "cpu", copies: number) => ({ path, copies, budget: 1 });
  const result = { engine: "wgsl" as const, adapter: "acme x1", isSoftware: false, left: "" };
  const traffic = { dispatches: 56, bytesRead: 1200 };
  const settings = { names: [], platforms: null, quick: false, minutes: 1, json: null, docs: false };

  it("asks for ten million steps a second of a graphics card from 4,096 copies on, and of nothing else", () => {
    const measured = [64, 4096].map((copies) => ({
      platform: "node" as const,
      case: caseOf("resident", copies),
      result: { ...result, rates: [9e6, 11e6, 12e6], traffic },
    }));
    const rows = gpu.rows(measured, settings);
    expect(rows.map(({ value, target }) => [value, target?.value])).toEqual([
      [11e6, undefined],
      [56, 60],
      [1200, 4096],
      [11e6, 10e6],
      [56, 60],
      [1200, 4096],
    ]);
    const software = measured.map((one) => ({ ...one, result: { ...one.result, isSoftware: true } }));
    const speeds = gpu.rows(software, settings).filter(({ unit }) => unit === "steps/s");
    expect(speeds.map(({ target, note }) => [target, note.includes("software")])).toEqual([
      [undefined, true],
      [undefined, true],
    ]);
  });

  it("says why a case was left out", () => {
    const left = { ...result, adapter: null, rates: [], traffic: null, left: "there is no graphics adapter" };
    const [row] = gpu.rows([{ platform: "node", case: caseOf("resident", 64), result: left }], settings);
    expect(row).toMatchObject({ value: null, note: "there is no graphics adapter (wgsl)" });
  });

  it("draws a line for each path that was measured", () => {
    const measured = [64, 256].map((copies) => ({
      platform: "node" as const,
      case: caseOf("cpu", copies),
      result: { ...result, rates: [copies * 1000], traffic: null },
    }));
    const svg = gpu.plot?.(measured) ?? "";
    expect(svg).toContain("WASM on one core, Node");
    expect(svg).not.toContain("all on the GPU");
  });
});
