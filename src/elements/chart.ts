import { msg, str } from "@lit/localize";
import { css, html, nothing, svg, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import uPlotStyles from "uplot/dist/uPlot.min.css?inline";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatInteger, formatSignificant } from "./format.js";
import { tableIcon } from "./icons.js";
import { DASHES, PaletteController } from "./palette.js";
import { EMPTY_PLOT, Plot, type PlotData } from "./plot.js";
import type { TableTwin } from "./table-dialog.js";

/** One entry of the legend; its value is the newest, or the one under the pointer. */
export interface LegendEntry {
  readonly paint: number;
  readonly label: string;
  /** Shown instead of the line's own value, for example a mean with its interval. */
  readonly text?: string;
  /** A single mark rather than a line. */
  readonly marks?: boolean;
}

/**
 * A titled plot over environment steps, with a legend that reads its values and a table twin.
 *
 * Data goes in by {@link show}, as often as the page likes; it is drawn once per animation frame.
 *
 * @fires table-show - `detail` is the `TableTwin` of what is drawn.
 */
@customElement("vitrine-chart")
export class Chart extends VitrineElement {
  static override styles = [
    unsafeCSS(uPlotStyles),
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
      }
      .plot {
        position: relative;
        flex: 1;
        min-height: 90px;
        overflow: hidden;
      }
      .plot > div {
        position: absolute;
        inset: 0;
      }
      .uplot {
        font-family: var(--font-ui);
      }
      .u-hz .u-cursor-x {
        border-right: 1px solid var(--ink-3);
      }
      .legend {
        display: flex;
        gap: 0 var(--x3);
        min-width: 0;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .legend li {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        white-space: nowrap;
      }
      .legend b {
        font-weight: var(--w-medium);
        color: var(--ink);
        min-width: 3ch;
      }
      .legend svg {
        width: 20px;
        height: 10px;
      }
      @container lab (max-width: 385px) {
        .legend {
          flex-wrap: wrap;
        }
      }
    `,
  ];

  /** Title of the panel. */
  @property() heading = "";
  /** What exactly is drawn, in a few words; stands beside the title where there is no legend. */
  @property() note = "";
  /** Name of the value, for the table and for assistive technology; the heading when empty. */
  @property() valueName = "";
  @property({ attribute: false }) legend: readonly LegendEntry[] = [];
  @query(".target") private target?: HTMLElement;
  @state() private cursor: number | null = null;

  private data: PlotData = EMPTY_PLOT;
  private plot: Plot | null = null;
  private drawPending = 0;
  private readonly colours = new PaletteController(this, () => this.plot?.repaint());
  private readonly sizes = new ResizeObserver(([entry]) => {
    this.plot?.resize(Math.floor(entry.contentRect.width), Math.floor(entry.contentRect.height));
  });

  /** Draws new data with the next animation frame. */
  show(data: PlotData): void {
    this.data = data;
    if (this.drawPending !== 0) return;
    this.drawPending = requestAnimationFrame(() => {
      this.drawPending = 0;
      this.plot?.show(this.data);
      this.requestUpdate();
    });
  }

  /** What is drawn, as a table. */
  get table(): TableTwin {
    const { steps, lines, marks, breaks } = this.data;
    const lineEntries = this.legend.filter(({ marks: isMarks }) => !isMarks);
    const marksEntry = this.legend.find(({ marks: isMarks }) => isMarks);
    // A step at which both were measured is one row.
    const marked = new Map(marks.map(({ step, value }) => [step, value]));
    const rows = steps.map((step, i) => {
      const mark = marked.get(step) ?? null;
      marked.delete(step);
      return { step, cells: lines.map(({ values }) => values[i]), mark, note: "" };
    });
    const empty = lines.map(() => null);
    for (const [step, value] of marked) rows.push({ step, cells: empty, mark: value, note: "" });
    // A row of its own, even at a step that was measured: what happened is no property of the value.
    for (const { step, label } of breaks) rows.push({ step, cells: empty, mark: null, note: label });
    rows.sort((a, b) => a.step - b.step);
    const cell = (value: number | null) => (value === null ? "" : formatSignificant(value, 4));
    return {
      caption: this.note ? `${this.subject}, ${this.note}` : this.subject,
      columns: [
        msg("Environment steps"),
        ...lines.map((_, i) => lineEntries[i]?.label ?? this.subject),
        ...(marksEntry ? [marksEntry.label] : []),
        ...(breaks.length > 0 ? [msg("Interruption")] : []),
      ],
      rows: rows
        .filter(({ cells, mark, note }) => mark !== null || note !== "" || cells.some((value) => value !== null))
        .map(({ step, cells, mark, note }) => [
          formatInteger(step),
          ...cells.map(cell),
          ...(marksEntry ? [cell(mark)] : []),
          ...(breaks.length > 0 ? [note] : []),
        ]),
    };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.startPlot();
  }

  override firstUpdated(): void {
    this.startPlot();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    cancelAnimationFrame(this.drawPending);
    this.drawPending = 0;
    this.plot?.dispose();
    this.plot = null;
  }

  private startPlot(): void {
    if (!this.target || this.plot) return;
    this.plot = new Plot(
      this.target,
      () => this.colours.palette,
      (index) => {
        this.cursor = index;
      },
    );
    this.plot.show(this.data);
    this.sizes.observe(this.target);
  }

  override render() {
    return html`
      <div class="head">
        <h2>${this.heading}</h2>
        <slot name="head"></slot>
        ${
          this.legend.length === 0
            ? html`<p>${this.note}</p>`
            : html`<ul class="legend" title=${this.note}>${this.legend.map((entry) => this.legendItem(entry))}</ul>`
        }
        <button
          class="icon-btn push"
          title=${msg("Show as a table")}
          aria-label=${msg(str`Show as a table: ${this.subject}`)}
          @click=${() => this.tell<TableTwin>("table-show", this.table)}
        >${tableIcon}</button>
      </div>
      <div class="plot"><div class="target" role="img" aria-label=${this.summary()}></div></div>
    `;
  }

  private legendItem(entry: LegendEntry) {
    return html`<li>${swatch(entry.paint, entry.marks === true)}<span>${entry.label}</span><b>${this.readingOf(entry)}</b></li>`;
  }

  private readingOf(entry: LegendEntry): string {
    const { lines, marks, steps } = this.data;
    if (entry.text && this.cursor === null) return entry.text;
    if (entry.marks) {
      const limit = this.cursor === null ? Number.POSITIVE_INFINITY : (steps[this.cursor] ?? Number.POSITIVE_INFINITY);
      const shown = marks.findLast(({ step }) => step <= limit);
      return shown ? formatSignificant(shown.value) : "–";
    }
    const values = lines.find(({ paint }) => paint === entry.paint)?.values ?? [];
    const value = this.cursor === null ? values.findLast((candidate) => candidate !== null) : values[this.cursor];
    return value === null || value === undefined ? "–" : formatSignificant(value);
  }

  private get subject(): string {
    return this.valueName || this.heading;
  }

  private summary(): string {
    const { steps, lines } = this.data;
    const last = lines[0]?.values.findLast((value) => value !== null);
    const step = steps[steps.length - 1];
    if (last === undefined || last === null || step === undefined) {
      return msg(str`${this.subject}: nothing measured yet`);
    }
    const now = msg(str`${this.subject}: ${formatSignificant(last)} at step ${formatInteger(step)}`);
    const { length } = this.data.breaks;
    if (length === 0) return now;
    return `${now}; ${length === 1 ? msg("interrupted once") : msg(str`interrupted ${length} times`)}`;
  }
}

/** A short piece of a series' line with its mark. */
export function swatch(paint: number, marksOnly = false) {
  const colour = `var(--s${paint})`;
  const dash = DASHES[paint - 1].join(" ");
  const mark =
    paint === 2 || marksOnly
      ? svg`<path d="M10 1l4 4-4 4-4-4z" fill=${colour} />`
      : paint === 3
        ? svg`<rect x="7" y="2" width="6" height="6" fill=${colour} />`
        : svg`<circle cx="10" cy="5" r="3" fill=${colour} />`;
  return html`<svg viewBox="0 0 20 10" aria-hidden="true">
    ${marksOnly ? nothing : svg`<path d="M0 5H20" stroke=${colour} stroke-width="2" stroke-dasharray=${dash || nothing} />`}
    ${mark}
  </svg>`;
}
