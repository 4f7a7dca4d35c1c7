import { afterEach, describe, expect, it } from "vitest";
import { parseOptions } from "../../src/core/options.js";
import { findEnvironment } from "../../src/envs/index.js";
import { HandController, stickOf } from "../../src/lab/hand-controller.js";
import type { StageFrames } from "../../src/training/messages.js";

const key = (type: string, code: string) => new KeyboardEvent(type, { code });
let hand: HandController | null = null;
afterEach(() => hand?.stop());

function make(frames: StageFrames[] = []): HandController {
  hand = new HandController({ onFrames: (some) => frames.push(some), onChange: () => {}, speed: () => 1 });
  return hand;
}

describe("keys of a person who plays", () => {
  it("hold a direction by arrow or letter, whatever the layout, until they are let go", () => {
    const controller = make();
    expect(controller.key(key("keydown", "KeyA"))).toBe(true);
    expect(controller.key(key("keydown", "ArrowUp"))).toBe(true);
    expect(controller.directions).toEqual(["left", "up"]);
    controller.key(key("keyup", "KeyA"));
    expect(controller.directions).toEqual(["up"]);
    expect(controller.key(key("keydown", "KeyP"))).toBe(false);
    controller.releaseAll();
    expect(controller.directions).toEqual([]);
  });

  it("drive a world of their own", async () => {
    const frames: StageFrames[] = [];
    const controller = make(frames);
    const { spec } = findEnvironment("mountain-car");
    await controller.start("mountain-car", 1, parseOptions(spec.options, {}, "env"));
    controller.press("right");
    const end = performance.now() + 10_000;
    const pushed = () => frames.some(({ actions }) => actions.includes(2));
    while (!pushed() && performance.now() < end) await new Promise((done) => setTimeout(done, 20));
    expect(pushed()).toBe(true);
    controller.stop();
    expect(controller.active).toBe(false);
    expect(controller.directions).toEqual([]);
  });
});

describe("a gamepad", () => {
  it("asks by its stick as far as it is pushed, and by its cross fully", () => {
    const buttons = Array.from({ length: 16 }, () => ({ pressed: false, touched: false, value: 0 }));
    expect(stickOf([null, { axes: [-0.7, 0.1], buttons }])).toEqual([{ direction: "left", strength: 0.7 }]);
    const cross = buttons.map((button, i) => ({ ...button, pressed: i === 12 }));
    expect(stickOf([{ axes: [0, 0], buttons: cross }])).toEqual([{ direction: "up", strength: 1 }]);
    expect(stickOf([null])).toEqual([]);
  });
});
