import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { StageActor } from "../training/messages.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { diceIcon, pauseIcon, resetIcon, stepIcon, trainIcon } from "./icons.js";

/** Speeds of the stage relative to real time, as the slider offers them. */
export const SPEEDS: readonly number[] = [0, 0.25, 0.5, 1, 2, 4, 8, 16];

/** What the run is doing, as far as its buttons matter. */
export type TransportState = "starting" | "waiting" | "training" | "paused" | "finished" | "failed";

/** Who can act on the stage, and with which key. */
export const ACTOR_KEYS: readonly (readonly [StageActor, string])[] = [
  ["network", "1"],
  ["tree", "2"],
  ["both", "3"],
  ["you", "4"],
];

/**
 * Train, pause, step, reset; who acts on the stage, and how fast; the seed.
 *
 * @fires train-toggle - train or pause; after the end of a run, go on.
 * @fires train-step - one update.
 * @fires run-reset - start afresh from the seed.
 * @fires actor-change - `detail` is who acts, and whether it was chosen by pointing, so that keys may go to the stage.
 * @fires speed-change - `detail` is the new speed.
 * @fires seed-change - `detail` is the text of the seed field.
 * @fires seed-fresh - a new seed is wanted.
 */
@customElement("vitrine-transport")
export class Transport extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 8px;
        padding: 10px 0;
      }
      .segments {
        display: inline-flex;
        border: 1px solid var(--edge);
        border-radius: var(--r-control);
        background: var(--sheet);
        overflow: hidden;
      }
      .segments button {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: 5px;
        height: calc(var(--control) - 2px);
        padding: 0 8px;
        border: 0;
        border-right: 1px solid var(--rule-2);
        background: none;
        font-weight: var(--w-medium);
        white-space: nowrap;
        cursor: pointer;
      }
      .segments button:last-child {
        border-right: 0;
      }
      .segments button:hover:not(:disabled) {
        background: var(--hover);
      }
      .segments button:focus-visible {
        outline-offset: -3px;
      }
      .segments button:disabled {
        color: var(--ink-3);
        cursor: default;
      }
      .segments .main {
        min-width: 100px;
        background: var(--action-wash);
        color: var(--action);
      }
      .segments .main.go {
        background: var(--action);
        color: var(--action-ink);
      }
      .segments .main:hover:not(:disabled) {
        background: var(--action-wash);
        text-decoration: underline;
        text-underline-offset: 3px;
      }
      .segments .main.go:hover:not(:disabled) {
        background: var(--action);
      }
      .segments svg {
        width: 13px;
        height: 13px;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        color: var(--ink-2);
        font-size: var(--t-small);
        white-space: nowrap;
      }
      .actors label {
        position: relative;
        display: block;
      }
      .actors input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .actors label span {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        height: calc(var(--control) - 2px);
        padding: 0 8px;
        font-size: var(--t-body);
        color: var(--ink);
        font-weight: var(--w-medium);
      }
      .actors label + label {
        border-left: 1px solid var(--rule-2);
      }
      .actors label:hover span {
        background: var(--hover);
      }
      .actors input:disabled {
        cursor: default;
      }
      .actors input:disabled + span {
        background: none;
        color: var(--ink-3);
      }
      .actors input:checked + span {
        background: var(--action-wash);
        color: var(--action);
      }
      .actors input:focus-visible + span {
        outline: 2px solid var(--focus);
        outline-offset: -3px;
      }
      output {
        min-width: 30px;
        color: var(--ink);
      }
      input[type="range"] {
        width: 84px;
      }
      .seed {
        display: inline-flex;
        align-items: center;
        gap: 2px;
        margin-left: auto;
      }
      .seed input {
        width: 92px;
        height: var(--control);
        text-align: right;
      }
      .refused {
        flex-basis: 100%;
        text-align: right;
        color: var(--bad);
        font-size: var(--t-small);
      }
      /* The label says no more than the control's own name; four groups need the room. */
      @container lab (max-width: 1560px) {
        .wide {
          display: none;
        }
      }
      /* All in one line: the dialog of keys says them too. */
      @container lab ((max-width: 1110px) or ((min-width: 1300px) and (max-width: 1560px))) {
        kbd {
          display: none;
        }
        .segments .main {
          min-width: 84px;
        }
        input[type="range"] {
          width: 64px;
        }
        .seed input {
          width: 86px;
          padding: 0 5px;
        }
      }
      @container lab (max-width: 960px) {
        input[type="range"] {
          width: 72px;
        }
      }
      @container lab (max-width: 760px) {
        .segments {
          flex-basis: 100%;
        }
        .segments button {
          flex: 1;
          padding: 0 4px;
        }
        .actors label {
          flex: 1;
        }
        .actors label span {
          justify-content: center;
          width: 100%;
        }
        .speed {
          flex: 1;
        }
        .speed input {
          flex: 1;
          min-width: 60px;
        }
      }
    `,
  ];

  @property() state: TransportState = "starting";
  @property({ type: Number }) speed = 1;
  /** Who acts on the stage. */
  @property() actor: StageActor = "network";
  /** Why no tree can act yet, or an empty string. */
  @property() treeless = "";
  @property({ type: Number }) seed = 0;
  /** Why the last seed was refused, or an empty string. */
  @property() refusal = "";

  override render() {
    const { state } = this;
    const training = state === "training";
    const blocked = state === "starting" || state === "failed";
    return html`
      <div class="segments" role="group" aria-label=${msg("Training")}>
        <button class="main ${training ? "" : "go"}" ?disabled=${state === "starting"} @click=${() => this.tell("train-toggle")}>
          ${training ? pauseIcon : trainIcon}${this.mainLabel()} <kbd>${msg("Space")}</kbd>
        </button>
        <button ?disabled=${blocked || state === "finished"} title=${msg("One update, then pause")} @click=${() => this.tell("train-step")}>
          ${stepIcon}${msg("Step")} <kbd>.</kbd>
        </button>
        <button title=${msg("Start afresh from the seed; this run stays in the list")} @click=${() => this.tell("run-reset")}>
          ${resetIcon}${msg("Reset")} <kbd>r</kbd>
        </button>
      </div>
      <fieldset class="segments actors">
        <legend class="sr">${msg("Who acts")}</legend>
        <span class="sr" id="treeless">${this.treeless}</span>
        ${ACTOR_KEYS.map(
          ([actor, key]) => html`<label title=${this.barred(actor) ? this.treeless : nothing}>
            <input
              type="radio"
              name="actor"
              value=${actor}
              ?disabled=${this.barred(actor)}
              aria-describedby=${this.barred(actor) ? "treeless" : nothing}
              .checked=${actor === this.actor}
              @click=${(event: MouseEvent) => this.tell("actor-change", { actor, pointed: event.detail > 0 })}
            />
            <span>${actorText(actor)} <kbd>${key}</kbd></span>
          </label>`,
        )}
      </fieldset>
      <label class="speed">
        <span class="wide">${msg("Speed")}</span>
        <input
          type="range"
          min="0"
          max=${SPEEDS.length - 1}
          step="1"
          .value=${String(SPEEDS.indexOf(this.speed))}
          aria-label=${msg("Speed of the stage")}
          aria-valuetext=${msg(str`${speedText(this.speed)} real time`)}
          @input=${this.onSpeed}
        />
        <output aria-hidden="true">${speedText(this.speed)}</output>
      </label>
      <span class="seed">
        <label>
          ${msg("Seed")}
          <input
            type="text"
            inputmode="numeric"
            autocomplete="off"
            .value=${String(this.seed)}
            aria-invalid=${this.refusal ? "true" : "false"}
            aria-describedby=${this.refusal ? "seed-refused" : nothing}
            @change=${(event: Event) => this.tell("seed-change", (event.target as HTMLInputElement).value)}
          />
        </label>
        <button class="icon-btn" title=${msg("New seed")} aria-label=${msg("New seed")} @click=${() => this.tell("seed-fresh")}>
          ${diceIcon}
        </button>
      </span>
      ${this.refusal ? html`<p class="refused" id="seed-refused" role="alert">${this.refusal}</p>` : nothing}
    `;
  }

  private barred(actor: StageActor): boolean {
    return this.treeless !== "" && (actor === "tree" || actor === "both");
  }

  private mainLabel(): string {
    if (this.state === "training") return msg("Pause");
    if (this.state === "finished") return msg("Continue");
    return this.state === "failed" ? msg("Try again") : msg("Train");
  }

  private onSpeed(event: Event): void {
    this.tell("speed-change", SPEEDS[Number((event.target as HTMLInputElement).value)]);
  }
}

/** Who acts, as a label. */
function actorText(actor: StageActor): string {
  switch (actor) {
    case "network":
      return msg("Network");
    case "tree":
      return msg("Tree");
    case "both":
      return msg("Both");
    case "you":
      return msg("You");
    default:
      return actor satisfies never;
  }
}

/** A speed as people read it: `¼ ×`, `16 ×`. */
export function speedText(speed: number): string {
  const text = speed === 0.25 ? "¼" : speed === 0.5 ? "½" : String(speed);
  return `${text}\u202f×`;
}
