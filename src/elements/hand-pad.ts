import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, queryAll } from "lit/decorators.js";
import type { Direction, EnvironmentSpec } from "../envs/environment.js";
import type { HandScores } from "../training/hand-play.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatFixed, formatInteger, formatSignificant } from "./format.js";
import { translated } from "./localise.js";
import type { StageMoment } from "./stage-player.js";

/** How often values change at most. */
const SHOW_MS = 120;
/** Features that are shown; a grid world has dozens. */
const MAX_FEATURES = 8;

const ARROWS: Readonly<Record<Direction, readonly [arrow: string, letter: string]>> = {
  left: ["←", "A"],
  up: ["↑", "W"],
  down: ["↓", "S"],
  right: ["→", "D"],
};
const ORDER = ["left", "up", "down", "right"] as const;

/**
 * What a person needs to play the world on the stage: a button for each of her actions, with its key; what the agent
 * would see in her place; and her score beside the network's.
 *
 * @fires hand-press - `detail` is the direction that is held from now on.
 * @fires hand-release - `detail` is the direction that is let go.
 */
@customElement("vitrine-hand-pad")
export class HandPad extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px var(--x5);
        padding: 10px 0 0;
      }
      .keys {
        display: flex;
        gap: 6px;
      }
      button {
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 1px;
        min-width: 84px;
        min-height: 46px;
        padding: 2px 8px;
        border: 1px solid var(--edge);
        border-radius: var(--r-control);
        background: var(--sheet);
        font-weight: var(--w-medium);
        cursor: pointer;
        touch-action: none;
        user-select: none;
        -webkit-user-select: none;
      }
      button:hover {
        background: var(--hover);
      }
      button[data-held] {
        border-color: var(--lamp-edge);
        background: var(--lamp);
        color: var(--lamp-ink);
      }
      button span {
        font-size: var(--t-tick);
      }
      .idle {
        flex: 1;
        min-width: 90px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .sees {
        display: flex;
        flex-basis: 100%;
        flex-wrap: wrap;
        gap: 2px var(--x4);
        font-size: var(--t-small);
      }
      .sees div {
        display: flex;
        gap: 5px;
        white-space: nowrap;
      }
      dt {
        color: var(--ink-2);
      }
      .sees dd {
        color: var(--ink-3);
      }
      .sees b {
        display: inline-block;
        min-width: 5ch;
        color: var(--ink);
        font-weight: var(--w-medium);
      }
      .scores {
        display: flex;
        gap: var(--x4);
        font-size: var(--t-small);
      }
      .scores dd {
        font-size: var(--t-value);
        font-weight: var(--w-medium);
      }
      @container lab (max-width: 760px) {
        :host {
          padding: 10px var(--x3) 0;
        }
        .keys {
          flex-basis: 100%;
        }
        .idle {
          flex-basis: 100%;
        }
        button {
          flex: 1;
          min-width: 0;
          min-height: 64px;
        }
      }
    `,
  ];

  @property({ attribute: false }) spec: EnvironmentSpec | null = null;
  /** Directions held now. */
  @property({ attribute: false }) held: readonly Direction[] = [];
  @property({ attribute: false }) scores: HandScores | null = null;
  /** The network's newest evaluation in words, or an empty string. */
  @property() network = "";
  @queryAll(".sees dd b") private values?: NodeListOf<HTMLElement>;
  private due = 0;

  /** Shows what the agent would see at this moment; called with every frame. */
  show({ observation }: StageMoment, now: number): void {
    if (now < this.due) return;
    this.due = now + SHOW_MS;
    this.values?.forEach((cell, i) => {
      const feature = this.spec?.observation[i];
      if (!feature) return;
      const span = feature.typical[1] - feature.typical[0];
      cell.textContent = formatFixed(observation[i], span >= 100 ? 0 : span >= 10 ? 1 : span >= 1 ? 2 : 3);
    });
  }

  override render() {
    const { spec, scores } = this;
    if (!spec) return nothing;
    const directions = ORDER.filter((direction) => spec.hand.held[direction]);
    const shown = spec.observation.slice(0, MAX_FEATURES);
    return html`
      <div class="keys" role="group" aria-label=${msg("Your actions")}>
        ${directions.map((direction) => this.button(direction))}
      </div>
      <p class="idle">${this.idleText()}</p>
      <dl class="scores">
        <div><dt>${msg("you, last")}</dt><dd>${scoreText(scores?.last)}</dd></div>
        <div>
          <dt>${scores && scores.count > 1 ? msg(str`mean of ${formatInteger(scores.count)}`) : msg("mean")}</dt>
          <dd>${scoreText(scores?.mean)}</dd>
        </div>
        <div><dt>${msg("network")}</dt><dd>${this.network || "–"}</dd></div>
      </dl>
      <dl class="sees" aria-label=${msg("What the agent sees")}>
        ${shown.map(({ name, unit }) => html`<div><dt>${translated(name)}</dt><dd><b></b> ${unit}</dd></div>`)}
      </dl>
    `;
  }

  private button(direction: Direction) {
    const [arrow, letter] = ARROWS[direction];
    const press = () => this.tell("hand-press", direction);
    const release = () => this.tell("hand-release", direction);
    return html`<button
      ?data-held=${this.held.includes(direction)}
      @pointerdown=${(event: PointerEvent) => {
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
        press();
      }}
      @lostpointercapture=${release}
      @contextmenu=${(event: Event) => event.preventDefault()}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== " " && event.key !== "Enter") return;
        event.preventDefault();
        if (!event.repeat) press();
      }}
      @keyup=${release}
      @blur=${release}
    >
      <kbd>${arrow} ${letter}</kbd><span>${this.actionText(direction)}</span>
    </button>`;
  }

  /** What holding a direction does: an action's name, or numbers and what they drive. */
  private actionText(direction: Direction): string {
    const { spec } = this;
    const action = spec?.hand.held[direction];
    if (!spec || !action) return "";
    const { idle, start } = spec.hand;
    // Of several quantities the arrow says enough.
    if (start) return action.length > 1 ? "" : `${action[0] > 0 ? "+" : "−"}${formatSignificant(Math.abs(action[0]))}`;
    if (spec.action.kind === "discrete") return translated(spec.action.names[action[0]]);
    return spec.action.features
      .flatMap(({ name, unit }, i) => {
        if (action[i] === (typeof idle === "string" ? 0 : idle[i])) return [];
        const value = `${action[i] > 0 ? "+" : "−"}${formatSignificant(Math.abs(action[i]))}`;
        return [`${translated(name)} ${value} ${unit}`.trimEnd()];
      })
      .join(", ");
  }

  private idleText(): string {
    const idle = this.spec?.hand.idle;
    if (idle === "wait") return msg("Nothing moves while you hold nothing.");
    if (idle === "last") return msg("Your last action goes on while you hold nothing.");
    const space = this.spec?.action;
    if (!idle || space?.kind !== "discrete") return msg("Let go, and nothing is done.");
    return msg(str`Let go for: ${translated(space.names[idle[0]])}.`);
  }
}

const scoreText = (score: number | null | undefined): string =>
  score === null || score === undefined ? "–" : formatSignificant(score, 4);
