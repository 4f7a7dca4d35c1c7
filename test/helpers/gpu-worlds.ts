import { describeOptions, type OptionValues } from "../../src/core/options.js";
import type { RandomStream } from "../../src/core/random.js";
import { environments, findEnvironment, loadWorld } from "../../src/envs/index.js";
import { paramNames, paramsStructOf } from "../../src/envs/params.js";
import { variantOf } from "../../src/envs/variant-of.js";

/** A world on the device: of a varied one, some variant. */
export interface GpuWorld {
  readonly name: string;
  readonly id: string;
  readonly options: OptionValues;
}

/** Every inventory network that differs in its roads, in what becomes of unmet demand, or in how demand is drawn. */
const VARIANTS: Readonly<Record<string, readonly OptionValues[]>> = {
  inventory: [
    {},
    { setting: "one-store-backlogged", leadTime: 7 },
    { setting: "one-store-lost", demand: "normal", orderCost: 20 },
    { setting: "one-store-backlogged", demand: "poisson", demandMean: 80 },
    { setting: "serial", leadTime: 2 },
    { setting: "one-warehouse", numStores: 3 },
    { setting: "transshipment", numStores: 5, leadTime: 2 },
    { setting: "many-warehouses" },
  ],
  "inventory-whole": [{}, { setting: "one-store-backlogged", leadTime: 1, demandMean: 2 }],
};

const nameOf = (id: string, options: OptionValues) => [id, ...Object.values(options)].join(" ");

/** Every world that runs on a GPU. */
export const GPU_WORLDS: readonly GpuWorld[] = environments
  .filter(({ spec }) => spec.runsOn.includes("gpu"))
  .flatMap(({ spec: { id } }) => (VARIANTS[id] ?? [{}]).map((options) => ({ name: nameOf(id, options), id, options })));
for (const { id, options } of GPU_WORLDS) await loadWorld(id, options);

/** What may differ from copy to copy of a network: all else decides its sizes. */
const FREE: Readonly<Record<string, readonly [low: number, high: number]>> = {
  underageCost: [1, 10],
  holdingCost: [0.5, 2],
  demandMean: [2, 10],
  correlation: [0, 1],
};

/** Parameters of one copy, in float32: over their whole ranges; of a varied world over ranges that keep its sizes. */
export function randomParams({ id, options }: GpuWorld, stream: RandomStream, copy: number): number[] {
  const environment = findEnvironment(id);
  const { spec } = variantOf(environment, options);
  const own = paramsStructOf(spec, options);
  const described = describeOptions(spec.options);
  return paramNames(spec).map((name) => {
    const option = described.find(({ key }) => key === name);
    const uniform = stream.uniform(copy);
    if ("variants" in environment) {
      const range = FREE[name];
      return range && !(name in options) ? Math.fround(range[0] + (range[1] - range[0]) * uniform) : own[name];
    }
    if (option?.kind === "number") return Math.fround(option.min + (option.max - option.min) * uniform);
    if (option?.kind === "integer") return option.min + Math.floor((option.max - option.min + 1) * uniform);
    return uniform < 0.5 ? 0 : 1;
  });
}
