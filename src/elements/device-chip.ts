import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { AdapterReport, EngineId, EngineReport, EngineTiming } from "../compute/engine.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatCompact, formatSignificant } from "./format.js";
import { translated } from "./localise.js";

/** Names of the engines, as people know them; proper names in every language. */
export const ENGINE_NAMES: Readonly<Record<EngineId, string>> = {
  reference: "TypeScript",
  "wasm-simd": "WASM SIMD",
  "wasm-relaxed": "WASM relaxed SIMD",
  "tfjs-cpu": "TensorFlow.js CPU",
  "tfjs-wasm": "TensorFlow.js WASM",
  "tfjs-webgpu": "TensorFlow.js WebGPU",
  wgsl: "WebGPU",
};

/**
 * What computes here and how fast, with the reason on request: the timings of every engine, and what the storage said.
 */
@customElement("vitrine-device-chip")
export class DeviceChip extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .chip {
        display: flex;
        align-items: center;
        gap: var(--x2);
        max-width: 100%;
        height: 28px;
        padding: 0 11px;
        border: 1px solid var(--rule-2);
        border-radius: 14px;
        background: none;
        font-size: var(--t-small);
        white-space: nowrap;
        cursor: pointer;
      }
      .chip:hover,
      .chip[aria-expanded="true"] {
        background: var(--action-wash);
      }
      .chip i {
        flex: none;
        width: 7px;
        height: 7px;
        border-radius: 50%;
        background: var(--ink-3);
      }
      .engine::after {
        content: " ·";
      }
      .engine + span {
        margin-left: -4px;
      }
      .chip i.on {
        background: var(--good);
      }
      .chip span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .chip u {
        color: var(--action);
        text-decoration-thickness: 1px;
        text-underline-offset: 2px;
      }
      .pop {
        position: fixed;
        inset: auto;
        width: min(372px, 94vw);
        margin: 0;
        padding: var(--x4);
        border: 0;
        border-radius: var(--r-pop);
        background: var(--sheet);
        color: var(--ink-2);
        box-shadow: var(--depth-pop);
        font-size: var(--t-small);
      }
      .pop p + p {
        margin-top: var(--x2);
      }
      .pop b {
        color: var(--ink);
      }
      table {
        width: 100%;
        border-collapse: collapse;
        margin: var(--x2) 0;
      }
      caption {
        text-align: left;
        color: var(--ink-3);
      }
      th,
      td {
        padding: 3px 0;
        border-bottom: 1px solid var(--rule);
        font-weight: 400;
        text-align: left;
      }
      td.num {
        padding-left: var(--x3);
        text-align: right;
      }
      tr.on > * {
        color: var(--ink);
        font-weight: var(--w-strong);
      }
      @container lab (max-width: 760px) {
        .chip u {
          display: none;
        }
      }
      /* Where both have no room in one line, how fast is worth more than what. */
      @container lab ((max-width: 460px) or ((min-width: 761px) and (max-width: 1000px))) {
        .engine {
          display: none;
        }
      }
    `,
  ];

  /** What calibration chose; null while it runs. */
  @property({ attribute: false }) engine: EngineReport | null = null;
  @property({ type: Number }) stepsPerSecond = 0;
  @property({ type: Boolean }) training = false;
  /** The training could not be started: nothing is timed. */
  @property({ type: Boolean }) failed = false;
  /** What the browser said about keeping runs, or an empty string when it keeps them. */
  @property() storage = "";
  @query(".pop") private pop?: HTMLElement;
  @query(".chip") private chip?: HTMLElement;

  override render() {
    const rate = this.engine && this.stepsPerSecond > 0 ? msg(str`${formatCompact(this.stepsPerSecond)} steps/s`) : "";
    return html`
      <button class="chip" popovertarget="why" aria-expanded="false">
        <i class=${this.training ? "on" : ""}></i>
        <span class=${rate ? "engine" : ""}>${this.summary()}</span>
        ${rate ? html`<span>${rate}</span>` : nothing}
        <u>${msg("why")}</u>
      </button>
      <div class="pop" id="why" popover role="dialog" aria-label=${msg("What runs where, and why")} @beforetoggle=${this.place} @toggle=${this.onToggle}>
        ${this.engine ? this.reasons(this.engine) : html`<p>${msg("Every engine is timed on this device with the network to be trained, for about 150 ms.")}</p>`}
        ${this.storage ? html`<p>${this.storage}</p>` : nothing}
        <p><b>${msg("Nothing leaves this device.")}</b> ${msg("Training, drawing and storage all happen in this tab.")}</p>
      </div>
    `;
  }

  private summary(): string {
    if (!this.engine && this.failed) return msg("Nothing runs");
    if (!this.engine) return msg("Timing this device, 150 ms");
    return ENGINE_NAMES[this.engine.chosen];
  }

  private reasons(report: EngineReport) {
    const { chosen, timings, remembered } = report;
    // The fastest first; those that were not timed after them, with the reason, told once.
    const timed = timings.filter(({ milliseconds }) => milliseconds !== null);
    const rows = timed.toSorted((a, b) => (a.milliseconds ?? 0) - (b.milliseconds ?? 0));
    const notes = new Map<string, EngineId[]>();
    for (const { id, milliseconds, note } of timings) {
      if (milliseconds === null && id !== chosen) notes.set(note, [...(notes.get(note) ?? []), id]);
    }
    return html`<p><b>${reasonText(report)}</b>${remembered ? html` ${msg("The times are from an earlier visit.")}` : nothing}</p>
      ${rows.length === 0 ? nothing : this.table(chosen, rows)}
      ${[...notes].map(
        ([note, engines]) => html`<p>${engines.map((id) => ENGINE_NAMES[id]).join(", ")}: ${translated(note)}</p>`,
      )}
      ${report.worldsOnCpu === undefined ? nothing : html`<p>${msg("The worlds stay on the processor, which is slower than an engine there:")} ${translated(report.worldsOnCpu)}</p>`}
      ${report.adapter === undefined ? nothing : html`<p>${adapterText(report.adapter)}</p>`}
      <p>${msg("Another engine can be chosen among the further options of the training.")}</p>`;
  }

  private table(chosen: EngineId, rows: readonly EngineTiming[]) {
    return html`<table>
      <caption>${msg("One update of this network with the acting before it, and the steps per second that allows")}</caption>
      <tbody>
        ${rows.map(
          ({ id, milliseconds, stepsPerSecond }) => html`<tr class=${id === chosen ? "on" : ""}>
            <th scope="row">${ENGINE_NAMES[id]}</th>
            <td class="num">${formatSignificant(milliseconds ?? 0)} ms</td>
            <td class="num">${stepsPerSecond === undefined ? nothing : msg(str`${formatCompact(stepsPerSecond)} steps/s`)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private place(): void {
    const { pop, chip } = this;
    if (!pop || !chip) return;
    const box = chip.getBoundingClientRect();
    const width = Math.min(372, innerWidth * 0.94);
    pop.style.top = `${box.bottom + 8}px`;
    pop.style.left = `${Math.max(innerWidth * 0.03, Math.min(box.right - width, innerWidth - width - 8))}px`;
  }

  private onToggle(event: ToggleEvent): void {
    this.chip?.setAttribute("aria-expanded", String(event.newState === "open"));
  }
}

/** Which engine and why, in a sentence. */
function reasonText({ chosen, timings, asked }: EngineReport): string {
  const name = ENGINE_NAMES[chosen];
  const timed = timings.filter(({ milliseconds }) => milliseconds !== null);
  if (asked || timings.length === 0) return msg(str`${name} computes the networks, as it was asked for.`);
  if (timed.length < 2) return msg(str`${name} computes the networks.`);
  return msg(str`${name} computes the networks: the fastest of ${timed.length} that were timed on this device.`);
}

/** What WebGPU has here, in a sentence. */
function adapterText(adapter: AdapterReport | null): string {
  if (!adapter) return msg("There is no graphics adapter here that WebGPU can use.");
  const name = adapter.description || [adapter.vendor, adapter.architecture].filter(Boolean).join(" ");
  if (!adapter.isSoftware) return msg(str`Graphics adapter: ${name}.`);
  return msg(
    str`The graphics adapter, ${name}, is software on the processor: its results are right, but WASM is faster. It is never chosen by itself.`,
  );
}
