import { createOrderPolicy, type PolicyForm } from "../../../src/agents/hdpo/create-policy.js";
import type { OrderPolicy } from "../../../src/agents/hdpo/order-policy.js";
import { Rollout } from "../../../src/agents/hdpo/rollout.js";
import { initialParameters } from "../../../src/compute/initialise.js";
import { createReferenceGroup } from "../../../src/compute/reference-unrolled.js";
import type { UnrolledNetwork } from "../../../src/compute/unrolled.js";
import { parseOptions } from "../../../src/core/options.js";
import { RandomStream } from "../../../src/core/random.js";
import { options } from "../../../src/envs/inventory/options.js";
import type { InventoryProblem } from "../../../src/envs/inventory/problem.js";
import { problemOf } from "../../../src/envs/inventory/settings.js";
import { InventorySimulator } from "../../../src/evaluate/inventory/simulator.js";
import { drawTraces, recordedTraces } from "../../../src/evaluate/inventory/traces.js";

/** The inventory problem of some options; the others are the defaults. */
export const problem = (values: Record<string, unknown>): InventoryProblem =>
  problemOf(parseOptions(options, values, "env"));

/** A policy with float64 networks for roll-outs of so many periods and traces, its first weights drawn. */
export function referencePolicy(network: InventoryProblem, form: PolicyForm, numPeriods: number, numTraces: number) {
  const simulator = new InventorySimulator(network);
  const policy = createOrderPolicy(form, simulator, createReferenceGroup, { numPeriods, numTraces });
  policy.initialise(new RandomStream(1, "weights"));
  if (policy.forecaster) policy.forecaster.setParameters(risingForecast(policy.forecaster));
  return { simulator, policy };
}

/** First weights of a forecaster whose quantiles, three times nineteen, rise from 3 on. */
function risingForecast({ layout }: UnrolledNetwork): Float32Array {
  const parameters = initialParameters(layout, new RandomStream(2, "forecaster"));
  const { biases, outSize } = layout.layers[layout.layers.length - 1];
  for (let i = 0; i < outSize; i++) parameters[biases + i] = 3 + 0.4 * (i % 19);
  return parameters;
}

/** The mean cost of traces under a policy, and its gradient with respect to all parameters, one array for each part. */
export function costAndGradients(
  simulator: InventorySimulator,
  policy: OrderPolicy,
  { numTraces = 6, numPeriods = 12, seed = 5 } = {},
) {
  const samples = Uint32Array.from({ length: numTraces }, (_, sample) => sample);
  const traces = simulator.problem.sales
    ? recordedTraces(simulator, "train", samples, numPeriods)
    : drawTraces(simulator, new RandomStream(seed, "traces", numTraces), 0, numTraces, numPeriods);
  const rollout = new Rollout(simulator, policy, numPeriods, numTraces);
  const indices = Uint32Array.from({ length: numTraces }, (_, trace) => trace);
  for (const learnable of policy.learnables) learnable.zeroGradients();
  const cost = () => rollout.forward(traces, indices) / numTraces;
  const mean = cost();
  rollout.backward(1 / numTraces);
  return { mean, cost, gradients: policy.learnables.map((learnable) => learnable.getGradients()) };
}

/**
 * The largest difference between the gradients of a policy and central differences, over `numProbes` parameters of
 * each of its parts, relative to the largest gradient of the part.
 */
export function worstGradient(simulator: InventorySimulator, policy: OrderPolicy, numProbes = 12, step = 1e-5): number {
  const { cost, gradients } = costAndGradients(simulator, policy);
  let worst = 0;
  policy.learnables.forEach((learnable, part) => {
    const parameters = learnable.getParameters();
    const largest = Math.max(...[...gradients[part]].map(Math.abs));
    // Where a gradient is 0 there may be padding, or nothing to be seen.
    const alive = [...gradients[part].keys()].filter((i) => gradients[part][i] !== 0);
    // What is fitted beforehand has no gradient at all.
    if (learnable === policy.forecaster && alive.length === 0) return;
    for (let probe = 0; probe < numProbes; probe++) {
      const index = alive[Math.floor((probe * alive.length) / numProbes)];
      const at = (shift: number) => {
        const moved = parameters.slice();
        moved[index] += shift;
        learnable.setParameters(moved);
        return cost();
      };
      const slope = (at(step) - at(-step)) / (2 * step);
      worst = Math.max(worst, Math.abs(slope - gradients[part][index]) / largest);
      learnable.setParameters(parameters);
    }
  });
  return worst;
}
