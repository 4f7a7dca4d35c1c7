/** One entry of an observation or of a continuous action, as people and trees read it. */
export interface Feature {
  /** Short, lower case: `pole angle`. */
  readonly name: string;
  /** Unit of the raw value, or an empty string: `m/s`. */
  readonly unit: string;
  /** Smallest and largest possible value; ±Infinity where there is no bound. */
  readonly low: number;
  readonly high: number;
  /** The interval it usually stays in: scales plots and random test observations. Finite. */
  readonly typical: readonly [number, number];
}

/** What an agent can do: one of a few named actions, or a vector of bounded numbers. */
export type ActionSpace =
  | { readonly kind: "discrete"; readonly names: readonly string[] }
  | { readonly kind: "continuous"; readonly features: readonly Feature[] };

/** Entries in one action: 1 for a discrete action (its index), else one per feature. */
export function actionSize(space: ActionSpace): number {
  return space.kind === "discrete" ? 1 : space.features.length;
}
