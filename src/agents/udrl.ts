import { type Command, type Commanded, followCommand, SeenCommands, writeCommand } from "../core/command.js";
import { InputError } from "../core/errors.js";
import type { Packable } from "../core/pack.js";
import { RandomStream } from "../core/random.js";
import { type Controller, controlledWorlds, loadController } from "../envs/controllers.js";
import type { VectorEnvironment } from "../envs/environment.js";
import type { Agent, AgentContext, Diagnostics, FinishedEpisode, Iteration } from "./agent.js";
import { UpsideDownPolicy } from "./policies/upside-down.js";
import { EpisodeMemory } from "./udrl/episode-memory.js";
import type { FitReport, Learner, LearnerSizes } from "./udrl/learner.js";
import { copyLearner, createLearner } from "./udrl/learners.js";
import { sizesOf } from "./udrl/shape.js";
import type { UdrlOptions } from "./udrl-options.js";

/** Training commands from which the most frequent one is taken. */
const COMMANDS_REMEMBERED = 1500;

/**
 * Upside-down reinforcement learning: what was done becomes the answer to the question of what it led to.
 *
 * A learner is taught, from the agent's own episodes, which action was taken in a state from which a certain return
 * followed within a certain number of steps. Asked for a little more than its best episodes, it explores.
 * Source: Srivastava et al. 2019, arXiv:1912.02877, algorithms 1 and 2; learners other than networks:
 * Cardenas-Cartagena et al. 2025, arXiv:2411.11457.
 */
class Udrl implements Agent {
  readonly policy: UpsideDownPolicy;
  private readonly env: VectorEnvironment;
  private readonly learner: Learner;
  private readonly memory: EpisodeMemory;
  private readonly seen = new SeenCommands();
  private readonly commandStream: RandomStream;
  private readonly actionStream: RandomStream;
  private readonly exampleStream: RandomStream;
  private readonly numActions: number;
  /** Newest training commands, cut to whole numbers: [return, horizon, return, horizon, …]. */
  private commands: number[] = [];
  private rounds = 0;
  private warmUpLeft: number;
  private demonstrationsLeft: number;
  private episodesLeft = 0;
  /** Sums over the episodes of the round: asked and achieved returns. */
  private asked = 0;
  private achieved = 0;
  private evaluation: Command;

  private readonly sizes: LearnerSizes;

  constructor(
    private readonly context: AgentContext,
    private readonly options: UdrlOptions,
    private readonly controller: Controller | null,
  ) {
    const { env, seed } = context;
    const sizes = sizesOf(env.spec);
    this.sizes = sizes;
    this.env = env;
    this.numActions = sizes.numActions;
    this.learner = createLearner(options, sizes, context);
    this.memory = new EpisodeMemory(options.bufferSize, options.keep, env.spec.observation.length);
    this.commandStream = new RandomStream(seed, "udrl/commands");
    this.actionStream = new RandomStream(seed, "udrl/actions");
    this.exampleStream = new RandomStream(seed, "udrl/examples");
    this.policy = this.policyOf(this.learner, () => this.commanded);
    this.warmUpLeft = options.warmUp;
    this.demonstrationsLeft = options.demonstrations;
    this.evaluation = { desiredReturn: options.evaluationReturn, desiredHorizon: options.evaluationHorizon };
  }

  async copyPolicy(): Promise<{ readonly policy: UpsideDownPolicy; dispose(): void }> {
    const learner = await copyLearner(this.learner, this.options, this.sizes, this.context);
    const { commanded } = this;
    return { policy: this.policyOf(learner, () => commanded), dispose: () => learner.dispose() };
  }

  /** The rounds that were asked for are over. */
  get done(): boolean {
    return this.rounds >= this.options.rounds && this.episodesLeft === 0;
  }

  private policyOf(learner: Learner, about: () => Commanded): UpsideDownPolicy {
    const { options, sizes } = this;
    const sample = options.sampleActions === "all" || (options.sampleActions === "network" && learner.incremental);
    return new UpsideDownPolicy(learner, sizes, { ...options, sample }, about);
  }

  /** Plays one episode; a round begins with a training. Algorithm 1. */
  async iterate(): Promise<Iteration> {
    if (this.demonstrationsLeft > 0 && this.controller) {
      this.demonstrationsLeft--;
      const episode = await this.play(null, this.controller);
      return { steps: episode.length, episodes: [episode], diagnostics: null };
    }
    if (this.warmUpLeft > 0) {
      this.warmUpLeft--;
      const episode = await this.play(null);
      return { steps: episode.length, episodes: [episode], diagnostics: null };
    }
    let diagnostics: Diagnostics | null = null;
    if (this.episodesLeft === 0) {
      diagnostics = this.diagnosticsOf(await this.train());
      this.episodesLeft = this.options.episodesPerRound;
      this.asked = 0;
      this.achieved = 0;
      this.rounds++;
    }
    const command = this.exploratoryCommand();
    const episode = await this.play(command);
    this.episodesLeft--;
    this.asked += command.desiredReturn;
    this.achieved += episode.episodeReturn;
    this.remember(command);
    return { steps: episode.length, episodes: [episode], diagnostics };
  }

  /** Teaches the learner: many small batches, or all that is in memory at once. */
  private async train(): Promise<FitReport> {
    const { options, learner } = this;
    const numFits = learner.incremental ? options.gradientSteps : 1;
    const numEpisodes = learner.incremental ? options.batchSize : this.memory.size;
    // A network meets every episode again and again: one example each time is enough.
    const settings = learner.incremental ? { ...options, segments: 1 } : options;
    let [accuracy, loss] = [0, 0];
    for (let i = 0; i < numFits; i++) {
      const examples = this.memory.examples(numEpisodes, settings, this.exampleStream);
      const fitted = learner.fit(examples, this.exampleStream.integer(2 ** 24));
      const report = fitted instanceof Promise ? await fitted : fitted;
      accuracy += report.accuracy / numFits;
      loss += report.loss / numFits;
    }
    return { accuracy, loss };
  }

  /** Somewhat more than the best episodes gave: d_h their mean length, d_r uniform between mean and mean + S. */
  private exploratoryCommand(): Command {
    const { lastFew, optimism } = this.options;
    const { returnMean, returnStd, lengthMean } = this.memory.best(lastFew);
    return {
      desiredReturn: returnMean + optimism * returnStd * this.commandStream.uniform(),
      desiredHorizon: Math.max(lengthMean, 1),
    };
  }

  /** One episode under a command, else by a controller, else of random actions; it goes into the memory. Algorithm 2. */
  private async play(command: Command | null, controller: Controller | null = null): Promise<FinishedEpisode> {
    const { env, policy, actionStream, numActions } = this;
    const observationSize = env.spec.observation.length;
    const observations: number[] = [];
    const actions: number[] = [];
    const rewards: number[] = [];
    const left = new Float32Array(2);
    const action = new Float32Array(1);
    if (command) writeCommand(command, left, 0);
    let ended = false;
    while (!ended) {
      for (let i = 0; i < observationSize; i++) observations.push(env.observations[i]);
      if (command) {
        const pending = policy.act(env.observations, left, action, actionStream);
        if (pending) await pending;
      } else {
        action[0] = controller?.(env.observations) ?? actionStream.integer(numActions);
      }
      env.step(action);
      actions.push(action[0]);
      rewards.push(env.rewards[0]);
      followCommand(left, 0, env.rewards[0]);
      ended = env.terminated[0] === 1 || env.truncated[0] === 1;
    }
    const episode = {
      episodeReturn: env.episodeReturns[0],
      length: env.episodeLengths[0],
      terminated: env.terminated[0] === 1,
    };
    const returnsToGo = new Float32Array(episode.length);
    let sum = 0;
    for (let step = episode.length - 1; step >= 0; step--) {
      sum += rewards[step];
      returnsToGo[step] = sum;
    }
    this.memory.add({
      length: episode.length,
      episodeReturn: episode.episodeReturn,
      observations: Float32Array.from(observations),
      actions: Uint8Array.from(actions),
      returnsToGo,
    });
    this.seen.add(
      returnsToGo,
      returnsToGo.map((_, step) => episode.length - step),
    );
    return episode;
  }

  private remember({ desiredReturn, desiredHorizon }: Command): void {
    this.commands.push(Math.trunc(desiredReturn), Math.trunc(desiredHorizon));
    if (this.commands.length > 2 * COMMANDS_REMEMBERED) this.commands = this.commands.slice(2);
  }

  private get commanded(): Commanded {
    return { command: this.evaluationCommand(), seen: this.seen.toArray() };
  }

  /** What evaluations ask for, by the rule of the options; the fixed command as long as nothing was played. */
  private evaluationCommand(): Command {
    const { options, memory, commands } = this;
    if (options.evaluationCommand === "fixed" || memory.size === 0) return this.evaluation;
    if (options.evaluationCommand === "frequent" && commands.length > 0) return mostFrequent(commands);
    const { returnMean, lengthMean } = memory.best(options.lastFew);
    return { desiredReturn: returnMean, desiredHorizon: Math.max(lengthMean, 1) };
  }

  private diagnosticsOf(report: FitReport): Diagnostics {
    const { memory, options } = this;
    const { returnMean } = memory.best(memory.size);
    const round: Diagnostics =
      this.rounds === 0
        ? {}
        : {
            askedReturn: this.asked / options.episodesPerRound,
            achievedReturn: this.achieved / options.episodesPerRound,
          };
    return {
      ...round,
      accuracy: report.accuracy,
      loss: report.loss,
      bufferMinimum: memory.episodes[memory.size - 1].episodeReturn,
      bufferMean: returnMean,
      bufferSize: memory.size,
    };
  }

  async getState(): Promise<Packable> {
    return {
      learner: await this.learner.getState(),
      memory: this.memory.getState(),
      seen: this.seen.toArray(),
      environment: this.env.getState(),
      commandPositions: this.commandStream.positions.slice(),
      actionPositions: this.actionStream.positions.slice(),
      examplePositions: this.exampleStream.positions.slice(),
      commands: Float64Array.from(this.commands),
      rounds: this.rounds,
      warmUpLeft: this.warmUpLeft,
      demonstrationsLeft: this.demonstrationsLeft,
      episodesLeft: this.episodesLeft,
      asked: this.asked,
      achieved: this.achieved,
    };
  }

  setState(packed: Packable): void {
    const state = packed as unknown as UdrlState;
    this.learner.setState(state.learner);
    this.memory.setState(state.memory);
    this.seen.restore(state.seen);
    this.env.setState(state.environment);
    this.commandStream.restore(state.commandPositions);
    this.actionStream.restore(state.actionPositions);
    this.exampleStream.restore(state.examplePositions);
    this.commands = Array.from(state.commands);
    this.rounds = state.rounds;
    this.warmUpLeft = state.warmUpLeft;
    // Checkpoints of earlier versions know of none.
    this.demonstrationsLeft = state.demonstrationsLeft ?? 0;
    this.episodesLeft = state.episodesLeft;
    this.asked = state.asked;
    this.achieved = state.achieved;
  }

  dispose(): void {
    this.learner.dispose();
  }
}

interface UdrlState {
  readonly learner: Packable;
  readonly memory: Packable;
  readonly seen: Float64Array;
  readonly environment: Parameters<VectorEnvironment["setState"]>[0];
  readonly commandPositions: Uint32Array;
  readonly actionPositions: Uint32Array;
  readonly examplePositions: Uint32Array;
  readonly commands: Float64Array;
  readonly rounds: number;
  readonly warmUpLeft: number;
  readonly demonstrationsLeft?: number;
  readonly episodesLeft: number;
  readonly asked: number;
  readonly achieved: number;
}

/** The pair [return, horizon] that stands most often in a list of pairs; of equals the one that was asked for last. */
function mostFrequent(commands: readonly number[]): Command {
  const counts = new Map<string, number>();
  let best: Command = { desiredReturn: commands[0], desiredHorizon: Math.max(commands[1], 1) };
  let most = 0;
  for (let i = 0; i < commands.length; i += 2) {
    const key = `${commands[i]},${commands[i + 1]}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count < most) continue;
    most = count;
    best = { desiredReturn: commands[i], desiredHorizon: Math.max(commands[i + 1], 1) };
  }
  return best;
}

/**
 * Makes the agent; the registry loads this file only when one is trained. Throws {@link InputError} where
 * demonstrations are asked for in a world without a controller.
 */
export async function createUdrl(context: AgentContext): Promise<Agent> {
  const options = context.options as unknown as UdrlOptions;
  const { id } = context.env.spec;
  const controller = options.demonstrations > 0 ? await loadController(id) : null;
  if (options.demonstrations > 0 && !controller) {
    const allowed = `0 in ${id}: of all worlds only ${controlledWorlds.join(", ")} has a controller`;
    throw new InputError("agent.demonstrations", String(options.demonstrations), allowed);
  }
  return new Udrl(context, options, controller);
}
