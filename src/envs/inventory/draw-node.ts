import {
  fillPath,
  fillPolygon,
  numberText,
  type Point,
  pathBox,
  pathCircle,
  SMALLEST_TEXT,
  strokeLine,
  strokePath,
  writeText,
} from "../canvas.js";
import type { DrawingFrame } from "../drawing.js";
import type { Palette } from "../palette.js";
import type { Place } from "./layout.js";
import { firstStore, type InventoryProblem, pipelineLengths, pipelineStarts } from "./problem.js";
import { flowThrough } from "./tables.js";
import { LABELS } from "./words.js";

type Context = CanvasRenderingContext2D;

/** What the drawing of one network needs again and again. */
export interface Network {
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
  /** Of `due`, what was sent in the period before. */
  readonly sent: readonly number[];
}

/** Periods of mean demand that fill a tank. */
export const FULL = 4;

export function networkOf(problem: InventoryProblem): Network {
  const lengths = pipelineLengths(problem);
  const starts = pipelineStarts(problem);
  return { problem, lengths, starts, flow: flowThrough(problem), first: firstStore(problem) };
}

export function nodeState(network: Network, state: ArrayLike<number>, node: number, acts: boolean): NodeState {
  const { problem, lengths, starts, flow, first } = network;
  const start = starts[node];
  const report = starts[starts.length - 1] + problem.edges.length;
  const store = node - first;
  const count = problem.nodes.length - first;
  return {
    name: problem.nodes[node].name,
    onHand: state[start],
    due: Array.from({ length: lengths[node] - 1 }, (_, i) => state[start + 1 + i]),
    flow: flow[node],
    sent: sentTo(network, state, node, acts),
    asked: store < 0 ? null : state[report + store],
    missing: store < 0 ? 0 : state[report + count + store],
  };
}

/** Of what arrives at a node in 1, 2, … periods, what left in the period before. */
function sentTo(network: Network, state: ArrayLike<number>, node: number, acts: boolean): number[] {
  const { problem, lengths, starts } = network;
  const sent = new Array<number>(lengths[node] - 1).fill(0);
  problem.edges.forEach(({ to, leadTime }, i) => {
    if (acts && to === node && leadTime >= 2) sent[leadTime - 2] += state[starts[starts.length - 1] + i];
  });
  return sent;
}

/**
 * How a place is divided: the road of arrivals, the tank, and where texts stand: beside the tank in a wide place, above
 * and below it in a tile, nowhere in a small one.
 */
export function partsOf(place: Place, mayOwe: boolean) {
  const words = place.width >= 190 ? "beside" : place.width >= 62 && place.height >= 62 ? "around" : "none";
  const column = words === "beside" ? Math.min(MOST_TEXT, Math.max(LEAST_TEXT, 0.35 * place.width)) : 0;
  const label = words === "around" ? SMALLEST_TEXT + 5 : 0;
  const width = Math.max(6, Math.min(60, (place.width - column) * 0.36));
  const roof = width >= 22 && place.height >= 60 ? Math.min(12, width * 0.22) : 0;
  const below = words === "around" && place.height >= 96 ? label : 0;
  const tank = {
    x: place.x + place.width - column - width,
    y: place.y + label + roof,
    width,
    height: place.height - label - roof - below,
  };
  const zero = tank.y + tank.height * (mayOwe ? 0.72 : 1);
  return { words, tank, roof, zero, road: { x: place.x, width: tank.x - place.x } };
}
export type Parts = ReturnType<typeof partsOf>;

/** Room for what is written beside a tank. */
const LEAST_TEXT = 86;
const MOST_TEXT = 140;

/** A quantity as text; where room is scarce, of more than ten units without their tenths. */
const quantity = (value: number, most = 100) =>
  numberText(value, Number.isInteger(value) || Math.abs(value) >= most ? 0 : 1);

/** Stock as a level: above the zero line what is there, below it what is owed. */
function drawTank(context: Context, palette: Palette, node: NodeState, parts: Parts): void {
  const { tank, zero, words } = parts;
  const unit = (zero - tank.y) / (FULL * node.flow);
  drawRoof(context, palette, node, parts);
  pathBox(context, tank.x, tank.y, tank.width, tank.height, 3);
  fillPath(context, palette["scene-shade"], 0.5);
  context.save();
  pathBox(context, tank.x, tank.y, tank.width, tank.height, 3);
  context.clip();
  const level = node.onHand * unit;
  context.fillStyle = node.onHand < 0 ? palette.bad : node.asked === null ? palette["scene-other"] : palette.action;
  context.fillRect(tank.x, zero - Math.max(0, level), tank.width, Math.abs(level));
  if (level < 0) hatch(context, palette, tank.x, zero, tank.width, Math.min(-level, tank.y + tank.height - zero));
  context.restore();
  const short = node.missing > 0.005 * node.flow;
  pathBox(context, tank.x, tank.y, tank.width, tank.height, 3);
  strokePath(context, { colour: short ? palette.bad : palette.edge, width: short ? 1.5 : 1 });
  if (zero < tank.y + tank.height) {
    strokeLine(
      context,
      [
        [tank.x - 3, zero],
        [tank.x + tank.width + 3, zero],
      ],
      { colour: palette.ink },
    );
  }
  if (short) markShortage(context, palette, tank);
  if (words === "none" || tank.width < 24) return;
  const inside = level > 20;
  // Above the level, or within it where that is high enough; never on the mark of a shortage.
  const y = inside ? Math.max(tank.y + 14, zero - level + 14) : Math.max(tank.y + 22, Math.min(zero, zero - level) - 6);
  writeText(context, quantity(node.onHand, tank.width < 44 ? 10 : 100), [tank.x + tank.width / 2, y], {
    colour: inside ? palette.glass : palette.ink,
    weight: 600,
    size: 12,
    align: "center",
    ...(inside ? {} : { halo: palette.glass }),
  });
}

/** A gable for what supplies others, an awning for a store. */
function drawRoof(context: Context, palette: Palette, node: NodeState, { tank, roof }: Parts): void {
  if (roof === 0) return;
  const [left, right, top] = [tank.x - 3, tank.x + tank.width + 3, tank.y - roof];
  if (node.asked === null) {
    fillPolygon(
      context,
      [
        [left, tank.y],
        [(left + right) / 2, top],
        [right, tank.y],
      ],
      palette["scene-body"],
    );
    return;
  }
  const stripes = 5;
  const width = (right - left) / stripes;
  for (let stripe = 0; stripe < stripes; stripe++) {
    const x = left + stripe * width;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x + width, top);
    context.lineTo(x + width, tank.y - 2);
    context.arc(x + width / 2, tank.y - 2, width / 2, 0, Math.PI);
    context.closePath();
    fillPath(context, stripe % 2 === 0 ? palette["scene-body"] : palette["scene-paint"]);
  }
  pathBox(context, left, top, right - left, 2, 1);
  fillPath(context, palette["scene-body"]);
}

/** Strokes across what is owed: colour alone would not do. */
function hatch(context: Context, palette: Palette, x: number, y: number, width: number, height: number): void {
  for (let offset = -height; offset < width; offset += 6) {
    const [from, to]: Point[] = [
      [x + offset, y + height],
      [x + offset + height, y],
    ];
    strokeLine(context, [from, to], { colour: palette.glass, alpha: 0.55 });
  }
}

/** Demand was not met: a mark in the corner of the tank. */
function markShortage(context: Context, palette: Palette, tank: Place): void {
  const size = Math.max(4, Math.min(10, tank.width * 0.3));
  const [x, y] = [tank.x + tank.width, tank.y];
  fillPolygon(
    context,
    [
      [x - 1.4 * size, y],
      [x, y],
      [x, y + 1.4 * size],
    ],
    palette.bad,
  );
}

/** What is on its way, period by period: the load next to the tank arrives first, the newest is lit. */
function drawRoad(context: Context, palette: Palette, node: NodeState, { road, zero, tank, words }: Parts): void {
  const lane = Math.max(2, Math.min(5, tank.height * 0.04));
  const y = zero - lane / 2;
  const line: Point[] = [
    [road.x, y],
    [tank.x - 2, y],
  ];
  strokeLine(context, line, { colour: palette["scene-road"], width: lane, cap: "round" });
  const count = node.due.length;
  if (count === 0) return;
  const step = (road.width - 6) / count;
  const unit = (zero - tank.y - lane) / (FULL * node.flow);
  node.due.forEach((load, i) => {
    const x = tank.x - 4 - (i + 0.5) * step;
    if (load < 0.005 * node.flow) {
      strokeLine(
        context,
        [
          [x - 2, y],
          [x + 2, y],
        ],
        { colour: palette["scene-paint"], cap: "round" },
      );
      return;
    }
    const width = Math.max(3, Math.min(34, step * 0.72));
    const height = Math.max(3, Math.min(zero - tank.y - lane, load * unit));
    const fresh = Math.min(node.sent[i], load) / load;
    drawLoad(context, palette, { x: x - width / 2, y: zero - lane - height, width, height }, fresh);
    if (words === "none" || step < 25 || tank.height < 34) return;
    writeText(context, quantity(load), [x, Math.max(tank.y + 4, zero - lane - 5 - height)], {
      colour: palette["ink-2"],
      align: "center",
    });
  });
}

/** A load on wheels; the share of it that was just sent is lit. */
function drawLoad(context: Context, palette: Palette, { x, y, width, height }: Place, fresh: number): void {
  const wheels = width >= 14 && height >= 8;
  const bottom = wheels ? height - 3 : height;
  pathBox(context, x, y, width, bottom, 2);
  fillPath(context, palette["scene-wood"]);
  if (fresh > 0) {
    context.save();
    pathBox(context, x, y, width, bottom, 2);
    context.clip();
    context.fillStyle = palette.lamp;
    context.fillRect(x, y + bottom * (1 - fresh), width, bottom * fresh);
    context.restore();
    pathBox(context, x, y, width, bottom, 2);
    strokePath(context, { colour: palette["lamp-edge"] });
  }
  if (!wheels) return;
  for (const share of [0.24, 0.76]) {
    pathCircle(context, [x + share * width, y + height - 2], 2.5);
    fillPath(context, palette["scene-body"]);
  }
}

function drawWords(
  context: Context,
  frame: DrawingFrame,
  node: NodeState,
  parts: Parts,
  place: Place,
  isLost: boolean,
): void {
  const { words, tank, roof } = parts;
  if (words === "none") return;
  const { palette, translate } = frame;
  const acts = actsIn(frame);
  const short = acts && node.missing > 0.005 * node.flow;
  const x = tank.x + tank.width + 12;
  const name = fitted(context, translate(node.name), words === "beside" ? place.x + place.width - x : place.width);
  if (words === "around") {
    const right = place.x + place.width;
    writeText(context, name, [right, tank.y - roof - 5], { colour: palette["ink-2"], align: "right" });
    if (node.asked === null || !acts || place.height < 96) return;
    const y = tank.y + tank.height + SMALLEST_TEXT + 3;
    const lost = short
      ? writeText(context, `−${quantity(node.missing)}`, [right, y], {
          colour: palette.bad,
          weight: 600,
          align: "right",
        }) + 6
      : 0;
    const asked = writeText(context, quantity(node.asked), [right - lost, y], { colour: palette.ink, align: "right" });
    if (place.width - lost - asked < 48) return;
    writeText(context, translate(LABELS.asked), [right - lost - asked - 4, y], {
      colour: palette["ink-3"],
      align: "right",
    });
    return;
  }
  const lines = tank.height >= 62 ? 3 : tank.height >= 30 ? 2 : 1;
  // Centred beside the tank; the name first, and in the last line what went wrong.
  const top = tank.y + tank.height / 2 - (lines * 14) / 2 + 11;
  writeText(context, name, [x, top], { colour: palette.ink, weight: 600 });
  if (node.asked === null || !acts || lines === 1) return;
  const say = (line: number, value: number, word: string, colour: string, weight: number) => {
    const y = top + 14 * line;
    const width = writeText(context, quantity(value), [x, y], { colour, weight });
    const room = frame.size.width - (x + width + 6);
    writeText(context, fitted(context, translate(word), room), [x + width + 4, y], { colour, weight });
  };
  if (lines === 3 || !short) say(1, node.asked, LABELS.asked, palette["ink-2"], 400);
  if (short) say(lines - 1, node.missing, isLost ? LABELS.lost : LABELS.waiting, palette.bad, 600);
}

/** Draws one node: its road, its stock, its words. */
export function drawNode(
  context: Context,
  frame: DrawingFrame,
  node: NodeState,
  parts: Parts,
  place: Place,
  isLost: boolean,
): void {
  drawRoad(context, frame.palette, node, parts);
  drawTank(context, frame.palette, node, parts);
  drawWords(context, frame, node, parts, place, isLost);
}

/** Whether something was done in the period before: not right after a reset. */
export const actsIn = ({ action }: DrawingFrame): boolean => action !== null && !Number.isNaN(action[0]);

/** A text cut to a width, with an ellipsis. */
function fitted(context: Context, text: string, width: number): string {
  context.font = `600 ${SMALLEST_TEXT}px system-ui`;
  if (context.measureText(text).width <= width) return text;
  let shorter = text;
  while (shorter.length > 1 && context.measureText(`${shorter}…`).width > width) shorter = shorter.slice(0, -1);
  return `${shorter}…`;
}
