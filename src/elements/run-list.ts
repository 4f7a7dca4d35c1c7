import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { controls } from "./controls.js";
import { dialog as dialogStyles } from "./dialog.js";
import { VitrineElement } from "./element.js";
import { formatCompact, formatSignificant } from "./format.js";
import { deleteIcon, openIcon, saveIcon, tableIcon } from "./icons.js";
import type { TableTwin } from "./table-dialog.js";

/** One run as a row: every text comes ready. */
export interface RunRow {
  /** Its folder's name. */
  readonly name: string;
  readonly title: string;
  /** What it has that its preset has not, in a few words; empty when nothing. */
  readonly changes: string;
  readonly seed: number;
  readonly returnMean: number | null;
  readonly returnStd: number | null;
  readonly step: number;
  /** Date and time of its start, in the reader's form. */
  readonly created: string;
}

/**
 * The runs kept in this browser, newest first.
 *
 * @fires run-open - `detail` is the run's name.
 * @fires run-export - `detail` is the run's name.
 * @fires run-delete - `detail` is the run's name, after the person has confirmed.
 * @fires table-show - `detail` is the `TableTwin` of the list.
 */
@customElement("vitrine-run-list")
export class RunList extends VitrineElement {
  static override styles = [
    controls,
    dialogStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      .scroll {
        flex: 1;
        min-height: 0;
        overflow: auto;
        padding-bottom: var(--x2);
      }
      table {
        width: 100%;
        table-layout: fixed;
        border-collapse: collapse;
        font-size: var(--t-small);
      }
      th,
      td {
        height: 26px;
        padding: 0;
        border-bottom: 1px solid var(--rule);
        text-align: left;
        font-weight: 400;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      thead th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--sheet);
        height: 22px;
        color: var(--ink-3);
      }
      .num {
        text-align: right;
        padding-left: var(--x2);
      }
      th:nth-child(2) {
        width: 92px;
      }
      th:nth-child(3) {
        width: 52px;
      }
      th:nth-child(4) {
        width: 80px;
      }
      .tools {
        text-align: right;
        overflow: visible;
      }
      tbody tr:hover > * {
        background: var(--hover);
      }
      tr.on th,
      tr.on td {
        font-weight: var(--w-medium);
      }
      tr.on th::before {
        content: "";
        display: inline-block;
        width: 7px;
        height: 7px;
        margin-right: 6px;
        border-radius: 50%;
        background: var(--s1);
      }
      small {
        display: -webkit-box;
        margin-bottom: 4px;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        white-space: normal;
        overflow-wrap: anywhere;
        font-size: inherit;
        font-weight: 400;
        line-height: 1.2;
        color: var(--ink-3);
      }
      .icon-btn {
        width: 26px;
      }
      dialog {
        max-width: min(380px, 92vw);
        padding: var(--x5);
      }
      dialog div {
        display: flex;
        justify-content: flex-end;
        gap: var(--x2);
        margin-top: var(--x4);
      }
      .btn.danger {
        border-color: var(--bad);
        color: var(--bad);
      }
      .empty {
        color: var(--ink-3);
        padding-top: var(--x1);
      }
      @media (pointer: coarse) {
        th:nth-child(4) {
          width: 124px;
        }
        td,
        th {
          height: 42px;
        }
      }
    `,
  ];

  @property({ attribute: false }) runs: readonly RunRow[] = [];
  /** Names of the runs in progress; they can be neither opened nor deleted. */
  @property({ attribute: false }) active: readonly string[] = [];
  /** Where the runs are kept, in a few words. */
  @property() note = "";
  @state() private doomed: RunRow | null = null;
  @query("dialog") private dialog?: HTMLDialogElement;

  override render() {
    return html`
      <div class="head">
        <h2>${msg("Runs")}</h2>
        <p>${this.note}</p>
        <button class="icon-btn push" title=${msg("Show as a table")} aria-label=${msg("Show as a table: runs")} @click=${this.showTable}>${tableIcon}</button>
      </div>
      ${
        this.runs.length === 0
          ? html`<p class="empty">${msg("Your runs stay in this browser. Train one.")}</p>`
          : html`<div class="scroll" tabindex="0" role="region" aria-label=${msg("Runs")}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">${msg("Run")}</th>
                    <th scope="col" class="num">${msg("Return")}</th>
                    <th scope="col" class="num">${msg("Steps")}</th>
                    <th scope="col"><span class="sr">${msg("Actions")}</span></th>
                  </tr>
                </thead>
                <tbody>
                  ${repeat(
                    this.runs,
                    ({ name }) => name,
                    (run) => this.row(run),
                  )}
                </tbody>
              </table>
            </div>`
      }
      <dialog aria-labelledby="question" @close=${() => (this.doomed = null)}>
        <p id="question">
          ${this.doomed ? msg(str`Delete the run ${labelOf(this.doomed)}? Its curves and its checkpoint are lost.`) : nothing}
        </p>
        <div>
          <button class="btn" @click=${() => this.dialog?.close()}>${msg("Keep it")}</button>
          <button class="btn danger" @click=${this.confirmDelete}>${msg("Delete")}</button>
        </div>
      </dialog>
    `;
  }

  private row(run: RunRow) {
    const active = this.active.includes(run.name);
    const label = labelOf(run);
    return html`<tr class=${active ? "on" : ""}>
      <th scope="row" title=${run.changes ? `${run.created}: ${run.changes}` : run.created}>
        ${run.title} ${run.changes ? html`<small>${run.seed}, ${run.changes}</small>` : html`<span class="dim">${run.seed}</span>`}
      </th>
      <td class="num">${returnText(run)}</td>
      <td class="num">${formatCompact(run.step)}</td>
      <td class="tools">
        ${
          active
            ? nothing
            : html`<button class="icon-btn" title=${msg("Open")} aria-label=${msg(str`Open: ${label}`)} @click=${() => this.tell("run-open", run.name)}>${openIcon}</button>`
        }<button class="icon-btn" title=${msg("Export as a file")} aria-label=${msg(str`Export as a file: ${label}`)} @click=${() => this.tell("run-export", run.name)}>${saveIcon}</button>${
          active
            ? nothing
            : html`<button class="icon-btn" title=${msg("Delete")} aria-label=${msg(str`Delete: ${label}`)} @click=${() => this.askDelete(run)}>${deleteIcon}</button>`
        }
      </td>
    </tr>`;
  }

  private askDelete(run: RunRow): void {
    this.doomed = run;
    this.dialog?.showModal();
  }

  private confirmDelete(): void {
    if (this.doomed) this.tell("run-delete", this.doomed.name);
    this.dialog?.close();
  }

  private showTable(): void {
    const columns = [msg("Run"), msg("Changes"), msg("Seed"), msg("Return"), msg("Steps"), msg("Started")];
    const rows = this.runs.map((run) => [
      run.title,
      run.changes,
      String(run.seed),
      returnText(run),
      formatCompact(run.step),
      run.created,
    ]);
    this.tell<TableTwin>("table-show", { caption: msg("Runs"), columns, rows });
  }
}

function labelOf({ title, seed, changes }: RunRow): string {
  return changes ? msg(str`${title}, seed ${seed}, ${changes}`) : msg(str`${title}, seed ${seed}`);
}

function returnText({ returnMean, returnStd }: RunRow): string {
  if (returnMean === null) return "–";
  return returnStd === null
    ? formatSignificant(returnMean)
    : `${formatSignificant(returnMean)} ± ${formatSignificant(returnStd, 2)}`;
}
