import { expect, test } from "vitest";
import { restorePolicy } from "../../../src/agents/policies/restore.js";
import { parseTreePolicy, TreePolicy } from "../../../src/agents/policies/tree.js";
import { fitTree } from "../../../src/compute/trees/cart.js";
import { fitForest } from "../../../src/compute/trees/forest.js";
import { jsonOf } from "../../../src/compute/trees/model-data.js";
import { predictTreeClasses } from "../../../src/compute/trees/tree.js";
import { pack, unpack } from "../../../src/core/pack.js";
import { RandomStream } from "../../../src/core/random.js";
import { findEnvironment } from "../../../src/envs/index.js";
import { randomData } from "../../compute/trees/random-trees.js";

const data = randomData(41, { numRows: 100 });
const names = { observationNames: ["a", "b", "c"], actionNames: ["left", "stay", "right"] };
const tree = fitTree(data, { maxDepth: 4 });
const policy = new TreePolicy({ kind: "tree", tree }, names);

function act(acting: TreePolicy, commands: Float32Array | null, stream: RandomStream | null, rows = data.inputs) {
  const actions = new Float32Array(100);
  acting.act(rows, commands, actions, stream);
  return [...actions];
}

test("the action is the class of the leaf, with a stream as without one", () => {
  const classes = [...predictTreeClasses(tree, data.inputs)];
  expect(act(policy, null, null)).toEqual(classes);
  expect(act(policy, null, new RandomStream(1, "act", 100))).toEqual(classes);
  const scores = new Float32Array(300);
  policy.actionScores(data.inputs, scores);
  for (let row = 0; row < 100; row++) {
    expect(scores.subarray(3 * row, 3 * row + 3).reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 6);
  }
});

test("a share epsilon of the actions is drawn, and only with a stream", () => {
  const exploring = new TreePolicy({ kind: "tree", tree }, names);
  exploring.epsilon = 0.6;
  const classes = act(policy, null, null);
  expect(act(exploring, null, null)).toEqual(classes);
  const drawn = act(exploring, null, new RandomStream(1, "act", 100));
  const changed = drawn.filter((action, i) => action !== classes[i]).length;
  // Two thirds of the drawn actions differ from the tree's.
  expect(changed).toBeGreaterThan(20);
  expect(changed).toBeLessThan(60);
});

test("commands are inputs after the observation, each times its scale", () => {
  const following = new TreePolicy(
    { kind: "tree", tree },
    { observationNames: ["a"], actionNames: names.actionNames },
    [0.5, 2],
  );
  const observations = Float32Array.from({ length: 100 }, (_, row) => data.inputs[3 * row]);
  const commands = Float32Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0 ? data.inputs[3 * (i >> 1) + 1] / 0.5 : data.inputs[3 * (i >> 1) + 2] / 2,
  );
  expect(act(following, commands, null, observations)).toEqual(act(policy, null, null));
  expect(() => act(following, null, null, observations)).toThrow(/expected commands/);
});

test("a regressor answers every entry of a continuous action", () => {
  const inputs = Float32Array.of(0, 1, 2, 3);
  const model = fitTree({ inputs, numFeatures: 1, targets: [0, 5, 0, 5, 1, 7, 1, 7], numOutputs: 2 });
  const continuous = new TreePolicy(
    { kind: "tree", tree: model },
    { observationNames: ["x"], actionNames: ["steer", "throttle"] },
  );
  const actions = new Float32Array(4);
  continuous.act(Float32Array.of(0.5, 2.5), null, actions, null);
  expect([...actions]).toEqual([0, 5, 1, 7]);
});

test.each(["tree", "forest"] as const)("a policy of kind %s survives JSON and a checkpoint", (kind) => {
  const model =
    kind === "tree"
      ? ({ kind, tree } as const)
      : ({ kind, forest: fitForest("extra-trees", data, { numTrees: 5 }, 1) } as const);
  const before = new TreePolicy(model, names, null);
  const stored = before.serialise();
  expect(stored.kind).toBe(kind);
  const back = parseTreePolicy(JSON.parse(jsonOf(stored)));
  expect(act(back, null, null)).toEqual(act(before, null, null));
  expect(back.names).toEqual(names);
  expect(act(parseTreePolicy(unpack(pack(stored))), null, null)).toEqual(act(before, null, null));
});

test("names that do not fit are told in one sentence", () => {
  const stored = policy.serialise();
  expect(() => parseTreePolicy({ ...stored, actionNames: ["left"] })).toThrow(
    'policy actionNames: expected a list of 3 names, got ["left"]',
  );
  expect(() => parseTreePolicy({ ...stored, commandScales: [1] })).toThrow("policy commandScales");
  expect(() => new TreePolicy({ kind: "tree", tree }, { ...names, observationNames: ["a"] })).toThrow(
    /1 inputs, got 3/,
  );
});

test("a tree that was stored acts again only in a world of its own size", () => {
  const restore = (world: string) =>
    restorePolicy(JSON.parse(jsonOf(policy.serialise())), findEnvironment(world).spec, () => {
      throw new Error("no engine is needed");
    });
  expect(() => restore("pendulum")).toThrow("policy actionNames: expected 1 names, got 3 names");
  expect(() => restore("cartpole")).toThrow("policy observationNames: expected 4 names, got 3 names");
});
