import {
  benchmarksOf,
  finishPaced,
  InputError,
  inventoryProblemOf,
  justInTimeCost,
  measuredNewsvendors,
  newsvendorText,
  type OptionValues,
  optimumOf,
  ruleText,
  type SolvingProgress,
  salesJustInTimeCost,
  showValue,
} from "../index.js";
import { textOf, wholeNumberOf } from "./arguments.js";
import type { Command } from "./command.js";
import { DEMAND_FLAG, demandOf } from "./demand.js";
import { ENV_FLAG, SEED_FLAG, SET_FLAG, seedOf, settingsOf } from "./flags.js";
import { type Output, showTable } from "./output.js";

/** Solves an inventory network, and measures simple policies beside the optimum. */
export const optimum: Command = {
  name: "optimum",
  usage: {
    summary: "the least cost of an inventory network, or a bound on it, with the best simple policies beside it",
    positionals: [],
    flags: [
      { ...ENV_FLAG, help: "inventory, the one world that can be solved" },
      {
        ...SET_FLAG,
        help: "the network: env.NAME=VALUE; may be repeated, the last of a name counts (list inventory names them)",
      },
      DEMAND_FLAG,
      { ...SEED_FLAG, help: "of the traces that policies are measured on where no cost is exact (default: 1)" },
      {
        name: "traces",
        value: { label: "N", allowed: "a whole number of 2 or more" },
        help: "how many, each of 2,300 periods of which the first 300 do not count (default: 2048)",
      },
    ],
    examples: ["--set env.setting=one-store-lost --set env.leadTime=2 --set env.underageCost=9 --json"],
  },
  async run(args, output) {
    const world = "inventory";
    const asked = textOf(args, "env") ?? world;
    if (asked !== world) throw new InputError("--env", showValue(asked), `${world}, the one world that can be solved`);
    const { env: given } = settingsOf(args, world, null);
    const env = demandOf(args, world, given)?.options ?? given;
    const problem = inventoryProblemOf(world, env);
    const seed = seedOf(args) ?? 1;
    if (problem.sales) return boundOfSales(problem, env, seed, output);
    const numTraces = wholeNumberOf(args, "traces", 2) ?? 2048;
    const begun = performance.now();
    const best = await finishPaced(optimumOf(problem), (progress) => show(progress, output));
    const seconds = (performance.now() - begun) / 1000;
    const benchmarks = await benchmarksOf(problem, best, { seed, cost: { numTraces } });
    output.clearBar();
    const rules = benchmarks.map(({ name, rule, cost, costError }) => ({
      name,
      text: ruleText(rule, problem),
      ...rule,
      cost,
      costError,
      gap: best.kind === "unknown" ? null : (100 * (cost - best.cost)) / Math.abs(best.cost),
    }));
    const { kind, cost, error, policy, method } = best;
    // A table holds an order for each of thousands of states.
    const kept = policy?.kind === "table" ? { kind: "table", states: policy.table.orders.length } : policy;
    const justInTime = justInTimeCost(problem);
    output.line({ env: world, options: env, kind, cost, error, method, policy: kept, seconds, justInTime, rules });
    output.text(
      best.kind === "unknown"
        ? `No optimum is known: ${method}.`
        : `${TITLES[best.kind]} ${best.cost.toFixed(4)} per store and period, by ${method}; ${seconds.toFixed(1)} s`,
    );
    output.text(
      showTable(
        rules.map(({ name, text, cost: itsCost, costError, gap }) => [
          `  ${name}`,
          text,
          `${itsCost.toFixed(4)}${costError > 0 ? ` ± ${costError.toFixed(4)}` : ""}`,
          gap === null ? "" : `${gap.toFixed(2)} % above`,
        ]),
      ),
    );
    return 0;
  },
};

/** What just-in-time orders earn from recorded sales, and the newsvendors of one store beside them. */
async function boundOfSales(
  problem: ReturnType<typeof inventoryProblemOf>,
  options: OptionValues,
  seed: number,
  output: Output,
): Promise<number> {
  const cost = await salesJustInTimeCost(problem, "test");
  const found = problem.nodes.length === 1 ? await measuredNewsvendors(problem, seed) : [];
  const rules = found.map(({ name, rule, cost: its, costError }) => {
    return { name, text: newsvendorText(rule), cost: its, costError, gap: (100 * (its - cost)) / Math.abs(cost) };
  });
  const method = "just-in-time orders, which know all demand beforehand";
  output.line({ env: "inventory", options, kind: "lower-bound", cost, method, rules });
  output.text(`${TITLES["lower-bound"]} ${cost.toFixed(4)} per store and week, by ${method}`);
  output.text(
    showTable(
      rules.map(({ name, text, cost: its, costError, gap }) => [
        `  ${name}`,
        text,
        `${its.toFixed(4)} ± ${costError.toFixed(4)}`,
        `${gap.toFixed(2)} % above`,
      ]),
    ),
  );
  return 0;
}

const TITLES = { optimal: "Optimal:", "lower-bound": "No policy costs less than" } as const;

function show({ sweeps, error }: SolvingProgress, output: Output): undefined {
  output.bar(Number.isFinite(error) ? `sweep ${sweeps}, cost known within ${error.toPrecision(1)}` : `step ${sweeps}`);
}
