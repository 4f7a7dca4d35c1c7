import type { DrawingSize } from "../drawing.js";
import { firstStore, type InventoryProblem, type NodeKind } from "./problem.js";

/** Where one node stands, in CSS pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface NetworkLayout {
  /** [numNodes] */
  readonly places: readonly Place[];
  /** Whether the stores stand one below the other, so that a road to each has room. */
  readonly roadsFit: boolean;
}

/** Width of a place over its height that shows best: the road of arrivals beside the stock. */
const SHAPE = 1.5;
/** More stores than this in a column would be too flat. */
const LEAST_HEIGHT = 33;

/** Who supplies whom: nodes by index, any other `from` is the supplier. */
export interface SupplyGraph {
  readonly nodes: readonly { readonly kind: NodeKind }[];
  readonly edges: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Steps from the supplier to each node, by the longest way [numNodes]; of stores as if they supplied nothing. A road that
 * closes a circle, in a network that is not finished yet, does not count.
 */
export function levelsOf({ nodes, edges }: SupplyGraph): number[] {
  const levels: (number | undefined)[] = nodes.map(() => undefined);
  const onWay = new Set<number>();
  const level = (node: number): number => {
    const known = levels[node];
    if (known !== undefined) return known;
    onWay.add(node);
    let most = 0;
    for (const { from, to } of edges) {
      if (to === node && from in nodes && !onWay.has(from)) most = Math.max(most, 1 + level(from));
    }
    onWay.delete(node);
    levels[node] = most;
    return most;
  };
  return nodes.map((_, node) => level(node));
}

/** Which column from the supplier's, 0, on each node stands in [numNodes]: level by level, the stores last. */
export function nodeColumns(graph: SupplyGraph): number[] {
  const levels = levelsOf(graph);
  const isStore = graph.nodes.map(({ kind }) => kind === "store");
  const storeColumn = 1 + Math.max(0, ...levels.map((level, node) => (isStore[node] ? 0 : level + 1)));
  return levels.map((level, node) => (isStore[node] ? storeColumn : level + 1));
}

/**
 * Places for every node: the supplier's side is at the left, each level of the network a column, and the stores a block
 * at the right.
 */
export function layoutOf(problem: InventoryProblem, { width, height }: DrawingSize): NetworkLayout {
  const first = firstStore(problem);
  const count = problem.nodes.length - first;
  const levels = levelsOf(problem).slice(0, first);
  const numLevels = Math.max(0, ...levels.map((level) => level + 1));
  const margin = Math.max(6, Math.min(18, width * 0.02));
  const left = margin + Math.max(24, Math.min(54, width * 0.07));
  const room = width - left - margin;

  const columns = columnsOf(count, (numLevels === 0 ? 1 : 0.62) * room, height);
  const rows = Math.ceil(count / columns);
  // A column of the network is as wide as a column of stores, up to what leaves the stores most of the room.
  const share =
    numLevels === 0 ? 0 : Math.min(columns === 1 ? numLevels / (numLevels + 1) : 0.5, 0.2 * numLevels + 0.1);
  const inner = room * share;
  const places: Place[] = levels.map((level, node) => {
    const beside = levels.filter((other) => other === level).length;
    const index = levels.slice(0, node).filter((other) => other === level).length;
    const cell = { width: inner / numLevels, height: height / beside };
    return shaped({ x: left + level * cell.width, y: index * cell.height, ...cell });
  });
  const cell = { width: (room - inner) / columns, height: height / rows };
  for (let store = 0; store < count; store++) {
    const x = left + inner + (store % columns) * cell.width;
    const y = Math.floor(store / columns) * cell.height;
    places.push(shaped({ x, y, ...cell }, columns === 1 && count > 1 ? 0.82 * cell.width : 520));
  }
  return { places, roadsFit: columns === 1 };
}

/** Columns of a block of stores whose places come nearest to the best shape. */
function columnsOf(count: number, width: number, height: number): number {
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    // One column keeps its roads: it may be much wider than it is high.
    const tall = height / rows;
    if (columns === 1 && tall >= LEAST_HEIGHT) return 1;
    const off = Math.abs(Math.log(width / columns / tall / SHAPE));
    if (off < least) [best, least] = [columns, off];
  }
  return best;
}

/** A place within its cell: with a little air, no larger than helps, and as far right as ways before it need room. */
function shaped({ x, y, width, height }: Place, mostWidth = 520): Place {
  const air = { x: Math.min(14, width * 0.08), y: Math.min(10, height * 0.08) };
  const inner = { width: Math.min(width - 2 * air.x, mostWidth), height: Math.min(height - 2 * air.y, 260) };
  const left = mostWidth < 520 ? x + width - air.x - inner.width : x + (width - inner.width) / 2;
  return { x: left, y: y + (height - inner.height) / 2, ...inner };
}
