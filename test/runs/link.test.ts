import { describe, expect, it } from "vitest";
import { configOf, defaultSettings, linkOf, parseLink, sameRun } from "../../src/runs/link.js";

const parse = (text: string) => parseLink(text, 99);
const fieldsOf = (text: string) => parse(text).refused.map(({ field }) => field);

describe("a link", () => {
  it("names the world, the agent and the seed, and else only what differs from the preset", () => {
    const settings = defaultSettings("cartpole", "ppo", 7);
    expect(linkOf(settings)).toBe("env=cartpole&agent=ppo&seed=7");
    const changed = { ...settings, envOptions: { ...settings.envOptions, length: 0.7 } };
    expect(linkOf(changed)).toBe("env=cartpole&agent=ppo&seed=7&env.length=0.7");
  });

  it("leaves out a text that was given and emptied again", () => {
    const settings = defaultSettings("inventory", "hdpo", 3);
    const emptied = { ...settings, envOptions: { ...settings.envOptions, sales: "" } };
    expect(linkOf(emptied)).toBe(linkOf(settings));
  });

  it("gives back the settings it was made from", () => {
    const base = defaultSettings("cartpole", "dqn", 3);
    const settings = {
      ...base,
      envOptions: { ...base.envOptions, gravity: 1.6 },
      agentOptions: { ...base.agentOptions, hidden: [32, 16], double: false },
      training: { ...base.training, budget: 12_345, seeds: 5, engine: "reference" as const, stopWhenSolved: true },
    };
    const parsed = parse(`#${linkOf(settings, false)}`);
    expect(parsed.refused).toEqual([]);
    expect(parsed.autoplay).toBe(false);
    expect(parsed.settings).toEqual(settings);
  });

  it("refuses a broken field by name, says what is allowed, and uses the rest", () => {
    const { settings, refused } = parse("env=cartpole&agent=ppo&seed=7&agent.learningRate=3&env.length=0.7&colour=red");
    expect(refused.map(({ message }) => message)).toEqual([
      "agent.learningRate: expected a number from 0.000001 to 0.1, got 3",
      expect.stringMatching(/^colour: expected one of the fields env, agent, seed, .*, got "red"$/),
    ]);
    expect(settings.seed).toBe(7);
    expect(settings.envOptions["length"]).toBe(0.7);
    expect(settings.agentOptions["learningRate"]).toBe(
      defaultSettings("cartpole", "ppo", 7).agentOptions["learningRate"],
    );
  });

  it("refuses a field of the training by the name it has in the link", () => {
    expect(parse("seeds=11").refused.map(({ message }) => message)).toEqual([
      "seeds: expected a whole number from 1 to 10, got 11",
    ]);
  });

  it("refuses an unknown world and an unknown agent and falls back to the first", () => {
    expect(fieldsOf("env=mars&agent=sarsa&seed=1")).toEqual(["env", "agent"]);
    expect(parse("env=mars&agent=sarsa&seed=1").settings).toMatchObject({ env: "cartpole", agent: "ppo", seed: 1 });
  });

  it("refuses a seed that is no unsigned 32-bit number and takes the fallback", () => {
    for (const seed of ["-1", "1.5", "4294967296", "x", ""]) {
      const { settings, seedGiven, refused } = parse(`seed=${seed}`);
      expect(refused.map(({ field }) => field)).toEqual(["seed"]);
      expect([settings.seed, seedGiven]).toEqual([99, false]);
    }
    expect(parse("seed=4294967295")).toMatchObject({ seedGiven: true, settings: { seed: 4294967295 } });
  });

  it("never throws, whatever it holds", () => {
    for (const text of [
      "%",
      "&&&",
      "=",
      "env.=1",
      "env.length",
      "agent.constructor=1",
      "__proto__=1",
      "env.toString=2",
    ]) {
      expect(() => parse(text)).not.toThrow();
    }
    expect(fieldsOf("__proto__=1")).toEqual(["__proto__"]);
    expect(fieldsOf("agent.constructor=1")).toEqual(["agent.constructor"]);
  });

  it("says whether to start by itself, or leaves it open", () => {
    expect(parse("autoplay=1").autoplay).toBe(true);
    expect(parse("autoplay=0").autoplay).toBe(false);
    expect(parse("").autoplay).toBeNull();
    expect(fieldsOf("autoplay=perhaps")).toEqual(["autoplay"]);
  });
});

describe("a world whose link names no agent", () => {
  it("takes the agent that was made for it, else the first that can learn in it", () => {
    expect(parse("env=inventory").settings.agent).toBe("hdpo");
    expect(parse("env=cartpole").settings.agent).toBe("ppo");
    expect(parse("env=inventory&agent=ppo").settings.agent).toBe("ppo");
  });
});

describe("the configs of several seeds", () => {
  it("differ only by their seed, which counts on and wraps", () => {
    const settings = defaultSettings("cartpole", "ppo", 4294967295);
    expect(configOf(settings, 0)).toEqual({ ...configOf(settings, 1), seed: 4294967295 });
    expect(configOf(settings, 1).seed).toBe(0);
  });

  it("make the same run whatever their budget, and another with any other option", () => {
    const settings = defaultSettings("cartpole", "ppo", 1);
    const config = configOf(settings);
    const reordered = { ...config, envOptions: Object.fromEntries(Object.entries(config.envOptions).reverse()) };
    expect(sameRun(config, { ...reordered, budget: 5, engine: "wasm-simd" })).toBe(true);
    expect(sameRun({ ...config, engine: "reference" }, { ...config, engine: "wasm-simd" })).toBe(false);
    expect(sameRun(config, { ...config, seed: 2 })).toBe(false);
    expect(sameRun(config, { ...config, envOptions: { ...config.envOptions, length: 0.6 } })).toBe(false);
  });

  it("evaluates a slow world less often, and says nothing of it in the link", () => {
    const settings = defaultSettings("lunar-lander", "ppo", 1);
    expect(settings.training.evaluationEvery).toBe(40_960);
    expect(configOf(settings).evaluation.every).toBe(40_960);
    expect(linkOf(settings)).toBe("env=lunar-lander&agent=ppo&seed=1");
    expect(defaultSettings("cartpole", "ppo", 1).training.evaluationEvery).toBe(2560);
  });
});
