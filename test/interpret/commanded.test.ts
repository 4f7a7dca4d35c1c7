import { describe, expect, it } from "vitest";
import type { Policy, SerialisedPolicy } from "../../src/agents/policies/policy.js";
import { restorePolicy } from "../../src/agents/policies/restore.js";
import { parseTreePolicy } from "../../src/agents/policies/tree.js";
import { findEnvironment } from "../../src/envs/index.js";
import { explain } from "../../src/interpret/explain.js";
import type { ExplanationMethod, ImportanceExplanation, RuleExplanation } from "../../src/interpret/explanation.js";

const cartpole = findEnvironment("cartpole");

/** Pushes right while more than three steps are left of the horizon, else left, wherever the pole is. */
const impatient: Policy = {
  commanded: { command: { desiredReturn: 6, desiredHorizon: 7 }, seen: Float64Array.of(1, 1, 9, 9, 9, 1) },
  act(_observations, commands, actions) {
    if (!commands) throw new Error("expected commands");
    for (let row = 0; row < commands.length / 2; row++) actions[row] = commands[2 * row + 1] > 3 ? 1 : 0;
  },
  actionScores(_observations, scores, commands) {
    if (!commands) throw new Error("expected commands");
    for (let row = 0; row < commands.length / 2; row++) {
      scores[2 * row + 1] = commands[2 * row + 1] > 3 ? 0.9 : 0.1;
      scores[2 * row] = 1 - scores[2 * row + 1];
    }
  },
  serialise: () => ({ kind: "forest" }),
};

const make = (method: ExplanationMethod, options: Record<string, unknown>) =>
  explain({
    policy: impatient,
    environment: cartpole,
    envOptions: {},
    agent: "udrl",
    step: 1,
    method,
    options: { testEpisodes: 10, ...options },
    seed: 1,
  });

describe("a policy that follows a command", () => {
  it("is distilled into a tree that reads what is left of the command after the observation", async () => {
    const explanation = await make("viper", { iterations: 2, episodes: 2, selectionEpisodes: 2 });
    expect(explanation).toMatchObject({ size: { nodes: 3 }, fidelity: 1, command: { desiredHorizon: 7 } });
    expect(explanation.returnMean).toBe(explanation.teacher.returnMean);
    const tree = parseTreePolicy(explanation.policy);
    const actions = new Float32Array(2);
    // Every step pays 1 and takes 1: return and horizon go down side by side, and either can be read.
    tree.act(new Float32Array(8), Float32Array.of(5, 6, 1, 2), actions, null);
    expect([...actions]).toEqual([1, 0]);
  });

  it("leans on the command as on a feature, and plays on as it is asked without the others", async () => {
    const explanation = (await make("importance", { states: 20, background: 10, kept: 1 })) as ImportanceExplanation;
    expect(explanation.importances.map(({ feature }) => feature)).toEqual([
      ...cartpole.spec.observation.map(({ name }) => name),
      "desired return",
      "desired horizon",
    ]);
    expect(explanation.order[0]).toBe(5);
    expect(explanation.importances.map(({ shapley }) => shapley > 1e-9)).toEqual([...Array(5).fill(false), true]);
    expect(explanation.fidelity).toBeGreaterThan(0.95);
    expect(explanation.returnMean).toBe(explanation.teacher.returnMean);
  });

  it("becomes a rule that reads what is left of the command after the observation", async () => {
    const explanation = (await make("shapley", {
      steps: 300,
      maxStates: 300,
      background: 10,
      sweep: false,
      regression: "logistic",
      characteristic: "interventional",
    })) as RuleExplanation;
    expect(explanation.importances).toHaveLength(6);
    expect(explanation.importances.map((value) => value > 1e-9)).toEqual([...Array(5).fill(false), true]);
    expect(explanation.command?.desiredHorizon).toBe(7);
    expect(explanation.fidelity).toBeGreaterThan(0.95);

    const written = explanation.policy as SerialisedPolicy;
    const engine = () => {
      throw new Error("expected no engine to be asked for");
    };
    const { policy } = restorePolicy(written, cartpole.spec, engine);
    const actions = new Float32Array(2);
    policy.act(new Float32Array(8), Float32Array.of(5, 6, 1, 1), actions, null);
    expect([...actions]).toEqual([1, 0]);
    expect(() => policy.act(new Float32Array(8), null, actions, null)).toThrow("expected commands");
    const short = { ...written, readsCommand: false };
    expect(() => restorePolicy(short, cartpole.spec, engine)).toThrow("rule row 0 weights: expected 4 numbers");
  });
});
