import type { GraphicsDevice } from "../../compute/gpu/device.js";
import { initialParameters } from "../../compute/initialise.js";
import { layoutOf } from "../../compute/network.js";
import type { UnrolledFactory } from "../../compute/unrolled.js";
import { createStorage, readBuffers, submit, writeBuffer } from "../../compute/wgsl/buffers.js";
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
import { RandomStream } from "../../core/random.js";
import { inventoryProblemOf } from "../../envs/inventory/variant.js";
import { InventorySimulator } from "../../evaluate/inventory/simulator.js";
import { drawTraces, type Traces } from "../../evaluate/inventory/traces.js";
import type { Agent, AgentContext, Diagnostics, Iteration } from "../agent.js";
import { mlp } from "../hdpo/create-policy.js";
import { InventoryPolicy, restoreInventoryPolicy, unrolledOf } from "../hdpo/inventory-policy.js";
import { checkTraces } from "../hdpo/memory.js";
import { type Recipe, recipeOf } from "../hdpo/recipes.js";
import type { HdpoOptions } from "../hdpo-options.js";
import { ADAM, checkSlopes, type HdpoState, isDone, rateAt } from "../hdpo-state.js";
import {
  hdpoCostBindings,
  hdpoCostCode,
  hdpoGradientBindings,
  hdpoGradientCode,
  numStateFloats,
  type TracePlan,
} from "./hdpo-code.js";
import { loadCpuEngine } from "./policy.js";
import { TileBuffers } from "./rollout.js";

/** Gradient steps in a call of `iterate`, at most: fewer at the end of an epoch. */
const STEPS_PER_CALL = 8;

/**
 * HDPO whose traces, simulation, network and updates stay on the graphics device, for one store and the plain network:
 * a gradient step is three dispatches, whatever the number of periods.
 *
 * It learns as `Hdpo` does, from the same traces in the same order, and keeps the same state. What differs: arithmetic
 * is float32, and a batch that was half played elsewhere is played again from its start.
 */
export class ResidentHdpo implements Agent {
  readonly policy: InventoryPolicy;
  readonly parameterCount: number;
  private readonly learner: Learner;
  private readonly tileBuffers: TileBuffers;
  private readonly train: TraceBuffers;
  private readonly dev: TraceBuffers;
  /** Training traces in the order of this epoch [trainTraces]. */
  private readonly order: Uint32Array<ArrayBuffer>;
  private readonly orderBuffer: GPUBuffer;
  private readonly slots: GPUBuffer;
  private readonly devCosts: GPUBuffer;
  private readonly gradient: Kernel;
  private readonly cost: Kernel;
  private readonly groups: readonly GradientGroups[];
  private readonly costGroup: GPUBindGroup;
  private readonly shuffleStream: RandomStream;
  private numAdamSteps = 0;
  epoch = 0;
  /** Environment steps of all gradient steps. */
  steps = 0;
  private batchStart = 0;
  /** The newest weights are to be looked at before anything else. */
  private isLookDue = false;
  private devCost: number | null = null;
  private bestCost: number | null = null;
  bestEpoch = 0;

  private constructor(
    { seed }: AgentContext,
    private readonly graphics: GraphicsDevice,
    private readonly options: HdpoOptions,
    private readonly recipe: Recipe,
    private readonly simulator: InventorySimulator,
    readonly tile: TilePlan,
    create: UnrolledFactory,
  ) {
    const { unit, batchSize, trainTraces, devTraces, trainPeriods, trainIgnored, devPeriods, devIgnored } = recipe;
    const { layout } = tile;
    const form = { policy: options.policy, hidden: recipe.hidden, unit };
    this.policy = new InventoryPolicy(simulator.problem, form, create);
    this.parameterCount = layout.parameterCount;

    const most = mostGroups(graphics, tile, simulator.width, Math.max(trainPeriods, devPeriods));
    const trainGroups = numGroupsFor(layout, tile.rows, batchSize, most);
    const devGroups = numGroupsFor(layout, tile.rows, devTraces, most);
    const shared = { tile, simulator, unit };
    const trainPlan: TracePlan = {
      ...shared,
      numPeriods: trainPeriods,
      ignored: trainIgnored,
      numTraces: trainTraces,
      maxGroups: trainGroups,
    };
    const devPlan: TracePlan = {
      ...shared,
      numPeriods: devPeriods,
      ignored: devIgnored,
      numTraces: devTraces,
      maxGroups: devGroups,
    };
    this.train = new TraceBuffers(graphics, trainPlan, new RandomStream(seed, "hdpo/train", trainTraces));
    this.dev = new TraceBuffers(graphics, devPlan, new RandomStream(seed, "hdpo/dev", devTraces));
    this.learner = new Learner(graphics, layout, trainGroups);
    this.tileBuffers = new TileBuffers(graphics, tile, Math.max(trainGroups, devGroups));
    this.order = Uint32Array.from({ length: trainTraces }, (_, trace) => trace);
    this.orderBuffer = createStorage(graphics, "order", 4 * trainTraces);
    this.devCosts = createStorage(graphics, "costs", 4 * devGroups);
    this.slots = graphics.device.createBuffer({
      label: "slots",
      size: SLOT_BYTES * STEPS_PER_CALL,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    this.gradient = new Kernel(graphics, "hdpo gradient", hdpoGradientBindings(tile), hdpoGradientCode(trainPlan));
    this.cost = new Kernel(graphics, "hdpo cost", hdpoCostBindings(tile), hdpoCostCode(devPlan));
    const { partials, parameters } = this.learner.buffers;
    const network = this.tileBuffers.resources(parameters);
    this.groups = Array.from({ length: STEPS_PER_CALL }, (_, index) => {
      const slot = { buffer: this.slots, offset: index * SLOT_BYTES, size: SLOT_BYTES };
      return {
        gradient: this.gradient.bind([slot, this.orderBuffer, ...this.train.resources, partials, ...network]),
        ...this.learner.bind(this.slots, index),
      };
    });
    this.costGroup = this.cost.bind([...this.dev.resources, this.devCosts, ...network]);
    this.shuffleStream = new RandomStream(seed, "hdpo/shuffle");
    const first = initialParameters(layout, new RandomStream(seed, "hdpo/initialise"));
    writeBuffer(graphics, parameters, withTransposed(layout, first));
    this.policy.setParameters([first]);
  }

  /** Makes the agent on a device. Throws `InputError` for costs without a slope, and where traces do not fit. */
  static async create(
    context: AgentContext,
    graphics: GraphicsDevice,
    limits: TileLimits = tileLimits(graphics),
  ): Promise<ResidentHdpo> {
    const options = context.options as unknown as HdpoOptions;
    const problem = inventoryProblemOf("inventory", context.envOptions);
    checkSlopes(problem);
    const recipe = recipeOf(problem, options);
    const simulator = new InventorySimulator(problem);
    checkTraces(simulator, recipe, options);
    // A row stages one number.
    const tile = planTile(layoutOf(mlp("orders", simulator.width, recipe.hidden, 1)), limits, 4);
    const create = unrolledOf(await loadCpuEngine());
    return new ResidentHdpo(context, graphics, options, recipe, simulator, tile, create);
  }

  get bytes(): number {
    const own = this.orderBuffer.size + this.slots.size + this.devCosts.size;
    return own + this.train.bytes + this.dev.bytes + this.learner.bytes + this.tileBuffers.bytes;
  }

  get done(): boolean {
    return !this.isLookDue && isDone(this, this.recipe, this.options);
  }

  /**
   * Takes some gradient steps, to the end of the epoch at most, and looks at the development traces when that is due.
   * Costs are the means over those steps, the norm is the last one's.
   */
  async iterate(): Promise<Iteration> {
    const { recipe, graphics, learner } = this;
    const { trainPeriods, scheduleSteps, devEvery } = recipe;
    let [numTraces, steps, learningRate] = [0, 0, 0];
    let isEpochOver = false;
    if (!this.isLookDue) {
      if (this.batchStart === 0) this.shuffleStream.shuffle(this.order);
      writeBuffer(graphics, this.orderBuffer, this.order);
      writeBuffer(graphics, learner.buffers.control, new Float32Array(CONTROL_SIZE));
      const slots: Slot[] = [];
      while (slots.length < STEPS_PER_CALL && !isEpochOver && !this.isLookDue) {
        const count = Math.min(recipe.batchSize, this.order.length - this.batchStart);
        learningRate = recipe.learningRate * rateAt(this.steps, scheduleSteps);
        slots.push(this.slotOf(slots.length, count, learningRate));
        numTraces += count;
        steps += count * trainPeriods;
        const before = this.steps;
        this.steps += count * trainPeriods;
        this.batchStart += count;
        isEpochOver = this.batchStart === this.order.length;
        if (isEpochOver) {
          this.batchStart = 0;
          this.epoch++;
        }
        const isScheduleOver = before < scheduleSteps && this.steps >= scheduleSteps;
        this.isLookDue = (isEpochOver && this.epoch % devEvery === 0) || isScheduleOver;
      }
      this.numAdamSteps += slots.length;
      writeBuffer(graphics, this.slots, packSlots(slots));
      submit(graphics, (pass) => {
        slots.forEach(({ numGroups }, i) => {
          this.gradient.dispatch(pass, this.groups[i].gradient, numGroups);
          learner.addReduce(pass, this.groups[i].reduce);
          learner.addAdam(pass, this.groups[i].adam);
        });
      });
    }
    const control = await this.lookAndRead();
    const cost = control[CONTROL.statistics];
    if (numTraces === 0) return { steps, episodes: [], numEpisodes: 0, diagnostics: null };
    const diagnostics: Diagnostics = {
      trainCost: cost / (numTraces * trainPeriods),
      ...(this.devCost === null ? {} : { devCost: this.devCost }),
      ...(this.bestCost === null ? {} : { bestCost: this.bestCost }),
      gradientNorm: control[CONTROL.norm],
      learningRate,
      epoch: this.epoch,
    };
    const mean = { episodeReturn: -cost / numTraces, length: trainPeriods, terminated: false };
    return { steps, episodes: [mean], numEpisodes: numTraces, diagnostics };
  }

  /** Reads what the steps told; plays the development traces before, if that is due, and keeps weights that are best. */
  private async lookAndRead(): Promise<Float32Array> {
    const { graphics, learner, recipe, dev } = this;
    const { size } = this.tile.layout;
    const isLook = this.isLookDue;
    if (isLook) submit(graphics, (pass) => this.cost.dispatch(pass, this.costGroup, dev.plan.maxGroups));
    const wantsWeights = isLook || this.bestCost === null;
    const read = await readBuffers(graphics, [
      { buffer: learner.buffers.control, bytes: 4 * CONTROL_SIZE },
      ...(wantsWeights ? [{ buffer: learner.buffers.parameters, bytes: 4 * size }] : []),
      ...(isLook ? [{ buffer: this.devCosts, bytes: 4 * dev.plan.maxGroups }] : []),
    ]);
    const control = new Float32Array(read, 0, CONTROL_SIZE);
    if (!wantsWeights) return control;
    const weights = new Float32Array(read, 4 * CONTROL_SIZE, size);
    if (isLook) {
      this.isLookDue = false;
      const costs = new Float32Array(read, 4 * (CONTROL_SIZE + size));
      const sum = costs.reduce((total, cost) => total + cost, 0);
      this.devCost = sum / (recipe.devTraces * (recipe.devPeriods - recipe.devIgnored));
    }
    if (this.bestCost === null || (isLook && this.devCost !== null && this.devCost < this.bestCost)) {
      this.policy.setParameters([weights]);
      if (isLook) {
        this.bestCost = this.devCost;
        this.bestEpoch = this.epoch;
      }
    }
    return control;
  }

  private slotOf(index: number, count: number, learningRate: number): Slot {
    const { tile, recipe, train } = this;
    return {
      start: this.batchStart,
      count,
      total: this.order.length,
      permutation: 0,
      index,
      numGroups: numGroupsFor(tile.layout, tile.rows, count, train.plan.maxGroups),
      seed: 0,
      stream: 0,
      adam: { learningRate, maxNorm: recipe.maxNorm, ...ADAM },
      numSteps: this.numAdamSteps + index + 1,
      klLimit: 0,
      loss: [1 / (count * (recipe.trainPeriods - recipe.trainIgnored))],
    };
  }

  /** A copy that acts on the CPU. */
  async copyPolicy() {
    const create = await loadCpuEngine();
    const copy = restoreInventoryPolicy(this.policy.serialise(), this.simulator.width, create);
    return { policy: copy, dispose: () => {} };
  }

  async getState(): Promise<Packable> {
    const { learner, graphics } = this;
    const { size } = this.tile.layout;
    const read = await readBuffers(graphics, [
      { buffer: learner.buffers.parameters, bytes: 4 * size },
      { buffer: learner.buffers.moments, bytes: 8 * size },
    ]);
    const floats = (from: number) => new Float32Array(read.slice(4 * from * size, 4 * (from + 1) * size));
    const state: HdpoState = {
      learnables: [
        { parameters: floats(0), firstMoments: floats(1), secondMoments: floats(2), numSteps: this.numAdamSteps },
      ],
      gradients: [new Float32Array(size)],
      best: this.policy.parameters,
      order: this.order.slice(),
      shufflePositions: this.shuffleStream.positions.slice(),
      epoch: this.epoch,
      steps: this.steps,
      untold: 0,
      batchStart: this.batchStart,
      played: 0,
      batchCost: 0,
      devPlayed: this.isLookDue ? 0 : null,
      devSum: 0,
      devCost: this.devCost,
      bestCost: this.bestCost,
      bestEpoch: this.bestEpoch,
    };
    return state as unknown as Packable;
  }

  setState(packed: Packable): void {
    const state = packed as unknown as HdpoState;
    const { graphics, learner } = this;
    const { layout } = this.tile;
    const [{ parameters, firstMoments, secondMoments, numSteps }] = state.learnables;
    const moments = new Float32Array(2 * layout.size);
    moments.set(firstMoments);
    moments.set(secondMoments, layout.size);
    writeBuffer(graphics, learner.buffers.parameters, withTransposed(layout, parameters));
    writeBuffer(graphics, learner.buffers.moments, moments);
    this.numAdamSteps = numSteps;
    this.policy.setParameters(state.best);
    this.order.set(state.order);
    this.shuffleStream.restore(state.shufflePositions);
    this.epoch = state.epoch;
    this.steps = state.steps;
    this.batchStart = state.batchStart;
    this.isLookDue = state.devPlayed !== null;
    this.devCost = state.devCost;
    this.bestCost = state.bestCost;
    this.bestEpoch = state.bestEpoch;
  }

  dispose(): void {
    this.learner.dispose();
    this.tileBuffers.dispose();
    this.train.dispose();
    this.dev.dispose();
    for (const buffer of [this.orderBuffer, this.slots, this.devCosts]) buffer.destroy();
  }
}

interface GradientGroups {
  readonly gradient: GPUBindGroup;
  readonly reduce: GPUBindGroup;
  readonly adam: GPUBindGroup;
}

/** Traces on the device, and room for the states of those that are played at a time. */
class TraceBuffers {
  readonly resources: readonly GPUBuffer[];

  constructor(
    graphics: GraphicsDevice,
    readonly plan: TracePlan,
    stream: RandomStream,
  ) {
    const { simulator, numTraces, numPeriods } = plan;
    const { width } = simulator;
    const traces = drawTraces(simulator, stream, 0, numTraces, numPeriods);
    const columns = columnsOf(traces, width);
    this.resources = [
      createStorage(graphics, "demands", columns.demands.byteLength),
      createStorage(graphics, "starts", columns.starts.byteLength),
      createStorage(graphics, "states", 4 * numStateFloats(plan)),
    ];
    writeBuffer(graphics, this.resources[0], columns.demands);
    writeBuffer(graphics, this.resources[1], columns.starts);
  }

  get bytes(): number {
    return this.resources.reduce((sum, { size }) => sum + size, 0);
  }

  dispose(): void {
    for (const buffer of this.resources) buffer.destroy();
  }
}

/** Demands [numPeriods, numTraces] and first pipelines [width, numTraces], so that neighbouring threads read neighbours. */
function columnsOf({ numTraces, numPeriods, demands, starts }: Traces, width: number) {
  const columns = { demands: new Float32Array(demands.length), starts: new Float32Array(starts.length) };
  for (let trace = 0; trace < numTraces; trace++) {
    for (let t = 0; t < numPeriods; t++) columns.demands[t * numTraces + trace] = demands[trace * numPeriods + t];
    for (let entry = 0; entry < width; entry++)
      columns.starts[entry * numTraces + trace] = starts[trace * width + entry];
  }
  return columns;
}

/** Workgroups whose states fit into one buffer. Throws `InputError` where not even those of one do. */
function mostGroups({ device }: GraphicsDevice, tile: TilePlan, width: number, numPeriods: number): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const bytes = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const groups = Math.floor(bytes / (4 * numPeriods * width * tile.rows));
  if (groups > 0) return Math.min(groups, MOST_GROUPS);
  const most = Math.floor(bytes / (4 * width * tile.rows));
  throw new InputError("agent.trainPeriods", String(numPeriods), `at most ${most} periods on this graphics device`);
}

/** More workgroups than this only make the sum of their gradients longer. */
const MOST_GROUPS = 768;
