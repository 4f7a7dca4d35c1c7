import { expect, test } from "vitest";
import { finish, finishPaced } from "../../src/core/long-work.js";

function* countTo(end: number, ended: () => void): Generator<number, string> {
  try {
    for (let i = 1; i <= end; i++) yield i;
    return "all";
  } finally {
    ended();
  }
}

test("long work is done at once, or with a breath at every step", async () => {
  expect(finish(countTo(3, () => undefined))).toBe("all");
  const seen: number[] = [];
  const breathe = (progress: number) => {
    seen.push(progress);
    return progress === 2 ? Promise.resolve() : undefined;
  };
  expect(
    await finishPaced(
      countTo(3, () => undefined),
      breathe,
    ),
  ).toBe("all");
  expect(seen).toEqual([1, 2, 3]);
});

test("a breath that is refused cancels the work", async () => {
  let ended = false;
  const work = countTo(1000, () => {
    ended = true;
  });
  await expect(
    finishPaced(work, (progress) => (progress === 5 ? Promise.reject(new Error("enough")) : undefined)),
  ).rejects.toThrow("enough");
  expect(ended).toBe(true);
});
