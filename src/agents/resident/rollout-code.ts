import type { Binding } from "../../compute/wgsl/kernel.js";
import { MATHS_WGSL } from "../../compute/wgsl/maths.js";
import { networkBindings, networkCode } from "../../compute/wgsl/network-code.js";
import { THREEFRY_WGSL } from "../../compute/wgsl/threefry.js";
import type { TilePlan } from "../../compute/wgsl/tile.js";
import type { DeviceWorld } from "./world-code.js";

/** Episodes that one rollout tells about in full; of more it tells the newest of some groups of copies. */
export const EPISODE_SLOTS = 128;
/** Words of one episode: return, length, ending. */
export const EPISODE_WORDS = 3;

/** What a rollout is told, in the order of the uniform's entries. */
export interface RolloutSettings {
  readonly numEnvs: number;
  readonly numSteps: number;
  readonly horizon: number;
  readonly seed: number;
  /** Numbers of the streams' names, and the index of the actions' next draw. */
  readonly envStream: number;
  readonly actionStream: number;
  readonly actionPosition: number;
  /** Of how many workgroups one tells of its episodes, and of how many each. */
  readonly episodeEvery: number;
  readonly episodeSlots: number;
  /** First entry of a ring that steps are written to, and its size. */
  readonly first: number;
  readonly capacity: number;
  readonly gamma: number;
  /** Share of random actions in the first step, and its change from one step to the next. */
  readonly epsilon: number;
  readonly epsilonSlope: number;
  readonly epsilonEnd: number;
}

const ROLLOUT_WGSL = /* wgsl */ `
struct Rollout {
  num_envs: u32, num_steps: u32, horizon: u32, seed: u32,
  env_stream: u32, action_stream: u32, action_position: u32, episode_every: u32,
  episode_slots: u32, first: u32, capacity: u32, pad: u32,
  gamma: f32, epsilon: f32, epsilon_slope: f32, epsilon_end: f32,
}
`;

/** Bytes of the uniform buffer. */
export const ROLLOUT_BYTES = 64;

export function packRollout(settings: RolloutSettings): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ROLLOUT_BYTES);
  const s = settings;
  const where = [s.episodeSlots, s.first, s.capacity, 0];
  const streams = [s.envStream, s.actionStream, s.actionPosition, s.episodeEvery];
  new Uint32Array(bytes.buffer).set([s.numEnvs, s.numSteps, s.horizon, s.seed, ...streams, ...where]);
  new Float32Array(bytes.buffer, 48).set([s.gamma, s.epsilon, s.epsilonSlope, s.epsilonEnd]);
  return bytes;
}

/** How many workgroups tell of their episodes, and how: a rollout's buffer of episodes follows from it. */
export function episodeSharing(numGroups: number) {
  const every = Math.ceil(numGroups / EPISODE_SLOTS);
  const numTelling = Math.ceil(numGroups / every);
  const slots = Math.floor(EPISODE_SLOTS / numTelling);
  // The first numGroups words count episodes; then come, for each telling group, its count and its slots.
  return { every, numTelling, slots, wordsEach: 1 + slots * EPISODE_WORDS, first: numGroups };
}

/** What an algorithm adds to a rollout. Its code runs in the thread that owns a copy, once a step. */
export interface RolloutHead {
  /** Buffers beside those of the rollout itself. */
  readonly bindings: readonly Binding[];
  readonly declarations: string;
  /** Fills `action` from `outputs`; `index` is step · num_envs + copy, `copy` and `step` are known too. */
  readonly act: string;
  /** Keeps what happened: `reward`, `ending` (0 goes on, 1 terminated, 2 truncated), `observation` before the step. */
  readonly keep: string;
  /** Uses `outputs` for what followed the step before, which did not end an episode; `previous` is its index. */
  readonly follow: string;
  /** Uses `outputs` for the last observation of a truncated episode; empty saves that forward pass. */
  readonly truncate: string;
  /** Uses `observation`, which followed the action, before any reset. */
  readonly after: string;
}

export interface RolloutPlan {
  readonly world: DeviceWorld;
  readonly tile: TilePlan;
  readonly head: RolloutHead;
  readonly normaliseObservations: boolean;
  /** Whether the discounted return is followed, for normalising rewards. */
  readonly followReturns: boolean;
  /** Plays one episode in each copy and stops there. */
  readonly evaluates: boolean;
}

export function rolloutBindings({ tile, head, normaliseObservations, evaluates }: RolloutPlan): readonly Binding[] {
  return [
    { name: "rollout", access: "uniform", type: "Rollout" },
    { name: "envs", access: "write", type: "array<u32>" },
    ...(evaluates ? [] : [{ name: "episodes", access: "write", type: "array<u32>" } as const]),
    ...(normaliseObservations ? [{ name: "normaliser", access: "read", type: "array<f32>" } as const] : []),
    ...head.bindings,
    ...networkBindings(tile),
  ];
}

/**
 * WGSL of a whole rollout in one dispatch: a workgroup plays a tile of copies for `num_steps` steps. All threads
 * compute the network; the first `ROWS` own one copy each and observe, act, step and reset it.
 */
export function rolloutCode(plan: RolloutPlan): string {
  const { world, tile, head, normaliseObservations, followReturns, evaluates } = plan;
  const { spec, sizes, fields } = world;
  const { layout, input } = tile;
  const outputs = layout.heads.flatMap(({ outputOffset, outputSize }, i) =>
    Array.from({ length: outputSize }, (_, unit) => {
      return `(*outputs)[${outputOffset + unit}] = tile_value(${tile.outputs[i].output.base}u, ${unit}u, local);`;
    }),
  );
  const normalised = normaliseObservations
    ? `clamp(((*observation)[i] - normaliser[i]) * normaliser[${sizes.observation}u + i], -10.0, 10.0)`
    : "(*observation)[i]";
  const moments = followReturns
    ? `
      env.discounted = env.discounted * rollout.gamma + reward;
      moment_count += 1.0;
      let delta = env.discounted - moment_mean;
      moment_mean += delta / moment_count;
      moment_squares += delta * (env.discounted - moment_mean);
      if (ending != 0u) { env.discounted = 0.0; }`
    : "";
  const stepNoise =
    spec.noiseSize.step === 0
      ? ""
      : `
      for (var i = 0u; i < ${spec.noiseSize.step}u; i++) { noise[i] = env_uniform(copy, env.position + i); }
      env.position += ${spec.noiseSize.step}u;`;
  const lastForward =
    head.truncate === ""
      ? ""
      : `
    if ((any_ending & 2u) != 0u) {
      // Somebody's episode was cut short: what its last observation is worth.
      stage(local, owns, &observation);
      network_forward(local);
      if (owns && ending == 2u) {
        read_outputs(&outputs, local);
        ${head.truncate}
      }
    }`;
  return /* wgsl */ `${ROLLOUT_WGSL}${THREEFRY_WGSL}${MATHS_WGSL}${networkCode(tile, false)}${world.code}
const NUM_OUTPUTS = ${layout.outputSize}u;
var<workgroup> staging: array<f32, ${input.size * tile.rows}>;
var<workgroup> endings: array<u32, ${tile.rows}>;
var<workgroup> ended_returns: array<f32, ${tile.rows}>;
var<workgroup> ended_lengths: array<u32, ${tile.rows}>;
var<workgroup> any_ended: u32;

fn action_uniform(copy: u32, position: u32) -> f32 {
  return uniform01(threefry(vec2u(rollout.seed, rollout.action_stream), vec2u(copy, rollout.action_position + position)).x);
}
// Rows are staged one float after another: no thread may write a part of a vec4 that others write too.
fn stage(local: u32, owns: bool, observation: ptr<function, array<f32, ${sizes.observation}>>) {
  if (local < ROWS) {
    for (var i = 0u; i < ${sizes.observation}u; i++) {
      var value = 0.0;
      if (owns) { value = ${normalised}; }
      staging[i * ROWS + local] = value;
    }
  }
  workgroupBarrier();
  for (var i = local; i < ${input.size}u * QUADS; i += THREADS) {
    let feature = i / QUADS;
    let at = feature * ROWS + 4u * (i % QUADS);
    var value = vec4f(0.0);
    if (feature < ${sizes.observation}u) { value = vec4f(staging[at], staging[at + 1u], staging[at + 2u], staging[at + 3u]); }
    tile_store(${input.base}u + feature * STRIDE + i % QUADS, value);
  }
}
fn read_outputs(outputs: ptr<function, array<f32, ${layout.outputSize}>>, local: u32) {
  ${outputs.join("\n  ")}
}
${head.declarations}
@compute @workgroup_size(${tile.threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  tile_begin(group.x);
  let copy = group.x * ROWS + local;
  let owns = local < ROWS && copy < rollout.num_envs;
  var env: Env;
  var params: WorldParams;
  var observation: array<f32, ${sizes.observation}>;
  var action: array<f32, ${sizes.action}>;
  var noise: array<f32, ${sizes.noise}>;
  var outcome: array<f32, ${sizes.outcome}>;
  var outputs: array<f32, ${layout.outputSize}>;
  var state: array<f32, ${sizes.state}>;
  var moment_count = 0.0; var moment_mean = 0.0; var moment_squares = 0.0;
  var ended_before = true;
  var num_ended = 0u;
  var done = false;
  if (owns) {
    load_env(&env, &params, &state, copy);
    ${evaluates ? "" : "if (local == 0u) { num_ended = episodes[group.x]; }"}
    ${evaluates ? `done = envs[${fields.done}u * rollout.num_envs + copy] == 1u;` : ""}
  }
  for (var step = 0u; step ${head.follow === "" ? "<" : "<="} rollout.num_steps; step++) {
    let index = step * rollout.num_envs + copy;
    if (owns) { world_observe(&state, &observation, &params); }
    stage(local, owns, &observation);
    network_forward(local);
    if (owns) {
      read_outputs(&outputs, local);
      ${head.follow === "" ? "" : `if (step > 0u && !ended_before) { let previous = index - rollout.num_envs; ${head.follow} }`}
    }
    ${head.follow === "" ? "" : "if (step == rollout.num_steps) { break; }"}
    var ending = 0u;
    if (owns && !done) {
      ${head.act}${stepNoise}
      world_step(&state, &action, &noise, &params, &outcome);
      var reward = 0.0;
      for (var i = 1u; i < ${sizes.outcome}u; i++) { reward += outcome[i]; }
      env.episode_return += reward;
      env.length += 1u;
      if (env.length >= rollout.horizon) { ending = 2u; }
      if (outcome[0] > 0.0) { ending = 1u; }${moments}
      ${head.keep}
      ended_before = ending != 0u;
      world_observe(&state, &observation, &params);
      ${head.after}
    }
    if (local < ROWS) {
      endings[local] = ending;
      ended_returns[local] = env.episode_return;
      ended_lengths[local] = env.length;
    }
    workgroupBarrier();
    if (local == 0u) {
      var found = 0u;
      for (var i = 0u; i < ROWS; i++) {
        if (endings[i] == 0u) { continue; }
        found |= endings[i];
        ${evaluates ? "" : "tell_episode(group.x, num_ended, i);"}
        num_ended += 1u;
      }
      any_ended = found;
    }
    let any_ending = workgroupUniformLoad(&any_ended);${lastForward}
    if (ending != 0u) {
      ${evaluates ? "done = true;" : "begin_episode(&env, &params, &state, copy);"}
    }
  }
  if (owns) {
    store_env(&env, &state, copy);
    ${evaluates ? `envs[${fields.done}u * rollout.num_envs + copy] = select(0u, 1u, done);` : ""}${
      followReturns
        ? `
    set_env_float(copy, ${fields.moments}u, moment_count);
    set_env_float(copy, ${fields.moments + 1}u, moment_mean);
    set_env_float(copy, ${fields.moments + 2}u, moment_squares);`
        : ""
    }
  }
  ${evaluates ? "" : "if (local == 0u) { tell_count(group.x, num_ended); }"}
}
${evaluates ? "" : TELL_EPISODES}`;
}

/** Each group counts on from where it stood; some keep the newest episodes, in the order of steps and copies. */
const TELL_EPISODES = /* wgsl */ `
fn telling_base(group: u32) -> u32 {
  let num_groups = (rollout.num_envs + ROWS - 1u) / ROWS;
  return num_groups + (group / rollout.episode_every) * (1u + 3u * rollout.episode_slots);
}
fn tell_episode(group: u32, number: u32, row: u32) {
  if (group % rollout.episode_every != 0u) { return; }
  let at = telling_base(group) + 1u + 3u * (number % rollout.episode_slots);
  episodes[at] = bitcast<u32>(ended_returns[row]);
  episodes[at + 1u] = ended_lengths[row];
  episodes[at + 2u] = endings[row];
}
fn tell_count(group: u32, number: u32) {
  episodes[group] = number;
  if (group % rollout.episode_every == 0u) { episodes[telling_base(group)] = number; }
}`;
