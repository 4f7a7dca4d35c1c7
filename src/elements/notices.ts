import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { closeIcon, verdictMark } from "./icons.js";

/** A sentence for the person, until dismissed (or for a while). */
export interface Notice {
  readonly id: number;
  readonly tone: "good" | "watch" | "bad";
  /** Made when it is shown, since the language may change while it stands. */
  readonly text: () => string;
  /** What a program said, shown as it is. */
  readonly detail?: string;
  /** Label of the way back, if there is one. */
  readonly action?: () => string;
}

/**
 * A few sentences at the foot of the lab: what was refused, what went on from where.
 *
 * @fires notice-dismiss - `detail` is the notice's id.
 * @fires notice-action - `detail` is the notice's id.
 */
@customElement("vitrine-notices")
export class Notices extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        position: sticky;
        z-index: 4;
        bottom: var(--x3);
        /* No room of its own: notices lie over what is there, and the page stays as long as it is. */
        height: 0;
        display: flex;
        flex-direction: column;
        justify-content: flex-end;
        align-items: center;
        gap: var(--x2);
        pointer-events: none;
      }
      .notice {
        display: flex;
        align-items: flex-start;
        gap: var(--x2);
        max-width: min(560px, 94%);
        padding: 9px var(--x2) 9px var(--x3);
        border-radius: var(--r-pop);
        background: var(--sheet);
        box-shadow: var(--depth-pop);
        pointer-events: auto;
      }
      .verdict-mark {
        flex: none;
        margin-top: 5px;
      }
      p {
        padding-right: var(--x1);
        overflow-wrap: anywhere;
      }
      small {
        display: block;
        color: var(--ink-3);
        font-size: var(--t-small);
      }
      .btn {
        height: 24px;
        padding: 0 6px;
      }
      .icon-btn {
        flex: none;
        margin: -2px 0;
      }
    `,
  ];

  @property({ attribute: false }) notices: readonly Notice[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("role", "status");
  }

  override render() {
    return this.notices.map(
      ({ id, tone, text, detail, action }) => html`<div class="notice">
        ${verdictMark(tone, tone === "good" ? msg("information") : tone === "watch" ? msg("warning") : msg("error"))}
        <p>${text()}${detail ? html`<small lang="en">${detail}</small>` : nothing}</p>
        ${action ? html`<button class="btn quiet" @click=${() => this.tell("notice-action", id)}>${action()}</button>` : nothing}
        <button class="icon-btn" aria-label=${msg("Dismiss")} @click=${() => this.tell("notice-dismiss", id)}>${closeIcon}</button>
      </div>`,
    );
  }
}
