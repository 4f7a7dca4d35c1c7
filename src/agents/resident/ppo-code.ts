import type { Binding } from "../../compute/wgsl/kernel.js";
import { SHUFFLE_WGSL } from "../../compute/wgsl/shuffle.js";
import { THREEFRY_WGSL } from "../../compute/wgsl/threefry.js";
import type { TilePlan } from "../../compute/wgsl/tile.js";
import { SLOT_WGSL } from "../../compute/wgsl/update-code.js";
import { actionSize } from "../../core/spaces.js";
import type { EnvironmentSpec } from "../../envs/environment.js";
import { SAMPLE } from "../ppo-loss.js";
import type { GradientHead } from "./gradient-code.js";
import { ppoLossCode } from "./loss-code.js";
import type { RolloutHead } from "./rollout-code.js";

/** Floats of one step's record, a row of the loss's sample: log-probability, advantage, return, value, action. */
export function recordSize(spec: EnvironmentSpec): number {
  return Math.ceil((SAMPLE.action + actionSize(spec.action)) / 4) * 4;
}

/** Rows of [numSteps, numEnvs] that only the advantages need: reward, next value, ending. */
export const TRACES = 3;
/** Threads of a workgroup of the kernels without a network. */
export const THREADS = 64;
/** Threads where one workgroup goes through many samples, and how many that is. */
const MANY_THREADS = 256;
const MANY_SAMPLES = 4096;

const threadsFor = (numSamples: number) => (numSamples < MANY_SAMPLES ? THREADS : MANY_THREADS);

/** WGSL number for a bound that may be infinite. */
const bound = (x: number) => (Number.isFinite(x) ? x.toExponential() : x > 0 ? "3.0e38" : "-3.0e38");

/** Draws an action from the outputs and writes the step's record; `free` are the logs of the deviations. */
function sampling(
  spec: EnvironmentSpec,
  deterministic: boolean,
): { readonly declarations: string; readonly act: string } {
  if (spec.action.kind === "discrete") {
    const n = spec.action.names.length;
    const declarations = /* wgsl */ `
fn sample_categorical(outputs: ptr<function, array<f32, ${n + 1}>>, uniform_draw: f32) -> vec2f {
  var largest = (*outputs)[0];
  for (var i = 1u; i < ${n}u; i++) { largest = max(largest, (*outputs)[i]); }
  var sum = 0.0;
  for (var i = 0u; i < ${n}u; i++) { sum += exp((*outputs)[i] - largest); }
  var rest = uniform_draw * sum;
  var action = ${n - 1}u;
  for (var i = 0u; i < ${n - 1}u; i++) {
    rest -= exp((*outputs)[i] - largest);
    if (rest < 0.0) { action = i; break; }
  }
  return vec2f(f32(action), (*outputs)[action] - (log(sum) + largest));
}
fn most_probable(outputs: ptr<function, array<f32, ${n + 1}>>) -> f32 {
  var best = 0u;
  for (var i = 1u; i < ${n}u; i++) { if ((*outputs)[i] > (*outputs)[best]) { best = i; } }
  return f32(best);
}`;
    const act = deterministic
      ? "action[0] = most_probable(&outputs);"
      : `
      let choice = sample_categorical(&outputs, action_uniform(copy, step));
      action[0] = choice.x;
      let log_prob = choice.y;
      let drawn = array<f32, 1>(choice.x);`;
    return { declarations, act };
  }
  const n = spec.action.features.length;
  const clip = spec.action.features.map(({ low, high }, i) => {
    return `action[${i}] = clamp(drawn[${i}], ${bound(low)}, ${bound(high)});`;
  });
  const declarations = /* wgsl */ `
fn action_normal(copy: u32, position: u32) -> f32 {
  let radius = sqrt(max(0.0, -2.0 * own_log(1.0 - action_uniform(copy, position))));
  return radius * own_cos(6.283185307179586 * action_uniform(copy, position + 1u));
}`;
  const act = deterministic
    ? `
      var drawn: array<f32, ${n}>;
      for (var i = 0u; i < ${n}u; i++) { drawn[i] = outputs[i]; }
      ${clip.join(" ")}`
    : `
      var drawn: array<f32, ${n}>;
      var log_prob = 0.0;
      for (var i = 0u; i < ${n}u; i++) {
        let z = action_normal(copy, 2u * (step * ${n}u + i));
        let log_std = free_parameter(i);
        drawn[i] = outputs[i] + exp(log_std) * z;
        log_prob -= 0.5 * z * z + log_std + 0.9189385332046727;
      }
      ${clip.join(" ")}`;
  return { declarations, act };
}

/** Draws that one step of one copy takes from the stream of the actions. */
export function drawsPerStep(spec: EnvironmentSpec): number {
  return spec.action.kind === "discrete" ? 1 : 2 * spec.action.features.length;
}

function freeParameter(tile: TilePlan): string {
  const { freeOffset } = tile.layout;
  return `
fn free_parameter(i: u32) -> f32 { return parameters[${freeOffset / 4}u + i / 4u][i % 4u]; }`;
}

/** PPO's part of a rollout: sampled actions, their log-probabilities, values, and what the advantages need. */
export function ppoRolloutHead(spec: EnvironmentSpec, tile: TilePlan): RolloutHead {
  const { declarations, act } = sampling(spec, false);
  const size = recordSize(spec);
  const value = tile.layout.outputSize - 1;
  const observationSize = spec.observation.length;
  const actions = Array.from({ length: actionSize(spec.action) }, (_, i) => {
    return `records[record + ${SAMPLE.action + i}u] = drawn[${i}];`;
  });
  return {
    bindings: [
      { name: "observations", access: "write", type: "array<f32>" },
      { name: "records", access: "write", type: "array<f32>" },
      { name: "traces", access: "write", type: "array<f32>" },
    ],
    declarations: `${declarations}${freeParameter(tile)}
fn trace(row: u32, index: u32) -> u32 { return row * rollout.num_steps * rollout.num_envs + index; }`,
    act: `
      for (var i = 0u; i < ${observationSize}u; i++) { observations[index * ${observationSize}u + i] = observation[i]; }
      ${act}
      let record = index * ${size}u;
      records[record + ${SAMPLE.logProb}u] = log_prob;
      records[record + ${SAMPLE.value}u] = outputs[${value}];
      ${actions.join(" ")}`,
    keep: `
      traces[trace(0u, index)] = reward;
      traces[trace(1u, index)] = 0.0;
      traces[trace(2u, index)] = f32(ending);`,
    follow: `traces[trace(1u, previous)] = outputs[${value}];`,
    truncate: `traces[trace(1u, index)] = outputs[${value}];`,
    after: "",
  };
}

/** An evaluation's part: the most probable action, or the mean. */
export function ppoEvaluationHead(spec: EnvironmentSpec): RolloutHead {
  const { declarations, act } = sampling(spec, true);
  return { bindings: [], declarations, act, keep: "", follow: "", truncate: "", after: "" };
}

/** PPO's part of the gradients: shuffled samples, advantages normalised by minibatch, the loss. */
export function ppoGradientHead(spec: EnvironmentSpec, tile: TilePlan, normaliseObservations: boolean): GradientHead {
  const size = recordSize(spec);
  const observationSize = spec.observation.length;
  const { layout } = tile;
  const discrete = spec.action.kind === "discrete";
  const sizes = { outputs: layout.outputSize, sample: size, free: Math.max(1, layout.freeSize) };
  const raw = `observations[number * ${observationSize}u + feature]`;
  const input = normaliseObservations
    ? `clamp((${raw} - normaliser[feature]) * normaliser[${observationSize}u + feature], -10.0, 10.0)`
    : raw;
  const call = discrete
    ? "categorical_loss(&outputs, &sample, settings, &gradients, &statistics);"
    : `
      var log_std: array<f32, ${sizes.free}>;
      for (var i = 0u; i < ${sizes.free}u; i++) { log_std[i] = free_parameter(i); }
      gaussian_loss(&outputs, &log_std, &sample, settings, &gradients, &free_gradients, &statistics);`;
  return {
    bindings: [
      { name: "observations", access: "read", type: "array<f32>" },
      { name: "records", access: "read", type: "array<vec4f>" },
      { name: "moments", access: "read", type: "array<vec2f>" },
      ...(normaliseObservations ? [{ name: "normaliser", access: "read", type: "array<f32>" } as const] : []),
    ],
    declarations: `${ppoLossCode(sizes)}${freeParameter(tile)}`,
    sample: "shuffled(slot.start + place, slot.total, vec2u(slot.seed, slot.stream), slot.permutation)",
    before: "",
    input: `let number = numbers[row]; return ${input};`,
    severalNetworks: false,
    loss: `
      var sample: array<f32, ${size}>;
      for (var i = 0u; i < ${size / 4}u; i++) {
        let part = records[number * ${size / 4}u + i];
        sample[4u * i] = part.x; sample[4u * i + 1u] = part.y; sample[4u * i + 2u] = part.z; sample[4u * i + 3u] = part.w;
      }
      let moment = moments[slot.index];
      sample[${SAMPLE.advantage}] = (sample[${SAMPLE.advantage}] - moment.x) * moment.y;
      let settings = PpoSettings(${layout.outputSize - 1}.0, slot.loss[0].x, slot.loss[0].y, slot.loss[0].z, slot.loss[0].w, slot.loss[1].x);
      ${call}`,
  };
}

/** Merging counts, means and sums of squares of two groups. Source: Chan, Golub & LeVeque 1979. */
const mergeCode = (threads: number) => /* wgsl */ `
fn merge(a: vec3f, b: vec3f) -> vec3f {
  let count = a.x + b.x;
  if (count == 0.0) { return vec3f(0.0); }
  let delta = b.y - a.y;
  return vec3f(count, a.y + delta * b.x / count, a.z + b.z + delta * delta * a.x * b.x / count);
}
fn add_to(a: vec3f, x: f32) -> vec3f {
  let count = a.x + 1.0;
  let delta = x - a.y;
  let mean = a.y + delta / count;
  return vec3f(count, mean, a.z + delta * (x - mean));
}
var<workgroup> groups: array<vec3f, ${threads}>;
// The merged moments of all threads, in every thread.
fn merge_all(local: u32, own: vec3f) -> vec3f {
  workgroupBarrier();
  groups[local] = own;
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { groups[local] = merge(groups[local], groups[local + half]); }
  }
  workgroupBarrier();
  return groups[0];
}`;

const ADVANTAGES_WGSL = /* wgsl */ `
struct Advantages { num_envs: u32, num_steps: u32, num_groups: u32, num_minibatches: u32, gamma: f32, lambda: f32, pad0: f32, pad1: f32 }
`;

const ADVANTAGES_BINDING: Binding = { name: "settings", access: "uniform", type: "Advantages" };

/** Bytes of the uniform of the advantages. */
export const ADVANTAGES_BYTES = 32;

/**
 * Generalized advantage estimation, one thread for each copy, and moments of returns and advantages by workgroup.
 *
 * `summaries` holds for each workgroup count, mean and squares of the returns, then the same of the advantages.
 * Source: Schulman et al. 2016, arXiv:1506.02438, section 3; the twin of `fillAdvantages`.
 */
export function advantagesKernel(spec: EnvironmentSpec, normaliseRewards: boolean) {
  const size = recordSize(spec);
  const bindings: readonly Binding[] = [
    ADVANTAGES_BINDING,
    { name: "traces", access: "read", type: "array<f32>" },
    { name: "records", access: "write", type: "array<f32>" },
    { name: "summaries", access: "write", type: "array<f32>" },
    ...(normaliseRewards ? [{ name: "reward_scale", access: "read", type: "array<f32>" } as const] : []),
  ];
  const reward = normaliseRewards ? "clamp(traces[index] * reward_scale[3], -10.0, 10.0)" : "traces[index]";
  const code = /* wgsl */ `${ADVANTAGES_WGSL}${mergeCode(THREADS)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let copy = group.x * ${THREADS}u + local;
  let total = settings.num_steps * settings.num_envs;
  var returns = vec3f(0.0);
  var errors = vec3f(0.0);
  if (copy < settings.num_envs) {
    var advantage = 0.0;
    for (var step = settings.num_steps; step > 0u; step--) {
      let index = (step - 1u) * settings.num_envs + copy;
      let ending = traces[2u * total + index];
      let value = records[index * ${size}u + ${SAMPLE.value}u];
      // Termination leaves no future to value; truncation does, so it bootstraps. Both cut the trace.
      let next_value = select(traces[total + index], 0.0, ending == 1.0);
      let td_error = ${reward} + settings.gamma * next_value - value;
      advantage = td_error + select(0.0, settings.gamma * settings.lambda * advantage, ending == 0.0);
      records[index * ${size}u + ${SAMPLE.advantage}u] = advantage;
      records[index * ${size}u + ${SAMPLE.return}u] = advantage + value;
      returns = add_to(returns, advantage + value);
      errors = add_to(errors, advantage);
    }
  }
  let all_returns = merge_all(local, returns);
  let all_errors = merge_all(local, errors);
  if (local == 0u) {
    for (var i = 0u; i < 3u; i++) {
      summaries[group.x * 6u + i] = all_returns[i];
      summaries[group.x * 6u + 3u + i] = all_errors[i];
    }
  }
}`;
  return { bindings, code };
}

/** Entries of the report, floats: moments of returns and of advantages, then the number of episodes. */
export const REPORT = { returns: 0, advantages: 3, numEpisodes: 6, size: 8 } as const;

/**
 * Mean and scale of each minibatch's advantages, one workgroup for each, in the order of the shuffles; one more
 * workgroup sums up the rollout for the report.
 */
export function momentsKernel(
  spec: EnvironmentSpec,
  normaliseAdvantages: boolean,
  numRolloutGroups: number,
  minibatchSize: number,
) {
  const threads = threadsFor(minibatchSize);
  const size = recordSize(spec);
  const bindings: readonly Binding[] = [
    ADVANTAGES_BINDING,
    { name: "slots", access: "read", type: "array<Slot>" },
    { name: "records", access: "read", type: "array<f32>" },
    { name: "summaries", access: "read", type: "array<f32>" },
    { name: "episodes", access: "read", type: "array<u32>" },
    { name: "moments", access: "write", type: "array<vec2f>" },
    { name: "report", access: "write", type: "array<f32>" },
  ];
  const ofMinibatch = normaliseAdvantages
    ? `
    var own = vec3f(0.0);
    for (var i = local; i < slot.count; i += ${threads}u) {
      let number = shuffled(slot.start + i, slot.total, vec2u(slot.seed, slot.stream), slot.permutation);
      own = add_to(own, records[number * ${size}u + ${SAMPLE.advantage}u]);
    }
    let all = merge_all(local, own);
    if (slot.count > 1u) { moment = vec2f(all.y, 1.0 / (sqrt(all.z / (all.x - 1.0)) + 1e-8)); }`
    : "";
  const code = /* wgsl */ `${SLOT_WGSL.replace("loss: array<vec4f, 2>,", "loss: array<vec4f, 2>, rest: array<vec4f, 9>,")}
${THREEFRY_WGSL}${SHUFFLE_WGSL}${ADVANTAGES_WGSL}${mergeCode(threads)}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  if (group.x < settings.num_minibatches) {
    let slot = slots[group.x];
    var moment = vec2f(0.0, 1.0);${ofMinibatch}
    if (local == 0u) { moments[group.x] = moment; }
    return;
  }
  var returns = vec3f(0.0);
  var errors = vec3f(0.0);
  for (var i = local; i < settings.num_groups; i += ${threads}u) {
    let at = i * 6u;
    returns = merge(returns, vec3f(summaries[at], summaries[at + 1u], summaries[at + 2u]));
    errors = merge(errors, vec3f(summaries[at + 3u], summaries[at + 4u], summaries[at + 5u]));
  }
  var count = 0.0;
  for (var i = local; i < ${numRolloutGroups}u; i += ${threads}u) { count += f32(episodes[i]); }
  let all_returns = merge_all(local, returns);
  let all_errors = merge_all(local, errors);
  let number = merge_all(local, vec3f(count, 0.0, 0.0)).x;
  if (local == 0u) {
    for (var i = 0u; i < 3u; i++) {
      report[i] = all_returns[i];
      report[3u + i] = all_errors[i];
    }
    report[${REPORT.numEpisodes}] = number;
  }
}`;
  return { bindings, code };
}

/**
 * Merges one rollout into running statistics: a workgroup for each observation entry, or one for the discounted
 * returns, whose moments each copy kept. Statistics: `size` means, `size` scales, `size` variances, the count; the
 * count starts at 1e-4, as if rows of mean 0 and variance 1 had been seen.
 */
export function observationStatisticsKernel(size: number, numSamples: number) {
  const threads = threadsFor(numSamples);
  const bindings: readonly Binding[] = [
    ADVANTAGES_BINDING,
    { name: "observations", access: "read", type: "array<f32>" },
    { name: "statistics", access: "write", type: "array<f32>" },
  ];
  const code = /* wgsl */ `${ADVANTAGES_WGSL}${mergeCode(threads)}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let total = settings.num_steps * settings.num_envs;
  var own = vec3f(0.0);
  for (var i = local; i < total; i += ${threads}u) { own = add_to(own, observations[i * ${size}u + group.x]); }
  let all = merge_all(local, own);
  if (local == 0u) {
    let count = statistics[${3 * size}u + group.x];
    let merged = merge(vec3f(count, statistics[group.x], count * statistics[${2 * size}u + group.x]), all);
    statistics[group.x] = merged.y;
    statistics[${2 * size}u + group.x] = merged.z / merged.x;
    statistics[${size}u + group.x] = 1.0 / sqrt(merged.z / merged.x + 1e-8);
    statistics[${3 * size}u + group.x] = merged.x;
  }
}`;
  return { bindings, code };
}

/** The same for rewards: [mean, count, variance, scale] from the moments that each copy kept from word `field` on. */
export function rewardStatisticsKernel(field: number) {
  const bindings: readonly Binding[] = [
    ADVANTAGES_BINDING,
    { name: "envs", access: "read", type: "array<u32>" },
    { name: "reward_scale", access: "write", type: "array<f32>" },
  ];
  const code = /* wgsl */ `${ADVANTAGES_WGSL}${mergeCode(THREADS)}
fn word(copy: u32, i: u32) -> f32 { return bitcast<f32>(envs[(${field}u + i) * settings.num_envs + copy]); }
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) local: u32) {
  var own = vec3f(0.0);
  for (var copy = local; copy < settings.num_envs; copy += ${THREADS}u) {
    own = merge(own, vec3f(word(copy, 0u), word(copy, 1u), word(copy, 2u)));
  }
  let all = merge_all(local, own);
  if (local == 0u) {
    let merged = merge(vec3f(reward_scale[1], reward_scale[0], reward_scale[1] * reward_scale[2]), all);
    reward_scale[0] = merged.y;
    reward_scale[1] = merged.x;
    reward_scale[2] = merged.z / merged.x;
    reward_scale[3] = 1.0 / sqrt(merged.z / merged.x + 1e-8);
  }
}`;
  return { bindings, code };
}
