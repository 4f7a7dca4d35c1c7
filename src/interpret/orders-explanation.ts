import { parseOptions } from "../core/options.js";
import type { CostReport } from "../evaluate/inventory/measure-cost.js";
import { studentTQuantile } from "../evaluate/student-t.js";
import type { ExplainRequest } from "./explain-request.js";
import { type ExplanationWarning, type OrdersExplanation, plainOf, type ReturnScores } from "./explanation.js";
import { readableOrders } from "./orders.js";
import { ORDERS_OPTIONS } from "./orders-options.js";
import { FREE_PACE } from "./pace.js";

/** Margin of the equivalence test, as a share of the policy's cost. */
const MARGIN = 0.02;

/** Makes a store's policy readable, and scores it: its return is minus the cost per period. Throws `InputError`. */
export async function explainOrders(request: ExplainRequest): Promise<OrdersExplanation> {
  const { policy, environment, envOptions, seed, agent, step, pace = FREE_PACE } = request;
  const options = parseOptions(ORDERS_OPTIONS, request.options ?? {}, "orders");
  const begun = pace.now();
  const { spec } = environment;
  const found = await readableOrders(policy, spec, envOptions, seed, options, pace);
  const { best, tried, selectTraces, teacherCost, studentCost, fidelity, fidelityOnOwnStates, optimum, curve } = found;
  return {
    kind: "orders",
    method: "orders",
    env: spec.id,
    agent,
    step,
    options: { ...options },
    ...costScores(teacherCost, studentCost, options),
    fidelity,
    fidelityOnOwnStates,
    policy: plainOf(await best.policy.serialise()) as OrdersExplanation["policy"],
    size: best.size,
    seconds: (pace.now() - begun) / 1000,
    candidates: tried.map(({ readable, cost, agreement }) => ({
      label: readable.label,
      size: "terms" in readable.size ? readable.size.terms : readable.size.nodes,
      selectionReturn: -cost,
      selectionEpisodes: selectTraces,
      agreement,
      r2: null,
      chosen: readable === best,
    })),
    text: best.text,
    costMean: studentCost.costMean,
    costError: studentCost.costError,
    teacherCostMean: teacherCost.costMean,
    teacherCostError: teacherCost.costError,
    optimum: { kind: optimum.kind, cost: optimum.cost },
    levels: best.levels,
    curve,
  };
}

/** Scores and warnings of a policy that was measured on the same demand traces as its teacher. */
export function costScores(
  teacherCost: CostReport,
  studentCost: CostReport,
  { testTraces, testSeed }: { readonly testTraces: number; readonly testSeed: number },
) {
  const teacher = returnsOf(teacherCost);
  const scores = returnsOf(studentCost);
  const margin = MARGIN * Math.abs(teacherCost.costMean);
  // Both met the same demand, so this takes the spread of their difference for larger than it is.
  const spread = 1.645 * Math.hypot(teacherCost.costError, studentCost.costError);
  const equivalent = Math.abs(studentCost.costMean - teacherCost.costMean) + spread <= margin;
  const warnings: ExplanationWarning[] = [];
  if (Number(scores.returnHigh) < Number(teacher.returnLow) && !equivalent) warnings.push("return-below-teacher");
  return {
    ...scores,
    regret: null,
    episodes: testTraces,
    seeds: testTraces,
    testSeed,
    teacher,
    equivalent,
    equivalenceMargin: margin,
    warnings,
  };
}

/** Minus the cost per store and period, over traces. */
function returnsOf({ costMean, costStd, costError, numTraces }: CostReport): ReturnScores {
  const half = costError * studentTQuantile(0.975, numTraces - 1);
  return { returnMean: -costMean, returnStd: costStd, returnLow: -costMean - half, returnHigh: -costMean + half };
}
