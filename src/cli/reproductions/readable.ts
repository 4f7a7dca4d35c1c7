import { type Explanation, mean, meanInterval } from "../../index.js";
import {
  type Cell,
  type CellResult,
  cellConfig,
  type ExplanationPlan,
  type PlannedExplanation,
  type Reproduction,
} from "./reproduction.js";

/** World, agent, and when it stops where that is not the preset's budget. */
const TEACHERS: readonly {
  readonly env: string;
  readonly agent: string;
  readonly budget?: number;
  readonly stopAt?: number;
}[] = [
  { env: "cartpole", agent: "ppo", stopAt: 500 },
  { env: "cartpole", agent: "dqn", stopAt: 500 },
  { env: "mountain-car", agent: "ppo" },
  { env: "acrobot", agent: "ppo", budget: 300_000 },
];
const SEEDS = [1, 2, 3, 4, 5] as const;
const LEAVES = 8;

const PLANS: readonly ExplanationPlan[] = [
  { label: "VIPER", method: "viper", options: { maxLeafNodes: LEAVES } },
  { label: "VIPER, weights", method: "viper", options: { maxLeafNodes: LEAVES, weighting: "weights" } },
  { label: "DAgger", method: "dagger", options: { maxLeafNodes: LEAVES } },
  { label: "behaviour cloning", method: "bc", options: { maxLeafNodes: LEAVES } },
  { label: "Shapley rule, as published", method: "shapley", options: { sweep: false } },
  { label: "Shapley rule, swept", method: "shapley", options: {} },
];

/** Trees and rules from trained networks, each with its agreement, return and size. */
export const readable: Reproduction = {
  name: "readable",
  title: "Readable policies",
  about:
    "Networks with their presets, and what each method makes of them. On cart-pole a network is trained until an " +
    "evaluation of 20 episodes reaches 500, elsewhere to its budget. Every readable " +
    "policy and its network play the same 100 fixed starts, which no method has seen. `As published` is the pipeline of " +
    "Li, Siddique & Cao 2025 (10 boundary points, least squares of the last feature); `swept` tries other counts of " +
    "points and other lines, an extension, and takes the one that earns most on episodes of its own. `Full` counts the " +
    "seeds on which the return is equivalent to the network's within 2 % (two one-sided tests) or above it.",
  explanations: PLANS,
  cells() {
    return TEACHERS.flatMap(({ env, agent, budget, stopAt }) =>
      SEEDS.map((seed): Cell => {
        const config = cellConfig({ env, agent, seed, budget, stopAt });
        return { id: `${env}-${agent}-s${seed}`, variant: `${env} ${agent}`, config };
      }),
    );
  },
  table(results) {
    const header = [
      "network",
      "its return",
      "method",
      "seeds",
      "size",
      "return",
      "full",
      "agreement",
      "on its own states",
      "R²",
      "processor s",
    ];
    const variants = TEACHERS.map(({ env, agent }) => `${env} ${agent}`);
    return [header, ...variants.flatMap((variant) => PLANS.map(({ label }) => row(variant, label, results)))];
  },
};

function row(variant: string, label: string, results: readonly CellResult[]): string[] {
  const made = results
    .filter((result) => result.variant === variant)
    .flatMap(({ explanations }) => explanations?.filter((planned) => planned.label === label) ?? []);
  if (made.length === 0) return [variant, "–", label, "0", "–", "–", "–", "–", "–", "–", "–"];
  const of = (read: (explanation: Explanation) => number) => made.map(({ explanation }) => read(explanation));
  const sizes = of(({ size }) => size.nodes ?? size.terms ?? 0);
  const fits = made.flatMap(({ explanation }) => (explanation.kind === "rule" ? [explanation.r2] : []));
  return [
    variant,
    interval(of(({ teacher }) => teacher.returnMean)),
    label,
    String(made.length),
    `${range(sizes)} ${made[0].explanation.kind === "tree" ? "nodes" : "terms"}`,
    interval(of(({ returnMean }) => returnMean)),
    `${made.filter(isFull).length} of ${made.length}`,
    `${(100 * mean(of(({ fidelity }) => fidelity))).toFixed(1)} %`,
    `${(100 * mean(of(({ fidelityOnOwnStates }) => fidelityOnOwnStates))).toFixed(1)} %`,
    fits.length === 0 ? "" : `${Math.min(...fits).toFixed(2)} to ${Math.max(...fits).toFixed(2)}`,
    mean(made.map(({ processorSeconds }) => processorSeconds)).toFixed(1),
  ];
}

function isFull({ explanation: { equivalent, returnMean, teacher } }: PlannedExplanation): boolean {
  return equivalent === true || returnMean >= teacher.returnMean;
}

function interval(values: readonly number[]): string {
  const { mean: centre, low, high } = meanInterval(values);
  return low === null || high === null
    ? centre.toFixed(1)
    : `${centre.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}
