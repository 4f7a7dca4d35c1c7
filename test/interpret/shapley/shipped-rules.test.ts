import { describe, expect, it } from "vitest";
import { type RulePolicy, twoActionRule } from "../../../src/agents/policies/rule.js";
import { findEnvironment } from "../../../src/envs/index.js";
import { evaluatePolicy } from "../../../src/evaluate/evaluate.js";
import { mean } from "../../../src/evaluate/statistics.js";

/**
 * The rules that Li, Siddique & Cao ship in their evaluation.py (g > 0 takes action 0), and the returns that an
 * independent simulator measured for them. Rules of normalised observations come with their stored normaliser.
 */
interface Shipped {
  readonly name: string;
  readonly env: string;
  readonly weights: readonly number[];
  readonly bias: number;
  readonly normaliser?: { readonly mean: readonly number[]; readonly variance: readonly number[] };
  readonly expected: number;
}

const PPO_NORMALISER = { mean: [-0.470784, 0.00772615], variance: [0.165267, 8.88603e-4] };
const A2C_NORMALISER = { mean: [-0.503901, 0.00214663], variance: [0.0812941, 3.85081e-4] };
const SHIPPED: readonly Shipped[] = [
  { name: "CartPole PPO", env: "cartpole", weights: [-0.193, -0.523, -1, -1], bias: 0.0014, expected: 500 },
  { name: "CartPole A2C", env: "cartpole", weights: [-0.4875, -0.9811, -1, -1], bias: 0, expected: 500 },
  { name: "CartPole DQN", env: "cartpole", weights: [-0.5, -0.687, -1.09, -1], bias: -0.018, expected: 500 },
  {
    name: "MountainCar PPO",
    env: "mountain-car",
    weights: [0.35, -1],
    bias: -0.3,
    normaliser: PPO_NORMALISER,
    expected: -114.2,
  },
  {
    name: "MountainCar A2C",
    env: "mountain-car",
    weights: [0.003, -1],
    bias: -0.12,
    normaliser: A2C_NORMALISER,
    expected: -119.7,
  },
  { name: "MountainCar DQN", env: "mountain-car", weights: [0.013, -1], bias: 0.0033, expected: -121.6 },
];

function ruleOf({ env, weights, bias, normaliser }: Shipped): RulePolicy {
  const scale = (i: number) => Math.sqrt(normaliser?.variance[i] ?? 1);
  const raw = weights.map((weight, i) => weight / scale(i));
  const shift = raw.reduce((sum, weight, i) => sum + weight * (normaliser?.mean[i] ?? 0), 0);
  return twoActionRule(bias - shift, raw, 0, env === "cartpole" ? 1 : 2);
}

async function returnOf(rule: RulePolicy, env: string): Promise<number> {
  const episodes = env === "cartpole" ? 200 : 300;
  const { returns } = await evaluatePolicy(rule, findEnvironment(env), {
    episodes,
    seed: 0,
    streamName: "evaluate",
    options: {},
  });
  return mean(returns);
}

describe("the rules that the paper's authors ship", () => {
  it.each(SHIPPED)("earn here what they earn elsewhere: $name", async (shipped) => {
    expect(Math.abs((await returnOf(ruleOf(shipped), shipped.env)) - shipped.expected)).toBeLessThanOrEqual(5);
  });

  it("never reach the flag when a rule of normalised observations is read in raw units", async () => {
    const { normaliser, ...raw } = SHIPPED[3];
    expect(normaliser).toBeDefined();
    expect(await returnOf(ruleOf(raw), "mountain-car")).toBe(-200);
  });
});
