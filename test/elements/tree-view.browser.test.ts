import { afterEach, describe, expect, it } from "vitest";
import type { TreeEdit } from "../../src/compute/trees/edit-tree.js";
import { jsonOf } from "../../src/compute/trees/model-data.js";
import { parseTree } from "../../src/compute/trees/parse-tree.js";
import type { Tree } from "../../src/compute/trees/tree.js";
import { Importances } from "../../src/elements/importances.js";
import { type NodeSelection, TreeView } from "../../src/elements/tree-view.js";

afterEach(() => document.body.replaceChildren());

/** angle <= 0.1: left; else spin <= 2: right, else left. */
const TREE = parseTree({
  numFeatures: 2,
  numOutputs: 2,
  task: "classification",
  feature: [0, -1, 1, -1, -1],
  threshold: [0.1, 0, 2, 0, 0],
  left: [1, -1, 3, -1, -1],
  right: [2, -1, 4, -1, -1],
  value: [0.5, 0.5, 1, 0, 0.4, 0.6, 0, 1, 1, 0],
  samples: [100, 40, 60, 45, 15],
});
const INPUTS = [
  { name: "pole angle", unit: "rad" },
  { name: "pole spin", unit: "rad/s" },
];

async function mount(width: number, more: Partial<TreeView> = {}): Promise<TreeView> {
  const view = new TreeView();
  Object.assign(view, { tree: TREE, inputs: INPUTS, outputs: ["left", "right"], ...more });
  view.style.cssText = `width: ${width}px; font-family: sans-serif`;
  document.body.append(view);
  // The first size comes with the next frame.
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let i = 0; i < 3; i++) await frame();
  await view.updateComplete;
  return view;
}

/** Thin spaces read as spaces. */
const plain = (text: string | null) => (text ?? "").replaceAll(/\s/g, " ");
const nodesOf = (view: TreeView) => [...(view.shadowRoot?.querySelectorAll<HTMLElement>(".node") ?? [])];
const litOf = (view: TreeView) =>
  nodesOf(view)
    .filter((node) => node.classList.contains("lit"))
    .map((node) => node.dataset["node"]);
const press = (view: TreeView, key: string) =>
  view.shadowRoot?.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));

/** What a button shows and is therefore called. */
function nameOf(node: Element): string {
  const shown = node.cloneNode(true) as Element;
  for (const part of shown.querySelectorAll("[aria-hidden]")) part.remove();
  return plain(shown.textContent).replaceAll(/\s+/g, " ").trim();
}

describe("a tree", () => {
  it("says so while there is none", async () => {
    const view = await mount(400, { tree: null });
    expect(view.shadowRoot?.textContent).toContain("A tree appears here");
    expect(view.table.rows).toEqual([]);
  });

  it("draws every node as a button that says what it tests or answers", async () => {
    const view = await mount(400);
    expect(nodesOf(view).map(nameOf)).toEqual([
      "pole angle ≤ 0.1 rad",
      "yes left 40 %",
      "no pole spin ≤ 2 rad/s",
      "yes right 45 %",
      "no left 15 %",
    ]);
    expect(view.shadowRoot?.querySelector(".tree")?.classList.contains("drawn")).toBe(true);
  });

  it("draws lists of numbers, as an explanation stores them, and what a regressor answers", async () => {
    const stored = JSON.parse(jsonOf({ ...TREE, task: "regression" }));
    const view = await mount(400, { tree: stored, observation: [0.3, 1] });
    expect(litOf(view)).toEqual(["0", "2", "3"]);
    expect(nameOf(nodesOf(view)[3])).toBe("yes 0; 1 45 %");
  });

  it("lights the path of an observation, with what the splits see now", async () => {
    const view = await mount(400, { observation: [0.3, 1] });
    expect(litOf(view)).toEqual(["0", "2", "3"]);
    expect(nodesOf(view)[2].textContent).toContain("now 1");
    expect(view.shadowRoot?.querySelector(".sr")?.textContent).toContain(
      "Lit path: pole angle > 0.1 rad; pole spin ≤ 2 rad/s; right.",
    );
    view.show([0, 0], 1000);
    await view.updateComplete;
    expect(litOf(view)).toEqual(["0", "1"]);
    // As often as an eye can follow, and no more often.
    view.show([0.3, 1], 1050);
    await view.updateComplete;
    expect(litOf(view)).toEqual(["0", "1"]);
  });

  it("becomes an outline where columns have no room, and nothing leaves its width", async () => {
    for (const width of [230, 400]) {
      const view = await mount(width);
      expect(view.shadowRoot?.querySelector(".tree")?.className).toContain(width === 230 ? "outline" : "drawn");
      for (const node of nodesOf(view)) {
        expect(node.offsetLeft + node.offsetWidth).toBeLessThanOrEqual(width + 1);
      }
      view.remove();
    }
  });

  it("keeps nodes of one column apart", async () => {
    const view = await mount(400, { observation: [0.3, 1] });
    const boxes = nodesOf(view).map((node) => node.getBoundingClientRect());
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        expect(apart).toBe(true);
      }
    });
  });

  it("is one stop for Tab, walked by arrows", async () => {
    const view = await mount(400);
    expect(nodesOf(view).filter((node) => node.tabIndex === 0)).toHaveLength(1);
    nodesOf(view)[0].focus();
    const at = () => view.shadowRoot?.activeElement?.getAttribute("data-node");
    for (const [key, node] of [
      ["ArrowRight", "1"],
      ["ArrowDown", "2"],
      ["End", "4"],
      ["ArrowLeft", "2"],
      ["ArrowUp", "1"],
      ["Home", "0"],
      ["ArrowLeft", "0"],
    ]) {
      press(view, key);
      await view.updateComplete;
      await new Promise((done) => setTimeout(done));
      expect([key, at()]).toEqual([key, node]);
    }
  });

  it("tells which node was chosen", async () => {
    const view = await mount(400);
    const chosen: NodeSelection[] = [];
    view.addEventListener("node-select", (event) => chosen.push((event as CustomEvent<NodeSelection>).detail));
    nodesOf(view)[2].click();
    nodesOf(view)[3].click();
    await view.updateComplete;
    expect(chosen).toEqual([
      { node: 2, isLeaf: false },
      { node: 3, isLeaf: true },
    ]);
    expect(nodesOf(view)[3].getAttribute("aria-selected")).toBe("true");
    expect(view.shadowRoot?.querySelector(".editor")).toBeNull();
  });

  it("tells what a person changed: threshold, leaf, prune; and refuses words for a number", async () => {
    const view = await mount(400, { editable: true });
    const edits: TreeEdit[] = [];
    view.addEventListener("tree-edit", (event) => edits.push((event as CustomEvent<TreeEdit>).detail));
    nodesOf(view)[0].click();
    await view.updateComplete;
    const input = view.shadowRoot?.querySelector<HTMLInputElement>(".editor input");
    const form = view.shadowRoot?.querySelector<HTMLFormElement>("form.editor");
    if (!input || !form) throw new Error("no editor");
    input.value = "steep";
    form.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    expect(edits).toEqual([]);
    expect(input.validationMessage).toContain("expected a number, got steep");
    input.value = "−0,25";
    form.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    form.querySelector<HTMLButtonElement>("button[type=button]")?.click();
    nodesOf(view)[1].click();
    await view.updateComplete;
    const select = view.shadowRoot?.querySelector("select");
    if (!select) throw new Error("no select");
    expect(select.value).toBe("0");
    select.value = "1";
    select.dispatchEvent(new Event("change"));
    expect(edits).toEqual([
      { kind: "threshold", node: 0, threshold: -0.25 },
      { kind: "prune", node: 0 },
      { kind: "class", node: 1, class: 1 },
    ]);
  });

  it("has a table twin with every node", async () => {
    const view = await mount(400);
    expect(view.table.columns).toEqual(["Node", "Test", "If it holds", "Else", "Answer", "States"]);
    expect(view.table.rows.slice(0, 2).map((row) => row.map(plain))).toEqual([
      ["0", "pole angle ≤ 0.1 rad", "1", "2", "", "100 %"],
      ["1", "", "", "", "left", "40 %"],
    ]);
  });

  it("shows the path alone of a tree too large to read", async () => {
    const view = await mount(400, { tree: chain(100), observation: [0.505, 0] });
    expect(nodesOf(view)).toEqual([]);
    expect(view.shadowRoot?.querySelectorAll(".path li").length).toBeGreaterThan(10);
  });
});

/** x <= 0.01, 0.02, … one after another. */
function chain(numSplits: number): Tree {
  const size = 2 * numSplits + 1;
  const isSplit = (i: number) => i % 2 === 0 && i < size - 1;
  const list = (of: (i: number) => number) => Array.from({ length: size }, (_, i) => of(i));
  return parseTree({
    numFeatures: 2,
    numOutputs: 2,
    task: "classification",
    feature: list((i) => (isSplit(i) ? 0 : -1)),
    threshold: list((i) => (isSplit(i) ? (i / 2 + 1) / 100 : 0)),
    left: list((i) => (isSplit(i) ? i + 1 : -1)),
    right: list((i) => (isSplit(i) ? i + 2 : -1)),
    value: list(() => 0.5).flatMap((p) => [p, 1 - p]),
    samples: list((i) => size - i),
  });
}

describe("importances", () => {
  it("are a table whose bars are its numbers, from a common zero", async () => {
    const bars = new Importances();
    Object.assign(bars, { names: ["a", "b", "c"], values: [0.5, -0.5, 1], caption: "Now", sorted: true });
    document.body.append(bars);
    await bars.updateComplete;
    const rows = [...(bars.shadowRoot?.querySelectorAll("tr") ?? [])];
    expect(rows.map((row) => row.querySelector("th")?.textContent)).toEqual(["c", "a", "b"]);
    expect(rows.map((row) => row.querySelector(".num")?.textContent)).toEqual(["1", "0.5", "−0.5"]);
    const styles = rows.map((row) => row.querySelector("i")?.getAttribute("data-place"));
    expect(styles).toEqual(["left:33.33%;width:66.67%", "left:33.33%;width:33.33%", "left:0.00%;width:33.33%"]);
  });
});
