import type { OptionsSchema, OptionValues } from "../core/options.js";
import type { ActionSpace, Feature } from "../core/spaces.js";
import type { Dynamics } from "./dynamics.js";
import type { LazySimulation } from "./simulation.js";
import type { LazyVariants } from "./variants.js";

export type { ParamsStruct } from "./dynamics.js";

/** One named part of the reward. */
export interface RewardTerm {
  readonly name: string;
  readonly help: string;
}

/** What a person holds to act: an arrow key, its letter, a button on the stage, or a stick. */
export type Direction = "left" | "right" | "up" | "down";

/** How a person acts in a world, with the agent's own actions. */
export interface HandControls {
  /**
   * What holding a direction does [actionSize]. A discrete action is that of the newest direction held; continuous
   * ones add up, and stop at the bounds.
   */
  readonly held: Readonly<Partial<Record<Direction, readonly number[]>>>;
  /**
   * What is done while nothing is held [actionSize]; `last` goes on with the last action, and `wait` stops the world
   * until something is held.
   */
  readonly idle: readonly number[] | "last" | "wait";
  /**
   * Where it is given, an episode begins with this action [actionSize], and a direction adds to the action before: once
   * when it is pressed and, while it is held, once a step. `idle` is then `last`.
   */
  readonly start?: readonly number[];
}

/** What a world says about itself. Trees print its names, curricula drive its parameters, forms show its options. */
export interface EnvironmentSpec {
  /** Kebab case; also the folder's name and the value of `#env=`. */
  readonly id: string;
  readonly title: string;
  /** One sentence: the task. */
  readonly summary: string;
  readonly observation: readonly Feature[];
  readonly action: ActionSpace;
  readonly hand: HandControls;
  readonly rewardTerms: readonly RewardTerm[];
  /** Names of the state's entries, in the order of the world's reference. `stateSize` is its length. */
  readonly state: readonly string[];
  /** Entries of the state that are angles within ±π: between two states they move the shorter way round. */
  readonly circular?: readonly number[];
  /** Entries that tell of one step, such as what was asked for in it: between two states there is nothing of them. */
  readonly stepwise?: readonly number[];
  /** Uniforms taken by `reset` and by `step`. */
  readonly noiseSize: { readonly reset: number; readonly step: number };
  /**
   * Difficulty parameters with ranges, defaults, units and help, plus `horizon`, the episode limit in steps, which
   * the shared contract applies.
   */
  readonly options: OptionsSchema;
  /** Return at which the task counts as solved, or null. */
  readonly solvedReturn: number | null;
  /** Mean return of uniformly random actions with default options, measured; for baselines in charts. */
  readonly randomReturn: number;
  /** Environment steps between evaluations where the usual distance would cost more than the training itself. */
  readonly evaluationEvery?: number;
  /** Simulated seconds per step, for showing it in real time. */
  readonly secondsPerStep: number;
  /** The reference this world follows; `differences.ts` says what differs from it. */
  readonly source: string;
  /** Whose best policies can be worked out beside learning: `evaluate/inventory/reference.ts` does. */
  readonly solvedAs?: "inventory";
  /** Where it can run: single-source worlds also on a GPU. */
  readonly runsOn: readonly ("cpu" | "gpu")[];
}

/** A world of single-source dynamics. */
export interface SingleSourceEnvironment {
  readonly spec: EnvironmentSpec;
  readonly dynamics: Dynamics<never>;
}

/**
 * A world that an engine moves (rigid bodies, for example). Its engine is loaded when the world is played:
 * `loadEnvironment` in `index.ts` does that, once.
 */
export interface SimulatedEnvironment {
  readonly spec: EnvironmentSpec;
  readonly dynamics?: undefined;
  readonly simulation: LazySimulation;
}

/** A world whose features, actions and state are known: what it is, and how it moves. */
export type PlayableEnvironment = SingleSourceEnvironment | SimulatedEnvironment;

/**
 * A world whose sizes follow from its options (how many stores a network has), and so everything else about it.
 *
 * `variantOf` gives the playable world of some options, after `loadEnvironment`. Features, actions, state and measured
 * returns of `spec` are those of the default options; title, options, reward terms and kind of action are everyone's.
 */
export interface VariedEnvironment {
  readonly spec: EnvironmentSpec;
  readonly dynamics?: undefined;
  readonly variants: LazyVariants<OptionValues, PlayableEnvironment>;
  /** Loads what a variant of these options is made of, beside code; absent where that is all. */
  prepare?(options: OptionValues): Promise<void>;
}

/** A world as the registry knows it. */
export type Environment = PlayableEnvironment | VariedEnvironment;

/**
 * Many copies of one world, stepped together into shared arrays.
 *
 * Row-major, owned by the batch and overwritten by every `step`. Auto-reset happens within the same step: then
 * `observations` already holds the new episode and `finalObservations` the last observation of the old one (rows
 * of copies whose episode goes on hold their newest observation too, so it is always what followed the action).
 */
export interface VectorEnvironment {
  readonly spec: EnvironmentSpec;
  readonly numEnvs: number;
  /** Steps until truncation. */
  readonly horizon: number;
  /** [numEnvs, observationSize] */
  readonly observations: Float32Array;
  /** [numEnvs, observationSize] */
  readonly finalObservations: Float32Array;
  /** [numEnvs] */
  readonly rewards: Float32Array;
  /** [numEnvs, numTerms] */
  readonly rewardTerms: Float32Array;
  /** [numEnvs], 0 or 1: the task ended. */
  readonly terminated: Uint8Array;
  /** [numEnvs], 0 or 1: the horizon cut the episode short (never together with `terminated`). */
  readonly truncated: Uint8Array;
  /** [numEnvs, numParams], read at each copy's reset; a curriculum writes it. */
  readonly params: Float64Array;
  /** [numEnvs]: undiscounted return and length of the episode so far; where one just ended, of that episode. */
  readonly episodeReturns: Float64Array;
  readonly episodeLengths: Uint32Array;
  /** Starts a new episode in every copy. */
  reset(): void;
  /** Takes one step in every copy; `actions` [numEnvs, actionSize]. */
  step(actions: Float32Array): void;
  /** The world's own state of one copy [stateSize], a copy. */
  stateOf(env: number): Float64Array;
  /** The state of one copy that followed its last action, before any reset [stateSize], a copy: what `finalObservations` saw. */
  finalStateOf(env: number): Float64Array;
  /**
   * Puts one copy into a state, at step 0 of an episode, and refreshes its observation. A simulated world begins
   * anew from what its state holds; what its engine keeps to itself (see `differences.ts`) is not in there.
   */
  setStateOf(env: number, state: ArrayLike<number>): void;
  /** Everything needed to go on exactly, as plain data for `core/pack`. */
  getState(): VectorState;
  /** Throws `RangeError` when sizes differ. */
  setState(state: VectorState): void;
}

export type VectorState = {
  readonly states: Float64Array;
  readonly params: Float64Array;
  /** Parameters in force in the running episodes (a curriculum may have written newer ones to `params`). */
  readonly activeParams: Float64Array;
  readonly episodeReturns: Float64Array;
  readonly episodeLengths: Uint32Array;
  readonly ended: Uint8Array;
  readonly noisePositions: Uint32Array;
  /** How each copy's episode came to where it is; only of simulated worlds, which are restored by playing it again. */
  readonly history?: EpisodeHistory;
};

/** Where the running episode of each copy began, and what was done since. */
export type EpisodeHistory = {
  /** [numEnvs], 1 where it began in a state from outside, 0 where it began with a reset. */
  readonly adopted: Uint8Array;
  /** [numEnvs, stateSize], the state it began in; zeros after a reset. */
  readonly startStates: Float64Array;
  /** [numEnvs], position in the copy's noise before its first draw of this episode. */
  readonly startPositions: Uint32Array;
  /** [numEnvs], actions taken since. */
  readonly numActions: Uint32Array;
  /** The actions of copy 0, then of copy 1, and so on [sum of numActions, actionSize]. */
  readonly actions: Float32Array;
};
