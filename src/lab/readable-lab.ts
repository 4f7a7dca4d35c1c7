import type { TreeEdit } from "../compute/trees/edit-tree.js";
import type { ReadableWish } from "../elements/readable.js";
import { type Explanation, type ExplanationMethod, plainOf } from "../interpret/explanation.js";
import type { SeedRun } from "./seed-run.js";

/**
 * What the person wants to read, kept over runs: tells each new run of it, and lets trees be edited and scored.
 */
export class ReadableLab {
  private wish: ReadableWish | null = null;
  private run: SeedRun | null = null;
  private shown: Explanation | null = null;

  /** Loads the elements; nothing of them is needed for the first frame. */
  load(): Promise<unknown> {
    return import("../elements/readable.js");
  }

  /** The tab, method or pair of features has changed. */
  want(wish: ReadableWish): void {
    const before = this.wish;
    this.wish = wish;
    if (wish.method !== before?.method) this.explainLive();
    this.watch();
  }

  /** Follows the run on the stage, and the readable policy that maps are compared with. */
  follow(run: SeedRun): void {
    if (run !== this.run) {
      this.run = run;
      this.explainLive();
      this.watch();
      return;
    }
    if (this.wish?.map && this.readable() !== this.shown) this.watch();
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
    const [{ editTree }, { parseTreePolicy, TreePolicy }] = await Promise.all([
      import("../compute/trees/edit-tree.js"),
      import("../agents/policies/tree.js"),
    ]);
    const { model, names } = parseTreePolicy(before.policy);
    if (model.kind !== "tree") return;
    const edited = new TreePolicy({ kind: "tree", tree: editTree(model.tree, edit) }, names);
    run.scoreTree(before, plainOf(edited.serialise()) as typeof before.policy);
  }

  private explainLive(): void {
    const method = this.wish?.method ?? null;
    if (method) this.run?.explain({ method, options: {}, live: true });
    else if (this.wish) this.run?.explain(null);
  }

  private watch(): void {
    const { wish, run } = this;
    if (!wish || !run) return;
    const attribution = wish.tab === "shapley";
    if (!attribution && !wish.map) {
      run.watch(null);
      return;
    }
    this.shown = this.readable();
    run.watch({ attribution, map: wish.map, readable: wish.map ? (this.shown?.policy ?? null) : null });
  }

  /** The newest tree, which maps show beside the network. */
  private readable(): Explanation | null {
    return this.run?.explanations.viper ?? null;
  }
}
