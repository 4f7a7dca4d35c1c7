import {
  fillBar,
  fillPath,
  numberText,
  type Point,
  pathCircle,
  strokeLine,
  strokePath,
  strokeTurn,
  writeText,
} from "../canvas.js";
import type { Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { Palette } from "../palette.js";
import { describe, texts } from "./words.js";

type Context = CanvasRenderingContext2D;

/** Point at a distance from the pivot, at an angle from upright, anticlockwise. */
function along(pivot: Point, angle: number, distance: number): Point {
  return [pivot[0] - distance * Math.sin(angle), pivot[1] - distance * Math.cos(angle)];
}

/** Where things stand: pivot in the middle, room for the label at the top. */
function layoutOf(size: DrawingSize, length: number) {
  const room = Math.max(30, Math.min(size.width, size.height) / 2 - 26);
  // A rod of the reference's length leaves room for longer ones.
  const rod = room * Math.min(1, 0.86 + 0.14 * (length - 1)) * Math.min(1, 0.35 + 0.65 * Math.min(length, 1));
  const pivot: Point = [size.width / 2, size.height / 2 + 8];
  return { pivot, room, rod, thick: Math.max(7, Math.min(22, room * 0.13)) };
}

/** The circle of the tip, with a tick every 30° and the place to reach marked. */
function drawDial(context: Context, palette: Palette, pivot: Point, radius: number, upright: string | null): void {
  pathCircle(context, pivot, radius);
  strokePath(context, { colour: palette["rule-2"] });
  for (let tick = 0; tick < 12; tick++) {
    const angle = (tick * Math.PI) / 6;
    const length = tick % 3 === 0 ? 8 : 5;
    strokeLine(context, [along(pivot, angle, radius), along(pivot, angle, radius - length)], {
      colour: palette["ink-3"],
    });
  }
  // The goal: upright, within about 17°.
  context.beginPath();
  context.arc(pivot[0], pivot[1], radius, -Math.PI / 2 - 0.3, -Math.PI / 2 + 0.3);
  strokePath(context, { colour: palette["scene-goal"], width: 5, cap: "round" });
  strokeLine(context, [pivot, along(pivot, 0, radius)], { colour: palette.faint, dash: [4, 4] });
  if (upright === null) return;
  writeText(context, upright, [pivot[0], pivot[1] - radius - 7], { colour: palette["ink-2"], align: "center" });
}

function drawRod(context: Context, palette: Palette, pivot: Point, angle: number, rod: number, thick: number): void {
  const tip = along(pivot, angle, rod);
  fillBar(context, pivot, tip, thick, palette["scene-wood"]);
  const shine = (distance: number): Point => {
    const [x, y] = along(pivot, angle, distance);
    return [x - thick * 0.22 * Math.cos(angle), y + thick * 0.22 * Math.sin(angle)];
  };
  strokeLine(context, [shine(thick), shine(rod - thick * 0.3)], {
    colour: palette["scene-paint"],
    alpha: 0.28,
    width: thick * 0.16,
    cap: "round",
  });
  pathCircle(context, tip, thick * 0.5);
  fillPath(context, palette["scene-body"]);
  pathCircle(context, pivot, Math.max(4, thick * 0.42));
  fillPath(context, palette["scene-body"]);
  strokePath(context, { colour: palette.glass, width: Math.max(1.5, thick * 0.14) });
}

function draw(context: Context, frame: DrawingFrame): void {
  const { size, palette, params, state, action } = frame;
  const { pivot, rod, room, thick } = layoutOf(size, params["length"]);
  const angle = state[0];
  context.clearRect(0, 0, size.width, size.height);
  drawDial(context, palette, pivot, room, frame.translate("upright"));
  frame.ghosts.forEach((past, i) => {
    fillBar(context, pivot, along(pivot, past[0], rod), thick, palette["scene-wood"], 0.08 + (0.14 * (i + 1)) / 4);
  });
  drawRod(context, palette, pivot, angle, rod, thick);

  const torque = action?.[0] ?? Number.NaN;
  if (!Number.isNaN(torque) && Math.abs(torque) >= 0.02) {
    const share = Math.max(-1, Math.min(1, torque / 2));
    const radius = Math.max(18, Math.min(rod * 0.42, 64));
    // The arc begins at the rod, and points where the motor turns it.
    const start = Math.PI / 2 + angle + Math.sign(share) * (thick * 0.5 + 9) * (1 / radius);
    const sweep = Math.sign(share) * Math.max(0.25, Math.abs(share) * 1.9);
    strokeTurn(context, pivot, radius, start, sweep, { band: palette.lamp, ink: palette["lamp-ink"] });
  }
  const degrees = ((angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI))) * 180) / Math.PI;
  const [x, y] = along(pivot, angle, rod * 0.72);
  const side = Math.cos(angle) >= 0 ? 1 : -1;
  const [dx, dy] = [side * (thick / 2 + 8) * Math.cos(angle), -side * (thick / 2 + 8) * Math.sin(angle)];
  writeText(context, `${numberText(degrees, 0)}°`, [x + dx, y + dy], {
    colour: palette.ink,
    size: 12,
    weight: 600,
    align: "left",
    baseline: "middle",
    halo: palette.glass,
  });
}

function thumbnail(context: Context, { width, height }: DrawingSize, palette: Palette): void {
  context.clearRect(0, 0, width, height);
  const pivot: Point = [width / 2, height * 0.54];
  const radius = height * 0.42;
  const thick = Math.max(5, height * 0.1);
  pathCircle(context, pivot, radius);
  strokePath(context, { colour: palette["rule-2"] });
  context.beginPath();
  context.arc(pivot[0], pivot[1], radius, -Math.PI / 2 - 0.35, -Math.PI / 2 + 0.35);
  strokePath(context, { colour: palette["scene-goal"], width: 3, cap: "round" });
  for (const [angle, alpha] of [
    [1.25, 0.14],
    [0.95, 0.26],
  ] as const) {
    fillBar(context, pivot, along(pivot, angle, radius * 0.84), thick, palette["scene-wood"], alpha);
  }
  drawRod(context, palette, pivot, 0.62, radius * 0.84, thick);
}

/** The pendulum on its circle: the place to reach in gold, the motor's turn in lamp yellow. */
export const drawing: Drawing = { draw, describe, thumbnail, texts };
