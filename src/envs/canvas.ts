/** Small strokes that the drawings of several worlds share. The unit is one CSS pixel throughout. */
type Context = CanvasRenderingContext2D;
export type Point = readonly [x: number, y: number];

/** Face of every text on a canvas: that of the instrument (`--font-ui`), which no canvas can look up by itself. */
const FACE = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
/** No text on a canvas is smaller than this. */
export const SMALLEST_TEXT = 11;

interface StrokeStyle {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly alpha?: number;
  readonly cap?: CanvasLineCap;
}

/** Strokes a line through two or more points. */
export function strokeLine(context: Context, points: readonly Point[], style: StrokeStyle): void {
  context.beginPath();
  points.forEach(([x, y], i) => {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  strokePath(context, style);
}

/** Strokes the path that stands, and puts dash, cap and opacity back. */
export function strokePath(context: Context, style: StrokeStyle): void {
  context.strokeStyle = style.colour;
  context.lineWidth = style.width ?? 1;
  context.lineCap = style.cap ?? "butt";
  context.lineJoin = "round";
  context.globalAlpha = style.alpha ?? 1;
  context.setLineDash([...(style.dash ?? [])]);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Fills a shape through three or more points. */
export function fillPolygon(context: Context, points: readonly Point[], colour: string, alpha = 1): void {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.closePath();
  fillPath(context, colour, alpha);
}

/** Fills the path that stands, and puts the opacity back. */
export function fillPath(context: Context, colour: string, alpha = 1): void {
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
}

/** Makes the path of a rectangle with round corners. */
export function pathBox(context: Context, x: number, y: number, width: number, height: number, radius: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.max(0, Math.min(radius, width / 2, height / 2)));
}

/** Makes the path of a full circle. */
export function pathCircle(context: Context, [x, y]: Point, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

interface TextStyle {
  readonly colour: string;
  readonly size?: number;
  readonly weight?: number;
  readonly align?: CanvasTextAlign;
  readonly baseline?: CanvasTextBaseline;
  /** Colour of a rim that keeps the text readable over lines. */
  readonly halo?: string;
}

/** What stands between units and tenths, by language. */
const decimalMarks = new Map<string, string>();

/** Puts the decimal mark of the canvas's language (its `lang`) into the numbers of a text. */
function inLanguageOf({ canvas }: Context, text: string): string {
  const language = canvas?.lang || "en";
  const found = decimalMarks.get(language);
  const mark = found ?? new Intl.NumberFormat(language).format(0.5).charAt(1);
  if (found === undefined) decimalMarks.set(language, mark);
  return mark === "." ? text : text.replace(/(\d)\.(?=\d)/g, `$1${mark}`);
}

/**
 * Writes one line of text, never smaller than {@link SMALLEST_TEXT}, its numbers as the canvas's language has them.
 * Returns its width.
 */
export function writeText(context: Context, english: string, [x, y]: Point, style: TextStyle): number {
  const text = inLanguageOf(context, english);
  context.font = `${style.weight ?? 400} ${Math.max(SMALLEST_TEXT, style.size ?? SMALLEST_TEXT)}px ${FACE}`;
  context.textAlign = style.align ?? "left";
  context.textBaseline = style.baseline ?? "alphabetic";
  if (style.halo !== undefined) {
    context.strokeStyle = style.halo;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
  }
  context.fillStyle = style.colour;
  context.fillText(text, x, y);
  return context.measureText(text).width;
}

/** Draws an arrow with a filled head, from tail to tip. */
export function strokeArrow(context: Context, tail: Point, tip: Point, colour: string, width: number): void {
  const angle = Math.atan2(tip[1] - tail[1], tip[0] - tail[0]);
  const head = width * 4;
  const at = (along: number, across: number): Point => [
    tip[0] + along * Math.cos(angle) - across * Math.sin(angle),
    tip[1] + along * Math.sin(angle) + across * Math.cos(angle),
  ];
  strokeLine(context, [tail, at(-head * 0.8, 0)], { colour, width, cap: "round" });
  fillPolygon(context, [tip, at(-head, head * 0.5), at(-head, -head * 0.5)], colour);
}

/** A number with a true minus sign: `−1.25`. */
export function numberText(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A tick's number, with as many digits as it needs: `−0.6`, `2`. */
export function tickText(value: number): string {
  return numberText(value, 2).replace(/\.?0+$/, "");
}

/** Makes a bar with round ends between two points, as thick as `width`. */
export function fillBar(context: Context, from: Point, to: Point, width: number, colour: string, alpha = 1): void {
  strokeLine(context, [from, to], { colour, width, cap: "round", alpha });
}

/**
 * A turn in lamp yellow: an arrow along a circle about `centre`, from the angle `from` over `sweep` (rad, positive is
 * anticlockwise as seen, 0 is to the right).
 */
export function strokeTurn(
  context: Context,
  centre: Point,
  radius: number,
  from: number,
  sweep: number,
  colours: { readonly band: string; readonly ink: string },
): void {
  const direction = sweep < 0 ? -1 : 1;
  const band = Math.max(12, Math.min(16, radius * 0.3));
  // The canvas counts angles clockwise.
  const arc = (start: number, end: number, width: number, colour: string, cap: CanvasLineCap) => {
    context.beginPath();
    context.arc(centre[0], centre[1], radius, -start, -end, direction > 0);
    strokePath(context, { colour, width, cap });
  };
  arc(from, from + sweep, band, colours.band, "round");
  const head = Math.min(9, Math.abs(sweep) * radius * 0.6);
  const end = from + sweep - (direction * head * 0.7) / radius;
  if (Math.abs(sweep) * radius > head) arc(from, end, 2, colours.ink, "round");
  const at = (angle: number, distance: number): Point => [
    centre[0] + distance * Math.cos(angle),
    centre[1] - distance * Math.sin(angle),
  ];
  const back = from + sweep - (direction * head) / radius;
  fillPolygon(
    context,
    [at(from + sweep, radius), at(back, radius + head / 2), at(back, radius - head / 2)],
    colours.ink,
  );
}
