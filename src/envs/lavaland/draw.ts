import type { Description, Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";
import type { Palette } from "../palette.js";
import { MAP_START, MAX_COLUMNS, SIGHT, TILE } from "./spec.js";

type Context = CanvasRenderingContext2D;

/** Where the map lies on the canvas. */
interface Board {
  readonly left: number;
  readonly top: number;
  readonly tile: number;
  readonly rows: number;
  readonly columns: number;
}

function boardOf({ width, height }: DrawingSize, rows: number, columns: number): Board {
  const tile = Math.max(2, Math.floor(Math.min((width - 24) / columns, (height - 8) / rows)));
  const left = Math.round((width - tile * columns) / 2);
  return { tile, rows, columns, left, top: Math.round((height - tile * rows) / 2) };
}

/** Each tile has a mark of its own, so that the map is read without colour: tufts for grass, waves for lava. */
function drawTile(context: Context, palette: Palette, code: number, x: number, y: number, size: number): void {
  const gap = size > 12 ? 1 : 0.5;
  context.fillStyle =
    code === TILE.lava ? palette["scene-lava"] : code === TILE.grass ? palette["scene-grass"] : palette["scene-build"];
  context.beginPath();
  context.roundRect(x + gap, y + gap, size - 2 * gap, size - 2 * gap, size * 0.1);
  context.fill();
  if (size < 12) return;
  context.lineWidth = Math.max(1, size * 0.05);
  context.lineCap = "round";
  context.beginPath();
  if (code === TILE.grass) {
    context.strokeStyle = palette["scene-foliage"];
    for (const [dx, dy] of [
      [0.3, 0.62],
      [0.62, 0.42],
      [0.7, 0.78],
    ]) {
      context.moveTo(x + (dx - 0.07) * size, y + (dy - 0.12) * size);
      context.lineTo(x + dx * size, y + dy * size);
      context.lineTo(x + (dx + 0.07) * size, y + (dy - 0.12) * size);
    }
  } else if (code === TILE.lava) {
    context.strokeStyle = palette["scene-goal"];
    for (const dy of [0.36, 0.64]) {
      context.moveTo(x + 0.2 * size, y + dy * size);
      context.bezierCurveTo(
        x + 0.38 * size,
        y + (dy - 0.16) * size,
        x + 0.58 * size,
        y + (dy + 0.16) * size,
        x + 0.8 * size,
        y + dy * size,
      );
    }
  }
  context.stroke();
  context.lineCap = "butt";
}

function drawStar(context: Context, palette: Palette, x: number, y: number, radius: number): void {
  context.beginPath();
  for (let i = 0; i < 10; i++) {
    const reach = i % 2 === 0 ? radius : radius * 0.45;
    const angle = -Math.PI / 2 + (i * Math.PI) / 5;
    context.lineTo(x + Math.cos(angle) * reach, y + Math.sin(angle) * reach);
  }
  context.closePath();
  context.fillStyle = palette["scene-goal"];
  context.fill();
  context.strokeStyle = palette.ink;
  context.lineWidth = 1;
  context.stroke();
}

function drawAgent(context: Context, palette: Palette, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = palette["scene-body"];
  context.fill();
  context.lineWidth = Math.max(1.5, radius * 0.18);
  context.strokeStyle = palette.glass;
  context.stroke();
}

const DIRECTIONS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

function draw(context: Context, frame: DrawingFrame): void {
  const { size, palette, params, state, ghosts, action } = frame;
  const board = boardOf(size, params["rows"], params["columns"]);
  const { tile, left, top } = board;
  const [centreX, centreY] = [
    (column: number) => left + (column + 0.5) * tile,
    (row: number) => top + (row + 0.5) * tile,
  ];
  context.save();
  context.clearRect(0, 0, size.width, size.height);
  for (let row = 0; row < board.rows; row++) {
    for (let column = 0; column < board.columns; column++) {
      const code = state[MAP_START + row * MAX_COLUMNS + column];
      drawTile(context, palette, code, left + column * tile, top + row * tile, tile);
    }
  }

  // What the agent sees, and the way it came.
  const [row, column] = [state[0], state[1]];
  context.save();
  context.beginPath();
  context.rect(left, top, tile * board.columns, tile * board.rows);
  context.clip();
  context.strokeStyle = palette["ink-2"];
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  const reach = (2 * SIGHT + 1) * tile;
  context.strokeRect(left + (column - SIGHT) * tile + 0.5, top + (row - SIGHT) * tile + 0.5, reach - 1, reach - 1);
  context.setLineDash([]);
  context.beginPath();
  for (const past of ghosts) context.lineTo(centreX(past[1]), centreY(past[0]));
  context.lineTo(centreX(column), centreY(row));
  context.strokeStyle = palette.ink;
  context.setLineDash([1, 5]);
  context.lineCap = "round";
  context.lineWidth = 2.5;
  context.stroke();
  context.restore();

  drawStar(context, palette, centreX(state[3]), centreY(state[2]), tile * 0.34);
  drawAgent(context, palette, centreX(column), centreY(row), tile * 0.3);
  const direction = action && !Number.isNaN(action[0]) ? DIRECTIONS[Math.round(action[0])] : undefined;
  if (direction) drawMove(context, palette, centreX(column), centreY(row), direction, tile);
  context.restore();
}

/** The move under way, as an arrowhead under the lamp. */
function drawMove(
  context: Context,
  palette: Palette,
  x: number,
  y: number,
  [dx, dy]: readonly [number, number],
  tile: number,
): void {
  const size = tile * 0.2;
  context.save();
  context.translate(x + dx * tile * 0.42, y + dy * tile * 0.42);
  context.rotate(Math.atan2(dy, dx));
  context.beginPath();
  context.moveTo(size, 0);
  context.lineTo(-size * 0.7, size * 0.9);
  context.lineTo(-size * 0.7, -size * 0.9);
  context.closePath();
  context.fillStyle = palette.lamp;
  context.fill();
  context.strokeStyle = palette["lamp-ink"];
  context.lineWidth = 1.25;
  context.stroke();
  context.restore();
}

const SITUATIONS = [
  "Ready at the start",
  "Lava is next to it",
  "On its way to the target",
  "Crossing grass",
  "Right beside the target",
] as const;
const ACTIONS = ["right", "down", "left", "up"] as const;
const TEXTS: readonly string[] = [...SITUATIONS, ...ACTIONS];

function describe(state: ArrayLike<number>, action: ArrayLike<number> | null, params: ParamsStruct): Description {
  if (!action || Number.isNaN(action[0])) return { text: SITUATIONS[0], action: "" };
  const [row, column] = [Math.round(state[0]), Math.round(state[1])];
  const codeAt = (r: number, c: number) => {
    const inside = r >= 0 && c >= 0 && r < params["rows"] && c < params["columns"];
    return inside ? state[MAP_START + r * MAX_COLUMNS + c] : TILE.outside;
  };
  let situation: string = SITUATIONS[2];
  if (codeAt(row, column) === TILE.grass) situation = SITUATIONS[3];
  if (DIRECTIONS.some(([dx, dy]) => codeAt(row + dy, column + dx) === TILE.lava)) situation = SITUATIONS[1];
  if (Math.abs(state[2] - row) + Math.abs(state[3] - column) <= 1) situation = SITUATIONS[4];
  return { text: situation, action: ACTIONS[Math.round(action[0])] };
}

/** Tiles of the little map: `.` dirt, `g` grass, `l` lava. */
const SMALL_MAP = ["..g...lg.", "g..ll...g", "..gl..g..", "g...g.l..", "..g....g."];

function thumbnail(context: Context, { width, height }: DrawingSize, palette: Palette): void {
  const tile = Math.max(width / SMALL_MAP[0].length, height / SMALL_MAP.length);
  const codes: Readonly<Record<string, number>> = { ".": TILE.dirt, g: TILE.grass, l: TILE.lava };
  context.save();
  SMALL_MAP.forEach((line, row) => {
    [...line].forEach((letter, column) => {
      drawTile(context, palette, codes[letter], column * tile, row * tile, tile);
    });
  });
  drawStar(context, palette, 7.5 * tile, 1.5 * tile, tile * 0.4);
  drawAgent(context, palette, 1.5 * tile, 4 * tile, tile * 0.36);
  context.restore();
}

/** How lavaland looks. */
export const drawing: Drawing = { draw, describe, texts: TEXTS, thumbnail };
