import type { Engine } from "../../compute/engine.js";
import type { GraphicsDevice } from "../../compute/gpu/device.js";
import { initialParameters } from "../../compute/initialise.js";
import { layoutOf, type NetworkSpec } from "../../compute/network.js";
import { createStorage, createUniform, readBuffers, submit, writeBuffer } from "../../compute/wgsl/buffers.js";
import { Kernel } from "../../compute/wgsl/kernel.js";
import { planTile, type TileLimits, type TilePlan, tileLimits } from "../../compute/wgsl/tile.js";
import {
  CONTROL,
  CONTROL_SIZE,
  Learner,
  numGroupsFor,
  packSlots,
  SLOT_BYTES,
  type Slot,
  withTransposed,
} from "../../compute/wgsl/update-code.js";
import { InputError } from "../../core/errors.js";
import type { Packable } from "../../core/pack.js";
import { RandomStream, streamNumber } from "../../core/random.js";
import { findEnvironment } from "../../envs/index.js";
import { type EvaluationRequest, type EvaluationResult, evaluatePolicy } from "../../evaluate/evaluate.js";
import type { Agent, AgentContext, Diagnostics, Iteration } from "../agent.js";
import { RunningStatistics } from "../normaliser.js";
import { STATISTIC } from "../ppo-loss.js";
import { type PpoOptions, scheduledRates } from "../ppo-options.js";
import type { PpoState } from "../ppo-state.js";
import { evaluateOnDevice } from "./evaluation.js";
import { gradientBindings, gradientCode } from "./gradient-code.js";
import { TwinPolicy } from "./policy.js";
import {
  ADVANTAGES_BYTES,
  advantagesKernel,
  drawsPerStep,
  momentsKernel,
  observationStatisticsKernel,
  ppoEvaluationHead,
  ppoGradientHead,
  ppoRolloutHead,
  REPORT,
  recordSize,
  rewardStatisticsKernel,
  THREADS,
  TRACES,
} from "./ppo-code.js";
import { Rollout, TileBuffers } from "./rollout.js";
import type { RolloutPlan } from "./rollout-code.js";
import { DeviceWorld } from "./world-code.js";

/** What one iteration asked of the device. */
export interface Traffic {
  readonly dispatches: number;
  readonly bytesRead: number;
}

/**
 * PPO whose worlds, networks and updates stay on the graphics device: an iteration is one dispatch for the rollout, a
 * few for the advantages, three for each minibatch, and one small read-back.
 *
 * It learns as `Ppo` does and keeps the same state, so that a checkpoint of one goes on with the other. What differs:
 * arithmetic is float32; minibatches are shuffled by another permutation (`shuffle.ts`); running statistics of
 * observations take in a rollout after its update, those of rewards before it, rather than step by step; and of the
 * episodes of a large rollout only some are told one by one (`numEpisodes` counts all).
 */
export class ResidentPpo implements Agent {
  /** What the last iteration asked of the device. */
  traffic: Traffic = { dispatches: 0, bytesRead: 0 };
  readonly rollout: Rollout;
  /** [numSteps, numEnvs, observationSize], as observed. */
  readonly observations: GPUBuffer;
  /** [numSteps, numEnvs, recordSize]: log-probability, advantage, return, value, action. */
  readonly records: GPUBuffer;
  /** [3, numSteps, numEnvs]: reward, next value, ending. */
  readonly traces: GPUBuffer;
  readonly learner: Learner;

  private readonly batchSize: number;
  private readonly numMinibatches: number;
  private readonly minibatchSize: number;
  private readonly tileBuffers: TileBuffers;
  private readonly kernels: PpoKernels;
  private readonly buffers: readonly GPUBuffer[];
  private readonly slots: GPUBuffer;
  private readonly settings: GPUBuffer;
  private readonly report: GPUBuffer;
  private readonly normaliser: GPUBuffer | null;
  private readonly rewardScale: GPUBuffer | null;
  private readonly groups: readonly MinibatchGroups[];
  private readonly bound: BoundKernels;
  private numStepsTaken = 0;
  private numAdamSteps = 0;
  private numShuffles = 0;
  private actionPosition = 0;
  private dispatches = 0;

  private constructor(
    private readonly context: AgentContext,
    private readonly graphics: GraphicsDevice,
    private readonly options: PpoOptions,
    readonly tile: TilePlan,
    readonly policy: TwinPolicy,
  ) {
    const { env } = context;
    const { spec, numEnvs } = env;
    const { numSteps, epochs } = options;
    const { layout } = tile;
    this.batchSize = numSteps * numEnvs;
    this.minibatchSize = Math.min(options.minibatchSize, this.batchSize);
    const perEpoch = Math.ceil(this.batchSize / this.minibatchSize);
    this.numMinibatches = epochs * perEpoch;
    const observationSize = spec.observation.length;
    checkSizes(graphics, this.batchSize, Math.max(observationSize, recordSize(spec)), this.numMinibatches);

    const maxGroups = numGroupsFor(layout, tile.rows, this.minibatchSize);
    this.learner = new Learner(graphics, layout, maxGroups);
    const storage = (name: string, floats: number) => createStorage(graphics, name, 4 * floats);
    this.observations = storage("observations", this.batchSize * observationSize);
    this.records = storage("records", this.batchSize * recordSize(spec));
    this.traces = storage("traces", TRACES * this.batchSize);
    this.normaliser = options.normaliseObservations ? storage("normaliser", 4 * observationSize) : null;
    this.rewardScale = options.normaliseRewards ? storage("reward scale", 4) : null;
    const numAdvantageGroups = Math.ceil(numEnvs / THREADS);
    const summaries = storage("summaries", 6 * numAdvantageGroups);
    const moments = storage("moments", 2 * this.numMinibatches);
    this.report = storage("report", REPORT.size);
    this.settings = createUniform(graphics, "advantages", ADVANTAGES_BYTES);
    this.slots = graphics.device.createBuffer({
      label: "slots",
      size: SLOT_BYTES * this.numMinibatches,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });

    const head = ppoRolloutHead(spec, tile);
    const world = DeviceWorld.of(spec.id, context.envOptions);
    const plan: RolloutPlan = {
      world,
      tile,
      head,
      normaliseObservations: options.normaliseObservations,
      followReturns: options.normaliseRewards,
      evaluates: false,
    };
    this.rollout = new Rollout(graphics, env, plan, {
      seed: context.seed,
      envName: "environment",
      actionName: "ppo/actions",
    });
    this.tileBuffers = new TileBuffers(graphics, tile, Math.max(maxGroups, this.rollout.numGroups));
    const network = this.tileBuffers.resources(this.learner.buffers.parameters);
    this.rollout.bind([this.observations, this.records, this.traces], this.normaliser, network);

    this.kernels = createKernels(graphics, context, options, tile, this.rollout);
    const { advantages, moments: momentsOf, observationStatistics, rewardStatistics } = this.kernels;
    const { normaliser, rewardScale } = this;
    this.bound = {
      advantages: advantages.bind([
        this.settings,
        this.traces,
        this.records,
        summaries,
        ...(rewardScale ? [rewardScale] : []),
      ]),
      moments: momentsOf.bind([
        this.settings,
        this.slots,
        this.records,
        summaries,
        this.rollout.episodes,
        moments,
        this.report,
      ]),
      observations: normaliser && observationStatistics.bind([this.settings, this.observations, normaliser]),
      rewards: rewardScale && rewardStatistics.bind([this.settings, this.rollout.envs, rewardScale]),
    };
    const { partials, control } = this.learner.buffers;
    const heads = [this.observations, this.records, moments, ...(normaliser ? [normaliser] : [])];
    this.groups = Array.from({ length: this.numMinibatches }, (_, index) => {
      const slot = { buffer: this.slots, offset: index * SLOT_BYTES, size: SLOT_BYTES };
      return {
        numGroups: numGroupsFor(layout, tile.rows, this.minibatchAt(index).count),
        gradient: this.kernels.gradient.bind([slot, ...heads, partials, control, ...network]),
        ...this.learner.bind(this.slots, index),
      };
    });
    const optional = [normaliser, rewardScale].filter((buffer) => buffer !== null);
    this.buffers = [
      this.observations,
      this.records,
      this.traces,
      summaries,
      moments,
      this.report,
      this.settings,
      this.slots,
      ...optional,
    ];

    this.setParameters(initialParameters(layout, new RandomStream(context.seed, "ppo/initialise")));
    this.sendStatistics(
      normaliser && new RunningStatistics(observationSize),
      options.normaliseRewards ? new RunningStatistics(1) : null,
    );
    this.rollout.upload(new Float64Array(numEnvs));
    const settings = new Uint32Array(ADVANTAGES_BYTES / 4);
    settings.set([numEnvs, numSteps, numAdvantageGroups, this.numMinibatches]);
    new Float32Array(settings.buffer).set([options.gamma, options.lambda], 4);
    writeBuffer(graphics, this.settings, settings);
  }

  /** Makes the agent on a device. Throws `InputError` when a rollout does not fit into its buffers. */
  static async create(
    context: AgentContext,
    graphics: GraphicsDevice,
    options: PpoOptions,
    network: NetworkSpec,
    limits: TileLimits = tileLimits(graphics),
  ): Promise<ResidentPpo> {
    const { spec } = context.env;
    // The rollout stages observations and the gradients stage outputs and sums, row by row.
    const staged = 4 * Math.max(Math.ceil(spec.observation.length / 4) * 4 + 3, 12 + layoutOf(network).outputSize);
    const tile = planTile(layoutOf(network), limits, staged);
    const kind = spec.action.kind === "discrete" ? "categorical" : "gaussian";
    let agent: ResidentPpo | null = null;
    const statistics = options.normaliseObservations ? new RunningStatistics(spec.observation.length) : null;
    const policy = await TwinPolicy.create(network, spec.action, { kind }, statistics, async (twin) => {
      await agent?.fillTwin(twin, statistics);
    });
    agent = new ResidentPpo(context, graphics, options, tile, policy);
    return agent;
  }

  get bytes(): number {
    const own = this.buffers.reduce((sum, { size }) => sum + size, 0);
    return own + this.learner.bytes + this.rollout.bytes + this.tileBuffers.bytes;
  }

  async iterate(): Promise<Iteration> {
    const { options, graphics, batchSize } = this;
    const rates = scheduledRates(options, this.numStepsTaken);
    this.dispatches = 0;
    this.rollout.clearEpisodes();
    this.rollout.prepare({ numSteps: options.numSteps, actionPosition: this.actionPosition, gamma: options.gamma });
    writeBuffer(graphics, this.slots, packSlots(this.slotsOf(rates.learningRate, rates.clip)));
    writeBuffer(graphics, this.learner.buffers.control, new Float32Array(CONTROL_SIZE));
    submit(graphics, (pass) => this.addRollout(pass));
    const perEpoch = this.numMinibatches / options.epochs;
    for (let epoch = 0; epoch < options.epochs; epoch++) {
      submit(graphics, (pass) => {
        for (let i = 0; i < perEpoch; i++) this.addMinibatch(pass, this.groups[epoch * perEpoch + i]);
        const { observations } = this.bound;
        if (epoch === options.epochs - 1 && observations) {
          const { observationStatistics } = this.kernels;
          this.count(1);
          observationStatistics.dispatch(pass, observations, this.context.env.spec.observation.length);
        }
      });
    }
    this.policy.forget();

    const told = this.rollout.told;
    const read = await readBuffers(graphics, [
      { buffer: this.learner.buffers.control, bytes: 4 * CONTROL_SIZE },
      { buffer: this.report, bytes: 4 * REPORT.size },
      told,
    ]);
    this.traffic = { dispatches: this.dispatches, bytesRead: read.byteLength };
    const control = new Float32Array(read, 0, CONTROL_SIZE);
    const report = new Float32Array(read, 4 * CONTROL_SIZE, REPORT.size);
    const episodes = this.rollout.episodesOf(new Uint32Array(read.slice(4 * (CONTROL_SIZE + REPORT.size))));

    this.numStepsTaken += batchSize;
    this.numAdamSteps += control[CONTROL.numSteps];
    this.numShuffles += options.epochs;
    this.actionPosition += options.numSteps * drawsPerStep(this.context.env.spec);
    const diagnostics = diagnosticsOf(control, report, rates, perEpoch);
    return { steps: batchSize, episodes, numEpisodes: report[REPORT.numEpisodes], diagnostics };
  }

  async evaluate(request: EvaluationRequest): Promise<EvaluationResult> {
    const { graphics, context, tile, options } = this;
    const environment = findEnvironment(context.env.spec.id);
    // On a software adapter the twin is faster by far.
    if (graphics.adapter.isSoftware || request.stochastic) return evaluatePolicy(this.policy, environment, request);
    return this.evaluateHere(request, tile, options.normaliseObservations);
  }

  /** Evaluation episodes on the device, whatever the adapter. */
  evaluateHere(request: EvaluationRequest, tile = this.tile, normalise = this.normaliser !== null) {
    const { world } = this.rollout;
    const head = ppoEvaluationHead(world.spec);
    const plan: RolloutPlan = {
      world,
      tile,
      head,
      normaliseObservations: normalise,
      followReturns: false,
      evaluates: true,
    };
    return evaluateOnDevice(this.graphics, plan, request, this.normaliser, this.learner.buffers.parameters);
  }

  async getState(): Promise<Packable> {
    const { graphics, learner, rollout, options, context } = this;
    const { spec, numEnvs } = context.env;
    const { size } = this.tile.layout;
    const [parameterBytes, envBytes] = [4 * size, rollout.envs.size];
    const parts = [
      { buffer: learner.buffers.parameters, bytes: parameterBytes },
      { buffer: learner.buffers.moments, bytes: 2 * parameterBytes },
      { buffer: rollout.envs, bytes: envBytes },
      ...(this.normaliser ? [{ buffer: this.normaliser, bytes: 16 * spec.observation.length }] : []),
      ...(this.rewardScale ? [{ buffer: this.rewardScale, bytes: 16 }] : []),
    ];
    const read = await readBuffers(graphics, parts);
    let at = 0;
    const next = (bytes: number) => {
      at += bytes;
      return read.slice(at - bytes, at);
    };
    const floats = (bytes: number) => new Float32Array(next(bytes));
    const engine = {
      parameters: floats(parameterBytes),
      firstMoments: floats(parameterBytes),
      secondMoments: floats(parameterBytes),
      numSteps: this.numAdamSteps,
    };
    const { state, discounted } = rollout.stateOf(new Uint32Array(next(envBytes)));
    // Parameters that a curriculum wrote may not have been sent yet.
    const environment = { ...state, params: context.env.params.slice() };
    const normaliser = this.normaliser ? observationState(floats(16 * spec.observation.length)) : null;
    const rewardScale = this.rewardScale ? rewardState(floats(16)) : null;
    const kept: PpoState = {
      engine,
      environment,
      actionPositions: new Uint32Array(numEnvs).fill(this.actionPosition),
      shufflePositions: Uint32Array.of(this.numShuffles),
      normaliser,
      rewardScale,
      discountedReturns: options.normaliseRewards ? discounted : new Float64Array(numEnvs),
      numStepsTaken: this.numStepsTaken,
    };
    return kept as unknown as Packable;
  }

  setState(packed: Packable): void {
    const state = packed as unknown as PpoState;
    const { env } = this.context;
    env.setState(state.environment);
    this.setParameters(state.engine.parameters);
    const { size } = this.tile.layout;
    const moments = new Float32Array(2 * size);
    moments.set(state.engine.firstMoments);
    moments.set(state.engine.secondMoments, size);
    writeBuffer(this.graphics, this.learner.buffers.moments, moments);
    this.numAdamSteps = state.engine.numSteps;
    this.rollout.upload(state.discountedReturns, state.environment);
    this.actionPosition = state.actionPositions[0];
    this.numShuffles = state.shufflePositions[0];
    this.numStepsTaken = state.numStepsTaken;
    const restored = (size_: number, saved: Packable) => {
      const statistics = new RunningStatistics(size_);
      if (saved) statistics.setState(saved);
      return statistics;
    };
    const { normaliser, rewardScale } = state;
    this.sendStatistics(
      this.normaliser && restored(env.spec.observation.length, normaliser),
      this.rewardScale && restored(1, rewardScale),
    );
  }

  dispose(): void {
    this.policy.dispose();
    this.learner.dispose();
    this.rollout.dispose();
    this.tileBuffers.dispose();
    for (const buffer of this.buffers) buffer.destroy();
  }

  private addRollout(pass: GPUComputePassEncoder): void {
    const { kernels, bound } = this;
    this.count(3);
    this.rollout.add(pass);
    if (bound.rewards) {
      this.count(1);
      kernels.rewardStatistics.dispatch(pass, bound.rewards, 1);
    }
    kernels.advantages.dispatch(pass, bound.advantages, Math.ceil(this.context.env.numEnvs / THREADS));
    kernels.moments.dispatch(pass, bound.moments, this.numMinibatches + 1);
  }

  private addMinibatch(pass: GPUComputePassEncoder, groups: MinibatchGroups): void {
    this.count(3);
    this.kernels.gradient.dispatch(pass, groups.gradient, groups.numGroups);
    this.learner.addReduce(pass, groups.reduce);
    this.learner.addAdam(pass, groups.adam);
  }

  private count(dispatches: number): void {
    this.dispatches += dispatches;
  }

  /** Place and size of a minibatch in its epoch's order. */
  private minibatchAt(index: number): { readonly start: number; readonly count: number } {
    const { batchSize, minibatchSize } = this;
    const perEpoch = this.numMinibatches / this.options.epochs;
    const start = (index % perEpoch) * minibatchSize;
    return { start, count: Math.min(minibatchSize, batchSize - start) };
  }

  private slotsOf(learningRate: number, clip: number): Slot[] {
    const { options, batchSize } = this;
    const perEpoch = this.numMinibatches / options.epochs;
    const valueClipping = { off: 0, clipped: 1, pessimistic: 2 }[options.valueClipping];
    const { valueCoefficient, entropyCoefficient, valueClip, maxGradNorm } = options;
    return this.groups.map(({ numGroups }, index) => {
      return {
        ...this.minibatchAt(index),
        total: batchSize,
        permutation: this.numShuffles + Math.floor(index / perEpoch),
        index,
        numGroups,
        seed: this.context.seed,
        stream: streamNumber("ppo/shuffle"),
        adam: { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-5, maxNorm: maxGradNorm },
        numSteps: this.numAdamSteps + index + 1,
        klLimit: 1.5 * options.targetKl,
        loss: [clip, valueCoefficient, entropyCoefficient, valueClipping, valueClip],
      };
    });
  }

  private setParameters(flat: ArrayLike<number>): void {
    writeBuffer(this.graphics, this.learner.buffers.parameters, withTransposed(this.tile.layout, flat));
    this.policy.forget();
  }

  private sendStatistics(observations: RunningStatistics | null, rewards: RunningStatistics | null): void {
    if (this.normaliser && observations) {
      const { mean, variance, count, size } = observations;
      const words = new Float32Array(4 * size).fill(count, 3 * size);
      words.set(mean);
      words.set(
        variance.map((x) => 1 / Math.sqrt(x + 1e-8)),
        size,
      );
      words.set(variance, 2 * size);
      writeBuffer(this.graphics, this.normaliser, words);
    }
    if (this.rewardScale && rewards) {
      const [mean, variance] = [rewards.mean[0], rewards.variance[0]];
      const scale = 1 / Math.sqrt(variance + 1e-8);
      writeBuffer(this.graphics, this.rewardScale, Float32Array.of(mean, rewards.count, variance, scale));
    }
  }

  /** Brings the twin's parameters and the statistics it normalises by up to date. */
  private async fillTwin(twin: Engine, statistics: RunningStatistics | null): Promise<void> {
    const { size } = this.tile.layout;
    const { parameters } = this.learner.buffers;
    const read = await readBuffers(this.graphics, [
      { buffer: parameters, bytes: 4 * size },
      ...(this.normaliser && statistics ? [{ buffer: this.normaliser, bytes: 16 * statistics.size }] : []),
    ]);
    twin.setParameters(new Float32Array(read, 0, size));
    if (this.normaliser) statistics?.setState(observationState(new Float32Array(read.slice(4 * size))));
  }
}

interface MinibatchGroups {
  /** Workgroups of the gradient kernel, each with a tile at least. */
  readonly numGroups: number;
  readonly gradient: GPUBindGroup;
  readonly reduce: GPUBindGroup;
  readonly adam: GPUBindGroup;
}

interface BoundKernels {
  readonly advantages: GPUBindGroup;
  readonly moments: GPUBindGroup;
  readonly observations: GPUBindGroup | null;
  readonly rewards: GPUBindGroup | null;
}

interface PpoKernels {
  readonly gradient: Kernel;
  readonly advantages: Kernel;
  readonly moments: Kernel;
  readonly observationStatistics: Kernel;
  readonly rewardStatistics: Kernel;
}

function createKernels(
  graphics: GraphicsDevice,
  { env }: AgentContext,
  options: PpoOptions,
  tile: TilePlan,
  rollout: Rollout,
): PpoKernels {
  const { spec } = env;
  const batchSize = options.numSteps * env.numEnvs;
  const minibatchSize = Math.min(options.minibatchSize, batchSize);
  const head = ppoGradientHead(spec, tile, options.normaliseObservations);
  const make = (label: string, { bindings, code }: ReturnType<typeof advantagesKernel>) =>
    new Kernel(graphics, label, bindings, code);
  return {
    gradient: new Kernel(graphics, "gradient", gradientBindings(tile, head), gradientCode(tile, head)),
    advantages: make("advantages", advantagesKernel(spec, options.normaliseRewards)),
    moments: make("moments", momentsKernel(spec, options.normaliseAdvantages, rollout.numGroups, minibatchSize)),
    observationStatistics: make(
      "observation statistics",
      observationStatisticsKernel(spec.observation.length, batchSize),
    ),
    rewardStatistics: make("reward statistics", rewardStatisticsKernel(rollout.world.fields.moments)),
  };
}

/** Refuses a rollout that does not fit into the device's buffers. */
function checkSizes({ device }: GraphicsDevice, batchSize: number, widest: number, numMinibatches: number): void {
  const { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = device.limits;
  const most = Math.floor(maxStorageBufferBindingSize / (4 * widest));
  if (batchSize > most) {
    throw new InputError(
      "agent.numSteps",
      `${batchSize} steps in a rollout`,
      `at most ${most} on this graphics device`,
    );
  }
  if (numMinibatches >= maxComputeWorkgroupsPerDimension) {
    const allowed = `fewer than ${maxComputeWorkgroupsPerDimension} on a graphics device`;
    throw new InputError("agent.minibatchSize", `${numMinibatches} minibatches in an update`, allowed);
  }
}

function diagnosticsOf(
  control: Float32Array,
  report: Float32Array,
  rates: { readonly learningRate: number; readonly clip: number },
  perEpoch: number,
): Diagnostics {
  const mean = (i: number) => control[CONTROL.statistics + i] / control[CONTROL.numSamples];
  const numSteps = control[CONTROL.numSteps];
  const varReturn = report[REPORT.returns + 2];
  const varError = report[REPORT.advantages + 2];
  return {
    policyLoss: mean(STATISTIC.policyLoss),
    valueLoss: mean(STATISTIC.valueLoss),
    entropy: mean(STATISTIC.entropy),
    kl: mean(STATISTIC.kl),
    clipFraction: mean(STATISTIC.clipped),
    explainedVariance: varReturn === 0 ? 0 : 1 - varError / varReturn,
    gradientNorm: numSteps === 0 ? 0 : control[CONTROL.normSum] / numSteps,
    learningRate: rates.learningRate,
    clipRange: rates.clip,
    epochs: Math.ceil(control[CONTROL.numSeen] / perEpoch),
  };
}

/** Statistics of observations as the CPU's normaliser keeps them. */
function observationState(words: Float32Array): Packable {
  const size = words.length / 4;
  return {
    count: words[3 * size],
    mean: Float64Array.from(words.subarray(0, size)),
    variance: Float64Array.from(words.subarray(2 * size, 3 * size)),
  };
}

function rewardState([mean, count, variance]: Float32Array): Packable {
  return { count, mean: Float64Array.of(mean), variance: Float64Array.of(variance) };
}
