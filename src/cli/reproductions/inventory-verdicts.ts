import {
  bestCappedBaseStock,
  differenceInterval,
  finish,
  inventoryProblemOf,
  mean,
  meanInterval,
  type OptionValues,
  poissonTable,
} from "../../index.js";
import type { CellResult } from "./reproduction.js";

export type Part = "lost" | "waiting" | "serial" | "transshipment" | "few-traces" | "race" | "sales";

/** An instance of a problem. */
export interface Problem {
  /** For file names: `one-store-lost-L4-p9`. */
  readonly id: string;
  readonly envOptions: OptionValues;
}

/** One row of the table. */
interface Row {
  readonly part: Part;
  readonly problem: Problem;
  readonly policy: string;
}

/** A row and the cells that were run for it. */
export interface Measured extends Row {
  readonly results: readonly CellResult[];
}

/** What the world says of a policy at the end. */
const figure = ({ summary }: CellResult, name: string): number | undefined =>
  (summary.final as Readonly<Record<string, number | undefined>>)[name];
export const costOf = (result: CellResult) => figure(result, "costMean") ?? Number.NaN;
const gapOf = (result: CellResult) => figure(result, "gapPercent") ?? Number.NaN;

/** A row of the table: costs over seeds. */
export function rowOf({ part, problem, policy }: Row, results: readonly CellResult[], capped: string): string[] {
  const start = [part, problem.id, policy, String(results.length)];
  if (results.length === 0) return [...start, "–", "–", "–", "–", "–"];
  const bounded = figure(results[0], "optimalCost") === undefined;
  const least = figure(results[0], bounded ? "lowerBound" : "optimalCost");
  return [
    ...start,
    costText(results),
    least === undefined ? "–" : `${bounded ? "≥ " : ""}${least.toFixed(4)}`,
    Number.isNaN(gapOf(results[0])) ? "–" : `${mean(results.map(gapOf)).toFixed(2)} %`,
    capped,
    Math.round(mean(results.map(({ summary }) => summary.seconds))).toString(),
  ];
}

/** One seed with the error of its measurement, several with that of their mean. */
function costText(results: readonly CellResult[]): string {
  const costs = results.map(costOf);
  if (results.length === 1) return `${costs[0].toFixed(4)} ± ${(figure(results[0], "costError") ?? 0).toFixed(4)}`;
  const { mean: centre, low, high } = meanInterval(costs);
  return `${centre.toFixed(4)} [${low?.toFixed(4)}, ${high?.toFixed(4)}]`;
}

const capped = new Map<string, number>();

/** Exact cost of the best capped base-stock rule of one store with Poisson demand that is lost. */
function cappedCost(problem: Problem): number {
  const known = capped.get(problem.id);
  if (known !== undefined) return known;
  const { nodes, edges, demand } = inventoryProblemOf("inventory", problem.envOptions);
  const [{ holdingCost, underageCost }] = nodes;
  const store = { holdingCost, underageCost, leadTime: edges[0].leadTime, demand: poissonTable(demand.mean[0]) };
  const { cost } = finish(bestCappedBaseStock(store));
  capped.set(problem.id, cost);
  return cost;
}

export function benchmarkText(part: Part, problem: Problem, wanted: boolean): string {
  return part === "lost" && wanted ? cappedCost(problem).toFixed(4) : "–";
}

/** What the gaps of a part should be, in percent. */
const TARGETS: readonly {
  readonly part: Part;
  readonly title: string;
  readonly mean: number;
  readonly most?: number;
}[] = [
  { part: "lost", title: "one store, lost sales", mean: 0.35, most: 1 },
  { part: "waiting", title: "one store, waiting demand", mean: 0.25 },
  { part: "serial", title: "serial systems", mean: 0.5 },
  { part: "transshipment", title: "transshipment", mean: 0.5 },
];

/** The gaps of each part against what is wanted, over the cells that were run. */
export function gapsText(measured: (part: Part) => readonly Measured[]): string[] {
  const rows = TARGETS.map(({ part, title, mean: wanted, most }) => {
    const all = measured(part);
    const run = all.filter(({ results }) => results.length > 0);
    if (run.length === 0) return `| ${title} | 0 of ${all.length} | – | – | – | – |`;
    const gaps = run.map(({ results }) => mean(results.map(gapOf)));
    const [centre, largest] = [mean(gaps), Math.max(...gaps)];
    const reached = centre <= wanted && (most === undefined || largest <= most);
    const below = run.filter(({ problem, results }) => mean(results.map(costOf)) < cappedCostOf(part, problem)).length;
    const beats = part === "lost" ? `${below} of ${run.length}` : "–";
    const good = reached && (part !== "lost" || below >= 0.75 * run.length);
    const goal = `mean ≤ ${wanted} %${most === undefined ? "" : `, none > ${most} %, below the cap's in 3 of 4`}`;
    return `| ${title} | ${run.length} of ${all.length} | ${centre.toFixed(3)} % | ${largest.toFixed(3)} % | ${beats} | ${goal}: ${good ? "yes" : "no"} |`;
  });
  return [
    "**Gaps** over the cells that were run, in percent above the optimum (of transshipment: above the lower bound).",
    "",
    "| part | cells | mean gap | largest | below the best capped base-stock | wanted |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ];
}

const cappedCostOf = (part: Part, problem: Problem) => (part === "lost" ? cappedCost(problem) : Number.NaN);

export type Verdict = "supported" | "not distinguishable" | "refuted";

/** Whether theirs costs more than ours, judged by the interval of the difference, theirs minus ours. */
export function verdictOn(low: number, high: number): Verdict {
  return low > 0 ? "supported" : high < 0 ? "refuted" : "not distinguishable";
}

/**
 * Costs of two policies side by side, problem by problem: variants whose policy begins with `theirs` and `ours`, and
 * otherwise is the same.
 */
export function comparisonRows(title: string, measured: readonly Measured[], theirs: string, ours: string): string[] {
  const rows = measured
    .filter(({ policy }) => policy.startsWith(theirs))
    .flatMap((their) => {
      const rest = their.policy.slice(theirs.length);
      const our = measured.find(
        ({ problem, policy }) => problem.id === their.problem.id && policy === `${ours}${rest}`,
      );
      const [a, b] = [their.results.map(costOf), our?.results.map(costOf) ?? []];
      if (a.length < 2 || b.length < 2) return [];
      const { mean: centre, low, high } = differenceInterval(a, b);
      // A profit is a cost below 0.
      const share = (value: number) => `${((100 * value) / Math.abs(mean(b))).toFixed(2)} %`;
      return [
        `| ${their.problem.id} | ${rest || "–"} | ${mean(a).toFixed(4)} | ${mean(b).toFixed(4)} | ${share(centre)} [${share(low)}, ${share(high)}] | ${verdictOn(low, high)} |`,
      ];
    });
  const names = [theirs, ours].map((name) => name.replace(/-$/, ""));
  if (rows.length === 0) return [`**${title}.** Too few seeds of ${names.join(" and ")} were run to compare.`];
  return [
    `**${title}.** Claim: ${names[1]} costs less than ${names[0]}. Difference of the means over seeds, as a share of ` +
      `${names[1]}'s, with its 95 % interval (Welch's t): supported where that lies above zero, refuted where below.`,
    "",
    `| problem | traces | ${names[0]} | ${names[1]} | difference | verdict |`,
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ];
}
