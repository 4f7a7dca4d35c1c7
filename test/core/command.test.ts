import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkCommand, distanceToSeen, followCommand, SeenCommands, writeCommand } from "../../src/core/command.js";

const ask = (desiredReturn: number, desiredHorizon: number) => ({ desiredReturn, desiredHorizon });

describe("a command", () => {
  it("loses what was paid and one step with every step, but never the last step", () => {
    const commands = new Float32Array(4);
    writeCommand(ask(10, 2), commands, 1);
    followCommand(commands, 1, 3);
    expect([...commands]).toEqual([0, 0, 7, 1]);
    followCommand(commands, 1, -1);
    expect([...commands]).toEqual([0, 0, 8, 1]);
  });

  it("is refused in one sentence when it is not finite or has no step", () => {
    expect(() => checkCommand(ask(Number.NaN, 5))).toThrow("command.desiredReturn: expected a finite number, got NaN");
    expect(() => checkCommand(ask(Number.POSITIVE_INFINITY, 5))).toThrow("got Infinity");
    expect(() => checkCommand(ask(5, 0.5))).toThrow(
      "command.desiredHorizon: expected a number of steps of 1 or more, got 0.5",
    );
    expect(checkCommand(ask(-5, 1))).toEqual(ask(-5, 1));
  });
});

describe("the commands that were seen", () => {
  it("are infinitely far from anything before there are any", () => {
    expect(new SeenCommands().distance(ask(1, 1))).toBe(Number.POSITIVE_INFINITY);
    expect(new SeenCommands().bounds()).toBeNull();
  });

  it("on a line take in what lies between them, and measure the rest in their span", () => {
    const seen = new SeenCommands();
    seen.add([1, 50, 200, 120], [1, 50, 200, 120]);
    expect([...seen.toArray()]).toEqual([1, 1, 200, 200]);
    expect(seen.distance(ask(100, 100))).toBeCloseTo(0, 12);
    expect(seen.distance(ask(399, 399))).toBeCloseTo(Math.SQRT2, 12);
    // 199 off in one of two axes of span 199: the nearest point is half-way, at √½.
    expect(seen.distance(ask(200, 1))).toBeCloseTo(Math.SQRT1_2, 12);
  });

  it("of a single pair measure in its own size", () => {
    const seen = new SeenCommands();
    seen.add([-10, -10], [4, 4]);
    expect(seen.distance(ask(-10, 4))).toBe(0);
    expect(seen.distance(ask(-20, 4))).toBeCloseTo(1, 12);
  });

  it("hold every pair that was ever added, however they were cut into parts, and survive a checkpoint", () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 60 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(pairs, fc.nat(39), (all, cut) => {
        const whole = new SeenCommands();
        whole.add(
          all.map(([x]) => x),
          all.map(([, y]) => y),
        );
        let parts = new SeenCommands();
        for (const part of [all.slice(0, cut), all.slice(cut)]) {
          parts.add(
            part.map(([x]) => x),
            part.map(([, y]) => y),
          );
          const restored = new SeenCommands();
          restored.restore(parts.toArray());
          parts = restored;
        }
        for (const [x, y] of all) expect(whole.distance(ask(x, y))).toBeCloseTo(0, 9);
        expect(new Set(pairsOf(parts.toArray()))).toEqual(new Set(pairsOf(whole.toArray())));
      }),
      { numRuns: 200 },
    );
  });

  it("call a point outside of a square outside, by its distance to the nearest edge", () => {
    const corners = Float64Array.from([0, 1, 10, 1, 10, 11, 0, 11]);
    expect(distanceToSeen(corners, ask(5, 5))).toBe(0);
    expect(distanceToSeen(corners, ask(12, 5))).toBeCloseTo(0.2, 12);
  });
});

function pairsOf(corners: Float64Array): string[] {
  return Array.from({ length: corners.length / 2 }, (_, i) => `${corners[2 * i]},${corners[2 * i + 1]}`);
}
