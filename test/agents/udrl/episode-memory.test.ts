import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Episode, EpisodeMemory, type ExampleSettings } from "../../../src/agents/udrl/episode-memory.js";
import { pack, unpack } from "../../../src/core/pack.js";
import { RandomStream } from "../../../src/core/random.js";

/** An episode that pays 1 a step after a first reward that makes up the return; observation = [serial, step]. */
function episode(serial: number, episodeReturn: number, length = 3): Episode {
  return {
    length,
    episodeReturn,
    observations: Float32Array.from({ length: 2 * length }, (_, i) => (i % 2 === 0 ? serial : (i - 1) / 2)),
    actions: Uint8Array.from({ length }, (_, step) => step % 2),
    returnsToGo: Float32Array.from({ length }, (_, step) => (step === 0 ? episodeReturn : length - step)),
  };
}

const serials = (memory: EpisodeMemory) => memory.episodes.map(({ observations }) => observations[0]);
const whole: ExampleSettings = { segments: 1, segmentEnd: "episode", returnScale: 0.5, horizonScale: 0.1 };

describe("the memory of episodes", () => {
  it("keeps the best, the older first among equals, and of equals drops the newest", () => {
    const memory = new EpisodeMemory(3, "best", 2);
    for (const [serial, value] of [5, 9, 5, 9, 5].entries()) memory.add(episode(serial, value));
    expect(serials(memory)).toEqual([1, 3, 0]);
    memory.add(episode(7, 1));
    expect(serials(memory)).toEqual([1, 3, 0]);
  });

  it("holds what sorting stably and cutting off after every insertion would, and its lowest return never falls", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 60 }), (returns) => {
        const memory = new EpisodeMemory(10, "best", 2);
        let expected: { serial: number; value: number }[] = [];
        let lowest = Number.NEGATIVE_INFINITY;
        returns.forEach((value, serial) => {
          memory.add(episode(serial, value));
          expected = [...expected, { serial, value }].sort((a, b) => b.value - a.value).slice(0, 10);
          expect(serials(memory)).toEqual(expected.map((entry) => entry.serial));
          if (memory.size < 10) return;
          const last = memory.episodes[9].episodeReturn;
          expect(last).toBeGreaterThanOrEqual(lowest);
          lowest = last;
        });
      }),
    );
  });

  it("keeps the latest instead when asked to, still ranked by return", () => {
    const memory = new EpisodeMemory(3, "latest", 2);
    for (const [serial, value] of [9, 5, 7, 6, 8].entries()) memory.add(episode(serial, value));
    expect(serials(memory)).toEqual([4, 2, 3]);
  });

  it("tells mean and deviation of the best returns and the mean of their lengths", () => {
    const memory = new EpisodeMemory(9, "best", 2);
    for (const [value, length] of [
      [1, 9],
      [4, 2],
      [8, 4],
    ]) {
      memory.add(episode(0, value, length));
    }
    expect(memory.best(2)).toEqual({ returnMean: 6, returnStd: 2, lengthMean: 3 });
    expect(memory.best(50).lengthMean).toBe(5);
  });

  it("cuts examples to the end of an episode, with what was paid from there on and the steps left", () => {
    const memory = new EpisodeMemory(9, "best", 2);
    memory.add(episode(7, 20, 4));
    const starts = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const { inputs, labels } = memory.examples(5, whole, new RandomStream(seed, "test"));
      expect(labels).toHaveLength(1);
      const start = inputs[1];
      starts.add(start);
      expect([...inputs]).toEqual([
        7,
        start,
        expect.closeTo(0.5 * (start === 0 ? 20 : 4 - start), 6),
        expect.closeTo(0.1 * (4 - start), 6),
      ]);
      expect(labels[0]).toBe(start % 2);
    }
    // Never from the last step, as published.
    expect(starts).toEqual(new Set([0, 1, 2]));
  });

  it("takes an episode of a single step as it is", () => {
    const memory = new EpisodeMemory(9, "best", 2);
    memory.add(episode(7, -3, 1));
    expect([...memory.examples(1, whole, new RandomStream(1, "test")).inputs]).toEqual([
      7,
      0,
      -1.5,
      expect.closeTo(0.1, 6),
    ]);
  });

  it("ends segments anywhere when asked to: returns between the two ends", () => {
    const memory = new EpisodeMemory(9, "best", 2);
    memory.add(episode(7, 20, 5));
    const settings = { ...whole, segments: 400, segmentEnd: "random", returnScale: 1, horizonScale: 1 } as const;
    const { inputs, labels } = memory.examples(1, settings, new RandomStream(3, "test"));
    expect(labels).toHaveLength(400);
    const lengths = new Set<number>();
    for (let row = 0; row < 400; row++) {
      const [, start, paid, steps] = inputs.subarray(4 * row, 4 * row + 4);
      // Steps after the first pay 1 each; the first pays the rest of 20.
      expect(paid).toBe(start === 0 ? 20 - (5 - steps - start) : steps);
      lengths.add(steps);
    }
    expect(lengths).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it("draws without replacement, and all when there are not enough", () => {
    const memory = new EpisodeMemory(20, "best", 2);
    for (let i = 0; i < 20; i++) memory.add(episode(i, i));
    const { inputs } = memory.examples(12, whole, new RandomStream(2, "test"));
    const drawn = Array.from({ length: 12 }, (_, row) => inputs[row * 4]);
    expect(new Set(drawn).size).toBe(12);
    expect(memory.examples(99, whole, new RandomStream(2, "test")).labels).toHaveLength(20);
  });

  it("comes out of a checkpoint as it went in, ages included", () => {
    const memory = new EpisodeMemory(4, "latest", 2);
    for (const [serial, value] of [3, 1, 2, 5, 4].entries()) memory.add(episode(serial, value, 1 + serial));
    const restored = new EpisodeMemory(4, "latest", 2);
    restored.setState(unpack(pack(memory.getState())));
    expect(restored.episodes).toEqual(memory.episodes);
    for (const each of [memory, restored]) each.add(episode(9, 0));
    expect(serials(restored)).toEqual(serials(memory));
  });
});
