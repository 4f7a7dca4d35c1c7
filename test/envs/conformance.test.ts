import { describe, expect, it } from "vitest";
import { describeOptions, type OptionValues } from "../../src/core/options.js";
import { RandomStream } from "../../src/core/random.js";
import { actionSize } from "../../src/core/spaces.js";
import type { Environment, VectorEnvironment } from "../../src/envs/environment.js";
import { createVectorEnvironment, environments, findEnvironment, loadEnvironment } from "../../src/envs/index.js";
import { paramNames } from "../../src/envs/params.js";

/** Random actions, the same for copy i whatever the number of copies. */
function randomActions(
  { spec }: VectorEnvironment,
  stream: RandomStream,
  actions: Float32Array,
  numEnvs: number,
): void {
  const size = actionSize(spec.action);
  for (let copy = 0; copy < numEnvs; copy++) {
    for (let i = 0; i < size; i++) {
      const { action } = spec;
      const bounds = action.kind === "continuous" ? action.features[i].typical : [0, 0];
      actions[copy * size + i] =
        action.kind === "discrete"
          ? stream.integer(action.names.length, copy)
          : bounds[0] + stream.uniform(copy) * (bounds[1] - bounds[0]);
    }
  }
}

/** Everything that `numSteps` random steps show, as one list of numbers. */
function record(env: VectorEnvironment, stream: RandomStream, numSteps: number): number[] {
  const actions = new Float32Array(env.numEnvs * actionSize(env.spec.action));
  const seen: number[] = [];
  for (let step = 0; step < numSteps; step++) {
    randomActions(env, stream, actions, env.numEnvs);
    env.step(actions);
    seen.push(...env.observations, ...env.finalObservations, ...env.rewards, ...env.rewardTerms);
    seen.push(...env.terminated, ...env.truncated, ...env.episodeReturns, ...env.episodeLengths);
  }
  return seen;
}

const make = (environment: Environment, numEnvs = 3, options: OptionValues = {}, seed = 9) =>
  createVectorEnvironment(environment, { numEnvs, seed, options });

await Promise.all(environments.map(loadEnvironment));

describe.each(environments.map((environment) => [environment.spec.id, environment] as const))(
  "%s",
  (id, environment) => {
    const { spec } = environment;
    const size = spec.observation.length;

    it("says everything a world must say", () => {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(findEnvironment(id)).toBe(environment);
      for (const text of [spec.title, spec.summary, spec.source]) expect(text.length).toBeGreaterThan(3);
      const names = spec.observation.map((feature) => feature.name);
      expect(new Set(names).size).toBe(names.length);
      for (const { low, high, typical } of spec.observation) {
        expect(low).toBeLessThanOrEqual(typical[0]);
        expect(typical[0]).toBeLessThan(typical[1]);
        expect(typical[1]).toBeLessThanOrEqual(high);
      }
      expect(describeOptions(spec.options).map((option) => option.key)).toContain("horizon");
      expect(spec.runsOn).toContain("cpu");
    });

    it("can be played by hand with the agent's own actions, each of them within reach", () => {
      const { hand, action } = spec;
      const asked = [...Object.values(hand.held), ...(typeof hand.idle === "string" ? [] : [hand.idle])];
      for (const one of [...asked, ...(hand.start ? [hand.start] : [])]) expect(one).toHaveLength(actionSize(action));
      if (hand.start) {
        // Directions go through all actions, step by step: each dimension both ways.
        const both = hand.start.map((_, i) => asked.map((one) => one[i]));
        for (const moves of both) expect([Math.max(...moves) > 0, Math.min(...moves) < 0]).toEqual([true, true]);
        if (action.kind === "discrete") expect(both).toEqual([[1, -1]]);
        return;
      }
      if (action.kind === "discrete") {
        const reached = new Set(asked.map(([index]) => index));
        expect([...reached].sort()).toEqual(action.names.map((_, i) => i));
      } else {
        action.features.forEach(({ low, high }, i) => {
          const values = asked.map((one) => one[i]);
          expect(Math.max(...values)).toBe(high);
          // An engine that is off at rest needs no key for less.
          expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
        });
      }
    });

    it("has batches of the sizes that its spec states", () => {
      const env = make(environment, 5);
      expect(env.observations).toHaveLength(5 * size);
      expect(env.finalObservations).toHaveLength(5 * size);
      expect(env.rewardTerms).toHaveLength(5 * spec.rewardTerms.length);
      expect(env.params).toHaveLength(5 * paramNames(spec).length);
      expect(env.stateOf(4)).toHaveLength(spec.state.length);
      expect(() => env.step(new Float32Array(4))).toThrow(/expected \d+ actions, got 4/);
    });

    it("stays within the bounds of its features, and its reward is the sum of its terms", () => {
      const env = make(environment, 8);
      const stream = new RandomStream(3, "test", 8);
      const actions = new Float32Array(8 * actionSize(spec.action));
      for (let step = 0; step < 600; step++) {
        randomActions(env, stream, actions, 8);
        env.step(actions);
        // One assertion per step: half a million would take seconds.
        const outside = env.observations.findIndex((value, i) => {
          const { low, high } = spec.observation[i % size];
          return !(value >= Math.fround(low) && value <= Math.fround(high));
        });
        expect(outside).toBe(-1);
        const numTerms = spec.rewardTerms.length;
        for (let copy = 0; copy < 8; copy++) {
          const terms = env.rewardTerms.subarray(copy * numTerms, (copy + 1) * numTerms);
          const sum = terms.reduce((total, term) => total + term, 0);
          // Each is rounded to float32 by itself.
          const scale = terms.reduce((largest, term) => Math.max(largest, Math.abs(term)), 1);
          expect(Math.abs(env.rewards[copy] - sum)).toBeLessThanOrEqual(1e-6 * scale);
          expect(env.terminated[copy] + env.truncated[copy]).toBeLessThanOrEqual(1);
        }
      }
    });

    it("the same seed gives the same trajectory, another seed or stream another", () => {
      const run = (seed: number, streamName?: string) => {
        const env = createVectorEnvironment(environment, { numEnvs: 3, seed, ...(streamName && { streamName }) });
        return record(env, new RandomStream(1, "test", 3), 80);
      };
      expect(run(9)).toEqual(run(9));
      expect(run(10)).not.toEqual(run(9));
      expect(run(9, "evaluation")).not.toEqual(run(9));
    });

    it("copies side by side are what each would be alone", () => {
      const together = make(environment, 4);
      const smaller = make(environment, 2);
      const stream = () => new RandomStream(5, "test", 4);
      const [first, second] = [stream(), stream()];
      const actions = new Float32Array(4 * actionSize(spec.action));
      for (let step = 0; step < 120; step++) {
        randomActions(together, first, actions, 4);
        together.step(actions);
        const fewer = actions.slice(0, 2 * actionSize(spec.action));
        randomActions(smaller, second, fewer, 2);
        smaller.step(fewer);
        expect([...smaller.observations]).toEqual([...together.observations.subarray(0, 2 * size)]);
      }
    });

    it("goes on from a saved state bit for bit, in another batch", () => {
      const env = make(environment);
      const stream = new RandomStream(7, "test", 3);
      record(env, stream, 45);
      const saved = env.getState();
      const positions = stream.positions.slice();
      const expected = record(env, stream, 90);
      const other = make(environment, 3, {}, 1234);
      record(other, new RandomStream(8, "test", 3), 17);
      const same = createVectorEnvironment(environment, { numEnvs: 3, seed: 9 });
      same.setState(saved);
      stream.restore(positions);
      expect(record(same, stream, 90)).toEqual(expected);
    });

    it("a single state put back gives the same next step", () => {
      const env = make(environment, 1);
      const stream = new RandomStream(7, "test", 1);
      record(env, stream, 3);
      const state = env.stateOf(0);
      const action = new Float32Array(actionSize(spec.action));
      env.setStateOf(0, state);
      const { noisePositions } = env.getState();
      env.step(action);
      const once = env.finalStateOf(0);
      // Noise goes on; the second step draws that of the first again.
      env.setState({ ...env.getState(), noisePositions });
      env.setStateOf(0, state);
      expect(env.episodeLengths[0]).toBe(0);
      env.step(action);
      expect([...env.finalStateOf(0)]).toEqual([...once]);
      expect(() => env.setStateOf(0, [1])).toThrow(`expected a state of size ${spec.state.length}, got 1`);
    });

    it("resets within the step that ends an episode, and shows what the reset hid", () => {
      const env = make(environment, 2, { horizon: 4 });
      const stream = new RandomStream(2, "test", 2);
      const actions = new Float32Array(2 * actionSize(spec.action));
      let ended = 0;
      for (let step = 0; step < 12; step++) {
        randomActions(env, stream, actions, 2);
        env.step(actions);
        for (let copy = 0; copy < 2; copy++) {
          const rows = [env.observations, env.finalObservations].map((array) => [
            ...array.subarray(copy * size, (copy + 1) * size),
          ]);
          if (env.terminated[copy] || env.truncated[copy]) {
            ended++;
            expect(env.episodeLengths[copy]).toBeLessThanOrEqual(4);
          } else {
            expect(rows[0]).toEqual(rows[1]);
          }
        }
      }
      expect(ended).toBeGreaterThanOrEqual(6);
    });

    it("ends by its horizon", () => {
      const env = make(environment, 4, { horizon: 7 });
      record(env, new RandomStream(4, "test", 4), 200);
      expect(Math.max(...env.episodeLengths)).toBeLessThanOrEqual(7);
    });

    it("runs at both ends of every parameter without a number that is not finite, and refuses what lies beyond", () => {
      for (const option of describeOptions(spec.options)) {
        if (option.kind !== "number" && option.kind !== "integer") continue;
        for (const value of [option.min, Math.min(option.max, 1000)]) {
          const env = make(environment, 2, { [option.key]: value });
          expect(record(env, new RandomStream(6, "test", 2), 40).every(Number.isFinite)).toBe(true);
        }
        expect(() => make(environment, 1, { [option.key]: option.max + 1 })).toThrow(`env.${option.key}: expected `);
        expect(() => make(environment, 1, { [option.key]: option.min - 1 })).toThrow(`env.${option.key}: expected `);
      }
    });

    it("a parameter that a curriculum writes is in force from the copy's next reset on", () => {
      const env = make(environment, 2);
      const numParams = paramNames(spec).length;
      const before = env.getState().activeParams.slice();
      env.params[0] = describeOptions(spec.options).map((option) => ("max" in option ? option.max : 0))[0];
      const stream = new RandomStream(4, "test", 2);
      const actions = new Float32Array(2 * actionSize(spec.action));
      let ended = false;
      while (!ended) {
        expect(env.getState().activeParams[0]).toBe(before[0]);
        randomActions(env, stream, actions, 2);
        env.step(actions);
        ended = env.terminated[0] + env.truncated[0] > 0;
      }
      expect(env.getState().activeParams[0]).toBe(env.params[0]);
      expect(env.getState().activeParams[numParams]).toBe(before[numParams]);
    });

    it("the return of random actions is what its spec says", () => {
      const env = make(environment, 64);
      const stream = new RandomStream(12, "test", 64);
      const actions = new Float32Array(64 * actionSize(spec.action));
      const returns: number[] = [];
      // Engines are slower than dynamics of our own, and their returns vary less.
      const episodes = environment.dynamics ? 2000 : 400;
      while (returns.length < episodes) {
        randomActions(env, stream, actions, 64);
        env.step(actions);
        for (let copy = 0; copy < 64; copy++) {
          if (env.terminated[copy] || env.truncated[copy]) returns.push(env.episodeReturns[copy]);
        }
      }
      const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
      const deviation = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length);
      // Four standard errors, and the rounding of the figure in the spec.
      expect(Math.abs(mean - spec.randomReturn)).toBeLessThanOrEqual(
        (4 * deviation) / Math.sqrt(returns.length) + 0.01,
      );
    });
  },
);

describe("the registry", () => {
  it("names what is allowed, and the nearest name", () => {
    expect(() => findEnvironment("mountaincar")).toThrow(/^env: expected .*mountain-car.*, got "mountaincar"/);
  });

  it("refuses a batch without copies", () => {
    expect(() => make(environments[0], 0)).toThrow(/at least 1, got 0/);
  });
});
