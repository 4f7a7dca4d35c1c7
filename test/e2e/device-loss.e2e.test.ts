import { expect, it } from "vitest";

/** One forced loss and what became of its run; see scripts/lib/soak.mjs. */
interface Trial {
  readonly kind: string;
  readonly onGpu: boolean;
  readonly engine: string | null;
  readonly failures: readonly string[];
}
type Soak = (options: {
  readonly losses: number;
  readonly seed: number;
  readonly engine: string;
  readonly kinds: readonly string[];
  readonly within: number;
}) => Promise<{ readonly adapter: boolean; readonly trials: readonly Trial[] }>;

/** `npm run soak`, five losses of it: three in one run, the third without a graphics device, and two in another. */
it("a run in the page goes on, whatever is taken from it", async (context) => {
  const script = new URL("../../scripts/lib/soak.mjs", import.meta.url).href;
  const { soak } = (await import(/* @vite-ignore */ script)) as { readonly soak: Soak };
  const kinds = ["destroy", "memory", "hang", "gpu-process", "checkpoint"];
  // How long it takes is for a quiet machine to say: `npm run soak` has five seconds as its limit.
  const { adapter, trials } = await soak({
    losses: 5,
    seed: 11,
    engine: "wgsl",
    kinds,
    within: Number.POSITIVE_INFINITY,
  });
  if (!adapter && process.env["CI"] !== "1") context.skip("there is no WebGPU adapter");
  expect(adapter).toBe(true);
  expect(trials.flatMap(({ kind, failures }) => failures.map((failure) => `${kind}: ${failure}`))).toEqual([]);
  expect(trials.map(({ kind }) => kind)).toEqual(kinds);
  expect(trials.map(({ engine }) => engine === "wgsl")).toEqual([true, false, false, true, false]);
}, 180_000);
