import type { OptionValues } from "../../core/options.js";
import { RandomStream } from "../../core/random.js";
import { actionSize } from "../../core/spaces.js";
import type { Dynamics, ParamsStruct } from "../dynamics.js";
import type { EnvironmentSpec } from "../environment.js";
import { paramsOf } from "../params.js";
import { DynamicsBatch } from "../vector.js";

const NUM_COPIES = 64;
/** Periods played: the rest of a longer episode goes on as these did. */
const MOST_PERIODS = 200;

/** Mean return of uniformly random actions in a world of single-source dynamics that never terminates, measured. */
export function randomReturnOf(spec: EnvironmentSpec, dynamics: Dynamics<never>, options: OptionValues): number {
  const horizon = Number(options["horizon"]);
  const batch = new DynamicsBatch(spec, dynamics as Dynamics<ParamsStruct>, {
    numEnvs: NUM_COPIES,
    seed: 1,
    streamName: "random return",
    horizon: Number.POSITIVE_INFINITY,
    params: paramsOf(spec, options),
  });
  batch.reset();
  const { action } = spec;
  const size = actionSize(action);
  const stream = new RandomStream(1, "random return/actions");
  const actions = new Float32Array(NUM_COPIES * size);
  const periods = Math.min(horizon, MOST_PERIODS);
  for (let period = 0; period < periods; period++) {
    for (let i = 0; i < actions.length; i++) {
      actions[i] =
        action.kind === "discrete"
          ? stream.integer(action.names.length)
          : stream.uniform() * action.features[i % size].high;
    }
    batch.step(actions);
  }
  const sum = batch.episodeReturns.reduce((total, value) => total + value, 0);
  return ((sum / NUM_COPIES) * horizon) / periods;
}
