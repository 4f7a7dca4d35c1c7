import { withOwnMaths } from "../../compute/wgsl/maths.js";
import { type OptionValues, parseOptions } from "../../core/options.js";
import { actionSize } from "../../core/spaces.js";
import type { Dynamics, ParamsStruct } from "../../envs/dynamics.js";
import type { EnvironmentSpec, VectorState } from "../../envs/environment.js";
import { WORLD_SHADERS } from "../../envs/generated/worlds.js";
import { findEnvironment } from "../../envs/index.js";
import { paramNames, paramsStructOf } from "../../envs/params.js";
import { type TableField, type Tables, tableLayout, tableRow, withSizes } from "../../envs/table-layout.js";
import { variantOf } from "../../envs/variant-of.js";

/** The sizes of a world's rows on the device. */
export interface WorldSizes {
  readonly state: number;
  readonly params: number;
  /** Entries of what the dynamics made of the parameters; 0 where they read the parameters themselves. */
  readonly tables: number;
  readonly observation: number;
  readonly action: number;
  readonly noise: number;
  readonly outcome: number;
}

/**
 * Fields of a copy of the world on the device, each a 32-bit word: word `field · numEnvs + copy` of the buffer, so that
 * neighbouring threads read neighbouring words. Floats are stored as their bits.
 */
function fieldsOf({ state, params, tables }: WorldSizes) {
  const rest = state + 2 * (params + tables);
  return {
    state: 0,
    /** Parameters in force in the running episode, what the dynamics made of them, and both for the next one. */
    activeParams: state,
    activeTables: state + params,
    params: state + params + tables,
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

/** A single-source world as the device has it: its code, and its copies as words. */
export class DeviceWorld {
  readonly spec: EnvironmentSpec;
  readonly sizes: WorldSizes;
  readonly fields: ReturnType<typeof fieldsOf>;
  private readonly names: readonly string[];
  private readonly layout: readonly TableField[];
  private readonly prepare: ((params: ParamsStruct) => Tables) | null;

  /** A world of options, parsed or not. Throws `RangeError` when it does not run on a GPU. */
  static of(id: string, options: OptionValues): DeviceWorld {
    const world = variantOf(findEnvironment(id), options);
    const parsed = parseOptions(world.spec.options, options, "env") as OptionValues;
    if (!world.dynamics) throw new RangeError(`expected a world with single-source dynamics, got ${id}`);
    return new DeviceWorld(world.spec, world.dynamics as Dynamics<unknown>, paramsStructOf(world.spec, parsed));
  }

  private constructor(spec: EnvironmentSpec, dynamics: Dynamics<unknown>, params: ParamsStruct) {
    this.spec = spec;
    this.names = paramNames(spec);
    this.prepare = dynamics.prepare ? (given) => dynamics.prepare?.(given) as Tables : null;
    const { fields, size } = tableLayout(this.prepare?.(params) ?? params);
    this.layout = fields;
    this.sizes = {
      state: spec.state.length,
      params: this.names.length,
      tables: this.prepare ? size : 0,
      observation: spec.observation.length,
      action: actionSize(spec.action),
      noise: Math.max(1, spec.noiseSize.reset, spec.noiseSize.step),
      outcome: 1 + spec.rewardTerms.length,
    };
    this.fields = fieldsOf(this.sizes);
  }

  /** WGSL of the world alone: `WorldParams`, `world_reset`, `world_step`, `world_observe`. */
  get dynamicsCode(): string {
    return withSizes(withOwnMaths(WORLD_SHADERS[this.spec.id] ?? ""), this.sizes, this.layout);
  }

  /**
   * WGSL statements that fill `*params`, a `WorldParams`, with what the dynamics read; `read` makes the expression of an
   * entry out of that of its index.
   */
  fillParams(read: (index: string) => string): string {
    return this.layout
      .map(({ path, offset, length }) => {
        if (length === null) return `(*params).${path} = ${read(`${offset}u`)};`;
        return `for (var i = 0u; i < ${length}u; i++) { (*params).${path}[i] = ${read(`${offset}u + i`)}; }`;
      })
      .join("\n  ");
  }

  /**
   * The world's functions and what a kernel needs to keep a copy of it: `load_env` and `store_env`, and
   * `begin_episode`, which draws the noise of a reset. Needs `threefry`, the mathematics of our own, a binding
   * `envs: array<u32>`, and `rollout` with `num_envs`, `seed` and `env_stream`.
   */
  get code(): string {
    const { fields, sizes } = this;
    const { noiseSize } = this.spec;
    const state = `ptr<function, array<f32, ${sizes.state}>>`;
    const read = this.prepare ? fields.activeTables : fields.activeParams;
    return /* wgsl */ `
${this.dynamicsCode}
struct Env {
  episode_return: f32,
  discounted: f32,
  length: u32,
  position: u32,
}
fn env_float(copy: u32, field: u32) -> f32 { return bitcast<f32>(envs[field * rollout.num_envs + copy]); }
fn set_env_float(copy: u32, field: u32, value: f32) { envs[field * rollout.num_envs + copy] = bitcast<u32>(value); }
fn load_params(params: ptr<function, WorldParams>, copy: u32) {
  ${this.fillParams((index) => `env_float(copy, ${read}u + ${index})`)}
}
fn load_env(env: ptr<function, Env>, params: ptr<function, WorldParams>, state: ${state}, copy: u32) {
  for (var i = 0u; i < ${sizes.state}u; i++) { (*state)[i] = env_float(copy, i); }
  load_params(params, copy);
  (*env).episode_return = env_float(copy, ${fields.episodeReturn}u);
  (*env).discounted = env_float(copy, ${fields.discounted}u);
  (*env).length = envs[${fields.episodeLength}u * rollout.num_envs + copy];
  (*env).position = envs[${fields.position}u * rollout.num_envs + copy];
}
fn store_env(env: ptr<function, Env>, state: ${state}, copy: u32) {
  for (var i = 0u; i < ${sizes.state}u; i++) { set_env_float(copy, i, (*state)[i]); }
  set_env_float(copy, ${fields.episodeReturn}u, (*env).episode_return);
  set_env_float(copy, ${fields.discounted}u, (*env).discounted);
  envs[${fields.episodeLength}u * rollout.num_envs + copy] = (*env).length;
  envs[${fields.position}u * rollout.num_envs + copy] = (*env).position;
}
fn env_uniform(copy: u32, position: u32) -> f32 {
  return uniform01(threefry(vec2u(rollout.seed, rollout.env_stream), vec2u(copy, position)).x);
}
fn begin_episode(env: ptr<function, Env>, params: ptr<function, WorldParams>, state: ${state}, copy: u32) {
  for (var i = 0u; i < ${sizes.params + sizes.tables}u; i++) {
    envs[(${fields.activeParams}u + i) * rollout.num_envs + copy] = envs[(${fields.params}u + i) * rollout.num_envs + copy];
  }
  load_params(params, copy);
  (*env).episode_return = 0.0;
  (*env).discounted = 0.0;
  (*env).length = 0u;
  var noise: array<f32, ${sizes.noise}>;
  for (var i = 0u; i < ${noiseSize.reset}u; i++) { noise[i] = env_uniform(copy, (*env).position + i); }
  (*env).position += ${noiseSize.reset}u;
  world_reset(state, &noise, params);
}`;
  }

  /** Copies of the world as words for the device. `discounted` [numEnvs] belongs to the agent. */
  pack(state: VectorState, discounted: ArrayLike<number>): Uint32Array<ArrayBuffer> {
    const numEnvs = state.episodeLengths.length;
    const { fields } = this;
    const words = new Uint32Array(fields.count * numEnvs);
    const floats = new Float32Array(words.buffer);
    const fill = (field: number, rows: Float64Array) => {
      const width = rows.length / numEnvs;
      for (let i = 0; i < width; i++) {
        for (let env = 0; env < numEnvs; env++) floats[(field + i) * numEnvs + env] = rows[env * width + i];
      }
    };
    fill(fields.state, state.states);
    floats.set(this.packParams(state.activeParams, numEnvs), fields.activeParams * numEnvs);
    floats.set(this.packParams(state.params, numEnvs), fields.params * numEnvs);
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

  /**
   * Rows of parameters [numEnvs, numParams], and what the dynamics make of each, as columns [numParams + tables, numEnvs].
   */
  packParams(rows: Float64Array, numEnvs: number): Float32Array<ArrayBuffer> {
    const { params, tables } = this.sizes;
    const columns = new Float32Array((params + tables) * numEnvs);
    let [before, table]: [Tables | null, Float32Array] = [null, new Float32Array(0)];
    for (let env = 0; env < numEnvs; env++) {
      const row = rows.subarray(env * params, (env + 1) * params);
      for (let i = 0; i < params; i++) columns[i * numEnvs + env] = row[i];
      if (!this.prepare) continue;
      const prepared = this.prepare(Object.fromEntries(this.names.map((name, i) => [name, row[i]])));
      // Copies mostly share what is prepared for them.
      if (prepared !== before) [before, table] = [prepared, tableRow(prepared)];
      for (let i = 0; i < tables; i++) columns[(params + i) * numEnvs + env] = table[i];
    }
    return columns;
  }

  /** The way back, exact: float32 fits into float64. */
  unpack(words: Uint32Array<ArrayBuffer>): { readonly state: VectorState; readonly discounted: Float64Array } {
    const { fields, sizes } = this;
    const numEnvs = words.length / fields.count;
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
}
