import { describe, expect, it } from "vitest";
import { createVectorEnvironment, findEnvironment } from "../../src/envs/index.js";
import { type Actor, evaluatePolicy } from "../../src/evaluate/evaluate.js";

const cartpole = findEnvironment("cartpole");
const request = { episodes: 6, seed: 5, streamName: "evaluation/0", options: {} };
/** Pushes to the side it leans to; a stream makes it err now and then. */
const leaner: Actor = {
  act: (observations, _commands, actions, stream) => {
    for (let i = 0; i < actions.length; i++) {
      const best = observations[i * 4 + 2] + observations[i * 4 + 3] > 0 ? 1 : 0;
      actions[i] = stream && stream.uniform(i) < 0.2 ? 1 - best : best;
    }
  },
};

describe("an evaluation", () => {
  it("gives the same episodes as playing each copy by hand", async () => {
    const { returns, lengths } = await evaluatePolicy(leaner, cartpole, request);
    const env = createVectorEnvironment(cartpole, { numEnvs: 6, seed: 5, streamName: "evaluation/0" });
    const actions = new Float32Array(6);
    const first = new Array<number | null>(6).fill(null);
    for (let step = 0; step < 500; step++) {
      void leaner.act(env.observations, null, actions, null);
      env.step(actions);
      for (let copy = 0; copy < 6; copy++) {
        if (first[copy] === null && (env.terminated[copy] || env.truncated[copy]))
          first[copy] = env.episodeReturns[copy];
      }
    }
    expect([...returns]).toEqual(first);
    expect([...lengths]).toEqual(first);
  });

  it("is a pure function of its arguments, and another stream gives other episodes", async () => {
    const again = await evaluatePolicy(leaner, cartpole, { ...request, stochastic: true });
    const same = await evaluatePolicy(leaner, cartpole, { ...request, stochastic: true });
    const other = await evaluatePolicy(leaner, cartpole, { ...request, stochastic: true, streamName: "evaluation/1" });
    expect([...same.returns]).toEqual([...again.returns]);
    expect([...other.returns]).not.toEqual([...again.returns]);
  });

  it("waits for a policy that answers with a promise", async () => {
    const slow: Actor = {
      act: async (observations, commands, actions, stream) => {
        await Promise.resolve();
        await leaner.act(observations, commands, actions, stream);
      },
    };
    const patient = await evaluatePolicy(slow, cartpole, request);
    const quick = await evaluatePolicy(leaner, cartpole, request);
    expect([...patient.returns]).toEqual([...quick.returns]);
  });

  it("asks an upside-down policy for what is left of the command in each copy, whichever copies go on", async () => {
    const asked: number[][] = [];
    const commanded: Actor = {
      commanded: { command: { desiredReturn: 50, desiredHorizon: 8 }, seen: new Float64Array(0) },
      act: (observations, commands, actions, stream) => {
        asked.push([...(commands ?? [])]);
        return leaner.act(observations, null, actions, stream);
      },
    };
    const varied = { ...request, options: { startRange: 0.2 } };
    const { lengths } = await evaluatePolicy(commanded, cartpole, varied);
    expect(asked[0]).toEqual(Array.from({ length: 6 }, () => [50, 8]).flat());
    expect(asked[9].slice(0, 2)).toEqual([41, 1]);
    const longest = Math.max(...lengths);
    expect(asked[longest - 1]).toContain(50 - (longest - 1));
    const commands = Array.from({ length: 6 }, (_, i) => ({ desiredReturn: 10 * i, desiredHorizon: 9 }));
    asked.length = 0;
    await evaluatePolicy(commanded, cartpole, { ...varied, command: commands });
    expect(asked[1].filter((_, i) => i % 2 === 0)).toEqual([-1, 9, 19, 29, 39, 49]);
    await expect(evaluatePolicy(commanded, cartpole, { ...varied, command: commands.slice(1) })).rejects.toThrow(
      "expected 6 commands, got 5",
    );
  });

  it("asks a deterministic policy for no more rows than it needs, and a stochastic one for all", async () => {
    // From starts this wide apart episodes differ in length.
    const varied = { episodes: 16, options: { startRange: 0.2 } };
    const rowsAsked = async (stochastic: boolean) => {
      const rows: number[] = [];
      const counting: Actor = {
        act: (observations, commands, actions, stream) => {
          rows.push(actions.length);
          expect(observations.length).toBe(4 * actions.length);
          return leaner.act(observations, commands, actions, stream);
        },
      };
      const { lengths } = await evaluatePolicy(counting, cartpole, { ...request, ...varied, stochastic });
      expect(rows).toHaveLength(Math.max(...lengths));
      return { rows, lengths };
    };
    const { rows, lengths } = await rowsAsked(false);
    rows.forEach((count, step) => {
      const needed = lengths.filter((length) => length > step).length;
      expect(count).toBeGreaterThanOrEqual(needed);
      expect(count).toBeLessThan(2 * needed + 1);
    });
    expect(rows.at(-1)).toBeLessThan(16);
    expect(new Set((await rowsAsked(true)).rows)).toEqual(new Set([16]));
  });
});
