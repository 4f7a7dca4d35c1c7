import { msg, str } from "@lit/localize";
import { css, html, nothing, svg } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { ActionSpace } from "../core/spaces.js";
import type { InventoryReference, ReferencePolicy } from "../evaluate/inventory/reference-policy.js";
import { controls } from "./controls.js";
import "./cost-plot.js";
import type { CostPlot } from "./cost-plot.js";
import type { CostTrail } from "./cost-trail.js";
import { VitrineElement } from "./element.js";
import { formatFixed } from "./format.js";
import "./gap-plot.js";
import { gapOf, type MeasuredGap } from "./gap-plot.js";
import { tableIcon } from "./icons.js";
import { translated } from "./localise.js";
import "./message-bars.js";
import type { HeardMessages } from "./message-bars.js";
import type { NetworkNodes } from "./message-network.js";
import "./order-plot.js";
import type { MeasuredCurve, OrderPlot } from "./order-plot.js";
import type { OrderTrail } from "./order-trail.js";
import "./readable-orders.js";
import type { TableTwin } from "./table-dialog.js";
import { tabList, tabStyles } from "./tabs.js";

/** Policies that are drawn beside one's own; the table has all. */
const MAX_OTHERS = 3;

const TABS = ["periods", "gap", "orders", "readable", "messages"] as const;
type InventoryTab = (typeof TABS)[number];

interface Row {
  readonly name: string;
  readonly cost: number;
  readonly own: boolean;
}

/** The policy to beat: the optimal one, or one that knows all demand, else the cheapest of the simple ones. */
export function policyToBeat(reference: InventoryReference | null): ReferencePolicy | null {
  const policies = reference?.policies ?? [];
  return policies.find(({ name }) => name === "optimal" || name === "just-in-time") ?? policies[0] ?? null;
}

/** The best policy that can be played: its orders stand beside one's own. */
export function policyToFollow(reference: InventoryReference | null): ReferencePolicy | null {
  const possible = reference?.policies.filter(({ name }) => name !== "just-in-time") ?? [];
  return possible.find(({ name }) => name === "optimal") ?? possible[0] ?? null;
}

/** What costs there are in a network, and what the periods on the stage cost. */
export interface StageCosts {
  /** Changed in place: `show` tells that it has news. */
  readonly trail: CostTrail;
  /** By `PERIOD_COSTS` [4], whether such a cost can arise, and whether the third is income. */
  readonly arises: readonly boolean[];
  readonly profit: boolean;
  /** Periods of an episode. */
  readonly horizon: number;
}

/**
 * What a policy's orders cost in an inventory network, beside the best that is known: in evaluations and how that gap
 * fell, period by period on the stage and for what, and what it orders where.
 *
 * Bars compare costs per store and period over whole episodes: all policies meet the same starts and the same demand.
 *
 * @fires table-show - `detail` is the `TableTwin` of the bars.
 * @fires curve-measure - see `vitrine-order-plot` and `vitrine-readable-orders`.
 * @fires messages-listen - `detail` is whether the messages of a graph network are wanted from now on.
 * @fires road-select - `detail` is the index of the road whose orders are wanted.
 */
@customElement("vitrine-inventory")
export class InventoryView extends VitrineElement {
  static override styles = [
    controls,
    tabStyles,
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
      /* The choice of a road stands left of the tabs, or below them where there is no room. */
      .row {
        display: flex;
        flex-flow: row-reverse wrap;
        justify-content: space-between;
        align-items: center;
        gap: 0 var(--x2);
        border-bottom: 1px solid var(--rule);
      }
      .row select {
        width: auto;
        min-width: 0;
        max-width: 190px;
        height: 26px;
        font-size: var(--t-small);
      }
      @media (pointer: coarse) {
        .row select {
          height: var(--control);
        }
      }
      #panel {
        min-height: 190px;
        padding-top: 6px;
      }
      .note {
        padding-bottom: 2px;
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
  /**
   * What the policies of `reference` cost in the episodes of that evaluation, by `PERIOD_COSTS` [numPolicies][4]; null
   * before they have played them.
   */
  @property({ attribute: false }) costs: readonly (readonly number[])[] | null = null;
  /** Of the evaluations so far, by step. */
  @property({ attribute: false }) gaps: readonly MeasuredGap[] = [];
  @property({ attribute: false }) stage: StageCosts | null = null;
  /** Index of the road whose orders are drawn. */
  @property({ type: Number }) road = 0;
  @property({ attribute: false }) trail: OrderTrail | null = null;
  /** Null where demand is recorded. */
  @property({ attribute: false }) measured: MeasuredCurve | null = null;
  /** The network, as messages are drawn on it. */
  @property({ attribute: false }) nodes: NetworkNodes | null = null;
  /** Whether the policy is a graph network, and what its edges pass on: null before they were heard. */
  @property({ type: Boolean }) graph = false;
  @property({ attribute: false }) heard: HeardMessages | null = null;
  @state() private tab: InventoryTab = "periods";
  @query("vitrine-order-plot") private orderPlot?: OrderPlot;
  @query("vitrine-cost-plot") private costPlot?: CostPlot;

  /** The trails have news. */
  show(): void {
    this.orderPlot?.requestUpdate();
    this.costPlot?.requestUpdate();
  }

  override render() {
    const rows = this.rows();
    return html`
      <div class="head">
        <h2>${this.earns ? msg("Profit") : msg("Cost")}</h2>
        <p>${msg("per store and period, in the same episodes")}</p>
        <button class="icon-btn push" title=${msg("Show as a table")} aria-label=${msg("Show as a table: cost")} @click=${this.showTable}>${tableIcon}</button>
      </div>
      ${this.gap()}
      ${rows.length > 0 ? this.bars(rows.slice(0, MAX_OTHERS + (this.cost === null ? 0 : 1))) : nothing}
      <p class="note" role="status">${this.verdict()}</p>
      <div class="row">
        ${tabList(this, {
          label: msg("Cost and orders"),
          tabs: this.tabs,
          tab: this.tab,
          title: tabTitle,
          select: (tab) => this.select(tab),
        })}
        ${this.roadChoice()}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby=${this.tab}>${this.panel()}</div>
    `;
  }

  /** Whether stores are paid for what they sell: profit is shown, which is minus the cost. */
  private get earns(): boolean {
    return this.stage?.profit ?? false;
  }

  /** Only a graph network passes messages, and what depends on recorded sales is not made readable. */
  private get tabs(): readonly InventoryTab[] {
    return TABS.filter((tab) => (tab !== "messages" || this.graph) && (tab !== "readable" || this.measured !== null));
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if ((changed.has("graph") || changed.has("measured")) && !this.tabs.includes(this.tab)) this.tab = "periods";
  }

  private get roads(): readonly string[] {
    return this.action?.kind === "continuous" ? this.action.features.map(({ name }) => name) : [];
  }

  /** Orders and messages are of one road at a time. */
  private roadChoice() {
    const { roads } = this;
    if (roads.length < 2 || (this.tab !== "orders" && this.tab !== "messages")) return nothing;
    return html`<select
      aria-label=${msg("Road")}
      @change=${(event: Event) => this.tell("road-select", Number((event.target as HTMLSelectElement).value))}
    >
      ${roads.map((name, i) => html`<option value=${i} ?selected=${i === this.road}>${translated(name)}</option>`)}
    </select>`;
  }

  private panel() {
    const { stage } = this;
    const best = policyToBeat(this.reference);
    const reference = best ? policyTitle(best.name) : "";
    const followed = policyToFollow(this.reference);
    switch (this.tab) {
      case "periods":
        return stage
          ? html`<vitrine-cost-plot
              .trail=${stage.trail}
              .arises=${stage.arises}
              ?profit=${stage.profit}
              .horizon=${stage.horizon}
              .reference=${reference}
              .best=${best && this.termsOf(best)}
            ></vitrine-cost-plot>`
          : nothing;
      case "gap":
        return html`<vitrine-gap-plot
          .gaps=${this.gaps}
          .best=${best?.name === "optimal" || best?.name === "just-in-time" ? best.name : "simple"}
        ></vitrine-gap-plot>`;
      case "orders":
        return html`<vitrine-order-plot
          .reference=${followed ? policyTitle(followed.name) : ""}
          .trail=${this.trail}
          .measured=${this.roads.length < 2 ? this.measured : null}
        ></vitrine-order-plot>`;
      case "readable":
        return html`<vitrine-readable-orders
          .explanation=${this.measured?.explanation ?? null}
          .measuring=${this.measured?.measuring ?? null}
          .refused=${this.measured?.refused ?? ""}
        ></vitrine-readable-orders>`;
      case "messages":
        return html`<vitrine-message-bars
          .nodes=${this.nodes}
          .roads=${this.roads}
          .road=${this.road}
          .heard=${this.heard}
        ></vitrine-message-bars>`;
      default:
        return this.tab satisfies never;
    }
  }

  private select(tab: InventoryTab): void {
    this.tab = tab;
    this.tell("messages-listen", tab === "messages");
    // The panel may be cut off by the end of the column.
    void this.updateComplete.then(() => this.renderRoot.querySelector("#panel")?.scrollIntoView({ block: "nearest" }));
  }

  /** Cost of the policy to beat, where it is known. */
  private get bestCost(): number | null {
    const best = policyToBeat(this.reference);
    return best && this.costOf(best);
  }

  private termsOf(policy: ReferencePolicy): readonly number[] {
    const index = this.reference?.policies.indexOf(policy) ?? -1;
    return this.costs?.[index] ?? policy.terms;
  }

  private costOf(policy: ReferencePolicy): number {
    return this.termsOf(policy).reduce((sum, cost) => sum + cost, 0);
  }

  private rows(): Row[] {
    const own = this.cost === null ? [] : [{ name: msg("this policy"), cost: this.cost, own: true }];
    const policies = this.reference?.policies ?? [];
    const others = policies.map((one) => ({ name: policyTitle(one.name), cost: this.costOf(one), own: false }));
    return [...own, ...others];
  }

  /** How far the policy is from the least that is known to be possible, in words. */
  private gap() {
    const { cost } = this;
    const best = policyToBeat(this.reference);
    if (cost === null || !best) return nothing;
    // A bound of the long run says little of episodes that pay for their starts too.
    return gapText(cost, this.costOf(best), best.name);
  }

  private bars(rows: readonly Row[]) {
    const { bestCost } = this;
    const most = Math.max(...rows.map(({ cost }) => Math.abs(cost)), 1e-9);
    const share = (cost: number) => (100 * Math.max(0, this.shown(cost))) / most;
    // Shares are attributes: the page's policy refuses styles in elements.
    const mark =
      bestCost === null ? nothing : svg`<line x1="${share(bestCost)}%" x2="${share(bestCost)}%" y1="0" y2="16" />`;
    return html`<dl class="bars">
      ${rows.map(
        ({ name, cost, own }) => html`<div class=${own ? "own" : ""}>
          <dt>${name}</dt>
          <dd class="bar"><svg aria-hidden="true"><rect y="2" width="${share(cost)}%" height="12" rx="2" />${mark}</svg></dd>
          <dd>${formatFixed(this.shown(cost), 2)}</dd>
          <dd class="apart">${this.apart(cost)}</dd>
        </div>`,
      )}
    </dl>`;
  }

  private shown(cost: number): number {
    return this.earns ? -cost : cost;
  }

  private apart(cost: number): string {
    const { bestCost } = this;
    if (bestCost === null) return "";
    if (cost === bestCost) return "–";
    const gap = this.shown(100 * gapOf({ cost, best: bestCost }));
    return `${gap < 0 ? "−" : "+"}${formatFixed(Math.abs(gap), 1)} %`;
  }

  private verdict(): string {
    const { reference, failure } = this;
    if (failure !== "") return `${msg("The best policies of this network could not be worked out.")} (${failure})`;
    if (!reference) return msg("Solving this network beside the training …");
    if (reference.later) return laterText(reference.later);
    if (!reference.optimum) return msg("No bound on the least cost is known for this network.");
    const cost = formatFixed(reference.optimum.cost, 3);
    return reference.optimum.kind === "optimal"
      ? msg(str`Once the starts no longer matter, the least cost is ${cost}.`)
      : msg(str`Once the starts no longer matter, no policy costs less than ${cost}.`);
  }

  private showTable(): void {
    this.tell<TableTwin>("table-show", {
      caption: this.earns
        ? msg("Profit per store and period, in the same episodes")
        : msg("Cost per store and period, in the same episodes"),
      columns: this.earns
        ? [msg("policy"), msg("profit"), msg("beside just in time")]
        : [msg("policy"), msg("cost"), msg("above the best")],
      rows: this.rows().map(({ name, cost }) => [name, formatFixed(this.shown(cost), 3), this.apart(cost)]),
    });
  }
}

function tabTitle(tab: InventoryTab): string {
  switch (tab) {
    case "periods":
      return msg("By period");
    case "gap":
      return msg("Gap");
    case "orders":
      return msg("Orders");
    case "readable":
      return msg("In few numbers");
    case "messages":
      return msg("Messages");
    default:
      return tab satisfies never;
  }
}

/** How far a cost is from that of the policy to beat: `1.2 % above the optimum`. */
function gapText(cost: number, other: number, name: ReferencePolicy["name"]) {
  const share = 100 * gapOf({ cost, best: other });
  const optimal = name === "optimal";
  if (name === "just-in-time") {
    return html`<p class="gap"><b>${formatFixed(share, 1)} %</b> ${msg("less than orders earn that know all sales beforehand")}</p>`;
  }
  const above = optimal ? msg("above the optimum") : msg("above the best simple policy");
  const below = optimal ? msg("below what is best in the long run") : msg("below the best simple policy");
  return html`<p class="gap"><b>${formatFixed(Math.abs(share), 1)} %</b> ${share < 0 ? below : above}</p>`;
}

/** What could be earned in weeks that nothing is learned from. */
function laterText({ justInTime, newsvendor }: NonNullable<InventoryReference["later"]>): string {
  const most = formatFixed(-justInTime, 1);
  if (!newsvendor) return msg(str`In later weeks, just in time would earn ${most}.`);
  const [earned, name] = [formatFixed(-newsvendor.cost, 1), policyTitle(newsvendor.name)];
  return msg(str`In later weeks, the best newsvendor (${name}) earns ${earned}; just in time would earn ${most}.`);
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
    case "reorder-point":
      return "(s, S)";
    case "order-table":
      return msg("order table");
    case "road-levels":
      return msg("a level for each road");
    case "just-in-time":
      return msg("just in time");
    case "quantile-nv":
      return msg("newsvendor's quantile");
    case "returns-nv":
      return msg("newsvendor with returns");
    case "fixed-quantile":
      return msg("one quantile for all");
    case "transformed-nv":
      return msg("quantile by price");
    default:
      return name satisfies never;
  }
}
