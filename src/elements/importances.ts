import { msg } from "@lit/localize";
import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { figureTable } from "./figure-table.js";
import { formatSignificant } from "./format.js";
import { translated } from "./localise.js";

/**
 * How much each input counts, as bars from a common zero: a table whose bars are its numbers once more.
 *
 * Values may be negative (local importances); the longest bar is the largest absolute one.
 */
@customElement("vitrine-importances")
export class Importances extends VitrineElement {
  static override styles = [
    controls,
    figureTable,
    css`
      :host {
        display: block;
      }
      .bar {
        width: 45%;
        padding-left: var(--x3);
      }
      .track {
        position: relative;
        height: 7px;
        border-radius: 2px;
        background: var(--well);
      }
      .track i {
        position: absolute;
        top: 0;
        bottom: 0;
        min-width: 1px;
        background: var(--s1);
      }
      .track i.negative {
        background: var(--s2);
      }
      p {
        font-size: var(--t-small);
        color: var(--ink-2);
      }
    `,
  ];

  /** Names of the inputs. */
  @property({ attribute: false }) names: readonly string[] = [];
  /** [names.length] */
  @property({ attribute: false }) values: ArrayLike<number> = [];
  /** What is counted, in a few words. */
  @property() caption = "";
  /** Most important first, rather than in the order of the inputs. */
  @property({ type: Boolean }) sorted = false;

  /** By script: the page's own policy forbids styles in markup. */
  override updated(): void {
    for (const placed of this.renderRoot.querySelectorAll<HTMLElement>("[data-place]")) {
      placed.style.cssText = placed.dataset["place"] ?? "";
    }
  }

  override render() {
    if (this.values.length === 0) return html`<p>${msg("Nothing is known yet.")}</p>`;
    const rows = this.names.map((name, i) => ({ name, value: this.values[i] ?? 0 }));
    if (this.sorted) rows.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const low = Math.min(0, ...rows.map(({ value }) => value));
    const high = Math.max(0, ...rows.map(({ value }) => value));
    const percent = (value: number) => `${((100 * value) / (high - low || 1)).toFixed(2)}%`;
    return html`<table>
      <caption>${this.caption || msg("Importance")}</caption>
      <tbody>
        ${rows.map(
          ({ name, value }) => html`<tr>
            <th scope="row">${translated(name)}</th>
            <td class="num">${formatSignificant(value)}</td>
            <td class="bar"><div class="track" aria-hidden="true"><i
              class=${value < 0 ? "negative" : ""}
              data-place="left:${percent(Math.min(value, 0) - low)};width:${percent(Math.abs(value))}"
            ></i></div></td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }
}
