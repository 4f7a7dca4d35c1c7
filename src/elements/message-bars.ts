import { msg, str } from "@lit/localize";
import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { MessageEffects } from "../interpret/messages.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { columnTable } from "./figure-table.js";
import { formatFixed } from "./format.js";
import { tableIcon } from "./icons.js";
import { drawing } from "./legend.js";
import { translated } from "./localise.js";
import { type NetworkNodes, networkPicture, networkStyles } from "./message-network.js";
import type { TableTwin } from "./table-dialog.js";

/** Edges in sight: those that move the order most. */
const MAX_ROWS = 6;
/** Units that the longest bar stands for at least: less than that is next to nothing, and looks it. */
const LEAST_SCALE = 0.1;

/** What the edges of a graph network pass on in one state. */
export interface HeardMessages {
  readonly edgeNames: readonly string[];
  /** Nodes at both ends of every edge; −1 for the supplier and for customers. */
  readonly ends: readonly (readonly [source: number, target: number])[];
  readonly effects: MessageEffects;
  /** States that a message's mean is taken over. */
  readonly background: number;
}

/**
 * What a graph network passes along the edges of an inventory network in the state on the stage: by how many units the
 * message of each edge raises or lowers the order along one road, against the message that the edge passes on average;
 * drawn on the network, and as a table.
 *
 * @fires table-show - `detail` is the `TableTwin` of all edges and orders.
 */
@customElement("vitrine-message-bars")
export class MessageBars extends VitrineElement {
  static override styles = [
    controls,
    drawing,
    networkStyles,
    columnTable,
    css`
      :host {
        display: block;
        padding-bottom: var(--x2);
      }
      .said {
        display: flex;
        align-items: start;
        gap: var(--x2);
      }
      p {
        flex: 1;
        padding: 2px 0 4px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .bar {
        width: 36%;
      }
      .bar svg {
        width: 100%;
        height: 12px;
      }
      .axis {
        stroke: var(--rule-2);
      }
      .bar .more {
        fill: var(--s1);
      }
      .bar .less {
        fill: url(#against);
        stroke: var(--s2);
      }
      .hatch {
        stroke: var(--s2);
        stroke-width: 2;
      }
    `,
  ];

  /** The network as it is drawn; null leaves the table alone. */
  @property({ attribute: false }) nodes: NetworkNodes | null = null;
  /** Names of the orders, as of the world's actions. */
  @property({ attribute: false }) roads: readonly string[] = [];
  /** Index of the order that is explained. */
  @property({ type: Number }) road = 0;
  /** Null before they were heard. */
  @property({ attribute: false }) heard: HeardMessages | null = null;

  override render() {
    const { heard } = this;
    if (!heard) return html`<p>${msg("Messages appear once the stage has shown ten periods.")}</p>`;
    return this.bars(heard);
  }

  private bars(heard: HeardMessages) {
    const { edgeNames, ends, effects, background } = heard;
    const { road, nodes } = this;
    const { orders, changes, deviations } = effects;
    if (road >= orders.length) return nothing;
    const rows = edgeNames
      .map((name, edge) => ({ name, change: changes[edge][road], deviation: deviations[edge] }))
      .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
      .slice(0, MAX_ROWS);
    const most = Math.max(LEAST_SCALE, ...rows.map(({ change }) => Math.abs(change)));
    const order = formatFixed(orders[road], 1);
    return html`
      <div class="said">
        <p>
          ${msg(str`${translated(this.roads[road] ?? "")}: the network orders ${order} units. What the message of each edge adds to that, against its mean over ${background} states of the stage:`)}
        </p>
        <button class="icon-btn" title=${msg("Show as a table")} aria-label=${msg("Show as a table: messages")} @click=${() => this.showTable(heard)}>${tableIcon}</button>
      </div>
      ${
        nodes
          ? networkPicture(
              nodes,
              ends.map(([source, target], edge) => ({ source, target, share: changes[edge][road] / most })),
              road,
              msg(
                str`The network; the widest line is ${translated(rows[0].name)}, which adds ${signed(rows[0].change)} units.`,
              ),
            )
          : nothing
      }
      <table>
        <thead>
          <tr>
            <th scope="col">${msg("edge")}</th>
            <th scope="col"><span class="sr">${msg("bar")}</span></th>
            <th scope="col">${msg("units")}</th>
            <th scope="col" title=${msg("How far the message is from its mean; 1 is usual")}>${msg("unusual")}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ name, change, deviation }) => html`<tr>
              <th scope="row">${translated(name)}</th>
              <td class="bar">${bar(change / most)}</td>
              <td>${signed(change)}</td>
              <td>${formatFixed(deviation, 1)} ×</td>
            </tr>`,
          )}
        </tbody>
      </table>
    `;
  }

  private showTable({ edgeNames, effects }: HeardMessages): void {
    this.tell<TableTwin>("table-show", {
      caption: msg("Units that the message of an edge adds to each order, against its mean"),
      columns: [msg("edge"), msg("unusual"), ...this.roads.map((name) => translated(name))],
      rows: edgeNames.map((name, edge) => [
        translated(name),
        `${formatFixed(effects.deviations[edge], 2)} ×`,
        ...effects.changes[edge].map(signed),
      ]),
    });
  }
}

const signed = (units: number) => `${units >= 0.005 ? "+" : ""}${formatFixed(Math.abs(units) < 0.005 ? 0 : units, 2)}`;

/** A bar to the right for more, hatched to the left for less; `share` is of the longest, −1 to 1. */
function bar(share: number) {
  const width = 50 * Math.abs(share);
  return html`<svg aria-hidden="true">
    <defs>
      <pattern id="against" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">${svg`<path class="hatch" d="M1 0v5" />`}</pattern>
    </defs>
    <line class="axis" x1="50%" x2="50%" y1="0" y2="12" />
    <rect class=${share < 0 ? "less" : "more"} x="${share < 0 ? 50 - width : 50}%" width="${width}%" y="1.5" height="9" />
  </svg>`;
}
