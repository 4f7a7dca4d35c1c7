import { fillBar, fillPath, type Point, pathCircle, strokeLine, strokePath, strokeTurn, writeText } from "../canvas.js";
import type { Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";
import type { Palette } from "../palette.js";
import { describe, handHeight, texts } from "./words.js";

type Context = CanvasRenderingContext2D;

interface Layout {
  readonly shoulder: Point;
  /** Pixels in a metre. */
  readonly scale: number;
  readonly thick: number;
}

function layoutOf(size: DrawingSize, params: ParamsStruct): Layout {
  const reach = params["upperLength"] + params["lowerLength"];
  const scale = Math.max(12, Math.min(size.width / 2 - 14, size.height / 2 - 14) / reach);
  return {
    shoulder: [size.width / 2, size.height / 2],
    scale,
    thick: Math.max(6, Math.min(20, scale * 0.2)),
  };
}

/** Elbow and hand on the canvas. */
function jointsOf(state: ArrayLike<number>, params: ParamsStruct, { shoulder, scale }: Layout): [Point, Point] {
  const upper = scale * params["upperLength"];
  const lower = scale * params["lowerLength"];
  const elbow: Point = [shoulder[0] + upper * Math.sin(state[0]), shoulder[1] + upper * Math.cos(state[0])];
  const turned = state[0] + state[1];
  return [elbow, [elbow[0] + lower * Math.sin(turned), elbow[1] + lower * Math.cos(turned)]];
}

function drawArms(context: Context, palette: Palette, layout: Layout, elbow: Point, hand: Point): void {
  const { shoulder, thick } = layout;
  fillBar(context, shoulder, elbow, thick, palette["scene-body"]);
  fillBar(context, elbow, hand, thick * 0.86, palette["scene-wood"]);
  for (const [joint, radius] of [
    [shoulder, thick * 0.36],
    [elbow, thick * 0.36],
  ] as const) {
    pathCircle(context, joint, Math.max(3, radius));
    fillPath(context, palette.glass);
    strokePath(context, { colour: palette["scene-body"], width: Math.max(1.5, thick * 0.12) });
  }
  pathCircle(context, hand, thick * 0.3);
  fillPath(context, palette["scene-goal"]);
}

/** The line to pass; solid and bold once the hand is over it. */
function drawLine(context: Context, frame: DrawingFrame, layout: Layout, passed: boolean): void {
  const { palette, params, size } = frame;
  const { shoulder, scale } = layout;
  const y = Math.round(shoulder[1] - params["targetHeight"] * scale) + 0.5;
  const half = Math.min(size.width / 2 - 10, scale * 2.4);
  strokeLine(
    context,
    [
      [shoulder[0] - half, y],
      [shoulder[0] + half, y],
    ],
    { colour: palette["scene-goal"], width: passed ? 4 : 2.5, ...(passed ? {} : { dash: [9, 6] }) },
  );
  writeText(context, frame.translate("line"), [shoulder[0] + half, y - 7], {
    colour: palette["ink-2"],
    align: "right",
    halo: palette.glass,
  });
}

/** The bar that the shoulder hangs from. */
function drawMount(context: Context, palette: Palette, { shoulder, scale, thick }: Layout): void {
  const half = Math.max(16, scale * 0.28);
  strokeLine(
    context,
    [
      [shoulder[0] - half, shoulder[1]],
      [shoulder[0] + half, shoulder[1]],
    ],
    { colour: palette["ink-3"], width: Math.max(2, thick * 0.2), cap: "round" },
  );
}

function draw(context: Context, frame: DrawingFrame): void {
  const { size, palette, params, state, action } = frame;
  const layout = layoutOf(size, params);
  const [elbow, hand] = jointsOf(state, params, layout);
  context.clearRect(0, 0, size.width, size.height);
  pathCircle(context, layout.shoulder, layout.scale * (params["upperLength"] + params["lowerLength"]));
  strokePath(context, { colour: palette.rule });
  drawLine(context, frame, layout, handHeight(state, params) > params["targetHeight"]);
  drawMount(context, palette, layout);
  const hands: Point[] = [];
  frame.ghosts.forEach((past, i) => {
    const [pastElbow, pastHand] = jointsOf(past, params, layout);
    const alpha = 0.06 + (0.12 * (i + 1)) / frame.ghosts.length;
    fillBar(context, layout.shoulder, pastElbow, layout.thick, palette["scene-body"], alpha);
    fillBar(context, pastElbow, pastHand, layout.thick * 0.86, palette["scene-wood"], alpha);
    hands.push(pastHand);
  });
  if (hands.length > 0) strokeLine(context, [...hands, hand], { colour: palette["ink-3"], dash: [2, 4], width: 1.5 });
  drawArms(context, palette, layout, elbow, hand);

  const chosen = action?.[0] ?? Number.NaN;
  if (Number.isNaN(chosen) || Math.round(chosen) === 1) return;
  const side = chosen < 1 ? -1 : 1;
  const radius = Math.max(18, Math.min(layout.scale * 0.42, 46));
  // The arc begins at the lower arm, and points where the motor turns it.
  const start = -Math.PI / 2 + state[0] + state[1] + side * ((layout.thick * 0.43 + 9) / radius);
  strokeTurn(context, elbow, radius, start, side * 1.5, { band: palette.lamp, ink: palette["lamp-ink"] });
}

function thumbnail(context: Context, { width, height }: DrawingSize, palette: Palette): void {
  context.clearRect(0, 0, width, height);
  const scale = height * 0.34;
  const layout: Layout = { shoulder: [width / 2, height * 0.5], scale, thick: Math.max(5, height * 0.1) };
  const y = Math.round(layout.shoulder[1] - scale) + 0.5;
  strokeLine(
    context,
    [
      [width * 0.14, y],
      [width * 0.86, y],
    ],
    { colour: palette["scene-goal"], width: 2, dash: [6, 4] },
  );
  drawMount(context, palette, layout);
  const arms = { upperLength: 1, lowerLength: 1 };
  for (const [upper, lower, alpha] of [
    [1.1, 0.2, 0.14],
    [1.4, 0.5, 0.24],
  ] as const) {
    const [elbow, hand] = jointsOf([upper, lower], arms, layout);
    fillBar(context, layout.shoulder, elbow, layout.thick, palette["scene-body"], alpha);
    fillBar(context, elbow, hand, layout.thick * 0.86, palette["scene-wood"], alpha);
  }
  const [elbow, hand] = jointsOf([1.75, 0.75], arms, layout);
  drawArms(context, palette, layout, elbow, hand);
}

/** The acrobot under its line, with the elbow's turn in lamp yellow and the way of the hand. */
export const drawing: Drawing = { draw, describe, thumbnail, texts };
