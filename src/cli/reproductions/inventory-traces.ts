import { bootstrapInterval, mean, meanInterval, RandomStream } from "../../index.js";
import { costOf, type Measured, type Verdict } from "./inventory-verdicts.js";

/** Costs over seeds of one policy on one problem, by the number of traces that it learned from. */
interface Curve {
  readonly problem: string;
  readonly policy: string;
  /** Ascending in traces; numbers of which nothing was run are left out. */
  readonly points: readonly { readonly traces: number; readonly costs: readonly number[] }[];
}

/** The claim: the same cost with a sixteenth of the traces. */
const CLAIMED = 16;

/** Curves of variants whose policies are called `gnn-16`, `gnn-64` and so on. */
function curvesOf(measured: readonly Measured[]): Curve[] {
  const curves = new Map<string, { problem: string; policy: string; points: Curve["points"][number][] }>();
  for (const { problem, policy: name, results } of measured) {
    const [, policy, traces] = /^(.*)-(\d+)$/.exec(name) ?? [];
    if (policy === undefined || results.length === 0) continue;
    const key = `${problem.id} ${policy}`;
    const curve = curves.get(key) ?? { problem: problem.id, policy, points: [] };
    curve.points.push({ traces: Number(traces), costs: results.map(costOf) });
    curves.set(key, curve);
  }
  return [...curves.values()].map((curve) => ({
    ...curve,
    points: curve.points.toSorted((a, b) => a.traces - b.traces),
  }));
}

/** Cost against traces to learn from, a row for each problem and policy. */
export function curveRows(measured: readonly Measured[]): string[] {
  const curves = curvesOf(measured);
  const sizes = [...new Set(curves.flatMap(({ points }) => points.map(({ traces }) => traces)))].toSorted(
    (a, b) => a - b,
  );
  if (sizes.length === 0) return [];
  const textOf = (costs: readonly number[] | undefined): string => {
    if (!costs) return "–";
    const { mean: centre, low, high } = meanInterval(costs);
    return low === null || high === null
      ? `${centre.toFixed(3)} (1 seed)`
      : `${centre.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] (${costs.length})`;
  };
  return [
    "**Learning curves.** Cost by the number of traces to learn from, with the 95 % interval of the mean over as many seeds " +
      "as stand in brackets.",
    "",
    `| problem | policy | ${sizes.join(" | ")} |`,
    `| --- | --- | ${sizes.map(() => "---").join(" | ")} |`,
    ...curves.map(({ problem, policy, points }) => {
      const cells = sizes.map((size) => textOf(points.find(({ traces }) => traces === size)?.costs));
      return `| ${problem} | ${policy} | ${cells.join(" | ")} |`;
    }),
  ];
}

/**
 * Where a learning curve comes down to a cost: traces, straight between its points in the logarithm of traces. More
 * traces are never taken for worse. The first number of traces where already that costs no more, twice the last where
 * even that costs more.
 */
export function tracesForCost(sizes: readonly number[], costs: readonly number[], wanted: number): number {
  let best = costs[0];
  if (best <= wanted) return sizes[0];
  for (let i = 1; i < sizes.length; i++) {
    const next = Math.min(best, costs[i]);
    if (next <= wanted) return sizes[i - 1] * (sizes[i] / sizes[i - 1]) ** ((best - wanted) / (best - next));
    best = next;
  }
  return 2 * sizes[sizes.length - 1];
}

/** Whether it takes the plain network as many times the traces as was claimed, judged by the factor's interval. */
export function claimVerdict(low: number, high: number): Verdict {
  return low >= CLAIMED ? "supported" : high < CLAIMED ? "refuted" : "not distinguishable";
}

/** How many times as many traces the plain network needs for the cost that others have with few. */
export function tracesForEqualCost(measured: readonly Measured[]): string[] {
  const curves = curvesOf(measured);
  const rows = curves
    .filter(({ policy }) => policy !== "network")
    .flatMap(({ problem, policy, points }) => {
      const plain = curves.find((other) => other.problem === problem && other.policy === "network");
      return points.flatMap(({ traces, costs }) => {
        const theirs = plain?.points.filter((point) => point.traces >= traces) ?? [];
        if (costs.length < 3 || theirs.some((point) => point.costs.length < 3)) return [];
        const sizes = theirs.map((point) => point.traces);
        // A claim that could never be supported is not put to the test.
        if ((sizes.at(-1) ?? 0) < CLAIMED * traces || sizes[0] !== traces) return [];
        const factorOf = ([own, ...others]: readonly ArrayLike<number>[]) =>
          tracesForCost(
            sizes,
            others.map((each) => mean(each)),
            mean(own),
          ) / traces;
        const all = [costs, ...theirs.map((point) => point.costs)];
        const stream = new RandomStream(1, `traces/${problem}/${policy}/${traces}`);
        const { low, high } = bootstrapInterval(all, factorOf, { stream });
        const most = sizes[sizes.length - 1] / traces;
        const number = (factor: number) => (factor < 10 ? factor.toFixed(1) : String(Math.round(factor)));
        const show = (factor: number) => (factor > most ? `> ${most}` : factor <= 1 ? "≤ 1" : number(factor));
        const range = `${show(factorOf(all))} [${show(low)}, ${show(high)}]`;
        return [
          `| ${problem} | ${policy} | ${traces} | ${mean(costs).toFixed(4)} | ${range} | ${claimVerdict(low, high)} |`,
        ];
      });
    });
  if (rows.length === 0) return ["**Traces for equal cost.** Too few seeds were run to say."];
  return [
    `**Traces for equal cost.** Claim: the plain network needs ${CLAIMED} times as many traces. How many times as many it ` +
      "needs for the cost that a policy has with few, read off its learning curve, straight in the logarithm of traces; 95 % " +
      `interval by bootstrapping over seeds. Supported where the whole interval reaches ${CLAIMED}, refuted where none of it ` +
      "does. Intervals are rough: there are few seeds.",
    "",
    "| problem | policy | its traces | its cost | times as many | verdict |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ];
}
