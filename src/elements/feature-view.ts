import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { ActionSpace, Feature } from "../core/spaces.js";
import type { PartialDependence } from "../interpret/decision-map.js";
import type { ImportanceExplanation } from "../interpret/explanation.js";
import type { ForestImportances } from "../interpret/forest-importances.js";
import { fitCanvas } from "./canvas.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { numberText } from "./explanation-words.js";
import { formatInteger, formatPercent } from "./format.js";
import { tableIcon } from "./icons.js";
import "./importances.js";
import { legend } from "./legend.js";
import { translated } from "./localise.js";
import { DASHES, type Palette, PaletteController } from "./palette.js";
import type { TableTwin } from "./table-dialog.js";

/** How the scores move with one feature, and what a forest says of all of them. */
export interface FeatureLook {
  readonly dependence: PartialDependence;
  /** Value of the feature on the stage. */
  readonly at: number;
  readonly forest: ForestImportances | null;
}

/** Room for the labels of the axes, in CSS pixels. */
const LEFT = 44;
const BOTTOM = 20;
/** Points of the table. */
const TABLE_POINTS = 9;

/**
 * What one feature does to the policy's scores, as a line for each action (partial dependence), with where the stage
 * is as the lamp; and which features count: by Shapley values, and by the splits of a policy made of trees.
 *
 * @fires feature-change - `detail` is the index of the feature.
 * @fires table-show - `detail` is a `TableTwin`.
 */
@customElement("vitrine-feature-view")
export class FeatureView extends VitrineElement {
  static override styles = [
    controls,
    legend,
    css`
      :host {
        display: block;
      }
      .row {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 4px 6px;
        padding-bottom: 6px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .row select {
        width: auto;
      }
      canvas.lines {
        width: 100%;
        height: 132px;
      }
      ul {
        padding-bottom: var(--x2);
      }
      li canvas {
        width: 26px;
        height: 8px;
      }
      .empty {
        padding: var(--x2) 0;
        color: var(--ink-2);
      }
    `,
  ];

  @property({ attribute: false }) observation: readonly Feature[] = [];
  @property({ attribute: false }) action: ActionSpace = { kind: "discrete", names: [] };
  @property({ attribute: false }) look: FeatureLook | null = null;
  @property({ attribute: false }) importance: ImportanceExplanation | null = null;
  /** Index of the feature that is looked at. */
  @property({ type: Number }) feature = 0;
  @query(".lines") private canvas?: HTMLCanvasElement;
  private readonly colours = new PaletteController(this, () => this.requestUpdate());
  private readonly resizes = new ResizeObserver(() => this.draw());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resizes.disconnect();
  }

  override render() {
    const look = this.current;
    return html`
      <div class="row">
        <label>
          ${msg("Feature")}
          <select @change=${(event: Event) => this.tell("feature-change", Number((event.target as HTMLSelectElement).value))}>
            ${this.observation.map(({ name }, i) => html`<option value=${i} ?selected=${i === this.feature}>${translated(name)}</option>`)}
          </select>
        </label>
        ${look ? html`<span>${scoreText(look.dependence)}</span>` : nothing}
        <button class="icon-btn push" aria-label=${msg(str`Show as a table: ${msg("Partial dependence")}`)} ?disabled=${!look} @click=${this.showTable}>${tableIcon}</button>
      </div>
      ${look ? nothing : html`<p class="empty">${msg("Partial dependence appears once the stage has shown a few dozen states.")}</p>`}
      <canvas class="lines" role="img" aria-label=${this.description()} ?hidden=${!look}></canvas>
      <ul>
        ${look ? this.actionNames.map((name, i) => html`<li><canvas class="key" data-action=${i} aria-hidden="true"></canvas>${translated(name)}</li>`) : nothing}
      </ul>
      ${this.forestTables()} ${this.shapleyTable()}
    `;
  }

  override updated(): void {
    if (this.canvas) this.resizes.observe(this.canvas);
    this.draw();
  }

  /** What is known of the feature that is chosen. */
  private get current(): FeatureLook | null {
    return this.look?.dependence.feature === this.feature ? this.look : null;
  }

  private get actionNames(): readonly string[] {
    return this.action.kind === "discrete" ? this.action.names : [];
  }

  /** Overall, and on the way of the state on the stage. */
  private forestTables() {
    const forest = this.look?.forest;
    if (!forest) return nothing;
    const names = this.observation.map(({ name }) => name);
    const count = formatInteger(forest.numTrees);
    return html`
      <vitrine-importances sorted .names=${names} .values=${forest.overall} caption=${msg(str`Impurity taken away, share over ${count} trees`)}></vitrine-importances>
      <vitrine-importances sorted .names=${names} .values=${forest.here} caption=${msg("The same on the way of the state on the stage")}></vitrine-importances>
    `;
  }

  private shapleyTable() {
    const { importance } = this;
    if (!importance) return nothing;
    const names = importance.importances.map(({ feature }) => feature);
    const values = importance.importances.map(({ shapley }) => shapley);
    return html`<vitrine-importances sorted .names=${names} .values=${values} caption=${msg("Mean size of the Shapley values")}></vitrine-importances>`;
  }

  /** Which action scores highest at either end, in words. */
  private description(): string {
    const look = this.current;
    if (!look) return msg("Partial dependence, nothing computed yet");
    const { scores, values } = look.dependence;
    const n = this.actionNames.length;
    const best = (point: number) => {
      const own = [...scores.subarray(point * n, (point + 1) * n)];
      return translated(this.actionNames[own.indexOf(Math.max(...own))] ?? "?");
    };
    const name = translated(this.observation[this.feature]?.name ?? "?");
    const [low, high] = [numberText(values[0]), numberText(values[values.length - 1])];
    return msg(
      str`Partial dependence on ${name}: ${best(0)} scores highest at ${low}, and ${best(values.length - 1)} at ${high}`,
    );
  }

  private draw(): void {
    const { palette } = this.colours;
    for (const key of this.renderRoot.querySelectorAll<HTMLCanvasElement>(".key")) {
      const context = fitCanvas(key);
      if (context) strokeSeries(context, palette, Number(key.dataset["action"]), [0, 4], [26, 4]);
    }
    const { canvas, current } = this;
    const context = canvas ? fitCanvas(canvas) : null;
    if (!canvas || !context || !current) return;
    const { values, scores } = current.dependence;
    const [width, height] = [canvas.clientWidth - LEFT - 8, canvas.clientHeight - BOTTOM - 8];
    const [low, high] = [Math.min(0, ...scores), Math.max(1e-12, ...scores)];
    const n = this.actionNames.length;
    const xOf = (value: number) => LEFT + ((value - values[0]) / (values[values.length - 1] - values[0])) * width;
    const yOf = (score: number) => 6 + ((high - score) / (high - low)) * height;
    this.drawAxes(context, palette, { width, height, low, high, yOf });
    for (let action = 0; action < n; action++) {
      const points = [...values].map((value, point): [number, number] => [xOf(value), yOf(scores[point * n + action])]);
      strokeSeries(context, palette, action, ...points);
    }
    const x = xOf(Math.min(values[values.length - 1], Math.max(values[0], current.at)));
    context.fillStyle = palette["lamp"];
    context.strokeStyle = palette["lamp-ink"];
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, 6 + height, 5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }

  private drawAxes(
    context: CanvasRenderingContext2D,
    palette: Palette,
    frame: { width: number; height: number; low: number; high: number; yOf: (score: number) => number },
  ): void {
    const { width, height, low, high, yOf } = frame;
    const { values, of } = this.current?.dependence ?? { values: [0, 1], of: "values" as const };
    context.setLineDash([]);
    context.lineWidth = 1;
    context.strokeStyle = palette["rule-2"];
    context.strokeRect(LEFT + 0.5, 6.5, width, height);
    if (low < 0) {
      context.beginPath();
      context.moveTo(LEFT, yOf(0));
      context.lineTo(LEFT + width, yOf(0));
      context.stroke();
    }
    context.fillStyle = palette["ink-3"];
    context.font = "11px system-ui, sans-serif";
    const text = (score: number) => (of === "probabilities" ? formatPercent(score) : numberText(score));
    context.textAlign = "right";
    context.textBaseline = "top";
    context.fillText(text(high), LEFT - 5, 4);
    context.textBaseline = "bottom";
    context.fillText(text(low), LEFT - 5, 6 + height);
    context.textBaseline = "top";
    context.fillText(numberText(values[values.length - 1]), LEFT + width, 6 + height + 6);
    context.textAlign = "left";
    context.fillText(numberText(values[0]), LEFT, 6 + height + 6);
    const { name, unit } = this.observation[this.feature] ?? { name: "", unit: "" };
    context.textAlign = "center";
    context.fillText(
      `${translated(name)}${unit === "" ? "" : ` (${translated(unit)})`}`,
      LEFT + width / 2,
      6 + height + 6,
    );
  }

  private readonly showTable = (): void => {
    const look = this.current;
    if (!look) return;
    const { values, scores, of } = look.dependence;
    const { actionNames } = this;
    const n = actionNames.length;
    const points = Array.from({ length: TABLE_POINTS }, (_, i) =>
      Math.round((i / (TABLE_POINTS - 1)) * (values.length - 1)),
    );
    const twin: TableTwin = {
      caption: msg(str`Partial dependence on ${translated(this.observation[this.feature]?.name ?? "?")}`),
      columns: [translated(this.observation[this.feature]?.name ?? "?"), ...actionNames.map(translated)],
      rows: points.map((point) => [
        numberText(values[point]),
        ...actionNames.map((_, action) => {
          const score = scores[point * n + action];
          return of === "probabilities" ? formatPercent(score) : numberText(score);
        }),
      ]),
    };
    this.tell("table-show", twin);
  };
}

/** What the lines are, and over how many states the mean is taken. */
function scoreText({ of, background }: PartialDependence): string {
  const count = formatInteger(background);
  return of === "probabilities"
    ? msg(str`mean probability over ${count} states of the stage`)
    : msg(str`mean value above that of all actions, over ${count} states of the stage`);
}

/** A line in its action's colour and dash, so that it reads without colour. */
function strokeSeries(
  context: CanvasRenderingContext2D,
  palette: Palette,
  action: number,
  ...points: readonly [number, number][]
): void {
  context.strokeStyle = palette[`s${(action % 8) + 1}`];
  context.lineWidth = 2;
  context.setLineDash([...DASHES[action % DASHES.length]]);
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
  context.setLineDash([]);
}
