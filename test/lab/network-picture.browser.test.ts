import { afterEach, expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import "../../src/lab/network-editor.js";
import type { OptionChange } from "../../src/elements/option-form.js";
import { parseNetwork } from "../../src/envs/inventory/network-text.js";
import type { NetworkEditor } from "../../src/lab/network-editor.js";
import type { NetworkPicture } from "../../src/lab/network-picture.js";

afterEach(() => document.body.replaceChildren());

/** An editor with its dialog open and its picture drawn. */
async function mount(network: string) {
  const editor = document.createElement("vitrine-network-editor") as NetworkEditor;
  editor.options = { network };
  document.body.append(editor);
  await editor.updateComplete;
  const root = editor.shadowRoot as ShadowRoot;
  const press = async (text: string) => {
    [...root.querySelectorAll("button")].find((one) => one.textContent?.trim() === text)?.click();
    await editor.updateComplete;
  };
  const changes: OptionChange[] = [];
  editor.addEventListener("option-change", (event) => changes.push((event as CustomEvent<OptionChange>).detail));
  await press("Build a network by hand …");
  await editor.updateComplete;
  const picture = root.querySelector("vitrine-network-picture") as NetworkPicture;
  const inner = picture.shadowRoot as ShadowRoot;
  await expect.poll(() => inner.querySelector(".canvas")).not.toBe(null);

  const buttons = () => [...inner.querySelectorAll<HTMLButtonElement>(".canvas button")];
  /** By the beginning of what it is called. */
  const item = (name: string) =>
    buttons().find((one) => one.getAttribute("aria-label")?.startsWith(name)) as HTMLButtonElement;
  const settled = async () => {
    await editor.updateComplete;
    await picture.updateComplete;
  };
  return {
    editor,
    root,
    changes,
    press,
    picture,
    inner,
    item,
    settled,
    port: (name: string) => item(name).nextElementSibling as HTMLElement,
    dialog: () => root.querySelector("dialog"),
    roads: () => buttons().flatMap((one) => (one.matches(".chip") ? [one.getAttribute("aria-label")] : [])),
    chosen: () => inner.querySelector(".chosen h3")?.textContent,
    said: () => inner.querySelector("[role=status]")?.textContent?.trim(),
    field: (label: string) => inner.querySelector(`.chosen [aria-label="${label}"]`) as HTMLInputElement,
    focused: () => inner.activeElement?.getAttribute("aria-label"),
    marked: (look: string) =>
      [...inner.querySelectorAll(`.canvas button.${look}`)].map((one) => one.querySelector("span")?.textContent),
  };
}

type Mounted = Awaited<ReturnType<typeof mount>>;

/** Moves a pointer, as the browser would: positions are of the middle of elements. */
function pointer(target: Element, type: string, at: Element, kind = "mouse"): void {
  const { x, y, width, height } = at.getBoundingClientRect();
  const where = { clientX: x + width / 2, clientY: y + height / 2 };
  const press = { pointerId: 1, pointerType: kind, isPrimary: true, button: 0, buttons: type === "pointerup" ? 0 : 1 };
  target.dispatchEvent(new PointerEvent(type, { ...where, ...press, bubbles: true, composed: true, cancelable: true }));
}

/** The beginning of a drag. No pointer of its own means that none can be captured. */
async function hold({ settled }: Mounted, from: HTMLElement, to: Element, kind = "mouse"): Promise<void> {
  from.setPointerCapture = () => {};
  pointer(from, "pointerdown", from, kind);
  pointer(from, "pointermove", to, kind);
  await settled();
}

const NETWORK =
  "warehouse W hold=0.3; store A under=9 mean=5 std=2; store B under=9 mean=5 std=2; supplier>W:3; W>A:2; W>B:2";

test("a road is dragged to a new store by the mouse, gets its lead time, and the network is used", async () => {
  const { press, item, roads, field, settled, chosen, changes, dialog, inner } = await mount(NETWORK);
  await press("Add a store");
  await settled();
  expect(chosen()).toBe("store 1 (store)");
  await press("Add a warehouse");
  await settled();
  expect(roads()).not.toContain("warehouse 1 → store 1, lead time 2");
  await userEvent.dragAndDrop(item("warehouse 1"), item("store 1"));
  await settled();
  expect(roads()).toContain("warehouse 1 → store 1, lead time 2");
  expect(chosen()).toBe("warehouse 1 → store 1");
  expect(inner.querySelector(".linking")).toBe(null);
  await userEvent.fill(field("warehouse 1 → store 1: Lead time"), "6");
  await settled();
  expect(roads()).toContain("warehouse 1 → store 1, lead time 6");
  await press("Use this network");
  const { nodes, edges } = parseNetwork(String(changes[0].value));
  const index = (name: string) => nodes.findIndex((node) => node.name === name);
  expect(edges).toContainEqual({ from: index("warehouse 1"), to: index("store 1"), leadTime: 6, cost: 0 });
  expect(dialog()?.open ?? false).toBe(false);
});

test("while a road is dragged its targets are lit, and a place that is none takes nothing", async () => {
  const mounted = await mount(`warehouse V; ${NETWORK}; supplier>V:1; V>W:2`);
  const { item, port, settled, marked, roads, said, inner } = mounted;
  const before = roads();
  await hold(mounted, port("W, "), item("B, "));
  expect(marked("may")).toEqual(["A", "B"]);
  expect(marked("aim")).toEqual(["B"]);
  expect(inner.querySelector(".lines.new .road")).not.toBe(null);
  // Back to V would be a circle.
  pointer(port("W, "), "pointermove", item("V, "));
  await settled();
  expect(marked("aim")).toEqual([]);
  pointer(port("W, "), "pointerup", item("V, "));
  await settled();
  expect([marked("may"), roads(), said()]).toEqual([
    [],
    before,
    "No road was added. One leads to a warehouse or a store, and never back to where it came from.",
  ]);
});

test("a road that is there already becomes selected", async () => {
  const mounted = await mount(NETWORK);
  const { item, port, settled, roads, said, chosen } = mounted;
  const before = roads();
  await hold(mounted, port("W, "), item("B, "));
  pointer(port("W, "), "pointerup", item("B, "));
  await settled();
  expect([roads(), chosen(), said()]).toEqual([before, "W → B", "W → B: this road is there already."]);
  expect(item("W → B").getAttribute("aria-pressed")).toBe("true");
});

test("a finger drags from a port; on a place it scrolls", async () => {
  const mounted = await mount(NETWORK);
  const { item, port, settled, roads, marked } = mounted;
  await hold(mounted, item("supplier"), item("A, "), "touch");
  expect(marked("may")).toEqual([]);
  expect(getComputedStyle(port("supplier")).touchAction).toBe("none");
  await hold(mounted, port("supplier"), item("A, "), "touch");
  expect(marked("aim")).toEqual(["A"]);
  pointer(port("supplier"), "pointerup", item("A, "), "touch");
  await settled();
  expect(roads()).toContain("supplier → A, lead time 2");
});

test("without dragging: a port is tapped, then the place where its road ends", async () => {
  const { item, port, settled, roads, marked } = await mount(NETWORK);
  await userEvent.click(port("supplier"));
  await settled();
  expect(marked("may")).toEqual(["W", "A", "B"]);
  await userEvent.click(item("B, "));
  await settled();
  expect([marked("may"), roads()]).toEqual([[], expect.arrayContaining(["supplier → B, lead time 2"])]);
});

test("by keyboard: a road is begun, its end chosen, its lead time typed", async () => {
  const { item, settled, roads, said, focused, changes, press } = await mount(NETWORK);
  item("supplier").focus();
  await userEvent.keyboard("{Enter}");
  await settled();
  // W has its road: the first place that has none is proposed.
  expect(said()).toBe("supplier → A? Arrows choose another place, Enter ends the road, Escape gives it up.");
  await userEvent.keyboard("{ArrowDown}");
  await settled();
  expect(said()).toMatch(/^supplier → B\?/);
  await userEvent.keyboard("{Enter}");
  await settled();
  expect([said(), focused()]).toEqual(["supplier → B: added.", "supplier → B, lead time 2"]);
  await userEvent.keyboard("{Tab}");
  expect(focused()).toBe("supplier → B: Lead time");
  await userEvent.keyboard("{Control>}a{/Control}9");
  await settled();
  expect(roads()).toContain("supplier → B, lead time 9");
  await press("Use this network");
  expect(String(changes[0].value)).toContain("supplier>B:9");
});

test("arrow keys go through places and their roads, one of which Tab reaches", async () => {
  const { item, focused, inner } = await mount(NETWORK);
  item("supplier").focus();
  const seen: unknown[] = [];
  for (let i = 0; i < 6; i++) {
    await userEvent.keyboard("{ArrowRight}");
    seen.push(focused());
  }
  expect(seen).toEqual([
    "supplier → W, lead time 3",
    "W, warehouse, 2 roads out",
    "W → A, lead time 2",
    "W → B, lead time 2",
    "A, store, 1 road in",
    "B, store, 1 road in",
  ]);
  expect([...inner.querySelectorAll('.canvas [tabindex="0"]')].map((one) => one.getAttribute("aria-label"))).toEqual([
    "B, store, 1 road in",
  ]);
  await userEvent.keyboard("{Home}");
  expect(focused()).toBe("supplier, 1 road out");
});

test("Escape gives up a road and leaves the dialog open; without a road it closes it", async () => {
  const mounted = await mount(NETWORK);
  const { item, settled, roads, said, dialog, marked, port } = mounted;
  const before = roads();
  item("supplier").focus();
  await userEvent.keyboard("{Enter}");
  await settled();
  expect(marked("may")).toEqual(["W", "A", "B"]);
  await userEvent.keyboard("{Escape}");
  await settled();
  expect([dialog()?.open, marked("may"), roads(), said()]).toEqual([
    true,
    [],
    before,
    "No road was added. One leads to a warehouse or a store, and never back to where it came from.",
  ]);

  await hold(mounted, port("supplier"), item("A, "));
  await userEvent.keyboard("{Escape}");
  pointer(port("supplier"), "pointerup", item("A, "));
  await settled();
  expect([dialog()?.open, marked("may"), roads()]).toEqual([true, [], before]);

  await userEvent.keyboard("{Escape}");
  expect(dialog()?.open).toBe(false);
});

test("the focus stays in the picture when the roads behind a removed one get other rows", async () => {
  const network =
    "warehouse N hold=0.3; warehouse S hold=0.3; store M under=9 mean=5 std=2; store L under=9 mean=5 std=2; " +
    "store I under=9 mean=5 std=2; supplier>N:1; supplier>S:1; N>M:2; S>L:2; S>M:2; N>I:3";
  const { item, settled, roads, focused } = await mount(network);
  const before = roads().length;
  item("supplier").focus();
  await userEvent.keyboard("{ArrowRight}".repeat(3));
  for (let i = 0; i < 12 && !focused()?.startsWith("N → M"); i++) await userEvent.keyboard("{ArrowRight}");
  expect(focused()).toContain("N → M");
  await userEvent.keyboard("{Delete}");
  await settled();
  expect(roads()).toHaveLength(before - 1);
  expect(focused()).toContain("N, warehouse");
});

test("Delete removes a road, its button too; a node goes with its roads", async () => {
  const { item, settled, roads, said, focused, chosen, inner, marked } = await mount(NETWORK);
  const remove = async () => {
    [...inner.querySelectorAll<HTMLButtonElement>(".chosen button")]
      .find((one) => one.textContent === "Remove")
      ?.click();
    await settled();
  };
  await userEvent.click(item("W → B"));
  await settled();
  expect([chosen(), focused()]).toEqual(["W → B", "W → B, lead time 2"]);
  await userEvent.keyboard("{Delete}");
  await settled();
  expect(roads()).toEqual(["supplier → W, lead time 3", "W → A, lead time 2"]);
  expect([said(), chosen(), focused()]).toEqual(["W → B: removed.", undefined, "W, warehouse, 1 road out"]);
  expect(marked("bad")).toEqual(["B"]);
  expect(item("B, ").getAttribute("aria-label")).toBe("B, store, 0 roads in, to be mended");

  item("W → A").click();
  await settled();
  await remove();
  expect(roads()).toEqual(["supplier → W, lead time 3"]);
  item("W, ").click();
  await settled();
  expect(chosen()).toBe("W (warehouse)");
  await remove();
  expect([roads(), item("W, "), chosen()]).toEqual([[], undefined, undefined]);
});

test("what is refused is marked where it is drawn and at its field, and a key in a field removes nothing", async () => {
  const { item, settled, field, marked, roads } = await mount(NETWORK);
  item("W → A").click();
  await settled();
  const leadTime = field("W → A: Lead time");
  leadTime.focus();
  await userEvent.keyboard("{Control>}a{/Control}{Backspace}");
  await settled();
  expect([marked("bad"), leadTime.getAttribute("aria-invalid"), roads().length]).toEqual([["?"], "true", 3]);
  await userEvent.keyboard("4");
  await settled();
  expect([marked("bad"), leadTime.getAttribute("aria-invalid")]).toEqual([[], "false"]);
  item("A, ").click();
  await settled();
  await userEvent.fill(field("A: Mean demand"), "none");
  await settled();
  expect(marked("bad")).toEqual(["A"]);
});

test("a selected road stays selected when another is removed before it", async () => {
  const { item, root, settled, chosen } = await mount(NETWORK);
  item("W → B").click();
  await settled();
  root.querySelector<HTMLButtonElement>("[aria-label='Remove W → A']")?.click();
  await settled();
  expect(chosen()).toBe("W → B");
  root.querySelector<HTMLButtonElement>("[aria-label='Remove W → B']")?.click();
  await settled();
  expect(chosen()).toBe(undefined);
});
