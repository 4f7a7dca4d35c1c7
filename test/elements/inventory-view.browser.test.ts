import type { LitElement } from "lit";
import { expect, test } from "vitest";
import { CostTrail } from "../../src/elements/cost-trail.js";
import "../../src/elements/inventory-view.js";
import type { InventoryView } from "../../src/elements/inventory-view.js";
import type { OrderPlot } from "../../src/elements/order-plot.js";
import { OrderTrail } from "../../src/elements/order-trail.js";
import type { ReadableOrders } from "../../src/elements/readable-orders.js";
import type { TableTwin } from "../../src/elements/table-dialog.js";
import type { InventoryReference } from "../../src/evaluate/inventory/reference-policy.js";
import type { OrdersExplanation } from "../../src/interpret/explanation.js";

async function mount(): Promise<InventoryView> {
  const view = document.createElement("vitrine-inventory") as InventoryView;
  view.cost = 6;
  document.body.append(view);
  await view.updateComplete;
  return view;
}

const textOf = (view: InventoryView) => view.shadowRoot?.textContent?.replace(/\s+/g, " ") ?? "";

test("without a reference it shows the policy's own cost and says that it is being worked on", async () => {
  const view = await mount();
  expect(textOf(view)).toContain("this policy 6.00");
  expect(textOf(view)).toContain("Solving this network");
  view.remove();
});

const reference: InventoryReference = {
  policies: [
    { name: "optimal", policy: { kind: "base-stock", level: 20 }, cost: 5, terms: [3, 0, 2, 0] },
    { name: "newsvendor", policy: { kind: "base-stock", level: 10 }, cost: 8, terms: [4, 0, 4, 0] },
  ],
  optimum: { kind: "optimal", cost: 4.5 },
};

test("holds costs against the best policy's in the same episodes", async () => {
  const view = await mount();
  view.reference = reference;
  await view.updateComplete;
  expect(textOf(view)).toMatch(/this policy 6\.00 \+20\.0 % optimal 5\.00 – newsvendor 8\.00 \+60\.0 %/);
  expect(textOf(view)).toContain("20.0 % above the optimum");
  expect(textOf(view)).toContain("Once the starts no longer matter, the least cost is 4.500.");

  view.costs = [
    [3, 0, 2.5, 0],
    [4, 0, 5, 0],
  ];
  await view.updateComplete;
  expect(textOf(view)).toContain("9.1 % above the optimum");

  const tables: TableTwin[] = [];
  view.addEventListener("table-show", (event) => tables.push((event as CustomEvent<TableTwin>).detail));
  view.shadowRoot?.querySelector<HTMLButtonElement>(".icon-btn")?.click();
  expect(tables[0].rows).toEqual([
    ["this policy", "6.000", "+9.1 %"],
    ["optimal", "5.500", "–"],
    ["newsvendor", "9.000", "+63.6 %"],
  ]);
  view.remove();
});

test("where no optimal policy is known the best simple one is to beat", async () => {
  const view = await mount();
  const policies = reference.policies.slice(1);
  view.reference = { policies, optimum: { kind: "lower-bound", cost: 4.8 } };
  await view.updateComplete;
  expect(textOf(view)).toContain("no policy costs less than 4.800.");
  expect(textOf(view)).toContain("25.0 % below the best simple policy");
  view.remove();
});

test("of recorded sales it shows profit beside just-in-time orders, and which newsvendor earns most later", async () => {
  const view = await mount();
  view.cost = -80;
  view.stage = { trail: new CostTrail(), arises: [true, false, true, false], profit: true, horizon: 50 };
  const quantile = { shift: 2, slope: 0, returns: false, unit: 1, forecaster: new Float32Array(0) };
  view.reference = {
    policies: [
      { name: "just-in-time", policy: { kind: "just-in-time" }, cost: -100, terms: [0, 0, -100, 0] },
      { name: "fixed-quantile", policy: { kind: "forecast", ...quantile }, cost: -70, terms: [20, 0, -90, 0] },
    ],
    optimum: null,
    later: { justInTime: -110, newsvendor: { name: "fixed-quantile", cost: -75 } },
  };
  await view.updateComplete;
  expect(textOf(view)).toMatch(/Profit/);
  expect(textOf(view)).toMatch(
    /this policy 80\.00 −20\.0 % just in time 100\.00 – one quantile for all 70\.00 −30\.0 %/,
  );
  expect(textOf(view)).toContain("20.0 % less than orders earn that know all sales beforehand");
  expect(textOf(view)).toContain(
    "the best newsvendor (one quantile for all) earns 75.0; just in time would earn 110.0.",
  );
  view.remove();
});

test("says why nothing is known", async () => {
  const view = await mount();
  view.failure = "out of memory";
  await view.updateComplete;
  expect(textOf(view)).toContain("could not be worked out. (out of memory)");
  view.remove();
});

test("of one store the curve of orders can be measured, and read as a table", async () => {
  const view = await mount();
  view.trail = new OrderTrail();
  view.trail.add(14, 4, 6);
  view.measured = { curve: null, explanation: null, measuring: null, refused: "" };
  await view.updateComplete;
  const plot = await panelOf<OrderPlot>(view, "orders");
  let wishes = 0;
  view.addEventListener("curve-measure", () => wishes++);
  plot.shadowRoot?.querySelector<HTMLButtonElement>(".btn")?.click();
  expect(wishes).toBe(1);

  // Levels that are ordered up to; where the policy hardly ever was nothing is drawn.
  const curve = {
    positions: [10, 12, 30],
    shares: [0.6, 0.399, 0.001],
    learned: [16, 17, 31],
    readable: [16, 17, 31],
    optimal: [17, 17.5, 30],
  };
  view.measured = { curve, explanation: null, measuring: null, refused: "" };
  await view.updateComplete;
  await plot.updateComplete;
  expect(plot.shadowRoot?.querySelector("svg.plot .learned")?.getAttribute("d")?.match(/[ML]/g)).toHaveLength(2);
  const tables: TableTwin[] = [];
  view.addEventListener("table-show", (event) => tables.push((event as CustomEvent<TableTwin>).detail));
  plot.shadowRoot?.querySelector<HTMLButtonElement>(".icon-btn")?.click();
  expect(tables[0].rows).toEqual([
    ["10", "60\u202f%", "6.00", "7.00"],
    ["12", "40\u202f%", "5.00", "5.50"],
  ]);
  view.remove();
});

test("of several roads one is chosen, and orders along it stand beside the best ones", async () => {
  const view = await mount();
  const feature = (name: string) => ({ name, unit: "units", low: 0, high: 20, typical: [0, 20] as const });
  view.action = { kind: "continuous", features: [feature("warehouse → store 1"), feature("supplier → warehouse")] };
  view.trail = new OrderTrail();
  view.trail.add(14, 4, 6);
  view.trail.add(10, 5, 8);
  await view.updateComplete;
  const plot = await panelOf<OrderPlot>(view, "orders");
  expect(plot.shadowRoot?.querySelector(".plot")?.getAttribute("aria-label")).toContain("; 2.5 units from the best");
  expect(plot.shadowRoot?.querySelector(".plot .crosses")?.getAttribute("d")?.match(/h7/g)).toHaveLength(2);

  const chosen: number[] = [];
  view.addEventListener("road-select", (event) => chosen.push((event as CustomEvent<number>).detail));
  const select = view.shadowRoot?.querySelector("select") as HTMLSelectElement;
  select.value = "1";
  select.dispatchEvent(new Event("change"));
  expect(chosen).toEqual([1]);
  view.remove();
});

/** What stands in the panel in front. */
async function panelOf<T extends LitElement>(view: InventoryView, tab: string): Promise<T> {
  view.shadowRoot?.querySelector<HTMLButtonElement>(`#${tab}`)?.click();
  await view.updateComplete;
  const panel = view.shadowRoot?.querySelector("[role=tabpanel]")?.firstElementChild as T;
  await panel.updateComplete;
  return panel;
}

const cellsOf = (element: Element) =>
  [...(element.shadowRoot?.querySelectorAll("tbody tr") ?? [])].map((row) =>
    [...row.children].map((cell) => cell.textContent?.trim()).filter(Boolean),
  );

test("says what the periods on the stage were paid for, beside the mean of the policy to beat", async () => {
  const view = await mount();
  view.reference = reference;
  const trail = new CostTrail();
  view.stage = { trail, arises: [true, true, true, false], profit: false, horizon: 50 };
  trail.add(1, Float64Array.of(4, 1, 0, 0));
  trail.add(2, Float64Array.of(0, 1, 8, 0));
  view.show();
  await view.updateComplete;
  const plot = await panelOf(view, "periods");
  expect(cellsOf(plot)).toEqual([
    ["stock at stores", "2.00", "3.00"],
    ["stock at warehouses", "1.00", "0.00"],
    ["unmet demand", "4.00", "2.00"],
    ["in all", "7.00", "5.00"],
  ]);
  // One bar for each cost that is not zero: one of the stores, two of warehouses.
  const bars = (term: string) =>
    plot.shadowRoot?.querySelector(`.plot .${term}`)?.getAttribute("d")?.match(/M/g)?.length;
  expect([bars("t0"), bars("t1"), bars("t2")]).toEqual([1, 2, 1]);
  const tables: TableTwin[] = [];
  view.addEventListener("table-show", (event) => tables.push((event as CustomEvent<TableTwin>).detail));
  plot.shadowRoot?.querySelector<HTMLButtonElement>(".icon-btn")?.click();
  expect(tables[0].rows).toEqual([
    ["1", "4.00", "1.00", "0.00", "5.00", "5.00"],
    ["2", "0.00", "1.00", "8.00", "9.00", "7.00"],
  ]);
  view.remove();
});

test("draws how the gap fell, and what is no gap any more as a ring below the scale, with its key", async () => {
  const view = await mount();
  view.reference = reference;
  view.gaps = [
    { step: 100, cost: 10, best: 5 },
    { step: 200, cost: 5.5, best: 5 },
    { step: 300, cost: 4.9, best: 5 },
  ];
  const plot = await panelOf(view, "gap");
  expect(plot.shadowRoot?.textContent).toContain("Gap to the optimum");
  const heights = [...(plot.shadowRoot?.querySelectorAll(".plot circle") ?? [])].map((dot) =>
    Number(dot.getAttribute("cy")),
  );
  // 100 %, 10 % and nothing on a scale of decades from 0.1 %: one decade below the first, and more than three.
  const decade = heights[1] - heights[0];
  expect(decade).toBeGreaterThan(0);
  expect(heights[2] - heights[0]).toBeGreaterThan(3 * decade);
  expect(plot.shadowRoot?.querySelectorAll(".plot .ring")).toHaveLength(1);
  expect(plot.shadowRoot?.querySelector(".plot .line")?.getAttribute("d")).toMatch(/^M[^M]+L[^L]+$/);
  expect(plot.shadowRoot?.textContent).toContain("no gap, or less than 0.1 %");
  const tables: TableTwin[] = [];
  view.addEventListener("table-show", (event) => tables.push((event as CustomEvent<TableTwin>).detail));
  plot.shadowRoot?.querySelector<HTMLButtonElement>(".icon-btn")?.click();
  expect(tables[0].rows.map((row) => row.at(-1))).toEqual(["100.00 %", "10.00 %", "−2.00 %"]);
  view.remove();
});

test("a graph network's messages are listened to while their tab is in front, the loudest first", async () => {
  const view = await mount();
  const feature = (name: string) => ({ name, unit: "units", low: 0, high: 20, typical: [0, 20] as const });
  view.action = { kind: "continuous", features: [feature("warehouse → store 1"), feature("supplier → warehouse")] };
  await view.updateComplete;
  expect(view.shadowRoot?.querySelector("#messages")).toBeNull();
  view.graph = true;
  await view.updateComplete;
  const wishes: boolean[] = [];
  view.addEventListener("messages-listen", (event) => wishes.push((event as CustomEvent<boolean>).detail));
  const bars = await panelOf(view, "messages");
  expect(bars.shadowRoot?.textContent).toContain("once the stage has shown ten periods");
  const effects = {
    orders: [4, 6],
    deviations: [0.5, 2, 1],
    changes: [
      [0.25, 1],
      [-1.5, 0],
      [0, 0.5],
    ],
  };
  const edgeNames = ["warehouse → store 1", "supplier → warehouse", "store 1 → customers"];
  const ends = [
    [0, 1],
    [-1, 0],
    [1, -1],
  ] as const;
  view.nodes = { names: ["W", "A"], columns: [1, 2] };
  view.heard = { edgeNames, ends, effects, background: 12 };
  await view.updateComplete;
  await bars.updateComplete;
  expect(cellsOf(bars)).toEqual([
    ["supplier → warehouse", "−1.50", "2.0 ×"],
    ["warehouse → store 1", "+0.25", "0.5 ×"],
    ["store 1 → customers", "0.00", "1.0 ×"],
  ]);
  const widths = [...(bars.shadowRoot?.querySelectorAll(".bar rect") ?? [])].map((rect) => rect.getAttribute("width"));
  expect(widths[0]).toBe("50%");
  expect(Number.parseFloat(widths[1] ?? "")).toBeCloseTo(50 / 6, 6);

  // As wide as they change the order, the largest as six; dotted where they take off, faint where they do nothing.
  const edges = [...(bars.shadowRoot?.querySelectorAll(".edge:not(.chosen)") ?? [])];
  expect(edges.map((edge) => edge.classList[1])).toEqual(["more", "less", "still"]);
  expect(edges.map((edge) => Number(edge.getAttribute("stroke-width")))).toEqual([0.75 + 5.25 / 6, 6, 0.75]);
  expect(bars.shadowRoot?.querySelector(".chosen")?.getAttribute("d")).toBe(edges[0].getAttribute("d"));

  // By key to the next tab, which is the first again.
  const tab = view.shadowRoot?.querySelector("#messages");
  tab?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  await view.updateComplete;
  expect(view.shadowRoot?.querySelector("[aria-selected=true]")?.id).toBe("periods");
  expect(wishes).toEqual([true, false]);
  view.remove();
});

test("one store's orders are told in few numbers, with what they cost in the long run beside the optimum", async () => {
  const view = await mount();
  const tabs = () => [...(view.shadowRoot?.querySelectorAll("[role=tab]") ?? [])].map((tab) => tab.id);
  expect(tabs()).not.toContain("readable");
  const candidate = { size: 24, selectionReturn: -6.5, agreement: 0.9, r2: null, selectionEpisodes: 64 };
  const explanation = {
    kind: "orders",
    step: 409_600,
    episodes: 128,
    fidelity: 0.898,
    costMean: 6.5772,
    costError: 0.01,
    teacherCostMean: 6.7216,
    teacherCostError: 0.01,
    optimum: { kind: "optimal", cost: 6.0936 },
    candidates: [
      { ...candidate, label: "order 5 below 14, 4 below 19, 3 beyond", chosen: true },
      { ...candidate, label: "order up to 22, at most 5 at once", selectionReturn: -6.6, chosen: false },
      { ...candidate, label: "tree of 4 leaves", chosen: false },
    ],
  } as unknown as OrdersExplanation;
  view.measured = { curve: null, explanation, measuring: null, refused: "" };
  await view.updateComplete;
  view.shadowRoot?.querySelector<HTMLElement>("#readable")?.click();
  await view.updateComplete;
  const readable = view.shadowRoot?.querySelector("vitrine-readable-orders") as ReadableOrders;
  await readable.updateComplete;
  const root = readable.shadowRoot as ShadowRoot;
  expect(root.querySelector(".rule")?.textContent).toBe("order 5 below 14, 4 below 19, 3 beyond");
  const cells = [...root.querySelectorAll("tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent?.trim().replace("\u202f", " ").replace("\u00a0", " ")),
  );
  expect(cells).toEqual([
    ["in few numbers", "6.577 ± 0.010", "7.9 %", "90 %"],
    ["this policy", "6.722 ± 0.010", "10.3 %", ""],
    ["optimal", "6.094", "", ""],
    ["also tried; their costs beside the first, over 64 traces"],
    ["order up to 22, at most 5 at once", "+1.5 %", "", "90 %"],
    ["a tree of 4 leaves", "+0.0 %", "", "90 %"],
  ]);
  let asked = 0;
  view.addEventListener("curve-measure", () => asked++);
  root.querySelector("button")?.click();
  expect(asked).toBe(1);
  view.remove();
});

test("a network's orders are told road by road", async () => {
  const view = await mount();
  const candidate = { size: 6, selectionReturn: -4.2, agreement: 0.76, r2: null, selectionEpisodes: 48 };
  const explanation = {
    kind: "orders",
    step: 409_600,
    episodes: 128,
    fidelity: 0.76,
    costMean: 4.2,
    costError: 0.01,
    teacherCostMean: 4.1,
    teacherCostError: 0.01,
    optimum: { kind: "lower-bound", cost: 3.67 },
    levels: [
      { name: "W → A", level: 18.34, most: 5.2 },
      { name: "supplier → W", level: null, most: null },
    ],
    candidates: [
      { ...candidate, label: "level and cap for each road", chosen: true },
      { ...candidate, label: "echelon base stocks", chosen: false },
    ],
  } as unknown as OrdersExplanation;
  view.measured = { curve: null, explanation, measuring: null, refused: "" };
  await view.updateComplete;
  view.shadowRoot?.querySelector<HTMLElement>("#readable")?.click();
  await view.updateComplete;
  const readable = view.shadowRoot?.querySelector("vitrine-readable-orders") as ReadableOrders;
  await readable.updateComplete;
  const root = readable.shadowRoot as ShadowRoot;
  expect(root.querySelector(".rule")?.textContent).toBe(
    "every road fills its end up to a level, at most so much at once",
  );
  const rows = [...root.querySelectorAll(".levels tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent?.trim()),
  );
  expect(rows).toEqual([
    ["", "up to", "at most"],
    ["W → A", "18.3", "5.2"],
    ["supplier → W", "all there is", "–"],
  ]);
  expect(root.querySelectorAll(".what")[4]?.textContent).toBe("no policy costs less than");
  expect(root.querySelectorAll(".what")[5]?.textContent).toBe("an echelon level per node");
  view.remove();
});
