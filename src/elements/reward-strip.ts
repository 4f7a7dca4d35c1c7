import { msg } from "@lit/localize";
import { css, html } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { RewardTerm } from "../envs/environment.js";
import { fitCanvas } from "./canvas.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatInteger, formatSignificant } from "./format.js";
import { tableIcon } from "./icons.js";
import { translated } from "./localise.js";
import { PaletteController } from "./palette.js";
import type { PlayedStep } from "./stage-player.js";
import type { TableTwin } from "./table-dialog.js";

const LEFT = 40;
const BOTTOM = 18;
const TOP = 8;
const RIGHT = 4;

/**
 * The reward of the episode on the stage, step by step and term by term, stacked; the lamp stands at the last step.
 *
 * @fires table-show - `detail` is the `TableTwin` of the episode so far.
 */
@customElement("vitrine-reward-strip")
export class RewardStrip extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--x3);
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      li {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        white-space: nowrap;
      }
      li b {
        font-weight: var(--w-medium);
        color: var(--ink);
        min-width: 4ch;
      }
      li i {
        width: 9px;
        height: 9px;
        border: 1px solid;
        background: color-mix(in srgb, currentColor 35%, transparent);
      }
      canvas {
        width: 100%;
        height: 104px;
      }
      .p1 {
        color: var(--s1);
      }
      .p2 {
        color: var(--s2);
      }
      .p3 {
        color: var(--s4);
      }
      .p4 {
        color: var(--s5);
      }
      .p5 {
        color: var(--s7);
      }
      .p6 {
        color: var(--s6);
      }
    `,
  ];

  @property({ attribute: false }) terms: readonly RewardTerm[] = [];
  /** Steps until truncation: the right end of the axis. */
  @property({ type: Number }) horizon = 500;
  @query("canvas") private canvas?: HTMLCanvasElement;

  private rows: Float32Array[] = [];
  private sums: number[] = [];
  private episode = -1;
  private low = 0;
  private high = 0;
  private textDue = 0;
  private readonly colours = new PaletteController(this, () => this.draw());
  private readonly sizes = new ResizeObserver(() => this.draw());

  /** Takes one step of the episode in; the first of another episode clears the strip. */
  add({ step, rewardTerms, episode }: PlayedStep): void {
    if (episode !== this.episode || step === 0) {
      this.episode = episode;
      this.rows = [];
      this.sums = this.terms.map(() => 0);
    }
    if (step === 0) return;
    this.rows[step - 1] = rewardTerms;
    let above = 0;
    let below = 0;
    rewardTerms.forEach((value, i) => {
      this.sums[i] += value;
      if (value > 0) above += value;
      else below += value;
    });
    this.high = Math.max(this.high, above);
    this.low = Math.min(this.low, below);
  }

  /** Forgets the scale too, for another world. */
  clear(): void {
    this.rows = [];
    this.sums = this.terms.map(() => 0);
    this.low = 0;
    this.high = 0;
    this.draw();
  }

  /** Draws what has been added; called with every frame. */
  refresh(now: number): void {
    this.draw();
    if (now < this.textDue) return;
    this.textDue = now + 200;
    this.renderRoot.querySelectorAll("b").forEach((cell, i) => {
      cell.textContent = formatSignificant(this.sums[i] ?? 0);
    });
  }

  override firstUpdated(): void {
    if (this.canvas) this.sizes.observe(this.canvas);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.canvas) this.sizes.observe(this.canvas);
  }

  override render() {
    return html`
      <div class="head">
        <h2>${msg("Reward")}</h2>
        <p>${msg("of this episode, by term")}</p>
        <ul>
          ${this.terms.map(
            (term, i) =>
              html`<li title=${translated(term.help)}><i class="p${paintOf(i)}"></i>${translated(term.name)} <b>0</b></li>`,
          )}
        </ul>
        <button
          class="icon-btn push"
          title=${msg("Show as a table")}
          aria-label=${msg("Show as a table: reward of this episode")}
          @click=${() => this.tell<TableTwin>("table-show", this.table)}
        >${tableIcon}</button>
      </div>
      <canvas role="img" aria-label=${msg("Reward of each step of the episode on the stage, by term")}></canvas>
    `;
  }

  /** The episode so far as a table. */
  get table(): TableTwin {
    return {
      caption: msg("Reward of this episode, by term"),
      columns: [msg("Step"), ...this.terms.map(({ name }) => translated(name)), msg("Sum")],
      rows: this.rows.map((terms, i) => [
        formatInteger(i + 1),
        ...Array.from(terms, (value) => formatSignificant(value)),
        formatSignificant(terms.reduce((sum, value) => sum + value, 0)),
      ]),
    };
  }

  private draw(): void {
    const context = this.canvas && fitCanvas(this.canvas);
    if (!this.canvas || !context) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    // A scale that only grows within a run does not jump about.
    const span = this.high - this.low || 1;
    const top = this.high === 0 && this.low === 0 ? 1 : this.high + 0.06 * span;
    const bottom = this.low < 0 ? this.low - 0.06 * span : 0;
    const yOf = (value: number) => TOP + ((top - value) / (top - bottom)) * (height - TOP - BOTTOM);
    const steps = Math.max(1, Math.min(this.horizon, Math.max(this.rows.length * 1.25, Math.min(this.horizon, 500))));
    const xOf = (step: number) => LEFT + (step / steps) * (width - LEFT - RIGHT);
    this.drawAxes(context, width, steps, xOf, yOf, bottom);
    this.drawTerms(context, xOf, yOf);
    const x = xOf(this.rows.length);
    context.fillStyle = this.colours.palette["lamp-edge"];
    context.fillRect(x - 2, TOP - 4, 4, height - TOP - BOTTOM + 4);
    context.fillStyle = this.colours.palette["lamp"];
    context.fillRect(x - 1, TOP - 4, 2, height - TOP - BOTTOM + 4);
  }

  private drawAxes(
    context: CanvasRenderingContext2D,
    width: number,
    steps: number,
    xOf: (step: number) => number,
    yOf: (value: number) => number,
    bottom: number,
  ): void {
    const { palette } = this.colours;
    context.font = `11px ${getComputedStyle(this).fontFamily}`;
    context.fillStyle = palette["ink-3"];
    context.strokeStyle = palette["rule"];
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const marks = [0, ...(this.high > 0 ? [this.high] : []), ...(this.low < 0 ? [this.low] : [])];
    const zero = yOf(0);
    for (const value of marks) {
      // Two numbers that would touch are one too many.
      if (value !== 0 && Math.abs(yOf(value) - zero) < 12) continue;
      const y = Math.round(yOf(value)) + 0.5;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(width - RIGHT, y);
      context.stroke();
      context.fillText(formatSignificant(value, 2), LEFT - 6, y);
    }
    context.textBaseline = "top";
    const gap = niceGap(steps / 5);
    for (let step = 0; step <= steps; step += gap) {
      context.textAlign = step === 0 ? "left" : step + gap > steps ? "right" : "center";
      context.fillText(formatInteger(step), xOf(step), yOf(bottom) + 4);
    }
  }

  private drawTerms(
    context: CanvasRenderingContext2D,
    xOf: (step: number) => number,
    yOf: (value: number) => number,
  ): void {
    const { palette } = this.colours;
    const above = new Float64Array(this.rows.length);
    const below = new Float64Array(this.rows.length);
    this.terms.forEach((_, term) => {
      const colour = palette[`s${[1, 2, 4, 5, 7, 6][paintOf(term) - 1]}`];
      context.beginPath();
      context.moveTo(xOf(0), yOf(0));
      const back: [number, number][] = [];
      this.rows.forEach((row, step) => {
        const value = row?.[term] ?? 0;
        const base = value >= 0 ? above : below;
        const y = yOf(base[step] + value);
        back.push([xOf(step), yOf(base[step])], [xOf(step + 1), yOf(base[step])]);
        base[step] += value;
        context.lineTo(xOf(step), y);
        context.lineTo(xOf(step + 1), y);
      });
      for (const [x, y] of back.reverse()) context.lineTo(x, y);
      context.closePath();
      context.globalAlpha = 0.35;
      context.fillStyle = colour;
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.stroke();
    });
  }
}

/** The paint of a reward term, 1 to 6. */
function paintOf(term: number): number {
  return (term % 6) + 1;
}

/** A round distance between ticks: 1, 2 or 5 times a power of ten. */
function niceGap(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  return Math.max(1, factor * power);
}
