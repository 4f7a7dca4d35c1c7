import { type Caption, type Drawing, type DrawingFrame, type ThumbnailFrame, textFont } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";

type Context = CanvasRenderingContext2D;

/** Ghosts of the past, in steps before now. */
const GHOST_STEPS = [24, 16, 8];
const CART_WIDTH = 0.36;
const CART_HEIGHT = 0.2;

/** Metres to pixels: x to the right from the track's middle, y up from the track. */
interface Scale {
  readonly metre: number;
  readonly x: (metres: number) => number;
  readonly y: (metres: number) => number;
}

function scaleOf({ width, height, params }: DrawingFrame): Scale {
  const narrow = width < 520;
  const half = params["positionLimit"] * (narrow ? 1.06 : 1.13);
  const tall = 2 * params["length"] + CART_HEIGHT + 0.45;
  const top = narrow ? 58 : 66;
  const bottom = narrow ? 74 : 96;
  const metre = Math.min(width / (2 * half), (height - top - bottom) / tall);
  const ground = height - bottom;
  return { metre, x: (metres) => width / 2 + metres * metre, y: (metres) => ground - metres * metre };
}

function line(context: Context, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** Gridlines, the track with its scale in metres, and the stops at its ends. */
function drawTrack(context: Context, { width, height, params, palette }: DrawingFrame, scale: Scale): void {
  const limit = params["positionLimit"];
  const ground = scale.y(0);
  const step = limit / (width < 520 ? 2 : 4);
  context.lineWidth = 1;
  context.font = textFont(11);
  context.textBaseline = "top";
  context.textAlign = "center";
  const top = scale.y(2 * params["length"] + CART_HEIGHT + 0.3);
  for (let i = -4; i <= 4; i++) {
    const metres = i * step;
    if (Math.abs(metres) > limit + 1e-9) continue;
    const x = Math.round(scale.x(metres)) + 0.5;
    context.strokeStyle = palette.rule;
    line(context, x, Math.max(top, 8), x, ground);
    context.strokeStyle = palette["ink-3"];
    line(context, x, ground, x, ground + 6);
    context.fillStyle = palette["ink-3"];
    const label = metres.toFixed(metres === 0 || Number.isInteger(metres) ? 0 : 1).replace("-", "−");
    context.fillText(i * step === limit ? `${label} m` : label, x, ground + 10);
  }
  context.strokeStyle = palette.edge;
  context.lineWidth = 2;
  line(context, scale.x(-limit), ground, scale.x(limit), ground);
  context.fillStyle = palette["scene-shade"];
  context.fillRect(0, ground + 1, width, Math.min(2, height - ground));
  context.strokeStyle = palette.bad;
  context.lineWidth = 3;
  for (const end of [-limit, limit]) line(context, scale.x(end), ground, scale.x(end), ground - 0.16 * scale.metre);
}

/** A dial at the height of the pole's tip: the angle limits, and ticks in between. */
function drawDial(context: Context, { params, palette }: DrawingFrame, scale: Scale, position: number): void {
  const limit = (params["angleLimit"] * Math.PI) / 180;
  const radius = (2 * params["length"] + 0.14) * scale.metre;
  const x = scale.x(position);
  const y = scale.y(CART_HEIGHT * 0.9);
  context.lineWidth = 1;
  context.strokeStyle = palette["ink-3"];
  context.beginPath();
  context.arc(x, y, radius, -Math.PI / 2 - 1.15 * limit, -Math.PI / 2 + 1.15 * limit);
  context.stroke();
  for (let tick = -4; tick <= 4; tick++) {
    const angle = (tick / 4) * limit;
    const length = tick % 4 === 0 ? 9 : 5;
    const [sin, cos] = [Math.sin(angle), -Math.cos(angle)];
    line(context, x + sin * radius, y + cos * radius, x + sin * (radius + length), y + cos * (radius + length));
  }
  context.setLineDash([4, 4]);
  context.strokeStyle = palette.bad;
  for (const side of [-limit, limit]) {
    const [sin, cos] = [Math.sin(side), -Math.cos(side)];
    line(context, x + sin * scale.metre * 0.12, y + cos * scale.metre * 0.12, x + sin * radius, y + cos * radius);
  }
  context.setLineDash([]);
  context.fillStyle = palette["ink-3"];
  context.font = textFont(11);
  context.textAlign = "center";
  context.textBaseline = "bottom";
  const degrees = Math.round(params["angleLimit"]);
  for (const [angle, label] of [
    [-limit, `−${degrees}°`],
    [0, "0°"],
    [limit, `${degrees}°`],
  ] as const) {
    context.fillText(label, x + Math.sin(angle) * (radius + 14), y - Math.cos(angle) * (radius + 12));
  }
}

function roundedRect(context: Context, x: number, y: number, width: number, height: number, radius: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}

/** Cart and pole at one state; a ghost is only an outline. */
function drawBody(context: Context, frame: DrawingFrame, scale: Scale, state: ArrayLike<number>, ghost: boolean): void {
  const { palette, params } = frame;
  const { metre } = scale;
  const x = scale.x(state[0]);
  const wheel = 0.055 * metre;
  const top = scale.y(CART_HEIGHT + 0.05);
  const [width, height] = [CART_WIDTH * metre, CART_HEIGHT * metre];
  if (ghost) {
    context.strokeStyle = palette.faint;
    context.lineWidth = 1;
    roundedRect(context, x - width / 2, top, width, height, 0.03 * metre);
    context.stroke();
  } else {
    context.fillStyle = palette["scene-body"];
    roundedRect(context, x - width / 2, top, width, height, 0.03 * metre);
    context.fill();
    for (const side of [-0.1, 0.1]) {
      context.beginPath();
      context.arc(x + side * metre, scale.y(0) - wheel, wheel, 0, 2 * Math.PI);
      context.fillStyle = palette.glass;
      context.fill();
      context.strokeStyle = palette["scene-body"];
      context.lineWidth = Math.max(1.5, 0.018 * metre);
      context.stroke();
      // A spoke shows that the wheel turns.
      const turn = state[0] / 0.055 + side;
      line(
        context,
        x + side * metre - Math.cos(turn) * wheel,
        scale.y(0) - wheel - Math.sin(turn) * wheel,
        x + side * metre + Math.cos(turn) * wheel,
        scale.y(0) - wheel + Math.sin(turn) * wheel,
      );
    }
  }
  const pivot = top + 0.03 * metre;
  const length = 2 * params["length"] * metre;
  context.strokeStyle = palette["scene-wood"];
  context.lineWidth = Math.max(3, 0.05 * metre);
  context.lineCap = "butt";
  line(context, x, pivot, x + Math.sin(state[2]) * length, pivot - Math.cos(state[2]) * length);
  if (ghost) return;
  context.fillStyle = palette.glass;
  context.strokeStyle = palette["scene-body"];
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, pivot, Math.max(3, 0.03 * metre), 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/** The push as an arrow under the lamp. */
function drawPush(context: Context, frame: DrawingFrame, scale: Scale): void {
  const { action, palette, params, state } = frame;
  if (!action || Number.isNaN(action[0])) return;
  const direction = action[0] < 0.5 ? -1 : 1;
  const { metre } = scale;
  const start = scale.x(state[0]) - direction * (CART_WIDTH / 2 + 0.4) * metre;
  const tip = scale.x(state[0]) - direction * (CART_WIDTH / 2 + 0.03) * metre;
  const y = scale.y(CART_HEIGHT * 0.75);
  context.lineCap = "round";
  context.strokeStyle = palette.lamp;
  context.lineWidth = Math.max(8, 0.075 * metre);
  line(context, start, y, tip, y);
  context.strokeStyle = palette["lamp-ink"];
  context.lineWidth = 1.75;
  line(context, start, y, tip, y);
  line(context, tip, y, tip - direction * 6, y - 4);
  line(context, tip, y, tip - direction * 6, y + 4);
  context.lineCap = "butt";
  context.fillStyle = palette["ink-2"];
  context.font = textFont(12);
  context.textBaseline = "middle";
  context.textAlign = direction > 0 ? "right" : "left";
  context.fillText(`${params["force"].toPrecision(2).replace(/\.0$/, "")} N`, start - direction * 10, y);
}

/** The pole's angle in degrees, beside it. */
function drawAngle(context: Context, { state, palette, params }: DrawingFrame, scale: Scale): void {
  const degrees = (state[2] * 180) / Math.PI;
  const side = degrees < 0 ? -1 : 1;
  context.fillStyle = palette.ink;
  context.font = textFont(12, 600);
  context.textBaseline = "middle";
  context.textAlign = side > 0 ? "left" : "right";
  const up = params["length"] * 1.15;
  const x = scale.x(state[0]) + Math.sin(state[2]) * up * scale.metre + side * 0.12 * scale.metre;
  context.fillText(`${degrees.toFixed(1).replace("-", "−")}°`, x, scale.y(up + CART_HEIGHT));
}

function draw(context: Context, frame: DrawingFrame): void {
  const scale = scaleOf(frame);
  context.save();
  drawTrack(context, frame, scale);
  drawDial(context, frame, scale, frame.state[0]);
  GHOST_STEPS.forEach((steps, i) => {
    const past = frame.trail.at(-steps);
    if (!past) return;
    context.globalAlpha = 0.16 + 0.12 * i;
    drawBody(context, frame, scale, past, true);
  });
  context.globalAlpha = 1;
  drawBody(context, frame, scale, frame.state, false);
  drawPush(context, frame, scale);
  drawAngle(context, frame, scale);
  context.restore();
}

const SITUATIONS = [
  "Ready: the pole stands almost upright",
  "Leaning left and falling further",
  "Leaning left, but swinging back",
  "Leaning right and falling further",
  "Leaning right, but swinging back",
  "Upright and nearly still",
  "Close to the left end of the track",
  "Close to the right end of the track",
] as const;

function situationOf(state: ArrayLike<number>, params: ParamsStruct): string {
  const edge = 0.75 * params["positionLimit"];
  if (state[0] < -edge) return SITUATIONS[6];
  if (state[0] > edge) return SITUATIONS[7];
  const [angle, spin] = [state[2], state[3]];
  if (Math.abs(angle) < 0.02 && Math.abs(spin) < 0.25) return SITUATIONS[5];
  if (angle < 0) return spin < 0 ? SITUATIONS[1] : SITUATIONS[2];
  return spin > 0 ? SITUATIONS[3] : SITUATIONS[4];
}

function describe(state: ArrayLike<number>, action: ArrayLike<number> | null, params: ParamsStruct): Caption {
  if (!action || Number.isNaN(action[0])) return { situation: SITUATIONS[0], action: "" };
  return { situation: situationOf(state, params), action: action[0] < 0.5 ? "left" : "right" };
}

function thumbnail(context: Context, { width, height, palette }: ThumbnailFrame): void {
  const ground = height * 0.79;
  const unit = width / 106;
  context.save();
  context.strokeStyle = palette.faint;
  context.lineWidth = 1;
  line(context, 8 * unit, ground, 98 * unit, ground);
  for (let i = 0; i < 5; i++) line(context, (12 + 20.5 * i) * unit, ground, (12 + 20.5 * i) * unit, ground + 3 * unit);
  context.fillStyle = palette["scene-body"];
  roundedRect(context, 42 * unit, ground - 13 * unit, 24 * unit, 10 * unit, 2 * unit);
  context.fill();
  for (const x of [48, 60]) {
    context.beginPath();
    context.arc(x * unit, ground - 2.5 * unit, 2.5 * unit, 0, 2 * Math.PI);
    context.fill();
  }
  context.strokeStyle = palette["scene-wood"];
  context.lineWidth = 3 * unit;
  context.globalAlpha = 0.35;
  line(context, 54 * unit, ground - 12 * unit, 47 * unit, 8 * unit);
  context.globalAlpha = 1;
  line(context, 54 * unit, ground - 12 * unit, 58 * unit, 6 * unit);
  context.restore();
}

/** How the cart-pole looks. */
export const drawing: Drawing = { draw, describe, situations: SITUATIONS, thumbnail };
