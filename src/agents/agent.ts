import type { EngineFactory, EngineId, Gathering } from "../compute/engine.js";
import type { GraphicsDevice } from "../compute/gpu/device.js";
import type { NetworkSpec } from "../compute/network.js";
import type { OptionsSchema, OptionValues } from "../core/options.js";
import type { Packable } from "../core/pack.js";
import type { EnvironmentSpec, VectorEnvironment } from "../envs/environment.js";
import type { EvaluationRequest, EvaluationResult } from "../evaluate/evaluate.js";
import type { Policy } from "./policies/policy.js";

/** What one update reports. Every value is a plain number; the definition says what each means. */
export type Diagnostics = Readonly<Record<string, number>>;

/** How to read one diagnostic: its name, unit, and the range in which training is healthy. */
export interface DiagnosticDescription {
  readonly key: string;
  readonly title: string;
  readonly help: string;
  /** Healthy range, either end may be null (no bound); null where no range is known. */
  readonly healthy: readonly [number | null, number | null] | null;
}

/** An episode that ended while the agent gathered experience. */
export interface FinishedEpisode {
  readonly episodeReturn: number;
  readonly length: number;
  readonly terminated: boolean;
}

/** The outcome of one update: what was gathered and what was learned. */
export interface Iteration {
  /** Environment steps taken, over all copies. */
  readonly steps: number;
  /** Episodes that ended, in the order in which they count; of very many only some. */
  readonly episodes: readonly FinishedEpisode[];
  /** How many ended in all, where `episodes` holds only some of them. */
  readonly numEpisodes?: number;
  /** Null while nothing was learned (a replay buffer that still fills). */
  readonly diagnostics: Diagnostics | null;
}

/** An algorithm that turns experience into a better policy. Its whole state is plain data: resume is exact. */
export interface Agent {
  /** The policy as it stands; acts on its own, never disturbs training. */
  readonly policy: Policy;
  /** A copy of it that training does not touch; absent where its serialised form can act again by itself. */
  copyPolicy?(): Promise<{ readonly policy: Policy; dispose(): void }>;
  /** Gathers experience and learns from it once. */
  iterate(): Iteration | Promise<Iteration>;
  /** Numbers that learn, where they are not those of the definition's network. */
  readonly parameterCount?: number;
  /** It has reached an end of its own, such as a number of rounds; absent where only the budget ends it. */
  readonly done?: boolean;
  /** Environment steps after which it ends by itself at the latest; absent or null where it does not know. */
  readonly plannedSteps?: number | null;
  getState(): Packable | Promise<Packable>;
  setState(state: Packable): void;
  /**
   * Measures the policy where it lives, with the numbers that `evaluatePolicy` would draw; absent where acting row by
   * row is as good.
   */
  evaluate?(request: EvaluationRequest): Promise<EvaluationResult>;
  /** The replay buffer, whose contents go into segments of their own rather than into the state; absent or null without one. */
  readonly replay?: ReplayLog | null;
  dispose(): void;
}

/**
 * Experience as an append-only log: entry n never changes once written, and only the newest `capacity` matter.
 *
 * Checkpoints refer to segments of it instead of copying everything each time.
 */
export interface ReplayLog {
  /** Entries ever written. */
  readonly numWritten: number;
  /** Entries that still matter. */
  readonly capacity: number;
  /** Entries [from, to) as plain data; they must still be within the newest `capacity`. */
  segment(from: number, to: number): Packable | Promise<Packable>;
  /** Puts a segment back, in the order they were written. */
  restoreSegment(segment: Packable): void;
}

export interface AgentContext {
  readonly env: VectorEnvironment;
  /** Parsed options of the world. */
  readonly envOptions: OptionValues;
  readonly createEngine: EngineFactory;
  /** Seed of all the agent's streams. */
  readonly seed: number;
  /** Parsed options of the definition's schema. */
  readonly options: OptionValues;
  /** What a long `iterate` calls now and then; what it answers with is waited for, so that a Worker hears messages. */
  readonly breathe?: (() => Promise<void> | undefined) | undefined;
}

/** The network that an agent learns, and what it asks of an engine. */
export interface NetworkWork {
  readonly spec: NetworkSpec;
  /** Rows of an update. */
  readonly batch: number;
  /** How it gathers for its updates; absent where that hardly counts. */
  readonly gathering?: Gathering;
  /** The engines that can do what it needs; absent where any can. */
  readonly engines?: readonly EngineId[];
}

/** An algorithm as the registry knows it. */
export interface AgentDefinition {
  /** Kebab case: `ppo`. */
  readonly id: string;
  readonly title: string;
  /** One sentence: how it learns. */
  readonly summary: string;
  /** Paper and equation. */
  readonly source: string;
  readonly options: OptionsSchema;
  readonly diagnostics: readonly DiagnosticDescription[];
  /** Tuned options by environment id; the rest are the schema's defaults. */
  readonly presets: Readonly<Record<string, OptionValues>>;
  /** Environment steps a run takes when nobody says otherwise, by environment id, with `default`. */
  readonly budgets: Readonly<Record<string, number>>;
  /** Environment steps between evaluations at least, where a single update takes many. */
  readonly evaluationEvery?: number;
  /** Null when it can learn in this world, else the reason in words. */
  unsupported(spec: EnvironmentSpec): string | null;
  /** Worlds that it was made for: there it is offered to whoever names no other. */
  readonly madeFor?: readonly string[];
  /** Number of environment copies it wants, from its options. */
  numEnvs(options: OptionValues): number;
  /** Network and batch to time for the choice of an engine; null where nothing that it learns is a network. */
  network(spec: EnvironmentSpec, options: OptionValues): NetworkWork | null;
  create(context: AgentContext): Agent | Promise<Agent>;
  /** How it learns with worlds, networks and updates staying on the graphics device; absent where it cannot. */
  readonly resident?: ResidentDefinition;
}

/** The same algorithm on the graphics device, for worlds whose spec says `gpu`. */
export interface ResidentDefinition {
  /** Null when these options are available there, else the reason in words. */
  unsupported(spec: EnvironmentSpec, options: OptionValues): string | null;
  /**
   * Makes the agent; its state is that of the one `create` makes. Throws `InputError` where the device is too small,
   * and everything it does rejects with `DeviceLostError` once the device is lost.
   */
  create(context: AgentContext, graphics: GraphicsDevice): Promise<Agent>;
}
