import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Policy } from "../../src/agents/policies/policy.js";
import { fitTree } from "../../src/compute/trees/cart.js";
import { depthOf, numNodesOf, predictTreeClasses } from "../../src/compute/trees/tree.js";
import { parseOptions } from "../../src/core/options.js";
import { RandomStream } from "../../src/core/random.js";
import { findEnvironment } from "../../src/envs/index.js";
import { Contest } from "../../src/interpret/contest.js";
import { cloneBehaviour, dagger, firstSplits, treeActor, viper } from "../../src/interpret/distil.js";
import { BC_OPTIONS, DAGGER_OPTIONS, VIPER_OPTIONS } from "../../src/interpret/distil-options.js";
import { FREE_PACE } from "../../src/interpret/pace.js";
import { scoreStudent } from "../../src/interpret/scoring.js";
import { Teacher } from "../../src/interpret/teacher.js";

const cartpole = findEnvironment("cartpole");
const request = { environment: cartpole, options: {}, seed: 3, pace: FREE_PACE };

/** Balances: worth of an action is plus or minus a weighted lean. */
const balancer: Policy = {
  act: (observations, _commands, actions) => {
    for (let row = 0; row < actions.length; row++) actions[row] = height(observations, row) > 0 ? 1 : 0;
  },
  actionScores: (observations, scores) => {
    for (let row = 0; row < scores.length / 2; row++) {
      scores[2 * row] = -height(observations, row);
      scores[2 * row + 1] = height(observations, row);
    }
  },
  serialise: () => ({ kind: "rule" }),
};
function height(observations: Float32Array, row: number): number {
  const [x, speed, angle, spin] = observations.subarray(row * 4, row * 4 + 4);
  return 0.2 * x + 0.5 * speed + angle + spin;
}

const teacher = new Teacher(balancer, cartpole.spec, "viper");
const quick = { iterations: 4, episodes: 3, selectionEpisodes: 4 };
const score = { environment: cartpole, options: {}, episodes: 20, testSeed: 7 };

describe("a tree distilled from a policy", () => {
  it("by VIPER balances as long as the policy does, within its limits", async () => {
    const options = parseOptions(VIPER_OPTIONS, { iterations: 20, maxLeafNodes: 8, maxDepth: 4 }, "viper");
    const { tree, candidates } = await viper(teacher, request, options);
    expect(numNodesOf(tree)).toBeLessThanOrEqual(15);
    expect(depthOf(tree)).toBeLessThanOrEqual(4);
    const scores = await scoreStudent(teacher, treeActor(tree), score);
    expect(scores.teacher.returnMean).toBe(500);
    expect(scores.returnMean).toBeGreaterThan(450);
    // The one that was chosen earned most of all, on more episodes than the first ones.
    const [chosen] = candidates.filter((candidate) => candidate.chosen);
    expect(chosen.selectionReturn).toBe(Math.max(...candidates.map(({ selectionReturn }) => selectionReturn)));
    expect(chosen.selectionEpisodes).toBe(128 * options.selectionEpisodes);
    expect(chosen.size).toBe(numNodesOf(tree));
  });

  it.each(["weights", "resampling"])("is the same for the same seed, with %s", async (weighting) => {
    const options = parseOptions(VIPER_OPTIONS, { ...quick, weighting }, "viper");
    const [one, same] = [await viper(teacher, request, options), await viper(teacher, request, options)];
    const other = await viper(teacher, { ...request, seed: 4 }, options);
    expect(same).toEqual(one);
    expect(other.tree).not.toEqual(one.tree);
  });

  it("by DAgger differs from VIPER's only by what the states weigh", async () => {
    const equal: Policy = {
      ...balancer,
      // All choices matter as much: then weights change nothing.
      actionScores: (observations, scores) => {
        for (let row = 0; row < scores.length / 2; row++) {
          scores[2 * row] = height(observations, row) > 0 ? 0 : 1;
          scores[2 * row + 1] = 1 - scores[2 * row];
          scores[2 * row] *= 3;
          scores[2 * row + 1] *= 3;
        }
      },
    };
    const fair = new Teacher(equal, cartpole.spec, "viper");
    const weights = { ...quick, weighting: "weights" };
    const one = await viper(fair, request, parseOptions(VIPER_OPTIONS, weights, "viper"));
    const other = await dagger(fair, request, parseOptions(DAGGER_OPTIONS, quick, "dagger"));
    expect(other.tree.feature).toEqual(one.tree.feature);
    expect(other.tree.threshold).toEqual(one.tree.threshold);
    const real = await viper(teacher, request, parseOptions(VIPER_OPTIONS, weights, "viper"));
    const plain = await dagger(teacher, request, parseOptions(DAGGER_OPTIONS, quick, "dagger"));
    expect(plain.tree.threshold).not.toEqual(real.tree.threshold);
  });

  it("of a policy that always does the same is one leaf", async () => {
    const stubborn = new Teacher(
      { ...balancer, actionScores: (_rows, out) => void out.fill(0) },
      cartpole.spec,
      "viper",
    );
    const { tree } = await viper(stubborn, request, parseOptions(VIPER_OPTIONS, quick, "viper"));
    expect([...tree.feature]).toEqual([-1]);
  });

  it("by cloning agrees where the policy goes, and is one tree without a contest", async () => {
    const options = parseOptions(BC_OPTIONS, { episodes: 20, maxLeafNodes: 32 }, "bc");
    const { tree, candidates } = await cloneBehaviour(teacher, request, options);
    expect(candidates).toEqual([]);
    const { fidelity } = await scoreStudent(teacher, treeActor(tree), score);
    expect(fidelity).toBeGreaterThan(0.85);
  });
});

describe("a tree with fewer of its splits", () => {
  it("is the tree that a lower limit on leaves gives", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 6 }), (seed, numSplits) => {
        const stream = new RandomStream(seed, "rows");
        const inputs = Float32Array.from({ length: 600 }, () => stream.normal());
        const labels = Int32Array.from({ length: 200 }, (_, row) => {
          const [x, y, z] = inputs.subarray(row * 3, row * 3 + 3);
          return x * y + 0.3 * z + 0.2 * stream.normal() > 0 ? 1 : 0;
        });
        const data = { inputs, numFeatures: 3, labels, numClasses: 2 };
        const small = fitTree(data, { maxLeafNodes: numSplits + 1 });
        expect(firstSplits(fitTree(data, { maxLeafNodes: 8 }), numSplits)).toEqual(small);
      }),
      { numRuns: 30 },
    );
  });
});

describe("a contest", () => {
  it("is won by the student that lasts longest, and tells how long each stayed", async () => {
    const still = fitTree({ inputs: Float32Array.of(0, 0, 0, 0), numFeatures: 4, labels: [0], numClasses: 2 });
    const inputs = Float32Array.from({ length: 40 }, (_, i) => (i % 4 >= 2 ? Math.floor(i / 4) / 10 - 0.45 : 0));
    const labels = Array.from({ length: 10 }, (_, row) => (row >= 5 ? 1 : 0));
    const leaner = fitTree({ inputs, numFeatures: 4, labels, numClasses: 2 });
    expect([...predictTreeClasses(leaner, inputs)]).toEqual(labels);
    const contest = new Contest(request, 3, treeActor, () => false);
    await contest.enter(still, 0);
    await contest.enter(leaner, 0);
    await contest.enter(still, 0);
    const { best, entries } = await contest.decide();
    expect(best.student).toBe(leaner);
    // Nobody ever took the lead from it.
    expect(entries.map(({ episodes }) => episodes)).toEqual([3, 384, 3]);
  });

  it("nobody entered has no winner", async () => {
    await expect(new Contest(request, 3, treeActor, () => false).decide()).rejects.toThrow(
      "expected 1 or more entries",
    );
  });
});
