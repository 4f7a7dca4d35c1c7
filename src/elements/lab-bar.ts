import { msg } from "@lit/localize";
import { css, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { keyboardIcon, shareIcon, wordmark } from "./icons.js";
import { currentLocale, LOCALES } from "./localise.js";

/** How the colours are chosen. */
export type Theme = "system" | "light" | "dark";

/**
 * The lab's top line: the mark, the run and its saved state, and what concerns the whole page. The device chip goes
 * into the default slot.
 *
 * @fires link-share - the link of this configuration is wanted.
 * @fires keys-show - the list of keys is wanted.
 * @fires theme-change - `detail` is the `Theme`.
 * @fires locale-change - `detail` is the language's code.
 */
@customElement("vitrine-bar")
export class LabBar extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: var(--x3);
        height: 48px;
        padding: 0 var(--x4);
        background: var(--sheet);
        border-bottom: 1px solid var(--rule-2);
      }
      .wordmark {
        display: inline-flex;
        align-items: center;
        gap: 9px;
        font: 400 var(--t-display) / 1 var(--font-label);
      }
      .wordmark svg {
        width: 22px;
        height: 24px;
      }
      .run {
        display: flex;
        align-items: baseline;
        gap: var(--x2);
        min-width: 0;
        padding-left: var(--x4);
        margin-left: 2px;
        border-left: 1px solid var(--rule-2);
      }
      h1 {
        flex: none;
        font-size: var(--t-body);
        font-weight: var(--w-strong);
        white-space: nowrap;
      }
      .run span {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        color: var(--ink-3);
        font-size: var(--t-small);
        white-space: nowrap;
      }
      .space {
        flex: 1;
      }
      select {
        width: auto;
        height: 28px;
        border-color: transparent;
        background: none;
        color: var(--ink-2);
      }
      select:hover,
      .keys:hover {
        background: var(--hover);
      }
      option {
        background: var(--sheet);
        color: var(--ink);
      }
      .keys {
        width: 28px;
        height: 28px;
      }
      @container lab (max-width: 1000px) {
        .run span {
          display: none;
        }
      }
      @container lab (max-width: 760px) {
        :host {
          display: grid;
          grid-template-columns: auto minmax(0, 1fr) auto auto;
          gap: var(--x1) var(--x2);
          height: auto;
          padding: var(--x2) var(--x3);
        }
        slot {
          display: flex;
          justify-content: end;
          grid-column: 2 / span 2;
        }
        .run,
        select {
          order: 1;
        }
        .run {
          grid-column: 1 / span 2;
          padding: 0;
          margin: 0;
          border: 0;
        }
        .run span {
          display: inline;
        }
        .share span,
        .keys {
          display: none;
        }
        .share {
          padding: 0 7px;
        }
        .space {
          display: none;
        }
        select {
          padding: 0;
        }
      }
    `,
  ];

  /** What is trained: `Cart-pole, PPO`. */
  @property() heading = "";
  /** Seed and saved state in a few words. */
  @property() note = "";
  @property() theme: Theme = "system";

  override render() {
    return html`
      <span class="wordmark">${wordmark}<span>Vitrine</span></span>
      <div class="run"><h1>${this.heading}</h1><span>${this.note}</span></div>
      <span class="space"></span>
      <slot></slot>
      <button class="btn share" aria-label=${msg("Share: copy the link of this configuration")} @click=${() => this.tell("link-share")}>
        ${shareIcon}<span>${msg("Share")}</span>
      </button>
      <select aria-label=${msg("Colours")} @change=${(event: Event) => this.tell("theme-change", (event.target as HTMLSelectElement).value)}>
        ${this.themes().map(([id, title]) => html`<option value=${id} ?selected=${id === this.theme}>${title}</option>`)}
      </select>
      <select aria-label=${msg("Language")} @change=${(event: Event) => this.tell("locale-change", (event.target as HTMLSelectElement).value)}>
        ${LOCALES.map(
          ({ id, title }) =>
            html`<option value=${id} lang=${id} title=${title} ?selected=${id === currentLocale()}>${id.toUpperCase()}</option>`,
        )}
      </select>
      <button class="icon-btn keys" title=${msg("Keys")} aria-label=${msg("Keys")} @click=${() => this.tell("keys-show")}>
        ${keyboardIcon}
      </button>
    `;
  }

  private themes(): [Theme, string][] {
    return [
      ["system", msg("System")],
      ["light", msg("Light")],
      ["dark", msg("Dark")],
    ];
  }
}
