import { describe, expect, test } from "vitest";
import { draftOf, type NetworkDraft, withNode } from "../../src/envs/inventory/network-draft.js";
import { parseNetwork } from "../../src/envs/inventory/network-text.js";
import { SUPPLIER } from "../../src/envs/inventory/problem.js";
import { boxOf, CHIP, type DraftLayout, layoutDraft, placeAt } from "../../src/lab/draft-layout.js";

const draftFrom = (text: string) => draftOf(parseNetwork(text));
const columnsOf = (draft: NetworkDraft, { places }: DraftLayout) =>
  Object.fromEntries(
    places.map(({ id, column }) => [draft.nodes.find((node) => node.id === id)?.name ?? "supplier", column]),
  );

/** Points along a line of cubics that begins with M, as a browser draws it. */
function pointsOf(way: string): [number, number][] {
  const [start, ...curves] = way
    .slice(1)
    .split("C")
    .map((part) => part.split(" ").map(Number));
  let [x0, y0] = start;
  return curves.flatMap(([x1, y1, x2, y2, x3, y3]) => {
    const points = Array.from({ length: 41 }, (_, i): [number, number] => {
      const [t, s] = [i / 40, 1 - i / 40];
      const at = (a: number, b: number, c: number, d: number) =>
        s ** 3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t ** 3 * d;
      return [at(x0, x1, x2, x3), at(y0, y1, y2, y3)];
    });
    [x0, y0] = [x3, y3];
    return points;
  });
}

const store = (name: string) => `store ${name} under=9 mean=5 std=2`;
const CHAIN = draftFrom(
  `warehouse V; warehouse W; ${store("A")}; ${store("B")}; supplier>V:1; V>W:2; W>A:3; W>B:4; supplier>B:9`,
);
const [V, W, A, B] = CHAIN.nodes.map(({ id }) => id);

test("places stand level by level from the supplier, the stores in the last column", () => {
  const layout = layoutDraft(CHAIN, 700);
  expect(columnsOf(CHAIN, layout)).toEqual({ supplier: 0, V: 1, W: 2, A: 3, B: 3 });
  const x = new Map(layout.places.map((place) => [place.id, place.x]));
  expect([SUPPLIER, V, W, A].map((id) => x.get(id))).toEqual(
    [SUPPLIER, V, W, A].map((id) => x.get(id)).toSorted((a = 0, b = 0) => a - b),
  );
  expect(x.get(A)).toBe(x.get(B));
});

test("a road passes what stands between its ends", () => {
  const layout = layoutDraft(CHAIN, 700);
  const road = layout.roads.find(({ from, to }) => from === SUPPLIER && to === B);
  const between = layout.places.filter(({ id }) => id === V || id === W).map(boxOf);
  const hit = pointsOf(road?.way ?? "").filter(([x, y]) =>
    between.some(({ left, right, top, bottom }) => x > left && x < right && y > top && y < bottom),
  );
  expect(pointsOf(road?.way ?? "").length).toBeGreaterThan(100);
  expect(hit).toEqual([]);
});

const road = (from: number, to: number) => ({ from, to, leadTime: "2", cost: "0" });

describe("whatever a draft holds has its place", () => {
  const alone = { ...CHAIN, roads: [] };
  const circle = { ...CHAIN, roads: [road(V, W), road(W, V), road(W, A)] };
  const odd = { ...CHAIN, roads: [road(SUPPLIER, V), road(SUPPLIER, V), road(V, V), road(V, 77), road(88, A)] };
  test.each([
    ["nothing but the supplier", { ...CHAIN, nodes: [], roads: [] }, 0],
    ["nodes without roads", alone, 0],
    ["warehouses alone", { ...alone, nodes: CHAIN.nodes.slice(0, 2) }, 0],
    ["a circle", circle, 3],
    [
      "a circle of three",
      { ...CHAIN, nodes: [...withNode(CHAIN, "warehouse").nodes], roads: [road(V, W), road(W, 4), road(4, V)] },
      3,
    ],
    ["a road twice, a road to itself, roads to nowhere", odd, 3],
  ] as const)("%s", (_name, draft: NetworkDraft, numRoads) => {
    const layout = layoutDraft(draft, 334);
    expect(layout.places.map(({ id }) => id).toSorted()).toEqual(
      [SUPPLIER, ...draft.nodes.map(({ id }) => id)].toSorted(),
    );
    expect(layout.roads).toHaveLength(numRoads);
    expect(new Set(layout.places.map(({ x, y }) => `${x} ${y}`)).size).toBe(layout.places.length);
    const numbers = layout.roads.flatMap(({ way, label }) => [...pointsOf(way).flat(), label.x, label.y]);
    expect(numbers.every(Number.isFinite)).toBe(true);
    for (const { label } of layout.roads) {
      expect(label.x).toBeGreaterThan(0);
      expect(label.x).toBeLessThan(layout.width);
    }
  });

  test("of a circle one road leads back", () => {
    expect(columnsOf(circle, layoutDraft(circle, 700))).toEqual({ supplier: 0, W: 1, V: 2, A: 3, B: 3 });
  });
});

const TEN = Array.from({ length: 10 }, (_, i) => `A_store_with_a_long_name_${i + 1}`);
const LONG = draftFrom(
  `warehouse Distribution_centre; ${TEN.map(store).join("; ")}; supplier>Distribution_centre:3; ${TEN.map((name, i) => `Distribution_centre>${name}:${i + 1}`).join("; ")}`,
);

test.each([[308], [334], [700]])(
  "ten stores with long names fit into %i pixels, and no lead time covers another",
  (width) => {
    const layout = layoutDraft(LONG, width);
    expect(layout.width).toBe(width);
    for (const place of layout.places) {
      const { left, right, top, bottom } = boxOf(place);
      expect([left >= 0, right <= width, top >= 0, bottom <= layout.height]).toEqual([true, true, true, true]);
    }
    const labels = layout.roads.map(({ label }) => label);
    const pairs = labels.flatMap((a, i) => labels.slice(i + 1).map((b) => [Math.abs(a.x - b.x), Math.abs(a.y - b.y)]));
    expect(pairs.filter(([x, y]) => x < CHIP.width - 3 && y < CHIP.height - 3)).toEqual([]);
  },
);

test("a chain that is longer than the page is wide keeps its columns apart", () => {
  const names = Array.from({ length: 12 }, (_, i) => `W${i}`);
  const chain = draftFrom(
    `${names.map((name) => `warehouse ${name}`).join("; ")}; ${store("A")}; supplier>W0:1; ${names.map((name, i) => `${name}>${names[i + 1] ?? "A"}:1`).join("; ")}`,
  );
  const layout = layoutDraft(chain, 334);
  const xs = layout.places.map(({ x }) => x);
  expect(layout.width).toBeGreaterThan(334);
  expect(Math.min(...xs.slice(1).map((x, i) => x - xs[i]))).toBeGreaterThan(50);
});

test("a pointer is at the nearest place, or at none", () => {
  const layout = layoutDraft(CHAIN, 700);
  for (const { id, x, y } of layout.places) expect(placeAt(layout, { x: x + 6, y: y - 4 })?.id).toBe(id);
  const [supplier, first] = layout.places;
  expect(placeAt(layout, { x: (supplier.x + first.x) / 2, y: 3 })).toBe(null);
});
