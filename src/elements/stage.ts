import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { OptionValues } from "../core/options.js";
import type { Drawing } from "../envs/drawing.js";
import { loadDrawing } from "../envs/drawings.js";
import type { EnvironmentSpec, ParamsStruct } from "../envs/environment.js";
import { paletteOf } from "../envs/palette.js";
import { paramsStructOf } from "../envs/params.js";
import type { StageActor, StageFrames } from "../training/messages.js";
import { fitCanvas } from "./canvas.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatInteger, formatSignificant } from "./format.js";
import { currentLocale, translated } from "./localise.js";
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

/** Drawing two halves is loaded with the first pair. */
type Pair = typeof import("./stage-pair.js");

/**
 * The one thing behind glass: the world as it is played, with a caption that says what is done; twice, side by side,
 * where two act from the same start.
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
      .names {
        position: absolute;
        top: 60px;
        left: 0;
        right: 0;
        display: flex;
      }
      .names[hidden] {
        display: none;
      }
      .names p {
        flex: 1 1 0;
        min-width: 0;
        padding: 0 var(--x4);
        font-size: var(--t-small);
        line-height: 24px;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
        color: var(--ink-2);
      }
      .names b {
        font-weight: var(--w-strong);
        color: var(--ink);
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
        .label,
        .names p {
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
  /** Who acts. For a person nothing is kept in reserve, and the end of an episode stays for a moment. */
  @property() actor: StageActor = "network";
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
  private besideGhosts: Float64Array[] = [];
  private readonly besideTrail = new Trail();
  private pair: Pair | null = null;
  private player = new StagePlayer(0.02);
  private frameRequest = 0;
  private lastTime = 0;
  private captionDue = 0;
  private announceDue = 0;
  private drawDue = 0;
  private visible = true;
  private dirty = true;
  /** Something was drawn since the last announcement. */
  private unsaid = false;
  private readonly colours = new PaletteController(this, () => this.invalidate());
  private readonly reduced = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly sizes = new ResizeObserver(() => this.invalidate());
  private readonly sight = new IntersectionObserver(([entry]) => {
    this.visible = entry.isIntersecting;
  });

  /** Takes frames from the worker in. */
  push(frames: StageFrames): void {
    this.player.push(frames);
    if (frames.beside) void this.loadPair();
  }

  /** Forgets what was played, for another run. */
  clear(): void {
    this.player.clear();
    this.forgetWay();
    this.invalidate();
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const { spec } = this;
    if (!spec) return;
    if (changed.has("spec") || changed.has("options")) this.params = paramsStructOf(spec, this.options);
    if (changed.has("actor")) this.applyActor();
    if (!changed.has("spec") && !changed.has("options")) return;
    this.loadDrawing(spec);
    if (!changed.has("spec")) return;
    this.player = new StagePlayer(spec.secondsPerStep, (step) => this.follow(step, spec.secondsPerStep), spec);
    this.applyActor();
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
      <canvas role="img" lang=${currentLocale()} aria-label=${msg(str`Stage: ${title}`)} aria-describedby="live"></canvas>
      <div class="plate"><h2>${title}</h2><p class="where"></p></div>
      <div class="names" aria-hidden="true" hidden>
        <p><b>${msg("Network")}</b> <span class="one"></span></p>
        <p><b>${msg("Tree")}</b> <span class="other"></span></p>
      </div>
      <p class="sr live" id="live" aria-live="polite"></p>
      <div class="label">
        <p class="say" aria-hidden="true"><span class="what"></span><mark></mark></p>
        <dl>
          <div><dt>${this.spec ? msg(str`step, of ${formatInteger(Number(this.options["horizon"] ?? 0))}`) : nothing}</dt><dd class="step">0</dd></div>
          <div class="returned"><dt>${msg("return")}</dt><dd class="return">0</dd></div>
        </dl>
      </div>
    `;
  }

  private get byHand(): boolean {
    return this.actor === "you";
  }

  private applyActor(): void {
    this.player.reserve = this.byHand ? 0 : RESERVE;
    this.player.rest = this.byHand ? END_SECONDS : 0;
    this.captionDue = this.announceDue = 0;
  }

  private async loadPair(): Promise<void> {
    this.pair ??= await import("./stage-pair.js");
    this.invalidate();
  }

  private forgetWay(): void {
    this.ghosts = [];
    this.trail.clear();
    this.besideGhosts = [];
    this.besideTrail.clear();
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
    // What was drawn last is also said, though nothing may move any more.
    const owed = this.unsaid && time >= this.captionDue;
    if (!this.visible || !(moved || this.dirty || owed)) return;
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
    this.unsaid = true;
    if (time < this.captionDue) return;
    this.captionDue = time + CAPTION_MS;
    this.writeCaption(moment, time);
  }

  private follow(played: PlayedStep, secondsPerStep: number): void {
    if (played.episode !== this.ghostEpisode) {
      this.ghostEpisode = played.episode;
      this.forgetWay();
    }
    const stride = Math.max(1, Math.round(GHOST_SECONDS / secondsPerStep));
    const { beside } = played;
    if (beside && beside.ending === 0) {
      this.besideTrail.add(beside.state);
      if (beside.step % stride === 0) this.besideGhosts = [...this.besideGhosts, beside.state].slice(-NUM_GHOSTS);
    }
    if (played.waits) return;
    this.trail.add(played.state);
    if (played.step % stride === 0) this.ghosts = [...this.ghosts, played.state].slice(-NUM_GHOSTS);
    this.onStep(played);
  }

  private drawScene(drawing: Drawing, context: CanvasRenderingContext2D, moment: StageMoment): void {
    const { clientWidth: width, clientHeight, pair } = this;
    const { beside } = moment;
    const top = INSETS.top + (pair && beside ? pair.NAMES_HEIGHT : 0);
    const size = { width, height: clientHeight - top - INSETS.bottom };
    const frame = {
      state: moment.state,
      ghosts: this.ghosts,
      trail: this.trail.states,
      action: moment.action,
      params: this.params,
      palette: paletteOf(this.colours.palette),
      translate: translated,
    };
    context.save();
    context.translate(0, top);
    if (pair && beside) {
      const { state, action } = beside;
      const other = { ...frame, state, action, ghosts: this.besideGhosts, trail: this.besideTrail.states };
      pair.drawPair(context, drawing, size, [frame, other]);
    } else {
      drawing.draw(context, { ...frame, size });
    }
    context.restore();
  }

  private writeCaption(moment: StageMoment, time: number): void {
    const episode = formatInteger(moment.episode);
    const byTree = this.actor === "tree";
    this.write(".where", byTree ? msg(str`episode ${episode}, played by the tree`) : msg(str`episode ${episode}`));
    this.write(".step", formatInteger(Math.max(moment.step, moment.beside?.step ?? 0)));
    this.write(".return", formatSignificant(moment.episodeReturn, 4));
    const said = this.writePair(moment) ?? this.writeMoment(moment);
    if (time < this.announceDue || !this.live) return;
    this.announceDue = time + ANNOUNCE_MS;
    this.unsaid = false;
    if (this.live.textContent !== said) this.live.textContent = said;
  }

  /** What the one who acts does; answers with it as one sentence. */
  private writeMoment(moment: StageMoment): string {
    const caption = this.captionOf(moment);
    this.write(".what", caption.action ? `${caption.text}: ` : `${caption.text}.`);
    this.write("mark", caption.action);
    return caption.action ? `${caption.text}: ${caption.action}.` : `${caption.text}.`;
  }

  /** Where the two came apart, and how far each has come; null while one acts alone. */
  private writePair(moment: StageMoment): string | null {
    const { pair, spec, renderRoot } = this;
    const { beside } = moment;
    const isPair = pair !== null && spec !== null && beside !== null;
    renderRoot.querySelector(".names")?.toggleAttribute("hidden", !isPair);
    renderRoot.querySelector(".returned")?.toggleAttribute("hidden", isPair);
    if (!isPair) return null;
    const parting = pair.partingText(moment, spec);
    this.write(".one", pair.halfText(moment));
    this.write(".other", pair.halfText(beside));
    this.write(".what", parting);
    this.write("mark", "");
    const [one, other] = [pair.halfSentence(moment), pair.halfSentence(beside)];
    return `${parting} ${msg(str`Network: ${one}. Tree: ${other}.`)}`;
  }

  /** The moment in words; without a drawing, only what is done. */
  private captionOf({ state, action }: StageMoment): { readonly text: string; readonly action: string } {
    const words = this.drawing?.describe(state, action, this.params);
    if (words) return { text: translated(words.text), action: words.action && translated(words.action) };
    const space = this.spec?.action;
    const name = space?.kind === "discrete" ? space.names[action[0]] : undefined;
    const who = {
      network: msg("The network acts"),
      tree: msg("The tree acts"),
      both: msg("Both act"),
      you: msg("You act"),
    };
    return { text: who[this.actor], action: name ? translated(name) : "" };
  }

  private write(selector: string, text: string): void {
    const target = this.renderRoot.querySelector(selector);
    if (target && target.textContent !== text) target.textContent = text;
  }
}
