import type { Dynamics } from "../../src/envs/dynamics.js";
import type { Environment, ParamsStruct } from "../../src/envs/environment.js";
import { paramsStructOf } from "../../src/envs/params.js";

/** One world driven by hand, in float64 and without auto-reset. */
export function byHand(environment: Environment, options: Readonly<Record<string, number | boolean>> = {}) {
  const { spec } = environment;
  const dynamics = environment.dynamics as Dynamics<ParamsStruct>;
  const params = paramsStructOf(spec, options);
  const state = { $: new Float64Array(spec.state.length) };
  const outcome = { $: new Float64Array(1 + spec.rewardTerms.length) };
  return {
    state: state.$,
    /** Takes one step from `from` (or from where it stands) and returns the new state. */
    step(action: number, from?: ArrayLike<number>): number[] {
      if (from) state.$.set(from);
      dynamics.step(state, { $: [action] }, { $: [] }, params, outcome);
      return [...state.$];
    },
    reset(noise: readonly number[]): number[] {
      dynamics.reset(state, { $: [...noise] }, params);
      return [...state.$];
    },
    /** Of the last step: the sum of its terms. */
    get reward(): number {
      return outcome.$.subarray(1).reduce((sum, term) => sum + term, 0);
    },
    get terminated(): boolean {
      return outcome.$[0] === 1;
    },
  };
}
