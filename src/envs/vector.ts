import { RandomStream } from "../core/random.js";
import { actionSize } from "../core/spaces.js";
import type { Dynamics, Ref } from "./dynamics.js";
import type { EnvironmentSpec, ParamsStruct, VectorEnvironment, VectorState } from "./environment.js";
import { paramNames } from "./params.js";

/** How many copies, and what decides their episodes. */
export interface DynamicsBatchSettings {
  readonly numEnvs: number;
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  /** Name of the stream that resets and steps draw from; copy i draws from the stream's copy i. */
  readonly streamName: string;
  /** Steps until truncation. */
  readonly horizon: number;
  /** [numParams], what every row of `params` starts with. */
  readonly params: Float64Array;
}

/** The rows of a row-major array as references into it. */
function rowsOf(array: Float32Array | Float64Array, numRows: number): Ref[] {
  const size = array.length / numRows;
  return Array.from({ length: numRows }, (_, row) => ({ $: array.subarray(row * size, (row + 1) * size) }));
}

/**
 * Copies of a world stepped in a plain loop on the CPU: float64 state, float32 observations.
 *
 * Every reference and params struct is made once, so `step` allocates nothing. Nothing has been reset after
 * construction: {@link createVectorEnvironment} does that.
 */
export class DynamicsBatch implements VectorEnvironment {
  readonly spec: EnvironmentSpec;
  readonly numEnvs: number;
  readonly horizon: number;
  readonly observations: Float32Array;
  readonly finalObservations: Float32Array;
  readonly rewards: Float32Array;
  readonly rewardTerms: Float32Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly params: Float64Array;
  readonly episodeReturns: Float64Array;
  readonly episodeLengths: Uint32Array;

  protected readonly stream: RandomStream;
  protected readonly states: Float64Array;
  /** [numEnvs, stateSize], the last state of the newest episode that ended in each copy. */
  private readonly endStates: Float64Array;
  private readonly activeParams: Float64Array;
  /** 1 where the last step ended an episode: its return and length stay readable until the next step. */
  private readonly ended: Uint8Array;
  private readonly paramNames: readonly string[];
  protected readonly structs: Record<string, number>[];
  /** What the dynamics of each copy read: its struct, or what they made of it. */
  private readonly prepared: ParamsStruct[];
  protected readonly stateRefs: Ref[];
  private readonly observationRefs: Ref[];
  private readonly finalRefs: Ref[];
  protected readonly action: { readonly $: Float64Array };
  protected readonly noise: { readonly $: Float64Array };
  protected readonly outcome: { readonly $: Float64Array };
  /** What moves each copy: of a single-source world, all the same. */
  private readonly movers: readonly Dynamics<ParamsStruct>[];

  constructor(
    spec: EnvironmentSpec,
    dynamics: Dynamics<ParamsStruct> | readonly Dynamics<ParamsStruct>[],
    settings: DynamicsBatchSettings,
  ) {
    const { numEnvs, horizon } = settings;
    this.movers = "step" in dynamics ? Array.from({ length: numEnvs }, () => dynamics) : dynamics;
    this.spec = spec;
    this.numEnvs = numEnvs;
    this.horizon = horizon;
    this.stream = new RandomStream(settings.seed, settings.streamName, numEnvs);

    const observationSize = spec.observation.length;
    const numTerms = spec.rewardTerms.length;
    this.observations = new Float32Array(numEnvs * observationSize);
    this.finalObservations = new Float32Array(numEnvs * observationSize);
    this.rewards = new Float32Array(numEnvs);
    this.rewardTerms = new Float32Array(numEnvs * numTerms);
    this.terminated = new Uint8Array(numEnvs);
    this.truncated = new Uint8Array(numEnvs);
    this.episodeReturns = new Float64Array(numEnvs);
    this.episodeLengths = new Uint32Array(numEnvs);
    this.states = new Float64Array(numEnvs * spec.state.length);
    this.endStates = new Float64Array(numEnvs * spec.state.length);
    this.ended = new Uint8Array(numEnvs);

    this.paramNames = paramNames(spec);
    const numParams = this.paramNames.length;
    if (settings.params.length !== numParams) {
      throw new RangeError(`expected ${numParams} parameters, got ${settings.params.length}`);
    }
    this.params = new Float64Array(numEnvs * numParams);
    for (let env = 0; env < numEnvs; env++) this.params.set(settings.params, env * numParams);
    this.activeParams = this.params.slice();
    // NaN first: V8 then stores every field as a double, whole numbers too, and all structs share one shape.
    this.structs = Array.from({ length: numEnvs }, () =>
      Object.fromEntries(this.paramNames.map((name) => [name, Number.NaN])),
    );
    this.prepared = [...this.structs];
    for (let env = 0; env < numEnvs; env++) this.fillStruct(env);

    this.stateRefs = rowsOf(this.states, numEnvs);
    this.observationRefs = rowsOf(this.observations, numEnvs);
    this.finalRefs = rowsOf(this.finalObservations, numEnvs);
    this.action = { $: new Float64Array(actionSize(spec.action)) };
    this.noise = { $: new Float64Array(Math.max(spec.noiseSize.reset, spec.noiseSize.step)) };
    this.outcome = { $: new Float64Array(1 + numTerms) };
  }

  reset(): void {
    for (let env = 0; env < this.numEnvs; env++) {
      this.clearEpisode(env);
      this.begin(env);
    }
    this.finalObservations.set(this.observations);
    this.clearOutcomes();
  }

  step(actions: Float32Array): void {
    const { numEnvs, movers, noise, outcome, action, stateRefs, finalRefs, prepared, horizon } = this;
    const { rewards, rewardTerms, terminated, truncated, episodeReturns, episodeLengths, ended } = this;
    const actionLength = action.$.length;
    const numTerms = outcome.$.length - 1;
    const stepNoise = this.spec.noiseSize.step;
    if (actions.length !== numEnvs * actionLength) {
      throw new RangeError(`expected ${numEnvs * actionLength} actions, got ${actions.length}`);
    }
    let numEnded = 0;
    for (let env = 0; env < numEnvs; env++) {
      if (ended[env] === 1) this.clearEpisode(env);
      for (let i = 0; i < actionLength; i++) action.$[i] = actions[env * actionLength + i];
      if (stepNoise > 0) this.stream.fillUniforms(noise.$, env, stepNoise);
      movers[env].step(stateRefs[env], action, noise, prepared[env], outcome);
      movers[env].observe(stateRefs[env], finalRefs[env], prepared[env]);

      let reward = 0;
      for (let term = 0; term < numTerms; term++) {
        const value = outcome.$[1 + term];
        rewardTerms[env * numTerms + term] = value;
        reward += value;
      }
      rewards[env] = reward;
      episodeReturns[env] += reward;
      const length = episodeLengths[env] + 1;
      episodeLengths[env] = length;
      const isTerminated = outcome.$[0] > 0 ? 1 : 0;
      const isTruncated = isTerminated === 0 && length >= horizon ? 1 : 0;
      terminated[env] = isTerminated;
      truncated[env] = isTruncated;
      ended[env] = isTerminated | isTruncated;
      numEnded += isTerminated | isTruncated;
    }
    // One copy of all rows is cheaper than one per copy; resets then write over theirs.
    this.observations.set(this.finalObservations);
    if (numEnded > 0) this.beginEnded();
  }

  stateOf(env: number): Float64Array {
    return this.states.slice(env * this.stateSize, (env + 1) * this.stateSize);
  }

  finalStateOf(env: number): Float64Array {
    const states = this.ended[env] === 1 ? this.endStates : this.states;
    return states.slice(env * this.stateSize, (env + 1) * this.stateSize);
  }

  setStateOf(env: number, state: ArrayLike<number>): void {
    if (state.length !== this.stateSize) {
      throw new RangeError(`expected a state of size ${this.stateSize}, got ${state.length}`);
    }
    this.states.set(state, env * this.stateSize);
    this.clearEpisode(env);
    this.adoptParams(env);
    this.observeBoth(env);
  }

  getState(): VectorState {
    return {
      states: this.states.slice(),
      params: this.params.slice(),
      activeParams: this.activeParams.slice(),
      episodeReturns: this.episodeReturns.slice(),
      episodeLengths: this.episodeLengths.slice(),
      ended: this.ended.slice(),
      noisePositions: this.stream.positions.slice(),
    };
  }

  setState(state: VectorState): void {
    const targets = {
      states: this.states,
      params: this.params,
      activeParams: this.activeParams,
      episodeReturns: this.episodeReturns,
      episodeLengths: this.episodeLengths,
      ended: this.ended,
      noisePositions: this.stream.positions,
    } as const;
    const names = Object.keys(targets) as (keyof typeof targets)[];
    for (const name of names) {
      if (state[name].length !== targets[name].length) {
        throw new RangeError(`expected ${targets[name].length} entries of ${name}, got ${state[name].length}`);
      }
    }
    for (const name of names) targets[name].set(state[name]);
    // A saved state does not hold what came before its resets: those are over.
    this.endStates.set(this.states);
    this.clearOutcomes();
    for (let env = 0; env < this.numEnvs; env++) {
      this.fillStruct(env);
      this.observeBoth(env);
    }
  }

  protected get stateSize(): number {
    return this.spec.state.length;
  }

  /** Starts a new episode of one copy: params, state, observation. Leaves return and length to be read. */
  protected begin(env: number): void {
    this.adoptParams(env);
    const { reset } = this.spec.noiseSize;
    if (reset > 0) this.stream.fillUniforms(this.noise.$, env, reset);
    this.movers[env].reset(this.stateRefs[env], this.noise, this.prepared[env]);
    this.movers[env].observe(this.stateRefs[env], this.observationRefs[env], this.prepared[env]);
  }

  private beginEnded(): void {
    for (let env = 0; env < this.numEnvs; env++) {
      if (this.ended[env] === 0) continue;
      this.keepEndState(env);
      this.begin(env);
    }
  }

  private keepEndState(env: number): void {
    for (let i = env * this.stateSize; i < (env + 1) * this.stateSize; i++) this.endStates[i] = this.states[i];
  }

  private clearEpisode(env: number): void {
    this.ended[env] = 0;
    this.episodeReturns[env] = 0;
    this.episodeLengths[env] = 0;
  }

  private clearOutcomes(): void {
    this.rewards.fill(0);
    this.rewardTerms.fill(0);
    this.terminated.fill(0);
    this.truncated.fill(0);
  }

  private adoptParams(env: number): void {
    const numParams = this.paramNames.length;
    let changed = false;
    for (let i = env * numParams; i < (env + 1) * numParams; i++) {
      if (this.activeParams[i] === this.params[i]) continue;
      this.activeParams[i] = this.params[i];
      changed = true;
    }
    // Stores by a computed name are slow; most episodes keep the parameters of the one before.
    if (changed) this.fillStruct(env);
  }

  private fillStruct(env: number): void {
    const struct = this.structs[env];
    const first = env * this.paramNames.length;
    for (let i = 0; i < this.paramNames.length; i++) struct[this.paramNames[i]] = this.activeParams[first + i];
    const { prepare } = this.movers[env];
    if (prepare) this.prepared[env] = prepare(struct);
  }

  private observeBoth(env: number): void {
    this.movers[env].observe(this.stateRefs[env], this.observationRefs[env], this.prepared[env]);
    this.movers[env].observe(this.stateRefs[env], this.finalRefs[env], this.prepared[env]);
  }
}
