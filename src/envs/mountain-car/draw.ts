import { writeText } from "../canvas.js";
import type { Description, Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";
import type { Palette } from "../palette.js";

type Context = CanvasRenderingContext2D;

/** Height of the road, as in the reference: 0.45 sin 3x + 0.55. */
const heightOf = (x: number): number => 0.45 * Math.sin(3 * x) + 0.55;
const LEFT = -1.2;
const RIGHT = 0.6;

interface Scale {
  readonly unit: number;
  readonly x: (position: number) => number;
  readonly y: (height: number) => number;
}

function scaleOf(width: number, height: number, top: number, bottom: number): Scale {
  const unit = Math.min(width / (RIGHT - LEFT), (height - top - bottom) / 1.05);
  const middle = (LEFT + RIGHT) / 2;
  // The road always reaches both sides; where the picture is wider than the world, it is stretched.
  const across = Math.max(unit, width / (RIGHT - LEFT));
  return { unit, x: (x) => width / 2 + (x - middle) * across, y: (y) => height - bottom - y * unit };
}

function tracePath(context: Context, scale: Scale): void {
  context.beginPath();
  for (let i = 0; i <= 120; i++) {
    const position = LEFT + ((RIGHT - LEFT) * i) / 120;
    const [x, y] = [scale.x(position), scale.y(heightOf(position))];
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
}

function drawHills(context: Context, size: DrawingSize, palette: Palette, scale: Scale): void {
  const { width, height } = size;
  tracePath(context, scale);
  context.lineTo(width, height);
  context.lineTo(0, height);
  context.closePath();
  context.fillStyle = palette["scene-ground"];
  context.fill();
  tracePath(context, scale);
  context.strokeStyle = palette["scene-foliage"];
  context.lineWidth = Math.max(2, scale.unit * 0.012);
  context.stroke();
}

function drawFlag(context: Context, palette: Palette, scale: Scale, goal: number): void {
  const [x, y] = [scale.x(goal), scale.y(heightOf(goal))];
  const tall = Math.max(16, scale.unit * 0.17);
  context.strokeStyle = palette["ink-2"];
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x, y - tall);
  context.stroke();
  context.fillStyle = palette["scene-goal"];
  context.beginPath();
  context.moveTo(x, y - tall);
  context.lineTo(x + tall * 0.55, y - tall * 0.8);
  context.lineTo(x, y - tall * 0.6);
  context.fill();
}

/** The car stands on the road and leans with it. */
function drawCar(context: Context, palette: Palette, scale: Scale, position: number, alpha: number): void {
  const size = Math.max(15, scale.unit * 0.1);
  const ahead = position + 0.01;
  const slope = Math.atan2(scale.y(heightOf(ahead)) - scale.y(heightOf(position)), scale.x(ahead) - scale.x(position));
  context.save();
  context.globalAlpha = alpha;
  context.translate(scale.x(position), scale.y(heightOf(position)));
  context.rotate(slope);
  context.fillStyle = palette["scene-body"];
  context.beginPath();
  context.roundRect(-size / 2, -size * 0.5, size, size * 0.3, size * 0.08);
  context.fill();
  context.beginPath();
  context.roundRect(-size * 0.27, -size * 0.72, size * 0.52, size * 0.3, size * 0.1);
  context.fill();
  for (const side of [-0.28, 0.28]) {
    context.beginPath();
    context.arc(size * side, -size * 0.16, size * 0.16, 0, 2 * Math.PI);
    context.fillStyle = palette.glass;
    context.fill();
    context.lineWidth = size * 0.06;
    context.strokeStyle = palette["scene-body"];
    context.stroke();
  }
  context.restore();
}

function drawPush(context: Context, frame: DrawingFrame, scale: Scale): void {
  const { action, palette, state } = frame;
  if (!action || Number.isNaN(action[0]) || action[0] === 1) return;
  const direction = action[0] < 1 ? -1 : 1;
  const size = Math.max(15, scale.unit * 0.1);
  const x = scale.x(state[0]);
  const y = scale.y(heightOf(state[0])) - size * 1.25;
  const [from, to] = [x - direction * size * 0.6, x + direction * size * 0.6];
  context.lineCap = "round";
  for (const [colour, width] of [
    [palette.lamp, 8],
    [palette["lamp-ink"], 1.75],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(from, y);
    context.lineTo(to, y);
    context.stroke();
  }
  context.beginPath();
  context.moveTo(to - direction * 6, y - 4);
  context.lineTo(to, y);
  context.lineTo(to - direction * 6, y + 4);
  context.stroke();
}

function draw(context: Context, frame: DrawingFrame): void {
  const { size, palette, params, state } = frame;
  const scale = scaleOf(size.width, size.height, 44, 30);
  context.save();
  context.clearRect(0, 0, size.width, size.height);
  drawHills(context, size, palette, scale);
  const goal = params["goalPosition"];
  drawFlag(context, palette, scale, goal);
  // Ghosts of the last steps show how far the car swings.
  frame.ghosts.forEach((past, i) => {
    drawCar(context, palette, scale, past[0], 0.1 + (0.2 * i) / frame.ghosts.length);
  });
  drawCar(context, palette, scale, state[0], 1);
  drawPush(context, frame, scale);
  const flagTop = scale.y(heightOf(goal)) - Math.max(16, scale.unit * 0.17);
  writeText(context, frame.translate("goal"), [scale.x(goal), flagTop - 5], {
    colour: palette["ink-3"],
    align: "center",
  });
  context.restore();
}

const SITUATIONS = [
  "At rest in the valley",
  "Rolling left, up the slope",
  "Rolling left, down into the valley",
  "Rolling right, up the slope",
  "Rolling right, down into the valley",
  "Turning round",
] as const;
const ACTIONS = ["push left", "coast", "push right"] as const;
const TEXTS: readonly string[] = [...SITUATIONS, ...ACTIONS, "goal"];

function describe(state: ArrayLike<number>, action: ArrayLike<number> | null, _params: ParamsStruct): Description {
  if (!action || Number.isNaN(action[0])) return { text: SITUATIONS[0], action: "" };
  const uphillRight = state[0] > -Math.PI / 6;
  let situation: string = SITUATIONS[5];
  if (state[1] < -0.003) situation = uphillRight ? SITUATIONS[2] : SITUATIONS[1];
  if (state[1] > 0.003) situation = uphillRight ? SITUATIONS[3] : SITUATIONS[4];
  return { text: situation, action: ACTIONS[Math.round(action[0])] };
}

function thumbnail(context: Context, size: DrawingSize, palette: Palette): void {
  const scale = scaleOf(size.width, size.height, size.height * 0.18, size.height * 0.1);
  context.save();
  context.clearRect(0, 0, size.width, size.height);
  drawHills(context, size, palette, scale);
  drawFlag(context, palette, scale, 0.45);
  drawCar(context, palette, scale, -0.75, 1);
  context.restore();
}

/** How the mountain car looks. */
export const drawing: Drawing = { draw, describe, thumbnail, texts: TEXTS };
