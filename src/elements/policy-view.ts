import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, queryAll } from "lit/decorators.js";
import type { ActionSpace, Feature } from "../core/spaces.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { figureTable } from "./figure-table.js";
import { formatFixed, formatPercent, formatSignificant } from "./format.js";
import { translated } from "./localise.js";
import type { StageMoment } from "./stage-player.js";

/** How often it changes at most: as often as an eye can follow. */
const SHOW_MS = 120;
/** Features that are in sight where there are too many for all; a grid world has dozens. */
const FIRST_FEATURES = 4;
const MANY_FEATURES = 6;

/**
 * What the policy sees and what it does, as the stage plays: every feature with its name, value and unit, and every
 * action with its probability or value; the lamp is on the one it takes. The text twin of the stage.
 */
@customElement("vitrine-policy-view")
export class PolicyView extends VitrineElement {
  static override styles = [
    controls,
    figureTable,
    css`
      :host {
        display: block;
      }
      .parts {
        display: grid;
        gap: 2px var(--x5);
      }
      .unit {
        width: 44px;
        padding-left: 5px;
        color: var(--ink-3);
      }
      .bar {
        width: 26%;
        padding-left: var(--x3);
      }
      .track {
        position: relative;
        height: 7px;
        border-radius: 2px;
        background: var(--well);
        overflow: hidden;
      }
      .track i {
        position: absolute;
        inset: 0;
        transform-origin: left;
        transform: scaleX(0);
        background: var(--s1);
      }
      .track.pin i {
        inset: 0 auto 0 0;
        width: 3px;
        transform: none;
        background: var(--ink-2);
      }
      .track.pin::before {
        content: "";
        position: absolute;
        left: 50%;
        top: 0;
        bottom: 0;
        width: 1px;
        background: var(--faint);
      }
      summary {
        width: max-content;
        padding: 3px 2px;
        cursor: pointer;
        font-size: var(--t-small);
        color: var(--action);
      }
      .action.lit th span {
        padding: 1px 5px;
        border-radius: var(--r-chip);
        background: var(--lamp);
        color: var(--lamp-ink);
        font-weight: var(--w-strong);
      }
      .action th span {
        padding: 1px 5px;
        margin-left: -5px;
      }
    `,
  ];

  @property({ attribute: false }) observation: readonly Feature[] = [];
  @property({ attribute: false }) action: ActionSpace = { kind: "discrete", names: [] };
  @queryAll(".feature") private featureRows?: NodeListOf<HTMLElement>;
  @queryAll(".action") private actionRows?: NodeListOf<HTMLElement>;
  private due = 0;
  /** Features that have taken a value between whole numbers; the others are counts. */
  private readonly fractional = new Set<Feature>();

  /** Shows one moment; called with every frame. */
  show(moment: StageMoment, now: number): void {
    if (now < this.due) return;
    this.due = now + SHOW_MS;
    this.showFeatures(moment);
    if (this.action.kind === "discrete") this.showChoice(moment);
    else this.showVector(moment, this.action.features);
  }

  override render() {
    const { length } = this.observation;
    const shown = length > MANY_FEATURES ? FIRST_FEATURES : length;
    const first = this.observation.slice(0, shown);
    const rest = this.observation.slice(shown);
    return html`
      <div class="head"><h2>${msg("Network")}</h2><p>${msg("what it sees, and what it does with it")}</p></div>
      <div class="parts">
        <table>
          <caption>${msg("Sees")}</caption>
          <tbody>
            ${first.map((feature) => this.featureRow(feature, "feature"))}
          </tbody>
        </table>
        ${
          rest.length === 0
            ? nothing
            : html`<details>
                <summary>${msg(str`${rest.length} more features`)}</summary>
                <table>
                  <caption class="sr">${msg("Sees")}</caption>
                  <tbody>
                    ${rest.map((feature) => this.featureRow(feature, "feature"))}
                  </tbody>
                </table>
              </details>`
        }
        ${
          this.action.kind === "continuous"
            ? html`<table>
                <caption>${msg("Does")}</caption>
                <tbody>
                  ${this.action.features.map((feature) => this.featureRow(feature, "action"))}
                </tbody>
              </table>`
            : html`<table>
                <caption>${msg("Does")}</caption>
                <tbody>
                  ${this.action.names.map(
                    (name) => html`<tr class="action">
                      <th scope="row"><span>${translated(name)}</span></th>
                      <td class="num"></td>
                      <td class="bar" colspan="2"><div class="track"><i></i></div></td>
                    </tr>`,
                  )}
                </tbody>
              </table>`
        }
      </div>
    `;
  }

  private featureRow(feature: Feature, kind: "feature" | "action") {
    return html`<tr class=${kind}>
      <th scope="row"><span>${translated(feature.name)}</span></th>
      <td class="num"></td>
      <td class="unit">${translated(feature.unit)}</td>
      <td class="bar"><div class="track pin"><i></i></div></td>
    </tr>`;
  }

  private showFeatures({ observation }: StageMoment): void {
    this.featureRows?.forEach((row, i) => {
      this.showPin(row, this.observation[i], observation[i]);
    });
  }

  private showVector({ action }: StageMoment, features: readonly Feature[]): void {
    this.actionRows?.forEach((row, i) => {
      this.showPin(row, features[i], action[i]);
    });
  }

  /** Puts a pin where the value lies within its typical interval. */
  private showPin(row: HTMLElement, feature: Feature | undefined, value: number): void {
    if (!feature || value === undefined) return;
    const pin = row.querySelector("i");
    const [low, high] = feature.typical;
    const share = Number.isNaN(value) ? 0.5 : Math.min(1, Math.max(0, (value - low) / (high - low)));
    // Both ends touch those of the track. To read its width would lay the page out anew for every row.
    const place = `${(100 * share).toFixed(1)}%`;
    if (pin) Object.assign(pin.style, { left: place, transform: `translateX(-${place})` });
    const cell = row.querySelector(".num");
    if (cell) cell.textContent = Number.isNaN(value) ? "–" : this.readout(value, feature);
  }

  /** As many decimals as the feature's typical interval deserves, so that digits do not dance. */
  private readout(value: number, feature: Feature): string {
    if (!Number.isInteger(value)) this.fractional.add(feature);
    const span = feature.typical[1] - feature.typical[0];
    const decimals = span >= 100 ? 0 : span >= 10 ? 1 : span >= 1 ? 2 : 3;
    return formatFixed(value, this.fractional.has(feature) ? decimals : 0);
  }

  private showChoice({ action, scores }: StageMoment): void {
    const chosen = action[0];
    const probabilities = sharesOf(scores);
    this.actionRows?.forEach((row, i) => {
      row.classList.toggle("lit", i === chosen);
      const bar = row.querySelector("i");
      const share = probabilities ? probabilities[i] : spread(scores, i);
      if (bar) bar.style.transform = `scaleX(${share.toFixed(3)})`;
      const cell = row.querySelector(".num");
      if (!cell) return;
      cell.textContent = scores.length === 0 ? "" : probabilities ? formatPercent(share) : formatSignificant(scores[i]);
    });
  }
}

/** Scores that are probabilities (they sum to 1), or null when they are values. */
function sharesOf(scores: Float32Array): Float32Array | null {
  if (scores.length === 0) return null;
  const sum = scores.reduce((total, score) => total + score, 0);
  return Math.abs(sum - 1) < 1e-3 && scores.every((score) => score >= 0) ? scores : null;
}

/** Where a value lies between the smallest and the largest. */
function spread(scores: Float32Array, i: number): number {
  if (scores.length === 0) return 0;
  const low = Math.min(...scores);
  const high = Math.max(...scores);
  return high === low ? 0.5 : 0.08 + (0.92 * (scores[i] - low)) / (high - low);
}
