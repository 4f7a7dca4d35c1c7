import uPlot from "uplot";
import { formatCompact, formatSignificant } from "./format.js";
import { DASHES, type Palette } from "./palette.js";

/** One curve over environment steps, with an optional interval around it. */
export interface PlotLine {
  /** 1 to 8: colour, dash and mark. */
  readonly paint: number;
  readonly values: readonly (number | null)[];
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

/** A level across the whole plot, with its name on the line. */
export interface PlotGuide {
  readonly value: number;
  readonly label: string;
  readonly tone: "dim" | "good";
}

/** A place where the training broke off and went on from an earlier state. */
export interface PlotBreak {
  readonly step: number;
  /** What happened, in a sentence. */
  readonly label: string;
}

/** Everything a plot shows. */
export interface PlotData {
  /** Environment steps, ascending. [n] */
  readonly steps: readonly number[];
  /** Each with values [n]. */
  readonly lines: readonly PlotLine[];
  /** Single measurements, drawn as marks of series `paint`. */
  readonly marks: readonly { readonly step: number; readonly value: number }[];
  readonly marksPaint: number;
  /** Each cuts the lines and stands as a mark at the upper edge. */
  readonly breaks: readonly PlotBreak[];
  readonly guides: readonly PlotGuide[];
  /** Shaded range of y; an end may be open. */
  readonly healthy: readonly [number | null, number | null] | null;
  /** The x axis reaches at least this far. */
  readonly maxStep: number;
  /** Show the lamp at the head of the first line: the run goes on. */
  readonly lit: boolean;
}

export const EMPTY_PLOT: PlotData = {
  steps: [],
  lines: [],
  marks: [],
  marksPaint: 2,
  breaks: [],
  guides: [],
  healthy: null,
  maxStep: 1,
  lit: false,
};

/** All plots on a page share one vertical cursor. */
const CURSOR = "vitrine-steps";
const FONT_SIZE = 11;
/** A guide that would make the axis this many times as long as what was measured is left out of it. */
const FAR = 3;

/** A live plot on a canvas (uPlot), fed imperatively. Draws nothing until it has a size. */
export class Plot {
  private chart: uPlot | null = null;
  private shape = "";
  private data: PlotData = EMPTY_PLOT;
  private width = 0;
  private height = 0;

  constructor(
    private readonly target: HTMLElement,
    private readonly palette: () => Palette,
    /** The bucket under the pointer, or null. */
    private readonly onCursor: (index: number | null) => void = () => {},
  ) {}

  show(data: PlotData): void {
    this.data = data;
    this.draw();
  }

  resize(width: number, height: number): void {
    if (width < 40 || height < 40 || (width === this.width && height === this.height)) return;
    this.width = width;
    this.height = height;
    if (this.chart) this.chart.setSize({ width, height });
    else this.draw();
  }

  /** Builds the plot anew with the palette in force. */
  repaint(): void {
    this.shape = "";
    this.draw();
  }

  dispose(): void {
    this.chart?.destroy();
    this.chart = null;
    this.shape = "";
  }

  private draw(): void {
    if (this.width === 0) return;
    const shape = this.data.lines.map(({ paint, low }) => `${paint}${low ? "i" : ""}`).join();
    const columns = this.columns();
    if (this.chart && shape === this.shape) {
      this.chart.setData(columns);
      return;
    }
    this.chart?.destroy();
    this.shape = shape;
    this.chart = new uPlot(this.options(), columns, this.target);
  }

  private columns(): uPlot.AlignedData {
    const { steps, lines } = this.data;
    const columns = lines.flatMap(({ values, low, high }) => (low && high ? [values, low, high] : [values]));
    return [steps, ...columns] as unknown as uPlot.AlignedData;
  }

  private options(): uPlot.Options {
    const palette = this.palette();
    const family = getComputedStyle(this.target).fontFamily;
    const font = `${FONT_SIZE}px ${family}`;
    const series: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    for (const { paint, low } of this.data.lines) {
      const stroke = palette[`s${paint}`];
      const dash = DASHES[paint - 1];
      series.push({
        stroke,
        width: 1.75,
        spanGaps: true,
        points: { show: false },
        ...(dash.length > 0 && { dash: [...dash] }),
      });
      if (!low) continue;
      const edge: uPlot.Series = { stroke: "transparent", width: 0, spanGaps: true, points: { show: false } };
      series.push(edge, edge);
      bands.push({ series: [series.length - 1, series.length - 2], fill: transparent(stroke, 0.16) });
    }
    const axis: uPlot.Axis = {
      stroke: palette["ink-3"],
      font,
      ticks: { show: false },
      border: { show: false },
      grid: { stroke: palette["rule"], width: 1 },
    };
    return {
      width: this.width,
      height: this.height,
      padding: [8, 14, 0, 0],
      legend: { show: false },
      series,
      bands,
      scales: {
        x: { time: false, range: () => [0, this.lastStep()] },
        y: { range: (_chart, low, high) => valueRange(this.data, low, high) },
      },
      axes: [
        {
          ...axis,
          size: 20,
          gap: 4,
          space: 64,
          grid: { show: false },
          values: (_chart, ticks) => ticks.map(formatCompact),
        },
        {
          ...axis,
          size: (chart, ticks) => {
            chart.ctx.font = font.replace(`${FONT_SIZE}px`, `${FONT_SIZE * uPlot.pxRatio}px`);
            const widest = Math.max(0, ...(ticks ?? []).map((text) => chart.ctx.measureText(text).width));
            return Math.max(40, Math.ceil(widest / uPlot.pxRatio) + 8);
          },
          gap: 6,
          space: 34,
          values: (_chart, ticks) =>
            ticks.map((tick) => (Math.abs(tick) < 10_000 ? formatSignificant(tick) : formatCompact(tick))),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false, setScale: false },
        sync: { key: CURSOR },
      },
      hooks: {
        drawClear: [(chart) => this.drawHealthy(chart)],
        // Before the lines, so that many marks do not hide them.
        drawAxes: [(chart) => this.drawMarks(chart)],
        draw: [(chart) => this.drawOver(chart, font)],
        setCursor: [(chart) => this.onCursor(chart.cursor.idx ?? null)],
      },
    };
  }

  private lastStep(): number {
    const { steps, marks, maxStep } = this.data;
    return Math.max(maxStep, steps[steps.length - 1] ?? 0, marks[marks.length - 1]?.step ?? 0);
  }

  private drawHealthy(chart: uPlot): void {
    const { healthy } = this.data;
    if (!healthy) return;
    const { top, left, width, height } = chart.bbox;
    const clamp = (y: number) => Math.min(top + height, Math.max(top, y));
    const yOf = (value: number | null, open: number) =>
      value === null ? open : clamp(chart.valToPos(value, "y", true));
    const upper = yOf(healthy[1], top);
    const lower = yOf(healthy[0], top + height);
    chart.ctx.save();
    chart.ctx.fillStyle = transparent(this.palette()["good"], 0.1);
    chart.ctx.fillRect(left, upper, width, Math.max(0, lower - upper));
    chart.ctx.restore();
  }

  private drawOver(chart: uPlot, font: string): void {
    const { ctx, bbox } = chart;
    const palette = this.palette();
    const ratio = uPlot.pxRatio;
    ctx.save();
    this.drawBreaks(chart, palette);
    ctx.font = font.replace(`${FONT_SIZE}px`, `${FONT_SIZE * ratio}px`);
    ctx.lineWidth = ratio;
    for (const { value, label, tone } of this.data.guides) {
      const y = Math.round(chart.valToPos(value, "y", true)) + 0.5;
      ctx.strokeStyle = palette[tone === "good" ? "good" : "ink-3"];
      ctx.fillStyle = ctx.strokeStyle;
      const isBeyond = y > bbox.top + bbox.height + 1;
      if (isBeyond || y < bbox.top - 1) {
        ctx.textAlign = "right";
        ctx.textBaseline = isBeyond ? "bottom" : "top";
        ctx.fillText(
          `${label} ${isBeyond ? "↓" : "↑"}`,
          bbox.left + bbox.width,
          bbox.top + (isBeyond ? bbox.height : 0),
        );
        continue;
      }
      ctx.setLineDash(tone === "good" ? [4 * ratio, 3 * ratio] : [ratio, 2 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      // At the right end a curve is above its goal and above chance: one is named below its line, where there is room, the
      // other above.
      const isBelow = tone === "good" && y + 2 * FONT_SIZE * ratio < bbox.top + bbox.height;
      ctx.textAlign = "right";
      ctx.textBaseline = isBelow ? "top" : "bottom";
      ctx.fillText(label, bbox.left + bbox.width, y + (isBelow ? 4 : -2) * ratio);
    }
    ctx.setLineDash([]);
    this.drawHead(chart, palette);
    ctx.restore();
  }

  /** A gap in the lines with a rule through it, and a triangle above: a shape for those who do not see the colour. */
  private drawBreaks({ ctx, bbox, valToPos }: uPlot, palette: Palette): void {
    const ratio = uPlot.pxRatio;
    for (const { step } of this.data.breaks) {
      const x = Math.round(valToPos(step, "x", true)) + 0.5;
      ctx.fillStyle = palette["sheet"];
      ctx.fillRect(x - 3 * ratio, bbox.top, 6 * ratio, bbox.height);
      ctx.strokeStyle = palette["watch"];
      ctx.fillStyle = palette["watch"];
      ctx.lineWidth = ratio;
      ctx.setLineDash([3 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top + 1);
      ctx.lineTo(x + 4 * ratio, bbox.top + 8 * ratio);
      ctx.lineTo(x - 4 * ratio, bbox.top + 8 * ratio);
      ctx.closePath();
      ctx.fill();
    }
  }

  private drawMarks(chart: uPlot): void {
    const { ctx } = chart;
    const palette = this.palette();
    const { length } = this.data.marks;
    const size = (length <= 40 ? 4 : length <= 120 ? 3 : 2.2) * uPlot.pxRatio;
    ctx.save();
    ctx.fillStyle = palette[`s${this.data.marksPaint}`];
    ctx.strokeStyle = palette["sheet"];
    ctx.lineWidth = uPlot.pxRatio;
    for (const { step, value } of this.data.marks) {
      const x = chart.valToPos(step, "x", true);
      const y = chart.valToPos(value, "y", true);
      ctx.beginPath();
      ctx.moveTo(x, y - size);
      ctx.lineTo(x + size, y);
      ctx.lineTo(x, y + size);
      ctx.lineTo(x - size, y);
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
    }
    ctx.restore();
  }

  /** The lamp at the newest point: this is where the run is now. */
  private drawHead(chart: uPlot, palette: Palette): void {
    const { steps, lines, lit } = this.data;
    const values = lines[0]?.values ?? [];
    const last = values.findLastIndex((value) => value !== null);
    if (!lit || last < 0) return;
    const { ctx } = chart;
    const x = chart.valToPos(steps[last], "x", true);
    const y = chart.valToPos(values[last] ?? 0, "y", true);
    const dot = (radius: number) => {
      ctx.beginPath();
      ctx.arc(x, y, radius * uPlot.pxRatio, 0, 2 * Math.PI);
    };
    ctx.fillStyle = palette["lamp"];
    ctx.strokeStyle = palette["lamp-edge"];
    dot(5);
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = palette["lamp-ink"];
    dot(1.9);
    ctx.fill();
  }
}

/**
 * What the axis of values spans: the lines from `low` to `high`, marks, and guides; a dim guide only where it does not
 * press what was measured flat.
 */
export function valueRange(
  { marks, guides }: Pick<PlotData, "marks" | "guides">,
  low: number | null,
  high: number | null,
): [number, number] {
  const goals = guides.filter(({ tone }) => tone === "good");
  const values = [...marks, ...goals].map(({ value }) => value);
  for (const value of [low, high]) if (value !== null && Number.isFinite(value)) values.push(value);
  const span = (...more: number[]) => Math.max(...values, ...more) - Math.min(...values, ...more);
  const measured = span();
  const near = guides.filter(({ value, tone }) => tone === "dim" && !(measured > 0 && FAR * measured < span(value)));
  values.push(...near.map(({ value }) => value));
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const pad = (most - least) * 0.08 || Math.abs(most) * 0.1 || 1;
  // Zero is worth seeing when it is near.
  return [least >= 0 && least < most * 0.4 ? 0 : least - pad, most + pad];
}

/** A colour as `getComputedStyle` gives it, `rgb(…)` or `color(…)`, made translucent. */
export function transparent(colour: string, opacity: number): string {
  return `color-mix(in srgb, ${colour} ${Math.round(opacity * 100)}%, transparent)`;
}
