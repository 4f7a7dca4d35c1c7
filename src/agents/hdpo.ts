import { adamStepAll, createUnrolled, type UnrolledFactory, type UnrolledNetwork } from "../compute/unrolled.js";
import { finishPaced } from "../core/long-work.js";
import type { Packable } from "../core/pack.js";
import { RandomStream } from "../core/random.js";
import { salesTable } from "../envs/inventory/sales-table.js";
import { inventoryProblemOf } from "../envs/inventory/variant.js";
import { FORECAST_ROWS, FORECASTER, fitForecaster } from "../evaluate/inventory/forecaster.js";
import { playTraces } from "../evaluate/inventory/play-traces.js";
import { InventorySimulator } from "../evaluate/inventory/simulator.js";
import { drawTraces, recordedTraces, type Traces } from "../evaluate/inventory/traces.js";
import type { Agent, AgentContext, Diagnostics, Iteration } from "./agent.js";
import { createOrderPolicy, FORECASTING, type PolicyForm } from "./hdpo/create-policy.js";
import { InventoryPolicy, unrolledOf } from "./hdpo/inventory-policy.js";
import { checkPeriods, checkTraces } from "./hdpo/memory.js";
import type { OrderPolicy } from "./hdpo/order-policy.js";
import { type Recipe, recipeOf } from "./hdpo/recipes.js";
import { Rollout } from "./hdpo/rollout.js";
import type { HdpoOptions } from "./hdpo-options.js";
import { ADAM, checkSlopes, type HdpoState, isDone, rateAt } from "./hdpo-state.js";

/** Bytes of activations that a chunk of traces may take: more would not stay in the second cache of a core. */
const CHUNK_BYTES = 2_000_000;
/** A call of `iterate` is over after about this many multiplications, a quarter of a second. */
const CALL_WORK = 2e9;

/**
 * Hindsight-differentiable policy optimisation: traces of demand are drawn beforehand, a deterministic policy plays them
 * in a simulation that can be differentiated, and Adam follows the gradient of the total cost through all periods.
 *
 * There is neither a value function nor exploration noise. Of all weights the policy has those of the lowest cost on
 * development traces. Source: Alvo, Russo, Kanoria & Lee 2023, arXiv:2306.11246, section 3.
 */
class Hdpo implements Agent {
  readonly policy: InventoryPolicy;
  readonly parameterCount: number;
  private readonly breathe: AgentContext["breathe"];
  private readonly simulator: InventorySimulator;
  private readonly recipe: Recipe;
  private readonly learner: OrderPolicy;
  private readonly rollout: Rollout;
  /** The newest weights, for the development traces. */
  private readonly candidate: InventoryPolicy;
  private readonly train: Traces;
  private readonly dev: Traces;
  private readonly shuffleStream: RandomStream;
  /** Training traces in the order of this epoch [trainTraces]. */
  private readonly order: Uint32Array;
  /** Chunks of traces that a call of `iterate` takes. */
  private readonly chunksPerCall: number;
  epoch = 0;
  /** Environment steps of finished gradient steps, and those that `iterate` has not told of yet. */
  steps = 0;
  private untold = 0;
  /** Position in `order` of the running batch, traces of it that were played, and their cost. */
  private batchStart = 0;
  private played = 0;
  private batchCost = 0;
  /** Development traces played so far, and their cost; null while training. */
  private devPlayed: number | null = null;
  private devSum = 0;
  private devCost: number | null = null;
  private bestCost: number | null = null;
  bestEpoch = 0;

  constructor(
    { createEngine, seed, envOptions, breathe }: AgentContext,
    private readonly options: HdpoOptions,
    /** Parameters of the learner's forecaster, or null where it has none. */
    forecast: ArrayLike<number> | null,
  ) {
    const problem = inventoryProblemOf("inventory", envOptions);
    const create = unrolledOf(createEngine);
    this.breathe = breathe;
    this.simulator = new InventorySimulator(problem);
    this.recipe = recipeOf(problem, options);
    const form = { policy: options.policy, hidden: this.recipe.hidden, unit: this.recipe.unit };
    const { trainTraces, devTraces, trainPeriods, devPeriods } = this.recipe;
    checkTraces(this.simulator, this.recipe, options);
    const { chunk, chunkBytes, work } = sizesOf(form, this.simulator, trainPeriods, create);
    checkPeriods(chunkBytes, trainPeriods);
    this.learner = createOrderPolicy(form, this.simulator, create, {
      numTraces: chunk,
      numPeriods: trainPeriods,
    });
    this.learner.initialise(new RandomStream(seed, "hdpo/initialise"));
    if (forecast) this.learner.forecaster?.setParameters(forecast);
    this.rollout = new Rollout(this.simulator, this.learner, trainPeriods, chunk);
    this.parameterCount = this.learner.learnables.reduce((sum, { parameterCount }) => sum + parameterCount, 0);
    this.policy = new InventoryPolicy(problem, form, create);
    this.candidate = new InventoryPolicy(problem, form, create);
    this.policy.setParameters(this.parameters);

    const draw = (part: "train" | "dev", count: number, periods: number) =>
      problem.sales
        ? recordedTraces(
            this.simulator,
            part,
            Uint32Array.from({ length: count }, (_, sample) => sample),
          )
        : drawTraces(this.simulator, new RandomStream(seed, `hdpo/${part}`, count), 0, count, periods);
    this.train = draw("train", trainTraces, trainPeriods);
    this.dev = draw("dev", devTraces, devPeriods);
    this.order = Uint32Array.from({ length: trainTraces }, (_, trace) => trace);
    this.shuffleStream = new RandomStream(seed, "hdpo/shuffle");
    // Backward takes twice as many; what is no multiplication counts as a thousand of them.
    this.chunksPerCall = Math.max(1, Math.round(CALL_WORK / (chunk * trainPeriods * (3 * work + 1000))));
  }

  /** The learning rate has fallen, the epochs are over, or the policy has long not become better. */
  get done(): boolean {
    return this.devPlayed === null && isDone(this, this.recipe, this.options);
  }

  get plannedSteps(): number | null {
    return this.recipe.scheduleSteps || null;
  }

  /** Learns from some chunks of traces, at most to the end of a gradient step, or plays some development traces. */
  async iterate(): Promise<Iteration> {
    const { trainPeriods } = this.recipe;
    const numStores = this.simulator.numStores;
    let [numEpisodes, cost] = [0, 0];
    let diagnostics: Diagnostics | null = null;
    for (let chunk = 0; chunk < this.chunksPerCall && diagnostics === null; chunk++) {
      const breath = this.breathe?.();
      if (breath) await breath;
      if (this.devPlayed !== null) {
        if (await this.playDev(this.devPlayed)) break;
        continue;
      }
      if (this.played === 0) this.beginBatch();
      const from = this.batchStart + this.played;
      const count = Math.min(this.rollout.maxTraces, this.batchEnd - from);
      const chunkCost = this.rollout.forward(this.train, this.order.subarray(from, from + count));
      const { trainIgnored } = this.recipe;
      const numCosts = (this.batchEnd - this.batchStart) * (trainPeriods - trainIgnored) * numStores;
      this.rollout.backward(1 / numCosts, trainIgnored);
      this.played += count;
      this.batchCost += chunkCost;
      this.untold += count * trainPeriods;
      numEpisodes += count;
      cost += chunkCost;
      if (from + count === this.batchEnd) diagnostics = this.update();
    }
    // A run may end with any step that is told: the last weights shall have been looked at by then.
    const steps = this.devPlayed === null ? this.untold : 0;
    this.untold -= steps;
    const mean = { episodeReturn: -cost / (numEpisodes * numStores), length: trainPeriods, terminated: false };
    return { steps, episodes: numEpisodes > 0 ? [mean] : [], numEpisodes, diagnostics };
  }

  private get batchEnd(): number {
    return Math.min(this.batchStart + this.recipe.batchSize, this.order.length);
  }

  /** A new sum of gradients and, at the start of an epoch, a new order of the traces. */
  private beginBatch(): void {
    if (this.batchStart === 0) this.shuffleStream.shuffle(this.order);
    for (const learnable of this.learner.learnables) learnable.zeroGradients();
    this.batchCost = 0;
  }

  /** One step of Adam on the gradient of the whole batch. */
  private update(): Diagnostics {
    const { scheduleSteps, devEvery, trainPeriods } = this.recipe;
    const learningRate = this.recipe.learningRate * rateAt(this.steps, scheduleSteps);
    const settings = { learningRate, maxNorm: this.recipe.maxNorm, ...ADAM };
    const gradientNorm = adamStepAll(this.learner.learnables, settings);

    const trainCost = this.batchCost / (this.played * trainPeriods * this.simulator.numStores);
    const before = this.steps;
    this.steps += this.played * trainPeriods;
    this.played = 0;
    this.batchStart = this.batchEnd;
    const isEpochOver = this.batchStart === this.order.length;
    if (isEpochOver) {
      this.batchStart = 0;
      this.epoch++;
    }
    const isScheduleOver = before < scheduleSteps && this.steps >= scheduleSteps;
    if ((isEpochOver && this.epoch % devEvery === 0) || isScheduleOver) this.beginDev();
    else if (this.bestCost === null) this.policy.setParameters(this.parameters);
    return {
      trainCost,
      ...(this.devCost === null ? {} : { devCost: this.devCost }),
      ...(this.bestCost === null ? {} : { bestCost: this.bestCost }),
      gradientNorm,
      learningRate,
      epoch: this.epoch,
    };
  }

  private beginDev(): void {
    this.candidate.setParameters(this.parameters);
    this.devPlayed = 0;
    this.devSum = 0;
  }

  /** Plays the next development traces under the newest weights; true when these were the last. */
  private async playDev(first: number): Promise<boolean> {
    const { simulator, dev, candidate } = this;
    const { devPeriods, devIgnored } = this.recipe;
    const numTraces = Math.min(this.rollout.maxTraces, dev.numTraces - first);
    const traceCosts = new Float64Array(numTraces);
    const costs = new Float64Array(3 * simulator.numNodes);
    const fillOrders = candidate.fillOrders.bind(candidate);
    await playTraces(simulator, fillOrders, dev, { first, numTraces, burnIn: devIgnored, traceCosts, costs });
    for (const cost of traceCosts) this.devSum += cost;
    this.devPlayed = first + numTraces;
    if (this.devPlayed < dev.numTraces) return false;
    this.devPlayed = null;
    this.devCost = this.devSum / (dev.numTraces * (devPeriods - devIgnored) * simulator.numStores);
    if (this.bestCost === null || this.devCost < this.bestCost) {
      this.bestCost = this.devCost;
      this.bestEpoch = this.epoch;
      this.policy.setParameters(this.parameters);
    }
    return true;
  }

  private get parameters(): readonly (Float32Array | Float64Array)[] {
    return this.learner.learnables.map((learnable) => learnable.getParameters());
  }

  getState(): Packable {
    const { learnables } = this.learner;
    return {
      learnables: learnables.map((learnable) => learnable.getState()),
      gradients: learnables.map((learnable) => learnable.getGradients()),
      best: this.policy.parameters,
      order: this.order.slice(),
      shufflePositions: this.shuffleStream.positions.slice(),
      epoch: this.epoch,
      steps: this.steps,
      untold: this.untold,
      batchStart: this.batchStart,
      played: this.played,
      batchCost: this.batchCost,
      devPlayed: this.devPlayed,
      devSum: this.devSum,
      devCost: this.devCost,
      bestCost: this.bestCost,
      bestEpoch: this.bestEpoch,
    };
  }

  setState(packed: Packable): void {
    const state = packed as unknown as HdpoState;
    this.learner.learnables.forEach((learnable, i) => {
      learnable.setState(state.learnables[i]);
      learnable.setGradients(state.gradients[i]);
    });
    this.policy.setParameters(state.best);
    this.candidate.setParameters(this.parameters);
    this.order.set(state.order);
    this.shuffleStream.restore(state.shufflePositions);
    this.epoch = state.epoch;
    this.steps = state.steps;
    this.untold = state.untold;
    this.batchStart = state.batchStart;
    this.played = state.played;
    this.batchCost = state.batchCost;
    this.devPlayed = state.devPlayed;
    this.devSum = state.devSum;
    this.devCost = state.devCost;
    this.bestCost = state.bestCost;
    this.bestEpoch = state.bestEpoch;
  }

  /** Nothing to release: the garbage collector sees everything it holds. */
  dispose(): void {}
}

/**
 * Traces of a chunk, as many as fit into {@link CHUNK_BYTES} with all their activations, from 4 to 64; the bytes
 * of these; and the multiplications of one trace and period, forward.
 */
function sizesOf(form: PolicyForm, simulator: InventorySimulator, numPeriods: number, create: UnrolledFactory) {
  let [bytes, work] = [1, 0];
  const policy = createOrderPolicy(form, simulator, create, { numTraces: 4, numPeriods: 1 });
  const networks = policy.learnables.filter((learnable): learnable is UnrolledNetwork => "layout" in learnable);
  for (const { layout, numSlots, maxRows } of networks) {
    const { layers } = layout;
    const floats = layers.reduce((sum, { paddedOut }) => sum + paddedOut, layers[0].paddedIn);
    const products = layers.reduce((sum, { paddedIn, paddedOut }) => sum + paddedIn * paddedOut, 0);
    const rows = (numSlots * maxRows) / 4;
    bytes += 4 * floats * numPeriods * rows;
    work += products * rows;
  }
  const chunk = Math.min(Math.max(4 * Math.floor(CHUNK_BYTES / bytes / 4), 4), 64);
  return { chunk, chunkBytes: chunk * bytes, work };
}

/** Makes the agent, its forecaster fitted where it has one; the registry loads this file only when one is trained. */
export async function createHdpo(context: AgentContext): Promise<Agent> {
  const options = context.options as unknown as HdpoOptions;
  checkSlopes(inventoryProblemOf("inventory", context.envOptions));
  return new Hdpo(context, options, await forecastFor(context, options));
}

/** Parameters of a forecaster, the same for the same seed; null for a policy that forecasts nothing. */
async function forecastFor({ envOptions, seed, createEngine }: AgentContext, options: HdpoOptions) {
  const problem = inventoryProblemOf("inventory", envOptions);
  if (!problem.sales || !FORECASTING.includes(options.policy)) return null;
  const network = createUnrolled(unrolledOf(createEngine), FORECASTER, 1, FORECAST_ROWS);
  const table = salesTable(problem.sales.data, 1);
  // A Worker hears messages in between.
  const breathe = () => new Promise<void>((resolve) => setTimeout(resolve));
  await finishPaced(fitForecaster(network, table, recipeOf(problem, options).unit, seed), breathe);
  return network.getParameters();
}
