import type { Engine } from "../compute/engine.js";
import { initialParameters } from "../compute/initialise.js";
import { layoutOf } from "../compute/network.js";
import type { Packable } from "../core/pack.js";
import { RandomStream } from "../core/random.js";
import { actionSize } from "../core/spaces.js";
import type { Ref } from "../envs/dynamics.js";
import type { VectorEnvironment } from "../envs/environment.js";
import { explainedVariance, fillAdvantages, normaliseInPlace } from "./advantages.js";
import type { Agent, AgentContext, Diagnostics, FinishedEpisode, Iteration } from "./agent.js";
import { normaliseRowsInto, RunningStatistics } from "./normaliser.js";
import { clipToSpace, MlpPolicy, sampleCategorical } from "./policies/mlp.js";
import type { Policy } from "./policies/policy.js";
import {
  categoricalPpoLoss,
  gaussianPpoLoss,
  NUM_STATISTICS,
  type PpoLossSettings,
  SAMPLE,
  STATISTIC,
} from "./ppo-loss.js";
import { networkOf } from "./ppo-network.js";
import { type PpoOptions, scheduledRates } from "./ppo-options.js";
import type { PpoState } from "./ppo-state.js";

/**
 * Proximal policy optimisation.
 *
 * Source: Schulman et al. 2017, arXiv:1707.06347, algorithm 1, with the details of Huang et al. 2022, "The 37
 * implementation details of PPO": orthogonal initialisation, advantages normalised per minibatch, gradients clipped
 * by their global norm. Truncated episodes bootstrap from the value of their last observation.
 */
class Ppo implements Agent {
  readonly policy: Policy;
  private readonly engine: Engine;
  private readonly env: VectorEnvironment;
  private readonly numActions: number;
  private readonly actionSize: number;
  private readonly observationSize: number;
  private readonly batchSize: number;
  private readonly actionStream: RandomStream;
  private readonly shuffleStream: RandomStream;
  private readonly normaliser: RunningStatistics | null;
  private readonly rewardScale: RunningStatistics | null;
  private readonly discountedReturns: Float64Array;
  private numStepsTaken = 0;

  // The rollout, [numSteps, numEnvs, …]; reused by every iteration.
  private readonly observations: Float32Array;
  private readonly actions: Float32Array;
  private readonly logProbs: Float32Array;
  private readonly values: Float32Array;
  private readonly nextValues: Float32Array;
  private readonly rewards: Float32Array;
  private readonly terminated: Uint8Array;
  private readonly truncated: Uint8Array;
  private readonly advantages: Float32Array;
  private readonly returns: Float32Array;

  // One batch at the engine, and a reference to each of its rows for the loss.
  private readonly inputs: Float32Array;
  private readonly outputs: Float32Array;
  private readonly outputGradients: Float32Array;
  private readonly samples: Float32Array;
  private readonly minibatchAdvantages: Float32Array;
  private readonly outputRows: Ref[];
  private readonly gradientRows: Ref[];
  private readonly sampleRows: Ref[];
  private readonly free: Float32Array;
  private readonly freeGradients: Float32Array;
  private readonly order: Uint32Array;
  private readonly stepActions: Float32Array;

  constructor(
    context: AgentContext,
    private readonly options: PpoOptions,
  ) {
    const { env } = context;
    this.env = env;
    const { numEnvs } = env;
    const { numSteps } = options;
    const network = networkOf(env.spec, options);
    const layout = layoutOf(network);
    this.numActions = network.heads[0].outputSize;
    this.actionSize = actionSize(env.spec.action);
    this.observationSize = network.inputSize;
    this.batchSize = numSteps * numEnvs;
    const maxBatch = Math.max(numEnvs, Math.min(options.minibatchSize, this.batchSize), 64);
    this.engine = context.createEngine(network, maxBatch);
    this.engine.setParameters(initialParameters(layout, new RandomStream(context.seed, "ppo/initialise")));
    this.actionStream = new RandomStream(context.seed, "ppo/actions", numEnvs);
    this.shuffleStream = new RandomStream(context.seed, "ppo/shuffle");
    this.normaliser = options.normaliseObservations ? new RunningStatistics(this.observationSize) : null;
    this.rewardScale = options.normaliseRewards ? new RunningStatistics(1) : null;
    this.discountedReturns = new Float64Array(numEnvs);
    const head = env.spec.action.kind === "discrete" ? "categorical" : "gaussian";
    this.policy = new MlpPolicy(this.engine, env.spec.action, { kind: head }, this.normaliser);

    this.observations = new Float32Array(this.batchSize * this.observationSize);
    this.actions = new Float32Array(this.batchSize * this.actionSize);
    this.logProbs = new Float32Array(this.batchSize);
    this.values = new Float32Array(this.batchSize);
    this.nextValues = new Float32Array(this.batchSize);
    this.rewards = new Float32Array(this.batchSize);
    this.terminated = new Uint8Array(this.batchSize);
    this.truncated = new Uint8Array(this.batchSize);
    this.advantages = new Float32Array(this.batchSize);
    this.returns = new Float32Array(this.batchSize);

    const sampleSize = SAMPLE.action + this.actionSize;
    this.inputs = new Float32Array(maxBatch * this.observationSize);
    this.outputs = new Float32Array(maxBatch * layout.outputSize);
    this.outputGradients = new Float32Array(maxBatch * layout.outputSize);
    this.samples = new Float32Array(maxBatch * sampleSize);
    this.minibatchAdvantages = new Float32Array(maxBatch);
    const rowsOf = (array: Float32Array, size: number): Ref[] =>
      Array.from({ length: maxBatch }, (_, row) => ({ $: array.subarray(row * size, (row + 1) * size) }));
    this.outputRows = rowsOf(this.outputs, layout.outputSize);
    this.gradientRows = rowsOf(this.outputGradients, layout.outputSize);
    this.sampleRows = rowsOf(this.samples, sampleSize);
    this.free = new Float32Array(layout.freeSize);
    this.freeGradients = new Float32Array(layout.freeSize);
    this.order = new Uint32Array(this.batchSize);
    this.stepActions = new Float32Array(numEnvs * this.actionSize);
  }

  async iterate(): Promise<Iteration> {
    const episodes = await this.gather();
    this.computeAdvantages();
    const diagnostics = await this.learn();
    return { steps: this.batchSize, episodes, diagnostics };
  }

  /** Plays `numSteps` steps in every copy with the current policy and keeps what happened. */
  private async gather(): Promise<FinishedEpisode[]> {
    const { env, engine, observationSize, numActions } = this;
    const { numEnvs } = env;
    const outputSize = numActions + 1;
    const episodes: FinishedEpisode[] = [];
    const cutShort: number[] = [];
    const cutObservations: Float32Array[] = [];
    this.engine.fillFree(this.free);

    for (let step = 0; step < this.options.numSteps; step++) {
      const first = step * numEnvs;
      const row = this.observations.subarray(first * observationSize, (first + numEnvs) * observationSize);
      this.observeInto(env.observations, numEnvs, row, true);
      const pending = engine.forward(row, numEnvs, this.outputs);
      if (pending) await pending;
      for (let copy = 0; copy < numEnvs; copy++) this.chooseAction(copy, first + copy, copy * outputSize);
      // A step's next value is the value of the step after it, except at the end of an episode or rollout.
      if (step > 0) this.nextValues.set(this.values.subarray(first, first + numEnvs), first - numEnvs);

      env.step(this.stepActions);
      this.keepRewards(first);
      for (let copy = 0; copy < numEnvs; copy++) {
        const terminated = env.terminated[copy];
        const truncated = env.truncated[copy];
        this.terminated[first + copy] = terminated;
        this.truncated[first + copy] = truncated;
        if (!terminated && !truncated) continue;
        episodes.push({
          episodeReturn: env.episodeReturns[copy],
          length: env.episodeLengths[copy],
          terminated: terminated === 1,
        });
        if (truncated) {
          cutShort.push(first + copy);
          cutObservations.push(env.finalObservations.slice(copy * observationSize, (copy + 1) * observationSize));
        }
      }
    }

    this.observeInto(env.observations, numEnvs, this.inputs, false);
    const pending = engine.forward(this.inputs, numEnvs, this.outputs);
    if (pending) await pending;
    const last = this.batchSize - numEnvs;
    for (let copy = 0; copy < numEnvs; copy++) {
      this.nextValues[last + copy] = this.outputs[copy * outputSize + numActions];
    }
    await this.valueCutEpisodes(cutShort, cutObservations);
    return episodes;
  }

  /** Replaces the next value of truncated steps by the value of the observation that the reset hid. */
  private async valueCutEpisodes(cutShort: readonly number[], observations: readonly Float32Array[]): Promise<void> {
    const { observationSize, engine } = this;
    for (let start = 0; start < cutShort.length; start += engine.maxBatch) {
      const count = Math.min(engine.maxBatch, cutShort.length - start);
      for (let i = 0; i < count; i++) this.inputs.set(observations[start + i], i * observationSize);
      this.observeInto(this.inputs, count, this.inputs, false);
      const pending = engine.forward(this.inputs, count, this.outputs);
      if (pending) await pending;
      for (let i = 0; i < count; i++) {
        this.nextValues[cutShort[start + i]] = this.outputs[i * (this.numActions + 1) + this.numActions];
      }
    }
  }

  /** Copies observations, normalised where the option says so; `update` lets the normaliser learn from them. */
  private observeInto(rows: Float32Array, numRows: number, out: Float32Array, update: boolean): void {
    if (!this.normaliser) {
      if (rows !== out)
        out.set(
          rows.length === numRows * this.observationSize ? rows : rows.subarray(0, numRows * this.observationSize),
        );
      return;
    }
    if (update) this.normaliser.update(rows, numRows);
    normaliseRowsInto(this.normaliser, rows, numRows, out);
  }

  /** Samples one copy's action from the outputs at `from` and keeps it with its log-probability and value. */
  private chooseAction(copy: number, index: number, from: number): void {
    const { numActions, outputs, stepActions } = this;
    this.values[index] = outputs[from + numActions];
    if (this.env.spec.action.kind === "discrete") {
      const action = sampleCategorical(outputs, from, numActions, this.actionStream.uniform(copy));
      this.logProbs[index] = categoricalLogProb(outputs, from, numActions, action);
      this.actions[index] = action;
      stepActions[copy] = action;
      return;
    }
    let logProb = 0;
    for (let i = 0; i < numActions; i++) {
      const z = this.actionStream.normal(copy);
      const action = outputs[from + i] + Math.exp(this.free[i]) * z;
      logProb -= 0.5 * z * z + this.free[i] + 0.9189385332046727;
      this.actions[index * numActions + i] = action;
      stepActions[copy * numActions + i] = clipToSpace(this.env.spec.action, i, action);
    }
    this.logProbs[index] = logProb;
  }

  /** Keeps a step's rewards, divided by the running deviation of the discounted return where the option says so. */
  private keepRewards(first: number): void {
    const { env, rewardScale, discountedReturns } = this;
    if (!rewardScale) {
      this.rewards.set(env.rewards, first);
      return;
    }
    for (let copy = 0; copy < env.numEnvs; copy++) {
      discountedReturns[copy] = discountedReturns[copy] * this.options.gamma + env.rewards[copy];
    }
    rewardScale.update(discountedReturns, env.numEnvs);
    const scale = 1 / Math.sqrt(rewardScale.variance[0] + 1e-8);
    for (let copy = 0; copy < env.numEnvs; copy++) {
      this.rewards[first + copy] = Math.min(Math.max(env.rewards[copy] * scale, -10), 10);
      if (env.terminated[copy] || env.truncated[copy]) discountedReturns[copy] = 0;
    }
  }

  private computeAdvantages(): void {
    const { numSteps, gamma, lambda } = this.options;
    fillAdvantages({ ...this.rolloutArrays(), numSteps, numEnvs: this.env.numEnvs }, gamma, lambda, this.advantages);
    for (let i = 0; i < this.batchSize; i++) this.returns[i] = this.advantages[i] + this.values[i];
  }

  private rolloutArrays() {
    const { rewards, values, nextValues, terminated, truncated } = this;
    return { rewards, values, nextValues, terminated, truncated };
  }

  /** Several epochs of clipped surrogate steps over shuffled minibatches; stops early when the KL grows too large. */
  private async learn(): Promise<Diagnostics> {
    const { options, engine, batchSize } = this;
    const { learningRate, clip } = scheduledRates(options, this.numStepsTaken);
    const settings: PpoLossSettings = {
      numActions: this.numActions,
      clip,
      valueCoefficient: options.valueCoefficient,
      entropyCoefficient: options.entropyCoefficient,
      valueClipping: { off: 0, clipped: 1, pessimistic: 2 }[options.valueClipping],
      valueClip: options.valueClip,
    };
    const adam = { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-5, maxNorm: options.maxGradNorm };
    const statistics = new Float64Array(NUM_STATISTICS);
    const minibatchStatistics = new Float64Array(NUM_STATISTICS);
    const minibatchSize = Math.min(options.minibatchSize, batchSize);
    for (let i = 0; i < batchSize; i++) this.order[i] = i;
    let numSamples = 0;
    let numMinibatches = 0;
    let gradientNorm = 0;
    let epoch = 0;
    let stopped = false;

    for (; epoch < options.epochs && !stopped; epoch++) {
      this.shuffleStream.shuffle(this.order);
      for (let start = 0; start < batchSize && !stopped; start += minibatchSize) {
        const count = Math.min(minibatchSize, batchSize - start);
        this.takeMinibatch(start, count);
        const forward = engine.forward(this.inputs, count, this.outputs);
        if (forward) await forward;
        minibatchStatistics.fill(0);
        this.lossOfMinibatch(count, settings, minibatchStatistics);
        for (let i = 0; i < NUM_STATISTICS; i++) statistics[i] += minibatchStatistics[i];
        numSamples += count;
        if (options.targetKl > 0 && minibatchStatistics[STATISTIC.kl] / count > 1.5 * options.targetKl) {
          stopped = true;
          break;
        }
        const backward = engine.backward(this.outputGradients, count, this.freeGradients);
        if (backward) await backward;
        const norm = engine.adamStep(adam);
        gradientNorm += typeof norm === "number" ? norm : await norm;
        numMinibatches++;
      }
    }

    this.numStepsTaken += batchSize;
    const mean = (i: number) => statistics[i] / numSamples;
    return {
      policyLoss: mean(STATISTIC.policyLoss),
      valueLoss: mean(STATISTIC.valueLoss),
      entropy: mean(STATISTIC.entropy),
      kl: mean(STATISTIC.kl),
      clipFraction: mean(STATISTIC.clipped),
      explainedVariance: explainedVariance(this.values, this.returns),
      gradientNorm: numMinibatches === 0 ? 0 : gradientNorm / numMinibatches,
      learningRate,
      clipRange: clip,
      epochs: epoch,
    };
  }

  /** Gathers `count` shuffled samples from `start` on. */
  private takeMinibatch(start: number, count: number): void {
    const { observationSize, actionSize, inputs, observations, samples, order, minibatchAdvantages } = this;
    for (let i = 0; i < count; i++) minibatchAdvantages[i] = this.advantages[order[start + i]];
    if (this.options.normaliseAdvantages) normaliseInPlace(minibatchAdvantages, count);
    const sampleSize = SAMPLE.action + actionSize;
    for (let i = 0; i < count; i++) {
      const index = order[start + i];
      const from = index * observationSize;
      const to = i * observationSize;
      for (let j = 0; j < observationSize; j++) inputs[to + j] = observations[from + j];
      const sample = i * sampleSize;
      samples[sample + SAMPLE.logProb] = this.logProbs[index];
      samples[sample + SAMPLE.advantage] = minibatchAdvantages[i];
      samples[sample + SAMPLE.return] = this.returns[index];
      samples[sample + SAMPLE.value] = this.values[index];
      for (let j = 0; j < actionSize; j++) samples[sample + SAMPLE.action + j] = this.actions[index * actionSize + j];
    }
  }

  /** Fills the gradients of the mean loss with respect to the outputs and the free parameters. */
  private lossOfMinibatch(count: number, settings: PpoLossSettings, statistics: Float64Array): void {
    const { outputRows, sampleRows, gradientRows, outputGradients } = this;
    const totals: Ref = { $: statistics };
    if (this.env.spec.action.kind === "discrete") {
      for (let i = 0; i < count; i++) {
        categoricalPpoLoss(outputRows[i], sampleRows[i], settings, gradientRows[i], totals);
      }
    } else {
      this.engine.fillFree(this.free);
      const logStd: Ref = { $: this.free };
      const logStdGradients: Ref = { $: this.freeGradients };
      this.freeGradients.fill(0);
      for (let i = 0; i < count; i++) {
        gaussianPpoLoss(outputRows[i], logStd, sampleRows[i], settings, gradientRows[i], logStdGradients, totals);
      }
      for (let i = 0; i < this.freeGradients.length; i++) this.freeGradients[i] /= count;
    }
    const scale = 1 / count;
    const size = count * (this.numActions + 1);
    for (let i = 0; i < size; i++) outputGradients[i] *= scale;
  }

  async getState(): Promise<Packable> {
    return {
      engine: await this.engine.getState(),
      environment: this.env.getState(),
      actionPositions: this.actionStream.positions.slice(),
      shufflePositions: this.shuffleStream.positions.slice(),
      normaliser: this.normaliser?.getState() ?? null,
      rewardScale: this.rewardScale?.getState() ?? null,
      discountedReturns: this.discountedReturns.slice(),
      numStepsTaken: this.numStepsTaken,
    };
  }

  setState(packed: Packable): void {
    const state = packed as unknown as PpoState;
    this.engine.setState(state.engine);
    this.env.setState(state.environment);
    this.actionStream.restore(state.actionPositions);
    this.shuffleStream.restore(state.shufflePositions);
    if (this.normaliser && state.normaliser) this.normaliser.setState(state.normaliser);
    if (this.rewardScale && state.rewardScale) this.rewardScale.setState(state.rewardScale);
    this.discountedReturns.set(state.discountedReturns);
    this.numStepsTaken = state.numStepsTaken;
  }

  dispose(): void {
    this.engine.dispose();
  }
}

/** log softmax(logits)[action] of `n` logits at `from`. */
function categoricalLogProb(logits: Float32Array, from: number, n: number, action: number): number {
  let largest = logits[from];
  for (let i = 1; i < n; i++) largest = Math.max(largest, logits[from + i]);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.exp(logits[from + i] - largest);
  return logits[from + action] - largest - Math.log(sum);
}

/** Makes the agent; the registry loads this file only when one is trained. */
export function createPpo(context: AgentContext): Agent {
  return new Ppo(context, context.options as unknown as PpoOptions);
}
