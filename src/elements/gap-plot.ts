import { msg, str } from "@lit/localize";
import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatCompact, formatFixed, formatInteger, formatSignificant } from "./format.js";
import { tableIcon } from "./icons.js";
import { drawing } from "./legend.js";
import type { TableTwin } from "./table-dialog.js";

const WIDTH = 400;
const HEIGHT = 118;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 10, 8, 18];
/** Gaps below this share are rings under the lowest line: in so few episodes chance is as large. */
const LEAST = 1e-3;
/** A gap below 0 by this share is no chance. */
const CLEARLY = 1e-2;
/** Room for rings under the lowest line. */
const RING_ROOM = 12;

/** What a policy cost in one evaluation, and the policy to beat in the same episodes. */
export interface MeasuredGap {
  readonly step: number;
  readonly cost: number;
  readonly best: number;
}

/** How far the first cost is above the second, as a share of it. */
export const gapOf = ({ cost, best }: Pick<MeasuredGap, "cost" | "best">): number => (cost - best) / Math.abs(best);

/** Decades from 0, which has those next to it at ±1 and is straight in between; and the share at a whole one. */
const placeOf = (share: number): number =>
  Math.abs(share) < LEAST ? share / LEAST : Math.sign(share) * (1 + Math.log10(Math.abs(share) / LEAST));
const shareAt = (place: number): number => (place === 0 ? 0 : Math.sign(place) * LEAST * 10 ** (Math.abs(place) - 1));

/**
 * How the gap to the policy to beat fell over the evaluations of a run: a line on a logarithmic scale. What is hardly a
 * gap any more is a ring under the lowest line, with a key that says so; where the policy came to cost less, the scale
 * has a side below 0.
 *
 * @fires table-show - `detail` is the `TableTwin`.
 */
@customElement("vitrine-gap-plot")
export class GapPlot extends VitrineElement {
  static override styles = [
    controls,
    drawing,
    css`
      :host {
        display: block;
        padding-bottom: var(--x2);
      }
      .plot {
        max-height: 145px;
      }
      .line {
        fill: none;
        stroke: var(--s1);
        stroke-width: 1.5;
      }
      .dot {
        fill: var(--s1);
      }
      .ring {
        fill: var(--sheet);
        stroke: var(--s1);
        stroke-width: 1.5;
      }
    `,
  ];

  /** By step. */
  @property({ attribute: false }) gaps: readonly MeasuredGap[] = [];
  /** The policy to beat: the optimal one, one that knows all demand, or the best of the simple ones. */
  @property() best: "optimal" | "just-in-time" | "simple" = "simple";

  override render() {
    if (this.gaps.length < 2) {
      return html`<p class="dim">${msg("The curve begins with the second evaluation that the policy to beat has played, too.")}</p>`;
    }
    return html`
      <div class="keys with-table">
        <b>${this.heading}</b>
        <span>${msg("at every evaluation")}</span>
        <button class="icon-btn" title=${msg("Show as a table")} aria-label=${msg(str`Show as a table: ${this.heading}`)} @click=${this.showTable}>${tableIcon}</button>
      </div>
      ${this.plot()}
      ${
        !this.isBeaten && this.gaps.some((one) => gapOf(one) < LEAST)
          ? html`<div class="keys rings"><span><svg viewBox="0 0 11 11" aria-hidden="true"><circle class="ring" cx="5.5" cy="5.5" r="3" /></svg>${msg(str`no gap, or less than ${formatSignificant(100 * LEAST)} %`)}</span></div>`
          : nothing
      }
    `;
  }

  private get heading(): string {
    if (this.best === "just-in-time") return msg("Gap to just-in-time orders");
    return this.best === "optimal" ? msg("Gap to the optimum") : msg("Gap to the best simple policy");
  }

  /** Whether the policy came to cost clearly less than the best simple one; less than the optimum is chance. */
  private get isBeaten(): boolean {
    return this.best === "simple" && this.gaps.some((one) => gapOf(one) <= -CLEARLY);
  }

  private get bestTitle(): string {
    if (this.best === "just-in-time") return msg("just in time");
    return this.best === "optimal" ? msg("optimal") : msg("best simple policy");
  }

  private plot() {
    const { gaps, isBeaten } = this;
    const shares = gaps.map(gapOf);
    // Whole decades, at least two; below 0 only where the policy came to cost less.
    const high = Math.max(3, Math.ceil(placeOf(Math.max(...shares))));
    const low = isBeaten ? Math.min(-2, Math.floor(placeOf(Math.min(...shares)))) : 1;
    const isRing = (share: number) => !isBeaten && share < LEAST;
    const end = gaps[gaps.length - 1].step;
    const x = (step: number) => LEFT + (step / end) * (WIDTH - LEFT - RIGHT);
    const bottom = HEIGHT - BOTTOM - (shares.some(isRing) ? RING_ROOM : 0);
    const y = (share: number) => TOP + ((high - placeOf(share)) / (high - low)) * (bottom - TOP);
    const lines = Array.from({ length: high - low + 1 }, (_, i) => shareAt(low + i));
    // With both sides there is no room for the numbers next to 0, which say the least.
    const isNumbered = (share: number) => !isBeaten || Math.abs(share) !== LEAST;
    return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${this.summary(shares)}>
      ${lines.map(
        (share) => svg`<line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(share)} y2=${y(share)} />
          ${isNumbered(share) ? svg`<text x=${LEFT - 5} y=${y(share) + 4} text-anchor="end">${formatSignificant(100 * share)} %</text>` : nothing}`,
      )}
      <text x=${LEFT} y=${HEIGHT - 4}>0</text>
      <text x=${WIDTH - RIGHT} y=${HEIGHT - 4} text-anchor="end">${msg(str`${formatCompact(end)} steps`)}</text>
      <path class="line" d=${gaps.map(({ step }, i) => (isRing(shares[i]) ? "" : `${i > 0 && !isRing(shares[i - 1]) ? "L" : "M"}${x(step)} ${y(shares[i])}`)).join("")} />
      ${gaps.map(({ step }, i) =>
        isRing(shares[i])
          ? svg`<circle class="ring" cx=${x(step)} cy=${HEIGHT - BOTTOM - RING_ROOM / 3} r="3" />`
          : svg`<circle class="dot" cx=${x(step)} cy=${y(shares[i])} r="2.25" />`,
      )}
    </svg>`;
  }

  private summary(shares: readonly number[]): string {
    const [first, last] = [shares[0], shares[shares.length - 1]].map((share) => formatFixed(100 * share, 1));
    return msg(str`${this.heading}: from ${first} % to ${last} %, on a logarithmic scale.`);
  }

  private showTable(): void {
    this.tell<TableTwin>("table-show", {
      caption: this.heading,
      columns: [msg("step"), msg("cost"), this.bestTitle, msg("gap")],
      rows: this.gaps.map((one) => [
        formatInteger(one.step),
        formatFixed(one.cost, 3),
        formatFixed(one.best, 3),
        `${formatFixed(100 * gapOf(one), 2)} %`,
      ]),
    });
  }
}
