import type { Binding } from "../../compute/wgsl/kernel.js";
import type { TilePlan } from "../../compute/wgsl/tile.js";
import type { EnvironmentSpec } from "../../envs/environment.js";
import type { DqnOptions } from "../dqn-options.js";
import type { GradientHead } from "./gradient-code.js";
import { dqnLossCode } from "./loss-code.js";
import type { RolloutHead } from "./rollout-code.js";

/** Draws that one step of one copy takes from the stream of the actions: whether to explore, and which action. */
export const DRAWS_PER_STEP = 2;

/** What the loss's slot numbers mean: discount, steps of a return, first entry of the newest row, capacity, copies. */
const LOSS = {
  gamma: "slot.loss[0].x",
  numSteps: "u32(slot.loss[0].y)",
  newest: "u32(slot.loss[0].z)",
  capacity: "u32(slot.loss[0].w)",
  numEnvs: "u32(slot.loss[1].x)",
};

function bestAction(tile: TilePlan, numActions: number, dueling: boolean): string {
  const first = dueling ? 1 : 0;
  return /* wgsl */ `
fn best_action(outputs: ptr<function, array<f32, ${tile.layout.outputSize}>>) -> u32 {
  var best = 0u;
  for (var i = 1u; i < ${numActions}u; i++) {
    if ((*outputs)[${first}u + i] > (*outputs)[${first}u + best]) { best = i; }
  }
  return best;
}`;
}

const numActionsOf = (spec: EnvironmentSpec) => (spec.action.kind === "discrete" ? spec.action.names.length : 0);

/** DQN's part of a rollout: ε-greedy actions, and steps written into the ring of the replay buffer. */
export function dqnRolloutHead(spec: EnvironmentSpec, tile: TilePlan, dueling: boolean): RolloutHead {
  const n = numActionsOf(spec);
  const size = spec.observation.length;
  return {
    bindings: [
      { name: "observations", access: "write", type: "array<f32>" },
      { name: "next_observations", access: "write", type: "array<f32>" },
      { name: "steps", access: "write", type: "array<vec4f>" },
    ],
    declarations: bestAction(tile, n, dueling),
    act: `
      let entry = (rollout.first + index) % rollout.capacity;
      for (var i = 0u; i < ${size}u; i++) { observations[entry * ${size}u + i] = observation[i]; }
      let low = min(rollout.epsilon, rollout.epsilon_end);
      let high = max(rollout.epsilon, rollout.epsilon_end);
      let epsilon = clamp(rollout.epsilon + f32(step) * rollout.epsilon_slope, low, high);
      var chosen = best_action(&outputs);
      if (action_uniform(copy, 2u * step) < epsilon) { chosen = u32(action_uniform(copy, 2u * step + 1u) * ${n}.0); }
      action[0] = f32(chosen);`,
    keep: "steps[entry] = vec4f(action[0], reward, f32(ending), 0.0);",
    follow: "",
    truncate: "",
    after: `for (var i = 0u; i < ${size}u; i++) { next_observations[entry * ${size}u + i] = observation[i]; }`,
  };
}

/** An evaluation's part: the best action. */
export function dqnEvaluationHead(spec: EnvironmentSpec, tile: TilePlan, dueling: boolean): RolloutHead {
  const declarations = bestAction(tile, numActionsOf(spec), dueling);
  return {
    bindings: [],
    declarations,
    act: "action[0] = f32(best_action(&outputs));",
    keep: "",
    follow: "",
    truncate: "",
    after: "",
  };
}

/**
 * DQN's part of the gradients: n-step transitions drawn from the ring, what the target network thinks of where they
 * lead, the loss. The target network stands behind the online one in `parameters`.
 */
export function dqnGradientHead(spec: EnvironmentSpec, tile: TilePlan, options: DqnOptions): GradientHead {
  const n = numActionsOf(spec);
  const size = spec.observation.length;
  const { layout, outputs } = tile;
  const read = (into: string) =>
    layout.heads
      .flatMap(({ outputOffset, outputSize }, i) =>
        Array.from({ length: outputSize }, (_, unit) => {
          return `${into}[${outputOffset + unit}] = tile_value(${outputs[i].output.base}u, ${unit}u, local);`;
        }),
      )
      .join(" ");
  const online = options.double
    ? `
    parameter_base = 0u;
    network_forward(local);
    if (owns) { ${read("chooser")} }`
    : `
    chooser = next_outputs;`;
  return {
    bindings: [
      { name: "observations", access: "read", type: "array<f32>" },
      { name: "next_observations", access: "read", type: "array<f32>" },
      { name: "steps", access: "read", type: "array<vec4f>" },
    ],
    severalNetworks: true,
    declarations: /* wgsl */ `${dqnLossCode({ outputs: layout.outputSize, sample: 3, free: 1 })}${bestAction(tile, n, options.dueling)}
const SETTINGS = DqnSettings(${n}.0, ${options.dueling ? 1 : 0}.0, ${options.loss === "huber" ? 1 : 0}.0);
var<workgroup> last_entries: array<u32, ${tile.rows}>;
var<private> reads_next: bool;
fn drawn_entry(place: u32) -> u32 {
  let draw = uniform01(threefry(vec2u(slot.seed, slot.stream), vec2u(0u, slot.permutation + place)).x);
  return min(u32(draw * f32(slot.total)), slot.total - 1u);
}`,
    sample: "drawn_entry(place)",
    before: `
    // Up to n steps from here on: to the end of the episode or to the newest entry.
    var reward = 0.0;
    var discount = 1.0;
    if (owns) {
      let capacity = ${LOSS.capacity};
      let first = numbers[local];
      let later = ((${LOSS.newest} + capacity - (first - first % ${LOSS.numEnvs})) % capacity) / ${LOSS.numEnvs};
      var last = first;
      var ending = 0.0;
      for (var i = 0u; i < ${LOSS.numSteps} && i <= later; i++) {
        last = (first + i * ${LOSS.numEnvs}) % capacity;
        let taken = steps[last];
        reward += discount * taken.y;
        discount *= ${LOSS.gamma};
        ending = taken.z;
        if (ending != 0.0) { break; }
      }
      if (ending == 1.0) { discount = 0.0; }
      last_entries[local] = last;
    }
    workgroupBarrier();
    var next_outputs: array<f32, ${layout.outputSize}>;
    var chooser: array<f32, ${layout.outputSize}>;
    reads_next = true;
    load_rows(local, first_row);
    parameter_base = ${layout.size / 2}u;
    network_forward(local);
    if (owns) { ${read("next_outputs")} }${online}
    let next_value = action_value(&next_outputs, f32(best_action(&chooser)), SETTINGS);
    parameter_base = 0u;
    reads_next = false;
    tile_barrier();`,
    input: `
    if (reads_next) { return next_observations[last_entries[row] * ${size}u + feature]; }
    return observations[numbers[row] * ${size}u + feature];`,
    loss: `
      var sample = array<f32, 3>(steps[number].x, reward + discount * next_value, 1.0);
      let error = dqn_loss(&outputs, &sample, SETTINGS, &gradients, &statistics);`,
  };
}

/** Moves the target network towards the online one, by `rate`; both with their transposed copies. */
export function targetKernel(size: number, rate: number) {
  const bindings: readonly Binding[] = [{ name: "parameters", access: "write", type: "array<f32>" }];
  const moved = rate === 1 ? "online" : `old + ${rate} * (online - old)`;
  const code = /* wgsl */ `
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= ${2 * size}u) { return; }
  let online = parameters[id.x];
  let old = parameters[${2 * size}u + id.x];
  parameters[${2 * size}u + id.x] = ${moved};
}`;
  return { bindings, code };
}
