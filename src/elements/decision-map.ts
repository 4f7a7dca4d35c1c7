import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { ActionSpace, Feature } from "../core/spaces.js";
import type { DecisionMap as MapData } from "../interpret/decision-map.js";
import { fitCanvas } from "./canvas.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { numberText } from "./explanation-words.js";
import { formatPercent } from "./format.js";
import { tableIcon } from "./icons.js";
import { legend } from "./legend.js";
import { translated } from "./localise.js";
import { type Palette, PaletteController } from "./palette.js";
import type { TableTwin } from "./table-dialog.js";

/** Room for the labels of the axes, in CSS pixels. */
const LEFT = 54;
const BOTTOM = 20;
/** Cells of the table along each axis. */
const TABLE_CELLS = 8;

/**
 * What the network does as two features vary, the others held where the stage is, or as a mean over its states: one
 * colour and hatching an action, paler where it hesitates; the border of the readable policy as a line; where the stage
 * is as the lamp.
 *
 * @fires axes-change - `detail` is `{ x, y, average }`, indices of features and whether the mean is wanted.
 * @fires table-show - `detail` is the `TableTwin` of the map.
 */
@customElement("vitrine-decision-map")
export class DecisionMap extends VitrineElement {
  static override styles = [
    controls,
    legend,
    css`
      :host {
        display: block;
      }
      .axes {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 4px 6px;
        padding-bottom: 6px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .axes select {
        width: auto;
        max-width: 128px;
      }
      canvas {
        width: 100%;
        height: 176px;
      }
      li canvas {
        width: 16px;
        height: 11px;
      }
      .line {
        width: 16px;
        border-top: 2px solid var(--ink);
      }
    `,
  ];

  @property({ attribute: false }) observation: readonly Feature[] = [];
  @property({ attribute: false }) action: ActionSpace = { kind: "discrete", names: [] };
  @property({ attribute: false }) map: MapData | null = null;
  /** The readable policy's map on the same axes, or null. */
  @property({ attribute: false }) readable: MapData | null = null;
  @property({ type: Number }) x = 0;
  @property({ type: Number }) y = 1;
  /** The mean over states of the stage, instead of the other features held where the stage is. */
  @property({ type: Boolean }) average = false;
  @query(".map") private canvas?: HTMLCanvasElement;
  private readonly colours = new PaletteController(this, () => this.requestUpdate());
  private readonly resizes = new ResizeObserver(() => this.draw());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resizes.disconnect();
  }

  override render() {
    const names = this.action.kind === "discrete" ? this.action.names : [];
    return html`
      <div class="axes">
        ${this.axis("x", msg("Across"), this.x, this.y)} ${this.axis("y", msg("Up"), this.y, this.x)}
        <label title=${msg("The mean over states of the stage, instead of the other features held where it is: partial dependence")}>
          <input
            type="checkbox"
            .checked=${this.average}
            @change=${(event: Event) => this.tell("axes-change", { x: this.x, y: this.y, average: (event.target as HTMLInputElement).checked })}
          />
          ${msg("mean over states")}
        </label>
        <button class="icon-btn push" aria-label=${msg(str`Show as a table: ${msg("Decision map")}`)} ?disabled=${!this.map} @click=${this.showTable}>${tableIcon}</button>
      </div>
      <canvas class="map" role="img" aria-label=${this.description()}></canvas>
      <ul>
        ${names.map((name, i) => html`<li><canvas class="key" data-action=${i} aria-hidden="true"></canvas>${translated(name)}</li>`)}
        ${this.readable ? html`<li><span class="line" aria-hidden="true"></span>${msg("border of the readable policy")}</li>` : nothing}
      </ul>
    `;
  }

  override updated(): void {
    if (this.canvas) this.resizes.observe(this.canvas);
    this.draw();
  }

  private axis(name: "x" | "y", label: string, value: number, other: number) {
    return html`<label>
      ${label}
      <select @change=${(event: Event) => this.choose(name, Number((event.target as HTMLSelectElement).value))}>
        ${this.observation.map((feature, i) => html`<option value=${i} ?selected=${i === value} ?disabled=${i === other}>${translated(feature.name)}</option>`)}
      </select>
    </label>`;
  }

  private choose(name: "x" | "y", feature: number): void {
    const axes = name === "x" ? { x: feature, y: this.y } : { x: this.x, y: feature };
    this.tell("axes-change", { ...axes, average: this.average });
  }

  /** Shares of the map by action, in words. */
  private description(): string {
    const { map } = this;
    if (!map || this.action.kind !== "discrete") return msg("Decision map, nothing computed yet");
    const shares = this.action.names.map((name, action) => {
      const cells = map.actions.reduce((sum, own) => sum + (own === action ? 1 : 0), 0);
      return `${translated(name)} ${formatPercent(cells / map.actions.length)}`;
    });
    const [across, up] = [map.x, map.y].map(({ feature }) => translated(this.observation[feature]?.name ?? "?"));
    return msg(str`Decision map, ${across} by ${up}: ${shares.join(", ")}`);
  }

  private draw(): void {
    const { palette } = this.colours;
    for (const key of this.renderRoot.querySelectorAll<HTMLCanvasElement>(".key")) {
      const context = fitCanvas(key);
      if (context) paintCell(context, palette, Number(key.dataset["action"]), 1, [0, 0, 16, 11]);
    }
    const { canvas, map } = this;
    const context = canvas ? fitCanvas(canvas) : null;
    if (!canvas || !context || !map) return;
    const [width, height] = [canvas.clientWidth - LEFT - 6, canvas.clientHeight - BOTTOM - 4];
    const { resolution } = map;
    const place = (column: number, row: number): [number, number] => [
      LEFT + (column / resolution) * width,
      4 + height - (row / resolution) * height,
    ];
    for (let row = 0; row < resolution; row++) {
      for (let column = 0; column < resolution; column++) {
        const cell = row * resolution + column;
        const [left, bottom] = place(column, row);
        const [right, top] = place(column + 1, row + 1);
        // Cells meet on whole pixels: no ground shines through between them, and nothing is painted twice.
        const [x, y] = [Math.round(left), Math.round(top)];
        const box: Box = [x, y, Math.round(right) - x, Math.round(bottom) - y];
        paintCell(context, palette, map.actions[cell], map.margins[cell], box);
      }
    }
    hatch(context, palette, map, place);
    if (this.readable) drawBorder(context, palette, this.readable, place);
    this.drawAxes(context, palette, map, width, height);
    this.drawLamp(context, palette, map, width, height);
  }

  private drawAxes(
    context: CanvasRenderingContext2D,
    palette: Palette,
    map: MapData,
    width: number,
    height: number,
  ): void {
    context.strokeStyle = palette["rule-2"];
    context.lineWidth = 1;
    context.setLineDash([]);
    context.strokeRect(LEFT + 0.5, 4.5, width, height);
    context.fillStyle = palette["ink-3"];
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "top";
    const below = 4 + height + 5;
    context.textAlign = "left";
    context.fillText(numberText(map.x.low), LEFT, below);
    context.textAlign = "right";
    context.fillText(numberText(map.x.high), LEFT + width, below);
    context.fillText(numberText(map.y.high), LEFT - 5, 4);
    context.textBaseline = "bottom";
    context.fillText(numberText(map.y.low), LEFT - 5, 4 + height);
    context.textAlign = "center";
    context.textBaseline = "top";
    const { name, unit } = this.observation[map.x.feature] ?? { name: "", unit: "" };
    context.fillText(`${translated(name)}${unit === "" ? "" : ` (${unit})`}`, LEFT + width / 2, below);
    context.save();
    context.translate(12, 4 + height / 2);
    context.rotate(-Math.PI / 2);
    const up = this.observation[map.y.feature] ?? { name: "", unit: "" };
    context.fillText(`${translated(up.name)}${up.unit === "" ? "" : ` (${up.unit})`}`, 0, -8);
    context.restore();
  }

  /** Where the stage is, kept within the map. */
  private drawLamp(
    context: CanvasRenderingContext2D,
    palette: Palette,
    { x, y, at }: MapData,
    width: number,
    height: number,
  ): void {
    const share = (axis: { feature: number; low: number; high: number }) =>
      Math.min(1, Math.max(0, (at[axis.feature] - axis.low) / (axis.high - axis.low)));
    context.beginPath();
    context.arc(LEFT + share(x) * width, 4 + height - share(y) * height, 5, 0, 2 * Math.PI);
    context.fillStyle = palette["lamp"];
    context.fill();
    context.strokeStyle = palette["lamp-ink"];
    context.lineWidth = 1.5;
    context.stroke();
  }

  private readonly showTable = (): void => {
    const { map } = this;
    if (!map || this.action.kind !== "discrete") return;
    const { names } = this.action;
    const feature = (index: number) => translated(this.observation[index]?.name ?? "?");
    const pick = (cell: number) => Math.floor(((cell + 0.5) / TABLE_CELLS) * map.resolution);
    const labelOf = ({ low, high }: { low: number; high: number }, cell: number) =>
      numberText(low + ((pick(cell) + 0.5) / map.resolution) * (high - low));
    const cells = [...Array(TABLE_CELLS).keys()];
    const twin: TableTwin = {
      caption: msg(str`Decision map: ${feature(map.y.feature)} down, ${feature(map.x.feature)} across`),
      columns: ["", ...cells.map((column) => labelOf(map.x, column))],
      rows: cells
        .reverse()
        .map((row) => [
          labelOf(map.y, row),
          ...[...cells]
            .reverse()
            .map((column) => translated(names[map.actions[pick(row) * map.resolution + pick(column)]] ?? "?")),
        ]),
    };
    this.tell("table-show", twin);
  };
}

type Box = readonly [number, number, number, number];
type Place = (column: number, row: number) => [number, number];

/** One cell in its action's colour; paler where the policy hesitates, never so pale that the action is lost. */
function paintCell(
  context: CanvasRenderingContext2D,
  palette: Palette,
  action: number,
  margin: number,
  box: Box,
): void {
  context.globalAlpha = 0.3 + 0.55 * Math.min(1, Math.max(0, margin));
  context.fillStyle = palette[`s${(action % 8) + 1}`];
  context.fillRect(...box);
  context.globalAlpha = 1;
  if (box[2] !== 16 || action === 0) return;
  context.strokeStyle = palette["sheet"];
  context.lineWidth = 1;
  context.beginPath();
  for (let x = -11; x < 16; x += 5) {
    context.moveTo(x, action % 2 ? 11 : 0);
    context.lineTo(x + 11, action % 2 ? 0 : 11);
  }
  context.stroke();
}

/** Hatching over every action but the first, so that the map reads without colour. */
function hatch(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { actions, resolution }: MapData,
  place: Place,
): void {
  context.strokeStyle = palette["sheet"];
  context.lineWidth = 1;
  context.setLineDash([]);
  context.beginPath();
  for (let row = 0; row < resolution; row += 1) {
    for (let column = 0; column < resolution; column += 1) {
      const action = actions[row * resolution + column];
      if (action === 0 || (row + (action % 2 ? column : -column) + 2 * resolution) % 4 !== 0) continue;
      const [left, bottom] = place(column, row);
      const [right, top] = place(column + 1, row + 1);
      // Slanted one way for odd actions, the other way for even ones.
      context.moveTo(left, action % 2 ? top : bottom);
      context.lineTo(right, action % 2 ? bottom : top);
    }
  }
  context.stroke();
}

/** The line between different actions. */
function drawBorder(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { actions, resolution }: MapData,
  place: Place,
): void {
  context.strokeStyle = palette["ink"];
  context.lineWidth = 2;
  context.setLineDash([]);
  context.beginPath();
  for (let row = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++) {
      const own = actions[row * resolution + column];
      if (column + 1 < resolution && actions[row * resolution + column + 1] !== own) {
        context.moveTo(...place(column + 1, row));
        context.lineTo(...place(column + 1, row + 1));
      }
      if (row + 1 < resolution && actions[(row + 1) * resolution + column] !== own) {
        context.moveTo(...place(column, row + 1));
        context.lineTo(...place(column + 1, row + 1));
      }
    }
  }
  context.stroke();
  context.setLineDash([]);
}
