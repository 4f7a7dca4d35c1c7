import type { OptionValues } from "../../core/options.js";
import {
  fillPath,
  fillPolygon,
  numberText,
  type Point,
  pathBox,
  SMALLEST_TEXT,
  strokeLine,
  strokePath,
  writeText,
} from "../canvas.js";
import type { Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { Palette } from "../palette.js";
import { layoutOf, type Place } from "./layout.js";
import { firstStore, type InventoryProblem, pipelineLengths, pipelineStarts, SUPPLIER } from "./problem.js";
import { flowThrough } from "./tables.js";
import { inventoryProblemOf } from "./variant.js";
import { describeNetwork, LABELS, texts } from "./words.js";

type Context = CanvasRenderingContext2D;

/** What the drawing of one network needs again and again. */
interface Network {
  readonly problem: InventoryProblem;
  readonly lengths: readonly number[];
  /** First state entry of each node, and past the last. */
  readonly starts: readonly number[];
  readonly flow: readonly number[];
  readonly first: number;
}

/** One node at one moment. */
interface NodeState {
  readonly name: string;
  /** On hand; below 0 what is owed. */
  readonly onHand: number;
  /** What arrives in 1, 2, … periods. */
  readonly due: readonly number[];
  /** Mean demand behind the node, units per period: the measure of all its quantities. */
  readonly flow: number;
  /** Of the period before; null at a node that sells nothing. */
  readonly asked: number | null;
  readonly missing: number;
}

function networkOf(problem: InventoryProblem): Network {
  const lengths = pipelineLengths(problem);
  const starts = pipelineStarts(problem);
  return { problem, lengths, starts, flow: flowThrough(problem), first: firstStore(problem) };
}

function nodeState(
  { problem, lengths, starts, flow, first }: Network,
  state: ArrayLike<number>,
  node: number,
): NodeState {
  const start = starts[node];
  const report = starts[starts.length - 1] + problem.edges.length;
  const store = node - first;
  const count = problem.nodes.length - first;
  return {
    name: problem.nodes[node].name,
    onHand: state[start],
    due: Array.from({ length: lengths[node] - 1 }, (_, i) => state[start + 1 + i]),
    flow: flow[node],
    asked: store < 0 ? null : state[report + store],
    missing: store < 0 ? 0 : state[report + count + store],
  };
}

/** How a place is divided: the road of arrivals, the tank, and what is written where. */
function partsOf(place: Place) {
  const text = place.width >= 52 && place.height >= 44;
  const label = text ? SMALLEST_TEXT + 5 : 0;
  const height = place.height - 2 * label;
  const tankWidth = Math.max(6, Math.min(64, place.width * 0.34));
  const tank = { x: place.x + place.width - tankWidth, y: place.y + label, width: tankWidth, height };
  const road = { x: place.x, y: tank.y, width: place.width - tankWidth, height };
  return { tank, road, text, zero: tank.y + height * 0.78 };
}

/** Stock as a level: above the zero line what is there, below it what is owed. */
function drawTank(context: Context, palette: Palette, node: NodeState, place: Place, isStore: boolean): void {
  const { tank, zero, text } = partsOf(place);
  const unit = (zero - tank.y) / (4 * node.flow);
  pathBox(context, tank.x, tank.y, tank.width, tank.height, 4);
  fillPath(context, palette["scene-shade"], 0.5);
  context.save();
  pathBox(context, tank.x, tank.y, tank.width, tank.height, 4);
  context.clip();
  const level = node.onHand * unit;
  context.fillStyle = node.onHand >= 0 ? palette[isStore ? "action" : "scene-build"] : palette.bad;
  context.fillRect(tank.x, zero - Math.max(0, level), tank.width, Math.abs(level));
  if (node.onHand < 0) hatch(context, palette, tank.x, zero, tank.width, Math.min(-level, tank.y + tank.height - zero));
  context.restore();
  strokeLine(
    context,
    [
      [tank.x - 3, zero],
      [tank.x + tank.width + 3, zero],
    ],
    { colour: palette.ink, width: 1 },
  );
  pathBox(context, tank.x, tank.y, tank.width, tank.height, 4);
  strokePath(context, { colour: palette.edge });
  if (node.missing > 0) drawShortage(context, palette, node, place, unit);
  if (!text) return;
  const inside = level > 18;
  writeText(
    context,
    numberText(node.onHand, Math.abs(node.onHand) < 100 && !Number.isInteger(node.onHand) ? 1 : 0),
    [
      tank.x + tank.width / 2,
      inside ? Math.max(tank.y + 13, zero - level + 13) : Math.min(tank.y + tank.height - 3, zero - 4),
    ],
    {
      colour: inside ? palette.glass : palette.ink,
      weight: 600,
      size: 12,
      align: "center",
      ...(inside ? {} : { halo: palette.glass }),
    },
  );
}

/** Strokes across what is owed: colour alone would not do. */
function hatch(context: Context, palette: Palette, x: number, y: number, width: number, height: number): void {
  for (let offset = -height; offset < width; offset += 6) {
    strokeLine(
      context,
      [
        [x + offset, y + height],
        [x + offset + height, y],
      ],
      { colour: palette.glass, alpha: 0.55 },
    );
  }
}

/** Demand that was not met: a gap above the tank, marked by a triangle that grows with it. */
function drawShortage(context: Context, palette: Palette, node: NodeState, place: Place, unit: number): void {
  const { tank } = partsOf(place);
  const size = Math.max(4, Math.min(tank.width / 2, node.missing * unit));
  const x = tank.x + tank.width / 2;
  fillPolygon(
    context,
    [
      [x - size, tank.y + 2],
      [x + size, tank.y + 2],
      [x, tank.y + 2 + 1.4 * size],
    ],
    palette.bad,
  );
}

/** What is on its way, period by period: the load next to the tank arrives first. */
function drawRoad(context: Context, palette: Palette, node: NodeState, place: Place): void {
  const { road, zero, text, tank } = partsOf(place);
  strokeLine(
    context,
    [
      [road.x, zero],
      [tank.x - 3, zero],
    ],
    { colour: palette["scene-road"], width: 3, cap: "round" },
  );
  const count = node.due.length;
  if (count === 0) return;
  const step = (road.width - 6) / count;
  const unit = (zero - road.y) / (4 * node.flow);
  node.due.forEach((load, i) => {
    const x = tank.x - 6 - (i + 0.5) * step;
    strokeLine(
      context,
      [
        [x - step / 2, zero - 3],
        [x - step / 2, zero + 3],
      ],
      { colour: palette["rule-2"] },
    );
    if (load < 0.005 * node.flow) return;
    const [width, height] = [Math.max(3, Math.min(30, step * 0.7)), Math.max(3, Math.min(zero - road.y, load * unit))];
    pathBox(context, x - width / 2, zero - 3 - height, width, height, 2);
    fillPath(context, palette["scene-wood"]);
    if (text && step >= 24 && road.height > 60) {
      writeText(context, numberText(load, Number.isInteger(load) ? 0 : 1), [x, zero - 6 - height], {
        colour: palette["ink-2"],
        align: "center",
      });
    }
  });
}

function drawLabels(context: Context, frame: DrawingFrame, node: NodeState, place: Place, isLost: boolean): void {
  const { text, tank } = partsOf(place);
  if (!text) return;
  const { palette, translate } = frame;
  const right = place.x + place.width;
  writeText(context, translate(node.name), [right, place.y + SMALLEST_TEXT], {
    colour: palette["ink-2"],
    align: "right",
  });
  if (node.asked === null || frame.action === null || Number.isNaN(frame.action[0])) return;
  const below = tank.y + tank.height + SMALLEST_TEXT + 2;
  const number = (value: number) => numberText(value, Number.isInteger(value) ? 0 : 1);
  const width = writeText(context, number(node.asked), [right, below], { colour: palette.ink, align: "right" });
  if (place.width < 120) return;
  const asked = writeText(context, translate(LABELS.asked), [right - width - 4, below], {
    colour: palette["ink-3"],
    align: "right",
  });
  if (node.missing <= 0 || place.width < 200) return;
  const x = right - width - asked - 14;
  const lost = writeText(context, number(node.missing), [x, below], {
    colour: palette.bad,
    weight: 600,
    align: "right",
  });
  writeText(context, translate(isLost ? LABELS.lost : LABELS.waiting), [x - lost - 4, below], {
    colour: palette.bad,
    align: "right",
  });
}

/** A truck's way between two places; as thick as what was shipped along it. */
function drawEdge(context: Context, palette: Palette, from: Point, to: Point, share: number): void {
  const bend = (to[0] - from[0]) / 2;
  const path = () => {
    context.beginPath();
    context.moveTo(...from);
    context.bezierCurveTo(from[0] + bend, from[1], to[0] - bend, to[1], ...to);
  };
  path();
  strokePath(context, { colour: palette["rule-2"], width: 1.5 });
  if (share <= 0) return;
  path();
  strokePath(context, {
    colour: palette["lamp-edge"],
    width: Math.max(1.5, Math.min(7, 7 * share)),
    cap: "round",
    alpha: 0.8,
  });
}

function drawEdges(
  context: Context,
  frame: DrawingFrame,
  network: Network,
  places: readonly Place[],
  roads: boolean,
): void {
  const { problem, starts, flow, first } = network;
  const acts = frame.action !== null && !Number.isNaN(frame.action[0]);
  const supplier: Point = [Math.max(18, places[0].x * 0.45), frame.size.height / 2];
  problem.edges.forEach(({ from, to }, i) => {
    if (!roads && to >= first && from !== SUPPLIER) return;
    const target = places[to];
    const shipped = acts ? frame.state[starts[starts.length - 1] + i] : 0;
    const source = from === SUPPLIER ? null : places[from];
    const start: Point = source ? [source.x + source.width + 2, partsOf(source).zero] : supplier;
    drawEdge(context, frame.palette, start, [target.x, partsOf(target).zero], shipped / (4 * flow[to]));
  });
  drawSupplier(context, frame, supplier);
}

function drawSupplier(context: Context, { palette, size, translate }: DrawingFrame, [x, y]: Point): void {
  const half = Math.max(8, Math.min(14, size.width * 0.018));
  pathBox(context, x - half, y - half, 2 * half, 2 * half, 3);
  fillPath(context, palette["scene-build"]);
  fillPolygon(
    context,
    [
      [x - half, y - half],
      [x, y - half - 7],
      [x + half, y - half],
    ],
    palette["scene-build"],
  );
  if (x - 26 < 0 || size.width < 420) return;
  writeText(context, translate(LABELS.supplier), [Math.max(26, x), y + half + 14], {
    colour: palette["ink-3"],
    align: "center",
  });
}

function drawNetwork(context: Context, frame: DrawingFrame, network: Network): void {
  const { palette, size } = frame;
  const { places, roadsFit } = layoutOf(network.problem, size);
  context.clearRect(0, 0, size.width, size.height);
  drawEdges(context, frame, network, places, roadsFit);
  places.forEach((place, index) => {
    const node = nodeState(network, frame.state, index);
    drawRoad(context, palette, node, place);
    drawTank(context, palette, node, place, index >= network.first);
    drawLabels(context, frame, node, place, network.problem.unmet === "lost");
  });
}

/** A warehouse and three stores, one of them in want. */
function thumbnail(context: Context, { width, height }: DrawingSize, palette: Palette): void {
  context.clearRect(0, 0, width, height);
  const box = (x: number, y: number, w: number, h: number, level: number, colour: string) => {
    pathBox(context, x, y, w, h, 2);
    fillPath(context, palette["scene-shade"]);
    context.fillStyle = colour;
    context.fillRect(x, y + h * (1 - level), w, h * level);
    pathBox(context, x, y, w, h, 2);
    strokePath(context, { colour: palette.edge });
  };
  const [w, h] = [width * 0.15, height * 0.24];
  const stores = [0.08, 0.38, 0.68].map((y) => y * height);
  for (const [i, y] of stores.entries()) {
    drawEdge(context, palette, [width * 0.37, height / 2], [width * 0.72, y + h / 2], [0.4, 0.2, 0.6][i]);
    box(width * 0.72, y, w, h, [0.7, 0.12, 0.5][i], i === 1 ? palette.bad : palette.action);
  }
  box(width * 0.16, height * 0.28, width * 0.21, height * 0.46, 0.6, palette["scene-build"]);
}

function drawingOf(world: string): Drawing {
  const of = (options: OptionValues): Omit<Drawing, "variant"> => {
    const network = networkOf(inventoryProblemOf(world, options));
    return {
      draw: (context, frame) => drawNetwork(context, frame, network),
      describe: (state, action) => describeNetwork(network.problem, state, action),
      thumbnail,
      texts,
    };
  };
  return { ...of({}), variant: of };
}

/** Stock as levels, trucks by the period they arrive in, roads as thick as what went along them. */
export const drawing: Drawing = drawingOf("inventory");

/** The same for one store with whole orders. */
export const wholeDrawing: Drawing = drawingOf("inventory-whole");
