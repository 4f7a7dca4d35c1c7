import { type Curve, type Point, pathOf, placesInColumns, pointOn, roadCurve } from "../elements/network-geometry.js";
import { nodeColumns } from "../envs/inventory/layout.js";
import type { NetworkDraft } from "../envs/inventory/network-draft.js";
import { SUPPLIER_NAME } from "../envs/inventory/network-text.js";
import { type NodeKind, SUPPLIER } from "../envs/inventory/problem.js";

/** Half the width and height of what stands for a place. */
export const HALF = { x: 13, y: 12 } as const;
/** Size of what a road's lead time stands in. */
export const CHIP = { width: 26, height: 18 } as const;
/** Heights of a store with its name beside it, and of another place with its name below it. */
const [STORE_ROW, ROW] = [32, 62];
const LEAST_HEIGHT = 168;
/** Free above and below. */
const EDGE = 20;
/** Free at the left, for half of the supplier's name: less of it where columns are many. */
const [LEAST_LEFT, MOST_LEFT] = [30, 41];
/** Columns stand apart by at least this much, wider than the page if need be. */
const LEAST_PITCH = 58;
/** More stores than this get more room before them, for the lead times on their roads. */
const FEW_STORES = 4;
/** Where less is free between columns, lead times stand above level roads, which they would hide. */
const NARROW = 62;
const [LEAST_NAME, MOST_NAME] = [50, 150];
/** Width of a letter, about. */
const LETTER = 6.8;
/** Roads from neighbouring places keep this much apart where they pass others. */
const LANE = 6;
/** How far a road that leads back swings out. */
const SWING = 54;

/** The supplier, or a node of the draft. */
export interface DrawnPlace {
  readonly id: number;
  readonly kind: NodeKind | "supplier";
  /** The supplier's is 0. */
  readonly column: number;
  /** Middle of what stands for it. */
  readonly x: number;
  readonly y: number;
  /** Most room for its name, below it, or at the right of a store. */
  readonly nameWidth: number;
  /** What the name takes of it, about. */
  readonly writtenWidth: number;
}

export interface DrawnRoad {
  /** Its row in the draft. */
  readonly row: number;
  readonly from: number;
  readonly to: number;
  /** The `d` of its line. */
  readonly way: string;
  /** Where it ends, to the right. */
  readonly tip: Point;
  /** Middle of its lead time. */
  readonly label: Point;
}

export interface DraftLayout {
  readonly width: number;
  readonly height: number;
  /** Column by column, each from the top. */
  readonly places: readonly DrawnPlace[];
  readonly roads: readonly DrawnRoad[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * A draft as it is drawn: the supplier at the left, level by level a column, the stores in the last. Whatever a draft
 * may hold has its place: nodes without roads, circles, roads that are there twice. Pixels; it is wider than `width`
 * where columns would be too narrow.
 */
export function layoutDraft(draft: NetworkDraft, width: number): DraftLayout {
  const places = placesOf(draft, width);
  const [all, right] = [[...places.values()], Math.max(width, ...[...places.values()].map(rightOf))];
  const height = heightOf(all);
  const boxes = all.map(boxOf);
  const ways = draft.roads.flatMap(({ from, to }, row) => {
    const [source, target] = [places.get(from), places.get(to)];
    return source && target ? [{ row, from, to, curves: curvesOf(source, target, all, height) }] : [];
  });
  const labels = placeLabels(
    ways.map(({ curves }) => curves),
    boxes,
    { width: right, height },
  );
  return {
    width: right,
    height,
    places: all.toSorted((a, b) => a.column - b.column || a.y - b.y),
    roads: ways.map(({ curves, ...road }, i) => ({
      ...road,
      way: pathOf(curves),
      tip: curves[curves.length - 1][3],
      label: labels[i],
    })),
  };
}

/** What a place takes up, its name included; what is written is estimated. */
export function boxOf({ kind, x, y, writtenWidth }: DrawnPlace): Box {
  const [top, bottom] = [y - HALF.y - 2, y + HALF.y + 2];
  if (kind === "store") return { left: x - HALF.x - 2, right: x + HALF.x + 6 + writtenWidth, top, bottom };
  const half = Math.max(HALF.x + 2, writtenWidth / 2);
  return { left: x - half, right: x + half, top, bottom: bottom + 17 };
}

/** The place at a point, or the nearest that is about there; null elsewhere. */
export function placeAt({ places }: DraftLayout, { x, y }: Point): DrawnPlace | null {
  const near = places.filter((place) => {
    const { left, right, top, bottom } = boxOf(place);
    return x > left - 12 && x < right + 12 && y > top - 8 && y < bottom + 8;
  });
  const distance = (place: DrawnPlace) => Math.hypot(place.x - x, place.y - y);
  return near.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}

/** Where a road leaves a place, and where it enters one. */
export const exitOf = ({ x, y }: Point): Point => ({ x: x + HALF.x, y });
export const entranceOf = ({ x, y }: Point): Point => ({ x: x - HALF.x - 3, y });

const rightOf = ({ kind, x, nameWidth }: DrawnPlace) => x + (kind === "store" ? HALF.x + 6 + nameWidth : nameWidth / 2);

/** Every place by its id. */
function placesOf({ nodes, roads }: NetworkDraft, width: number): Map<number, DrawnPlace> {
  const index = new Map(nodes.map(({ id }, i) => [id, i]));
  const known = roads.filter(({ to }) => index.has(to));
  const edges = known.map(({ from, to }) => ({ from: index.get(from) ?? SUPPLIER, to: index.get(to) ?? 0 }));
  const columns = [0, ...nodeColumns({ nodes, edges })];
  const kinds = ["supplier" as const, ...nodes.map(({ kind }) => kind)];
  const last = Math.max(1, ...columns);
  const longest = Math.max(0, ...nodes.map(({ kind, name }) => (kind === "store" ? name.length : 0)));
  const storeName = Math.max(LEAST_NAME, Math.min(MOST_NAME, 0.25 * width, LETTER * longest + 8));
  const left = Math.max(LEAST_LEFT, Math.min(MOST_LEFT, width / (2 * last + 2)));
  const extra = kinds.filter((kind) => kind === "store").length > FEW_STORES ? 0.3 : 0;
  const pitch = Math.max(LEAST_PITCH, (width - left - HALF.x - 6 - storeName) / (last + extra));
  const at = (column: number) => left + pitch * (column + (column === last ? extra : 0));

  const numRows = (column: number) => columns.filter((other) => other === column).length;
  const heights = columns.map((column, i) => numRows(column) * (kinds[i] === "store" ? STORE_ROW : ROW));
  const height = Math.max(LEAST_HEIGHT - 2 * EDGE, ...heights);
  const points = placesInColumns(columns, { at, top: EDGE, height });
  return new Map(
    points.map((point, i): [number, DrawnPlace] => {
      const [id, kind] = [i === 0 ? SUPPLIER : nodes[i - 1].id, kinds[i]];
      const nameWidth = kind === "store" ? storeName : Math.min(pitch - 6, i === 0 ? 2 * left - 2 : 120);
      const name = i === 0 ? SUPPLIER_NAME : nodes[i - 1].name;
      const writtenWidth = Math.min(nameWidth, LETTER * name.length);
      return [id, { id, kind, column: columns[i], ...point, nameWidth, writtenWidth }];
    }),
  );
}

function heightOf(places: readonly DrawnPlace[]): number {
  return Math.max(LEAST_HEIGHT, ...places.map((place) => boxOf(place).bottom + EDGE - 6));
}

/** A road's line: past the places of the columns between, through a gap; back in a swing where it leads backward. */
function curvesOf(source: DrawnPlace, target: DrawnPlace, places: readonly DrawnPlace[], height: number): Curve[] {
  const [start, end] = [exitOf(source), entranceOf(target)];
  if (target.column <= source.column) {
    const swing = start.y + end.y > height ? -SWING : SWING;
    return [[start, { x: start.x + SWING, y: start.y + swing }, { x: end.x - SWING, y: end.y + swing }, end]];
  }
  const curves: Curve[] = [];
  let at = start;
  for (let column = source.column + 1; column < target.column; column++) {
    const passed = places.filter((place) => place.column === column);
    if (passed.length === 0) continue;
    const { x } = passed[0];
    const straight = start.y + ((end.y - start.y) * (x - start.x)) / (end.x - start.x);
    const y = gapNear(straight, passed) + laneOf(source, places);
    const [before, after] = [entranceOf({ x, y }), exitOf({ x, y })];
    curves.push(roadCurve(at, before), roadCurve(before, after));
    at = after;
  }
  return [...curves, roadCurve(at, end)];
}

/** The height nearest to another at which a road passes between, above or below the places of a column. */
function gapNear(y: number, passed: readonly DrawnPlace[]): number {
  const gaps = passed.map(boxOf).flatMap(({ top, bottom }) => [top - 6, bottom + 6]);
  return gaps.toSorted((a, b) => Math.abs(a - y) - Math.abs(b - y))[0];
}

/** How far off the middle of a gap the roads of a place pass: half a lane up or down, by turns. */
function laneOf(source: DrawnPlace, places: readonly DrawnPlace[]): number {
  if (source.kind === "supplier") return 0;
  const sources = places.filter(({ kind, column }) => kind !== "store" && column === source.column);
  return LANE * ((sources.indexOf(source) % 2) - 0.5);
}

/** Above the line where it is short and level. */
function raised([from, , , to]: Curve, { x, y }: Point): Point {
  const hides = Math.abs(to.x - from.x) < NARROW && Math.abs(to.y - from.y) < CHIP.height;
  return { x, y: hides ? y - CHIP.height / 2 - 8 : y };
}

/** Where on its line a label may stand, the best first. */
const SPOTS = [0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.25, 0.75, 0.2, 0.8, 0.15, 0.85];

/** Rounds in which each label may move away from those that were placed after it. */
const ROUNDS = 3;

/** A spot for the label of each road, where it covers least: other labels, places, other roads. */
function placeLabels(
  ways: readonly (readonly Curve[])[],
  places: readonly Box[],
  size: { readonly width: number; readonly height: number },
): Point[] {
  const spots = ways.map((curves) => {
    // The last piece first: where a road has passed others, it is by itself again.
    const pieces = curves.filter((_, i) => i % 2 === 0).toReversed();
    return pieces.flatMap((curve) => SPOTS.map((t) => raised(curve, pointOn(curve, t))));
  });
  const labels: (Point | undefined)[] = ways.map(() => undefined);
  const cost = (spot: Point, own: number): number => {
    const box = chipAt(spot);
    const isOut = box.left < 0 || box.top < 0 || box.right > size.width || box.bottom > size.height;
    const onLabels = labels.map((other, i) => (other && i !== own ? overlap(box, chipAt(other)) : 0));
    const onRoad = (road: readonly Point[], i: number) => i !== own && road.some((dot) => contains(box, dot));
    const onPlaces = places.map((place) => overlap(box, place));
    return 1000 * Number(isOut) + 2 * sum(onLabels) + sum(onPlaces) + 4 * spots.filter(onRoad).length;
  };
  for (let round = 0; round < ROUNDS; round++) {
    spots.forEach((own, i) => {
      const costs = own.map((spot, rank) => cost(spot, i) + rank / own.length);
      labels[i] = own[costs.indexOf(Math.min(...costs))];
    });
  }
  return labels.map((label) => label ?? { x: 0, y: 0 });
}

function chipAt({ x, y }: Point): Box {
  const [width, height] = [CHIP.width / 2, CHIP.height / 2];
  return { left: x - width, right: x + width, top: y - height, bottom: y + height };
}

/** Area that two boxes have in common. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.max(0, width) * Math.max(0, height);
}

const contains = ({ left, right, top, bottom }: Box, { x, y }: Point) => x > left && x < right && y > top && y < bottom;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
