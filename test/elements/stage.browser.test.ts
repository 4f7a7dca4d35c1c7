import { afterEach, describe, expect, it, vi } from "vitest";
import { Stage } from "../../src/elements/stage.js";
import { Transport } from "../../src/elements/transport.js";
import { findEnvironment } from "../../src/envs/index.js";
import type { BesideFrames, StageFrames } from "../../src/training/messages.js";

afterEach(() => document.body.replaceChildren());

const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 20 });

/** Five steps of cart-pole: the tree chooses otherwise at the third, and has fallen at the fourth. */
function frames(): StageFrames {
  const state = (lean: number) => [0.1 * lean, 0, 0.05 * lean, 0];
  const beside: BesideFrames = {
    states: Float64Array.from([0, 1, 2, 2.5, 4, 4].flatMap(state)),
    observations: new Float32Array(24),
    actions: Float32Array.of(Number.NaN, 1, 1, 0, 0, 0),
    steps: Uint32Array.of(0, 1, 2, 3, 4, 4),
    returns: Float64Array.of(0, 1, 2, 3, 4, 4),
    endings: Uint8Array.of(0, 0, 0, 0, 1, 1),
    partings: Uint32Array.from([0, 0, 0, 3, 3, 3].flatMap((step) => (step === 0 ? [0, 0, 0] : [step, 1, 0]))),
    commands: new Float32Array(0),
  };
  return {
    count: 6,
    states: Float64Array.from([0, 1, 2, 2, 2, 2].flatMap(state)),
    observations: new Float32Array(24),
    actions: Float32Array.of(Number.NaN, 1, 1, 1, 1, 1),
    rewardTerms: new Float32Array(6).fill(1),
    steps: Uint32Array.of(0, 1, 2, 3, 4, 5),
    returns: Float64Array.of(0, 1, 2, 3, 4, 5),
    endings: new Uint8Array(6),
    actionScores: new Float32Array(0),
    episode: 2,
    beside,
  };
}

async function mount(): Promise<{ stage: Stage; text: (selector: string) => string }> {
  const stage = new Stage();
  stage.spec = findEnvironment("cartpole").spec;
  stage.options = { horizon: 500 };
  // So slow that a few frames are a reserve.
  stage.speed = 0.25;
  stage.style.cssText = "width: 640px; height: 360px";
  document.body.append(stage);
  await stage.updateComplete;
  const text = (selector: string) => stage.shadowRoot?.querySelector(selector)?.textContent ?? "";
  return { stage, text };
}

/** How many pixels of a column of the picture are not of its most frequent colour. */
function inked(stage: Stage, from: number, to: number): number {
  const canvas = stage.shadowRoot?.querySelector("canvas");
  const context = canvas?.getContext("2d");
  if (!canvas || !context) throw new Error("no picture");
  const { data } = context.getImageData(from * canvas.width, 0, (to - from) * canvas.width, canvas.height);
  const counts = new Map<number, number>();
  for (let i = 0; i < data.length; i += 4) {
    const colour = (data[i] << 24) | (data[i + 1] << 16) | (data[i + 2] << 8) | data[i + 3];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return data.length / 4 - Math.max(...counts.values());
}

describe("the stage with a tree beside the network", () => {
  it("draws both, says where they part, and how far each has come", async () => {
    const { stage, text } = await mount();
    stage.actor = "both";
    stage.push(frames());
    await until(() => text(".what").includes("They part at step 3"));
    expect(text(".what")).toBe("They part at step 3 (network: right; tree: left).");
    await until(() => text(".step") === "5");
    expect(text(".one")).toBe("return 5");
    expect(text(".other")).toBe("return 4, ended");
    await until(() => text(".live").includes("Tree: return 4, ended at step 4."));
    expect(text(".live")).toContain("They part at step 3");
    // Each half holds a cart of its own.
    const [one, other] = [inked(stage, 0.05, 0.45), inked(stage, 0.55, 0.95)];
    expect(one).toBeGreaterThan(200);
    expect(other).toBeGreaterThan(200);
    expect(stage.shadowRoot?.querySelector(".names")?.hasAttribute("hidden")).toBe(false);
    const { beside: _, ...alone } = frames();
    stage.clear();
    stage.actor = "network";
    stage.push(alone);
    await until(() => stage.shadowRoot?.querySelector(".names")?.hasAttribute("hidden") === true);
    expect(text(".what")).not.toContain("part");
  });

  it("says that a tree plays the episode", async () => {
    const { stage, text } = await mount();
    stage.actor = "tree";
    const { beside: _, ...alone } = frames();
    stage.push(alone);
    await until(() => text(".where") === "episode 2, played by the tree");
  });
});

describe("the choice of who acts", () => {
  const radios = (transport: Transport) =>
    Object.fromEntries(
      [...(transport.shadowRoot?.querySelectorAll<HTMLInputElement>("input[name=actor]") ?? [])].map((radio) => [
        radio.value,
        radio,
      ]),
    );

  it("offers the tree once there is one, and says why not before", async () => {
    const transport = new Transport();
    transport.treeless = "A tree appears once the network has begun to learn.";
    document.body.append(transport);
    await transport.updateComplete;
    const before = radios(transport);
    expect(
      Object.entries(before)
        .filter(([, { disabled }]) => disabled)
        .map(([actor]) => actor),
    ).toEqual(["tree", "both"]);
    const reason = transport.shadowRoot?.getElementById(before["tree"].getAttribute("aria-describedby") ?? "");
    expect(reason?.textContent).toBe("A tree appears once the network has begun to learn.");
    expect(before["tree"].closest("label")?.title).toBe(reason?.textContent);
    transport.treeless = "";
    await transport.updateComplete;
    const chosen: unknown[] = [];
    transport.addEventListener("actor-change", (event) => chosen.push((event as CustomEvent).detail.actor));
    radios(transport)["tree"].click();
    radios(transport)["both"].click();
    expect(chosen).toEqual(["tree", "both"]);
  });
});
