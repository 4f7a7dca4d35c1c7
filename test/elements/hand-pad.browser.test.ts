import { afterEach, describe, expect, it } from "vitest";
import "../../src/elements/hand-pad.js";
import type { HandPad } from "../../src/elements/hand-pad.js";
import { findEnvironment } from "../../src/envs/index.js";

afterEach(() => {
  document.body.replaceChildren();
});

async function make(env: string): Promise<HandPad> {
  const pad = document.createElement("vitrine-hand-pad") as HandPad;
  pad.spec = findEnvironment(env).spec;
  document.body.append(pad);
  await pad.updateComplete;
  return pad;
}

const buttonsOf = (pad: HandPad) => [...(pad.shadowRoot?.querySelectorAll("button") ?? [])];
const texts = (elements: readonly Element[]) =>
  elements.map((element) => (element.textContent ?? "").replaceAll(/\s+/g, " ").trim());

describe("the pad of a person who plays", () => {
  it("has a button for each direction, with its keys and what it does", async () => {
    expect(texts(buttonsOf(await make("lunar-lander")))).toEqual(["← Asteer left", "↑ Wmain engine", "→ Dsteer right"]);
    expect(texts(buttonsOf(await make("pendulum")))).toEqual(["← Atorque +2 N·m", "→ Dtorque −2 N·m"]);
  });

  it("tells what is pressed and let go, by pointer and by keyboard", async () => {
    const pad = await make("mountain-car");
    const told: string[] = [];
    for (const type of ["hand-press", "hand-release"]) {
      pad.addEventListener(type, (event) => told.push(`${type} ${(event as CustomEvent<string>).detail}`));
    }
    const [left, right] = buttonsOf(pad);
    left.setPointerCapture = () => {};
    left.dispatchEvent(new PointerEvent("pointerdown", { pointerId: 1 }));
    left.dispatchEvent(new PointerEvent("lostpointercapture", { pointerId: 1 }));
    right.dispatchEvent(new KeyboardEvent("keydown", { key: " " }));
    right.dispatchEvent(new KeyboardEvent("keyup", { key: " " }));
    expect(told).toEqual(["hand-press left", "hand-release left", "hand-press right", "hand-release right"]);
  });

  it("shows what the agent would see, with names and units, and the scores side by side", async () => {
    const pad = await make("cartpole");
    pad.scores = { last: 31, best: 40, mean: 35.5, count: 2 };
    pad.network = "446 ± 6";
    await pad.updateComplete;
    pad.show(
      {
        state: new Float64Array(4),
        observation: Float32Array.of(0.5, -0.25, 0.125, 1),
        read: Float32Array.of(0.5, -0.25, 0.125, 1),
        action: Float32Array.of(0),
        scores: new Float32Array(0),
        step: 1,
        episodeReturn: 1,
        ending: 0,
        episode: 1,
        command: null,
        beside: null,
      },
      1000,
    );
    const seen = texts([...(pad.shadowRoot?.querySelectorAll(".sees div") ?? [])]);
    expect(seen[0]).toBe("cart position0.50 m");
    expect(seen).toHaveLength(4);
    expect(texts([...(pad.shadowRoot?.querySelectorAll(".scores dd") ?? [])])).toEqual(["31", "35.5", "446 ± 6"]);
    expect(pad.shadowRoot?.textContent).toContain("Your last action goes on while you hold nothing.");
  });
});
