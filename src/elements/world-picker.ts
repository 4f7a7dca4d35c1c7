import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, queryAll } from "lit/decorators.js";
import type { Drawing } from "../envs/drawing.js";
import { loadThumbnail } from "../envs/drawings.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import { paletteOf } from "../envs/palette.js";
import { fitCanvas } from "./canvas.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { translated } from "./localise.js";
import { PaletteController } from "./palette.js";

/**
 * The worlds as pictures, one of which is chosen: a native radio group.
 *
 * @fires world-select - `detail` is the id of the chosen world.
 */
@customElement("vitrine-world-picker")
export class WorldPicker extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      fieldset {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 6px var(--x2);
      }
      label {
        position: relative;
        display: block;
        border-radius: var(--r-control);
        font-size: var(--t-small);
        color: var(--ink-2);
        cursor: pointer;
      }
      input {
        position: absolute;
        inset: 0;
        opacity: 0;
        margin: 0;
        cursor: pointer;
      }
      canvas {
        width: 100%;
        aspect-ratio: 106 / 60;
        border-radius: var(--r-control);
        background: var(--glass);
        outline: 1px solid var(--rule-2);
        outline-offset: -1px;
      }
      span {
        display: block;
        padding: 3px 1px 0;
        line-height: 16px;
      }
      label:hover {
        color: var(--ink);
      }
      label:hover canvas {
        outline-color: var(--edge);
      }
      input:checked ~ canvas {
        outline: 2px solid var(--action);
        outline-offset: -2px;
      }
      input:checked ~ span {
        color: var(--action);
        font-weight: var(--w-strong);
      }
      input:focus-visible ~ canvas {
        box-shadow: 0 0 0 2px var(--sheet), 0 0 0 4px var(--focus);
      }
      @container lab (max-width: 760px) {
        fieldset {
          grid-template-columns: repeat(3, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) worlds: readonly EnvironmentSpec[] = [];
  /** Id of the chosen world. */
  @property() selected = "";
  @queryAll("canvas") private canvases?: NodeListOf<HTMLCanvasElement>;
  private readonly colours = new PaletteController(this, () => this.drawAll());
  private readonly sizes = new ResizeObserver(() => this.drawAll());

  override render() {
    if (this.worlds.length === 0) return nothing;
    return html`<fieldset>
      <legend class="sr">${msg("World")}</legend>
      ${this.worlds.map(
        ({ id, title, summary }) => html`<label title=${translated(summary)}>
          <input
            type="radio"
            name="world"
            value=${id}
            .checked=${id === this.selected}
            @change=${() => this.tell("world-select", id)}
          />
          <canvas data-world=${id} aria-hidden="true"></canvas>
          <span>${translated(title)}</span>
        </label>`,
      )}
    </fieldset>`;
  }

  override updated(): void {
    this.drawAll();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  private drawAll(): void {
    for (const canvas of this.canvases ?? []) {
      const world = canvas.dataset["world"] ?? "";
      loadThumbnail(world).then(
        (drawing) => this.draw(canvas, drawing),
        // A world without a drawing is chosen by its name.
        () => {},
      );
    }
  }

  private draw(canvas: HTMLCanvasElement, drawing: Pick<Drawing, "thumbnail">): void {
    const context = fitCanvas(canvas);
    if (!context) return;
    const size = { width: canvas.clientWidth, height: canvas.clientHeight };
    drawing.thumbnail(context, size, paletteOf(this.colours.palette));
  }
}
