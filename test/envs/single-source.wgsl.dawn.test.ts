import { afterAll, describe, expect, test } from "vitest";
import { DeviceWorld } from "../../src/agents/resident/world-code.js";
import { type GraphicsDevice, openDevice } from "../../src/compute/gpu/device.js";
import { createStorage, readBuffers, submit, writeBuffer } from "../../src/compute/wgsl/buffers.js";
import { type Binding, Kernel } from "../../src/compute/wgsl/kernel.js";
import { MATHS_WGSL } from "../../src/compute/wgsl/maths.js";
import { RandomStream } from "../../src/core/random.js";
import { actionSize } from "../../src/core/spaces.js";
import type { Dynamics, ParamsStruct, Ref } from "../../src/envs/dynamics.js";
import { WORLD_SHADERS } from "../../src/envs/generated/worlds.js";
import { createVectorEnvironment, findEnvironment } from "../../src/envs/index.js";
import { paramNames } from "../../src/envs/params.js";
import { variantOf } from "../../src/envs/variant-of.js";
import { GPU_WORLDS, type GpuWorld, randomParams } from "../helpers/gpu-worlds.js";
import { installWebgpu } from "../helpers/webgpu-node.js";

const NUM_COPIES = 512;
/** Conversions to i32 that generated dynamics may hold, by world: they truncate without a word. */
const ALLOWED_CONVERSIONS: Readonly<Record<string, readonly string[]>> = {};

installWebgpu();
const graphics = await openDevice();
afterAll(() => graphics?.device.destroy());
if (process.env["CI"] === "1" && !graphics) throw new Error("expected a WebGPU adapter, got none");

const NAMES = ["states", "actions", "noise", "params", "observations", "outcomes"] as const;
type Name = (typeof NAMES)[number];

/** Sizes of a world's rows, as its WGSL has them. */
function sizesOf({ sizes }: DeviceWorld): Readonly<Record<Name, number>> {
  return {
    states: sizes.state,
    actions: sizes.action,
    noise: sizes.noise,
    params: sizes.params + sizes.tables,
    observations: sizes.observation,
    outcomes: sizes.outcome,
  };
}

/** The world's own functions over rows of f32 (parameters: columns): one transition, or one reset. */
function kernelOf(device: GraphicsDevice, world: DeviceWorld, what: "transition" | "start"): Kernel {
  const sizes = sizesOf(world);
  const local = (name: Name) => `
  var own_${name}: array<f32, ${sizes[name]}>;
  for (var i = 0u; i < ${sizes[name]}u; i++) { own_${name}[i] = ${name}[copy * ${sizes[name]}u + i]; }`;
  const back = (name: Name) => `
  for (var i = 0u; i < ${sizes[name]}u; i++) { ${name}[copy * ${sizes[name]}u + i] = own_${name}[i]; }`;
  const first = world.sizes.tables > 0 ? world.sizes.params : 0;
  const fill = world.fillParams((index) => `params[(${first}u + ${index}) * ${NUM_COPIES}u + copy]`);
  const call =
    what === "transition"
      ? "world_step(&own_states, &own_actions, &own_noise, &own_params, &own_outcomes);"
      : "world_reset(&own_states, &own_noise, &own_params);";
  const rows = NAMES.filter((name) => name !== "params");
  const code = `${MATHS_WGSL}${world.dynamicsCode}
fn fill_params(params_: ptr<function, WorldParams>, copy: u32) {
  ${fill.replaceAll("(*params)", "(*params_)")}
}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let copy = id.x;${rows.map(local).join("")}
  var own_params: WorldParams;
  fill_params(&own_params, copy);
  ${call}
  world_observe(&own_states, &own_observations, &own_params);${(["states", "observations", "outcomes"] as const).map(back).join("")}
}`;
  const bindings = NAMES.map((name): Binding => ({ name, access: "write", type: "array<f32>" }));
  return new Kernel(device, what, bindings, code);
}

type Rows = number[][];

/** Random situations in float32: parameters over their whole ranges, states some random steps into an episode. */
function situationsOf(world: GpuWorld) {
  const stream = new RandomStream(5, "single-source", NUM_COPIES);
  const { id, options } = world;
  const env = createVectorEnvironment(findEnvironment(id), { numEnvs: NUM_COPIES, seed: 5, options });
  const { spec } = env;
  const params: Rows = [];
  for (let copy = 0; copy < NUM_COPIES; copy++) {
    const row = randomParams(world, stream, copy);
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
function onCpu({ id, options }: GpuWorld, params: readonly number[]) {
  const { spec, dynamics } = variantOf(findEnvironment(id), options);
  const { reset, step, observe, prepare } = dynamics as unknown as Dynamics<ParamsStruct>;
  const row = Object.fromEntries(paramNames(spec).map((name, i) => [name, params[i]]));
  const struct = prepare?.(row) ?? row;
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

/** What a uniform may be off by where it decides a whole number of units: the sum of probabilities is rounded. */
const NOISE_SHIFT = 1e-5;

describe.each(GPU_WORLDS.map((world) => [world.name, world] as const))("%s from a single source", (_, gpuWorld) => {
  const { id } = gpuWorld;
  const world = DeviceWorld.of(id, gpuWorld.options);

  test("compiles to WGSL without a conversion that truncates", () => {
    const code = WORLD_SHADERS[id];
    const conversions = [...code.matchAll(/i32\([^)]*\)/g)].map(([text]) => text);
    expect(conversions).toEqual(ALLOWED_CONVERSIONS[id] ?? []);
    for (const name of ["world_reset", "world_step", "world_observe"])
      expect(code).toMatch(new RegExp(`fn ${name}\\(`));
    expect(world.dynamicsCode).not.toMatch(/array<f32, 9\d{4}>/);
  });

  test.skipIf(!graphics)("plays the CPU's transitions and resets on a WebGPU adapter", async () => {
    if (!graphics) return;
    const sizes = sizesOf(world);
    const { params, states, noise, actions } = situationsOf(gpuWorld);
    const zeros = (size: number) => params.flatMap(() => new Array(size).fill(0));
    const rows = {
      states: states.flat(),
      actions: actions.flat(),
      noise: noise.flat(),
      params: world.packParams(Float64Array.from(params.flat()), NUM_COPIES),
      observations: zeros(sizes.observations),
      outcomes: zeros(sizes.outcomes),
    };
    const buffers = NAMES.map((name) => {
      const values = Float32Array.from(rows[name]);
      const buffer = createStorage(graphics, name, values.byteLength);
      writeBuffer(graphics, buffer, values);
      return buffer;
    });
    const run = (what: "transition" | "start") => {
      const kernel = kernelOf(graphics, world, what);
      submit(graphics, (pass) => kernel.dispatch(pass, kernel.bind(buffers), NUM_COPIES / 64));
    };
    const read = async (name: Name) => {
      const [size, buffer] = [sizes[name], buffers[NAMES.indexOf(name)]];
      const values = Array.from(
        new Float32Array(await readBuffers(graphics, [{ buffer, bytes: 4 * size * NUM_COPIES }])),
      );
      return params.map((_, copy) => values.slice(copy * size, (copy + 1) * size));
    };

    run("transition");
    const observed = await read("observations");
    const outcomes = await read("outcomes");
    let apart = 0;
    for (let copy = 0; copy < NUM_COPIES; copy++) {
      const cpu = onCpu(gpuWorld, params[copy]);
      const play = (shift: number, state = states[copy]) => {
        const uniforms = noise[copy].map((uniform) => Math.min(Math.max(uniform + shift, 0), 1 - 2 ** -24));
        return cpu.transition(state, actions[copy], uniforms);
      };
      const agrees = ({ observation, outcome }: ReturnType<typeof play>) =>
        gap(observed[copy], observation) < 1e-4 && gap(outcomes[copy].slice(1), outcome.slice(1)) < 1e-5;
      const expected = play(0);
      let settled = expected;
      if (!agrees(expected)) {
        // A draw of whole units may come out differently only where the uniform lies next to a threshold.
        apart++;
        settled = [-NOISE_SHIFT, NOISE_SHIFT].map((shift) => play(shift)).find(agrees) ?? expected;
      }
      expect(gap(observed[copy], settled.observation)).toBeLessThan(1e-4);
      expect(gap(outcomes[copy].slice(1), settled.outcome.slice(1))).toBeLessThan(1e-5);
      if (outcomes[copy][0] === expected.outcome[0]) continue;
      apart++;
      // Flags may differ only where the threshold lies within 1e-4 of the state.
      const nearby = states[copy].flatMap((_, i) =>
        [-1e-4, 1e-4].map((shift) => states[copy].with(i, states[copy][i] + shift)),
      );
      expect(nearby.map((state) => play(0, state).outcome[0])).toContain(outcomes[copy][0]);
    }
    expect(apart).toBeLessThan(NUM_COPIES / 50);

    run("start");
    const restarted = await read("states");
    const firstSeen = await read("observations");
    for (let copy = 0; copy < NUM_COPIES; copy++) {
      const expected = onCpu(gpuWorld, params[copy]).start(noise[copy]);
      expect(gap(restarted[copy], expected.state)).toBeLessThan(1e-5);
      expect(gap(firstSeen[copy], expected.observation)).toBeLessThan(1e-5);
    }
  });
});
