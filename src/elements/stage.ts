import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { OptionValues } from "../core/options.js";
import type { Drawing } from "../envs/drawing.js";
import { loadDrawing } from "../envs/drawings.js";
import type { EnvironmentSpec, ParamsStruct } from "../envs/environment.js";
import { paletteOf } from "../envs/palette.js";
import { paramsStructOf } from "../envs/params.js";
import type { StageFrames } from "../training/messages.js";
import { fitCanvas } from "./canvas.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatInteger, formatSignificant } from "./format.js";
import { translated } from "./localise.js";
import { PaletteController } from "./palette.js";
import { type PlayedStep, RESERVE, type StageMoment, StagePlayer } from "./stage-player.js";
import { Trail } from "./trail.js";

/** Milliseconds between two captions at least, for the eye and for a screen reader. */
const CAPTION_MS = 400;
const ANNOUNCE_MS = 2000;
/** Room for the texts that lie over the picture, in CSS pixels. */
const INSETS = { top: 44, bottom: 54 };
/** Earlier states that are shown as ghosts, and the simulated seconds between them. */
const NUM_GHOSTS = 4;
const GHOST_SECONDS = 0.08;
/** Seconds that a person sees how her episode ended. */
const END_SECONDS = 1;
/** With reduced motion, one frame in ten is shown: six a second. */
const REDUCED_MS = 1000 / 6;

/**
 * The one thing behind glass: the world as the policy plays it, with a caption that says what it does.
 *
 * Frames go in by {@link push}; they are drawn with the browser's animation frames, only while the stage is visible.
 *
 * Whoever follows the episode sets `onStep` and `onMoment`: at this rate events would cost too much.
 */
@customElement("vitrine-stage")
export class Stage extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        position: relative;
        display: block;
        min-height: 240px;
        border-radius: var(--r-glass);
        background: var(--glass);
        overflow: hidden;
      }
      :host::after {
        content: "";
        position: absolute;
        inset: 0;
        border-radius: inherit;
        box-shadow: var(--depth-glass);
        pointer-events: none;
      }
      :host(:focus-visible) {
        outline: 2px solid var(--focus);
        outline-offset: 2px;
      }
      canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }
      .plate {
        position: absolute;
        left: var(--x4);
        top: 14px;
      }
      .plate h2 {
        font: 400 19px/1.15 var(--font-label);
      }
      .plate p {
        margin-top: 3px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .label {
        position: absolute;
        left: 0;
        right: 0;
        bottom: 0;
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--x4);
        height: 54px;
        padding: 0 var(--x4) 2px;
        border-top: 1px solid var(--rule);
        background: var(--glass);
      }
      .say {
        min-width: 0;
        font: 400 15px/1.4 var(--font-label);
      }
      mark:empty {
        display: none;
      }
      mark {
        padding: 0 4px 1px;
        border-radius: 2px;
        background: var(--lamp);
        color: var(--lamp-ink);
        white-space: nowrap;
      }
      dl {
        display: flex;
        flex: none;
        gap: var(--x5);
        text-align: right;
      }
      dt {
        white-space: nowrap;
        font-size: var(--t-tick);
        color: var(--ink-3);
      }
      dd {
        font-size: var(--t-value);
        font-weight: var(--w-medium);
        line-height: 1.25;
        min-width: 4ch;
      }
      @container lab (max-width: 760px) {
        :host {
          border-radius: 0;
        }
        .plate {
          top: 8px;
          left: var(--x3);
        }
        .plate h2 {
          font-size: 16px;
        }
        .label {
          padding: 0 var(--x3) 2px;
        }
        .say {
          font-size: 14px;
          line-height: 1.3;
        }
      }
    `,
  ];

  @property({ attribute: false }) spec: EnvironmentSpec | null = null;
  /** Options of the world that is played. */
  @property({ attribute: false }) options: OptionValues = {};
  @property({ type: Number }) speed = 1;
  /** A person plays: nothing is kept in reserve, and the end of an episode stays for a moment. */
  @property({ type: Boolean }) byHand = false;
  /** Called for each step that was shown or skipped over. */
  onStep: (step: PlayedStep) => void = () => {};
  /** Called with what was just drawn, and the time. */
  onMoment: (moment: StageMoment, time: number) => void = () => {};
  @query("canvas") private canvas?: HTMLCanvasElement;
  @query(".live") private live?: HTMLElement;

  private drawing: Drawing | null = null;
  private params: ParamsStruct = {};
  /** States shown at even distances before the one on the stage, oldest first. */
  private ghosts: Float64Array[] = [];
  private ghostEpisode = 0;
  private readonly trail = new Trail();
  private player = new StagePlayer(0.02);
  private frameRequest = 0;
  private lastTime = 0;
  private captionDue = 0;
  private announceDue = 0;
  private drawDue = 0;
  private visible = true;
  private dirty = true;
  private readonly colours = new PaletteController(this, () => this.invalidate());
  private readonly reduced = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly sizes = new ResizeObserver(() => this.invalidate());
  private readonly sight = new IntersectionObserver(([entry]) => {
    this.visible = entry.isIntersecting;
  });

  /** Takes frames from the worker in. */
  push(frames: StageFrames): void {
    this.player.push(frames);
  }

  /** Forgets what was played, for another run. */
  clear(): void {
    this.player.clear();
    this.ghosts = [];
    this.trail.clear();
    this.invalidate();
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const { spec } = this;
    if (!spec) return;
    if (changed.has("spec") || changed.has("options")) this.params = paramsStructOf(spec, this.options);
    if (changed.has("byHand")) this.applyHand();
    if (!changed.has("spec") && !changed.has("options")) return;
    this.loadDrawing(spec);
    if (!changed.has("spec")) return;
    this.player = new StagePlayer(spec.secondsPerStep, (step) => this.follow(step, spec.secondsPerStep), spec.circular);
    this.applyHand();
  }

  private loadDrawing(spec: EnvironmentSpec): void {
    const { options } = this;
    this.drawing = null;
    loadDrawing(spec.id, options).then(
      (drawing) => {
        if (this.spec !== spec || this.options !== options) return;
        this.drawing = drawing;
        this.invalidate();
      },
      // Without its drawing the stage still says in words what happens.
      () => {},
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
    this.sight.observe(this);
    this.lastTime = performance.now();
    this.frameRequest = requestAnimationFrame(this.onFrame);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    this.sight.disconnect();
    cancelAnimationFrame(this.frameRequest);
  }

  override render() {
    const title = this.spec ? translated(this.spec.title) : "";
    return html`
      <canvas role="img" aria-label=${msg(str`Stage: ${title}`)} aria-describedby="live"></canvas>
      <div class="plate"><h2>${title}</h2><p class="where"></p></div>
      <p class="sr live" id="live" aria-live="polite"></p>
      <div class="label">
        <p class="say" aria-hidden="true"><span class="what"></span><mark></mark></p>
        <dl>
          <div><dt>${this.spec ? msg(str`step, of ${formatInteger(Number(this.options["horizon"] ?? 0))}`) : nothing}</dt><dd class="step">0</dd></div>
          <div><dt>${msg("return")}</dt><dd class="return">0</dd></div>
        </dl>
      </div>
    `;
  }

  private applyHand(): void {
    this.player.reserve = this.byHand ? 0 : RESERVE;
    this.player.rest = this.byHand ? END_SECONDS : 0;
  }

  private invalidate(): void {
    this.dirty = true;
  }

  private readonly onFrame = (time: number): void => {
    this.frameRequest = requestAnimationFrame(this.onFrame);
    // A page that slept does not race through what it missed.
    const seconds = Math.min(0.1, (time - this.lastTime) / 1000);
    this.lastTime = time;
    const moved = this.player.advance(seconds, this.speed);
    if (!this.visible || !(moved || this.dirty)) return;
    // A person who plays needs every frame.
    if (this.reduced.matches && !this.byHand && !this.dirty && time < this.drawDue) return;
    this.drawDue = time + REDUCED_MS;
    this.dirty = false;
    this.draw(time);
  };

  private draw(time: number): void {
    const moment = this.player.now();
    const { canvas, spec, drawing } = this;
    if (!canvas || !spec) return;
    const context = fitCanvas(canvas);
    if (!context || !moment) return;
    if (drawing) this.drawScene(drawing, context, moment);
    this.onMoment(moment, time);
    if (time < this.captionDue) return;
    this.captionDue = time + CAPTION_MS;
    this.writeCaption(moment, time);
  }

  private follow(played: PlayedStep, secondsPerStep: number): void {
    if (played.episode !== this.ghostEpisode) {
      this.ghostEpisode = played.episode;
      this.ghosts = [];
      this.trail.clear();
    }
    this.trail.add(played.state);
    const stride = Math.max(1, Math.round(GHOST_SECONDS / secondsPerStep));
    if (played.step % stride === 0) this.ghosts = [...this.ghosts, played.state].slice(-NUM_GHOSTS);
    this.onStep(played);
  }

  private drawScene(drawing: Drawing, context: CanvasRenderingContext2D, moment: StageMoment): void {
    const { clientWidth: width, clientHeight: height } = this;
    context.save();
    context.translate(0, INSETS.top);
    drawing.draw(context, {
      size: { width, height: height - INSETS.top - INSETS.bottom },
      state: moment.state,
      ghosts: this.ghosts,
      trail: this.trail.states,
      action: moment.action,
      params: this.params,
      palette: paletteOf(this.colours.palette),
      translate: translated,
    });
    context.restore();
  }

  private writeCaption(moment: StageMoment, time: number): void {
    this.write(".where", msg(str`episode ${formatInteger(moment.episode)}`));
    this.write(".step", formatInteger(moment.step));
    this.write(".return", formatSignificant(moment.episodeReturn, 4));
    const caption = this.captionOf(moment);
    this.write(".what", caption.action ? `${caption.text}: ` : `${caption.text}.`);
    this.write("mark", caption.action);
    if (time < this.announceDue || !this.live) return;
    this.announceDue = time + ANNOUNCE_MS;
    this.live.textContent = caption.action ? `${caption.text}: ${caption.action}.` : `${caption.text}.`;
  }

  /** The moment in words; without a drawing, only what is done. */
  private captionOf({ state, action }: StageMoment): { readonly text: string; readonly action: string } {
    const words = this.drawing?.describe(state, action, this.params);
    if (words) return { text: translated(words.text), action: words.action && translated(words.action) };
    const space = this.spec?.action;
    const name = space?.kind === "discrete" ? space.names[action[0]] : undefined;
    return { text: this.byHand ? msg("You act") : msg("The network acts"), action: name ? translated(name) : "" };
  }

  private write(selector: string, text: string): void {
    const target = this.renderRoot.querySelector(selector);
    if (target && target.textContent !== text) target.textContent = text;
  }
}
