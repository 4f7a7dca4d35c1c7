import { msg, str } from "@lit/localize";
import { css, html, nothing, svg } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type Command, type Commanded, distanceToSeen, FAMILIAR, horizonsSeenWith } from "../core/command.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatInteger, formatSignificant } from "./format.js";
import type { StageMoment } from "./stage-player.js";

/** How often what is left is written anew at most. */
const SHOW_MS = 150;
/** How far the sliders reach beyond what was seen, in spans of it. */
const BEYOND = 0.25;
/** Notches of a slider. */
const NOTCHES = 200;

/**
 * What an upside-down policy is asked for while it plays: a return, within a number of steps.
 *
 * Both can be dragged or typed, and take effect at once. The band below a slider is what was seen in training; beyond
 * it the policy extrapolates, and a line says so. While the horizon follows, it is the middle of those seen together
 * with the return.
 *
 * @fires command-change - `detail` is the `Command` that is asked for, or null for the policy's own.
 */
@customElement("vitrine-command-bar")
export class CommandBar extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        padding-bottom: var(--x3);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px var(--x4);
      }
      h2 {
        font-size: var(--t-small);
        font-weight: var(--w-strong);
      }
      .field {
        display: flex;
        flex: 1 1 190px;
        align-items: center;
        gap: var(--x2);
        min-width: 0;
        font-size: var(--t-small);
        color: var(--ink-2);
        white-space: nowrap;
      }
      .slide {
        flex: 1;
        min-width: 72px;
      }
      input[type="range"] {
        display: block;
        width: 100%;
      }
      .band {
        /* The middle of the thumb does not reach the ends of its slider. */
        width: calc(100% - 16px);
        height: 4px;
        margin: 0 8px;
        border-radius: 2px;
        background: var(--rule-2);
        fill: var(--s1);
      }
      input[type="text"] {
        width: 68px;
        text-align: right;
      }
      input[type="text"][aria-invalid="true"] {
        border-color: var(--bad);
      }
      .follow {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        font-size: var(--t-small);
        color: var(--ink-2);
        white-space: nowrap;
      }
      .says {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--x3);
        min-height: 24px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .left {
        min-width: 19ch;
      }
      .says b {
        color: var(--ink);
        font-weight: var(--w-medium);
      }
      .warn {
        color: var(--watch);
      }
      .refused {
        color: var(--bad);
      }
      .btn {
        height: 24px;
        padding: 0 6px;
        font-size: var(--t-small);
      }
      @media (pointer: coarse) {
        .btn {
          height: var(--control);
        }
      }
    `,
  ];

  /** What the policy says of commands. */
  @property({ attribute: false }) commanded: Commanded | null = null;
  /** What a person asks for; null where the policy's own command holds. */
  @property({ attribute: false }) asked: Command | null = null;
  /** Steps until truncation. */
  @property({ type: Number }) horizon = 500;
  @state() private follows = true;
  /** Why the last entry was refused, or an empty string. */
  @state() private refusal = "";
  @query(".left") private left?: HTMLElement;
  private due = 0;

  /** Shows what is left of the command; called with every frame. */
  show({ command }: StageMoment, now: number): void {
    if (now < this.due || !this.left || !command) return;
    this.due = now + SHOW_MS;
    const [desiredReturn, desiredHorizon] = command;
    this.left.textContent = msg(
      str`left to do: ${formatSignificant(desiredReturn)} in ${formatInteger(desiredHorizon)} steps`,
    );
  }

  override render() {
    const { commanded } = this;
    if (!commanded) return nothing;
    const { seen } = commanded;
    const command = this.asked ?? commanded.command;
    const { desiredReturn, desiredHorizon } = command;
    const ready = seen.length > 0;
    const [returns, horizons] = this.ranges(seen);
    const far = ready && distanceToSeen(seen, command) > FAMILIAR;
    return html`
      <div class="row" role="group" aria-label=${msg("Command")}>
        <h2>${msg("Command")}</h2>
        <div class="field">
          <span id="return">${msg("return")}</span>
          ${this.slider("return", desiredReturn, returns, boundsOf(seen, 0), !ready)}
        </div>
        <div class="field">
          <span id="horizon">${msg("in steps")}</span>
          ${this.slider("horizon", desiredHorizon, horizons, horizonsSeenWith(seen, desiredReturn), !ready)}
        </div>
        <label class="follow" title=${msg("Steps that were seen together with the return that is asked for")}>
          <input
            type="checkbox"
            .checked=${this.follows}
            @change=${(event: Event) => {
              this.follows = (event.target as HTMLInputElement).checked;
              if (this.follows && this.asked) this.ask(this.asked.desiredReturn, null);
            }}
          />
          ${msg("steps follow")}
        </label>
      </div>
      <div class="says">
        <span class="left"></span>
        <span role="status">
          ${
            this.refusal
              ? html`<span class="refused">${this.refusal}</span>`
              : far
                ? html`<span class="warn">▲ ${msg("Outside of what it has seen: it extrapolates.")}</span>`
                : ready
                  ? nothing
                  : msg("Nothing was seen yet: it can be asked once it has played.")
          }
        </span>
        ${
          this.asked
            ? html`<button class="btn quiet push" @click=${() => this.release()}>${msg("Leave it to the policy")}</button>`
            : html`<span class="push dim">${msg("the policy’s own; drag to ask for something else")}</span>`
        }
      </div>
    `;
  }

  private slider(
    kind: "return" | "horizon",
    value: number,
    [low, high]: readonly [number, number],
    seen: readonly [number, number] | null,
    disabled: boolean,
  ) {
    const step = kind === "horizon" ? 1 : stepOf(high - low);
    const share = (x: number) => Math.min(100, Math.max(0, (100 * (x - low)) / (high - low || 1)));
    const text = kind === "horizon" ? formatInteger(value) : formatSignificant(value);
    return html`
      <span class="slide">
        <input
          type="range"
          min=${low}
          max=${high}
          step=${step}
          .value=${String(value)}
          ?disabled=${disabled}
          aria-labelledby=${kind}
          aria-valuetext=${text}
          @input=${(event: Event) => this.take(kind, (event.target as HTMLInputElement).value)}
        />
        <svg class="band" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
          ${seen ? svg`<rect x=${share(seen[0])} width=${Math.max(1.5, share(seen[1]) - share(seen[0]))} height="3" />` : nothing}
        </svg>
      </span>
      <input
        type="text"
        inputmode="decimal"
        autocomplete="off"
        .value=${String(Number(value.toPrecision(4)))}
        ?disabled=${disabled}
        aria-labelledby=${kind}
        aria-invalid=${this.refusal ? "true" : "false"}
        @change=${(event: Event) => this.take(kind, (event.target as HTMLInputElement).value)}
      />
    `;
  }

  /** Ranges of the two sliders: what was seen and somewhat more, and whatever is asked for now. */
  private ranges(seen: Float64Array): readonly (readonly [number, number])[] {
    const [low, high] = boundsOf(seen, 0) ?? [0, 1];
    const more = BEYOND * (high - low || 1);
    const longest = boundsOf(seen, 1)?.[1] ?? this.horizon;
    const command = this.asked ?? this.commanded?.command;
    const value = command?.desiredReturn ?? low;
    const step = stepOf(high - low + 2 * more);
    const to = (x: number, round: (x: number) => number) => round(x / step) * step;
    return [
      [Math.min(to(low - more, Math.floor), value), Math.max(to(high + more, Math.ceil), value)],
      [1, Math.max(Math.ceil(longest * (1 + BEYOND)), command?.desiredHorizon ?? 1)],
    ];
  }

  private take(kind: "return" | "horizon", text: string): void {
    const value = text.trim() === "" ? Number.NaN : Number(text.replace(",", ".").replace("−", "-"));
    const current = this.asked ?? this.commanded?.command;
    if (!current) return;
    if (!Number.isFinite(value) || (kind === "horizon" && value < 1)) {
      const entry = text.trim();
      this.refusal =
        kind === "return"
          ? msg(str`Return: expected a number, got “${entry}”.`)
          : msg(str`Steps: expected a number of 1 or more, got “${entry}”.`);
      return;
    }
    if (kind === "return") this.ask(value, this.follows ? null : current.desiredHorizon);
    else {
      this.follows = false;
      this.ask(current.desiredReturn, value);
    }
  }

  /** Asks for a return, in so many steps or, for null, in as many as were seen with it. */
  private ask(desiredReturn: number, steps: number | null): void {
    const seen = this.commanded?.seen ?? new Float64Array(0);
    this.refusal = "";
    const [low, high] = boundsOf(seen, 0) ?? [0, 0];
    const inside = Math.min(Math.max(desiredReturn, low), high);
    const range = horizonsSeenWith(seen, inside) ?? boundsOf(seen, 1) ?? [1, 1];
    const desiredHorizon = steps ?? Math.max(1, Math.round((range[0] + range[1]) / 2));
    this.tell<Command>("command-change", { desiredReturn, desiredHorizon });
  }

  private release(): void {
    this.refusal = "";
    this.tell<Command | null>("command-change", null);
  }
}

/** Smallest and largest entry of one axis of what was seen; null where nothing was. */
function boundsOf(seen: Float64Array, axis: 0 | 1): readonly [number, number] | null {
  const values = seen.filter((_, i) => i % 2 === axis);
  return values.length === 0 ? null : [Math.min(...values), Math.max(...values)];
}

/** A round step of which a span holds about as many as a slider has notches. */
function stepOf(span: number): number {
  const rough = span / NOTCHES || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10) * power;
}
