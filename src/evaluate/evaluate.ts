import type { OptionValues } from "../core/options.js";
import { RandomStream } from "../core/random.js";
import { actionSize } from "../core/spaces.js";
import type { Environment } from "../envs/environment.js";
import { createVectorEnvironment } from "../envs/index.js";

/** Whatever acts: the part of a policy that an evaluation needs. */
export interface Actor {
  /** Fills `actions` [n, actionSize] for `observations` [n, observationSize]; a null stream means deterministic. */
  act(
    observations: Float32Array,
    commands: Float32Array | null,
    actions: Float32Array,
    stream: RandomStream | null,
  ): void | Promise<void>;
}

/** What decides an evaluation. */
export interface EvaluationRequest {
  /** Episodes, each in a copy of its own. */
  readonly episodes: number;
  readonly seed: number;
  /** Name of the stream that the worlds draw from. */
  readonly streamName: string;
  readonly options: OptionValues;
  /** Sample actions instead of taking the best one. */
  readonly stochastic?: boolean;
}

/** Undiscounted return and length of each episode [episodes]. */
export interface EvaluationResult {
  readonly returns: Float64Array;
  readonly lengths: Uint32Array;
}

/**
 * Plays one episode in each of `episodes` copies of a world and tells how they went.
 *
 * A pure function of its arguments: it draws from streams of its own. Only the first episode of a copy counts, so
 * long episodes are not under-represented.
 */
export async function evaluatePolicy(
  actor: Actor,
  environment: Environment,
  request: EvaluationRequest,
): Promise<EvaluationResult> {
  const { episodes, seed, streamName, options } = request;
  const env = createVectorEnvironment(environment, { numEnvs: episodes, seed, streamName, options });
  const stream = request.stochastic ? new RandomStream(seed, `${streamName}/actions`, episodes) : null;
  const actions = new Float32Array(episodes * actionSize(environment.spec.action));
  const returns = new Float64Array(episodes);
  const lengths = new Uint32Array(episodes);
  for (let left = episodes; left > 0; ) {
    const pending = actor.act(env.observations, null, actions, stream);
    if (pending) await pending;
    env.step(actions);
    for (let copy = 0; copy < episodes; copy++) {
      if (lengths[copy] !== 0 || !(env.terminated[copy] || env.truncated[copy])) continue;
      returns[copy] = env.episodeReturns[copy];
      lengths[copy] = env.episodeLengths[copy];
      left--;
    }
  }
  return { returns, lengths };
}
