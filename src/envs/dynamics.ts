/**
 * The single-source shape of a world: three pure scalar functions over a flat state.
 *
 * They run in a plain loop on the CPU and, written in the subset that TypeGPU compiles, as thousands of copies in
 * one GPU dispatch. Every argument but `params` is a reference, indexed as `x.$[i]`.
 */
export interface Ref {
  readonly $: { [index: number]: number };
}
export type State = Ref;
/** A discrete action is its index in `action.$[0]`. */
export type Action = Ref;
export type Observation = Ref;
/** Uniforms in [0, 1). */
export type Noise = Ref;
/** [terminated, term0, term1, …]; the reward is the sum of its terms. */
export type Outcome = Ref;

export interface Dynamics<Params> {
  /**
   * What the functions read, made from the numbers of a `params` row; absent where they read those numbers by name.
   * Throws `RangeError` when the numbers ask for a world of other sizes.
   */
  prepare?(params: ParamsStruct): Params;
  /** Writes the first state of an episode from `noise` [noiseSize.reset]. */
  reset(state: State, noise: Noise, params: Params): void;
  /** Advances `state` by one step and fills `outcome` [1 + numTerms]. */
  step(state: State, action: Action, noise: Noise, params: Params, outcome: Outcome): void;
  /** Fills `observation` [observationSize]. */
  observe(state: State, observation: Observation, params: Params): void;
}

/** Difficulty parameters as the dynamics read them: numbers by name (booleans and choices as their index). */
export type ParamsStruct = Readonly<Record<string, number>>;
