import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { OrderLevel, OrdersExplanation } from "../interpret/explanation.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { measuringText } from "./explanation-words.js";
import { columnTable } from "./figure-table.js";
import { formatCompact, formatFixed, formatPercent } from "./format.js";
import { translated } from "./localise.js";

/** What agrees in fewer of the periods is said to be another policy. */
const LEAST_AGREEMENT = 0.6;
/** How many of what was tried are shown. */
const MAX_TRIED = 5;

/**
 * A policy's orders in few numbers: the rule or tree that orders nearly the same and costs least, of a network road by
 * road, what it costs in the long run beside the policy and the optimum, and what else was tried.
 *
 * @fires curve-measure - one of the policy as it stands is wanted.
 */
@customElement("vitrine-readable-orders")
export class ReadableOrders extends VitrineElement {
  static override styles = [
    controls,
    columnTable,
    css`
      :host {
        display: block;
      }
      .rule {
        padding-bottom: 4px;
        font-weight: var(--w-medium);
      }
      .own th,
      .own td {
        color: var(--ink);
      }
      table {
        table-layout: fixed;
      }
      .levels {
        margin-bottom: var(--x2);
      }
      .what {
        white-space: normal;
      }
      .cost {
        width: 104px;
      }
      .gap {
        width: 88px;
      }
      .same {
        width: 74px;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px var(--x2);
        padding-top: 6px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
    `,
  ];

  /** Null before one was made. */
  @property({ attribute: false }) explanation: OrdersExplanation | null = null;
  /** The share of the measuring that is done; null when nothing is measured. */
  @property({ attribute: false }) measuring: number | null = null;
  /** Why there can be none, or an empty string. */
  @property() refused = "";

  override render() {
    const { explanation, refused } = this;
    if (refused !== "") return html`<p class="dim">${refused}</p>`;
    return html`
      ${explanation ? this.found(explanation) : html`<p class="dim">${msg("A rule or a small tree that orders nearly the same, and what it costs in the long run.")}</p>`}
      <div class="foot">
        <button class="btn" ?disabled=${this.measuring !== null} @click=${() => this.tell("curve-measure")}>
          ${this.measuring !== null ? measuringText(this.measuring) : explanation ? msg("Make one anew") : msg("Make it readable")}
        </button>
        ${explanation ? html`<span>${msg(str`from step ${formatCompact(explanation.step)}`)}</span>` : nothing}
      </div>
    `;
  }

  private found(explanation: OrdersExplanation) {
    const { costMean, costError, teacherCostMean, teacherCostError, optimum, candidates } = explanation;
    const best = candidates.find(({ chosen }) => chosen);
    const others = candidates.filter(({ chosen }) => !chosen).slice(0, MAX_TRIED);
    const { cost } = optimum;
    return html`
      <p class="rule">${ordersText(best?.label ?? "")}</p>
      ${explanation.fidelity < LEAST_AGREEMENT ? html`<p class="dim">${msg("It often orders otherwise than the policy, at about this cost: another way to do it rather than what the policy does.")}</p>` : nothing}
      ${explanation.levels ? levelTable(explanation.levels) : nothing}
      <p class="dim">${msg(str`cost per store and period in the long run, ${explanation.episodes} traces of 1,000 periods`)}</p>
      <table>
        <thead>
          <tr>
            <td></td>
            <th class="cost">${msg("Cost")}</th>
            <th class="gap" title=${optimum.kind === "optimal" ? msg("above the optimum") : msg("above what no policy can fall below")}>${cost === null ? "" : optimum.kind === "optimal" ? msg("above optimum") : msg("above bound")}</th>
            <th class="same" title=${msg("share of the periods in which both order the same")}>${msg("Agreement")}</th>
          </tr>
        </thead>
        <tbody>
          ${row(msg("in few numbers"), `${formatFixed(costMean, 3)} ± ${formatFixed(costError, 3)}`, gap(costMean, cost), formatPercent(explanation.fidelity), true)}
          ${row(msg("this policy"), `${formatFixed(teacherCostMean, 3)} ± ${formatFixed(teacherCostError, 3)}`, gap(teacherCostMean, cost), "", true)}
          ${cost === null ? nothing : row(optimum.kind === "optimal" ? msg("optimal") : msg("no policy costs less than"), formatFixed(cost, 3), "", "")}
          ${others.length === 0 ? nothing : html`<tr><th colspan="4" class="dim">${msg(str`also tried; their costs beside the first, over ${others[0].selectionEpisodes} traces`)}</th></tr>`}
          ${others.map(({ label, selectionReturn, agreement }) =>
            row(
              shortText(label),
              besideText(selectionReturn, best?.selectionReturn ?? 0),
              "",
              formatPercent(agreement),
            ),
          )}
        </tbody>
      </table>
    `;
  }
}

/** A network's rule, road by road or node by node. */
function levelTable(levels: readonly OrderLevel[]) {
  const capped = levels.some(({ most }) => most !== null);
  const units = (value: number | null, none: string) => (value === null ? none : formatFixed(value, 1));
  return html`<table class="levels">
    <thead>
      <tr>
        <td></td>
        <th class="cost">${msg("up to")}</th>
        ${capped ? html`<th class="same">${msg("at most")}</th>` : nothing}
      </tr>
    </thead>
    <tbody>
      ${levels.map(({ name, level, most }) => {
        const shown = translated(name);
        return html`<tr>
          <th scope="row" class="what" title=${shown}>${shown}</th>
          <td>${units(level, msg("all there is"))}</td>
          ${capped ? html`<td>${units(most, "–")}</td>` : nothing}
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function row(what: string, cost: string, above: string, same: string, own = false) {
  return html`<tr class=${own ? "own" : ""}>
    <th scope="row" class="what" title=${what}>${what}</th><td>${cost}</td><td>${above}</td><td>${same}</td>
  </tr>`;
}

/** Costs of two over the same traces: traces of their own would differ by more than they do. */
function besideText(ownReturn: number, otherReturn: number): string {
  const percent = (100 * (otherReturn - ownReturn)) / Math.abs(otherReturn);
  return `${percent >= 0 ? "+" : ""}${formatFixed(percent, 1)} %`;
}

const gap = (cost: number, best: number | null) =>
  best === null ? "" : `${formatFixed((100 * (cost - best)) / best, 1)} %`;

/** The same, where there is little room. */
function shortText(label: string): string {
  switch (label) {
    case "level for each road":
      return msg("a level per road");
    case "level and cap for each road":
      return msg("a level and a cap per road");
    case "echelon level for each road":
      return msg("an echelon level per road");
    case "echelon level and cap for each road":
      return msg("an echelon level and a cap per road");
    case "echelon base stocks":
      return msg("an echelon level per node");
    default:
      return ordersText(label);
  }
}

/** A rule as it was found, `order up to 19, at most 6 at once`, in the language of the page. */
export function ordersText(label: string): string {
  switch (label) {
    case "level for each road":
      return msg("every road fills its end up to a level");
    case "level and cap for each road":
      return msg("every road fills its end up to a level, at most so much at once");
    case "echelon level for each road":
      return msg("every road fills its end, and all behind it, up to a level");
    case "echelon level and cap for each road":
      return msg("every road fills its end, and all behind it, up to a level, at most so much at once");
    case "echelon base stocks":
      return msg("every node orders up to a level of what it and all behind it have and expect");
  }
  const [, leaves] = /^tree of (\d+) leaves$/.exec(label) ?? [];
  if (leaves) return msg(str`a tree of ${leaves} leaves`);
  const [, level, most] = /^order up to ([^,]+?)(?:, at most (.+) at once)?$/.exec(label) ?? [];
  if (level && most) return msg(str`order up to ${level}, at most ${most} at once`);
  if (level) return msg(str`order up to ${level}`);
  const [, entries] = /^order (.+)$/.exec(label) ?? [];
  if (!entries) return label;
  const parts = entries.split(", ").map((entry) => {
    const [, order, below] = /^(.+) below (.+)$/.exec(entry) ?? [];
    return order ? msg(str`${order} below ${below}`) : msg(str`${entry.replace(" beyond", "")} beyond`);
  });
  return msg(str`order ${parts.join(", ")}`);
}
