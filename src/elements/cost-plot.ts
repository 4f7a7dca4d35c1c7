import { msg, str } from "@lit/localize";
import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { PERIOD_COSTS } from "../envs/inventory/period-cost.js";
import { controls } from "./controls.js";
import { type CostTrail, SHOWN_PERIODS } from "./cost-trail.js";
import { VitrineElement } from "./element.js";
import { formatFixed, formatInteger, formatSignificant } from "./format.js";
import { tableIcon } from "./icons.js";
import { drawing } from "./legend.js";
import type { TableTwin } from "./table-dialog.js";
import { ticksOf } from "./ticks.js";

const WIDTH = 400;
const HEIGHT = 132;
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 10, 8, 18];

/** A kind of cost as it is drawn: its index among `PERIOD_COSTS`, and its name. */
interface Term {
  readonly index: number;
  readonly title: string;
}

/**
 * What a policy pays for in an inventory network: the periods of the episode on the stage as stacked bars, one part for
 * each kind of cost, with their running mean; beside it the mean of the policy to beat. Income counts below zero.
 *
 * @fires table-show - `detail` is the `TableTwin` of the periods.
 */
@customElement("vitrine-cost-plot")
export class CostPlot extends VitrineElement {
  static override styles = [
    controls,
    drawing,
    css`
      :host {
        display: block;
        padding-bottom: var(--x2);
      }
      .plot {
        max-height: 160px;
      }
      .t0 {
        fill: var(--s1);
      }
      .t1 {
        fill: url(#hatched);
        stroke: var(--s1);
        stroke-width: 0.5;
      }
      .hatch {
        stroke: var(--s1);
        stroke-width: 1.5;
      }
      .t2 {
        fill: var(--s2);
      }
      .t3 {
        fill: var(--s8);
      }
      .mean,
      .best {
        fill: none;
        stroke: var(--ink);
        stroke-width: 1.75;
      }
      .best {
        stroke-dasharray: 5 3;
      }
      .under {
        fill: none;
        stroke: var(--sheet);
        stroke-width: 4;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: var(--t-small);
      }
      th,
      td {
        padding: 1px 0 1px var(--x3);
        font-weight: 400;
        text-align: right;
      }
      th:first-child {
        padding-left: 0;
        text-align: left;
      }
      thead th {
        color: var(--ink-3);
      }
      tbody th {
        white-space: nowrap;
      }
      tbody tr:last-child > * {
        border-top: 1px solid var(--rule);
        font-weight: var(--w-medium);
      }
      th svg {
        display: inline-block;
        width: 11px;
        height: 11px;
        margin-right: 6px;
        vertical-align: -1px;
      }
    `,
  ];

  /** Changed in place: ask for an update when it has news. */
  @property({ attribute: false }) trail: CostTrail | null = null;
  /** Which kinds of cost there are in this network, by `PERIOD_COSTS` [4]. */
  @property({ attribute: false }) arises: readonly boolean[] = [];
  /** Whether the third kind is income. */
  @property({ type: Boolean }) profit = false;
  /** Periods of an episode. */
  @property({ type: Number }) horizon = 1;
  /** The policy to beat in words, empty while it is unknown, and its mean costs by `PERIOD_COSTS` [4]. */
  @property() reference = "";
  @property({ attribute: false }) best: readonly number[] | null = null;

  override render() {
    const { trail } = this;
    const means = trail?.means ?? null;
    if (!trail || !means) return nothing;
    const terms = this.terms;
    return html`
      <div class="keys with-table">
        <span>${msg("Episode on the stage, cost per store")}</span>
        <button class="icon-btn" title=${msg("Show as a table")} aria-label=${msg("Show as a table: cost by period")} @click=${() => this.showTable(trail, terms)}>${tableIcon}</button>
      </div>
      ${this.plot(trail, terms)} ${this.table(means, terms)}
    `;
  }

  private get terms(): readonly Term[] {
    const titles: Record<(typeof PERIOD_COSTS)[number], string> = {
      "store-holding": msg("stock at stores"),
      "warehouse-holding": msg("stock at warehouses"),
      underage: this.profit ? msg("sales (income)") : msg("unmet demand"),
      procurement: msg("purchase"),
    };
    return Object.values(titles)
      .map((title, index) => ({ index, title }))
      .filter(({ index }) => this.arises[index]);
  }

  private plot(trail: CostTrail, terms: readonly Term[]) {
    const { periods } = trail;
    const best = this.best && sumOf(this.best);
    let [low, high] = [Math.min(0, best ?? 0), Math.max(0, best ?? 0)];
    for (const { costs, mean } of periods) {
      low = Math.min(low, mean, sumOf(costs.filter((cost) => cost < 0)));
      high = Math.max(high, mean, sumOf(costs.filter((cost) => cost > 0)));
    }
    const ticks = ticksOf(low, high);
    [low, high] = [ticks[0], ticks[ticks.length - 1]];
    const shown = Math.min(this.horizon, SHOWN_PERIODS);
    const end = Math.max(periods[periods.length - 1].period, shown);
    const x = (period: number) => LEFT + ((period - end + shown) / shown) * (WIDTH - LEFT - RIGHT);
    const y = (value: number) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const line = periods.map(({ period, mean }) => `${x(period - 0.5)} ${y(mean)}`).join("L");
    const across = (value: number) => `M${LEFT} ${y(value)}H${WIDTH - RIGHT}`;
    return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${this.summary(trail, terms)}>
      ${HATCH}
      ${ticks.map(
        (tick) => svg`<line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(tick)} y2=${y(tick)} />
          <text x=${LEFT - 5} y=${y(tick) + 4} text-anchor="end">${formatSignificant(tick)}</text>`,
      )}
      <text x=${LEFT} y=${HEIGHT - 4}>${formatInteger(end - shown)}</text>
      <text x=${WIDTH - RIGHT} y=${HEIGHT - 4} text-anchor="end">${msg(str`period ${formatInteger(end)}`)}</text>
      ${terms.map(({ index }) => svg`<path class="t${index}" d=${bars(trail, index, x, y)} />`)}
      ${best === null ? nothing : svg`<path class="under" d=${across(best)} /><path class="best" d=${across(best)} />`}
      <path class="under" d="M${line}" />
      <path class="mean" d="M${line}" />
    </svg>`;
  }

  /** What the kinds cost on average: the key of the colours, too. */
  private table(means: readonly number[], terms: readonly Term[]) {
    const { best, reference } = this;
    const row = (mark: unknown, title: string, mean: number, other: number | null) => html`<tr>
      <th scope="row"><svg viewBox="0 0 11 11" aria-hidden="true">${mark}</svg>${title}</th>
      <td>${formatFixed(mean, 2)}</td>
      ${other === null ? nothing : html`<td>${formatFixed(other, 2)}</td>`}
    </tr>`;
    const key = (path: string, kind: string) => svg`<path class=${kind} d=${path} />`;
    return html`<table>
      <thead>
        <tr>
          <th scope="col"><span class="sr">${msg("Cost")}</span></th>
          <th scope="col"><svg viewBox="0 0 11 11" aria-hidden="true">${key("M0 5.5h11", "mean")}</svg>${msg("mean so far")}</th>
          ${best ? html`<th scope="col"><svg viewBox="0 0 11 11" aria-hidden="true">${key("M0 5.5h11", "best")}</svg>${reference}</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${terms.map(({ index, title }) =>
          row(svg`${HATCH}${key("M1 1h9v9h-9z", `t${index}`)}`, title, means[index], best?.[index] ?? null),
        )}
        ${row(nothing, msg("in all"), sumOf(means), best && sumOf(best))}
      </tbody>
    </table>`;
  }

  private showTable(trail: CostTrail, terms: readonly Term[]): void {
    this.tell<TableTwin>("table-show", {
      caption: msg("Cost by period of the episode on the stage, per store"),
      columns: [msg("period"), ...terms.map(({ title }) => title), msg("in all"), msg("mean so far")],
      rows: trail.periods.map(({ period, costs, mean }) => [
        formatInteger(period),
        ...terms.map(({ index }) => formatFixed(costs[index], 2)),
        formatFixed(sumOf(costs), 2),
        formatFixed(mean, 2),
      ]),
    });
  }

  private summary({ means }: CostTrail, terms: readonly Term[]): string {
    const parts = terms.map(({ index, title }) => `${title} ${formatFixed(means?.[index] ?? 0, 2)}`);
    return msg(str`Cost by period; on average ${parts.join(", ")}.`);
  }
}

/** Stock at warehouses is of the colour of stock, and hatched. */
const HATCH = svg`<defs><pattern id="hatched" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M1 0v4" /></pattern></defs>`;

const sumOf = (costs: ArrayLike<number>): number => Array.from(costs).reduce((sum, cost) => sum + cost, 0);

/** One part of every bar, on top of the parts before it of the same sign. */
function bars({ periods }: CostTrail, term: number, x: (period: number) => number, y: (value: number) => number) {
  let path = "";
  for (const { period, costs } of periods) {
    const cost = costs[term];
    if (cost === 0) continue;
    const below = sumOf(costs.subarray(0, term).filter((other) => other > 0 === cost > 0));
    const width = x(period) - x(period - 1);
    path += `M${x(period - 1) + 0.1 * width} ${y(below)}H${x(period) - 0.1 * width}V${y(below + cost)}H${x(period - 1) + 0.1 * width}z`;
  }
  return path;
}
