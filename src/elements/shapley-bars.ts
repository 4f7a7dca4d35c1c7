import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ActionSpace, Feature } from "../core/spaces.js";
import type { Attribution } from "../interpret/attribution.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { numberText } from "./explanation-words.js";
import { figureTable } from "./figure-table.js";
import { formatPercent } from "./format.js";
import { translated } from "./localise.js";

/** Features that are in sight where there are many: those that matter most in the step shown. */
const MAX_FEATURES = 8;

/**
 * Why the network did what it did in the newest step: each feature's Shapley value for one action, as bars to either
 * side, from the mean over a background to what it thinks now.
 */
@customElement("vitrine-shapley-bars")
export class ShapleyBars extends VitrineElement {
  static override styles = [
    controls,
    figureTable,
    css`
      :host {
        display: block;
      }
      .for {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 4px var(--x2);
        padding-bottom: 4px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .for select {
        width: auto;
      }
      .num {
        width: 60px;
        padding-left: var(--x2);
        font-weight: 400;
      }
      .bar {
        width: 42%;
        padding-left: var(--x3);
      }
      .track {
        position: relative;
        height: 11px;
      }
      .track::before {
        content: "";
        position: absolute;
        left: 50%;
        top: -6px;
        bottom: -6px;
        width: 1px;
        background: var(--rule-2);
      }
      .track i {
        position: absolute;
        top: 0;
        bottom: 0;
        left: 50%;
        width: 50%;
        transform-origin: left;
        background: var(--s1);
      }
      .track i.against {
        left: 0;
        transform-origin: right;
        background: repeating-linear-gradient(135deg, var(--s2) 0 3px, transparent 3px 5px);
        box-shadow: inset 0 0 0 1px var(--s2);
      }
    `,
  ];

  @property({ attribute: false }) observation: readonly Feature[] = [];
  @property({ attribute: false }) action: ActionSpace = { kind: "discrete", names: [] };
  @property({ attribute: false }) attribution: Attribution | null = null;
  /** [observationSize] the state that is explained. */
  @property({ attribute: false }) state: ArrayLike<number> = [];
  /** The action that is explained; −1 follows what the network likes most. */
  @state() private chosen = -1;

  override render() {
    const { attribution } = this;
    if (!attribution || this.action.kind !== "discrete") return nothing;
    const names = this.action.names;
    const totals = names.map((_, action) => this.total(attribution, action));
    const liked = totals.indexOf(Math.max(...totals));
    const action = this.chosen < 0 ? liked : this.chosen;
    const rows = this.observation
      .map((feature, i) => ({ feature, i, value: attribution.values[i * names.length + action] }))
      .sort((a, b) => (this.observation.length > MAX_FEATURES ? Math.abs(b.value) - Math.abs(a.value) : 0))
      .slice(0, MAX_FEATURES);
    const largest = Math.max(1e-12, ...rows.map(({ value }) => Math.abs(value)));
    return html`
      <div class="for">
        <label for="action">${msg("For the action")}</label>
        <select id="action" @change=${(event: Event) => (this.chosen = Number((event.target as HTMLSelectElement).value))}>
          <option value="-1" ?selected=${this.chosen < 0}>${msg(str`it likes most (${translated(names[liked])})`)}</option>
          ${names.map((name, i) => html`<option value=${i} ?selected=${this.chosen === i}>${translated(name)}</option>`)}
        </select>
        <span>${this.sentence(attribution, action, totals[action])}</span>
      </div>
      <table>
        <caption>${this.caption(attribution)}</caption>
        <tbody>
          ${rows.map(
            ({ feature, i, value }) => html`<tr>
              <th scope="row">${translated(feature.name)}</th>
              <td class="num">${numberText(this.state[i] ?? Number.NaN)} <span class="dim">${translated(feature.unit)}</span></td>
              <td class="bar">
                <div class="track"><i class=${value < 0 ? "against" : ""} data-share=${(Math.abs(value) / largest).toFixed(3)}></i></div>
              </td>
              <td class="num">${this.amount(attribution, value, true)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    `;
  }

  /** By script, since a policy of the page may forbid styles in markup. */
  override updated(): void {
    for (const bar of this.renderRoot.querySelectorAll<HTMLElement>("i[data-share]")) {
      bar.style.transform = `scaleX(${bar.dataset["share"]})`;
    }
  }

  private total({ values, base }: Attribution, action: number): number {
    let sum = base[action];
    for (let i = action; i < values.length; i += base.length) sum += values[i];
    return sum;
  }

  private sentence(attribution: Attribution, action: number, total: number): string {
    const from = this.amount(attribution, attribution.base[action], false);
    const to = this.amount(attribution, total, false);
    return msg(str`from ${from} on average to ${to} here`);
  }

  private caption({ background, of, exact }: Attribution): string {
    const what = of === "probabilities" ? msg("Probability") : msg("Value above the mean of all actions");
    const how = exact ? msg("exact Shapley values") : msg("Shapley values over drawn orders");
    return msg(str`${what}, ${how}, against ${background} states of the stage`);
  }

  private amount({ of }: Attribution, value: number, signed: boolean): string {
    const sign = signed && value > 0 ? "+" : "";
    return of === "probabilities" ? `${sign}${formatPercent(value)}` : `${sign}${numberText(value)}`;
  }
}
