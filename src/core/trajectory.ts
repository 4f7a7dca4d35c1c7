/**
 * What happened in one episode, in order.
 *
 * Row-major: `states` and `observations` have numSteps + 1 rows (the last follows the last action), `actions`,
 * `rewards` and `rewardTerms` have numSteps.
 */
export interface Trajectory {
  readonly numSteps: number;
  /** [numSteps + 1, stateSize] */
  readonly states: Float64Array;
  /** [numSteps + 1, observationSize] */
  readonly observations: Float32Array;
  /** [numSteps, actionSize] */
  readonly actions: Float32Array;
  /** [numSteps] */
  readonly rewards: Float32Array;
  /** [numSteps, numTerms] */
  readonly rewardTerms: Float32Array;
  /** The task ended with the last step. */
  readonly terminated: boolean;
  /** A limit cut the episode short at the last step. */
  readonly truncated: boolean;
}
