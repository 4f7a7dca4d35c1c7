import { msg } from "@lit/localize";
import { css, html } from "lit";
import { customElement, query } from "lit/decorators.js";
import { controls } from "./controls.js";
import { dialog as dialogStyles } from "./dialog.js";
import { VitrineElement } from "./element.js";
import { closeIcon } from "./icons.js";

/** Shows which key does what. */
@customElement("vitrine-keys-dialog")
export class KeysDialog extends VitrineElement {
  static override styles = [
    controls,
    dialogStyles,
    css`
      dialog {
        min-width: 300px;
        padding: 0 var(--x4) var(--x4);
      }
      .head {
        padding: var(--x2) 0;
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 6px var(--x4);
      }
      kbd {
        display: inline-block;
        min-width: 24px;
        padding: 4px 7px;
        border: 1px solid var(--edge);
        border-radius: var(--r-chip);
        text-align: center;
        opacity: 1;
      }
    `,
  ];

  @query("dialog") private dialog?: HTMLDialogElement;

  show(): void {
    if (!this.dialog?.open) this.dialog?.showModal();
  }

  override render() {
    const keys: [unknown, string][] = [
      [html`<kbd>${msg("Space")}</kbd>`, msg("Train or pause")],
      [html`<kbd>.</kbd>`, msg("One update")],
      [html`<kbd>[</kbd> <kbd>]</kbd>`, msg("Stage slower or faster")],
      [
        html`<kbd>1</kbd> <kbd>2</kbd> <kbd>3</kbd> <kbd>4</kbd>`,
        msg("On the stage acts the network, the tree, both side by side, or you"),
      ],
      [
        html`<kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd>`,
        msg("Act, when you play; A, D, W and S do the same, and so does a gamepad"),
      ],
      [html`<kbd>r</kbd>`, msg("Start afresh from the seed; this run stays in the list")],
      [html`<kbd>?</kbd>`, msg("Show these keys")],
    ];
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">${msg("Keys")}</h2>
        <button class="icon-btn push" aria-label=${msg("Close")} @click=${() => this.dialog?.close()}>${closeIcon}</button>
      </div>
      <dl>
        ${keys.map(([key, meaning]) => html`<dt>${key}</dt><dd>${meaning}</dd>`)}
      </dl>
    </dialog>`;
  }
}
