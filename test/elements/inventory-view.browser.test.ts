import { expect, test } from "vitest";
import "../../src/elements/inventory-view.js";
import type { InventoryView } from "../../src/elements/inventory-view.js";
import type { OrderPlot } from "../../src/elements/order-plot.js";
import { OrderTrail } from "../../src/elements/order-trail.js";
import type { TableTwin } from "../../src/elements/table-dialog.js";
import type { InventoryReference } from "../../src/evaluate/inventory/reference-policy.js";

async function mount(): Promise<InventoryView> {
  const view = document.createElement("vitrine-inventory") as InventoryView;
  view.largest = 20;
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
    { name: "optimal", policy: { kind: "base-stock", level: 20 }, cost: 5 },
    { name: "newsvendor", policy: { kind: "base-stock", level: 10 }, cost: 8 },
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

  view.costs = [5.5, 9];
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
  view.measured = { curve: null, measuring: false, refused: "" };
  await view.updateComplete;
  const plot = view.shadowRoot?.querySelector("vitrine-order-plot") as OrderPlot;
  await plot.updateComplete;
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
  view.measured = { curve, measuring: false, refused: "" };
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
  const plot = view.shadowRoot?.querySelector("vitrine-order-plot") as OrderPlot;
  await plot.updateComplete;
  expect(plot.shadowRoot?.querySelector(".plot")?.getAttribute("aria-label")).toContain("; 2.5 units from the best");
  expect(plot.shadowRoot?.querySelector(".plot .crosses")?.getAttribute("d")?.match(/h7/g)).toHaveLength(2);

  const chosen: number[] = [];
  view.addEventListener("road-select", (event) => chosen.push((event as CustomEvent<number>).detail));
  const select = plot.shadowRoot?.querySelector("select") as HTMLSelectElement;
  select.value = "1";
  select.dispatchEvent(new Event("change"));
  expect(chosen).toEqual([1]);
  view.remove();
});
