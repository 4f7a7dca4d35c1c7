import { fillPath, type Point, pathBox, strokePath } from "../canvas.js";
import type { DrawingSize } from "../drawing.js";
import type { Palette } from "../palette.js";

type Context = CanvasRenderingContext2D;

/** A way between two places; as thick as what was shipped along it. */
export function drawEdge(
  context: Context,
  palette: Palette,
  from: Point,
  to: Point,
  share: number,
  dash: readonly number[],
): void {
  const bend = (to[0] - from[0]) / 2;
  const path = () => {
    context.beginPath();
    context.moveTo(...from);
    context.bezierCurveTo(from[0] + bend, from[1], to[0] - bend, to[1], ...to);
  };
  path();
  strokePath(context, { colour: palette["scene-road"], width: 2, dash });
  if (share <= 0) return;
  path();
  strokePath(context, {
    colour: palette["lamp-edge"],
    width: Math.max(1.5, Math.min(8, 8 * share)),
    alpha: 0.75,
    dash,
  });
}

/** A warehouse and three stores, one of them in want. */
export function thumbnail(context: Context, { width, height }: DrawingSize, palette: Palette): void {
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
    drawEdge(context, palette, [width * 0.37, height / 2], [width * 0.72, y + h / 2], [0.4, 0.2, 0.6][i], []);
    box(width * 0.72, y, w, h, [0.7, 0.12, 0.5][i], i === 1 ? palette.bad : palette.action);
  }
  box(width * 0.16, height * 0.28, width * 0.21, height * 0.46, 0.6, palette["scene-build"]);
}
