import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { controls } from "./controls.js";
import { scrollingDialog } from "./dialog.js";
import { VitrineElement } from "./element.js";
import { closeIcon } from "./icons.js";

/** A figure as a table: what its canvas shows, in words and numbers. */
export interface TableTwin {
  readonly caption: string;
  readonly columns: readonly string[];
  /** Row by row; the first column names the row. Numbers come formatted. */
  readonly rows: readonly (readonly string[])[];
}

/** Most rows in the page at once; longer tables are thinned evenly, and say so. */
const MAX_ROWS = 500;

/**
 * Shows the table twin of a figure in a dialog.
 *
 * Escape or the button closes it; the focus goes back to where it was.
 */
@customElement("vitrine-table-dialog")
export class TableDialog extends VitrineElement {
  static override styles = [
    controls,
    scrollingDialog,
    css`
      dialog {
        min-width: min(360px, 92vw);
        max-width: 92vw;
        max-height: 84vh;
      }
      .scroll {
        padding: 0 var(--x4) var(--x4);
      }
      .note {
        padding: var(--x2) 0;
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: var(--t-small);
      }
      th,
      td {
        padding: 4px 0 4px var(--x6);
        border-bottom: 1px solid var(--rule);
        text-align: right;
        font-weight: 400;
        white-space: nowrap;
      }
      th:first-child {
        padding-left: 0;
        text-align: left;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--sheet);
        color: var(--ink-3);
      }
    `,
  ];

  /** The table to show; set it, then call {@link show}. */
  @property({ attribute: false }) table: TableTwin = { caption: "", columns: [], rows: [] };
  @query("dialog") private dialog?: HTMLDialogElement;

  /** Opens the dialog with a table. */
  async show(table: TableTwin): Promise<void> {
    this.table = table;
    await this.updateComplete;
    if (!this.dialog?.open) this.dialog?.showModal();
  }

  override render() {
    const { caption, columns, rows } = this.table;
    const stride = Math.ceil(rows.length / MAX_ROWS) || 1;
    const shown = stride === 1 ? rows : rows.filter((_, i) => i % stride === 0 || i === rows.length - 1);
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">${caption}</h2>
        <button class="icon-btn push" aria-label=${msg("Close")} @click=${() => this.dialog?.close()}>${closeIcon}</button>
      </div>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="title">
        ${rows.length === 0 ? html`<p class="note dim">${msg("Nothing has been measured yet.")}</p>` : nothing}
        ${stride > 1 ? html`<p class="note dim">${msg(str`${shown.length} of ${rows.length} rows are shown.`)}</p>` : nothing}
        <table>
          <caption class="sr">${caption}</caption>
          <thead>
            <tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr>
          </thead>
          <tbody>
            ${shown.map(
              (row) =>
                html`<tr>
                  ${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </dialog>`;
  }
}
