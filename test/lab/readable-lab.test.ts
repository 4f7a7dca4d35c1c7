import { beforeEach, describe, expect, it } from "vitest";
import type { SerialisedPolicy } from "../../src/agents/policies/policy.js";
import { TreePolicy } from "../../src/agents/policies/tree.js";
import type { ReadableWish } from "../../src/elements/readable.js";
import { type Explanation, plainOf, type TreeExplanation } from "../../src/interpret/explanation.js";
import { ReadableLab } from "../../src/lab/readable-lab.js";
import type { SeedRun } from "../../src/lab/seed-run.js";
import { treeFile } from "../../src/lab/tree-files.js";
import { randomTree } from "../compute/trees/random-trees.js";

const tree = randomTree(2, { numFeatures: 2, numOutputs: 2, maxDepth: 3 });
const names = { observationNames: ["a", "b"], actionNames: ["left", "right"] };
const classes = { ...tree, task: "classification" as const, value: tree.value.map((_, i) => (i % 2 === 0 ? 1 : 0)) };
const policy = plainOf(new TreePolicy({ kind: "tree", tree: classes }, names, null).serialise());
const made = { kind: "tree", method: "viper", policy, step: 100 } as unknown as TreeExplanation;

const TREE_TAB: ReadableWish = { tab: "tree", method: "viper", map: null, feature: null };

/** A run that does what it is told, and remembers. */
class FakeRun {
  explanations: Record<string, Explanation> = { viper: made };
  readonly wishes: unknown[] = [];
  readonly scored: SerialisedPolicy[] = [];

  explain(wish: unknown): void {
    this.wishes.push(wish);
  }
  scoreTree(before: TreeExplanation, policy: SerialisedPolicy): void {
    this.scored.push(policy);
    this.showExplanation({ ...before, policy: policy as TreeExplanation["policy"], edited: true });
  }
  showExplanation(explanation: Explanation): void {
    this.explanations = { ...this.explanations, [explanation.method]: explanation };
  }
  watch(): void {}
  setTree(): void {}
}

const LIVE = { method: "viper", options: {}, live: true };

describe("a tree that a person changes", () => {
  let run: FakeRun;
  let lab: ReadableLab;
  const follow = () => lab.follow(run as unknown as SeedRun);
  const thresholdOf = () => (run.explanations["viper"].policy as unknown as { threshold: number[] }).threshold[0];
  const move = (threshold: number) => lab.edit({ kind: "threshold", node: 0, threshold });

  beforeEach(() => {
    run = new FakeRun();
    lab = new ReadableLab();
    lab.want(TREE_TAB);
    follow();
  });

  it("stays: none that is made beside the training takes its place, until it is taken back", async () => {
    expect(run.wishes).toEqual([LIVE]);
    expect(lab.canUndo).toBe(false);
    const before = thresholdOf();
    await move(0.25);
    follow();
    expect(run.wishes.at(-1)).toBeNull();
    expect(thresholdOf()).toBe(0.25);
    await move(0.5);
    follow();
    expect(run.wishes.length).toBe(2);
    lab.undo("viper");
    expect(thresholdOf()).toBe(0.25);
    follow();
    expect(run.wishes.at(-1)).toBeNull();
    lab.undo("viper");
    follow();
    expect(thresholdOf()).toBe(before);
    expect(run.wishes.at(-1)).toEqual(LIVE);
    expect(lab.canUndo).toBe(false);
    lab.undo("viper");
    expect(thresholdOf()).toBe(before);
  });

  it("is scored again where a change is taken back to one that may not have been", async () => {
    await move(0.25);
    await move(0.5);
    expect(run.scored.length).toBe(2);
    lab.undo("viper");
    expect(run.scored.length).toBe(3);
    lab.undo("viper");
    expect(run.scored.length).toBe(3);
  });

  it("stays when it was restored with its run, and gives way to one that was asked for", () => {
    const restored = new FakeRun();
    restored.explanations = { viper: { ...made, edited: true } };
    lab.follow(restored as unknown as SeedRun);
    expect(restored.wishes).toEqual([null]);
    lab.make("viper");
    restored.explanations = { viper: made };
    lab.follow(restored as unknown as SeedRun);
    expect(restored.wishes.at(-1)).toEqual(LIVE);
  });

  it("is saved as JSON and comes back from it; another file is refused in a sentence", async () => {
    const text = treeFile(policy as unknown as SerialisedPolicy, [], "json");
    await move(0.25);
    await lab.open(new Blob([text]));
    expect(lab.fileError).toBe("");
    expect(thresholdOf()).toBe(tree.threshold[0]);
    expect(run.explanations["viper"].edited).toBe(true);
    lab.undo("viper");
    expect(thresholdOf()).toBe(0.25);
    const refusals = [
      ["no JSON", "file: expected a tree that was saved as JSON, got a text that is not JSON"],
      [text.replace('"a"', '"c"'), "file observationNames: expected a, b, got c, b"],
      ['{"kind":"tree"}', "file"],
    ];
    for (const [content, sentence] of refusals) {
      await lab.open(new Blob([content]));
      expect(lab.fileError).toContain(sentence);
    }
    expect(thresholdOf()).toBe(0.25);
    const inputs = ["a", "b"].map((name) => ({ name, unit: "" }));
    expect(treeFile(policy as unknown as SerialisedPolicy, inputs, "py")).toContain("def ");
    expect(treeFile(policy as unknown as SerialisedPolicy, inputs, "ts")).toContain("function ");
  });

  it("holds back its own method only", async () => {
    await move(0.25);
    follow();
    lab.want({ ...TREE_TAB, tab: "rule", method: "shapley" });
    expect(run.wishes.at(-1)).toEqual({ method: "shapley", options: {}, live: true });
    lab.want(TREE_TAB);
    expect(run.wishes.at(-1)).toBeNull();
  });
});
