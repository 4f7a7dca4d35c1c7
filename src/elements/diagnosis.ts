import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, queryAll } from "lit/decorators.js";
import { fitCanvas } from "./canvas.js";
import { controls } from "./controls.js";
import { type Diagnosis as DiagnosisText, healthyText, type Sign } from "./diagnose.js";
import { VitrineElement } from "./element.js";
import { formatSignificant } from "./format.js";
import { tableIcon, verdictMark } from "./icons.js";
import { translated } from "./localise.js";
import { PaletteController } from "./palette.js";
import type { TableTwin } from "./table-dialog.js";

/** A short history of one sign, for its sparkline. */
export type History = readonly (number | null)[];

/**
 * How the training goes in one sentence, and its signs: a sparkline over the healthy band, the value, the range, and
 * ● or ▲.
 *
 * @fires sign-select - `detail` is the key of the sign whose curve is to be shown large.
 * @fires table-show - `detail` is the `TableTwin` of the signs.
 */
@customElement("vitrine-diagnosis")
export class DiagnosisElement extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      .verdict {
        display: grid;
        grid-template-columns: 14px 1fr auto;
        gap: 7px;
        /* Three lines, the longest a sentence gets at this width: what stands below does not move when it changes. */
        min-height: calc(8px + 3 * 1.38em);
        padding-top: 8px;
        line-height: 1.38;
        color: var(--ink-2);
      }
      /* A longer one, of another language, is cut; its title has all of it. */
      .verdict p {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }
      .verdict b {
        color: var(--ink);
        font-weight: var(--w-strong);
      }
      .verdict .verdict-mark {
        width: 11px;
        height: 11px;
        margin-top: 4px;
      }
      .verdict .icon-btn {
        margin-top: -3px;
      }
      table {
        width: 100%;
        table-layout: fixed;
        border-collapse: collapse;
        margin-top: 4px;
        font-size: var(--t-small);
      }
      th,
      td {
        height: 24px;
        padding: 0;
        font-weight: 400;
        white-space: nowrap;
      }
      th {
        text-align: left;
      }
      .name {
        width: 128px;
      }
      .long-name {
        width: 190px;
      }
      .value {
        width: 70px;
      }
      .range-column {
        width: 92px;
      }
      th button {
        max-width: 100%;
        height: 24px;
        padding: 0;
        border: 0;
        background: none;
        color: var(--ink-2);
        cursor: pointer;
        overflow: hidden;
        text-overflow: ellipsis;
        vertical-align: middle;
      }
      th button:hover {
        color: var(--action);
        text-decoration: underline;
        text-underline-offset: 2px;
      }
      th button[aria-pressed="true"] {
        color: var(--action);
        font-weight: var(--w-strong);
      }
      canvas {
        width: 100%;
        height: 18px;
      }
      .num {
        font-weight: var(--w-medium);
      }
      .range {
        color: var(--ink-3);
        text-align: right;
      }
      .mark {
        width: 20px;
      }
      .mark svg {
        width: 9px;
        height: 9px;
        margin-left: auto;
      }
    `,
  ];

  @property({ attribute: false }) diagnosis: DiagnosisText = { verdict: null, title: "", evidence: "" };
  @property({ attribute: false }) signs: readonly Sign[] = [];
  /** By key of the sign, oldest first. */
  @property({ attribute: false }) histories: Readonly<Record<string, History>> = {};
  /** Key of the sign that is shown large elsewhere. */
  @property() selected = "";
  @queryAll("canvas") private canvases?: NodeListOf<HTMLCanvasElement>;
  private readonly colours = new PaletteController(this, () => this.requestUpdate());

  override render() {
    const { verdict, title, evidence } = this.diagnosis;
    const label = verdict === "good" ? msg("healthy") : msg("out of range");
    // Without ranges their room goes to the names.
    const ranged = this.signs.some(({ description }) => description.healthy);
    return html`
      <div class="verdict">
        <span>${verdict ? verdictMark(verdict, label) : nothing}</span>
        <p title=${`${title} ${evidence}`.trim()}><b>${title}</b> ${evidence}</p>
        <button class="icon-btn" title=${msg("Show as a table")} aria-label=${msg("Show as a table: signs of health")} @click=${this.showTable}>
          ${tableIcon}
        </button>
      </div>
      <table>
        <caption class="sr">${msg("Signs of health")}</caption>
        <colgroup>
          <col class=${ranged ? "name" : "long-name"} />
          <col />
          <col class="value" />
          ${ranged ? html`<col class="range-column" />` : nothing}
          <col class="mark" />
        </colgroup>
        <tbody>
          ${this.signs.map((sign) => this.row(sign, ranged))}
        </tbody>
      </table>
    `;
  }

  private row({ description, value, verdict }: Sign, ranged: boolean) {
    const title = translated(description.title);
    return html`<tr>
      <th scope="row">
        <button
          title=${translated(description.help)}
          aria-label=${msg(str`${title}: show its curve`)}
          aria-pressed=${description.key === this.selected ? "true" : "false"}
          @click=${() => this.tell("sign-select", description.key)}
        >${title}</button>
      </th>
      <td><canvas aria-hidden="true" data-key=${description.key}></canvas></td>
      <td class="num">${value === null ? "–" : formatSignificant(value)}</td>
      ${ranged ? html`<td class="range">${healthyText(description.healthy)}</td>` : nothing}
      <td class="mark">
        ${verdict ? verdictMark(verdict, verdict === "good" ? msg("healthy") : msg("out of range")) : nothing}
      </td>
    </tr>`;
  }

  override updated(): void {
    for (const canvas of this.canvases ?? []) {
      const sign = this.signs.find(({ description }) => description.key === canvas.dataset["key"]);
      if (sign) this.drawSparkline(canvas, this.histories[sign.description.key] ?? [], sign.description.healthy);
    }
  }

  private drawSparkline(canvas: HTMLCanvasElement, history: History, healthy: Sign["description"]["healthy"]): void {
    const context = fitCanvas(canvas);
    if (!context) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const values = history.filter((value) => value !== null);
    if (values.length === 0) return;
    const bounds: number[] = [];
    for (const bound of healthy ?? []) if (bound !== null) bounds.push(bound);
    const low = Math.min(...values, ...bounds);
    const high = Math.max(...values, ...bounds);
    const yOf = (value: number) => height - 2 - ((value - low) / (high - low || 1)) * (height - 4);
    if (healthy) {
      const [lower, upper] = healthy;
      const top = upper === null ? 0 : yOf(upper);
      const bottom = lower === null ? height : yOf(lower);
      context.globalAlpha = 0.14;
      context.fillStyle = this.colours.palette["good"];
      context.fillRect(0, top, width, bottom - top);
      context.globalAlpha = 1;
    }
    context.strokeStyle = this.colours.palette["ink-2"];
    context.lineWidth = 1.2;
    context.lineJoin = "round";
    context.beginPath();
    const right = width - 3;
    values.forEach((value, i) => {
      context.lineTo((i / Math.max(1, values.length - 1)) * right, yOf(value));
    });
    context.stroke();
    context.fillStyle = this.colours.palette["ink"];
    context.beginPath();
    context.arc(values.length === 1 ? 0 : right, yOf(values[values.length - 1]), 1.8, 0, 2 * Math.PI);
    context.fill();
  }

  private showTable(): void {
    const rows = this.signs.map(({ description, value, verdict }) => [
      translated(description.title),
      value === null ? "–" : formatSignificant(value, 4),
      healthyText(description.healthy),
      verdict === null ? "" : verdict === "good" ? msg("healthy") : msg("out of range"),
      translated(description.help),
    ]);
    const columns = [msg("Sign"), msg("Value"), msg("Healthy"), msg("Verdict"), msg("Meaning")];
    this.tell<TableTwin>("table-show", { caption: msg("Signs of health"), columns, rows });
  }
}
