import { withOwnMaths } from "../../compute/wgsl/maths.js";
import { actionSize } from "../../core/spaces.js";
import type { EnvironmentSpec, VectorState } from "../../envs/environment.js";
import { WORLD_SHADERS } from "../../envs/generated/worlds.js";
import { paramNames } from "../../envs/params.js";

/** The sizes of a world's arrays, none of them zero where WGSL wants an array. */
export interface WorldSizes {
  readonly state: number;
  readonly params: number;
  readonly observation: number;
  readonly action: number;
  readonly noise: number;
  readonly outcome: number;
}

export function worldSizes(spec: EnvironmentSpec): WorldSizes {
  return {
    state: spec.state.length,
    params: paramNames(spec).length,
    observation: spec.observation.length,
    action: actionSize(spec.action),
    noise: Math.max(1, spec.noiseSize.reset, spec.noiseSize.step),
    outcome: 1 + spec.rewardTerms.length,
  };
}

/**
 * Fields of a copy of the world on the device, each a 32-bit word: word `field · numEnvs + copy` of the buffer, so that
 * neighbouring threads read neighbouring words. Floats are stored as their bits.
 */
export function envFields(spec: EnvironmentSpec) {
  const { state, params } = worldSizes(spec);
  const rest = state + 2 * params;
  return {
    state: 0,
    /** Parameters in force in the running episode, and those of the next one. */
    activeParams: state,
    params: state + params,
    episodeReturn: rest,
    /** Discounted return so far, as the normaliser of rewards follows it. */
    discounted: rest + 1,
    episodeLength: rest + 2,
    /** Index of the next draw of the world's stream. */
    position: rest + 3,
    /** Count, mean and sum of squares of `discounted` over the newest rollout. */
    moments: rest + 4,
    /** In evaluations: 1 once the first episode has ended. */
    done: rest + 7,
    count: rest + 8,
  };
}

/**
 * A world's functions and what a kernel needs to keep a copy of it: `load_env` and `store_env`, and `begin_episode`,
 * which draws the noise of a reset. Needs `threefry`, the mathematics of our own, a binding `envs: array<u32>`, and
 * `rollout` with `num_envs`, `seed` and `env_stream`.
 */
export function worldCode(spec: EnvironmentSpec): string {
  const { state, params, noise } = worldSizes(spec);
  const fields = envFields(spec);
  const values = Array.from({ length: params }, (_, i) => `env_float(copy, first + ${i}u)`).join(", ");
  const stores = paramNames(spec).map((name, i) => {
    return `set_env_float(copy, ${fields.activeParams + i}u, (*env).params.${name});`;
  });
  return /* wgsl */ `
${withOwnMaths(WORLD_SHADERS[spec.id] ?? "")}
struct Env {
  params: WorldParams,
  episode_return: f32,
  discounted: f32,
  length: u32,
  position: u32,
}
fn env_float(copy: u32, field: u32) -> f32 { return bitcast<f32>(envs[field * rollout.num_envs + copy]); }
fn set_env_float(copy: u32, field: u32, value: f32) { envs[field * rollout.num_envs + copy] = bitcast<u32>(value); }
fn env_params(copy: u32, first: u32) -> WorldParams { return WorldParams(${values}); }
fn load_env(env: ptr<function, Env>, state: ptr<function, array<f32, ${state}>>, copy: u32) {
  for (var i = 0u; i < ${state}u; i++) { (*state)[i] = env_float(copy, i); }
  (*env).params = env_params(copy, ${fields.activeParams}u);
  (*env).episode_return = env_float(copy, ${fields.episodeReturn}u);
  (*env).discounted = env_float(copy, ${fields.discounted}u);
  (*env).length = envs[${fields.episodeLength}u * rollout.num_envs + copy];
  (*env).position = envs[${fields.position}u * rollout.num_envs + copy];
}
fn store_env(env: ptr<function, Env>, state: ptr<function, array<f32, ${state}>>, copy: u32) {
  for (var i = 0u; i < ${state}u; i++) { set_env_float(copy, i, (*state)[i]); }
  ${stores.join("\n  ")}
  set_env_float(copy, ${fields.episodeReturn}u, (*env).episode_return);
  set_env_float(copy, ${fields.discounted}u, (*env).discounted);
  envs[${fields.episodeLength}u * rollout.num_envs + copy] = (*env).length;
  envs[${fields.position}u * rollout.num_envs + copy] = (*env).position;
}
fn env_uniform(copy: u32, position: u32) -> f32 {
  return uniform01(threefry(vec2u(rollout.seed, rollout.env_stream), vec2u(copy, position)).x);
}
fn begin_episode(env: ptr<function, Env>, state: ptr<function, array<f32, ${state}>>, copy: u32) {
  (*env).params = env_params(copy, ${fields.params}u);
  (*env).episode_return = 0.0;
  (*env).discounted = 0.0;
  (*env).length = 0u;
  var noise: array<f32, ${noise}>;
  for (var i = 0u; i < ${spec.noiseSize.reset}u; i++) { noise[i] = env_uniform(copy, (*env).position + i); }
  (*env).position += ${spec.noiseSize.reset}u;
  world_reset(state, &noise, (*env).params);
}`;
}

/** Copies of a world as words for the device. `discounted` [numEnvs] belongs to the agent. */
export function packEnvs(
  spec: EnvironmentSpec,
  state: VectorState,
  discounted: ArrayLike<number>,
): Uint32Array<ArrayBuffer> {
  const numEnvs = state.episodeLengths.length;
  const fields = envFields(spec);
  const words = new Uint32Array(fields.count * numEnvs);
  const floats = new Float32Array(words.buffer);
  const fill = (field: number, rows: Float64Array) => {
    const width = rows.length / numEnvs;
    for (let i = 0; i < width; i++) {
      for (let env = 0; env < numEnvs; env++) floats[(field + i) * numEnvs + env] = rows[env * width + i];
    }
  };
  fill(fields.state, state.states);
  fill(fields.activeParams, state.activeParams);
  fill(fields.params, state.params);
  for (let env = 0; env < numEnvs; env++) {
    // An episode that has ended stays readable on the CPU until the next step; here it is over.
    const ended = state.ended[env] === 1;
    floats[fields.episodeReturn * numEnvs + env] = ended ? 0 : state.episodeReturns[env];
    words[fields.episodeLength * numEnvs + env] = ended ? 0 : state.episodeLengths[env];
    floats[fields.discounted * numEnvs + env] = discounted[env];
    words[fields.position * numEnvs + env] = state.noisePositions[env];
  }
  return words;
}

/** The way back, exact: float32 fits into float64. */
export function unpackEnvs(
  spec: EnvironmentSpec,
  words: Uint32Array<ArrayBuffer>,
): { readonly state: VectorState; readonly discounted: Float64Array } {
  const fields = envFields(spec);
  const numEnvs = words.length / fields.count;
  const sizes = worldSizes(spec);
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const rows = (field: number, width: number) => {
    const out = new Float64Array(numEnvs * width);
    for (let i = 0; i < width; i++) {
      for (let env = 0; env < numEnvs; env++) out[env * width + i] = floats[(field + i) * numEnvs + env];
    }
    return out;
  };
  const column = (field: number) => words.slice(field * numEnvs, (field + 1) * numEnvs);
  return {
    state: {
      states: rows(fields.state, sizes.state),
      params: rows(fields.params, sizes.params),
      activeParams: rows(fields.activeParams, sizes.params),
      episodeReturns: rows(fields.episodeReturn, 1),
      episodeLengths: column(fields.episodeLength),
      ended: new Uint8Array(numEnvs),
      noisePositions: column(fields.position),
    },
    discounted: rows(fields.discounted, 1),
  };
}
