import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { InputError } from "../core/errors.js";
import {
  describeOptions,
  type OptionDescription,
  type OptionsSchema,
  type OptionValue,
  type OptionValues,
  optionText,
  parseOptionText,
} from "../core/options.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatInteger } from "./format.js";
import { translated } from "./localise.js";

/** The detail of an `option-change` event. */
export interface OptionChange {
  readonly key: string;
  readonly value: OptionValue;
}

/**
 * A form made from an options schema: label, native control and unit, one line each.
 *
 * A dot marks what differs from the defaults; a value that cannot be used is refused under its field in the schema's
 * own sentence, and the last good value stays in force.
 *
 * @fires option-change - `detail` is an {@link OptionChange} with a value that the schema accepts.
 */
@customElement("vitrine-option-form")
export class OptionForm extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      .options {
        display: grid;
        gap: 5px;
      }
      .option {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 118px;
        align-items: center;
        min-height: 27px;
        color: var(--ink-2);
      }
      .control {
        position: relative;
        display: flex;
        align-items: center;
        justify-content: flex-end;
      }
      .control input[type="text"] {
        text-align: right;
      }
      .control ::placeholder {
        color: var(--ink-3);
        opacity: 1;
      }
      /* Half an em is more than the mean letter. */
      .with-unit input[type="text"] {
        padding-left: 3px;
        padding-right: calc(17px + 0.53 * var(--t-small) * var(--unit-length));
      }
      .control em {
        position: absolute;
        right: 7px;
        font-style: normal;
        font-size: var(--t-small);
        color: var(--ink-3);
        pointer-events: none;
      }
      .changed > label::after {
        content: "•";
        color: var(--action);
        margin-left: 4px;
        font-weight: 700;
      }
      .help,
      .refused,
      .fresh {
        grid-column: 1 / -1;
        padding: 3px 0 4px;
        font-size: var(--t-small);
        line-height: 1.35;
      }
      .help {
        display: none;
        color: var(--ink-3);
      }
      .option:focus-within .help {
        display: block;
      }
      .refused {
        color: var(--bad);
      }
      .fresh {
        color: var(--watch);
      }
      [aria-invalid="true"] {
        border-color: var(--bad);
        outline: 1px solid var(--bad);
      }
      details {
        margin-top: 5px;
        color: var(--ink-2);
      }
      summary {
        width: max-content;
        padding: 3px 2px;
        cursor: pointer;
        font-size: var(--t-small);
        color: var(--action);
      }
      details .options {
        padding-top: 4px;
      }
      @container lab (max-width: 760px) {
        .option {
          grid-template-columns: minmax(0, 1fr) 150px;
        }
      }
    `,
  ];

  @property({ attribute: false }) schema: OptionsSchema | null = null;
  /** Prefix of the fields in error messages: `env`, `agent` or `training`. */
  @property() group = "";
  /** When set, all options lie folded under this heading. */
  @property() heading = "";
  /** Values in force in this form. */
  @property({ attribute: false }) values: OptionValues = {};
  /** What counts as unchanged: the preset. */
  @property({ attribute: false }) defaults: OptionValues = {};
  /** Values of the run in progress; a field that differs says that it needs a fresh start. Null before one. */
  @property({ attribute: false }) running: OptionValues | null = null;
  /** Keys that take effect at once in a run in progress. */
  @property({ attribute: false }) immediate: readonly string[] = [];
  @state() private refused: Readonly<Record<string, { readonly text: string; readonly error: InputError }>> = {};

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("schema")) this.refused = {};
  }

  override render() {
    if (!this.schema) return nothing;
    const descriptions = describeOptions(this.schema);
    const folded = this.heading === "" ? descriptions.filter((option) => option.advanced) : descriptions;
    const open = descriptions.filter((option) => !folded.includes(option));
    return html`
      <div class="options">${open.map((option) => this.field(option))}</div>
      ${
        folded.length === 0
          ? nothing
          : html`<details>
              <summary>${this.foldedLabel(folded)}</summary>
              <div class="options">${folded.map((option) => this.field(option))}</div>
            </details>`
      }
    `;
  }

  /** Names what is folded away; a dot tells that something in it differs from the preset. */
  private foldedLabel(folded: readonly OptionDescription[]) {
    const count = folded.length;
    const more = count === 1 ? msg("1 more option") : msg(str`${count} more options`);
    const changed = folded.some(({ key }) => this.isChanged(key) || key in this.refused);
    return html`${this.heading || more}${changed ? html` <span title=${msg("changed")}>•</span>` : nothing}`;
  }

  private field(option: OptionDescription) {
    const { key } = option;
    const refused = this.refused[key];
    const stale = this.isStale(key);
    const notes = [`help-${key}`, ...(refused ? [`refused-${key}`] : []), ...(stale ? [`fresh-${key}`] : [])];
    const help = translated(option.help);
    return html`<div class="option ${this.isChanged(key) ? "changed" : ""}">
      <label for=${key} title=${help}>${translated(option.title)}</label>
      ${this.control(option, notes.join(" "))}
      <p class="help" id="help-${key}">${help} <span class="dim">${allowedSentence(option)}</span></p>
      ${refused ? html`<p class="refused" id="refused-${key}" role="alert">${refusal(option, refused.error)}</p>` : nothing}
      ${stale ? html`<p class="fresh" id="fresh-${key}">${msg("Needs a fresh start.")}</p>` : nothing}
    </div>`;
  }

  private control(option: OptionDescription, describedBy: string) {
    const { key } = option;
    const value = this.values[key] ?? option.default;
    const change = (event: Event) => this.change(option, event.target as HTMLInputElement | HTMLSelectElement);
    if (option.kind === "boolean") {
      return html`<div class="control">
        <input id=${key} type="checkbox" .checked=${value === true} aria-describedby=${describedBy} @change=${change} />
      </div>`;
    }
    if (option.kind === "choice") {
      return html`<div class="control">
        <select id=${key} aria-describedby=${describedBy} @change=${change}>
          ${option.choices.map(
            (choice) => html`<option value=${choice} ?selected=${choice === value}>${translated(choice)}</option>`,
          )}
        </select>
      </div>`;
    }
    const refused = this.refused[key];
    const zero = isZero(option, value) && !refused ? translated(option.zero ?? "") : "";
    const unit = option.unit && !zero ? translated(option.unit) : "";
    // As a property: the page's security policy bars style attributes.
    return html`<div class="control ${unit ? "with-unit" : ""}" .style=${`--unit-length: ${unit.length}`}>
      <input
        id=${key}
        type="text"
        inputmode=${option.kind === "number" || option.kind === "integer" ? "decimal" : "text"}
        autocomplete="off"
        spellcheck="false"
        .value=${refused ? refused.text : zero ? "" : fieldText(option, value)}
        placeholder=${zero}
        aria-invalid=${refused ? "true" : "false"}
        aria-describedby=${describedBy}
        @change=${change}
      />
      ${unit ? html`<em>${unit}</em>` : nothing}
    </div>`;
  }

  private change(option: OptionDescription, control: HTMLInputElement | HTMLSelectElement): void {
    const { key } = option;
    const isCheckbox = control instanceof HTMLInputElement && control.type === "checkbox";
    // Whole numbers stand in groups of three digits, and may be typed so.
    const typed = isCheckbox ? String(control.checked) : control.value.replaceAll(/(?<=\d)\s+(?=\d{3})/g, "");
    // A decimal comma is as good as a point.
    const given = typed.trim() === "" && option.zero && option.kind !== "integers" ? "0" : typed;
    const text = option.kind === "number" ? given.replace(/^(-?\d*),(\d+)$/, "$1.$2") : given;
    try {
      const value = parseOptionText(this.schema as OptionsSchema, key, text, this.group);
      const { [key]: _, ...rest } = this.refused;
      this.refused = rest;
      if (optionText(value) !== optionText(this.values[key] ?? ""))
        this.tell<OptionChange>("option-change", { key, value });
      else this.requestUpdate();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.refused = { ...this.refused, [key]: { text, error } };
    }
  }

  private isChanged(key: string): boolean {
    const { [key]: value } = this.values;
    return value !== undefined && key in this.defaults && optionText(value) !== optionText(this.defaults[key]);
  }

  private isStale(key: string): boolean {
    if (!this.running || this.immediate.includes(key)) return false;
    const { [key]: value } = this.values;
    return value !== undefined && key in this.running && optionText(value) !== optionText(this.running[key]);
  }
}

/** Whether a value is the one for which the option has words. */
const isZero = (option: OptionDescription, value: OptionValue) =>
  option.zero !== undefined && (value === 0 || (Array.isArray(value) && value.length === 0));

/** How a value stands in its field: `64 × 64`, `100 000`. */
function fieldText(option: OptionDescription, value: OptionValue): string {
  if (option.kind === "integers" && Array.isArray(value)) return value.join(" × ");
  return option.kind === "integer" ? formatInteger(Number(value)) : optionText(value);
}

/** What an option allows, in the language of the page; the same words as `allowedText`. */
export function allowedPhrase(option: OptionDescription): string {
  switch (option.kind) {
    case "number":
      return msg(str`a number from ${option.min} to ${option.max}`);
    case "integer":
      return msg(str`a whole number from ${option.min} to ${option.max}`);
    case "boolean":
      return msg("true or false");
    case "choice":
      return msg(str`one of ${option.choices.join(", ")}`);
    case "text":
      return msg(str`a text of at most ${option.maxLength} characters`);
    case "integers":
      return msg(str`up to ${option.maxLength} whole numbers from ${option.min} to ${option.max}, separated by commas`);
    default:
      return option satisfies never;
  }
}

function allowedSentence(option: OptionDescription): string {
  if (option.kind === "number" || option.kind === "integer") {
    const [low, high] = [option.min, option.max].map((bound) =>
      option.kind === "integer" ? formatInteger(bound) : String(bound),
    );
    return msg(str`${low} to ${high}.`);
  }
  return "";
}

function refusal(option: OptionDescription, error: InputError): string {
  return msg(str`${translated(option.title)}: expected ${allowedPhrase(option)}, got ${error.given}`);
}
