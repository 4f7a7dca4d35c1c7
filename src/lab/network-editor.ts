import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { InputError } from "../core/errors.js";
import type { OptionValues } from "../core/options.js";
import { controls } from "../elements/controls.js";
import { scrollingDialog } from "../elements/dialog.js";
import { VitrineElement } from "../elements/element.js";
import { closeIcon } from "../elements/icons.js";
import { translated } from "../elements/localise.js";
import { networkRefusal } from "../elements/network-refusals.js";
import type { OptionChange } from "../elements/option-form.js";
import { checkDraft, type DraftRefusal } from "../envs/inventory/check-draft.js";
import {
  draftOf,
  type NetworkDraft,
  textOf,
  withChangedRoad,
  withNode,
  withoutNode,
  withoutRoad,
  withRoad,
} from "../envs/inventory/network-draft.js";
import { parseNetwork } from "../envs/inventory/network-text.js";
import { RECORDED_SETTINGS } from "../envs/inventory/options.js";
import { SUPPLIER } from "../envs/inventory/problem.js";
import { inventoryProblemOf } from "../envs/inventory/variant.js";
import { type ChangeDraft, hasField, nodeField, nodeFields, removeButton, roadField } from "./draft-fields.js";
import { draftFieldTitle, draftRefusal, placeName, roadName } from "./draft-refusals.js";
import "./network-picture.js";
import type { NetworkPicture } from "./network-picture.js";
import "./sales-setup.js";

/** The value of a choice, and what is shown for it. */
type Choice = readonly [value: string, shown: string];

/**
 * Builds an inventory network by hand: its stores, warehouses and roads in a picture and in two tables, in a dialog.
 *
 * It begins with the network in force, and says in one sentence what is still missing. The world's option `network`
 * takes what was built; a dialog that is closed before that keeps it.
 *
 * Where demand is recorded, a file of sales is taken in its place.
 *
 * @fires option-change - `detail` is an `OptionChange` of `network`: the network in words, or an empty text for the
 *   problem's own; or of `sales`.
 */
@customElement("vitrine-network-editor")
export class NetworkEditor extends VitrineElement {
  static override styles = [
    controls,
    scrollingDialog,
    css`
      :host {
        display: block;
        padding: 6px 0;
      }
      .open {
        width: 100%;
      }
      dialog {
        /* From the top, so that the picture stays where it is when there is more or less below it. */
        margin-top: 6vh;
        width: 780px;
        max-width: 94vw;
        max-height: 88vh;
      }
      .scroll {
        padding: var(--x2) var(--x4) var(--x3);
      }
      details {
        padding-top: 4px;
        border-top: 1px solid var(--rule);
      }
      summary {
        padding: 4px 0;
        cursor: pointer;
      }
      .tables {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        font-size: var(--t-small);
      }
      caption {
        padding: 4px 0;
        text-align: start;
        font-weight: var(--w-medium);
        font-size: var(--t-body);
      }
      th {
        padding: 2px 6px 2px 0;
        text-align: start;
        font-weight: 400;
        white-space: nowrap;
        color: var(--ink-3);
      }
      td {
        padding: 2px 6px 2px 0;
      }
      td input[type="text"] {
        width: 76px;
        text-align: right;
      }
      td.name input[type="text"] {
        width: 128px;
        text-align: start;
      }
      td select {
        width: 128px;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--x2);
        padding: 4px 0;
      }
      .row label {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .row select {
        width: auto;
      }
      .foot {
        display: grid;
        gap: 6px;
        padding: var(--x2) var(--x4) var(--x3);
        border-top: 1px solid var(--rule);
      }
      .foot .row {
        padding: 0;
      }
      .refused {
        max-width: 560px;
        font-size: var(--t-small);
        color: var(--bad);
      }
      [aria-invalid="true"] {
        border-color: var(--bad);
      }
    `,
  ];

  /** Options of the world, with the network in force. */
  @property({ attribute: false }) options: OptionValues = {};
  @state() private draft: NetworkDraft | null = null;
  /** What the draft was before anything was changed. */
  private untouched: NetworkDraft | null = null;
  @query("dialog") private dialog?: HTMLDialogElement;
  @query("vitrine-network-picture") private picture?: NetworkPicture;
  private readonly change: ChangeDraft = (draft) => {
    this.draft = draft;
  };

  override render() {
    const { draft } = this;
    // Recorded sales have a network of their own.
    if (RECORDED_SETTINGS.includes(String(this.options["setting"])) && this.options["network"] === "") {
      return html`<vitrine-sales-setup .options=${this.options}></vitrine-sales-setup>`;
    }
    return html`
      <button class="btn open" @click=${this.open}>${msg("Build a network by hand …")}</button>
      ${draft ? this.editor(draft) : nothing}
    `;
  }

  private async open(): Promise<void> {
    // What was changed and not used is there again.
    if (this.draft === null || this.draft === this.untouched) this.startAfresh();
    await this.updateComplete;
    this.dialog?.showModal();
  }

  /** Begins with the network in force. */
  private startAfresh(): void {
    let problem = inventoryProblemOf("inventory", { ...this.options, network: "" });
    try {
      problem = inventoryProblemOf("inventory", this.options);
    } catch (error) {
      // What is in force makes no network: the problem's own is a beginning.
      if (!(error instanceof InputError)) throw error;
    }
    this.untouched = draftOf(problem);
    this.draft = this.untouched;
  }

  private editor(draft: NetworkDraft) {
    const wrong = checkDraft(draft);
    const error = wrong ? draftRefusal(draft, wrong) : wholeRefusal(draft);
    const more = withRoad(draft);
    return html`<dialog aria-labelledby="title">
      <div class="head">
        <h2 id="title">${msg("Build a network")}</h2>
        <button class="icon-btn push" aria-label=${msg("Close")} @click=${() => this.dialog?.close()}>${closeIcon}</button>
      </div>
      <div class="scroll">
        <vitrine-network-picture
          .draft=${draft}
          @draft-change=${(event: CustomEvent<NetworkDraft>) => this.change(event.detail)}
        ></vitrine-network-picture>
        <div class="row">
          <button class="btn" @click=${() => this.addNode(draft, "store")}>${msg("Add a store")}</button>
          <button class="btn" @click=${() => this.addNode(draft, "warehouse")}>${msg("Add a warehouse")}</button>
          <button class="btn" ?disabled=${more === null} @click=${() => this.addRoad(more)}>${msg("Add a road")}</button>
        </div>
        <div class="row">
          ${this.setting(draft, "unmet", msg("Unmet demand"), ["lost", "backlogged"])}
          ${this.setting(draft, "demand", msg("Demand"), ["normal", "poisson"])}
        </div>
        <details>
          <summary>${msg("As tables")}</summary>
          <div class="tables">${this.nodes(draft, wrong)} ${this.roads(draft, wrong)}</div>
        </details>
      </div>
      <div class="foot">
        <p class="refused" role="alert">${error}</p>
        <div class="row">
          <button class="btn primary" ?disabled=${error !== ""} @click=${() => this.use(textOf(draft))}>${msg("Use this network")}</button>
          ${this.options["network"] ? html`<button class="btn" @click=${() => this.use("")}>${msg("Back to the problem's network")}</button>` : nothing}
          ${draft === this.untouched ? nothing : html`<button class="btn quiet" @click=${() => this.startAfresh()}>${msg("Undo all changes")}</button>`}
        </div>
      </div>
    </dialog>`;
  }

  /** What was added is selected: its texts can be typed at once. */
  private addNode(draft: NetworkDraft, kind: "store" | "warehouse"): void {
    const next = withNode(draft, kind);
    this.change(next);
    this.picture?.select({ kind: "place", id: next.nodes[next.nodes.length - 1].id });
  }

  private addRoad(next: NetworkDraft | null): void {
    if (!next) return;
    this.change(next);
    this.picture?.select({ kind: "road", row: next.roads.length - 1 });
  }

  private nodes(draft: NetworkDraft, wrong: DraftRefusal | null) {
    const keys = nodeFields(draft);
    return html`<table>
      <caption>${msg("Stores and warehouses")}</caption>
      <thead><tr>${[msg("Kind"), ...keys.map(draftFieldTitle)].map((title) => html`<th scope="col">${title}</th>`)}<td></td></tr></thead>
      <tbody>
        ${draft.nodes.map(
          (node, row) => html`<tr>
            <td>${translated(node.kind)}</td>
            ${keys.map(
              (key) =>
                html`<td class=${key}>${hasField(node, key) ? nodeField(draft, row, key, wrong, this.change) : nothing}</td>`,
            )}
            <td>${removeButton(node.name, () => this.change(withoutNode(draft, node.id)))}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private roads(draft: NetworkDraft, wrong: DraftRefusal | null) {
    const place = (id: number): Choice => [String(id), placeName(draft, id)];
    const places = draft.nodes.map(({ id }) => place(id));
    const sources = [SUPPLIER, ...draft.nodes.filter(({ kind }) => kind !== "store").map(({ id }) => id)].map(place);
    const headings = (["from", "to", "leadTime", "cost"] as const).map(draftFieldTitle);
    return html`<table>
      <caption>${msg("Roads")}</caption>
      <thead><tr>${headings.map((title) => html`<th scope="col">${title}</th>`)}<td></td></tr></thead>
      <tbody>
        ${draft.roads.map((road, row) => {
          const name = roadName(draft, road);
          const end = (key: "from" | "to", choices: readonly Choice[]) => {
            const isWrong = wrong?.table === "roads" && wrong.row === row && wrong.field === key;
            return choice(`${name}: ${draftFieldTitle(key)}`, String(road[key]), choices, isWrong, (id) =>
              this.change(withChangedRoad(draft, row, { [key]: Number(id) })),
            );
          };
          return html`<tr>
            <td>${end("from", sources)}</td>
            <td>${end("to", places)}</td>
            <td>${roadField(draft, row, "leadTime", wrong, this.change)}</td>
            <td>${roadField(draft, row, "cost", wrong, this.change)}</td>
            <td>${removeButton(name, () => this.change(withoutRoad(draft, row)))}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }

  private setting(draft: NetworkDraft, key: string, title: string, choices: readonly string[]) {
    const change = (value: string) => {
      this.draft = { ...draft, settings: { ...draft.settings, [key]: value } };
    };
    const named = choices.map((one): Choice => [one, wordOf(one)]);
    return html`<label>${title} ${choice(title, draft.settings[key] ?? choices[0], named, false, change)}</label>`;
  }

  private use(network: string): void {
    this.tell<OptionChange>("option-change", { key: "network", value: network });
    this.dialog?.close();
    this.draft = null;
  }
}

/** Why fields that can be used make no network together; empty where they do. */
function wholeRefusal(draft: NetworkDraft): string {
  try {
    parseNetwork(textOf(draft));
    return "";
  } catch (error) {
    if (error instanceof InputError) return networkRefusal(error);
    throw error;
  }
}

/** Demand that is backlogged waits: the drawing's word for it. */
const wordOf = (choice: string) => translated(choice === "backlogged" ? "waiting" : choice);

function choice(
  label: string,
  value: string,
  choices: readonly Choice[],
  wrong: boolean,
  change: (value: string) => void,
) {
  // Its property tells which one is selected: the attribute counts only until a person has chosen.
  return html`<select aria-label=${label} aria-invalid=${wrong} @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>${choices.map(([one, shown]) => html`<option value=${one} .selected=${one === value}>${shown}</option>`)}</select>`;
}
