import { msg, str } from "@lit/localize";
import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { OrderCurve, OrdersExplanation } from "../interpret/explanation.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { measuringText } from "./explanation-words.js";
import { formatFixed, formatPercent, formatSignificant } from "./format.js";
import { tableIcon } from "./icons.js";
import { drawing } from "./legend.js";
import type { OrderTrail } from "./order-trail.js";
import type { TableTwin } from "./table-dialog.js";
import { ticksOf } from "./ticks.js";

const WIDTH = 400;
const HEIGHT = 170;
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 10, 8, 30];
/** A mean of fewer periods than this share says little, and is not drawn. */
const LEAST_SHARE = 0.002;

/** The curve of one store's orders, as far as it is known. */
export interface MeasuredCurve {
  /** Null before it was measured. */
  readonly curve: OrderCurve | null;
  /** What it was measured with, which makes the orders readable; null before. */
  readonly explanation: OrdersExplanation | null;
  /** The share of the measuring that is done; null when nothing is measured. */
  readonly measuring: number | null;
  /** Why it cannot be measured, or an empty string. */
  readonly refused: string;
}

/**
 * What is ordered along one road of an inventory network, by what its end has and expects: each ring is a period on the
 * stage, and each cross what the policy to beat would have ordered in its place. Of one store a curve can be measured:
 * what the learned and the optimal policy order on average, by position.
 *
 * @fires curve-measure - the curve of the policy as it stands is wanted.
 * @fires table-show - `detail` is the `TableTwin` of the curve.
 */
@customElement("vitrine-order-plot")
export class OrderPlot extends VitrineElement {
  static override styles = [
    controls,
    drawing,
    css`
      :host {
        display: block;
      }
      .keys {
        align-items: center;
        gap: 2px var(--x2);
        padding-bottom: 4px;
      }
      .plot {
        max-height: 220px;
      }
      .rings {
        fill: none;
        stroke: var(--s1);
        stroke-width: 1.5;
      }
      .crosses {
        stroke: var(--s2);
        stroke-width: 1.75;
      }
      .learned,
      .optimal {
        fill: none;
        stroke: var(--s1);
        stroke-width: 2;
      }
      .optimal {
        stroke: var(--s2);
        stroke-dasharray: 5 3;
      }
      .keys .btn {
        height: 24px;
        margin-left: auto;
        padding: 0 4px;
        font-size: var(--t-small);
      }
      .now {
        fill: var(--lamp);
        stroke: var(--lamp-edge);
        stroke-width: 1.5;
      }
    `,
  ];

  /** The policy to beat, in words; empty while it is unknown. */
  @property() reference = "";
  /** Changed in place: ask for an update when it has news. */
  @property({ attribute: false }) trail: OrderTrail | null = null;
  /** Null for a network of several nodes. */
  @property({ attribute: false }) measured: MeasuredCurve | null = null;

  override render() {
    return html`
      <div class="keys">
        <span>${svgKey(svg`<path class="rings" d=${ring(5.5, 5.5)} />`)}${msg("on the stage")}</span>
        ${this.reference ? html`<span>${svgKey(svg`<path class="crosses" d=${cross(5.5, 5.5)} />`)}${this.reference}</span>` : nothing}
        ${this.curveKeys()}
      </div>
      ${this.measured?.refused ? html`<p class="dim">${this.measured.refused}</p>` : nothing}
      ${this.trail && this.trail.length > 0 ? this.plot(this.trail) : nothing}
    `;
  }

  private curveKeys() {
    const { measured } = this;
    if (!measured || measured.refused) return nothing;
    const { curve, measuring } = measured;
    return html`
      ${curve ? html`<span>${svgKey(svg`<path class="learned" d="M0 5.5h11" />`)}${msg("on average")}</span>` : nothing}
      <button
        class="btn quiet"
        aria-label=${curve && measuring === null ? msg("Measure the curve again") : nothing}
        ?disabled=${measuring !== null}
        @click=${() => this.tell("curve-measure")}
      >
        ${measuring !== null ? measuringText(measuring) : curve ? msg("again") : msg("Measure the curve")}
      </button>
      ${
        curve
          ? html`<button class="icon-btn" title=${msg("Show as a table")} aria-label=${msg("Show as a table: orders")} @click=${() => this.showTable(curve)}>${tableIcon}</button>`
          : nothing
      }
    `;
  }

  private plot(trail: OrderTrail) {
    let [low, high, most] = [0, 1, 1];
    for (let period = 0; period < trail.length; period++) {
      low = Math.min(low, trail.position(period));
      high = Math.max(high, trail.position(period));
      most = Math.max(most, trail.order(period), trail.reference(period) || 0);
    }
    const curve = this.measured?.curve;
    for (const place of curve ? drawnPlaces(curve) : []) {
      high = Math.max(high, curve?.positions[place] ?? 0);
      most = Math.max(most, (curve?.learned[place] ?? 0) - (curve?.positions[place] ?? 0));
    }
    const [across, up] = [ticksOf(low, high), ticksOf(0, most)];
    [low, high, most] = [across[0], across[across.length - 1], up[up.length - 1]];
    const x = (value: number) => LEFT + ((value - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
    const y = (value: number) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
    let rings = "";
    let crosses = "";
    for (let period = 0; period < trail.length; period++) {
      const at = x(trail.position(period));
      const reference = trail.reference(period);
      rings += ring(at, y(trail.order(period)));
      if (!Number.isNaN(reference)) crosses += cross(at, y(reference));
    }
    const newest = trail.length - 1;
    return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${this.summary(trail)}>
      ${up.map(
        (tick) => svg`<line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(tick)} y2=${y(tick)} />
          <text x=${LEFT - 5} y=${y(tick) + 4} text-anchor="end">${formatSignificant(tick)}</text>`,
      )}
      ${across.map(
        (tick) =>
          svg`<text x=${x(tick)} y=${HEIGHT - BOTTOM + 13} text-anchor=${tick === high ? "end" : "middle"}>${formatSignificant(tick)}</text>`,
      )}
      <text x=${WIDTH - RIGHT} y=${HEIGHT - 4} text-anchor="end">${msg("on hand and on the way")} →</text>
      <text x=${LEFT} y=${HEIGHT - 4}>↑ ${msg("ordered")}</text>
      ${curve ? this.curves(curve, x, y) : nothing}
      <path class="crosses" d=${crosses} />
      <path class="rings" d=${rings} />
      <circle class="now" cx=${x(trail.position(newest))} cy=${y(trail.order(newest))} r="5" />
    </svg>`;
  }

  private curves(curve: OrderCurve, x: (value: number) => number, y: (value: number) => number) {
    const { positions, learned, optimal } = curve;
    const places = drawnPlaces(curve);
    const line = (levels: readonly number[]) =>
      `M${places.map((place) => `${x(positions[place])} ${y(levels[place] - positions[place])}`).join("L")}`;
    return svg`${optimal ? svg`<path class="optimal" d=${line(optimal)} />` : nothing}
      <path class="learned" d=${line(learned)} />`;
  }

  private showTable(curve: OrderCurve): void {
    const { positions, shares, learned, optimal } = curve;
    const orderAt = (levels: readonly number[], place: number) => formatFixed(levels[place] - positions[place], 2);
    this.tell<TableTwin>("table-show", {
      caption: msg("Orders on average, by what is on hand and on the way"),
      columns: [msg("on hand and on the way"), msg("periods"), msg("this policy"), msg("optimal")],
      rows: drawnPlaces(curve).map((place) => [
        formatSignificant(positions[place]),
        formatPercent(shares[place]),
        orderAt(learned, place),
        optimal ? orderAt(optimal, place) : "–",
      ]),
    });
  }

  private summary(trail: OrderTrail): string {
    let apart = 0;
    for (let period = 0; period < trail.length; period++) {
      apart += Math.abs(trail.order(period) - trail.reference(period)) / trail.length;
    }
    if (Number.isNaN(apart)) return msg("Orders on the stage, by what is on hand and on the way.");
    const units = formatSignificant(apart, 2);
    return msg(
      str`Orders on the stage, by what is on hand and on the way; ${units} units from the best policy's on average.`,
    );
  }
}

const svgKey = (mark: unknown) => html`<svg viewBox="0 0 11 11" aria-hidden="true">${mark}</svg>`;

/** Places of a curve where the policy was often enough. */
const drawnPlaces = ({ shares }: OrderCurve) => shares.flatMap((share, place) => (share >= LEAST_SHARE ? [place] : []));

/** A ring and a cross around a point, as parts of a path. */
const ring = (x: number, y: number) => `M${x - 3.5} ${y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0`;
const cross = (x: number, y: number) => `M${x - 3.5} ${y}h7M${x} ${y - 3.5}v7`;
