import type { EngineState } from "../compute/engine.js";
import type { Packable } from "../core/pack.js";
import type { VectorState } from "../envs/environment.js";

/** What DQN keeps to go on exactly, beside its replay buffer; the same on every path. */
export interface DqnState {
  readonly engine: EngineState;
  readonly target: Float32Array | Float64Array;
  readonly environment: VectorState;
  readonly actionPositions: Uint32Array;
  readonly samplePositions: Uint32Array;
  readonly priorities: Packable;
  readonly numSteps: number;
  readonly stepsUntilTraining: number;
  readonly stepsUntilTarget: number;
}

/** One segment of a replay buffer: entries from number `from` on. */
export interface ReplaySegment {
  readonly from: number;
  readonly observations: Float32Array;
  readonly nextObservations: Float32Array;
  readonly actions: Float32Array;
  readonly rewards: Float32Array;
  /** 0 goes on, 1 terminated, 2 truncated. */
  readonly endings: Uint8Array;
}
