import { COMMAND_SIZE, type Command, type Commanded, followCommand, writeCommand } from "../core/command.js";
import type { OptionValues } from "../core/options.js";
import { RandomStream } from "../core/random.js";
import { actionSize } from "../core/spaces.js";
import type { Environment } from "../envs/environment.js";
import { createVectorEnvironment, loadEnvironment } from "../envs/index.js";

/** Whatever acts: the part of a policy that an evaluation needs. */
export interface Actor {
  /** Fills `actions` [n, actionSize] for `observations` [n, observationSize]; a null stream means deterministic. */
  act(
    observations: Float32Array,
    commands: Float32Array | null,
    actions: Float32Array,
    stream: RandomStream | null,
  ): void | Promise<void>;
  /** Absent for policies that take no command. */
  readonly commanded?: Commanded;
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
  /** For upside-down policies: one command, or one for each episode; the policy's own when absent. */
  readonly command?: Command | readonly Command[];
}

/** Undiscounted return and length of each episode [episodes]. */
export interface EvaluationResult {
  readonly returns: Float64Array;
  readonly lengths: Uint32Array;
}

/** The rows of `source` that `copies` names, one after another, in `target`. */
function gatherRows(source: Float32Array, copies: Uint32Array, target: Float32Array): void {
  const size = target.length / copies.length;
  for (let row = 0; row < copies.length; row++) {
    for (let i = 0; i < size; i++) target[row * size + i] = source[copies[row] * size + i];
  }
}

/** The inverse: row r of `source` goes to row `copies[r]` of `target`. */
function scatterRows(source: Float32Array, copies: Uint32Array, target: Float32Array): void {
  const size = source.length / copies.length;
  for (let row = 0; row < copies.length; row++) {
    for (let i = 0; i < size; i++) target[copies[row] * size + i] = source[row * size + i];
  }
}

/** Commands [episodes, 2] of the first step; null for a policy that takes none. Throws `RangeError` for a wrong count. */
function firstCommands(actor: Actor, { command, episodes }: EvaluationRequest): Float32Array | null {
  const asked = command ?? actor.commanded?.command;
  if (!asked || !actor.commanded) return null;
  const list = Array.isArray(asked) ? (asked as readonly Command[]) : null;
  if (list && list.length !== episodes) throw new RangeError(`expected ${episodes} commands, got ${list.length}`);
  const commands = new Float32Array(episodes * COMMAND_SIZE);
  for (let copy = 0; copy < episodes; copy++) writeCommand(list ? list[copy] : (asked as Command), commands, copy);
  return commands;
}

/**
 * Plays one episode in each of `episodes` copies of a world and tells how they went.
 *
 * A pure function of its arguments: it draws from streams of its own. Only the first episode of a copy counts, so
 * long episodes are not under-represented. A deterministic policy is asked for fewer rows once half of them are no
 * longer needed; a stochastic one is not, because row i draws from copy i of its stream. A command is what is left of
 * it: after each step the reward and one step are taken off.
 */
export async function evaluatePolicy(
  actor: Actor,
  environment: Environment,
  request: EvaluationRequest,
): Promise<EvaluationResult> {
  const { episodes, seed, streamName, options } = request;
  await loadEnvironment(environment);
  const env = createVectorEnvironment(environment, { numEnvs: episodes, seed, streamName, options });
  const stream = request.stochastic ? new RandomStream(seed, `${streamName}/actions`, episodes) : null;
  const [observationSize, sizeOfAction] = [env.spec.observation.length, actionSize(env.spec.action)];
  const actions = new Float32Array(episodes * sizeOfAction);
  const returns = new Float64Array(episodes);
  const lengths = new Uint32Array(episodes);
  const commands = firstCommands(actor, request);

  let copies = Uint32Array.from({ length: episodes }, (_, copy) => copy);
  let asked = { observations: env.observations, actions, commands };
  for (let left = episodes; left > 0; ) {
    if (!stream && left <= copies.length / 2) {
      copies = copies.filter((copy) => lengths[copy] === 0);
      asked = {
        observations: new Float32Array(left * observationSize),
        actions: new Float32Array(left * sizeOfAction),
        commands: commands && new Float32Array(left * COMMAND_SIZE),
      };
    }
    const all = copies.length === episodes;
    if (!all) gatherRows(env.observations, copies, asked.observations);
    if (!all && commands && asked.commands) gatherRows(commands, copies, asked.commands);
    const pending = actor.act(asked.observations, asked.commands, asked.actions, stream);
    if (pending) await pending;
    if (!all) scatterRows(asked.actions, copies, actions);
    env.step(actions);
    if (commands) for (const copy of copies) followCommand(commands, copy, env.rewards[copy]);
    for (const copy of copies) {
      if (lengths[copy] !== 0 || !(env.terminated[copy] || env.truncated[copy])) continue;
      returns[copy] = env.episodeReturns[copy];
      lengths[copy] = env.episodeLengths[copy];
      left--;
    }
  }
  return { returns, lengths };
}
