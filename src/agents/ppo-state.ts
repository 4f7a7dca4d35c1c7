import type { EngineState } from "../compute/engine.js";
import type { Packable } from "../core/pack.js";
import type { VectorState } from "../envs/environment.js";

/** What PPO keeps to go on exactly; the same on every path, so that a run can change from one to another. */
export interface PpoState {
  readonly engine: EngineState;
  readonly environment: VectorState;
  readonly actionPositions: Uint32Array;
  readonly shufflePositions: Uint32Array;
  readonly normaliser: Packable;
  readonly rewardScale: Packable;
  readonly discountedReturns: Float64Array;
  readonly numStepsTaken: number;
}
