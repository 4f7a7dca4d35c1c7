import {
  fillPath,
  type Point,
  pathBox,
  pathCircle,
  strokeArrow,
  strokeLine,
  strokePath,
  writeText,
} from "../canvas.js";
import type { Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { Palette } from "../palette.js";
import { describe, texts } from "./words.js";

type Context = CanvasRenderingContext2D;

/** Ends of the road. */
const LEFT = -1.2;
const RIGHT = 0.6;

/** Height of the flag in lengths of the car. */
const FLAG = 1.9;

/** Height of the road, as in the reference: 0.45 sin 3x + 0.55. */
const heightOf = (position: number): number => 0.45 * Math.sin(3 * position) + 0.55;

/** Positions and heights of the world to pixels. */
interface Scale {
  readonly x: (position: number) => number;
  readonly y: (height: number) => number;
  /** Length of the car. */
  readonly car: number;
}

function scaleOf(size: DrawingSize, bottom: number, side: number, label: number): Scale {
  const across = (size.width - 2 * side) / (RIGHT - LEFT);
  const car = Math.max(12, Math.min(across * 0.13, size.height * 0.12, 38));
  // Room for the flag, which is as tall as two cars, and for its label.
  const top = FLAG * car + label;
  // Hills as steep as the world's own where there is room, flatter where the stage is wide.
  const up = Math.min(across, (size.height - top - bottom) / 0.92);
  const spare = size.height - top - bottom - 0.92 * up;
  return {
    x: (position) => side + (position - LEFT) * across,
    y: (height) => size.height - bottom - spare * 0.4 - (height - 0.09) * up,
    car,
  };
}

function roadPoints(scale: Scale, from: number, to: number): Point[] {
  return Array.from({ length: 121 }, (_, i): Point => {
    const position = from + ((to - from) * i) / 120;
    return [scale.x(position), scale.y(heightOf(position))];
  });
}

function drawHills(context: Context, size: DrawingSize, palette: Palette, scale: Scale): void {
  // The road runs on to both edges of the picture, whatever the margin of the world's ends.
  const perPixel = (RIGHT - LEFT) / (scale.x(RIGHT) - scale.x(LEFT));
  const overhang = scale.x(LEFT) * perPixel;
  const road = roadPoints(scale, LEFT - overhang, RIGHT + overhang);
  context.beginPath();
  for (const [x, y] of [...road, [size.width, size.height] as const, [0, size.height] as const]) context.lineTo(x, y);
  context.closePath();
  const paint = context.createLinearGradient(0, scale.y(1), 0, size.height);
  paint.addColorStop(0, palette["scene-grass"]);
  paint.addColorStop(1, palette["scene-ground"]);
  context.fillStyle = paint;
  context.fill();
  fadeOut(context, size, scale.y(0.09));
  strokeLine(context, road, { colour: palette["scene-foliage"], width: 3 });
}

/** Lets what is drawn fade into the glass below `from`, so that the picture has no lower edge. */
function fadeOut(context: Context, size: DrawingSize, from: number): void {
  const mask = context.createLinearGradient(0, from, 0, size.height);
  mask.addColorStop(0, "#0000");
  mask.addColorStop(1, "#000");
  context.save();
  context.globalCompositeOperation = "destination-out";
  context.fillStyle = mask;
  context.fillRect(0, from, size.width, size.height - from);
  context.restore();
}

/** The wall at the left end of the road, which stops the car dead. */
function drawWall(context: Context, palette: Palette, scale: Scale): void {
  const [x, y] = [scale.x(LEFT) - scale.car * 0.5, scale.y(heightOf(LEFT))];
  strokeLine(
    context,
    [
      [x, y + 4],
      [x, y - scale.car * 1.1],
    ],
    { colour: palette.bad, width: 3, cap: "round" },
  );
}

/** Returns the flag's top. */
function drawFlag(context: Context, palette: Palette, scale: Scale, goal: number, passed: boolean): Point {
  const [x, y] = [scale.x(goal), scale.y(heightOf(goal))];
  const tall = scale.car * FLAG;
  const top: Point = [x, y - tall];
  strokeLine(context, [[x, y], top], { colour: palette["ink-2"], width: 2, cap: "round" });
  context.beginPath();
  context.moveTo(x + 1, y - tall);
  context.lineTo(x + 1 + tall * 0.55, y - tall * 0.8);
  context.lineTo(x + 1, y - tall * 0.58);
  context.closePath();
  fillPath(context, palette["scene-goal"]);
  if (passed) strokePath(context, { colour: palette.ink, width: 1.5 });
  return top;
}

/** The car stands on the road and leans with it; its wheels turn with the way it went. */
function drawCar(context: Context, palette: Palette, scale: Scale, position: number, alpha: number): void {
  const { car } = scale;
  const [x, y] = [scale.x(position), scale.y(heightOf(position))];
  const slope = Math.atan2(scale.y(heightOf(position + 0.01)) - y, scale.x(position + 0.01) - x);
  const wheel = car * 0.17;
  context.save();
  context.translate(x, y - 1);
  context.rotate(slope);
  context.globalAlpha = alpha;
  context.fillStyle = palette["scene-body"];
  context.beginPath();
  context.roundRect(-car * 0.5, -car * 0.46, car, car * 0.27, car * 0.08);
  context.roundRect(-car * 0.24, -car * 0.7, car * 0.48, car * 0.3, [car * 0.14, car * 0.14, 0, 0]);
  context.fill();
  context.fillStyle = palette["scene-sky"];
  context.beginPath();
  context.roundRect(-car * 0.16, -car * 0.63, car * 0.14, car * 0.15, car * 0.03);
  context.roundRect(car * 0.03, -car * 0.63, car * 0.14, car * 0.15, car * 0.03);
  context.fill();
  context.restore();
  for (const side of [-0.27, 0.27]) {
    const hub: Point = [
      x + Math.cos(slope) * side * car + Math.sin(slope) * wheel,
      y - 1 + Math.sin(slope) * side * car - Math.cos(slope) * wheel,
    ];
    pathCircle(context, hub, wheel);
    fillPath(context, palette.glass, alpha);
    strokePath(context, { colour: palette["scene-body"], width: Math.max(1.5, wheel * 0.36), alpha });
    const turn = ((scale.x(position) - scale.x(0)) / wheel) % (2 * Math.PI);
    const spoke = wheel * 0.8;
    const [dx, dy] = [Math.cos(turn) * spoke, Math.sin(turn) * spoke];
    strokeLine(
      context,
      [
        [hub[0] - dx, hub[1] - dy],
        [hub[0] + dx, hub[1] + dy],
      ],
      { colour: palette["scene-body"], alpha },
    );
  }
}

/**
 * How high the car would come without its engine: the swings of a learned policy push this line up to the flag.
 *
 * Its own energy, v² / 2 + gravity · sin 3x / 3, is kept while it coasts.
 */
function drawReach(context: Context, frame: DrawingFrame, scale: Scale): void {
  const { palette, state, params, translate } = frame;
  const sine = Math.sin(3 * state[0]) + (1.5 * state[1] * state[1]) / params["gravity"];
  // At the valley's floor there is nothing to show, and far above the flag it is high enough.
  if (sine < -0.8) return;
  const y = Math.max(18, scale.y(0.45 * sine + 0.55));
  const ends: Point[] = [LEFT, params["goalPosition"]].map((position): Point => [scale.x(position), y]);
  strokeLine(context, ends, { colour: palette["ink-3"], dash: [2, 4] });
  writeText(context, translate("reach"), [scale.x(-0.35), y - 5], {
    colour: palette["ink-3"],
    align: "center",
    halo: palette.glass,
  });
}

function drawPush(context: Context, frame: DrawingFrame, scale: Scale, push: number): void {
  const { palette, state } = frame;
  if (!(Math.abs(push) >= 0.02)) return;
  const direction = Math.sign(push);
  const length = Math.max(16, Math.max(30, scale.car * 0.95) * Math.abs(push));
  const x = Math.min(Math.max(scale.x(state[0]), length / 2 + 6), frame.size.width - length / 2 - 6);
  const y = scale.y(heightOf(state[0])) - scale.car * 1.2;
  pathBox(context, x - length / 2 - 3, y - 7, length + 6, 14, 7);
  fillPath(context, palette.lamp);
  const [tail, tip] = [x - (direction * length) / 2, x + (direction * length) / 2];
  strokeArrow(context, [tail, y], [tip, y], palette["lamp-ink"], 2);
}

function draw(context: Context, frame: DrawingFrame, push: number): void {
  const { size, palette, params, state } = frame;
  const scale = scaleOf(size, 26, 26, 22);
  const goal = params["goalPosition"];
  context.clearRect(0, 0, size.width, size.height);
  drawReach(context, frame, scale);
  drawHills(context, size, palette, scale);
  drawWall(context, palette, scale);
  const top = drawFlag(context, palette, scale, goal, state[0] >= goal);
  writeText(context, frame.translate("goal"), [top[0], top[1] - 6], { colour: palette["ink-2"], align: "center" });
  frame.ghosts.forEach((past, i) => {
    drawCar(context, palette, scale, past[0], 0.1 + (0.22 * (i + 1)) / frame.ghosts.length);
  });
  drawCar(context, palette, scale, state[0], 1);
  drawPush(context, frame, scale, push);
}

/** The car on its way: at the foot of the left hill, or (`half`) well up the right one, under half a push. */
function thumbnail(context: Context, size: DrawingSize, palette: Palette, half: boolean): void {
  const scale = scaleOf(size, size.height * 0.14, size.width * 0.07, 4);
  context.clearRect(0, 0, size.width, size.height);
  drawHills(context, size, palette, scale);
  drawFlag(context, palette, scale, 0.45, false);
  const position = half ? -0.1 : -0.88;
  drawCar(context, palette, scale, position, 1);
  if (!half) return;
  const [x, y] = [scale.x(position), scale.y(heightOf(position)) - scale.car * 1.3];
  strokeArrow(context, [x - scale.car, y], [x + scale.car * 0.4, y], palette["ink-2"], 1.5);
}

/**
 * The mountain car in its valley, with the push in lamp yellow and a line as high as its swing would carry it.
 *
 * `pushOf` reads the push, −1 (full left) to 1, from an action; `half` puts half a push on the thumbnail.
 */
export function mountainCarDrawing(
  pushOf: (action: number) => number,
  words: Pick<Drawing, "describe" | "texts">,
  half = false,
): Drawing {
  return {
    draw: (context, frame) => draw(context, frame, pushOf(frame.action?.[0] ?? Number.NaN)),
    thumbnail: (context, size, palette) => thumbnail(context, size, palette, half),
    ...words,
  };
}

/** The mountain car that pushes fully or not at all. */
export const drawing: Drawing = mountainCarDrawing((action) => Math.round(action) - 1, { describe, texts });
