import { msg, str } from "@lit/localize";
import { css, html, nothing, svg } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { ActionSpace } from "../core/spaces.js";
import type { InventoryReference, ReferencePolicy } from "../evaluate/inventory/reference-policy.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatFixed } from "./format.js";
import { tableIcon } from "./icons.js";
import "./order-plot.js";
import type { MeasuredCurve, OrderPlot } from "./order-plot.js";
import type { OrderTrail } from "./order-trail.js";
import type { TableTwin } from "./table-dialog.js";

/** Policies shown beside one's own. */
const MAX_OTHERS = 4;

interface Row {
  readonly name: string;
  readonly cost: number;
  readonly own: boolean;
}

/** The policy to beat: the optimal one, else the cheapest of the simple ones. */
export function policyToBeat(reference: InventoryReference | null): ReferencePolicy | null {
  const policies = reference?.policies ?? [];
  return policies.find(({ name }) => name === "optimal") ?? policies[0] ?? null;
}

/**
 * What a policy's orders cost in an inventory network, beside the best that is known, and what it orders where.
 *
 * Bars compare costs per store and period over whole episodes: all policies meet the same starts and the same demand.
 *
 * @fires table-show - `detail` is the `TableTwin` of the bars.
 * @fires curve-measure - see `vitrine-order-plot`.
 * @fires road-select - `detail` is the index of the road whose orders are wanted.
 */
@customElement("vitrine-inventory")
export class InventoryView extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding-bottom: var(--x2);
      }
      .gap {
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .gap b {
        font-size: var(--t-value);
        font-weight: var(--w-medium);
        color: var(--ink);
      }
      .bars {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr) max-content max-content;
        gap: 3px var(--x2);
        align-items: center;
        padding: 4px 0;
        font-size: var(--t-small);
      }
      .bars > div {
        display: contents;
      }
      .bar svg {
        width: 100%;
        height: 16px;
      }
      .bar rect {
        fill: var(--scene-other);
      }
      .own .bar rect {
        fill: var(--s1);
      }
      .bar line {
        stroke: var(--ink);
        stroke-width: 2;
        stroke-dasharray: 2 2;
      }
      .own dt,
      .own dd {
        font-weight: var(--w-medium);
      }
      dd {
        text-align: right;
      }
      dd.apart {
        min-width: 62px;
        color: var(--ink-2);
      }
      .note {
        padding-bottom: 6px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
    `,
  ];

  @property({ attribute: false }) action: ActionSpace | null = null;
  /** Null while it is being solved. */
  @property({ attribute: false }) reference: InventoryReference | null = null;
  /** Why there is none, as an engine says it; an empty string while all is well. */
  @property() failure = "";
  /** Cost of an evaluation, per store and period; null before the first. */
  @property({ type: Number }) cost: number | null = null;
  /** What the policies of `reference` cost in the episodes of that evaluation; null before they have played them. */
  @property({ attribute: false }) costs: readonly number[] | null = null;
  /** Index of the road whose orders are drawn, and the largest order along it in units. */
  @property({ type: Number }) road = 0;
  @property({ type: Number }) largest = 1;
  @property({ attribute: false }) trail: OrderTrail | null = null;
  /** Null for a network of several nodes. */
  @property({ attribute: false }) measured: MeasuredCurve | null = null;
  @query("vitrine-order-plot") private plot?: OrderPlot;

  /** The trail has news. */
  show(): void {
    this.plot?.requestUpdate();
  }

  override render() {
    const rows = this.rows();
    const best = policyToBeat(this.reference);
    return html`
      <div class="head">
        <h2>${msg("Cost")}</h2>
        <p>${msg("per store and period, in the same episodes")}</p>
        <button class="icon-btn push" title=${msg("Show as a table")} aria-label=${msg("Show as a table: cost")} @click=${this.showTable}>${tableIcon}</button>
      </div>
      ${this.gap()}
      ${rows.length > 0 ? this.bars(rows) : nothing}
      <p class="note" role="status">${this.verdict()}</p>
      <vitrine-order-plot
        .action=${this.action}
        .road=${this.road}
        .largest=${this.largest}
        reference=${best ? policyTitle(best.name) : ""}
        .trail=${this.trail}
        .measured=${this.measured}
      ></vitrine-order-plot>
    `;
  }

  /** Cost of the policy to beat, where it is known. */
  private get bestCost(): number | null {
    const best = policyToBeat(this.reference);
    return best && this.costOf(best);
  }

  private costOf(policy: ReferencePolicy): number {
    const index = this.reference?.policies.indexOf(policy) ?? -1;
    return this.costs?.[index] ?? policy.cost;
  }

  private rows(): Row[] {
    const own = this.cost === null ? [] : [{ name: msg("this policy"), cost: this.cost, own: true }];
    const policies = this.reference?.policies ?? [];
    const others = policies.map((one) => ({ name: policyTitle(one.name), cost: this.costOf(one), own: false }));
    return [...own, ...others.slice(0, MAX_OTHERS)];
  }

  /** How far the policy is from the least that is known to be possible, in words. */
  private gap() {
    const { cost } = this;
    const best = policyToBeat(this.reference);
    if (cost === null || !best) return nothing;
    // A bound of the long run says little of episodes that pay for their starts too.
    return gapText(cost, this.costOf(best), best.name === "optimal");
  }

  private bars(rows: readonly Row[]) {
    const { bestCost } = this;
    const most = Math.max(...rows.map(({ cost }) => Math.abs(cost)), 1e-9);
    const share = (cost: number) => (100 * Math.max(0, cost)) / most;
    // Shares are attributes: the page's policy refuses styles in elements.
    const mark =
      bestCost === null ? nothing : svg`<line x1="${share(bestCost)}%" x2="${share(bestCost)}%" y1="0" y2="16" />`;
    return html`<dl class="bars">
      ${rows.map(
        ({ name, cost, own }) => html`<div class=${own ? "own" : ""}>
          <dt>${name}</dt>
          <dd class="bar"><svg aria-hidden="true"><rect y="2" width="${share(cost)}%" height="12" rx="2" />${mark}</svg></dd>
          <dd>${formatFixed(cost, 2)}</dd>
          <dd class="apart">${this.apart(cost)}</dd>
        </div>`,
      )}
    </dl>`;
  }

  private apart(cost: number): string {
    const { bestCost } = this;
    if (bestCost === null) return "";
    if (cost === bestCost) return "–";
    const gap = (100 * (cost - bestCost)) / Math.abs(bestCost);
    return `${gap < 0 ? "−" : "+"}${formatFixed(Math.abs(gap), 1)} %`;
  }

  private verdict(): string {
    const { reference, failure } = this;
    if (failure !== "") return `${msg("The best policies of this network could not be worked out.")} (${failure})`;
    if (!reference) return msg("Solving this network beside the training …");
    if (!reference.optimum) return msg("No bound on the least cost is known for this network.");
    const cost = formatFixed(reference.optimum.cost, 3);
    return reference.optimum.kind === "optimal"
      ? msg(str`Once the starts no longer matter, the least cost is ${cost}.`)
      : msg(str`Once the starts no longer matter, no policy costs less than ${cost}.`);
  }

  private showTable(): void {
    this.tell<TableTwin>("table-show", {
      caption: msg("Cost per store and period, in the same episodes"),
      columns: [msg("policy"), msg("cost"), msg("above the best")],
      rows: this.rows().map(({ name, cost }) => [name, formatFixed(cost, 3), this.apart(cost)]),
    });
  }
}

/** How far a cost is from that of the policy to beat: `1.2 % above the optimum`. */
function gapText(cost: number, other: number, optimal: boolean) {
  const share = (100 * (cost - other)) / Math.abs(other);
  const above = optimal ? msg("above the optimum") : msg("above the best simple policy");
  const below = optimal ? msg("below what is best in the long run") : msg("below the best simple policy");
  return html`<p class="gap"><b>${formatFixed(Math.abs(share), 1)} %</b> ${share < 0 ? below : above}</p>`;
}

function policyTitle(name: ReferencePolicy["name"]): string {
  switch (name) {
    case "optimal":
      return msg("optimal");
    case "newsvendor":
      return msg("newsvendor");
    case "base-stock":
      return msg("base stock");
    case "capped-base-stock":
      return msg("capped base stock");
    case "echelon-base-stock":
      return msg("echelon base stock");
    case "order-table":
      return msg("order table");
    default:
      return name satisfies never;
  }
}
