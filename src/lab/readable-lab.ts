import { msg } from "@lit/localize";
import type { TreeEdit } from "../compute/trees/edit-tree.js";
import type { ReadableWish } from "../elements/readable.js";
import type { EnvironmentSpec } from "../envs/environment.js";
import type { Explanation, ExplanationMethod } from "../interpret/explanation.js";
import type { StageActor } from "../training/messages.js";
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
      this.explainLive();
      this.watch();
      return;
    }
    this.giveTree();
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

  /** Makes one in full, now. */
  make(method: ExplanationMethod): void {
    this.run?.explain({ method, options: {}, live: false });
  }

  /** Changes a tree and has it scored at once. */
  async edit(edit: TreeEdit): Promise<void> {
    const { run } = this;
    const before = run?.explanations[this.wish?.method ?? "viper"];
    if (!run || before?.kind !== "tree" || !before.policy) return;
    // Trees are checked and changed by the code that grows them; it comes with the first edit.
    const { editedTree } = await import("./edited-tree.js");
    const edited = editedTree(before.policy, edit);
    if (edited) run.scoreTree(before, edited);
  }

  private explainLive(): void {
    const method = this.wish?.method ?? (this.acting ? this.treeMethod : null);
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
