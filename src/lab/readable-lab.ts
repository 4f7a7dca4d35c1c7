import { msg } from "@lit/localize";
import type { SerialisedPolicy } from "../agents/policies/policy.js";
import type { TreeEdit } from "../compute/trees/edit-tree.js";
import { messageOf } from "../core/errors.js";
import type { ReadableWish, TreeFormat } from "../elements/readable.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import type { Explanation, ExplanationMethod, TreeExplanation } from "../interpret/explanation.js";
import type { NamedInput } from "../interpret/tree-path.js";
import type { StageActor } from "../training/messages.js";
import { download } from "./download.js";
import type { SeedRun } from "./seed-run.js";

/**
 * What the person wants to read, kept over runs: tells each new run of it, and lets trees be edited and scored.
 */
export class ReadableLab {
  private wish: ReadableWish | null = null;
  private run: SeedRun | null = null;
  private shown: Explanation | null = null;
  /** The tree in front, or that was last. */
  private treeMethod: "viper" | "dagger" | "bc" = "viper";
  /** A tree acts on the stage, alone or beside the network. */
  private acting = false;
  /** The tree that the stage was given. */
  private given: Explanation | null = null;
  /** What trees were before the changes that a person made to them, the oldest first. */
  private history: readonly TreeExplanation[] = [];
  /** The explanation in front was changed by hand. */
  private held = false;
  /** Why the last file could not be written or read, in a sentence, or an empty string. */
  fileError = "";

  /** Loads the elements; nothing of them is needed for the first frame. */
  load(): Promise<unknown> {
    return import("../elements/readable.js");
  }

  /** The tab, method or pair of features has changed. */
  want(wish: ReadableWish): void {
    const before = this.wish;
    this.wish = wish;
    const { method } = wish;
    if (method === "viper" || method === "dagger" || method === "bc") this.treeMethod = method;
    if (method !== before?.method) this.explainLive();
    this.watch();
  }

  /** Follows the run on the stage, and the readable policy that maps are compared with. */
  follow(run: SeedRun): void {
    if (run !== this.run) {
      this.run = run;
      this.given = null;
      this.history = [];
      this.fileError = "";
      this.explainLive();
      this.watch();
      return;
    }
    this.giveTree();
    // Changed by hand, restored so, or made anew.
    if (this.isHeld() !== this.held) this.explainLive();
    if (this.wish?.map && this.readable() !== this.shown) this.watch();
  }

  /** Says who acts on the stage; to be called before the stage is told, so that its first episode has the tree. */
  act(actor: StageActor): void {
    const acting = actor === "tree" || actor === "both";
    if (acting === this.acting) return;
    this.acting = acting;
    this.giveTree();
    // Trees grow on while one acts, also behind another tab.
    if (this.wish?.method === null) this.explainLive();
  }

  /** Why no tree can act, in a sentence; an empty string when one can. */
  whyNoTree(run: SeedRun, spec: EnvironmentSpec): string {
    if (this.treeOf(run)) return "";
    if (spec.action.kind !== "discrete") return msg("Trees are of named actions; those of this world are continuous.");
    const refused = run.explanationErrors[this.treeMethod];
    if (refused) return refused;
    return (run.progress?.step ?? 0) === 0
      ? msg("A tree appears once the network has begun to learn.")
      : msg("The first one is being made beside the training.");
  }

  /** Makes one in full, now; it takes the place of what was changed by hand. */
  make(method: ExplanationMethod): void {
    this.history = this.history.filter((before) => before.method !== method);
    this.run?.explain({ method, options: {}, live: false });
  }

  /** Takes the last change of a tree back. */
  undo(method: ExplanationMethod): void {
    const at = this.history.findLastIndex((before) => before.method === method);
    if (at < 0 || !this.run) return;
    const before = this.history[at];
    this.history = this.history.toSpliced(at, 1);
    this.run.showExplanation(before);
    // It may have been changed again before it was scored.
    if (before.edited && before.policy) this.run.scoreTree(before, before.policy);
  }

  /** Whether a change of the tree in front can be taken back. */
  get canUndo(): boolean {
    return this.history.some(({ method }) => method === this.wish?.method);
  }

  /** Changes a tree and has it scored at once. */
  async edit(edit: TreeEdit): Promise<void> {
    const { run, front: before } = this;
    if (!run || !before?.policy) return;
    // Trees are checked and changed by the code that grows them; it comes with the first edit.
    const { editedTree } = await import("./tree-files.js");
    const edited = editedTree(before.policy, edit);
    if (edited) this.change(run, before, edited);
  }

  /** Saves the tree in front as a file, or sets {@link fileError}. */
  save(format: TreeFormat, inputs: readonly NamedInput[]): Promise<void> {
    return this.withFile(async ({ treeFile }) => {
      const tree = this.front;
      if (!tree?.policy) return;
      const text = treeFile(tree.policy, inputs, format);
      download(new Blob([text], { type: "text/plain" }), `${tree.env}-${tree.method}.${format}`);
    });
  }

  /** Takes the tree of a file in place of the one in front, or sets {@link fileError}. */
  open(file: Blob): Promise<void> {
    return this.withFile(async ({ loadedTree }) => {
      const { run, front: before } = this;
      if (run && before?.policy) this.change(run, before, loadedTree(await file.text(), before.policy));
    });
  }

  /** Trees are checked, written and read by code that comes when it is needed. */
  private async withFile(work: (files: typeof import("./tree-files.js")) => Promise<void>): Promise<void> {
    this.fileError = "";
    try {
      await work(await import("./tree-files.js"));
    } catch (error) {
      this.fileError = messageOf(error);
    }
  }

  private change(run: SeedRun, before: TreeExplanation, policy: SerialisedPolicy): void {
    this.history = [...this.history, before];
    run.scoreTree(before, policy);
  }

  /** The tree of the tab in front. */
  private get front(): TreeExplanation | null {
    const explanation = this.run?.explanations[this.wish?.method ?? "viper"];
    return explanation?.kind === "tree" ? explanation : null;
  }

  /** The method that lives: that of the tab in front, or of the tree that acts. */
  private get living(): ExplanationMethod | null {
    return this.wish?.method ?? (this.acting ? this.treeMethod : null);
  }

  /** What a person changed stays until it is taken back or made anew. */
  private isHeld(): boolean {
    const method = this.living;
    return method !== null && this.run?.explanations[method]?.edited === true;
  }

  private explainLive(): void {
    this.held = this.isHeld();
    const method = this.held ? null : this.living;
    if (method) this.run?.explain({ method, options: {}, live: true });
    else if (this.wish) this.run?.explain(null);
  }

  /** Hands the newest tree to the stage. */
  private giveTree(): void {
    const tree = this.acting && this.run ? this.treeOf(this.run) : null;
    if (tree === this.given) return;
    this.given = tree;
    this.run?.setTree(tree?.policy ?? null);
  }

  private treeOf({ explanations }: SeedRun): Explanation | null {
    const tree = explanations[this.treeMethod] ?? explanations.viper;
    return tree?.kind === "tree" && tree.policy ? tree : null;
  }

  private watch(): void {
    const { wish, run } = this;
    if (!wish || !run) return;
    const attribution = wish.tab === "shapley";
    this.shown = this.readable();
    const { map, feature } = wish;
    run.watch({ attribution, map, feature, readable: map ? (this.shown?.policy ?? null) : null });
  }

  /** The newest tree, which maps show beside the network. */
  private readable(): Explanation | null {
    return this.run?.explanations.viper ?? null;
  }
}
