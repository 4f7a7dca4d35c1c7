import { msg, str } from "@lit/localize";
import { css, html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CommandFollowing } from "../evaluate/command-following.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatFixed, formatInteger, formatSignificant } from "./format.js";
import { tableIcon } from "./icons.js";
import { drawing } from "./legend.js";
import type { TableTwin } from "./table-dialog.js";
import { ticksOf } from "./ticks.js";

const WIDTH = 400;
const HEIGHT = 220;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 8, 8, 34];

/**
 * Asked against achieved return: how well an upside-down policy does what it is asked.
 *
 * Rings joined by a line are the last measurement, diamonds the episodes on the stage; on the dashed line it does
 * exactly what it is asked. The lamp stands at what is asked for now.
 *
 * @fires following-measure - a measurement is wanted.
 * @fires table-show - `detail` is the `TableTwin`.
 */
@customElement("vitrine-following-chart")
export class FollowingChart extends VitrineElement {
  static override styles = [
    controls,
    drawing,
    css`
      :host {
        display: block;
        padding-bottom: var(--x2);
      }
      .plot {
        max-height: 190px;
      }
      .same {
        stroke: var(--ink-3);
        stroke-dasharray: 5 4;
      }
      .measured {
        fill: none;
        stroke: var(--s1);
        stroke-width: 1.5;
      }
      .ring {
        fill: var(--sheet);
        stroke: var(--s1);
        stroke-width: 1.75;
      }
      .played {
        fill: var(--s2);
        stroke: var(--sheet);
        stroke-width: 0.75;
      }
      .now {
        stroke: var(--lamp-edge);
        stroke-width: 3.5;
      }
      .now + .now {
        stroke: var(--lamp);
        stroke-width: 1.75;
      }
      .keys {
        gap: 0 var(--x3);
      }
      .btn {
        height: 24px;
        padding: 0 8px;
        font-size: var(--t-small);
      }
      @media (pointer: coarse) {
        .btn {
          height: var(--control);
        }
      }
    `,
  ];

  @property({ attribute: false }) following: (CommandFollowing & { readonly step: number }) | null = null;
  /** Asked and achieved return of the newest episodes on the stage. */
  @property({ attribute: false }) outcomes: readonly (readonly [asked: number, achieved: number])[] = [];
  /** The return that is asked for now; NaN where nothing is. */
  @property({ type: Number }) asked = Number.NaN;
  @property({ type: Boolean }) measuring = false;

  override render() {
    const { following } = this;
    const points = this.points();
    return html`
      <div class="head">
        <h2>${msg("Asked and achieved")}</h2>
        <p>${msg("how well it does what it is asked")}</p>
        <button class="btn push" ?disabled=${this.measuring} @click=${() => this.tell("following-measure")}>
          ${this.measuring ? msg("Measuring …") : msg("Measure")}
        </button>
        <button
          class="icon-btn"
          title=${msg("Show as a table")}
          aria-label=${msg("Show as a table: asked and achieved return")}
          @click=${() => this.tell<TableTwin>("table-show", this.table)}
        >${tableIcon}</button>
      </div>
      ${points.length === 0 ? html`<p class="dim">${msg("Appears with the first episode on the stage, or press Measure.")}</p>` : this.plot(points)}
      <p class="keys">
        ${following ? html`<b>${this.verdict()}</b>` : nothing}
        ${
          following
            ? html`<span>${svgKey(svg`<circle class="ring" cx="5.5" cy="5.5" r="3.5" />`)}${msg(
                str`measured at step ${formatInteger(following.step)}, ${following.episodesEach} episodes each`,
              )}</span>`
            : nothing
        }
        ${this.outcomes.length > 0 ? html`<span>${svgKey(svg`<path class="played" d="M5.5 1 10 5.5 5.5 10 1 5.5Z" />`)}${msg("on the stage")}</span>` : nothing}
      </p>
    `;
  }

  /** Every point as a table: the same numbers. */
  get table(): TableTwin {
    return {
      caption: msg("Asked and achieved return"),
      columns: [msg("Source"), msg("Asked return"), msg("Asked steps"), msg("Achieved return"), msg("Steps")],
      rows: [
        ...(this.following?.points ?? []).map(({ command, achieved, length }) => [
          msg("measured"),
          formatSignificant(command.desiredReturn),
          formatInteger(command.desiredHorizon),
          formatSignificant(achieved),
          formatSignificant(length),
        ]),
        ...this.outcomes.map(([asked, achieved]) => [
          msg("on the stage"),
          formatSignificant(asked),
          "–",
          formatSignificant(achieved),
          "–",
        ]),
      ],
    };
  }

  private verdict(): string {
    const { following } = this;
    if (!following) return msg("how well it does what it is asked");
    if (following.correlation === null) return msg("it achieves the same whatever it is asked");
    return msg(str`rank correlation ${formatFixed(following.correlation, 2)}`);
  }

  private points(): (readonly [number, number])[] {
    const measured = this.following?.points ?? [];
    return [...measured.map(({ command, achieved }) => [command.desiredReturn, achieved] as const), ...this.outcomes];
  }

  private plot(points: readonly (readonly [number, number])[]) {
    // One scale for both axes, so that doing as asked is the diagonal.
    const values = points.flat().concat(Number.isFinite(this.asked) ? [this.asked] : []);
    const ticks = ticksOf(Math.min(...values), Math.max(...values));
    const [low, high] = [ticks[0], ticks[ticks.length - 1]];
    const x = (value: number) => LEFT + ((value - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
    const y = (value: number) => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const measured = (this.following?.points ?? []).map(
      ({ command, achieved }) => [x(command.desiredReturn), y(achieved)] as const,
    );
    return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${this.summary()}>
      ${ticks.map(
        (tick) => svg`
          <line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(tick)} y2=${y(tick)} />
          <text x=${LEFT - 6} y=${y(tick) + 4} text-anchor="end">${formatSignificant(tick)}</text>
          <text x=${x(tick)} y=${HEIGHT - BOTTOM + 14} text-anchor="middle">${formatSignificant(tick)}</text>`,
      )}
      <text x=${WIDTH - RIGHT} y=${HEIGHT - 4} text-anchor="end">${msg("asked return")} →</text>
      <text x=${LEFT} y=${HEIGHT - 4}>↑ ${msg("achieved return")}</text>
      <line class="same" x1=${x(low)} y1=${y(low)} x2=${x(high)} y2=${y(high)} />
      ${
        Number.isFinite(this.asked)
          ? [0, 1].map(
              () => svg`<line class="now" x1=${x(this.asked)} x2=${x(this.asked)} y1=${TOP} y2=${HEIGHT - BOTTOM} />`,
            )
          : nothing
      }
      <polyline class="measured" points=${measured.map((point) => point.join(",")).join(" ")} />
      ${measured.map(([px, py]) => svg`<circle class="ring" cx=${px} cy=${py} r="3.5" />`)}
      ${this.outcomes.map(
        ([asked, achieved]) =>
          svg`<path class="played" d="M0-4.5 4.5 0 0 4.5-4.5 0Z" transform="translate(${x(asked)} ${y(achieved)})" />`,
      )}
    </svg>`;
  }

  private summary(): string {
    return `${msg("Asked and achieved return")}. ${this.verdict()}.`;
  }
}

const svgKey = (mark: unknown) => html`<svg viewBox="0 0 11 11" aria-hidden="true">${mark}</svg>`;
