import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ActionSpace, Feature } from "../core/spaces.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { numberText } from "./explanation-words.js";
import { formatPercent } from "./format.js";
import { translated } from "./localise.js";

/** A tree as lists of numbers, the way an explanation stores it. */
export interface OutlinedTree {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** [numNodes, numOutputs] */
  readonly value: readonly number[];
  readonly samples: readonly number[];
  readonly numOutputs: number;
}

/** A change that a person makes to a tree. */
export type OutlineEdit =
  | { readonly kind: "threshold"; readonly node: number; readonly threshold: number }
  | { readonly kind: "class"; readonly node: number; readonly class: number }
  | { readonly kind: "prune"; readonly node: number };

const SHOW_MS = 120;

/**
 * A decision tree as an outline: each test with its two branches below it, the live path lit. With `editable` a test or
 * a leaf can be chosen and changed.
 *
 * @fires tree-edit - `detail` is the {@link OutlineEdit}.
 */
@customElement("vitrine-tree-outline")
export class TreeOutline extends VitrineElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        font-size: var(--t-small);
      }
      ol {
        padding-left: var(--x4);
        border-left: 1px solid var(--rule-2);
      }
      :host > ol {
        padding-left: 0;
        border: 0;
      }
      .node {
        display: inline-flex;
        align-items: baseline;
        gap: 5px;
        max-width: 100%;
        min-height: 22px;
        padding: 1px 6px;
        margin-left: -4px;
        border: 0;
        border-radius: var(--r-chip);
        background: none;
        text-align: left;
        transition: background var(--m-lamp);
      }
      button.node {
        cursor: pointer;
      }
      button.node:hover {
        background: var(--hover);
      }
      .branch {
        color: var(--ink-3);
        min-width: 2.2em;
      }
      .lit > .node {
        background: var(--lamp-wash);
        box-shadow: inset 2px 0 0 var(--lamp-edge);
      }
      .leaf.lit > .node {
        background: var(--lamp);
        color: var(--lamp-ink);
        box-shadow: none;
      }
      .leaf.lit .dim,
      .leaf.lit .branch {
        color: inherit;
      }
      b {
        font-weight: var(--w-strong);
      }
      .edit {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
        padding: 4px 0 6px;
      }
      .edit input,
      .edit select {
        width: 110px;
      }
      .refused {
        flex-basis: 100%;
        color: var(--bad);
      }
    `,
  ];

  @property({ attribute: false }) tree: OutlinedTree | null = null;
  @property({ attribute: false }) observation: readonly Feature[] = [];
  @property({ attribute: false }) action: ActionSpace = { kind: "discrete", names: [] };
  @property({ type: Boolean }) editable = false;
  @state() private chosen = -1;
  @state() private refusal = "";
  private due = 0;

  /** Lights the path of an observation; called with every frame. */
  show(observation: ArrayLike<number>, now: number): void {
    const { tree } = this;
    if (!tree || now < this.due) return;
    this.due = now + SHOW_MS;
    const path = new Set([0]);
    for (let node = 0; tree.feature[node] >= 0; ) {
      node = observation[tree.feature[node]] <= tree.threshold[node] ? tree.left[node] : tree.right[node];
      path.add(node);
    }
    for (const item of this.renderRoot.querySelectorAll<HTMLElement>("li[data-node]")) {
      item.classList.toggle("lit", path.has(Number(item.dataset["node"])));
    }
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("tree")) {
      this.refusal = "";
      if (this.tree && this.chosen >= this.tree.feature.length) this.chosen = -1;
    }
  }

  override render() {
    return this.tree ? html`<ol>${this.item(this.tree, 0, "")}</ol>` : nothing;
  }

  private item(tree: OutlinedTree, node: number, branch: string): TemplateResult {
    const isLeaf = tree.feature[node] < 0;
    const label = html`${branch === "" ? nothing : html`<span class="branch">${branch}</span>`}${
      isLeaf ? this.leafLabel(tree, node) : this.testLabel(tree, node)
    }`;
    return html`<li class=${isLeaf ? "leaf" : "test"} data-node=${node}>
      ${
        this.editable
          ? html`<button class="node" aria-expanded=${this.chosen === node} @click=${() => this.choose(node)}>${label}</button>`
          : html`<span class="node">${label}</span>`
      }
      ${this.editable && this.chosen === node ? this.editor(tree, node) : nothing}
      ${
        isLeaf
          ? nothing
          : html`<ol>
              ${this.item(tree, tree.left[node], msg("yes"))} ${this.item(tree, tree.right[node], msg("no"))}
            </ol>`
      }
    </li>`;
  }

  private testLabel(tree: OutlinedTree, node: number) {
    const { name, unit } = this.observation[tree.feature[node]] ?? { name: "?", unit: "" };
    return html`<span>${translated(name)} <b>≤ ${numberText(tree.threshold[node])}</b> ${unit}</span>`;
  }

  private leafLabel(tree: OutlinedTree, node: number) {
    const name = this.actionNames[classOf(tree, node)] ?? "?";
    const share = tree.samples[0] > 0 ? tree.samples[node] / tree.samples[0] : 0;
    return html`<b>${translated(name)}</b> <span class="dim">${formatPercent(share)}</span>`;
  }

  private editor(tree: OutlinedTree, node: number) {
    if (tree.feature[node] < 0) {
      return html`<div class="edit">
        <label class="sr" for="leaf">${msg("Action of this leaf")}</label>
        <select id="leaf" @change=${(event: Event) => this.edit({ kind: "class", node, class: Number((event.target as HTMLSelectElement).value) })}>
          ${this.actionNames.map((name, i) => html`<option value=${i} ?selected=${i === classOf(tree, node)}>${translated(name)}</option>`)}
        </select>
      </div>`;
    }
    return html`<div class="edit">
      <label class="sr" for="threshold">${msg("Threshold of this test")}</label>
      <input id="threshold" type="text" inputmode="decimal" .value=${String(Number(tree.threshold[node].toPrecision(6)))} @change=${(event: Event) => this.editThreshold(node, (event.target as HTMLInputElement).value)} />
      <button class="btn" @click=${() => this.edit({ kind: "prune", node })}>${msg("Cut off here")}</button>
      ${this.refusal === "" ? nothing : html`<span class="refused" role="alert">${this.refusal}</span>`}
    </div>`;
  }

  private get actionNames(): readonly string[] {
    return this.action.kind === "discrete" ? this.action.names : this.action.features.map(({ name }) => name);
  }

  private choose(node: number): void {
    this.chosen = this.chosen === node ? -1 : node;
    this.refusal = "";
  }

  private editThreshold(node: number, text: string): void {
    const threshold = Number(text.trim().replace(",", ".").replace("−", "-"));
    if (text.trim() === "" || !Number.isFinite(threshold)) {
      this.refusal = msg(str`threshold: expected a number, got ${text}`);
      return;
    }
    this.edit({ kind: "threshold", node, threshold });
  }

  private edit(edit: OutlineEdit): void {
    this.refusal = "";
    this.tell("tree-edit", edit);
  }
}

function classOf(tree: OutlinedTree, node: number): number {
  let best = 0;
  const from = node * tree.numOutputs;
  for (let i = 1; i < tree.numOutputs; i++) if (tree.value[from + i] > tree.value[from + best]) best = i;
  return best;
}
