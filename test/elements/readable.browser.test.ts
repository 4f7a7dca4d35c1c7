import { afterEach, describe, expect, it } from "vitest";
import { DecisionMap } from "../../src/elements/decision-map.js";
import { type FeatureLook, FeatureView } from "../../src/elements/feature-view.js";
import type { Importances } from "../../src/elements/importances.js";
import { Readable, type ReadableWish } from "../../src/elements/readable.js";
import { RuleCard } from "../../src/elements/rule-card.js";
import { ShapleyBars } from "../../src/elements/shapley-bars.js";
import type { StageMoment } from "../../src/elements/stage-player.js";
import type { TableTwin } from "../../src/elements/table-dialog.js";
import type { TreeView } from "../../src/elements/tree-view.js";
import { findEnvironment } from "../../src/envs/index.js";
import { commandFeatures } from "../../src/interpret/command-features.js";
import type { Explanation, ExplanationMethod } from "../../src/interpret/explanation.js";

const { spec } = findEnvironment("cartpole");
const scores = {
  env: "cartpole",
  agent: "ppo",
  step: 51_200,
  fidelity: 0.788,
  fidelityOnOwnStates: 0.7,
  regret: 0.2,
  returnMean: 424,
  returnStd: 60,
  returnLow: 411,
  returnHigh: 437,
  episodes: 100,
  seeds: 100,
  testSeed: 7,
  teacher: { returnMean: 446, returnStd: 30, returnLow: 440, returnHigh: 452 },
  equivalent: false,
  equivalenceMargin: 9,
  seconds: 2,
  options: {},
};
const tree: Explanation = {
  ...scores,
  kind: "tree",
  method: "viper",
  policy: {
    kind: "tree",
    numFeatures: 4,
    numOutputs: 2,
    task: "classification",
    feature: [2, -1, -1],
    threshold: [0.03, 0, 0],
    left: [1, -1, -1],
    right: [2, -1, -1],
    value: [0.5, 0.5, 1, 0, 0, 1],
    samples: [10, 6, 4],
    impurity: [0.5, 0, 0],
  },
  size: { nodes: 3 },
  warnings: ["return-below-teacher"],
  candidates: [],
};
const rows = [
  { action: 1, bias: 0, weights: [0, 0, 0, 0] },
  { action: 0, bias: 0.5, weights: [-1, 0, -2, 0] },
];
const rule: Explanation = {
  ...scores,
  kind: "rule",
  method: "shapley",
  policy: { kind: "rule", rows },
  size: { terms: 3 },
  r2: 0.42,
  purity: 0.99,
  boundaryPoints: 10,
  regression: "last-feature",
  numStates: 1000,
  importances: [0, 0, 0, 0],
  warnings: ["poor-fit"],
  candidates: [
    {
      label: "last-feature, 10",
      size: 3,
      selectionReturn: 420,
      selectionEpisodes: 12,
      agreement: 0.7,
      r2: 0.42,
      chosen: true,
    },
  ],
};

afterEach(() => document.body.replaceChildren());

async function mount(properties: Partial<Readable> = {}) {
  const element = new Readable();
  Object.assign(element, { observation: spec.observation, action: spec.action, step: 1000, ...properties });
  const wishes: ReadableWish[] = [];
  element.addEventListener("readable-wish", (event) => wishes.push((event as CustomEvent<ReadableWish>).detail));
  document.body.append(element);
  await element.updateComplete;
  const find = <E extends Element>(selector: string): E => {
    const found = element.renderRoot.querySelector<E>(selector);
    if (!found) throw new Error(`no ${selector}`);
    return found;
  };
  const open = async (tab: string) => {
    find<HTMLButtonElement>(`#${tab}`).click();
    await element.updateComplete;
  };
  const text = () => element.renderRoot.querySelector(".panel")?.textContent?.replaceAll(/\s+/g, " ") ?? "";
  return { element, wishes, find, open, text };
}

describe("the readable policy", () => {
  it("shows agreement, both returns with their interval, and the size together", async () => {
    const { text } = await mount({ explanations: { viper: tree } });
    for (const part of ["78.8 %", "network 446 ± 6", "424 ± 13", "1 tests", "2 leaves", "from step 51.2"]) {
      expect(text().replaceAll("\u202f", " ")).toContain(part);
    }
    expect(text()).toContain("earns clearly less than the network");
  });

  it("draws the tree with the path of the moment, and passes on what a person changes", async () => {
    const { element, find } = await mount({ explanations: { viper: tree } });
    const view = find<TreeView>("vitrine-tree");
    const shown = async (angle: number) => {
      view.show([0, 0, angle, 0], angle > 0.03 ? 1000 : 0);
      await view.updateComplete;
      return [...view.renderRoot.querySelectorAll(".lit[data-node]")].map((node) => node.getAttribute("data-node"));
    };
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await shown(-0.1)).toEqual(["0", "1"]);
    expect(await shown(0.1)).toEqual(["0", "2"]);
    const edits: unknown[] = [];
    element.addEventListener("tree-edit", (event) => edits.push((event as CustomEvent).detail));
    view.renderRoot.querySelector<HTMLButtonElement>("[data-node='0']")?.click();
    await view.updateComplete;
    view.renderRoot.querySelector<HTMLButtonElement>(".editor .quiet")?.click();
    expect(edits).toEqual([{ kind: "prune", node: 0 }]);
    // No style stands in the markup: the page's policy would refuse it.
    const place = view.renderRoot.querySelector<HTMLElement>("[data-node='0']")?.style.left;
    expect(place).toMatch(/px$/);
  });

  it("says in words what is still missing, and why it cannot be had", async () => {
    const { element, text, open } = await mount({ step: 0 });
    expect(text()).toContain("A tree appears once the network has begun to learn.");
    element.step = 5000;
    await element.updateComplete;
    expect(text()).toContain("is being made beside the training");
    element.errors = { shapley: "method: expected fewer features" };
    await open("rule");
    expect(text()).toContain("method: expected fewer features");
    await open("shapley");
    expect(text()).toContain("once the stage has shown a few dozen states");
  });

  it("moves between its tabs with arrows and asks for what each needs", async () => {
    const { element, wishes, find } = await mount();
    await Promise.resolve();
    const press = async (key: string) => {
      find(".tabs").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      await element.updateComplete;
    };
    await press("ArrowRight");
    await press("ArrowRight");
    await press("End");
    await press("ArrowLeft");
    expect(wishes.map(({ tab, method }) => [tab, method])).toEqual([
      ["tree", "viper"],
      ["rule", "shapley"],
      ["shapley", null],
      ["features", "importance"],
      ["map", "viper"],
    ]);
    expect(wishes.map(({ map }) => map)).toEqual([null, null, null, null, { x: 2, y: 3, average: false }]);
    expect(wishes.map(({ feature }) => feature)).toEqual([null, null, null, 2, null]);
    expect(element.renderRoot.querySelector("[role=tab][aria-selected=true]")?.id).toBe("map");
    expect(element.renderRoot.querySelectorAll("[role=tab][tabindex='0']").length).toBe(1);
  });

  it("of a policy that follows a command has a tree that reads what is left of the command", async () => {
    const features = [...spec.observation, ...commandFeatures({ desiredReturn: 9, desiredHorizon: 9 })];
    const policy = {
      ...tree.policy,
      kind: "tree" as const,
      numFeatures: 6,
      feature: [4, -1, -1],
      threshold: [5, 0, 0],
    };
    const viper = { ...tree, policy } as Explanation;
    const { element, find } = await mount({ observation: features, explanations: { viper } });
    const view = find<TreeView>("vitrine-tree");
    await new Promise((resolve) => setTimeout(resolve, 100));
    const read = (desired: number) => Float32Array.of(0, 0, 0, 0, desired, 9);
    const moment = (desired: number) => ({
      read: read(desired),
      observation: read(desired).subarray(0, 4),
      beside: null,
    });
    for (const [desired, leaf] of [
      [4, "1"],
      [6, "2"],
    ] as const) {
      element.show(moment(desired) as unknown as StageMoment, 1000 * desired);
      await view.updateComplete;
      const lit = [...view.renderRoot.querySelectorAll(".lit[data-node]")].map((node) =>
        node.getAttribute("data-node"),
      );
      expect(lit).toEqual(["0", leaf]);
    }
  });

  it("asks for one to be made in full, but not twice at once", async () => {
    const { element, find } = await mount();
    const asked: ExplanationMethod[] = [];
    element.addEventListener("explain-now", (event) => asked.push((event as CustomEvent<ExplanationMethod>).detail));
    find<HTMLButtonElement>(".foot .btn").click();
    expect(asked).toEqual(["viper"]);
    element.making = { method: "viper", step: 1000, live: false };
    await element.updateComplete;
    expect(find<HTMLButtonElement>(".foot .btn").disabled).toBe(true);
  });

  it("of a world with continuous actions has the network alone", async () => {
    const { element } = await mount({ action: { kind: "continuous", features: [spec.observation[0]] } });
    await element.updateComplete;
    expect([...element.renderRoot.querySelectorAll("[role=tab]")].map(({ id }) => id)).toEqual(["network"]);
    expect(element.renderRoot.querySelector("slot[name=network]")).not.toBeNull();
  });

  it("lets a rule of a policy that follows a command add up what is left of the command too", async () => {
    const features = [...spec.observation, ...commandFeatures({ desiredReturn: 9, desiredHorizon: 9 })];
    const zeros = [0, 0, 0, 0, 0, 0];
    const policy = {
      kind: "rule" as const,
      readsCommand: true,
      rows: [
        { action: 0, bias: 0, weights: zeros },
        { action: 1, bias: -5, weights: zeros.with(4, 1) },
      ],
    };
    const shapley = { ...rule, policy } as Explanation;
    const { element, open, find } = await mount({ observation: features, explanations: { shapley } });
    await open("rule");
    const card = find<RuleCard>("vitrine-rule-card");
    await card.updateComplete;
    for (const [desired, action] of [
      [4, "0"],
      [6, "1"],
    ] as const) {
      const read = Float32Array.of(0, 0, 0, 0, desired, 9);
      element.show({ read, observation: read.subarray(0, 4), beside: null } as unknown as StageMoment, 1000 * desired);
      const lit = [...card.renderRoot.querySelectorAll<HTMLElement>(".choice.lit")].map((one) => one.dataset["action"]);
      expect([...new Set(lit)]).toEqual([action]);
      const shown = [...card.renderRoot.querySelectorAll("[data-feature]")].map(({ textContent }) => textContent);
      expect(shown).not.toContain("NaN");
      expect(shown.map(Number)).toContain(desired);
    }
  });

  it("shows the rule with its fit, warns when it is poor, and lists the lines that were tried", async () => {
    const { element, open, text, find } = await mount({ explanations: { shapley: rule } });
    await open("rule");
    expect(text()).toContain("R² 0.42 over 10 boundary points");
    expect(text()).toContain("do not take the rule for the network");
    const tables: TableTwin[] = [];
    element.addEventListener("table-show", (event) => tables.push((event as CustomEvent<TableTwin>).detail));
    find<HTMLButtonElement>(".icon-btn").click();
    expect(tables[0].rows).toEqual([["last-feature, 10", "420", "70\u202f%", "0.420", "3", "yes"]]);
  });
});

describe("a rule card", () => {
  it("adds the terms up and lights the action that the sum decides for", async () => {
    const card = new RuleCard();
    Object.assign(card, { rows, observation: spec.observation, action: spec.action });
    document.body.append(card);
    await card.updateComplete;
    const lit = () => card.renderRoot.querySelector(".choice.lit")?.textContent;
    card.show([0.1, 9, 0.1, 9], 0);
    expect(lit()).toBe("left");
    expect(card.renderRoot.querySelector("[data-sum]")?.textContent).toBe("0.200");
    card.show([1, 9, 0.1, 9], 1000);
    expect(lit()).toBe("right");
  });
});

describe("Shapley bars", () => {
  it("go to the side of their sign, and say from where to where", async () => {
    const bars = new ShapleyBars();
    const attribution = {
      values: Float64Array.of(-0.1, 0.1, 0, 0, 0.3, -0.3, 0.1, -0.1),
      base: Float64Array.of(0.5, 0.5),
      of: "probabilities" as const,
      background: 50,
      exact: true,
    };
    Object.assign(bars, { observation: spec.observation, action: spec.action, attribution, state: [0, 0, 0.1, 0] });
    document.body.append(bars);
    await bars.updateComplete;
    const text = bars.renderRoot.textContent?.replaceAll("\u202f", " ") ?? "";
    expect(text).toContain("from 50 % on average to 80 % here");
    expect(text).toContain("exact Shapley values, against 50 states of the stage");
    const tracks = [...bars.renderRoot.querySelectorAll<HTMLElement>("i[data-share]")];
    expect(tracks.map((bar) => bar.classList.contains("against"))).toEqual([true, false, false, false]);
    expect(tracks[2].style.transform).toBe("scaleX(1)");
  });
});

describe("a decision map", () => {
  it("is drawn, described by shares, and has a table twin", async () => {
    const map = new DecisionMap();
    const resolution = 16;
    const actions = Int32Array.from({ length: 256 }, (_, cell) => (cell % resolution < 4 ? 0 : 1));
    const data = {
      x: { feature: 2, low: -0.2, high: 0.2 },
      y: { feature: 3, low: -2, high: 2 },
      resolution,
      at: [0, 0, 0.1, 0],
      actions,
      margins: new Float32Array(256).fill(1),
    };
    Object.assign(map, { observation: spec.observation, action: spec.action, map: data, readable: data, x: 2, y: 3 });
    const tables: TableTwin[] = [];
    map.addEventListener("table-show", (event) => tables.push((event as CustomEvent<TableTwin>).detail));
    document.body.append(map);
    await map.updateComplete;
    const label = map.renderRoot.querySelector(".map")?.getAttribute("aria-label")?.replaceAll("\u202f", " ");
    expect(label).toBe("Decision map, pole angle by pole angular velocity: left 25 %, right 75 %");
    map.renderRoot.querySelector<HTMLButtonElement>(".icon-btn")?.click();
    expect(tables[0].rows.length).toBe(8);
    expect(tables[0].rows[0].slice(1)).toEqual(["left", "left", "right", "right", "right", "right", "right", "right"]);
    // Highest first, as on the map.
    expect(Number.parseFloat(tables[0].rows[0][0])).toBeGreaterThan(0);
  });
});

describe("the view of one feature", () => {
  const look = (feature: number): FeatureLook => ({
    dependence: {
      feature,
      values: Float64Array.of(-0.2, 0, 0.2),
      scores: Float64Array.of(0.9, 0.1, 0.5, 0.5, 0.2, 0.8),
      of: "probabilities",
      background: 50,
    },
    at: 0.1,
    forest: null,
  });
  async function mountView() {
    const view = new FeatureView();
    view.observation = spec.observation;
    view.action = spec.action;
    view.feature = 2;
    view.style.cssText = "display: block; width: 400px";
    document.body.append(view);
    await view.updateComplete;
    const text = () => view.shadowRoot?.textContent?.replaceAll(/\s+/g, " ") ?? "";
    return { view, text };
  }

  it("says what it waits for, then draws a line for each action, in words and as a table too", async () => {
    const { view, text } = await mountView();
    expect(text()).toContain("appears once the stage has shown");
    // What arrives late, of the feature that was chosen before, is not shown under another name.
    view.look = look(3);
    await view.updateComplete;
    expect(text()).toContain("appears once the stage has shown");
    view.look = look(2);
    await view.updateComplete;
    expect(text()).toContain("mean probability over 50 states of the stage");
    const canvas = view.shadowRoot?.querySelector<HTMLCanvasElement>(".lines");
    expect(canvas?.getAttribute("aria-label")).toBe(
      "Partial dependence on pole angle: left scores highest at −0.200, and right at 0.200",
    );
    const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    expect(pixels.some((value) => value !== 0)).toBe(true);
    let twin: TableTwin | null = null;
    view.addEventListener("table-show", (event) => {
      twin = (event as CustomEvent<TableTwin>).detail;
    });
    view.shadowRoot?.querySelector<HTMLButtonElement>(".push")?.click();
    expect(twin).toMatchObject({ columns: ["pole angle", "left", "right"] });
    expect((twin as TableTwin | null)?.rows[0]).toEqual(["−0.200", "90\u202f%", "10\u202f%"]);
  });

  it("asks for another feature, and shows what a forest says of each", async () => {
    const { view } = await mountView();
    const chosen: number[] = [];
    view.addEventListener("feature-change", (event) => chosen.push((event as CustomEvent<number>).detail));
    const select = view.shadowRoot?.querySelector("select");
    if (!select) throw new Error("no select");
    select.value = "1";
    select.dispatchEvent(new Event("change"));
    expect(chosen).toEqual([1]);
    const forest = { overall: Float64Array.of(0.1, 0.2, 0.3, 0.4), here: Float64Array.of(-1, 0, 2, 3), numTrees: 8 };
    view.look = { ...look(2), forest };
    await view.updateComplete;
    const tables = [...(view.shadowRoot?.querySelectorAll<Importances>("vitrine-importances") ?? [])];
    await Promise.all(tables.map((table) => table.updateComplete));
    const names = tables.map((table) =>
      [...(table.shadowRoot?.querySelectorAll("th") ?? [])].map((cell) => cell.textContent),
    );
    expect(names).toEqual([
      ["pole angular velocity", "pole angle", "cart velocity", "cart position"],
      ["pole angular velocity", "pole angle", "cart position", "cart velocity"],
    ]);
    expect(tables[0].shadowRoot?.textContent).toContain("share over 8 trees");
  });
});
