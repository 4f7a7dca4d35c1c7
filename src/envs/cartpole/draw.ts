import {
  fillPath,
  fillPolygon,
  numberText,
  type Point,
  pathBox,
  pathCircle,
  strokeArrow,
  strokeLine,
  strokePath,
  tickText,
  writeText,
} from "../canvas.js";
import type { Drawing, DrawingFrame, DrawingSize } from "../drawing.js";
import type { ParamsStruct } from "../environment.js";
import type { Palette } from "../palette.js";
import { describe, texts } from "./words.js";

type Context = CanvasRenderingContext2D;

/** Sizes of the cart in metres; its look only, the physics knows no size. */
const CART = { width: 0.54, height: 0.22, wheel: 0.075, axle: 0.16, clearance: 0.06 } as const;
/** Height of the pole's pivot over the track (m). */
const PIVOT = CART.clearance + CART.wheel + CART.height;

/** Where things stand on the canvas. */
interface Layout {
  readonly scale: number;
  readonly ground: number;
  readonly centre: number;
  readonly top: number;
  /** From the pivot to the scale of angles. */
  readonly dialRadius: number;
  readonly poleLength: number;
}

function layoutOf(size: DrawingSize, params: ParamsStruct): Layout {
  const side = 26;
  const bottom = 34;
  const top = 12;
  const poleLength = 2 * params["length"];
  // The scale of angles stands 18 px beyond the tip, its numbers take 26 more; metres get the rest.
  const height = Math.max(40, size.height - bottom - top - 44);
  // A short track is not stretched over a wide stage: the cart would be a lorry.
  const fitting = Math.min((size.width - 2 * side) / (2 * params["positionLimit"]), height / (PIVOT + poleLength));
  const scale = Math.min(fitting, size.width * 0.3);
  const used = (PIVOT + poleLength) * scale + 44;
  const spare = Math.max(0, size.height - bottom - top - used);
  return {
    scale,
    ground: size.height - bottom - spare * 0.3,
    centre: size.width / 2,
    top,
    dialRadius: poleLength * scale + 18,
    poleLength: poleLength * scale,
  };
}

function drawGrid(context: Context, frame: DrawingFrame, layout: Layout): void {
  const { palette, size, params } = frame;
  const { scale, ground, centre, top } = layout;
  const limit = params["positionLimit"];
  const step = (limit / 4) * scale >= 52 ? limit / 4 : limit / 2;
  const floor = Math.round(ground) + 0.5;
  for (let x = -limit; x <= limit + 1e-9; x += step) {
    const px = Math.round(centre + x * scale) + 0.5;
    strokeLine(
      context,
      [
        [px, top],
        [px, floor],
      ],
      { colour: palette.rule },
    );
  }
  const left = centre - limit * scale;
  const rise = scale * 0.5 >= 40 ? 0.5 : scale >= 34 ? 1 : 2;
  for (let y = rise; ground - y * scale > top + 8; y += rise) {
    const py = Math.round(ground - y * scale) + 0.5;
    strokeLine(
      context,
      [
        [left, py],
        [centre + limit * scale, py],
      ],
      { colour: palette.rule },
    );
    const text = y === 1 || rise > 1 ? `${y} m` : tickText(y);
    writeText(context, text, [left + 5, py - 4], { colour: palette["ink-3"], halo: palette.glass });
  }
  drawTrack(context, frame, layout, step);
  for (let x = -limit; x <= limit + 1e-9; x += step) {
    const last = x > limit - 1e-9;
    const place: Point = [centre + x * scale, ground + 22];
    const text = tickText(x) + (last ? " m" : "");
    // Unit included, the last number would hang over the edge of a narrow stage.
    const width = writeText(context, last ? tickText(x) : text, place, { colour: palette["ink-3"], align: "center" });
    if (last && place[0] + width / 2 + 14 < size.width) {
      writeText(context, "m", [place[0] + width / 2 + 3, place[1]], { colour: palette["ink-3"] });
    }
  }
}

/** The track with its minor ticks, and the end stops. */
function drawTrack(context: Context, { palette, size, params }: DrawingFrame, layout: Layout, step: number): void {
  const { scale, ground, centre } = layout;
  const limit = params["positionLimit"];
  for (let i = -40; i <= 40; i++) {
    const x = (i * step) / 5;
    const px = Math.round(centre + x * scale) + 0.5;
    if (Math.abs(x) > limit + 1e-9 || px < 0 || px > size.width) continue;
    strokeLine(
      context,
      [
        [px, ground],
        [px, ground + (i % 5 === 0 ? 7 : 4)],
      ],
      { colour: palette["ink-3"] },
    );
  }
  const [left, right] = [centre - limit * scale, centre + limit * scale];
  strokeLine(
    context,
    [
      [left - 8, ground],
      [right + 8, ground],
    ],
    { colour: palette["ink-2"], width: 2, cap: "round" },
  );
  for (const px of [left, right]) {
    strokeLine(
      context,
      [
        [px, ground],
        [px, ground - 26],
      ],
      { colour: palette.bad, width: 3, cap: "round" },
    );
  }
}

/** Point at a distance from the pivot along the pole's direction. */
function along(pivot: Point, angle: number, distance: number): Point {
  return [pivot[0] + distance * Math.sin(angle), pivot[1] - distance * Math.cos(angle)];
}

function drawDial(context: Context, frame: DrawingFrame, layout: Layout, pivot: Point, angle: number): void {
  const { palette, params } = frame;
  const degree = Math.PI / 180;
  const limit = params["angleLimit"] * degree;
  const radius = layout.dialRadius;
  const reach = limit * 1.6;
  const fallen = Math.abs(angle) > limit;

  fillPolygon(context, [pivot, along(pivot, -limit, radius), along(pivot, limit, radius)], palette["scene-sky"], 0.35);
  strokeLine(context, [pivot, along(pivot, 0, radius)], { colour: palette.faint, dash: [4, 4] });
  for (const side of [-limit, limit]) {
    const passed = fallen && side * angle > 0;
    strokeLine(context, [pivot, along(pivot, side, radius)], {
      colour: palette.bad,
      dash: passed ? [] : [4, 4],
      width: passed ? 2 : 1,
      alpha: passed ? 1 : 0.75,
    });
  }
  context.beginPath();
  context.arc(pivot[0], pivot[1], radius, -Math.PI / 2 - reach, -Math.PI / 2 + reach);
  strokePath(context, { colour: palette["ink-2"], width: 1.25 });
  const ticks = Math.floor(reach / degree);
  const every = radius * degree * 2 >= 3.4 ? 2 : 4;
  for (let tick = -ticks; tick <= ticks; tick++) {
    if (tick % every !== 0) continue;
    const length = tick % (every * 3) === 0 ? 8 : 5;
    strokeLine(context, [along(pivot, tick * degree, radius), along(pivot, tick * degree, radius - length)], {
      colour: palette["ink-2"],
    });
  }
  // The needle: where the pole points on the scale.
  const needle = Math.max(-reach, Math.min(reach, angle));
  fillPolygon(
    context,
    [
      along(pivot, needle, radius - 9),
      along(pivot, needle - 5 / radius, radius),
      along(pivot, needle + 5 / radius, radius),
    ],
    fallen ? palette.bad : palette.ink,
  );

  const degrees = tickText(params["angleLimit"]);
  const label = { colour: palette["ink-2"] } as const;
  const [lx, ly] = along(pivot, -limit, radius + 9);
  const [rx, ry] = along(pivot, limit, radius + 9);
  writeText(context, `−${degrees}°`, [lx, ly], { ...label, align: "right" });
  writeText(context, "0°", [pivot[0] + 2, pivot[1] - radius - 9], { ...label, align: "center" });
  writeText(context, `${degrees}°`, [rx, ry], label);
}

function poleShape(pivot: Point, angle: number, length: number, width: number): Point[] {
  const across = (point: Point, half: number): Point => [
    point[0] + half * Math.cos(angle),
    point[1] + half * Math.sin(angle),
  ];
  const foot = along(pivot, angle, -width * 0.4);
  const tip = along(pivot, angle, length);
  return [across(foot, -width / 2), across(tip, -width * 0.4), across(tip, width * 0.4), across(foot, width / 2)];
}

function drawGhosts(context: Context, frame: DrawingFrame, layout: Layout, width: number): void {
  const { palette, ghosts } = frame;
  ghosts.forEach((ghost, i) => {
    const alpha = 0.1 + (0.24 * (i + 1)) / ghosts.length;
    const pivot: Point = [layout.centre + ghost[0] * layout.scale, layout.ground - PIVOT * layout.scale];
    fillPolygon(context, poleShape(pivot, ghost[2], layout.poleLength, width), palette["scene-wood"], alpha);
    const [cartWidth, cartHeight] = [CART.width * layout.scale, CART.height * layout.scale];
    pathBox(context, pivot[0] - cartWidth / 2, pivot[1], cartWidth, cartHeight, 3);
    strokePath(context, { colour: palette["scene-other"], alpha: alpha * 1.2 });
  });
}

/** Cart and wheels, with the pivot at `pivot`; wheels turn with the distance rolled. */
function drawCart(
  context: Context,
  palette: Palette,
  scale: number,
  pivot: Point,
  ground: number,
  rolled: number,
): void {
  const [width, height, wheel] = [CART.width * scale, CART.height * scale, CART.wheel * scale];
  const x = pivot[0];
  context.beginPath();
  context.ellipse(x, ground + 2, width * 0.56, Math.max(2, scale * 0.022), 0, 0, 2 * Math.PI);
  fillPath(context, palette["scene-shade"]);

  pathBox(context, x - width / 2, pivot[1], width, height, Math.max(2, scale * 0.03));
  fillPath(context, palette["scene-body"]);
  // A groove along the body and a lit upper edge give it depth without a gradient.
  const groove = pivot[1] + height * 0.74;
  strokeLine(
    context,
    [
      [x - width * 0.42, groove],
      [x + width * 0.42, groove],
    ],
    { colour: palette.glass, alpha: 0.25 },
  );
  strokeLine(
    context,
    [
      [x - width * 0.46, pivot[1] + 1],
      [x + width * 0.46, pivot[1] + 1],
    ],
    { colour: palette.glass, alpha: 0.35 },
  );

  for (const side of [-1, 1]) {
    const hub: Point = [x + side * CART.axle * scale, ground - wheel - 1];
    pathCircle(context, hub, wheel);
    fillPath(context, palette.glass);
    strokePath(context, { colour: palette["scene-body"], width: Math.max(1.5, wheel * 0.22) });
    for (let spoke = 0; spoke < 3; spoke++) {
      const turn = rolled / CART.wheel + (spoke * Math.PI) / 3;
      const [dx, dy] = [Math.cos(turn) * wheel * 0.82, Math.sin(turn) * wheel * 0.82];
      strokeLine(
        context,
        [
          [hub[0] - dx, hub[1] - dy],
          [hub[0] + dx, hub[1] + dy],
        ],
        { colour: palette["scene-body"], alpha: 0.7 },
      );
    }
    pathCircle(context, hub, Math.max(1.5, wheel * 0.2));
    fillPath(context, palette["scene-body"]);
  }
}

function drawPole(
  context: Context,
  palette: Palette,
  pivot: Point,
  angle: number,
  length: number,
  width: number,
): void {
  fillPolygon(context, poleShape(pivot, angle, length, width), palette["scene-wood"]);
  const lit = -width * 0.22;
  const at = (distance: number): Point => {
    const point = along(pivot, angle, distance);
    return [point[0] + lit * Math.cos(angle), point[1] + lit * Math.sin(angle)];
  };
  strokeLine(context, [at(width), at(length - width)], {
    colour: palette["scene-paint"],
    alpha: 0.28,
    width: width * 0.18,
  });
  const cap = along(pivot, angle, length - width * 0.45);
  fillPolygon(context, poleShape(cap, angle, width * 0.75, width * 1.25), palette["scene-body"]);
  const knob = Math.max(3, width * 0.62);
  pathCircle(context, pivot, knob);
  fillPath(context, palette["scene-body"]);
  strokePath(context, { colour: palette.glass, width: Math.max(1.25, knob * 0.36) });
}

/** The push under way, in lamp yellow: on the side it comes from, or ahead of the cart where there is no room. */
function drawPush(context: Context, frame: DrawingFrame, layout: Layout, x: number): void {
  const { palette, params, size } = frame;
  const action = frame.action?.[0] ?? Number.NaN;
  if (Number.isNaN(action)) return;
  const direction = action < 0.5 ? -1 : 1;
  const label = `${tickText(params["force"])} N`;
  const length = Math.min(92, Math.max(34, (params["force"] / 10) * layout.scale * 0.52));
  const half = (CART.width * layout.scale) / 2 + 8;
  const y = layout.ground - (CART.clearance + CART.wheel + CART.height * 0.42) * layout.scale;
  const room = length + 48;
  const behind = direction > 0 ? x - half - room > 0 : x + half + room < size.width;
  const side = behind ? -direction : direction;
  const near = x + side * half;
  const far = near + side * length;
  const [tail, tip] = behind ? [far, near] : [near, far];
  pathBox(context, Math.min(near, far) - 3, y - 7, length + 6, 14, 7);
  fillPath(context, palette.lamp);
  strokeArrow(context, [tail, y], [tip, y], palette["lamp-ink"], 2);
  writeText(context, label, [far + side * 9, y], {
    colour: palette.ink,
    size: 12,
    align: side > 0 ? "left" : "right",
    baseline: "middle",
    halo: palette.glass,
  });
}

function drawAngle(context: Context, frame: DrawingFrame, layout: Layout, pivot: Point, angle: number): void {
  const { palette, params } = frame;
  const degrees = (angle * 180) / Math.PI;
  const fallen = Math.abs(degrees) > params["angleLimit"];
  const side = angle < 0 ? -1 : 1;
  const [x, y] = along(pivot, angle, layout.poleLength * 0.6);
  strokeLine(
    context,
    [
      [x + side * 7, y],
      [x + side * 13, y],
    ],
    { colour: palette["ink-2"] },
  );
  writeText(context, `${numberText(degrees, 1)}°`, [x + side * 17, y], {
    colour: fallen ? palette.bad : palette.ink,
    size: 12,
    weight: 600,
    align: side > 0 ? "left" : "right",
    baseline: "middle",
    halo: palette.glass,
  });
}

function poleWidth(params: ParamsStruct, scale: number): number {
  // A heavier pole looks thicker: by the root of its mass, so that the range stays drawable.
  return Math.min(16, Math.max(4.5, scale * 0.066 * Math.sqrt(Math.sqrt(params["poleMass"] / 0.1))));
}

function draw(context: Context, frame: DrawingFrame): void {
  const { size, state, palette, params } = frame;
  const layout = layoutOf(size, params);
  const x = layout.centre + state[0] * layout.scale;
  const pivot: Point = [x, layout.ground - PIVOT * layout.scale];
  const width = poleWidth(params, layout.scale);
  context.clearRect(0, 0, size.width, size.height);
  drawGrid(context, frame, layout);
  drawDial(context, frame, layout, pivot, state[2]);
  drawGhosts(context, frame, layout, width);
  drawCart(context, palette, layout.scale, pivot, layout.ground, state[0]);
  drawPole(context, palette, pivot, state[2], layout.poleLength, width);
  drawPush(context, frame, layout, x);
  drawAngle(context, frame, layout, pivot, state[2]);
}

function thumbnail(context: Context, size: DrawingSize, palette: Palette): void {
  const { width, height } = size;
  context.clearRect(0, 0, width, height);
  const ground = Math.round(height * 0.86);
  const scale = height * 0.5;
  strokeLine(
    context,
    [
      [width * 0.08, ground],
      [width * 0.92, ground],
    ],
    { colour: palette["ink-3"], width: 1.5 },
  );
  for (const end of [0.08, 0.92]) {
    strokeLine(
      context,
      [
        [width * end, ground],
        [width * end, ground - height * 0.12],
      ],
      { colour: palette.bad, width: 2 },
    );
  }
  const pivot: Point = [width * 0.48, ground - PIVOT * scale];
  for (const [shift, angle, alpha] of [
    [0.16, 0.3, 0.18],
    [0.09, 0.22, 0.32],
  ] as const) {
    const ghost: Point = [pivot[0] + shift * height, pivot[1]];
    fillPolygon(context, poleShape(ghost, angle, scale * 1.05, 4), palette["scene-wood"], alpha);
  }
  drawCart(context, palette, scale, pivot, ground, 0.3);
  drawPole(context, palette, pivot, 0.12, scale * 1.05, 4.5);
}

/** The cart-pole on its track: metres below, the scale of angles above, the push in lamp yellow. */
export const drawing: Drawing = { draw, describe, thumbnail, texts };
