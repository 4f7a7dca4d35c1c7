import { expect, test } from "vitest";
import { GapPlot } from "../../src/elements/gap-plot.js";

async function mount(costs: readonly number[]) {
  const plot = new GapPlot();
  plot.gaps = costs.map((cost, i) => ({ step: 100 * (i + 1), cost, best: 10 }));
  document.body.append(plot);
  await plot.updateComplete;
  return plot;
}

test("what is no gap is a ring off the line and below the scale, with a key", async () => {
  const plot = await mount([20, 11, 9.99, 10.5, 10.2]);
  const root = plot.shadowRoot as ShadowRoot;
  const drawing = root.querySelector(".plot") as SVGElement;
  expect(drawing.querySelectorAll(".dot")).toHaveLength(4);
  const [ring, ...others] = drawing.querySelectorAll(".ring");
  expect(others).toEqual([]);
  const grid = [...drawing.querySelectorAll(".grid")].map((line) => Number(line.getAttribute("y1")));
  expect(Number(ring.getAttribute("cy"))).toBeGreaterThan(Math.max(...grid) + 3);
  // Two lines: the ring stands between them.
  const line = drawing.querySelector(".line")?.getAttribute("d") ?? "";
  expect(line.match(/[ML]/g)).toEqual(["M", "L", "M", "L"]);
  expect(root.querySelector(".rings")?.textContent).toContain("no gap, or less than 0.1 %");
  plot.remove();
});

test("without such a gap there is no key", async () => {
  const plot = await mount([20, 11, 10.5]);
  expect(plot.shadowRoot?.querySelector(".rings")).toBeNull();
  plot.remove();
});

test("a policy that came to cost less than the one to beat is followed below 0", async () => {
  const plot = await mount([20, 11, 10.005, 9.9, 9]);
  const root = plot.shadowRoot as ShadowRoot;
  const drawing = root.querySelector(".plot") as SVGElement;
  expect(drawing.querySelectorAll(".ring")).toHaveLength(0);
  expect(root.querySelector(".rings")).toBeNull();
  const heights = [...drawing.querySelectorAll(".dot")].map((dot) => Number(dot.getAttribute("cy")));
  expect(heights.toSorted((a, b) => a - b)).toEqual(heights);
  // A tenth below 0 stands as far below it as a tenth above 0 stands above.
  const labels = [...drawing.querySelectorAll("text[text-anchor=end]")];
  const at = (text: string) => Number(labels.find((label) => label.textContent?.trim() === text)?.getAttribute("y"));
  expect(at("0 %") - at("10 %")).toBeCloseTo(at("−10 %") - at("0 %"), 6);
  expect(heights[1] + 4).toBeCloseTo(at("10 %"), 6);
  expect(heights[4] + 4).toBeCloseTo(at("−10 %"), 6);
  expect(root.querySelector(".plot .line")?.getAttribute("d")?.match(/M/g)).toHaveLength(1);
  plot.remove();
});
