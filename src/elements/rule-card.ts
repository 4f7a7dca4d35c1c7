import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, queryAll } from "lit/decorators.js";
import type { ActionSpace, Feature } from "../core/spaces.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { numberText } from "./explanation-words.js";
import { columnTable } from "./figure-table.js";
import { translated } from "./localise.js";

/** One action's part of a rule, as an explanation stores it. */
export interface CardRow {
  readonly action: number;
  readonly bias: number;
  readonly weights: readonly number[];
}

const SHOW_MS = 120;

/**
 * A linear rule as a sum that can be followed: every feature with its weight, its value now and what it adds; the
 * action that the sums decide for is lit.
 */
@customElement("vitrine-rule-card")
export class RuleCard extends VitrineElement {
  static override styles = [
    controls,
    columnTable,
    css`
      :host {
        display: block;
      }
      .words {
        padding: 2px 0 6px;
        font-family: var(--font-label);
        font-size: var(--t-value);
        line-height: 1.35;
      }
      .scroll {
        overflow-x: auto;
      }
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--edge);
        font-weight: var(--w-medium);
      }
      .choice {
        padding: 1px 5px;
        border-radius: var(--r-chip);
        transition: background var(--m-lamp);
      }
      .choice.lit {
        background: var(--lamp);
        color: var(--lamp-ink);
        font-weight: var(--w-strong);
      }
    `,
  ];

  @property({ attribute: false }) rows: readonly CardRow[] = [];
  @property({ attribute: false }) observation: readonly Feature[] = [];
  @property({ attribute: false }) action: ActionSpace = { kind: "discrete", names: [] };
  @queryAll(".choice") private choices?: NodeListOf<HTMLElement>;
  private due = 0;

  /** Shows what the rule makes of an observation; called with every frame. */
  show(observation: ArrayLike<number>, now: number): void {
    if (now < this.due) return;
    this.due = now + SHOW_MS;
    const sums = this.rows.map(({ bias, weights }) =>
      weights.reduce((sum, weight, i) => sum + weight * observation[i], bias),
    );
    let best = 0;
    sums.forEach((sum, i) => {
      if (sum > sums[best]) best = i;
    });
    const chosen = this.rows[best]?.action;
    for (const choice of this.choices ?? [])
      choice.classList.toggle("lit", Number(choice.dataset["action"]) === chosen);
    const shown = this.shownRows();
    for (const cell of this.renderRoot.querySelectorAll<HTMLElement>("[data-feature]")) {
      const i = Number(cell.dataset["feature"]);
      const row = Number(cell.dataset["row"] ?? -1);
      cell.textContent = numberText(row < 0 ? observation[i] : shown[row].weights[i] * observation[i]);
    }
    for (const cell of this.renderRoot.querySelectorAll<HTMLElement>("[data-sum]")) {
      cell.textContent = numberText(sums[this.rows.indexOf(shown[Number(cell.dataset["sum"])])]);
    }
  }

  override render() {
    const shown = this.shownRows();
    if (shown.length === 0) return html`<p class="words">${this.constantText()}</p>`;
    const single = shown.length === 1;
    return html`
      <p class="words">${single ? this.twoActionText(shown[0]) : this.highestText()}</p>
      <div class="scroll">
        <table>
          <caption class="sr">${msg("The rule, term by term")}</caption>
          <thead>
            <tr>
              <th scope="col">${msg("Feature")}</th>
              <th scope="col">${msg("now")}</th>
              ${shown.map(
                ({
                  action,
                }) => html`<th scope="col">${single ? msg("weight") : msg(str`weight, ${this.nameOf(action)}`)}</th>
                  <th scope="col">${msg("adds")}</th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${this.observation.map(
              ({ name, unit }, i) => html`<tr>
                <th scope="row">${translated(name)} ${unit === "" ? nothing : html`<span class="dim">${unit}</span>`}</th>
                <td data-feature=${i}></td>
                ${shown.map(
                  ({ weights }, row) => html`<td>${numberText(weights[i])}</td>
                    <td data-feature=${i} data-row=${row}></td>`,
                )}
              </tr>`,
            )}
            <tr>
              <th scope="row">${msg("constant")}</th>
              <td></td>
              ${shown.map(({ bias }) => html`<td></td><td>${numberText(bias)}</td>`)}
            </tr>
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">${msg("Sum")}</th>
              <td></td>
              ${shown.map((_, row) => html`<td></td><td data-sum=${row}></td>`)}
            </tr>
          </tfoot>
        </table>
      </div>
    `;
  }

  /** Rows with a line of their own; the other side of a rule for two actions has none. */
  private shownRows(): readonly CardRow[] {
    return this.rows.filter(({ weights, bias }) => bias !== 0 || weights.some((weight) => weight !== 0));
  }

  private twoActionText({ action }: CardRow) {
    const other = this.rows.find((row) => row.action !== action)?.action ?? action;
    return html`${msg("If the sum is above zero:")} ${this.choice(action)}; ${msg("else:")} ${this.choice(other)}.`;
  }

  private highestText() {
    return html`${msg("The highest sum decides:")} ${this.rows.map(({ action }, i) => html`${i > 0 ? " · " : ""}${this.choice(action)}`)}`;
  }

  private constantText() {
    const [only] = this.rows;
    return only ? html`${msg("Always:")} ${this.choice(only.action)}.` : nothing;
  }

  private choice(action: number) {
    return html`<span class="choice" data-action=${action}>${this.nameOf(action)}</span>`;
  }

  private nameOf(action: number): string {
    return this.action.kind === "discrete" ? translated(this.action.names[action] ?? "?") : String(action);
  }
}
