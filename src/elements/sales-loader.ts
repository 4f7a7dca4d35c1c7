import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatInteger } from "./format.js";

/** What is known of the sales in force. */
export interface SalesFacts {
  readonly lines: number;
  readonly stores: number;
  /** First day of the first week that counts, YYYY-MM-DD. */
  readonly from: string;
}

/**
 * Takes a file of weekly sales, dropped on it or chosen with its button, and says what such a file looks like and which of
 * its lines cannot be used.
 *
 * @fires sales-load - `detail` is the `File`.
 * @fires sales-clear - generated sales are wanted again.
 */
@customElement("vitrine-sales-loader")
export class SalesLoader extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding: 6px 0;
      }
      .drop {
        display: grid;
        gap: 6px;
        padding: var(--x2);
        border: 1px dashed var(--rule-2);
        border-radius: 4px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .drop[data-over] {
        border-color: var(--s1);
        background: var(--sheet);
      }
      code {
        display: block;
        overflow-x: auto;
        white-space: pre;
        color: var(--ink);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: var(--x2);
      }
      .bad {
        max-height: 150px;
        margin: 0;
        padding: 0;
        overflow-y: auto;
        overflow-wrap: anywhere;
        list-style: none;
        color: var(--bad);
      }
    `,
  ];

  /** First line of such a file, and one of the others. */
  @property({ attribute: false }) schema: readonly string[] = [];
  /** Null while generated sales are played. */
  @property({ attribute: false }) facts: SalesFacts | null = null;
  /** Why the file that was given last cannot be used, line by line. */
  @property({ attribute: false }) faults: readonly string[] = [];
  @property({ type: Boolean }) busy = false;
  @state() private over = false;
  @query("input") private input?: HTMLInputElement;

  override render() {
    const { facts, faults, schema } = this;
    return html`<div
      class="drop"
      role="group"
      aria-label=${msg("Weekly sales")}
      ?data-over=${this.over}
      @dragover=${this.hover}
      @dragleave=${() => (this.over = false)}
      @drop=${this.drop}
    >
      <p role="status">${this.busy ? msg("Reading the file …") : facts ? factsText(facts) : msg("Generated sales: nobody made them. Drop a CSV file of real ones here.")}</p>
      <div class="row">
        <button class="btn" ?disabled=${this.busy} @click=${() => this.input?.click()}>${msg("Choose a CSV file …")}</button>
        ${facts ? html`<button class="btn quiet" @click=${() => this.tell("sales-clear")}>${msg("Use generated sales")}</button>` : nothing}
      </div>
      <input type="file" accept=".csv,text/csv" hidden aria-hidden="true" tabindex="-1" @change=${this.choose} />
      ${
        faults.length === 0
          ? nothing
          : html`<div role="alert">
              <p>${msg("This file cannot be used:")}</p>
              <ul class="bad">${faults.map((fault) => html`<li>${fault}</li>`)}</ul>
            </div>`
      }
      <p>${msg("One line for each product and store, one column for each week; 171 weeks or more:")}</p>
      <code tabindex="0" aria-label=${msg("What the file looks like")}>${schema.join("\n")}</code>
    </div>`;
  }

  private readonly hover = (event: DragEvent): void => {
    event.preventDefault();
    this.over = true;
  };

  private readonly drop = (event: DragEvent): void => {
    event.preventDefault();
    this.over = false;
    this.give(event.dataTransfer?.files[0]);
  };

  private readonly choose = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.give(input.files?.[0]);
    // The same file, mended, may be chosen again.
    input.value = "";
  };

  private give(file: File | undefined): void {
    if (file) this.tell<File>("sales-load", file);
  }
}

function factsText({ lines, stores, from }: SalesFacts): string {
  const [count, places] = [formatInteger(lines), formatInteger(stores)];
  return msg(str`Your sales. Lines: ${count}; stores: ${places}; weeks from ${from} on.`);
}
