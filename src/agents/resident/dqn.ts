import type { Engine } from "../../compute/engine.js";
import type { GraphicsDevice } from "../../compute/gpu/device.js";
import { initialParameters } from "../../compute/initialise.js";
import { layoutOf, type NetworkSpec } from "../../compute/network.js";
import { readBuffers, submit, writeBuffer } from "../../compute/wgsl/buffers.js";
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
import type { Packable } from "../../core/pack.js";
import { RandomStream, streamNumber } from "../../core/random.js";
import { findEnvironment } from "../../envs/index.js";
import { type EvaluationRequest, type EvaluationResult, evaluatePolicy } from "../../evaluate/evaluate.js";
import type { Agent, AgentContext, Iteration } from "../agent.js";
import { type DqnOptions, learningRateAt } from "../dqn-options.js";
import type { DqnState } from "../dqn-state.js";
import type { MlpHead } from "../policies/mlp.js";
import { DRAWS_PER_STEP, dqnEvaluationHead, dqnGradientHead, dqnRolloutHead, targetKernel } from "./dqn-code.js";
import { ResidentReplay } from "./dqn-replay.js";
import { evaluateOnDevice } from "./evaluation.js";
import { gradientBindings, gradientCode } from "./gradient-code.js";
import { TwinPolicy } from "./policy.js";
import { Rollout, TileBuffers } from "./rollout.js";
import type { RolloutPlan } from "./rollout-code.js";
import { DeviceWorld } from "./world-code.js";

/** Environment steps of one iteration at least: reading back costs the more the less was done. */
const STEPS_PER_ITERATION = 256;
/** Steps of each copy of one iteration at least, unless it is the only one. */
const ROWS_PER_ITERATION = 8;
/** Gradient steps of one submit. */
const MOST_SLOTS = 64;

/**
 * DQN whose worlds, replay buffer, networks and updates stay on the graphics device: one dispatch plays the steps up to
 * the next update, three take a gradient step.
 *
 * It learns as `Dqn` does and keeps the same state. What differs: arithmetic is float32; each step of a copy takes two
 * draws, whether it explores or not; an iteration is longer; there is no prioritised replay.
 */
export class ResidentDqn implements Agent {
  readonly replay: ResidentReplay;
  private readonly learner: Learner;
  private readonly rollout: Rollout;
  private readonly tileBuffers: TileBuffers;
  private readonly gradient: Kernel;
  private readonly target: Kernel;
  private readonly targetGroup: GPUBindGroup;
  private readonly slots: GPUBuffer;
  private readonly groups: readonly { gradient: GPUBindGroup; reduce: GPUBindGroup; adam: GPUBindGroup }[];
  private readonly numGroups: number;
  private numSteps = 0;
  private numAdamSteps = 0;
  private actionPosition = 0;
  private samplePosition = 0;
  private stepsUntilTraining: number;
  private stepsUntilTarget: number;

  private constructor(
    private readonly context: AgentContext,
    private readonly graphics: GraphicsDevice,
    private readonly options: DqnOptions,
    readonly tile: TilePlan,
    readonly policy: TwinPolicy,
    private readonly head: Extract<MlpHead, { kind: "values" }>,
  ) {
    const { env, seed } = context;
    const { spec, numEnvs } = env;
    const { layout } = tile;
    this.replay = new ResidentReplay(graphics, numEnvs, spec.observation.length, options.bufferSize);
    this.numGroups = numGroupsFor(layout, tile.rows, options.batchSize);
    this.learner = new Learner(graphics, layout, this.numGroups, 2);
    const plan: RolloutPlan = {
      world: DeviceWorld.of(spec.id, context.envOptions),
      tile,
      head: dqnRolloutHead(spec, tile, options.dueling),
      normaliseObservations: false,
      followReturns: false,
      evaluates: false,
    };
    this.rollout = new Rollout(graphics, env, plan, { seed, envName: "environment", actionName: "dqn/actions" });
    this.tileBuffers = new TileBuffers(graphics, tile, Math.max(this.numGroups, this.rollout.numGroups));
    const { parameters, partials, control } = this.learner.buffers;
    const network = this.tileBuffers.resources(parameters);
    const ring = [this.replay.observations, this.replay.nextObservations, this.replay.steps];
    this.rollout.bind(ring, null, network);

    const head_ = dqnGradientHead(spec, tile, options);
    this.gradient = new Kernel(graphics, "gradient", gradientBindings(tile, head_), gradientCode(tile, head_));
    const { bindings, code } = targetKernel(layout.size, options.targetRate);
    this.target = new Kernel(graphics, "target", bindings, code);
    this.targetGroup = this.target.bind([parameters]);
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.slots = graphics.device.createBuffer({ label: "slots", size: SLOT_BYTES * MOST_SLOTS, usage });
    this.groups = Array.from({ length: MOST_SLOTS }, (_, index) => {
      const slot = { buffer: this.slots, offset: index * SLOT_BYTES, size: SLOT_BYTES };
      return {
        gradient: this.gradient.bind([slot, ...ring, partials, control, ...network]),
        ...this.learner.bind(this.slots, index),
      };
    });
    const initial = initialParameters(layout, new RandomStream(seed, "dqn/initialise"));
    this.setNetworks(initial, initial);
    this.rollout.upload(new Float64Array(numEnvs));
    this.stepsUntilTraining = options.trainEvery;
    this.stepsUntilTarget = options.targetEvery;
  }

  /** Makes the agent on a device. Throws `InputError` when the replay buffer does not fit. */
  static async create(
    context: AgentContext,
    graphics: GraphicsDevice,
    options: DqnOptions,
    network: NetworkSpec,
    limits: TileLimits = tileLimits(graphics),
  ): Promise<ResidentDqn> {
    const { spec } = context.env;
    const layout = layoutOf(network);
    const staged = 4 * Math.max(Math.ceil(spec.observation.length / 4) * 4 + 3, 12 + layout.outputSize);
    const tile = planTile(layout, limits, staged);
    const head = { kind: "values" as const, dueling: options.dueling, epsilon: options.epsilonStart };
    let agent: ResidentDqn | null = null;
    const policy = await TwinPolicy.create(network, spec.action, head, null, async (twin) => agent?.fillTwin(twin));
    agent = new ResidentDqn(context, graphics, options, tile, policy, head);
    return agent;
  }

  get bytes(): number {
    return this.learner.bytes + this.rollout.bytes + this.tileBuffers.bytes + this.replay.bytes + this.slots.size;
  }

  async iterate(): Promise<Iteration> {
    const { options, graphics, context } = this;
    const { numEnvs } = context.env;
    const wanted = Math.max(STEPS_PER_ITERATION, ROWS_PER_ITERATION * numEnvs);
    writeBuffer(graphics, this.learner.buffers.control, new Float32Array(CONTROL_SIZE));
    this.rollout.clearEpisodes();
    let numUpdates = 0;
    let steps = 0;
    while (steps < wanted) {
      const rows = this.rowsUntilNextEvent(Math.ceil((wanted - steps) / numEnvs));
      this.play(rows);
      steps += rows * numEnvs;
      if (this.stepsUntilTarget <= 0) {
        this.stepsUntilTarget += Math.max(options.targetEvery, numEnvs);
        this.updateTarget();
      }
      if (this.stepsUntilTraining > 0) continue;
      this.stepsUntilTraining += Math.max(options.trainEvery, numEnvs);
      if (this.numSteps < options.learningStarts) continue;
      this.learn(options.gradientSteps);
      numUpdates += options.gradientSteps;
    }
    this.policy.forget();
    const told = this.rollout.told;
    const read = await readBuffers(graphics, [
      { buffer: this.learner.buffers.control, bytes: 4 * CONTROL_SIZE },
      { buffer: told.buffer, bytes: told.offset + told.bytes },
    ]);
    const control = new Float32Array(read, 0, CONTROL_SIZE);
    const words = new Uint32Array(read.slice(4 * CONTROL_SIZE));
    const episodes = this.rollout.episodesOf(words.slice(told.offset / 4));
    const numEpisodes = this.rollout.countOf(words);
    const numSamples = numUpdates * options.batchSize;
    const diagnostics =
      numUpdates === 0
        ? null
        : {
            loss: control[CONTROL.statistics] / numSamples,
            tdError: control[CONTROL.statistics + 1] / numSamples,
            meanValue: control[CONTROL.statistics + 2] / numSamples,
            epsilon: this.head.epsilon,
            gradientNorm: control[CONTROL.normSum] / numUpdates,
            replaySize: this.replay.size,
          };
    return { steps, episodes, numEpisodes, diagnostics };
  }

  async evaluate(request: EvaluationRequest): Promise<EvaluationResult> {
    const environment = findEnvironment(this.context.env.spec.id);
    // On a software adapter the twin is faster by far.
    if (this.graphics.adapter.isSoftware || request.stochastic)
      return evaluatePolicy(this.policy, environment, request);
    return this.evaluateHere(request);
  }

  /** Evaluation episodes on the device, whatever the adapter. */
  evaluateHere(request: EvaluationRequest): Promise<EvaluationResult> {
    const { world } = this.rollout;
    const plan: RolloutPlan = {
      world,
      tile: this.tile,
      head: dqnEvaluationHead(world.spec, this.tile, this.options.dueling),
      normaliseObservations: false,
      followReturns: false,
      evaluates: true,
    };
    return evaluateOnDevice(this.graphics, plan, request, null, this.learner.buffers.parameters);
  }

  async getState(): Promise<Packable> {
    const { graphics, learner, rollout, context } = this;
    const { numEnvs } = context.env;
    const bytes = 4 * this.tile.layout.size;
    const envBytes = rollout.envs.size;
    const { parameters, moments } = learner.buffers;
    const read = await readBuffers(graphics, [
      { buffer: parameters, bytes },
      { buffer: moments, bytes: 2 * bytes },
      { buffer: parameters, offset: 2 * bytes, bytes },
      { buffer: rollout.envs, bytes: envBytes },
    ]);
    const part = (i: number) => new Float32Array(read.slice(i * bytes, (i + 1) * bytes));
    const { state } = rollout.stateOf(new Uint32Array(read.slice(4 * bytes)));
    const kept: DqnState = {
      engine: { parameters: part(0), firstMoments: part(1), secondMoments: part(2), numSteps: this.numAdamSteps },
      target: part(3),
      // Parameters that a curriculum wrote may not have been sent yet.
      environment: { ...state, params: context.env.params.slice() },
      actionPositions: new Uint32Array(numEnvs).fill(this.actionPosition),
      samplePositions: Uint32Array.of(this.samplePosition),
      priorities: null,
      numSteps: this.numSteps,
      stepsUntilTraining: this.stepsUntilTraining,
      stepsUntilTarget: this.stepsUntilTarget,
    };
    return kept as unknown as Packable;
  }

  setState(packed: Packable): void {
    const state = packed as unknown as DqnState;
    const { env } = this.context;
    env.setState(state.environment);
    this.setNetworks(state.engine.parameters, state.target);
    const { size } = this.tile.layout;
    const moments = new Float32Array(2 * size);
    moments.set(state.engine.firstMoments);
    moments.set(state.engine.secondMoments, size);
    writeBuffer(this.graphics, this.learner.buffers.moments, moments);
    this.numAdamSteps = state.engine.numSteps;
    this.rollout.upload(new Float64Array(env.numEnvs), state.environment);
    // On the CPU a copy that explored has drawn more often: behind all of them nothing is drawn twice.
    this.actionPosition = Math.max(...state.actionPositions);
    this.samplePosition = state.samplePositions[0];
    this.numSteps = state.numSteps;
    this.head.epsilon = this.epsilonAt(this.numSteps);
    this.stepsUntilTraining = state.stepsUntilTraining;
    this.stepsUntilTarget = state.stepsUntilTarget;
  }

  dispose(): void {
    this.policy.dispose();
    this.learner.dispose();
    this.rollout.dispose();
    this.tileBuffers.dispose();
    this.replay.dispose();
    this.slots.destroy();
  }

  /** Steps of every copy until the network learns or the target moves, `most` at most. */
  private rowsUntilNextEvent(most: number): number {
    const { numEnvs } = this.context.env;
    const next = Math.min(this.stepsUntilTraining, this.stepsUntilTarget);
    const fitting = Math.floor(this.replay.capacity / numEnvs);
    return Math.max(1, Math.min(Math.ceil(next / numEnvs), most, fitting));
  }

  private play(rows: number): void {
    const { options, replay } = this;
    const { numEnvs } = this.context.env;
    const change = options.epsilonEnd - options.epsilonStart;
    this.rollout.prepare({
      numSteps: rows,
      actionPosition: this.actionPosition,
      first: replay.numWritten % replay.capacity,
      capacity: replay.capacity,
      epsilon: this.epsilonAt(this.numSteps),
      epsilonSlope: (change * numEnvs) / options.scheduleSteps,
      epsilonEnd: options.epsilonEnd,
    });
    submit(this.graphics, (pass) => this.rollout.add(pass));
    const steps = rows * numEnvs;
    replay.numWritten += steps;
    this.actionPosition += DRAWS_PER_STEP * rows;
    this.numSteps += steps;
    this.head.epsilon = this.epsilonAt(this.numSteps - numEnvs);
    this.stepsUntilTarget -= steps;
    this.stepsUntilTraining -= steps;
  }

  private epsilonAt(numSteps: number): number {
    const { epsilonStart, epsilonEnd, scheduleSteps } = this.options;
    return epsilonStart + Math.min(1, numSteps / scheduleSteps) * (epsilonEnd - epsilonStart);
  }

  private learn(numUpdates: number): void {
    const { options, replay, context } = this;
    const { batchSize, maxGradNorm, gamma, nSteps } = options;
    const learningRate = learningRateAt(options, this.numSteps);
    for (let done = 0; done < numUpdates; done += MOST_SLOTS) {
      const count = Math.min(MOST_SLOTS, numUpdates - done);
      const slots = Array.from({ length: count }, (_, index): Slot => {
        return {
          start: 0,
          count: batchSize,
          total: replay.size,
          permutation: this.samplePosition + index * batchSize,
          index,
          numGroups: this.numGroups,
          seed: context.seed,
          stream: streamNumber("dqn/replay"),
          adam: { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: maxGradNorm },
          numSteps: this.numAdamSteps + index + 1,
          klLimit: 0,
          loss: [gamma, nSteps, replay.newest, replay.capacity, replay.numEnvs],
        };
      });
      writeBuffer(this.graphics, this.slots, packSlots(slots));
      submit(this.graphics, (pass) => {
        for (const { gradient, reduce, adam } of this.groups.slice(0, count)) {
          this.gradient.dispatch(pass, gradient, this.numGroups);
          this.learner.addReduce(pass, reduce);
          this.learner.addAdam(pass, adam);
        }
      });
      this.samplePosition += count * batchSize;
      this.numAdamSteps += count;
    }
  }

  private updateTarget(): void {
    const numGroups = Math.ceil((2 * this.tile.layout.size) / 64);
    submit(this.graphics, (pass) => this.target.dispatch(pass, this.targetGroup, numGroups));
  }

  private setNetworks(online: ArrayLike<number>, target: ArrayLike<number>): void {
    const { layout } = this.tile;
    const { parameters } = this.learner.buffers;
    writeBuffer(this.graphics, parameters, withTransposed(layout, online));
    writeBuffer(this.graphics, parameters, withTransposed(layout, target), 8 * layout.size);
    this.policy.forget();
  }

  private async fillTwin(twin: Engine): Promise<void> {
    const bytes = 4 * this.tile.layout.size;
    twin.setParameters(
      new Float32Array(await readBuffers(this.graphics, [{ buffer: this.learner.buffers.parameters, bytes }])),
    );
  }
}
