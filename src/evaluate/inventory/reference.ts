import type { OptionValues } from "../../core/options.js";
import { createVectorEnvironment, loadWorld } from "../../envs/index.js";
import { PERIOD_COSTS, PeriodCost } from "../../envs/inventory/period-cost.js";
import type { InventoryProblem } from "../../envs/inventory/problem.js";
import { inventoryProblemOf } from "../../envs/inventory/variant.js";
import { benchmarksOf } from "./benchmarks.js";
import { justInTimeInWorld, salesJustInTimeCost } from "./just-in-time.js";
import { measuredNewsvendors } from "./newsvendors.js";
import { optimumOf } from "./optimum.js";
import { type InventoryReference, type ReferencePolicy, referenceOrders } from "./reference-policy.js";

/** Episodes that a policy is measured on: as many for each seed. */
export interface ReferenceEpisodes {
  readonly seeds: readonly number[];
  readonly streamName: string;
  readonly episodes: number;
}

/** What reference policies are first measured on. */
const FIRST: ReferenceEpisodes = { seeds: [1], streamName: "reference", episodes: 500 };
/** Traces that levels are measured on where no cost is exact; only their order matters here. */
const COST = { numTraces: 256, burnIn: 100, numPeriods: 500 };

/**
 * Solves the network of a world's options, and plays the best policy and the best simple ones in the world itself.
 *
 * Evaluations of a learned policy start with random stock and end at the horizon; so do these, which is why their costs
 * compare with it and differ from those of the long run. `breathe` is called now and then; what it rejects with ends
 * the work.
 */
export async function inventoryReference(
  world: string,
  options: OptionValues,
  breathe: () => Promise<void> | undefined = () => undefined,
): Promise<InventoryReference> {
  // Recorded sales may have to be loaded first.
  await loadWorld(world, options);
  const problem = inventoryProblemOf(world, options);
  if (problem.sales) return salesReference(world, options, problem, breathe);
  const work = optimumOf(problem);
  let step = work.next();
  for (; !step.done; step = work.next()) await breathe();
  const optimum = step.value;
  const found = await benchmarksOf(problem, optimum, { seed: 1, cost: COST, breathe });
  const policies: Omit<ReferencePolicy, "cost" | "terms">[] = found.map(({ name, rule: { rule, ...numbers } }) => {
    return { name, policy: { kind: rule, ...numbers } as ReferencePolicy["policy"] };
  });
  if (optimum.kind === "optimal" && optimum.policy) {
    // Where it is as simple as one of these, it is that one.
    const same = policies.findIndex(({ policy }) => policy.kind === optimum.policy?.kind);
    if (same >= 0) policies.splice(same, 1);
    policies.push({ name: "optimal", policy: optimum.policy });
  }
  return {
    policies: await playedFirst(world, options, policies, breathe),
    optimum: optimum.kind === "unknown" ? null : { kind: optimum.kind, cost: optimum.cost },
  };
}

/** The newsvendors of one store with recorded sales, and just-in-time orders, which nobody can play. */
async function salesReference(
  world: string,
  options: OptionValues,
  problem: InventoryProblem,
  breathe: () => Promise<void> | undefined,
): Promise<InventoryReference> {
  const found = problem.nodes.length === 1 ? await measuredNewsvendors(problem, 1, breathe) : [];
  // Only what a store can do is played: it cannot send stock back.
  const possible = found.filter(({ rule }) => !rule.returns);
  const policies: Omit<ReferencePolicy, "cost" | "terms">[] = [
    { name: "just-in-time", policy: { kind: "just-in-time" } },
    ...possible.map(({ name, rule }) => ({ name, policy: { kind: "forecast", ...rule } as const })),
  ];
  const [best] = possible;
  return {
    policies: await playedFirst(world, options, policies, breathe, { ...FIRST, episodes: 100 }),
    optimum: null,
    later: {
      justInTime: await salesJustInTimeCost(problem, "test"),
      newsvendor: best ? { name: best.name, cost: best.cost } : null,
    },
  };
}

/** Policies with what they cost in the first episodes they play, cheapest first. */
async function playedFirst(
  world: string,
  options: OptionValues,
  policies: readonly Omit<ReferencePolicy, "cost" | "terms">[],
  breathe: () => Promise<void> | undefined,
  episodes = FIRST,
): Promise<ReferencePolicy[]> {
  const measured: ReferencePolicy[] = [];
  for (const one of policies) {
    await breathe();
    const terms = [...(await referenceCosts(world, options, one.policy, episodes))];
    measured.push({ ...one, cost: terms.reduce((sum, cost) => sum + cost, 0), terms });
  }
  return measured.sort((a, b) => a.cost - b.cost);
}

/**
 * What a reference policy costs per store and period, by {@link PERIOD_COSTS} [4], as the mean over seeds.
 *
 * With the seed and the stream of an evaluation it meets the same starts and the same demand: then chance has nearly no
 * part in the difference of the two costs.
 */
export async function referenceCosts(
  world: string,
  options: OptionValues,
  policy: ReferencePolicy["policy"],
  { seeds, streamName, episodes }: ReferenceEpisodes,
): Promise<Float64Array> {
  const environment = await loadWorld(world, options);
  const problem = inventoryProblemOf(world, options);
  const orders = referenceOrders(policy, problem);
  const foresee = orders ? null : justInTimeInWorld(problem);
  const periodCost = new PeriodCost(problem);
  const costs = new Float64Array(PERIOD_COSTS.length);
  let periods = 0;
  for (const seed of seeds) {
    const env = createVectorEnvironment(environment, { numEnvs: episodes, seed, streamName, options });
    const wanted = new Float64Array(episodes * problem.edges.length);
    // Only the horizon ends an episode: all of them at once.
    for (let period = 0; period < env.horizon; period++) {
      const before = Array.from({ length: episodes }, (_, copy) => env.stateOf(copy));
      if (orders) await orders(Float64Array.from(env.observations), episodes, wanted);
      else foresee?.(before, wanted);
      env.step(Float32Array.from(wanted));
      before.forEach((state, copy) => {
        periodCost.addTo(costs, state, env.finalStateOf(copy));
      });
      periods += episodes;
    }
  }
  return costs.map((cost) => cost / periods);
}
