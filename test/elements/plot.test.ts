import { expect, test } from "vitest";
import { type PlotGuide, valueRange } from "../../src/elements/plot.js";

const guide = (value: number, tone: PlotGuide["tone"]): PlotGuide => ({ value, label: "", tone });
const marks = [{ step: 1, value: -400 }];

test("the axis spans lines, marks and guides, with room to spare", () => {
  expect(valueRange({ marks, guides: [] }, -500, -450)).toEqual([-508, -392]);
  expect(valueRange({ marks: [], guides: [guide(100, "good")] }, 0, 50)).toEqual([0, 108]);
  expect(valueRange({ marks: [], guides: [guide(-250, "dim")] }, -200, -100)).toEqual([-262, -88]);
});

test("a level far below what was measured is left out, a goal never", () => {
  expect(valueRange({ marks, guides: [guide(-5544, "dim")] }, -500, -450)).toEqual([-508, -392]);
  expect(valueRange({ marks: [], guides: [guide(500, "good")] }, 20, 30)).toEqual([0, 538.4]);
});

test("before anything was measured, or of one value, every level is seen", () => {
  expect(valueRange({ marks: [], guides: [] }, null, null)).toEqual([0, 1]);
  expect(valueRange({ marks: [], guides: [guide(22, "dim")] }, null, null)[1]).toBeGreaterThan(22);
  expect(valueRange({ marks: [], guides: [guide(-50, "dim")] }, -10, -10)[0]).toBeLessThan(-50);
});
