import { afterEach, describe, expect, it, vi } from "vitest";
import { Chart } from "../../src/elements/chart.js";
import { EMPTY_PLOT, type PlotData } from "../../src/elements/plot.js";
import { TableDialog, type TableTwin } from "../../src/elements/table-dialog.js";

afterEach(() => document.body.replaceChildren());

const data: PlotData = {
  ...EMPTY_PLOT,
  steps: [100, 200, 300],
  lines: [{ paint: 1, values: [10, null, 30] }],
  marks: [
    { step: 250, value: 42 },
    { step: 300, value: 44 },
  ],
  guides: [{ value: 50, label: "solved 50", tone: "good" }],
  maxStep: 1000,
};

async function mount(shown: PlotData): Promise<Chart> {
  const chart = new Chart();
  chart.heading = "Return";
  chart.note = "mean";
  chart.legend = [
    { paint: 1, label: "training" },
    { paint: 2, label: "evaluation", marks: true },
  ];
  chart.style.cssText = "width: 400px; height: 200px; font-family: sans-serif";
  document.body.append(chart);
  chart.show(shown);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await chart.updateComplete;
  return chart;
}

describe("a chart", () => {
  it("has a twin with a row for every step that was measured, evaluations in a column of their own", async () => {
    const chart = await mount(data);
    expect(chart.table).toEqual({
      caption: "Return, mean",
      columns: ["Environment steps", "training", "evaluation"],
      rows: [
        ["100", "10", ""],
        ["250", "", "42"],
        ["300", "30", "44"],
      ],
    });
  });

  it("offers the twin by a button, and says in a sentence where its curve is", async () => {
    const chart = await mount(data);
    const tables: TableTwin[] = [];
    chart.addEventListener("table-show", (event) => tables.push((event as CustomEvent<TableTwin>).detail));
    chart.shadowRoot?.querySelector<HTMLButtonElement>(".icon-btn")?.click();
    expect(tables).toEqual([chart.table]);
    expect(chart.shadowRoot?.querySelector("[role=img]")?.getAttribute("aria-label")).toBe("Return: 30 at step 300");
    expect(chart.shadowRoot?.querySelector(".legend")?.textContent?.replaceAll(/\s+/g, " ")).toContain("training30");
  });

  it("draws on its canvas, and anew when the theme changes", async () => {
    const chart = await mount(data);
    const drawn = () => {
      const canvas = chart.shadowRoot?.querySelector("canvas");
      return canvas
        ?.getContext("2d")
        ?.getImageData(0, 0, canvas.width, canvas.height)
        .data.some((value) => value > 0);
    };
    expect(drawn()).toBe(true);
    const strokes = vi.spyOn(CanvasRenderingContext2D.prototype, "fillText");
    chart.style.setProperty("--ink", "rgb(1, 2, 3)");
    await vi.waitFor(() => expect(strokes.mock.calls.length).toBeGreaterThan(0));
    strokes.mockRestore();
  });

  it("says that nothing is measured before anything is", async () => {
    const chart = await mount(EMPTY_PLOT);
    expect(chart.shadowRoot?.querySelector("[role=img]")?.getAttribute("aria-label")).toBe(
      "Return: nothing measured yet",
    );
    expect(chart.table.rows).toEqual([]);
  });
});

describe("the table of a figure", () => {
  const open = async (table: TableTwin) => {
    const dialog = new TableDialog();
    document.body.append(dialog);
    await dialog.show(table);
    await dialog.updateComplete;
    return dialog.shadowRoot;
  };

  it("has a caption, and headers for rows and columns", async () => {
    const root = await open({ caption: "Return", columns: ["Steps", "Mean"], rows: [["100", "22"]] });
    expect(root?.querySelector("caption")?.textContent).toBe("Return");
    expect(root?.querySelector('tbody th[scope="row"]')?.textContent).toBe("100");
    expect(root?.querySelectorAll('thead th[scope="col"]')).toHaveLength(2);
    expect(root?.querySelector("dialog")?.open).toBe(true);
  });

  it("is thinned evenly when it is long, keeps its last row, and says so", async () => {
    const rows = Array.from({ length: 1201 }, (_, i) => [String(i)]);
    const root = await open({ caption: "Reward", columns: ["Step"], rows });
    const shown = root?.querySelectorAll("tbody tr") ?? [];
    expect(shown).toHaveLength(401);
    expect(shown[400].textContent?.trim()).toBe("1200");
    expect(root?.querySelector(".note")?.textContent).toBe("401 of 1201 rows are shown.");
  });

  it("says so when there is nothing to show", async () => {
    const root = await open({ caption: "Return", columns: ["Steps"], rows: [] });
    expect(root?.querySelector(".note")?.textContent).toBe("Nothing has been measured yet.");
  });
});
