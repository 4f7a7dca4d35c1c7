import { msg, str } from "@lit/localize";
import { html, nothing, svg } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TreeEdit } from "../compute/trees/edit-tree.js";
import type { DecisionNodes, TreeTask } from "../compute/trees/tree.js";
import { decisionPath, type NamedInput, type PathStep } from "../interpret/tree-path.js";
import { controls } from "./controls.js";
import { VitrineElement } from "./element.js";
import { formatPercent, formatSignificant } from "./format.js";
import { tableIcon } from "./icons.js";
import { translated } from "./localise.js";
import type { TableTwin } from "./table-dialog.js";
import { layoutTree, type PlacedNode, type TreeLayout } from "./tree-layout.js";
import { treeStyles } from "./tree-styles.js";

/** How often the lit path changes at most: as often as an eye can follow. */
const SHOW_MS = 120;
/** Larger trees are not drawn: nobody reads them. Their path is. */
const MAX_NODES = 127;

/** What is drawn of a tree: a `Tree`, or the policy of a tree explanation as it was stored. */
export interface DrawnTree extends DecisionNodes {
  readonly task: TreeTask;
  readonly numOutputs: number;
  /** [numNodes, numOutputs] */
  readonly value: ArrayLike<number>;
  readonly samples: ArrayLike<number>;
}

/** A node that was chosen. */
export interface NodeSelection {
  readonly node: number;
  readonly isLeaf: boolean;
}

/**
 * A decision tree, drawn for its width, with the path of the current step lit; an outline where there is little room.
 *
 * Arrow keys move between nodes, Enter chooses one; a chosen node can be changed where `editable` is set. The change
 * itself is the page's: the element goes on showing what it was given.
 *
 * @fires node-select - `detail` is a `NodeSelection`.
 * @fires tree-edit - `detail` is a `TreeEdit`.
 * @fires table-show - `detail` is the `TableTwin` of the tree.
 */
@customElement("vitrine-tree")
export class TreeView extends VitrineElement {
  static override styles = [controls, treeStyles];

  @property({ attribute: false }) tree: DrawnTree | null = null;
  /** Names and units of the inputs, in their order. */
  @property({ attribute: false }) inputs: readonly NamedInput[] = [];
  /** Names of the actions, or of the entries of a continuous one. */
  @property({ attribute: false }) outputs: readonly string[] = [];
  /** What the policy sees now; null lights no path. Replace the array rather than changing it in place. */
  @property({ attribute: false }) observation: ArrayLike<number> | null = null;
  /** A chosen node can be changed. */
  @property({ type: Boolean }) editable = false;
  @state() private width = 0;
  @state() private selected = -1;
  /** The one node that Tab reaches. */
  @state() private focused = 0;
  private due = 0;
  private resizePending = 0;
  private readonly sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    cancelAnimationFrame(this.resizePending);
    // With the next frame: a new width means a new height, which the observer must not see within its own round.
    this.resizePending = requestAnimationFrame(() => {
      this.width = width;
    });
  });

  /** Lights the path of one moment; called with every frame. */
  show(observation: ArrayLike<number>, now: number): void {
    if (now < this.due) return;
    this.due = now + SHOW_MS;
    this.observation = Array.from(observation);
  }

  /** The tree as a table. */
  get table(): TableTwin {
    const { tree } = this;
    return {
      caption: msg("Decision tree"),
      columns: [msg("Node"), msg("Test"), msg("If it holds"), msg("Else"), msg("Answer"), msg("States")],
      rows: tree
        ? Array.from(tree.feature, (feature, node) => [
            String(node),
            feature < 0 ? "" : `${this.inputName(feature)} ${this.bound(node)}`,
            feature < 0 ? "" : String(tree.left[node]),
            feature < 0 ? "" : String(tree.right[node]),
            feature < 0 ? this.answer(node) : "",
            formatPercent(tree.samples[node] / tree.samples[0]),
          ])
        : [],
    };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    cancelAnimationFrame(this.resizePending);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("tree")) return;
    const size = this.tree?.feature.length ?? 0;
    if (this.selected >= size) this.selected = -1;
    if (this.focused >= size) this.focused = 0;
  }

  /** By script: the page's own policy forbids styles in markup. */
  override updated(): void {
    for (const placed of this.renderRoot.querySelectorAll<HTMLElement>("[data-place]")) {
      placed.style.cssText = placed.dataset["place"] ?? "";
    }
  }

  override render() {
    const { tree } = this;
    if (!tree) return html`<p class="empty">${msg("A tree appears here as soon as one was made.")}</p>`;
    const steps = this.observation ? decisionPath(tree, this.observation) : [];
    return html`
      <div class="bar">
        <p aria-hidden="true">${msg(str`${(tree.feature.length - 1) / 2} tests, ${(tree.feature.length + 1) / 2} leaves`)}</p>
        <p class="sr">${this.summary(steps)}</p>
        <button
          class="icon-btn push"
          title=${msg("Show as a table")}
          aria-label=${msg(str`Show as a table: ${msg("Decision tree")}`)}
          @click=${() => this.tell<TableTwin>("table-show", this.table)}
        >${tableIcon}</button>
      </div>
      ${tree.feature.length > MAX_NODES ? this.pathAlone(tree, steps) : this.drawing(tree, steps)}
      ${this.editable && this.selected >= 0 ? this.editor(tree, this.selected) : nothing}
    `;
  }

  private drawing(tree: DrawnTree, steps: readonly PathStep[]) {
    if (this.width === 0) return nothing;
    const layout = layoutTree(tree, this.width);
    const now = new Map(steps.map((step) => [step.node, step]));
    const lit = this.litNodes(tree, steps);
    return html`<div
      class="tree ${layout.kind}"
      role="tree"
      aria-label=${msg("Decision tree")}
      data-place="height:${layout.height}px"
      @keydown=${(event: KeyboardEvent) => this.moveFocus(event, layout)}
    >
      <svg width=${this.width} height=${layout.height} aria-hidden="true">${this.edges(tree, layout, lit)}</svg>
      ${layout.nodes.map((placed) => this.nodeButton(tree, placed, lit.has(placed.node), now.get(placed.node)))}
    </div>`;
  }

  /** Nodes of the current path, its leaf included. */
  private litNodes(tree: DrawnTree, steps: readonly PathStep[]): Set<number> {
    if (!this.observation) return new Set();
    const last = steps[steps.length - 1];
    const leaf = last ? (last.goesLeft ? tree.left[last.node] : tree.right[last.node]) : 0;
    return new Set([...steps.map(({ node }) => node), leaf]);
  }

  private edges(tree: DrawnTree, { kind, nodes }: TreeLayout, lit: ReadonlySet<number>) {
    const places = new Map(nodes.map((placed) => [placed.node, placed]));
    // Lit ones last, on top of the others.
    const below = nodes.filter(({ parent }) => parent >= 0);
    return [...below]
      .sort((a, b) => Number(lit.has(a.node)) - Number(lit.has(b.node)))
      .map((child) => {
        const parent = places.get(child.parent);
        if (!parent) return nothing;
        const share = tree.samples[child.node] / tree.samples[0];
        const path = kind === "drawn" ? curve(parent, child) : elbow(parent, child);
        if (!lit.has(child.node))
          return svg`<path class="edge" d=${path} stroke-width=${kind === "drawn" ? 1 + 8 * share : 1} />`;
        return svg`<path class="edge glow" d=${path} /><path class="edge lit" d=${path} />`;
      });
  }

  /** Named by what it shows; what the policy sees now stands in the summary, so that a name does not change. */
  private nodeButton(tree: DrawnTree, placed: PlacedNode, isLit: boolean, step: PathStep | undefined) {
    const { node, level, isLeaf, x, y, width } = placed;
    const side = placed.parent < 0 ? "" : tree.left[placed.parent] === node ? msg("yes") : msg("no");
    const share = formatPercent(tree.samples[node] / tree.samples[0]);
    const feature = tree.feature[node];
    const name = isLeaf ? this.answer(node) : this.inputName(feature);
    return html`<button
      class="node ${isLeaf ? "leaf" : "split"} ${isLit ? "lit" : ""}"
      role="treeitem"
      aria-level=${level + 1}
      aria-selected=${node === this.selected}
      data-node=${node}
      tabindex=${node === this.focused ? 0 : -1}
      data-place="left:${x}px;top:${y}px;width:${width}px"
      title=${isLeaf ? name : `${name} ${this.bound(node)}`}
      @focus=${() => {
        this.focused = node;
      }}
      @click=${() => this.select(node, isLeaf)}
    >
      ${side && html`<small class="side">${side}</small>`}
      <span class="name">${isLeaf ? this.shortAnswer(node) : name}</span>
      ${isLeaf ? html`<small class="share">${share}</small>` : html`<b class="bound">${this.limit(node)}<span class="unit">${this.unitOf(node)}</span></b>`}
      ${step ? html`<small class="now" aria-hidden="true">${msg(str`now ${formatSignificant(step.value)}`)}</small>` : nothing}
    </button>`;
  }

  /** What can be read of a tree that nobody can read. */
  private pathAlone(tree: DrawnTree, steps: readonly PathStep[]) {
    const last = steps[steps.length - 1];
    return html`
      <p class="empty">${msg(str`A tree of ${tree.feature.length} nodes is too large to read; this is the path it takes now.`)}</p>
      <ol class="path">
        ${steps.map(
          ({ feature, node, goesLeft, value }) => html`<li>
            ${this.inputName(feature)} <b>${this.bound(node, goesLeft)}</b>
            <small>${msg(str`now ${formatSignificant(value)}`)}</small>
          </li>`,
        )}
        ${last ? html`<li><mark>${this.answer(last.goesLeft ? tree.left[last.node] : tree.right[last.node])}</mark></li>` : nothing}
      </ol>
    `;
  }

  private editor(tree: DrawnTree, node: number) {
    const feature = tree.feature[node];
    if (feature < 0) {
      if (tree.task !== "classification") return nothing;
      return html`<div class="editor">
        <label>${msg("This leaf answers")}
          <select @change=${(event: Event) =>
            this.edit({ kind: "class", node, class: Number((event.target as HTMLSelectElement).value) })}>
            ${this.outputs.map((name, i) => html`<option value=${i} ?selected=${i === this.best(node)}>${translated(name)}</option>`)}
          </select>
        </label>
      </div>`;
    }
    return html`<form class="editor" @submit=${(event: SubmitEvent) => this.submitThreshold(event, node)}>
      <label>${this.inputName(feature)} ≤
        <input name="threshold" type="text" inputmode="decimal" size="8" .value=${String(tree.threshold[node])} />
        ${this.inputs[feature]?.unit ?? ""}
      </label>
      <button class="btn" type="submit">${msg("Set")}</button>
      <button class="btn quiet" type="button" @click=${() => this.edit({ kind: "prune", node })}>${msg("Make it a leaf")}</button>
    </form>`;
  }

  private submitThreshold(event: SubmitEvent, node: number): void {
    event.preventDefault();
    const input = (event.target as HTMLFormElement).elements.namedItem("threshold") as HTMLInputElement;
    const text = input.value.trim().replace(",", ".").replace("−", "-");
    const threshold = text === "" ? Number.NaN : Number(text);
    const isWrong = !Number.isFinite(threshold);
    input.setCustomValidity(isWrong ? msg(str`threshold: expected a number, got ${input.value || '""'}`) : "");
    input.setAttribute("aria-invalid", String(isWrong));
    if (isWrong) input.reportValidity();
    else this.edit({ kind: "threshold", node, threshold });
    // The next keystroke is a new try.
    input.addEventListener("input", () => input.setCustomValidity(""), { once: true });
  }

  private edit(edit: TreeEdit): void {
    this.tell<TreeEdit>("tree-edit", edit);
  }

  private select(node: number, isLeaf: boolean): void {
    this.selected = node;
    this.tell<NodeSelection>("node-select", { node, isLeaf });
  }

  private async moveFocus(event: KeyboardEvent, { nodes }: TreeLayout): Promise<void> {
    const { tree } = this;
    const at = nodes.findIndex(({ node }) => node === this.focused);
    if (!tree || at < 0) return;
    const here = nodes[at];
    const targets: Record<string, number | undefined> = {
      ArrowRight: here.isLeaf ? undefined : tree.left[here.node],
      ArrowLeft: here.parent < 0 ? undefined : here.parent,
      ArrowDown: nodes[at + 1]?.node,
      ArrowUp: nodes[at - 1]?.node,
      Home: 0,
      End: nodes[nodes.length - 1].node,
    };
    if (!(event.key in targets)) return;
    event.preventDefault();
    event.stopPropagation();
    const target = targets[event.key];
    if (target === undefined) return;
    this.focused = target;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[data-node="${target}"]`)?.focus();
  }

  private inputName(feature: number): string {
    const name = this.inputs[feature]?.name;
    return name === undefined ? msg(str`input ${feature}`) : translated(name);
  }

  private bound(node: number, holds = true): string {
    return this.limit(node, holds) + this.unitOf(node);
  }

  private limit(node: number, holds = true): string {
    return this.tree ? `${holds ? "≤" : ">"} ${formatSignificant(this.tree.threshold[node])}` : "";
  }

  /** The unit of a node's input behind a space, or nothing. */
  private unitOf(node: number): string {
    const unit = this.tree ? (this.inputs[this.tree.feature[node]]?.unit ?? "") : "";
    return unit === "" ? "" : ` ${unit}`;
  }

  private best(node: number): number {
    const { value, numOutputs } = this.tree ?? { value: [] as ArrayLike<number>, numOutputs: 0 };
    let best = 0;
    for (let i = 1; i < numOutputs; i++) if (value[node * numOutputs + i] > value[node * numOutputs + best]) best = i;
    return best;
  }

  private answer(node: number): string {
    const { tree } = this;
    if (!tree) return "";
    if (tree.task === "classification") return translated(this.outputs[this.best(node)] ?? String(this.best(node)));
    const from = node * tree.numOutputs;
    return Array.from({ length: tree.numOutputs }, (_, i) => formatSignificant(tree.value[from + i])).join("; ");
  }

  /** Without the words that all answers begin with: of `push left` and `push right` the second word tells. */
  private shortAnswer(node: number): string {
    const answer = this.answer(node);
    if (this.tree?.task !== "classification" || this.outputs.length < 2) return answer;
    const words = this.outputs.map((name) => translated(name).split(" "));
    const shortest = Math.min(...words.map(({ length }) => length));
    let common = 0;
    while (common < shortest - 1 && words.every((list) => list[common] === words[0][common])) common++;
    return answer.split(" ").slice(common).join(" ");
  }

  private summary(steps: readonly PathStep[]): string {
    const { tree } = this;
    if (!tree) return "";
    const numTests = (tree.feature.length - 1) / 2;
    const size = msg(str`Decision tree with ${numTests} tests and ${numTests + 1} leaves.`);
    if (!this.observation) return size;
    const path = steps.map(({ node, feature, goesLeft }) => `${this.inputName(feature)} ${this.bound(node, goesLeft)}`);
    const last = steps[steps.length - 1];
    const answer = this.answer(last ? (last.goesLeft ? tree.left[last.node] : tree.right[last.node]) : 0);
    return `${size} ${msg(str`Lit path: ${[...path, answer].join("; ")}.`)}`;
  }
}

/** From the right end of a split to the left end of its child. */
function curve(parent: PlacedNode, child: PlacedNode): string {
  const [x0, x1] = [parent.x + parent.width, child.x];
  const middle = (x0 + x1) / 2;
  return `M${x0} ${parent.y}C${middle} ${parent.y} ${middle} ${child.y} ${x1} ${child.y}`;
}

/** Down from a split, then right to its child. */
function elbow(parent: PlacedNode, child: PlacedNode): string {
  const x = parent.x + 5;
  return `M${x} ${parent.y + 16}V${child.y}H${child.x}`;
}
