import type { EnvironmentSpec, EpisodeHistory, VectorState } from "./environment.js";
import type { Simulation } from "./simulation.js";
import { DynamicsBatch, type DynamicsBatchSettings } from "./vector.js";

/** The actions of one copy's episode so far, in an array that grows. */
class ActionLog {
  private entries = new Float32Array(256);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Takes `size` entries from `actions`, beginning at `from`. */
  add(actions: Float32Array, from: number, size: number): void {
    if (this.length + size > this.entries.length) {
      const longer = new Float32Array(2 * this.entries.length);
      longer.set(this.entries);
      this.entries = longer;
    }
    for (let i = 0; i < size; i++) this.entries[this.length + i] = actions[from + i];
    this.length += size;
  }

  get taken(): Float32Array {
    return this.entries.subarray(0, this.length);
  }
}

/**
 * Copies of a simulated world, each with an engine of its own.
 *
 * Engines keep things to themselves (warm starts, the order of contacts), so a saved state is not enough to go on bit
 * for bit. What is saved is how the running episode came about, and restoring plays it again from its start.
 */
export class SimulationBatch extends DynamicsBatch {
  private readonly simulations: readonly Simulation[];
  private readonly logs: readonly ActionLog[];
  private readonly adopted: Uint8Array;
  private readonly startStates: Float64Array;
  private readonly startPositions: Uint32Array;

  constructor(spec: EnvironmentSpec, create: () => Simulation, settings: DynamicsBatchSettings) {
    const { numEnvs } = settings;
    const simulations = Array.from({ length: numEnvs }, create);
    super(spec, simulations, settings);
    this.simulations = simulations;
    this.logs = Array.from({ length: numEnvs }, () => new ActionLog());
    this.adopted = new Uint8Array(numEnvs);
    this.startStates = new Float64Array(numEnvs * this.stateSize);
    this.startPositions = new Uint32Array(numEnvs);
  }

  override step(actions: Float32Array): void {
    const size = this.action.$.length;
    // Before the step: it resets copies whose episode ends, and with them their logs.
    if (actions.length === this.numEnvs * size) {
      for (let env = 0; env < this.numEnvs; env++) this.logs[env].add(actions, env * size, size);
    }
    super.step(actions);
  }

  override setStateOf(env: number, state: ArrayLike<number>): void {
    super.setStateOf(env, state);
    this.markStart(env, 1);
    this.simulations[env].adopt(this.stateRefs[env], this.structs[env]);
  }

  override getState(): VectorState {
    const size = this.action.$.length;
    const numActions = Uint32Array.from(this.logs, (log) => log.length / size);
    const actions = new Float32Array(this.logs.reduce((sum, log) => sum + log.length, 0));
    let offset = 0;
    for (const { taken } of this.logs) {
      actions.set(taken, offset);
      offset += taken.length;
    }
    const history: EpisodeHistory = {
      adopted: this.adopted.slice(),
      startStates: this.startStates.slice(),
      startPositions: this.startPositions.slice(),
      numActions,
      actions,
    };
    return { ...super.getState(), history };
  }

  override setState(state: VectorState): void {
    const { history } = state;
    if (!history) throw new RangeError("expected the history of each copy's episode, got none");
    checkHistory(history, this.numEnvs, this.stateSize, this.action.$.length);
    super.setState(state);
    this.adopted.set(history.adopted);
    this.startStates.set(history.startStates);
    this.startPositions.set(history.startPositions);
    let offset = 0;
    for (let env = 0; env < this.numEnvs; env++) {
      const length = history.numActions[env] * this.action.$.length;
      this.replay(env, history.actions.subarray(offset, offset + length));
      offset += length;
    }
    // The state that was saved, and not one that differs in its last digits on another machine.
    this.states.set(state.states);
    this.stream.positions.set(state.noisePositions);
  }

  protected override begin(env: number): void {
    this.markStart(env, 0);
    super.begin(env);
  }

  private markStart(env: number, adopted: 0 | 1): void {
    this.logs[env].clear();
    this.adopted[env] = adopted;
    this.startPositions[env] = this.stream.positions[env];
    const { stateSize } = this;
    for (let i = env * stateSize; i < (env + 1) * stateSize; i++) {
      this.startStates[i] = adopted === 1 ? this.states[i] : 0;
    }
  }

  /** Plays one copy's episode again, from its start; parameters in force are set already. */
  private replay(env: number, actions: Float32Array): void {
    const { stream, noise, action, outcome } = this;
    const [simulation, state, params] = [this.simulations[env], this.stateRefs[env], this.structs[env]];
    const { reset, step } = this.spec.noiseSize;
    const size = action.$.length;
    stream.positions[env] = this.startPositions[env];
    if (this.adopted[env] === 1) {
      for (let i = 0; i < this.stateSize; i++) state.$[i] = this.startStates[env * this.stateSize + i];
      simulation.adopt(state, params);
    } else {
      stream.fillUniforms(noise.$, env, reset);
      simulation.reset(state, noise, params);
    }
    const log = this.logs[env];
    log.clear();
    for (let from = 0; from < actions.length; from += size) {
      for (let i = 0; i < size; i++) action.$[i] = actions[from + i];
      stream.fillUniforms(noise.$, env, step);
      simulation.step(state, action, noise, params, outcome);
      log.add(actions, from, size);
    }
  }
}

function checkHistory(history: EpisodeHistory, numEnvs: number, stateSize: number, actionSize: number): void {
  const total = history.numActions.reduce((sum, count) => sum + count, 0);
  const sizes = [
    ["adopted", history.adopted.length, numEnvs],
    ["startStates", history.startStates.length, numEnvs * stateSize],
    ["startPositions", history.startPositions.length, numEnvs],
    ["numActions", history.numActions.length, numEnvs],
    ["actions", history.actions.length, total * actionSize],
  ] as const;
  for (const [name, given, wanted] of sizes) {
    if (given !== wanted) throw new RangeError(`expected ${wanted} entries of history.${name}, got ${given}`);
  }
}
