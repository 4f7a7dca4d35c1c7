import type { Engine } from "../compute/engine.js";
import { initialParameters } from "../compute/initialise.js";
import type { Packable } from "../core/pack.js";
import { RandomStream } from "../core/random.js";
import type { Ref } from "../envs/dynamics.js";
import type { VectorEnvironment } from "../envs/environment.js";
import type { Agent, AgentContext, FinishedEpisode, Iteration } from "./agent.js";
import { actionValue, type DqnLossSettings, dqnLoss } from "./dqn-loss.js";
import { networkOf } from "./dqn-network.js";
import { type DqnOptions, learningRateAt } from "./dqn-options.js";
import type { DqnState } from "./dqn-state.js";
import { type MlpHead, MlpPolicy } from "./policies/mlp.js";
import type { Policy } from "./policies/policy.js";
import { type ReplayBatch, ReplayBuffer } from "./replay.js";

/** Environment steps that one `iterate` gathers at least, so that reporting costs little. */
const STEPS_PER_ITERATION = 64;

/**
 * Deep Q-network, with double, dueling, n-step and prioritised replay as options.
 *
 * Source: Mnih et al. 2015, Nature 518, algorithm 1; double: van Hasselt et al. 2016, arXiv:1509.06461; the rest as
 * combined by Hessel et al. 2018, arXiv:1710.02298. A truncated episode bootstraps from its last observation.
 */
class Dqn implements Agent {
  readonly policy: Policy;
  readonly replay: ReplayBuffer;
  private readonly engine: Engine;
  private readonly target: Engine;
  private readonly env: VectorEnvironment;
  private readonly behaviour: MlpPolicy;
  private readonly head: Extract<MlpHead, { kind: "values" }>;
  private readonly actionStream: RandomStream;
  private readonly sampleStream: RandomStream;
  private readonly settings: DqnLossSettings;
  private readonly observations: Float32Array;
  private readonly actions: Float32Array;
  private readonly outputs: Float32Array;
  private readonly nextOutputs: Float32Array;
  private readonly onlineNextOutputs: Float32Array;
  private readonly gradients: Float32Array;
  private readonly samples: Float32Array;
  private readonly outputRows: Ref[];
  private readonly nextRows: Ref[];
  private readonly onlineNextRows: Ref[];
  private readonly gradientRows: Ref[];
  private readonly sampleRows: Ref[];
  private numSteps = 0;
  private stepsUntilTraining: number;
  private stepsUntilTarget: number;

  constructor(
    context: AgentContext,
    private readonly options: DqnOptions,
  ) {
    const { env } = context;
    this.env = env;
    const network = networkOf(env.spec, options);
    const maxBatch = Math.max(options.batchSize, env.numEnvs, 64);
    this.engine = context.createEngine(network, maxBatch);
    this.target = context.createEngine(network, maxBatch);
    const parameters = initialParameters(this.engine.layout, new RandomStream(context.seed, "dqn/initialise"));
    this.engine.setParameters(parameters);
    this.target.setParameters(parameters);
    this.actionStream = new RandomStream(context.seed, "dqn/actions", env.numEnvs);
    this.sampleStream = new RandomStream(context.seed, "dqn/replay");
    this.head = { kind: "values", dueling: options.dueling, epsilon: options.epsilonStart };
    this.behaviour = new MlpPolicy(this.engine, env.spec.action, this.head, null);
    this.policy = this.behaviour;
    this.replay = new ReplayBuffer(env, {
      capacity: options.bufferSize,
      batchSize: options.batchSize,
      prioritised: options.prioritised,
    });
    const numActions = env.spec.action.kind === "discrete" ? env.spec.action.names.length : 0;
    this.settings = { numActions, dueling: options.dueling ? 1 : 0, huber: options.loss === "huber" ? 1 : 0 };
    this.stepsUntilTraining = options.trainEvery;
    this.stepsUntilTarget = options.targetEvery;

    const { outputSize } = this.engine.layout;
    const rowsOf = (array: Float32Array, size: number): Ref[] =>
      Array.from({ length: options.batchSize }, (_, row) => ({ $: array.subarray(row * size, (row + 1) * size) }));
    this.observations = new Float32Array(env.observations.length);
    this.actions = new Float32Array(env.numEnvs);
    this.outputs = new Float32Array(options.batchSize * outputSize);
    this.nextOutputs = new Float32Array(options.batchSize * outputSize);
    this.onlineNextOutputs = new Float32Array(options.batchSize * outputSize);
    this.gradients = new Float32Array(options.batchSize * outputSize);
    this.samples = new Float32Array(options.batchSize * 3);
    this.outputRows = rowsOf(this.outputs, outputSize);
    this.nextRows = rowsOf(this.nextOutputs, outputSize);
    this.onlineNextRows = rowsOf(this.onlineNextOutputs, outputSize);
    this.gradientRows = rowsOf(this.gradients, outputSize);
    this.sampleRows = rowsOf(this.samples, 3);
  }

  async iterate(): Promise<Iteration> {
    const { options, env } = this;
    const episodes: FinishedEpisode[] = [];
    const statistics = new Float64Array(4);
    let numUpdates = 0;
    let steps = 0;
    while (steps < STEPS_PER_ITERATION) {
      await this.playStep(episodes);
      steps += env.numEnvs;
      this.numSteps += env.numEnvs;
      this.stepsUntilTarget -= env.numEnvs;
      if (this.stepsUntilTarget <= 0) {
        this.stepsUntilTarget += Math.max(options.targetEvery, env.numEnvs);
        await this.updateTarget();
      }
      this.stepsUntilTraining -= env.numEnvs;
      if (this.stepsUntilTraining > 0) continue;
      this.stepsUntilTraining += Math.max(options.trainEvery, env.numEnvs);
      if (this.numSteps < options.learningStarts) continue;
      for (let i = 0; i < options.gradientSteps; i++) await this.learnOnce(statistics);
      numUpdates += options.gradientSteps;
    }
    const numSamples = numUpdates * options.batchSize;
    const diagnostics =
      numUpdates === 0
        ? null
        : {
            loss: statistics[0] / numSamples,
            tdError: statistics[1] / numSamples,
            meanValue: statistics[2] / numSamples,
            epsilon: this.head.epsilon,
            gradientNorm: statistics[3] / numUpdates,
            replaySize: this.replay.size,
          };
    return { steps, episodes, diagnostics };
  }

  /** One ε-greedy step in every copy. */
  private async playStep(episodes: FinishedEpisode[]): Promise<void> {
    const { env, options } = this;
    const progress = Math.min(1, this.numSteps / options.scheduleSteps);
    this.head.epsilon = options.epsilonStart + progress * (options.epsilonEnd - options.epsilonStart);
    this.observations.set(env.observations);
    const pending = this.behaviour.act(this.observations, null, this.actions, this.actionStream);
    if (pending) await pending;
    env.step(this.actions);
    this.replay.write(this.observations, this.actions, env);
    for (let copy = 0; copy < env.numEnvs; copy++) {
      if (!env.terminated[copy] && !env.truncated[copy]) continue;
      episodes.push({
        episodeReturn: env.episodeReturns[copy],
        length: env.episodeLengths[copy],
        terminated: env.terminated[copy] === 1,
      });
    }
  }

  /** One gradient step on a sampled batch; adds [loss, |TD error|, value] of every sample and the norm. */
  private async learnOnce(statistics: Float64Array): Promise<void> {
    const { options, engine } = this;
    const { batchSize } = options;
    const progress = Math.min(1, this.numSteps / options.scheduleSteps);
    const beta = options.importanceStart + progress * (1 - options.importanceStart);
    const batch = this.replay.sample(this.sampleStream, options.nSteps, options.gamma, beta);
    const next = this.target.forward(batch.nextObservations, batchSize, this.nextOutputs);
    if (next) await next;
    if (options.double) {
      const online = engine.forward(batch.nextObservations, batchSize, this.onlineNextOutputs);
      if (online) await online;
    }
    this.fillSamples(batch);

    const forward = engine.forward(batch.observations, batchSize, this.outputs);
    if (forward) await forward;
    const totals: Ref = { $: statistics };
    for (let i = 0; i < batchSize; i++) {
      const error = dqnLoss(this.outputRows[i], this.sampleRows[i], this.settings, this.gradientRows[i], totals);
      if (options.prioritised) this.replay.setPriority(batch.slots[i], error, options.priorityExponent);
    }
    for (let i = 0; i < this.gradients.length; i++) this.gradients[i] /= batchSize;
    const backward = engine.backward(this.gradients, batchSize);
    if (backward) await backward;
    const norm = engine.adamStep({
      learningRate: learningRateAt(options, this.numSteps),
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      maxNorm: options.maxGradNorm,
    });
    statistics[3] += typeof norm === "number" ? norm : await norm;
  }

  /** Target = reward + γⁿ · Q_target(next, a*), with a* by the online network when double, else by the target. */
  private fillSamples(batch: ReplayBatch): void {
    const chooser = this.options.double ? this.onlineNextRows : this.nextRows;
    for (let i = 0; i < this.options.batchSize; i++) {
      let best = 0;
      for (let action = 1; action < this.settings.numActions; action++) {
        const better = actionValue(chooser[i], action, this.settings) > actionValue(chooser[i], best, this.settings);
        if (better) best = action;
      }
      const nextValue = actionValue(this.nextRows[i], best, this.settings);
      this.samples[i * 3] = batch.actions[i];
      this.samples[i * 3 + 1] = batch.rewards[i] + batch.discounts[i] * nextValue;
      this.samples[i * 3 + 2] = batch.weights[i];
    }
  }

  /** Moves the target network towards the online one, by `targetRate`. */
  private async updateTarget(): Promise<void> {
    const online = await this.engine.getParameters();
    const rate = this.options.targetRate;
    if (rate < 1) {
      const old = await this.target.getParameters();
      for (let i = 0; i < online.length; i++) online[i] = old[i] + rate * (online[i] - old[i]);
    }
    this.target.setParameters(online);
  }

  async getState(): Promise<Packable> {
    return {
      engine: await this.engine.getState(),
      target: await this.target.getParameters(),
      environment: this.env.getState(),
      actionPositions: this.actionStream.positions.slice(),
      samplePositions: this.sampleStream.positions.slice(),
      priorities: this.replay.getPriorities(),
      numSteps: this.numSteps,
      stepsUntilTraining: this.stepsUntilTraining,
      stepsUntilTarget: this.stepsUntilTarget,
    };
  }

  setState(packed: Packable): void {
    const state = packed as unknown as DqnState;
    this.engine.setState(state.engine);
    this.target.setParameters(state.target);
    this.env.setState(state.environment);
    this.actionStream.restore(state.actionPositions);
    this.sampleStream.restore(state.samplePositions);
    this.replay.setPriorities(state.priorities);
    this.numSteps = state.numSteps;
    this.stepsUntilTraining = state.stepsUntilTraining;
    this.stepsUntilTarget = state.stepsUntilTarget;
  }

  dispose(): void {
    this.engine.dispose();
    this.target.dispose();
  }
}

/** Makes the agent; the registry loads this file only when one is trained. */
export function createDqn(context: AgentContext): Agent {
  return new Dqn(context, context.options as unknown as DqnOptions);
}
