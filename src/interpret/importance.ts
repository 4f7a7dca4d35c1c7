import type { Policy } from "../agents/policies/policy.js";
import { InputError } from "../core/errors.js";
import { RandomStream } from "../core/random.js";
import type { Actor } from "../evaluate/evaluate.js";
import { mean } from "../evaluate/statistics.js";
import type { DistilRequest } from "./distil.js";
import type { FeatureImportance } from "./explanation.js";
import type { ImportanceOptions } from "./importance-options.js";
import { paced } from "./pace.js";
import { actionsOf, agreement, playTest, type TestPlay } from "./scoring.js";
import { allCoalitions, interventionalValues, policyFunction } from "./shapley/interventional.js";
import { permutationShap } from "./shapley/sampled.js";
import { MAX_EXACT_FEATURES, shapleyValues } from "./shapley/values.js";
import type { Teacher } from "./teacher.js";

/** What {@link importance} finds, scores aside. */
export interface ImportanceOrder {
  readonly importances: readonly FeatureImportance[];
  readonly order: readonly number[];
  readonly deletion: readonly { readonly kept: number; readonly agreement: number; readonly returnMean: number }[];
  readonly background: number;
  /** The policy with only the first features, the others held at their mean. */
  readonly student: Actor;
  readonly kept: number;
}

/**
 * Which features a policy leans on: mean |Shapley value| (interventional, exact up to 10 features, else by orders) and
 * the share of actions that change when a feature is drawn from another state.
 *
 * How far the order can be trusted is measured: the policy plays with only its first features, the others held at the
 * mean over the teacher's states. Shapley values are of probabilities, or of values less their mean over the actions.
 */
export async function importance(
  teacher: Teacher,
  request: DistilRequest,
  options: ImportanceOptions,
  teacherPlay: TestPlay,
): Promise<ImportanceOrder> {
  const { numFeatures, numActions, spec } = teacher;
  const stream = new RandomStream(request.seed, "explain/importance");
  const background = Float64Array.from(drawStates(teacherPlay.states, numFeatures, options.background, stream));
  const states = drawStates(teacherPlay.states, numFeatures, options.states, stream);
  const { scores } = await teacher.ask(states.slice(0, numFeatures));
  const f = policyFunction(teacher.policy, numActions, scores === "values" ? "advantages" : "probabilities");

  const sums = new Float64Array(numFeatures);
  for (let row = 0; row < options.states; row++) {
    await request.pace.breathe();
    const x = states.subarray(row * numFeatures, (row + 1) * numFeatures);
    const valuesOf = (masks: Int32Array) => interventionalValues(f, x, background, masks, numActions);
    const phi =
      numFeatures <= MAX_EXACT_FEATURES
        ? shapleyValues(await valuesOf(allCoalitions(numFeatures)), numFeatures, numActions)
        : await permutationShap(valuesOf, numFeatures, numActions, options.orders, stream);
    phi.forEach((value, i) => {
      sums[Math.floor(i / numActions)] += Math.abs(value) / (numActions * options.states);
    });
  }
  const flips = await flipShares(teacher, states, stream);
  const order = [...sums.keys()].sort((a, b) => sums[b] - sums[a] || flips[b] - flips[a]);
  const kept = Math.min(options.kept, numFeatures);
  const centre = meansOf(teacherPlay.states, numFeatures);
  return {
    importances: spec.observation.map(({ name }, i) => ({ feature: name, shapley: sums[i], flips: flips[i] })),
    order,
    deletion: await deletionCurve(teacher, request, options, { order, centre, teacherPlay }),
    background: options.background,
    student: masked(teacher.policy, order.slice(0, kept), centre),
    kept,
  };
}

/** The policy with every feature but a few held at its mean. */
function masked(policy: Policy, kept: readonly number[], centre: Float64Array): Actor {
  return {
    act(observations, commands, actions, stream) {
      const rows = Float32Array.from(observations, (_, i) => centre[i % centre.length]);
      for (let from = 0; from < rows.length; from += centre.length) {
        for (const feature of kept) rows[from + feature] = observations[from + feature];
      }
      return policy.act(rows, commands, actions, stream);
    },
  };
}

/** How the policy fares with the k first features alone, for up to 10 sizes k. */
async function deletionCurve(
  teacher: Teacher,
  request: DistilRequest,
  options: ImportanceOptions,
  { order, centre, teacherPlay }: { order: readonly number[]; centre: Float64Array; teacherPlay: TestPlay },
): Promise<ImportanceOrder["deletion"]> {
  const own = await actionsOf(teacher.policy, teacherPlay.states, teacherPlay.states.length / teacher.numFeatures);
  const curve: { kept: number; agreement: number; returnMean: number }[] = [];
  const gap = Math.ceil((order.length + 1) / MAX_EXACT_FEATURES);
  for (let kept = 0; kept <= order.length; kept += gap) {
    const student = paced(masked(teacher.policy, order.slice(0, kept), centre), request.pace);
    const same = agreement(own, await actionsOf(student, teacherPlay.states, own.length));
    const episodes = Math.min(options.testEpisodes, 20);
    // Not the test episodes: a reader may choose how many features to keep by this curve.
    const { returns } = await playTest(student, { ...request, episodes, testSeed: request.seed });
    curve.push({ kept, agreement: same, returnMean: mean(returns) });
  }
  return curve;
}

/** Share of the states where the action changes when one feature comes from another state [numFeatures]. */
async function flipShares(teacher: Teacher, states: Float32Array, stream: RandomStream): Promise<Float64Array> {
  const { numFeatures, policy } = teacher;
  const numRows = states.length / numFeatures;
  const own = await actionsOf(policy, states, numRows);
  const shares = new Float64Array(numFeatures);
  const from = Uint32Array.from({ length: numRows }, (_, row) => row);
  for (let feature = 0; feature < numFeatures; feature++) {
    stream.shuffle(from);
    const mixed = states.slice();
    for (let row = 0; row < numRows; row++) {
      mixed[row * numFeatures + feature] = states[from[row] * numFeatures + feature];
    }
    shares[feature] = 1 - agreement(own, await actionsOf(policy, mixed, numRows));
  }
  return shares;
}

/** `count` rows drawn evenly with replacement. Throws {@link InputError} when there is none to draw from. */
function drawStates(states: Float32Array, numFeatures: number, count: number, stream: RandomStream): Float32Array {
  const numRows = states.length / numFeatures;
  if (numRows === 0) throw new InputError("states", "none", "a teacher that plays at least one step");
  const rows = new Float32Array(count * numFeatures);
  for (let row = 0; row < count; row++) {
    const from = stream.integer(numRows) * numFeatures;
    rows.set(states.subarray(from, from + numFeatures), row * numFeatures);
  }
  return rows;
}

function meansOf(states: Float32Array, numFeatures: number): Float64Array {
  const means = new Float64Array(numFeatures);
  for (let i = 0; i < states.length; i++) means[i % numFeatures] += (states[i] * numFeatures) / states.length;
  return means;
}
