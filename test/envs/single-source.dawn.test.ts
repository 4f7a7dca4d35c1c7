import tgpu, { d, type TgpuRoot } from "typegpu";
import { afterAll, describe, expect, test } from "vitest";
import { MATHS_WGSL, withOwnMaths } from "../../src/compute/wgsl/maths.js";
import { describeOptions } from "../../src/core/options.js";
import { RandomStream } from "../../src/core/random.js";
import { actionSize } from "../../src/core/spaces.js";
import type { Dynamics, Ref } from "../../src/envs/dynamics.js";
import type { Environment, ParamsStruct } from "../../src/envs/environment.js";
import { createVectorEnvironment, environments } from "../../src/envs/index.js";
import { paramNames } from "../../src/envs/params.js";
import { installWebgpu } from "../helpers/webgpu-node.js";

const NUM_COPIES = 512;
/** Conversions to i32 that generated dynamics may hold, by world: they truncate without a word. */
const ALLOWED_CONVERSIONS: Readonly<Record<string, readonly string[]>> = {};

installWebgpu();
const adapter = await navigator.gpu.requestAdapter();
const root = adapter ? await tgpu.init() : null;
afterAll(() => root?.destroy());
if (process.env["CI"] === "1" && !root) throw new Error("expected a WebGPU adapter, got none");

/** A world's dynamics as two compute kernels over rows of f32: one transition, and one reset. */
function kernelsOf({ spec, dynamics }: Environment) {
  const { reset, step, observe } = dynamics as Dynamics<ParamsStruct>;
  const row = (length: number) => d.arrayOf(d.f32, Math.max(1, length));
  const State = row(spec.state.length);
  const Action = row(actionSize(spec.action));
  const Observation = row(spec.observation.length);
  const Outcome = row(1 + spec.rewardTerms.length);
  const Noise = row(Math.max(spec.noiseSize.reset, spec.noiseSize.step));
  const Params = d.struct(Object.fromEntries(paramNames(spec).map((name) => [name, d.f32])));
  const layout = tgpu.bindGroupLayout({
    states: { storage: (n: number) => d.arrayOf(State, n), access: "mutable" },
    observations: { storage: (n: number) => d.arrayOf(Observation, n), access: "mutable" },
    outcomes: { storage: (n: number) => d.arrayOf(Outcome, n), access: "mutable" },
    actions: { storage: (n: number) => d.arrayOf(Action, n), access: "readonly" },
    noise: { storage: (n: number) => d.arrayOf(Noise, n), access: "readonly" },
    params: { storage: (n: number) => d.arrayOf(Params, n), access: "readonly" },
  });
  const transition = tgpu.computeFn({ in: { id: d.builtin.globalInvocationId }, workgroupSize: [64] })((input) => {
    "use gpu";
    const copy = input.id.x;
    const state = d.ref(State(layout.$.states[copy]));
    const action = d.ref(Action(layout.$.actions[copy]));
    const noise = d.ref(Noise(layout.$.noise[copy]));
    const outcome = d.ref(Outcome());
    const observation = d.ref(Observation());
    const params = Params(layout.$.params[copy]);
    step(state, action, noise, params, outcome);
    observe(state, observation, params);
    layout.$.states[copy] = State(state.$);
    layout.$.outcomes[copy] = Outcome(outcome.$);
    layout.$.observations[copy] = Observation(observation.$);
  });
  const start = tgpu.computeFn({ in: { id: d.builtin.globalInvocationId }, workgroupSize: [64] })((input) => {
    "use gpu";
    const copy = input.id.x;
    const state = d.ref(State(layout.$.states[copy]));
    const noise = d.ref(Noise(layout.$.noise[copy]));
    const observation = d.ref(Observation());
    const params = Params(layout.$.params[copy]);
    reset(state, noise, params);
    observe(state, observation, params);
    layout.$.states[copy] = State(state.$);
    layout.$.observations[copy] = Observation(observation.$);
  });
  return { layout, transition, start };
}

/** Runs a generated kernel over all copies, with mathematics of our own. */
function dispatch(
  owner: TgpuRoot,
  layout: ReturnType<typeof kernelsOf>["layout"],
  group: GPUBindGroup,
  code: string,
): void {
  const { device } = owner;
  const module = device.createShaderModule({ code: MATHS_WGSL + withOwnMaths(code) });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [owner.unwrap(layout)] });
  const pipeline = device.createComputePipeline({ layout: pipelineLayout, compute: { module } });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(NUM_COPIES / 64);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

type Rows = number[][];

/** Random situations in float32: parameters over their whole ranges, states some random steps into an episode. */
function situationsOf(environment: Environment) {
  const { spec } = environment;
  const stream = new RandomStream(5, "single-source", NUM_COPIES);
  const env = createVectorEnvironment(environment, { numEnvs: NUM_COPIES, seed: 5 });
  const described = describeOptions(spec.options).filter((option) => option.key !== "horizon");
  const params: Rows = [];
  for (let copy = 0; copy < NUM_COPIES; copy++) {
    const row = described.map((option) => {
      const uniform = stream.uniform(copy);
      if (option.kind === "number") return Math.fround(option.min + (option.max - option.min) * uniform);
      if (option.kind === "integer") return option.min + Math.floor((option.max - option.min + 1) * uniform);
      return uniform < 0.5 ? 0 : 1;
    });
    params.push(row);
    env.params.set(row, copy * row.length);
  }
  env.reset();
  const { action } = spec;
  const width = actionSize(action);
  const drawOne = (copy: number, i: number) => {
    if (action.kind === "discrete") return stream.integer(action.names.length, copy);
    const { low, high } = action.features[i];
    // A little beyond the bounds too: worlds clip.
    return Math.fround(low + (high - low) * (1.2 * stream.uniform(copy) - 0.1));
  };
  const draw = () =>
    Float32Array.from({ length: NUM_COPIES * width }, (_, k) => drawOne(Math.floor(k / width), k % width));
  const states: Rows = [];
  for (let step = 0; step < 16; step++) {
    for (let copy = step; copy < NUM_COPIES; copy += 16) states[copy] = [...env.stateOf(copy)].map(Math.fround);
    env.step(draw());
  }
  const noiseSize = Math.max(1, spec.noiseSize.reset, spec.noiseSize.step);
  const noise = Array.from({ length: NUM_COPIES }, (_, copy) => {
    return Array.from({ length: noiseSize }, () => stream.uniform(copy));
  });
  const last = draw();
  const actions = Array.from({ length: NUM_COPIES }, (_, copy) => [...last.subarray(copy * width, (copy + 1) * width)]);
  return { params, states, noise, actions };
}

/** The same on the CPU, in float64. */
function onCpu({ spec, dynamics }: Environment, params: readonly number[]) {
  const { reset, step, observe } = dynamics as Dynamics<ParamsStruct>;
  const struct = Object.fromEntries(paramNames(spec).map((name, i) => [name, params[i]]));
  const ref = (values: readonly number[]): Ref & { $: Float64Array } => ({ $: Float64Array.from(values) });
  const observation = ref(new Array(spec.observation.length).fill(0));
  return {
    transition(from: readonly number[], action: readonly number[], noise: readonly number[]) {
      const state = ref(from);
      const outcome = ref(new Array(1 + spec.rewardTerms.length).fill(0));
      step(state, ref(action), ref(noise), struct, outcome);
      observe(state, observation, struct);
      return { outcome: [...outcome.$], observation: [...observation.$] };
    },
    start(noise: readonly number[]) {
      const state = ref(new Array(spec.state.length).fill(0));
      reset(state, ref(noise), struct);
      observe(state, observation, struct);
      return { state: [...state.$], observation: [...observation.$] };
    },
  };
}

/** Largest difference from `expected`, in units of max(1, |expected|). */
function gap(actual: readonly number[], expected: readonly number[]): number {
  return Math.max(0, ...expected.map((x, i) => Math.abs(actual[i] - x) / Math.max(1, Math.abs(x))));
}

describe.each(
  environments.filter(({ spec }) => spec.runsOn.includes("gpu")).map((world) => [world.spec.id, world] as const),
)("%s from a single source", (id, environment) => {
  test("compiles to WGSL without a conversion that truncates", () => {
    const { transition, start } = kernelsOf(environment);
    const code = tgpu.resolve([transition, start]);
    const conversions = [...code.matchAll(/i32\([^)]*\)/g)].map(([text]) => text);
    expect(conversions).toEqual(ALLOWED_CONVERSIONS[id] ?? []);
    for (const name of ["reset", "step", "observe"]) expect(code).toMatch(new RegExp(`fn ${name}`));
  });

  test.skipIf(!root)("plays the CPU's transitions and resets on a WebGPU adapter", async () => {
    if (!root) return;
    const { layout, transition, start } = kernelsOf(environment);
    const { params, states, noise, actions } = situationsOf(environment);
    const structs = params.map((row) => {
      return Object.fromEntries(paramNames(environment.spec).map((name, i) => [name, row[i]]));
    });
    const entries = layout.entries;
    const buffers = {
      states: root.createBuffer(entries.states.storage(NUM_COPIES), states).$usage("storage"),
      observations: root.createBuffer(entries.observations.storage(NUM_COPIES)).$usage("storage"),
      outcomes: root.createBuffer(entries.outcomes.storage(NUM_COPIES)).$usage("storage"),
      actions: root.createBuffer(entries.actions.storage(NUM_COPIES), actions).$usage("storage"),
      noise: root.createBuffer(entries.noise.storage(NUM_COPIES), noise).$usage("storage"),
      params: root.createBuffer(entries.params.storage(NUM_COPIES), structs).$usage("storage"),
    };
    const group = root.unwrap(root.createBindGroup(layout, buffers));
    const run = (kernel: typeof transition) => dispatch(root, layout, group, tgpu.resolve([kernel]));

    run(transition);
    const observed = await buffers.observations.read();
    const outcomes = await buffers.outcomes.read();
    let flagsApart = 0;
    for (let copy = 0; copy < NUM_COPIES; copy++) {
      const cpu = onCpu(environment, params[copy]);
      const expected = cpu.transition(states[copy], actions[copy], noise[copy]);
      expect(gap(observed[copy], expected.observation)).toBeLessThan(1e-4);
      expect(gap(outcomes[copy].slice(1), expected.outcome.slice(1))).toBeLessThan(1e-5);
      if (outcomes[copy][0] === expected.outcome[0]) continue;
      flagsApart++;
      // Flags may differ only where the threshold lies within 1e-4 of the state.
      const nearby = states[copy].flatMap((_, i) =>
        [-1e-4, 1e-4].map((shift) => states[copy].with(i, states[copy][i] + shift)),
      );
      const flags = nearby.map((state) => cpu.transition(state, actions[copy], noise[copy]).outcome[0]);
      expect(flags).toContain(outcomes[copy][0]);
    }
    expect(flagsApart).toBeLessThan(NUM_COPIES / 50);

    run(start);
    const restarted = await buffers.states.read();
    const firstSeen = await buffers.observations.read();
    for (let copy = 0; copy < NUM_COPIES; copy++) {
      const expected = onCpu(environment, params[copy]).start(noise[copy]);
      expect(gap(restarted[copy], expected.state)).toBeLessThan(1e-5);
      expect(gap(firstSeen[copy], expected.observation)).toBeLessThan(1e-5);
    }
  });
});
