import {
  fillPath,
  fillPolygon,
  numberText,
  type Point,
  pathBox,
  pathCircle,
  strokeLine,
  strokePath,
  writeText,
} from "../canvas.js";
import type { Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { Palette } from "../palette.js";
import { MAP_START, MAX_COLUMNS, SIGHT, TILE } from "./spec.js";
import { DIRECTIONS, describe, texts } from "./words.js";

type Context = CanvasRenderingContext2D;

/** Where the map lies on the canvas. */
interface Board {
  readonly left: number;
  readonly top: number;
  readonly tile: number;
  readonly rows: number;
  readonly columns: number;
  /** Left edge of the key of tiles, or null where there is no room beside the map. */
  readonly key: number | null;
}

/** Width of the key of tiles, and its distance from the map. */
const KEY_WIDTH = 118;
const KEY_GAP = 24;

function boardOf({ width, height }: DrawingSize, rows: number, columns: number): Board {
  const tile = Math.max(4, Math.min(64, Math.floor(Math.min((width - 24) / columns, (height - 8) / rows))));
  const top = Math.round((height - tile * rows) / 2);
  const rest = width - tile * columns;
  if (rest < KEY_GAP + KEY_WIDTH + 24) return { tile, rows, columns, left: Math.round(rest / 2), top, key: null };
  // The map stays as near to the middle of the stage as the key lets it.
  const left = Math.round(Math.min(rest / 2 - KEY_WIDTH * 0.35, rest - KEY_GAP - KEY_WIDTH - 12));
  return { tile, rows, columns, left, top, key: left + tile * columns + KEY_GAP };
}

function tileColour(palette: Palette, code: number): string {
  if (code === TILE.lava) return palette["scene-lava"];
  return code === TILE.grass ? palette["scene-grass"] : palette["scene-build"];
}

/** Each tile has a mark of its own, so that the map is read without colour: tufts for grass, waves for lava. */
function drawTile(context: Context, palette: Palette, code: number, x: number, y: number, size: number): void {
  const gap = size > 12 ? 1 : 0.5;
  pathBox(context, x + gap, y + gap, size - 2 * gap, size - 2 * gap, size * 0.12);
  fillPath(context, tileColour(palette, code));
  if (size < 10) return;
  const width = Math.max(1, size * 0.055);
  const at = (right: number, down: number): Point => [x + right * size, y + down * size];
  if (code === TILE.grass) {
    for (const [right, down] of [
      [0.28, 0.6],
      [0.66, 0.42],
      [0.7, 0.84],
    ]) {
      // Three blades that lean apart, the middle one the tallest.
      for (const lean of [-1, 0, 1]) {
        const foot = at(right + 0.065 * lean, down);
        const tip = at(right + 0.115 * lean, down - (lean === 0 ? 0.22 : 0.15));
        strokeLine(context, [foot, tip], { colour: palette["scene-foliage"], width, cap: "round" });
      }
    }
  }
  if (code === TILE.lava) {
    for (const down of [0.34, 0.62]) {
      context.beginPath();
      context.moveTo(...at(0.18, down));
      context.bezierCurveTo(...at(0.38, down - 0.18), ...at(0.6, down + 0.2), ...at(0.82, down));
      strokePath(context, { colour: palette["scene-goal"], width: width * 1.3, cap: "round" });
    }
  }
}

function drawStar(context: Context, palette: Palette, [x, y]: Point, radius: number): void {
  const points = Array.from({ length: 10 }, (_, i): Point => {
    const reach = i % 2 === 0 ? radius : radius * 0.45;
    const angle = -Math.PI / 2 + (i * Math.PI) / 5;
    return [x + Math.cos(angle) * reach, y + Math.sin(angle) * reach];
  });
  fillPolygon(context, points, palette["scene-goal"]);
  strokeLine(context, [...points, points[0], points[1]], { colour: palette.ink, width: Math.max(1, radius * 0.09) });
}

/** The robot: a round body whose eye looks where it goes. */
function drawRobot(
  context: Context,
  palette: Palette,
  [x, y]: Point,
  radius: number,
  [right, down]: readonly [number, number],
): void {
  context.beginPath();
  context.ellipse(x, y + radius * 0.85, radius * 0.9, radius * 0.28, 0, 0, 2 * Math.PI);
  fillPath(context, palette["scene-shade"]);
  pathCircle(context, [x, y], radius);
  fillPath(context, palette["scene-body"]);
  strokePath(context, { colour: palette.glass, width: Math.max(1.5, radius * 0.16) });
  const eye: Point = [x + right * radius * 0.42, y + down * radius * 0.42];
  pathCircle(context, eye, radius * 0.3);
  fillPath(context, palette.glass);
  pathCircle(context, [eye[0] + right * radius * 0.1, eye[1] + down * radius * 0.1], radius * 0.14);
  fillPath(context, palette["scene-body"]);
}

/** Which way the action goes, or null right after a reset. */
function directionOf(action: ArrayLike<number> | null): readonly [number, number] | null {
  return action && !Number.isNaN(action[0]) ? DIRECTIONS[Math.round(action[0])] : null;
}

function drawMap(context: Context, { state, palette }: DrawingFrame, { tile, left, top, rows, columns }: Board): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const code = state[MAP_START + row * MAX_COLUMNS + column];
      drawTile(context, palette, code, left + column * tile, top + row * tile, tile);
    }
  }
}

/** What the agent sees, as a dashed frame cut off at the map's edge. */
function drawSight(context: Context, { state, palette }: DrawingFrame, board: Board): void {
  const { tile, left, top, rows, columns } = board;
  const span = (at: number, size: number) => [Math.max(0, at - SIGHT), Math.min(size, at + SIGHT + 1)] as const;
  const [y0, y1] = span(state[0], rows);
  const [x0, x1] = span(state[1], columns);
  pathBox(context, left + x0 * tile, top + y0 * tile, (x1 - x0) * tile, (y1 - y0) * tile, tile * 0.16);
  strokePath(context, { colour: palette.ink, dash: [4, 4], width: 1.25, alpha: 0.75 });
}

/** The way it came: dots that grow towards the present. */
function drawTrail(
  context: Context,
  { ghosts, palette }: DrawingFrame,
  tile: number,
  place: (s: ArrayLike<number>) => Point,
): void {
  ghosts.forEach((past, i) => {
    const recent = (i + 1) / (ghosts.length + 1);
    pathCircle(context, place(past), tile * (0.06 + 0.08 * recent));
    fillPath(context, palette["scene-body"], 0.25 + 0.45 * recent);
    strokePath(context, { colour: palette.glass, alpha: 0.6 });
  });
}

/** The move under way, as an arrowhead under the lamp. */
function drawMove(
  context: Context,
  palette: Palette,
  [x, y]: Point,
  direction: readonly [number, number],
  tile: number,
): void {
  const [right, down] = direction;
  const size = tile * 0.2;
  const tip = tile * 0.6;
  const at = (along: number, across: number): Point => [
    x + right * along - down * across,
    y + down * along + right * across,
  ];
  const head = [at(tip, 0), at(tip - size * 1.4, size * 0.95), at(tip - size * 1.4, -size * 0.95)];
  fillPolygon(context, head, palette.lamp);
  strokeLine(context, [...head, head[0], head[1]], { colour: palette["lamp-ink"], width: Math.max(1, tile * 0.04) });
}

/** What each tile is and what it pays, beside the map where there is room. */
function drawKey(context: Context, frame: DrawingFrame, board: Board): void {
  const { palette, params, translate } = frame;
  if (board.key === null) return;
  const [x, size, line] = [board.key, 18, 28];
  const rows: readonly (readonly [string, number | null, number])[] = [
    ["target", null, 1],
    ["dirt", TILE.dirt, 0],
    ["grass", TILE.grass, -params["grassCost"]],
    ["lava", TILE.lava, -params["lavaCost"]],
    ["a step", null, -params["stepCost"]],
  ];
  const top = board.top + (board.tile * board.rows - line * rows.length) / 2;
  rows.forEach(([name, code, pay], i) => {
    const y = top + line * i + line / 2;
    if (code !== null) drawTile(context, palette, code, x, y - size / 2, size);
    else if (name === "target") drawStar(context, palette, [x + size / 2, y], size * 0.44);
    else {
      const middle: Point = [x + size / 2 - size * 0.35, y];
      drawMove(context, palette, middle, [1, 0], size * 1.2);
    }
    writeText(context, translate(name), [x + size + 9, y], { colour: palette["ink-2"], size: 12, baseline: "middle" });
    const text = pay > 0 ? `+${pay}` : numberText(pay, 2).replace(/\.?0+$/, "");
    writeText(context, text, [x + KEY_WIDTH, y], {
      colour: palette.ink,
      size: 12,
      weight: 600,
      align: "right",
      baseline: "middle",
    });
  });
}

function draw(context: Context, frame: DrawingFrame): void {
  const { size, palette, params, state } = frame;
  const board = boardOf(size, params["rows"], params["columns"]);
  const { tile } = board;
  const at = (row: number, column: number): Point => [
    board.left + (column + 0.5) * tile,
    board.top + (row + 0.5) * tile,
  ];
  const here = at(state[0], state[1]);
  const direction = directionOf(frame.action);
  context.clearRect(0, 0, size.width, size.height);
  drawMap(context, frame, board);
  drawSight(context, frame, board);
  drawTrail(context, frame, tile, (past) => at(past[0], past[1]));
  drawStar(context, palette, at(state[2], state[3]), tile * 0.36);
  drawRobot(context, palette, here, tile * 0.32, direction ?? [0, 0]);
  if (direction) drawMove(context, palette, here, direction, tile);
  drawKey(context, frame, board);
}

/** Tiles of the little map: `.` dirt, `g` grass, `l` lava. */
const SMALL_MAP = ["..g...lg.", "g..ll...g", "..gl..g..", "g...g.l..", "..g....g."];

function thumbnail(context: Context, { width, height }: DrawingSize, palette: Palette): void {
  const tile = Math.max(width / SMALL_MAP[0].length, height / SMALL_MAP.length);
  const codes: Readonly<Record<string, number>> = { ".": TILE.dirt, g: TILE.grass, l: TILE.lava };
  const at = (row: number, column: number): Point => [(column + 0.5) * tile, (row + 0.5) * tile];
  context.clearRect(0, 0, width, height);
  SMALL_MAP.forEach((line, row) => {
    [...line].forEach((letter, column) => {
      drawTile(context, palette, codes[letter], column * tile, row * tile, tile);
    });
  });
  strokeLine(context, [at(3, 1), at(3, 3), at(3, 5), at(1, 5), at(1, 7)], {
    colour: palette.ink,
    width: 1.5,
    dash: [1, 4],
    cap: "round",
  });
  drawStar(context, palette, at(1, 7), tile * 0.44);
  drawRobot(context, palette, at(3, 1), tile * 0.4, [1, 0]);
}

/** Lavaland from above: tiles with marks of their own, what the agent sees, and the way it came. */
export const drawing: Drawing = { draw, describe, thumbnail, texts };
