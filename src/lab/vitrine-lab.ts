import { msg, str } from "@lit/localize";
import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TreeEdit } from "../compute/trees/edit-tree.js";
import type { Command } from "../core/command.js";
import "../elements/chart.js";
import type { Chart } from "../elements/chart.js";
import type { CommandBar } from "../elements/command-bar.js";
import { controls } from "../elements/controls.js";
import { type Diagnosis, diagnose, readSigns, type Sign } from "../elements/diagnose.js";
import "../elements/diagnosis.js";
import type { History } from "../elements/diagnosis.js";
import "../elements/device-chip.js";
import { VitrineElement } from "../elements/element.js";
import type { HandPad } from "../elements/hand-pad.js";
import type { KeysDialog } from "../elements/keys-dialog.js";
import "../elements/lab-bar.js";
import type { Theme } from "../elements/lab-bar.js";
import { currentLocale, preferredLocale, translated, useLocale } from "../elements/localise.js";
import "../elements/notices.js";
import "../elements/policy-view.js";
import type { PolicyView } from "../elements/policy-view.js";
import type { Readable, ReadableWish, TreeFormat } from "../elements/readable.js";
import "../elements/reward-strip.js";
import type { RewardStrip } from "../elements/reward-strip.js";
import "../elements/stage.js";
import type { Stage } from "../elements/stage.js";
import type { TableDialog, TableTwin } from "../elements/table-dialog.js";
import { tokens } from "../elements/tokens.js";
import "../elements/transport.js";
import { messageOf } from "../core/errors.js";
import type { Direction } from "../envs/environment.js";
import type { ExplanationMethod } from "../interpret/explanation.js";
import type { StageActor } from "../training/messages.js";
import { HandController } from "./hand-controller.js";
import type { InventoryLab } from "./inventory-lab.js";
import { LabController } from "./lab-controller.js";
import { LabKeys } from "./lab-keys.js";
import type { LabSession } from "./lab-session.js";
import { labStyles } from "./lab-styles.js";
import {
  type CurveChoice,
  chosenSigns,
  curveChoices,
  curvePlot,
  evaluationText,
  readFeatures,
  returnPlot,
  runRows,
  runTitle,
  savedText,
} from "./lab-views.js";
import { refusalText } from "./notices.js";
import { readPreference, writePreference } from "./preferences.js";
import { ReadableLab } from "./readable-lab.js";
import { createTrainingWorker } from "./worker.js";
import "./setup-panel.js";
import type { SettingChange } from "./setup-panel.js";

/** What the page keeps beside its address, so that a reload has it again. */
interface PageState {
  /** Link of settings that were changed but not applied. */
  readonly pending: string | null;
}

/** Milliseconds between two renderings of texts and charts; the stage has a rhythm of its own. */
const RENDER_MS = 120;

/**
 * The whole laboratory: a world, an agent that learns it in a Worker, and what can be seen of that.
 *
 * Two lines put it into any page: the module, and `<vitrine-lab env="cartpole" agent="ppo" seed="7"></vitrine-lab>`.
 * It is as wide as its place and adapts to it. What cannot be used (an unknown world, a wrong option) is refused by
 * name in a notice, and the rest is used; nothing is thrown. Its content is shown until the element is defined.
 *
 * @fires run-change - another run begins, or the settings have changed; `detail` is the link of the run in progress.
 */
@customElement("vitrine-lab")
export class VitrineLab extends VitrineElement {
  static override styles = [tokens, controls, labStyles];

  /** Id of the world. */
  @property({ reflect: true }) env = "";
  /** Id of the algorithm. */
  @property({ reflect: true }) agent = "";
  /** Whole number from 0 to 4294967295; drawn when absent. */
  @property({ reflect: true }) seed = "";
  /** Further fields as in a link: `env.length=0.7&agent.gamma=0.9&budget=50000`. Read once. */
  @property() config = "";
  /** Train without being asked. `autoplay="0"` and `autoplay="false"` do not. */
  @property({ reflect: true, converter: { fromAttribute: readSwitch, toAttribute: (on) => (on ? "" : null) } })
  autoplay = false;
  /** `light`, `dark` or `system`; without it the page's own colour scheme holds. */
  @property({ reflect: true }) theme: Theme | "" = "";
  /** Language: `en` or `fr`; without it English. */
  @property({ reflect: true }) locale = "";
  /** Speed of the stage relative to real time. */
  @property({ type: Number, reflect: true }) speed = 1;
  /**
   * The element is the page: it keeps its configuration in the address and its runs in this browser, goes on with a
   * run after a reload, and listens to keys everywhere.
   */
  @property({ type: Boolean, reflect: true }) page = false;
  /** Makes the training Worker; tests put another in its place. */
  @property({ attribute: false }) createWorker: () => Worker = createTrainingWorker;

  /** Key of the curve shown below the stage. */
  @state() private curveKey = "";
  @query("vitrine-stage") private stage?: Stage;
  @query(".return-chart") private returnChart?: Chart;
  @query(".curve-chart") private curveChart?: Chart;
  @query("vitrine-policy-view") private policyView?: PolicyView;
  @query("vitrine-readable") private readableView?: Readable;
  @query("vitrine-reward-strip") private rewardStrip?: RewardStrip;
  @query("vitrine-command-bar") private commandBar?: CommandBar;
  @query("vitrine-table-dialog") private tableDialog?: TableDialog;
  @query("vitrine-hand-pad") private handPad?: HandPad;
  @query("vitrine-keys-dialog") private keysDialog?: KeysDialog;

  private renderTimer: ReturnType<typeof setTimeout> | null = null;
  private clock: ReturnType<typeof setInterval> | null = null;
  private opened = false;
  private lastSaved = 0;
  private readonly readable = new ReadableLab();
  /** Comes with the first inventory world that is trained. */
  private inventory: InventoryLab | null = null;
  private readonly lab = new LabController({
    createWorker: () => this.createWorker(),
    onChange: () => this.renderSoon(),
    onStage: (frames) => this.stage?.push(frames),
    onRun: () => {
      this.clearStage();
      this.readable.act(this.lab.actor);
      if (this.lab.actor === "you") this.playByHand();
    },
    onActor: () => {
      this.clearStage();
      this.readable.act(this.lab.actor);
      if (this.lab.actor === "you") this.playByHand();
      else this.hand.stop();
    },
    onSettings: () => this.publishSettings(),
  });

  private readonly hand = new HandController({
    onFrames: (frames) => this.stage?.push(frames),
    onChange: () => this.requestUpdate(),
    speed: () => this.lab.speed,
  });

  private readonly keys = new LabKeys(
    () => this.renderRoot,
    this.hand,
    () => this.lab.actor === "you",
    {
      " ": () => this.lab.toggle(),
      ".": () => this.lab.stepOnce(),
      "[": () => this.shiftSpeed(-1),
      "]": () => this.shiftSpeed(1),
      r: () => this.lab.reset(),
      "?": () => void this.showKeys(),
      "1": () => this.chooseActor("network", false),
      "2": () => this.chooseActor("tree", false),
      "3": () => this.chooseActor("both", false),
      "4": () => this.chooseActor("you", true),
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = setInterval(() => this.requestUpdate(), 1000);
    addEventListener("pagehide", this.onHide);
    document.addEventListener("visibilitychange", this.onHide);
    addEventListener("hashchange", this.onHash);
    this.keys.connect(this.page ? document : this);
    if (this.opened) this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.clock) clearInterval(this.clock);
    if (this.renderTimer) clearTimeout(this.renderTimer);
    this.renderTimer = null;
    removeEventListener("pagehide", this.onHide);
    document.removeEventListener("visibilitychange", this.onHide);
    removeEventListener("hashchange", this.onHash);
    this.keys.disconnect();
    this.hand.stop();
    this.inventory?.dispose();
    this.lab.close();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!this.opened) {
      this.opened = true;
      this.open();
      return;
    }
    if (changed.has("speed") && this.speed !== this.lab.speed) this.setSpeed(this.speed);
    if (changed.has("locale") && this.locale) void useLocale(this.locale);
    const { settings } = this.lab;
    if (changed.has("env") && this.env !== settings.env) this.lab.selectEnv(this.env);
    if (changed.has("agent") && this.agent !== settings.agent) this.lab.selectAgent(this.agent);
    if (changed.has("seed") && this.seed !== String(settings.seed)) this.lab.setSeed(this.seed);
  }

  /** Starts training, as the button does. */
  train(): void {
    if (this.lab.session?.state !== "training") this.lab.toggle();
  }

  /** Pauses training, as the button does. */
  pause(): void {
    if (this.lab.session?.state === "training") this.lab.toggle();
  }

  private open(): void {
    const fields = new URLSearchParams();
    if (this.env) fields.set("env", this.env);
    if (this.agent) fields.set("agent", this.agent);
    if (this.seed) fields.set("seed", this.seed);
    for (const [key, value] of new URLSearchParams(this.config)) fields.set(key, value);
    if (this.page) for (const [key, value] of new URLSearchParams(location.hash.slice(1))) fields.set(key, value);
    this.setSpeed(this.speed);
    const pending = this.page ? ((history.state as PageState | null)?.pending ?? null) : null;
    this.lab.open(String(fields), this.autoplay, this.page, pending);
    const stored = this.page ? readPreference("locale") : null;
    const locale = this.locale || stored || (this.page ? preferredLocale() : "");
    if (locale) void useLocale(locale).then(() => this.publishLocale());
    if (this.page && !this.theme) this.theme = (readPreference("theme") as Theme | null) ?? "system";
  }

  override render() {
    const { lab } = this;
    const { session } = lab;
    if (!session) return html`<slot></slot>`;
    const { spec, definition, first } = session;
    const signs = readSigns(chosenSigns(definition), (key) => session.newest(key));
    const trained = session.step > 0 || session.state === "training";
    const choices = this.curves(session);
    const curve = this.curveOf(choices);
    return html`
      <div class="lab">
        <vitrine-bar
          heading=${runTitle(spec, definition)}
          note=${savedText(session, lab.lasting)}
          .theme=${this.theme || "system"}
          @link-share=${this.share}
          @keys-show=${this.showKeys}
          @theme-change=${this.onTheme}
          @locale-change=${this.onLocale}
        >
          <vitrine-device-chip
            .engine=${first.engine}
            .stepsPerSecond=${session.stepsPerSecond}
            ?training=${session.state === "training"}
            ?failed=${session.state === "failed"}
            storage=${this.storageText()}
          ></vitrine-device-chip>
        </vitrine-bar>
        <vitrine-setup
          role="complementary"
          aria-label=${msg("Set up")}
          .settings=${lab.settings}
          .running=${trained ? session.settings : null}
          ?stale=${trained && lab.stale}
          .parameterCount=${first.parameterCount}
          @world-select=${(event: CustomEvent<string>) => lab.selectEnv(event.detail)}
          @agent-select=${(event: CustomEvent<string>) => lab.selectAgent(event.detail)}
          @setting-change=${(event: CustomEvent<SettingChange>) => lab.setOption(event.detail.group, event.detail.key, event.detail.value)}
          @settings-preset=${() => lab.resetOptions()}
          @settings-apply=${() => lab.apply()}
          @settings-revert=${() => lab.revert()}
        ></vitrine-setup>
        <div class="centre" role="main" aria-label=${msg("Stage")} @table-show=${this.showTable}>
          <vitrine-stage
            .spec=${spec}
            .options=${session.settings.envOptions}
            .speed=${lab.speed}
            tabindex="-1"
            .actor=${lab.actor}
            .onStep=${this.onStep}
            .onMoment=${this.onMoment}
          ></vitrine-stage>
          ${
            lab.actor === "you"
              ? html`<vitrine-hand-pad
                  .spec=${spec}
                  .held=${this.hand.directions}
                  .scores=${this.hand.scores}
                  network=${evaluationText(session)}
                  @hand-press=${(event: CustomEvent<Direction>) => this.hand.press(event.detail)}
                  @hand-release=${(event: CustomEvent<Direction>) => this.hand.release(event.detail)}
                ></vitrine-hand-pad>`
              : nothing
          }
          <vitrine-transport
            .actor=${lab.actor}
            treeless=${this.readable.whyNoTree(first, spec)}
            @actor-change=${(event: CustomEvent<{ actor: StageActor; pointed: boolean }>) => this.chooseActor(event.detail.actor, event.detail.pointed)}
            .state=${session.state}
            .speed=${lab.speed}
            .seed=${lab.settings.seed}
            refusal=${lab.seedError ? refusalText(lab.seedError) : ""}
            @train-toggle=${() => lab.toggle()}
            @train-step=${() => lab.stepOnce()}
            @run-reset=${() => lab.reset()}
            @speed-change=${(event: CustomEvent<number>) => this.setSpeed(event.detail)}
            @seed-change=${(event: CustomEvent<string>) => lab.setSeed(event.detail)}
            @seed-fresh=${() => lab.newSeed()}
          ></vitrine-transport>
          ${this.commandBarOf(session)}
          <vitrine-reward-strip .terms=${spec.rewardTerms} .horizon=${Number(session.settings.envOptions["horizon"])}></vitrine-reward-strip>
        </div>
        <section class="insight" aria-label=${msg("What it learned")} @table-show=${this.showTable}>
          <vitrine-chart
            class="return-chart"
            heading=${msg("Return")}
            note=${session.runs.length === 1 ? msg("mean of the last 100 episodes") : msg(str`mean of ${session.runs.length} seeds, 95 % interval`)}
            valueName=${msg("Return")}
            .legend=${[
              { paint: 1, label: session.runs.length === 1 ? msg("training") : msg(str`${session.runs.length} seeds`) },
              { paint: 2, label: msg("evaluation"), marks: true, text: evaluationText(session) },
            ]}
          ></vitrine-chart>
          ${this.followingOf(session)}
          <vitrine-diagnosis
            .diagnosis=${this.diagnosis(signs)}
            .signs=${signs}
            .histories=${this.histories(signs)}
            selected=${curve.key}
            @sign-select=${(event: CustomEvent<string>) => this.selectCurve(event.detail)}
          ></vitrine-diagnosis>
          ${this.inventory?.render(session) ?? nothing}
          <vitrine-readable
            .observation=${readFeatures(session)}
            .action=${spec.action}
            .step=${session.step}
            .explanations=${first.explanations}
            .errors=${first.explanationErrors}
            .making=${first.explaining}
            .scoring=${first.scoring?.before.method ?? null}
            ?undoable=${this.readable.canUndo}
            .fileError=${this.readable.fileError}
            .attribution=${first.attribution?.attribution ?? null}
            .attributed=${first.attribution?.observation ?? []}
            .map=${first.map?.network ?? null}
            .readableMap=${first.map?.readable ?? null}
            .look=${first.dependence}
            .viewError=${first.viewError}
            @readable-wish=${(event: CustomEvent<ReadableWish>) => this.readable.want(event.detail)}
            @explain-now=${(event: CustomEvent<ExplanationMethod>) => this.readable.make(event.detail)}
            @tree-edit=${(event: CustomEvent<TreeEdit>) => void this.readable.edit(event.detail)}
            @tree-save=${(event: CustomEvent<TreeFormat>) => void this.readable.save(event.detail, readFeatures(session)).then(() => this.requestUpdate())}
            @tree-load=${(event: CustomEvent<File>) => void this.readable.open(event.detail).then(() => this.requestUpdate())}
            @tree-undo=${(event: CustomEvent<ExplanationMethod>) => this.readable.undo(event.detail)}
          >
            <vitrine-policy-view slot="network" .observation=${spec.observation} .action=${spec.action}></vitrine-policy-view>
          </vitrine-readable>
        </section>
        <section class="curves" aria-label=${msg("Curves")} @table-show=${this.showTable}>
          <vitrine-chart class="curve-chart" heading=${msg("Curve")} note=${translated(curve.help)} valueName=${translated(curve.title)}>
            <select slot="head" aria-label=${msg("Curve")} @change=${(event: Event) => this.selectCurve((event.target as HTMLSelectElement).value)}>
              ${choices.map(({ key, title }) => html`<option value=${key} ?selected=${key === curve.key}>${translated(title)}</option>`)}
            </select>
          </vitrine-chart>
        </section>
        <vitrine-run-list
          role="region"
          aria-label=${msg("Runs")}
          .runs=${runRows(lab.runs)}
          .active=${session.runs.flatMap(({ folder }) => (folder ? [folder] : []))}
          note=${lab.lasting === false ? msg("kept until this page is closed") : msg("kept in this browser")}
          @table-show=${this.showTable}
          @run-open=${(event: CustomEvent<string>) => void lab.openRun(event.detail)}
          @run-export=${(event: CustomEvent<string>) => void lab.exportRun(event.detail)}
          @run-delete=${(event: CustomEvent<string>) => void lab.deleteRun(event.detail)}
          ><div class="head"><h2>${msg("Runs")}</h2></div><p class="dim">${msg("Your runs stay in this browser. Train one.")}</p></vitrine-run-list
        >
      </div>
      <vitrine-notices
        .notices=${lab.notices}
        @notice-dismiss=${(event: CustomEvent<number>) => lab.dismiss(event.detail)}
        @notice-action=${(event: CustomEvent<number>) => lab.act(event.detail)}
      ></vitrine-notices>
      <vitrine-table-dialog></vitrine-table-dialog>
      <vitrine-keys-dialog></vitrine-keys-dialog>
    `;
  }

  override updated(): void {
    const { session } = this.lab;
    if (!session) return;
    // Before anything was learned there is nothing to read.
    if (session.step > 0 || session.state === "training") void this.readable.load();
    this.readable.follow(session.first);
    if (this.inventory) this.inventory.follow(session);
    else if (session.spec.solvedAs) void this.followInventory();
    // Until there are runs, its content says so.
    if (this.lab.runs.length > 0) void import("../elements/run-list.js");
    this.returnChart?.show(returnPlot(session, this.hand.scores?.mean ?? null));
    const { key, plot } = this.curveOf(this.curves(session));
    this.curveChart?.show(plot?.() ?? curvePlot(session, key));
    // A checkpoint was written: the list of runs has news.
    const saved = Math.max(0, ...session.runs.map(({ savedAt }) => savedAt ?? 0));
    if (saved !== this.lastSaved) {
      this.lastSaved = saved;
      void this.lab.refreshRuns();
    }
  }

  /** The command of an upside-down policy, under the stage; its module is fetched with the first such policy. */
  private commandBarOf({ first, settings }: LabSession) {
    if (!first.commanded) return nothing;
    void import("../elements/command-bar.js");
    return html`<vitrine-command-bar
      .commanded=${first.commanded}
      .asked=${first.asked}
      .horizon=${Number(settings.envOptions["horizon"])}
      @command-change=${(event: CustomEvent<Command | null>) => {
        first.command(event.detail);
        this.requestUpdate();
      }}
    ></vitrine-command-bar>`;
  }

  private followingOf({ first }: LabSession) {
    if (!first.commanded) return nothing;
    void import("../elements/following-chart.js");
    return html`<vitrine-following-chart
      .following=${first.following}
      .outcomes=${first.outcomes}
      .asked=${(first.asked ?? first.commanded.command).desiredReturn}
      ?measuring=${first.measuring}
      @following-measure=${() => {
        first.measureFollowing();
        this.requestUpdate();
      }}
    ></vitrine-following-chart>`;
  }

  private async followInventory(): Promise<void> {
    const { InventoryLab } = await import("./inventory-lab.js");
    this.inventory ??= new InventoryLab(() => this.renderSoon());
    this.renderSoon();
  }

  private diagnosis(signs: readonly Sign[]): Diagnosis {
    const { session } = this.lab;
    return diagnose({
      signs,
      returns: session?.first.curve.column("returnMean").mean ?? [],
      randomReturn: session?.spec.randomReturn ?? 0,
      solvedReturn: session?.spec.solvedReturn ?? null,
      lastEvaluation: session?.evaluations.at(-1)?.returnMean ?? null,
      finished: session?.state === "finished",
    });
  }

  private histories(signs: readonly Sign[]): Record<string, History> {
    const curve = this.lab.session?.first.curve;
    return Object.fromEntries(signs.map(({ description: { key } }) => [key, curve?.column(key).mean ?? []]));
  }

  /** What the browser said about keeping runs, for the chip's reasons; empty when it keeps them. */
  private storageText(): string {
    const { lasting, unsaved } = this.lab;
    if (unsaved !== null) {
      return `${msg("The browser refused to store this run. Training goes on; nothing is kept after the page is closed.")} (${unsaved})`;
    }
    if (lasting !== false || !this.page) return "";
    return msg("This browser keeps no files for this page; runs last until it is closed.");
  }

  private readonly onStep: Stage["onStep"] = (step) => {
    this.rewardStrip?.add(step);
    this.inventory?.add(step);
  };

  private readonly onMoment: Stage["onMoment"] = (moment, time) => {
    this.policyView?.show(moment, time);
    this.commandBar?.show?.(moment, time);
    // Its element may still be on its way.
    this.readableView?.show?.(moment, time);
    this.handPad?.show?.(moment, time);
    this.inventory?.see(moment, time);
    this.rewardStrip?.refresh(time);
  };

  private clearStage(): void {
    this.stage?.clear();
    this.rewardStrip?.clear();
  }

  /** Lets a person play the run's world, from starts of their own. */
  private playByHand(): void {
    void import("../elements/hand-pad.js");
    const { settings } = this.lab;
    this.hand.start(settings.env, settings.seed, settings.envOptions).catch((error: unknown) => {
      this.lab.setActor("network");
      this.lab.notify({ tone: "bad", text: () => msg("This world cannot be played here."), detail: messageOf(error) });
    });
  }

  /** `toStage` puts the focus there, so that arrow keys play instead of moving on in a group of buttons. */
  private chooseActor(actor: StageActor, toStage: boolean): void {
    const { session } = this.lab;
    const treeless = session && this.readable.whyNoTree(session.first, session.spec);
    if (treeless && (actor === "tree" || actor === "both")) {
      this.lab.notify({ tone: "watch", text: () => treeless });
      return;
    }
    this.readable.act(actor);
    this.lab.setActor(actor);
    if (actor === "you" && toStage) this.stage?.focus({ preventScroll: true });
  }

  private curves(session: LabSession): readonly CurveChoice[] {
    return this.inventory?.curves(session) ?? curveChoices(session.definition);
  }

  /** The one that was chosen, else the first. */
  private curveOf(choices: readonly CurveChoice[]): CurveChoice {
    return choices.find(({ key }) => key === this.curveKey) ?? choices[0];
  }

  private selectCurve(key: string): void {
    this.curveKey = key;
  }

  private setSpeed(speed: number): void {
    this.lab.setSpeed(speed);
    this.speed = this.lab.speed;
  }

  /** Dialogs are fetched when first opened. */
  private async showTable(event: CustomEvent<TableTwin>): Promise<void> {
    await import("../elements/table-dialog.js");
    void this.tableDialog?.show(event.detail);
  }

  private readonly showKeys = async (): Promise<void> => {
    await import("../elements/keys-dialog.js");
    await this.keysDialog?.updateComplete;
    this.keysDialog?.show();
  };

  private async share(): Promise<void> {
    const address = new URL(this.page ? location.href : document.baseURI);
    address.hash = this.lab.link;
    try {
      await navigator.clipboard.writeText(address.href);
      this.lab.notify({
        tone: "good",
        text: () => msg("The link is copied. It holds the whole configuration and the seed."),
      });
    } catch {
      // Without the clipboard (an insecure address, no permission) the link is shown to be copied by hand.
      this.lab.notify({
        tone: "watch",
        text: () => msg("The link could not be copied; here it is."),
        detail: address.href,
      });
    }
  }

  private onTheme(event: CustomEvent<Theme>): void {
    this.theme = event.detail;
    if (this.page) writePreference("theme", event.detail);
  }

  private async onLocale(event: CustomEvent<string>): Promise<void> {
    this.locale = event.detail;
    if (this.page) writePreference("locale", event.detail);
    await useLocale(event.detail);
    this.publishLocale();
  }

  private publishLocale(): void {
    this.lang = currentLocale();
    if (this.page) document.documentElement.lang = currentLocale();
  }

  private publishSettings(): void {
    const { settings, link, pending } = this.lab;
    this.env = settings.env;
    this.agent = settings.agent;
    this.seed = String(settings.seed);
    const state = history.state as PageState | null;
    if (this.page && (location.hash.slice(1) !== link || (state?.pending ?? null) !== pending)) {
      history.replaceState({ ...state, pending } satisfies PageState, "", `#${link}`);
    }
    this.tell("run-change", link);
  }

  private readonly onHide = (): void => {
    if (document.visibilityState === "hidden") this.lab.saveNow();
  };

  private readonly onHash = (): void => {
    if (this.page) this.lab.follow(location.hash.slice(1));
  };

  private shiftSpeed(by: number): void {
    this.lab.shiftSpeed(by);
    this.speed = this.lab.speed;
  }

  private renderSoon(): void {
    this.renderTimer ??= setTimeout(() => {
      this.renderTimer = null;
      this.requestUpdate();
    }, RENDER_MS);
  }
}

function readSwitch(value: string | null): boolean {
  return value !== null && value !== "0" && value !== "false";
}
