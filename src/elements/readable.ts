import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Tree } from "../compute/trees/tree.js";
import type { ActionSpace, Feature } from "../core/spaces.js";
import type { Attribution } from "../interpret/attribution.js";
import type { DecisionMap } from "../interpret/decision-map.js";
import type { Explanation, ExplanationMethod } from "../interpret/explanation.js";
import { controls } from "./controls.js";
import "./decision-map.js";
import { VitrineElement } from "./element.js";
import { madeAtText, numberText, returnText, sizeText, warningText } from "./explanation-words.js";
import { formatCompact, formatFixed, formatInteger, formatPercent, formatSignificant } from "./format.js";
import { tableIcon } from "./icons.js";
import "./feature-view.js";
import type { FeatureLook } from "./feature-view.js";
import "./rule-card.js";
import type { CardRow, RuleCard } from "./rule-card.js";
import "./shapley-bars.js";
import type { StageMoment } from "./stage-player.js";
import type { TableTwin } from "./table-dialog.js";
import { tabList, tabStyles } from "./tabs.js";
import "./tree-view.js";
import type { TreeView } from "./tree-view.js";

/** What can be read, by tab. */
export type ReadableTab = "network" | "tree" | "rule" | "shapley" | "map" | "features";

/** What the page should look at for the tab in front. */
export interface ReadableWish {
  readonly tab: ReadableTab;
  /** The method whose explanation is shown, or null. */
  readonly method: ExplanationMethod | null;
  readonly map: { readonly x: number; readonly y: number; readonly average: boolean } | null;
  /** Index of the feature whose partial dependence is shown, or null. */
  readonly feature: number | null;
}

/** What a tree is saved as: its file's ending. */
export type TreeFormat = "json" | "py" | "ts";

/** Something is being made. */
export interface Making {
  readonly method: ExplanationMethod;
  readonly step: number;
  readonly live: boolean;
}

const TABS: readonly ReadableTab[] = ["network", "tree", "rule", "shapley", "map", "features"];

/**
 * The policy made readable: a tree, a linear rule, Shapley values of the step on the stage, a map over two features, or
 * how it depends on each.
 * Agreement, return and size always stand together. What the network itself does goes into the slot `network`.
 *
 * @slot network - shown by the tab Network.
 * @fires readable-wish - `detail` is the {@link ReadableWish}: another tab, method or pair of features.
 * @fires explain-now - `detail` is the `ExplanationMethod` to be made anew, in full.
 * @fires tree-edit - `detail` is the `TreeEdit` that a person wishes.
 * @fires tree-save - `detail` is the {@link TreeFormat} that the tree in front is to be saved as.
 * @fires tree-load - `detail` is the `File` whose tree is to take its place.
 * @fires tree-undo - `detail` is the `ExplanationMethod` of the tree whose last change is to be taken back.
 * @fires table-show - `detail` is a `TableTwin`.
 */
@customElement("vitrine-readable")
export class Readable extends VitrineElement {
  static override styles = [
    controls,
    tabStyles,
    css`
      :host {
        display: block;
      }
      .head {
        flex-wrap: wrap;
      }
      .tabs button {
        padding: 0 4px;
        font-size: var(--t-small);
      }
      .panel {
        padding: 4px 0 var(--x3);
      }
      .scores {
        display: flex;
        flex-wrap: wrap;
        gap: 4px var(--x3);
        padding: 2px 0 6px;
        margin: 0;
      }
      .scores > div + div {
        padding-left: var(--x3);
        border-left: 1px solid var(--rule-2);
      }
      dt {
        font-size: var(--t-small);
        color: var(--ink-3);
      }
      dd {
        font-size: var(--t-value);
        font-weight: var(--w-medium);
        white-space: nowrap;
      }
      dd small {
        font-size: var(--t-small);
        font-weight: 400;
        color: var(--ink-3);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px var(--x2);
        padding-bottom: 6px;
        font-size: var(--t-small);
        color: var(--ink-2);
      }
      .row select {
        width: auto;
      }
      .foot {
        padding: 6px 0 0;
      }
      .warning {
        padding: 2px 0;
        font-size: var(--t-small);
        color: var(--watch);
      }
      .empty {
        padding: var(--x2) 0;
        color: var(--ink-2);
      }
    `,
  ];

  /** What the policy reads: where it follows a command, that is the last two features. */
  @property({ attribute: false }) observation: readonly Feature[] = [];
  @property({ attribute: false }) action: ActionSpace = { kind: "discrete", names: [] };
  /** Environment steps trained so far. */
  @property({ type: Number }) step = 0;
  @property({ attribute: false }) explanations: Readonly<Partial<Record<ExplanationMethod, Explanation>>> = {};
  @property({ attribute: false }) errors: Readonly<Partial<Record<ExplanationMethod, string>>> = {};
  @property({ attribute: false }) making: Making | null = null;
  /** The method whose tree is scored after a change, or null. */
  @property() scoring: ExplanationMethod | null = null;
  /** Why the last file could not be written or read, or an empty string. */
  @property() fileError = "";
  /** The last change of the tree in front can be taken back. */
  @property({ type: Boolean }) undoable = false;
  @property({ attribute: false }) attribution: Attribution | null = null;
  @property({ attribute: false }) attributed: ArrayLike<number> = [];
  @property({ attribute: false }) map: DecisionMap | null = null;
  @property({ attribute: false }) readableMap: DecisionMap | null = null;
  /** Partial dependence on the feature that is wished for, and what a forest says. */
  @property({ attribute: false }) look: FeatureLook | null = null;
  /** Why attributions and maps cannot be shown, or an empty string. */
  @property() viewError = "";
  @state() private tab: ReadableTab = "tree";
  @state() private treeMethod: "viper" | "dagger" | "bc" = "viper";
  @state() private axes = { x: 0, y: 1 };
  @state() private average = false;
  @state() private feature = 0;
  @query("vitrine-tree") private treeView?: TreeView;
  @query("vitrine-rule-card") private card?: RuleCard;
  @query("input[type=file]") private treeFile?: HTMLInputElement;

  /** Lights what decides in one moment; called with every frame. */
  show(moment: StageMoment, now: number): void {
    // While two act, the tree shows its own way.
    this.treeView?.show((moment.beside ?? moment).read, now);
    this.card?.show(moment.read, now);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("observation")) return;
    // Another world: the two last features are those that usually decide (angle and spin, position and speed).
    const { length } = this.observation;
    this.axes = length < 2 ? { x: 0, y: 0 } : { x: Math.min(length, 4) - 2, y: Math.min(length, 4) - 1 };
    this.feature = this.axes.x;
    if (!this.offers(this.tab)) this.tab = "network";
    queueMicrotask(() => this.tellWish());
  }

  override render() {
    return html`
      <div class="head">
        <h2>${msg("Readable policy")}</h2>
        ${tabList(this, {
          label: msg("Readable policy"),
          tabs: TABS.filter((tab) => this.offers(tab)),
          tab: this.tab,
          title: tabTitle,
          select: (tab) => this.select(tab),
        })}
      </div>
      <div class="panel" id="panel" role="tabpanel" aria-labelledby=${this.tab}>${this.panel()}</div>
    `;
  }

  /** Trees, rules, values and maps are of named discrete actions; a map needs two features. */
  private offers(tab: ReadableTab): boolean {
    if (tab === "network") return true;
    if (this.action.kind !== "discrete") return false;
    return tab !== "map" || this.observation.length >= 2;
  }

  private panel() {
    switch (this.tab) {
      case "network":
        return html`<slot name="network"></slot>`;
      case "tree":
        return this.treePanel();
      case "rule":
        return this.rulePanel();
      case "shapley":
        return this.shapleyPanel();
      case "map":
        return this.mapPanel();
      case "features":
        return this.featurePanel();
      default:
        return this.tab satisfies never;
    }
  }

  private treePanel() {
    const explanation = this.explanations[this.treeMethod];
    return html`
      ${this.scores(explanation)}
      ${explanation ? this.warnings(explanation) : this.emptyText(this.treeMethod)}
      ${
        explanation?.kind === "tree"
          ? html`<vitrine-tree
              editable
              .tree=${explanation.policy as unknown as Tree}
              .inputs=${this.observation}
              .outputs=${this.actionNames}
            ></vitrine-tree>`
          : nothing
      }
      <div class="row foot">
        <label class="sr" for="method">${msg("Method")}</label>
        <select id="method" @change=${(event: Event) => this.selectMethod((event.target as HTMLSelectElement).value)}>
          ${(["viper", "dagger", "bc"] as const).map((method) => html`<option value=${method} ?selected=${method === this.treeMethod}>${methodTitle(method)}</option>`)}
        </select>
        ${this.makeButton(this.treeMethod)} ${this.madeAt(explanation)}
      </div>
      ${explanation?.kind === "tree" ? this.filesRow() : nothing}
    `;
  }

  private filesRow() {
    return html`<div class="row">
      <label class="sr" for="save">${msg("Save the tree as a file")}</label>
      <select id="save" @change=${({ target }: Event) => this.save(target as HTMLSelectElement)}>
        <option value="">${msg("Save as …")}</option>
        <option value="py">Python</option>
        <option value="ts">TypeScript</option>
        <option value="json">JSON</option>
      </select>
      <button class="btn quiet" title=${msg("A tree that was saved as JSON")} @click=${() => this.treeFile?.click()}>
        ${msg("Load a tree …")}
      </button>
      <input type="file" accept=".json,application/json" hidden aria-hidden="true" tabindex="-1" @change=${this.load} />
      ${this.fileError === "" ? nothing : html`<span class="warning" role="alert">▲ ${this.fileError}</span>`}
    </div>`;
  }

  private save(select: HTMLSelectElement): void {
    const format = select.value;
    select.value = "";
    if (format !== "") this.tell("tree-save", format as TreeFormat);
  }

  private readonly load = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file) this.tell("tree-load", file);
    // The same file may be chosen again.
    input.value = "";
  };

  private rulePanel() {
    const explanation = this.explanations.shapley;
    const rule = explanation?.kind === "rule" ? explanation : null;
    return html`
      ${this.scores(explanation)}
      ${explanation ? this.warnings(explanation) : this.emptyText("shapley")}
      ${
        rule
          ? html`<vitrine-rule-card
                .rows=${((rule.policy as unknown as { rows?: readonly CardRow[] } | null)?.rows ?? []) as readonly CardRow[]}
                .observation=${this.observation}
                .action=${this.action}
              ></vitrine-rule-card>
              <div class="row">
                <span>
                  ${msg(str`R² ${formatFixed(rule.r2, 2)} over ${formatInteger(rule.boundaryPoints)} boundary points, ${lineTitle(rule.regression)}; clusters ${formatPercent(rule.purity)} pure`)}
                </span>
                <button class="icon-btn push" aria-label=${msg(str`Show as a table: ${msg("Lines that were tried")}`)} @click=${() => this.showCandidates(rule)}>${tableIcon}</button>
              </div>`
          : nothing
      }
      <div class="row foot">${this.makeButton("shapley")} ${this.madeAt(explanation)}</div>
    `;
  }

  private shapleyPanel() {
    if (this.viewError !== "") return html`<p class="warning">${this.viewError}</p>`;
    if (!this.attribution) {
      return html`<p class="empty">${msg("Shapley values appear once the stage has shown a few dozen states.")}</p>`;
    }
    return html`<vitrine-shapley-bars
      .observation=${this.observation}
      .action=${this.action}
      .attribution=${this.attribution}
      .state=${this.attributed}
    ></vitrine-shapley-bars>`;
  }

  private mapPanel() {
    if (this.viewError !== "") return html`<p class="warning">${this.viewError}</p>`;
    return html`<vitrine-decision-map
      .observation=${this.observation}
      .action=${this.action}
      .map=${this.map}
      .readable=${this.readableMap}
      .x=${this.axes.x}
      .y=${this.axes.y}
      ?average=${this.average}
      @axes-change=${({ detail: { average, ...axes } }: CustomEvent<{ x: number; y: number; average: boolean }>) => {
        this.axes = axes;
        this.average = average;
        this.tellWish();
      }}
    ></vitrine-decision-map>`;
  }

  private featurePanel() {
    if (this.viewError !== "") return html`<p class="warning">${this.viewError}</p>`;
    const { importance } = this.explanations;
    return html`<vitrine-feature-view
      .observation=${this.observation}
      .action=${this.action}
      .look=${this.look}
      .importance=${importance?.kind === "importance" ? importance : null}
      .feature=${this.feature}
      @feature-change=${(event: CustomEvent<number>) => {
        this.feature = event.detail;
        this.tellWish();
      }}
    ></vitrine-feature-view>`;
  }

  /** Agreement, return and size, never one without the others. */
  private scores(explanation: Explanation | undefined) {
    if (!explanation) return nothing;
    const { fidelity, fidelityOnOwnStates, teacher, episodes } = explanation;
    const known = explanation.method !== this.scoring;
    return html`<dl class="scores">
      <div title=${msg(str`on its own states ${formatPercent(fidelityOnOwnStates)}`)}>
        <dt>${msg("Agreement")}</dt>
        <dd>${known ? html`${formatFixed(fidelity * 100, 1)} %` : "…"}</dd>
      </div>
      <div title=${msg(str`mean over ${formatInteger(episodes)} fixed starts, 95 % interval`)}>
        <dt>${msg(str`Return, network ${returnText(teacher)}`)}</dt>
        <dd>${known ? returnText(explanation) : "…"}</dd>
      </div>
      <div>
        <dt>${msg("Size")}</dt>
        <dd>${sizeParts(explanation)}</dd>
      </div>
    </dl>`;
  }

  private warnings({ warnings, edited, method }: Explanation) {
    return html`${edited ? this.editedRow(method) : nothing}${warnings.map(
      (warning) => html`<p class="warning">▲ ${warningText(warning)}</p>`,
    )}`;
  }

  private editedRow(method: ExplanationMethod) {
    return html`<p class="row">
      ${msg("Changed by hand; it stays until you make one anew.")}
      ${
        this.undoable
          ? html`<button class="btn quiet" @click=${() => this.tell("tree-undo", method)}>${msg("Undo")}</button>`
          : nothing
      }
    </p>`;
  }

  private madeAt(explanation: Explanation | undefined) {
    const making = this.making && methodsOf(this.tab).includes(this.making.method) ? this.making : null;
    return html`<span class="dim" role="status">
      ${explanation ? (explanation.method === this.scoring ? msg("scoring …") : madeAtText(explanation)) : nothing}
      ${making && !making.live && !this.scoring ? msg(str`making one from step ${formatCompact(making.step)} …`) : nothing}
    </span>`;
  }

  private makeButton(method: ExplanationMethod) {
    const busy = this.making !== null && !this.making.live && this.making.method === method;
    return html`<button class="btn" ?disabled=${busy || this.step === 0} title=${msg("In full, scored over 100 fixed starts, and kept with the run")} @click=${() => this.tell("explain-now", method)}>
      ${msg("Make one now")}
    </button>`;
  }

  private emptyText(method: ExplanationMethod) {
    const error = this.errors[method];
    if (error) return html`<p class="warning">▲ ${error}</p>`;
    if (this.step === 0) {
      return html`<p class="empty">
        ${method === "shapley" ? msg("A rule appears once the network has begun to learn.") : msg("A tree appears once the network has begun to learn.")}
      </p>`;
    }
    return html`<p class="empty">${msg("The first one is being made beside the training.")}</p>`;
  }

  private get actionNames(): readonly string[] {
    return this.action.kind === "discrete" ? this.action.names : this.action.features.map(({ name }) => name);
  }

  private showCandidates({ candidates }: Explanation): void {
    const twin: TableTwin = {
      caption: msg("Lines that were tried"),
      columns: [msg("Line"), msg("Return"), msg("Agreement"), "R²", msg("Numbers"), msg("chosen")],
      rows: candidates.map(({ label, selectionReturn, agreement, r2, size, chosen }) => [
        label,
        formatSignificant(selectionReturn),
        formatPercent(agreement),
        r2 === null ? "–" : numberText(r2),
        formatInteger(size),
        chosen ? msg("yes") : "",
      ]),
    };
    this.tell("table-show", twin);
  }

  private select(tab: ReadableTab): void {
    this.tab = tab;
    this.tellWish();
    // Six tabs are wider than a narrow column.
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector(`#${tab}`)?.scrollIntoView({ block: "nearest", inline: "nearest" }),
    );
  }

  private selectMethod(method: string): void {
    if (method === "viper" || method === "dagger" || method === "bc") this.treeMethod = method;
    this.tellWish();
  }

  private tellWish(): void {
    const { tab } = this;
    const methods: Record<ReadableTab, ExplanationMethod | null> = {
      network: null,
      tree: this.treeMethod,
      rule: "shapley",
      shapley: null,
      map: "viper",
      features: "importance",
    };
    const wish: ReadableWish = {
      tab,
      method: methods[tab],
      map: tab === "map" ? { ...this.axes, average: this.average } : null,
      feature: tab === "features" ? this.feature : null,
    };
    this.tell("readable-wish", wish);
  }
}

/** The size in large, what follows from it in small: `5 tests` 6 leaves. */
function sizeParts(explanation: Explanation) {
  const [first, ...rest] = sizeText(explanation).split(", ");
  return html`${first} ${rest.length > 0 ? html`<small>${rest.join(", ")}</small>` : nothing}`;
}

function methodsOf(tab: ReadableTab): readonly ExplanationMethod[] {
  return tab === "tree" ? ["viper", "dagger", "bc"] : tab === "rule" ? ["shapley"] : [];
}

function tabTitle(tab: ReadableTab): string {
  switch (tab) {
    case "network":
      return msg("Network");
    case "tree":
      return msg("Tree");
    case "rule":
      return msg("Rule");
    case "shapley":
      return msg("Shapley");
    case "map":
      return msg("Map");
    case "features":
      return msg("Features");
    default:
      return tab satisfies never;
  }
}

function methodTitle(method: "viper" | "dagger" | "bc"): string {
  return method === "viper" ? "VIPER" : method === "dagger" ? "DAgger" : msg("Behaviour cloning");
}

function lineTitle(regression: "last-feature" | "total" | "logistic"): string {
  switch (regression) {
    case "last-feature":
      return msg("least squares of the last feature");
    case "total":
      return msg("least squares in all directions (an extension)");
    case "logistic":
      return msg("logistic regression (an extension)");
    default:
      return regression satisfies never;
  }
}
