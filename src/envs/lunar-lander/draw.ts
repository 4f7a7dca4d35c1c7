import {
  fillPath,
  fillPolygon,
  numberText,
  type Point,
  pathCircle,
  strokeLine,
  strokePath,
  writeText,
} from "../canvas.js";
import type { Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { Palette } from "../palette.js";
import { HULL, LEG, NUM_POINTS, PAD, PAD_SURFACE, SCALE, STATE, WORLD } from "./geometry.js";
import { describeThrust, type Thrust, texts, thrustOf } from "./words.js";

type Context = CanvasRenderingContext2D;

/** Metres to pixels. */
interface View {
  readonly scale: number;
  x(metres: number): number;
  y(metres: number): number;
}

/** The world fills the height; a wide stage shows more of the ground at both sides. */
function viewOf(size: DrawingSize, top: number): View {
  const scale = Math.min(size.width / WORLD.width, (size.height - top) / (WORLD.height + 0.4));
  const left = (size.width - WORLD.width * scale) / 2;
  const below = size.height;
  return { scale, x: (metres) => left + metres * scale, y: (metres) => below - metres * scale };
}

/** Puts a point of a body (m, around its origin) onto the canvas. */
function placed(view: View, x: number, y: number, angle: number) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (px: number, py: number): Point => [view.x(x + cos * px - sin * py), view.y(y + sin * px + cos * py)];
}

/** Stars that stay where they are: fainter paint than anything that matters. */
function drawStars(context: Context, size: DrawingSize, palette: Palette, below: number): void {
  for (let i = 0; i < 46; i++) {
    const x = ((i * 0.6180339887) % 1) * size.width;
    const y = ((i * 0.7548776662) % 1) * below;
    pathCircle(context, [x, y], i % 5 === 0 ? 1.2 : 0.8);
    fillPath(context, palette.faint, 0.6);
  }
}

function drawGround(
  context: Context,
  size: DrawingSize,
  palette: Palette,
  view: View,
  ground: ArrayLike<number>,
): void {
  const surface: Point[] = Array.from({ length: NUM_POINTS }, (_, i) => [view.x(2 * i), view.y(ground[i])]);
  // The world ends at its edges; the picture goes on level, and fades.
  const line: Point[] = [[0, surface[0][1]], ...surface, [size.width, surface[NUM_POINTS - 1][1]]];
  context.beginPath();
  for (const [x, y] of [...line, [size.width, size.height] as const, [0, size.height] as const]) context.lineTo(x, y);
  context.closePath();
  const paint = context.createLinearGradient(0, view.y(WORLD.height / 2), 0, size.height);
  paint.addColorStop(0, palette["scene-build"]);
  paint.addColorStop(1, palette["scene-ground"]);
  context.fillStyle = paint;
  context.fill();
  strokeLine(context, line, { colour: palette["ink-3"], width: 1.5 });
  for (const edge of [0, WORLD.width]) {
    const x = Math.round(view.x(edge)) + (edge === 0 ? 0.5 : -0.5);
    strokeLine(
      context,
      [
        [x, 0],
        [x, surface[edge === 0 ? 0 : NUM_POINTS - 1][1]],
      ],
      { colour: palette.bad, dash: [4, 6], alpha: 0.7 },
    );
  }
}

function drawPad(context: Context, palette: Palette, view: View, label: string | null): void {
  const y = view.y(PAD_SURFACE);
  strokeLine(
    context,
    [
      [view.x(PAD.left), y],
      [view.x(PAD.right), y],
    ],
    { colour: palette["scene-goal"], width: Math.max(3, view.scale * 0.13), cap: "round" },
  );
  const tall = view.scale * (50 / SCALE);
  for (const at of [PAD.left, PAD.right]) {
    const x = view.x(at);
    strokeLine(
      context,
      [
        [x, y],
        [x, y - tall],
      ],
      { colour: palette["ink-2"], width: Math.max(1, view.scale * 0.05), cap: "round" },
    );
    fillPolygon(
      context,
      [
        [x, y - tall],
        [x + tall * 0.5, y - tall * 0.8],
        [x, y - tall * 0.6],
      ],
      palette["scene-goal"],
    );
  }
  if (label === null) return;
  const middle = view.x((PAD.left + PAD.right) / 2);
  writeText(context, label, [middle, y + 17], { colour: palette["ink-2"], align: "center" });
}

/** A flame in lamp yellow from `root`, pointing along `direction` (unit, canvas). */
function drawFlame(
  context: Context,
  palette: Palette,
  root: Point,
  direction: Point,
  length: number,
  width: number,
): void {
  const [dx, dy] = direction;
  const at = (along: number, across: number): Point => [
    root[0] + dx * along - dy * across,
    root[1] + dy * along + dx * across,
  ];
  context.beginPath();
  context.moveTo(...at(0, -width / 2));
  context.quadraticCurveTo(...at(length * 0.45, -width * 0.75), ...at(length, 0));
  context.quadraticCurveTo(...at(length * 0.45, width * 0.75), ...at(0, width / 2));
  context.closePath();
  fillPath(context, palette.lamp);
  strokePath(context, { colour: palette["lamp-edge"], width: 1.25 });
}

function drawEngines(context: Context, palette: Palette, view: View, pose: ArrayLike<number>, thrust: Thrust): void {
  const [x, y, angle] = [pose[0], pose[1], pose[2]];
  const at = placed(view, x, y, angle);
  const { scale } = view;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  if (thrust.main > 0) {
    drawFlame(context, palette, at(0, -13 / SCALE), [sin, cos], scale * (0.5 + 0.9 * thrust.main), scale * 0.42);
  }
  if (thrust.side !== 0) {
    // Steering left, the flame leaves at the right.
    const away = -Math.sign(thrust.side);
    const length = scale * (0.3 + 0.4 * Math.abs(thrust.side));
    drawFlame(context, palette, at((away * 17) / SCALE, 8 / SCALE), [away * cos, -away * sin], length, scale * 0.22);
  }
}

function drawLander(context: Context, palette: Palette, view: View, state: ArrayLike<number>): void {
  const { scale } = view;
  const thin = Math.max(1, scale * 0.05);
  const hull = placed(view, state[0], state[1], state[2]);
  STATE.legs.forEach((from, leg) => {
    const side = leg === 0 ? 1 : -1;
    const at = placed(view, state[from], state[from + 1], state[from + 2]);
    strokeLine(context, [hull((side * 13) / SCALE, -4 / SCALE), at(0, LEG.halfHeight * 0.4)], {
      colour: palette["scene-other"],
      width: Math.max(1.5, scale * 0.09),
    });
    const { halfWidth: w, halfHeight: h } = LEG;
    fillPolygon(context, [at(-w, h), at(w, h), at(w, -h), at(-w, -h)], palette["scene-body"]);
    const touches = state[STATE.contacts[leg]] > 0.5;
    // A foot that stands is broad and green, one in the air narrow and grey.
    const half = touches ? w * 3.4 : w * 1.9;
    strokeLine(context, [at(-half, -h), at(half, -h)], {
      colour: touches ? palette.good : palette["scene-body"],
      width: touches ? Math.max(3, scale * 0.14) : Math.max(2, scale * 0.08),
      cap: "round",
    });
  });
  // The nozzle, then the hull over it.
  fillPolygon(
    context,
    [
      hull(-5 / SCALE, -9 / SCALE),
      hull(5 / SCALE, -9 / SCALE),
      hull(7 / SCALE, -14 / SCALE),
      hull(-7 / SCALE, -14 / SCALE),
    ],
    palette["scene-other"],
  );
  fillPolygon(
    context,
    HULL.map(([px, py]) => hull(px, py)),
    palette["scene-body"],
  );
  strokeLine(context, [hull(-17 / SCALE, 0), hull(17 / SCALE, 0)], { colour: palette.glass, width: thin, alpha: 0.5 });
  pathCircle(context, hull(0, 8 / SCALE), scale * 0.17);
  fillPath(context, palette["scene-sky"]);
  strokePath(context, { colour: palette.glass, width: thin });
}

/** Where the lander came from. */
function drawTrail(context: Context, frame: DrawingFrame, view: View): void {
  const past = frame.trail ?? frame.ghosts;
  if (past.length === 0) return;
  const points = [...past, frame.state].map((state): Point => [view.x(state[0]), view.y(state[1])]);
  strokeLine(context, points, { colour: frame.palette["ink-3"], dash: [2, 4], width: 1.5 });
}

/** An arrow at the upper edge, and the height above it, while the lander is above the picture. */
function drawAbove(context: Context, { palette, state, size }: DrawingFrame, view: View): void {
  const over = (0 - view.y(state[1])) / view.scale;
  if (over < 0.4) return;
  const x = Math.min(Math.max(view.x(state[0]), 12), size.width - 12);
  fillPolygon(
    context,
    [
      [x, 3],
      [x + 7, 14],
      [x - 7, 14],
    ],
    palette["scene-body"],
  );
  const side = x > size.width / 2 ? -1 : 1;
  writeText(context, `${numberText(over, 1)} m`, [x + side * 12, 14], {
    colour: palette.ink,
    align: side > 0 ? "left" : "right",
    halo: palette.glass,
  });
}

/** Its speed, beside it: what it must lose before it touches. */
function drawSpeed(context: Context, { palette, state, size }: DrawingFrame, view: View): void {
  const [x, y] = [view.x(state[0]), view.y(state[1])];
  const speed = Math.hypot(state[3], state[4]);
  const side = x > size.width - view.scale * 1.1 - 66 ? -1 : 1;
  if (y < 12 || x < 4 || x > size.width - 4) return;
  writeText(
    context,
    `${numberText(speed, 1)} m/s`,
    [x + side * (view.scale * 0.95 + 8), Math.min(y, size.height - 8)],
    {
      colour: palette.ink,
      size: 12,
      weight: 600,
      align: side > 0 ? "left" : "right",
      baseline: "middle",
      halo: palette.glass,
    },
  );
}

function draw(context: Context, frame: DrawingFrame, thrust: Thrust | null): void {
  const { size, palette, state } = frame;
  const view = viewOf(size, 0);
  const ground = Array.from({ length: NUM_POINTS }, (_, i) => state[STATE.terrain + i]);
  context.clearRect(0, 0, size.width, size.height);
  drawStars(context, size, palette, view.y(WORLD.height / 2));
  drawTrail(context, frame, view);
  // Flames end at the ground.
  if (thrust) drawEngines(context, palette, view, state, thrust);
  drawGround(context, size, palette, view, ground);
  drawPad(context, palette, view, view.scale * PAD_SURFACE > 26 ? frame.translate("pad") : null);
  drawLander(context, palette, view, state);
  drawSpeed(context, frame, view);
  drawAbove(context, frame, view);
}

const GROUND = [2.2, 3, 2.4, 3.1, PAD_SURFACE, PAD_SURFACE, PAD_SURFACE, 3.6, 5, 4.2, 3.4];

/** Lander and pad from near; with throttles it also steers. */
function thumbnail(context: Context, size: DrawingSize, palette: Palette, thrust: Thrust): void {
  const scale = size.width / 6.6;
  const view: View = {
    scale,
    x: (metres) => size.width / 2 + (metres - 10) * scale,
    y: (metres) => size.height * 0.88 - (metres - PAD_SURFACE) * scale,
  };
  const [x, y, angle] = thrust.side === 0 ? [10.1, 5.2, 0.06] : [9.5, 5.2, 0.3];
  const legs = [1, -1].flatMap((side) => {
    const [dx, dy] = [side * 0.92, -0.62];
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [x + cos * dx - sin * dy, y + sin * dx + cos * dy, angle + side * 0.45, 0, 0, 0];
  });
  const state = [x, y, angle, 0, 0, 0, ...legs, 0, 0, 0, 0, 0, ...GROUND];
  context.clearRect(0, 0, size.width, size.height);
  drawStars(context, size, palette, size.height * 0.8);
  drawGround(context, size, palette, view, GROUND);
  drawPad(context, palette, view, null);
  drawEngines(context, palette, view, state, thrust);
  drawLander(context, palette, view, state);
}

const landerDrawing = (continuous: boolean): Drawing => ({
  draw: (context, frame) => draw(context, frame, thrustOf(frame.action, continuous)),
  describe: (state, action) => describeThrust(state, thrustOf(action, continuous)),
  thumbnail: (context, size, palette) =>
    thumbnail(context, size, palette, continuous ? { main: 0.7, side: 0.8 } : { main: 1, side: 0 }),
  texts,
});

/** The lunar lander over its pad, with the flames in lamp yellow, its way, its speed, and the feet that stand. */
export const drawing: Drawing = landerDrawing(false);

/** The same with throttles: flames as long as the thrust. */
export const continuousDrawing: Drawing = landerDrawing(true);
