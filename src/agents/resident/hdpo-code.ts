import type { Binding } from "../../compute/wgsl/kernel.js";
import { MATHS_WGSL } from "../../compute/wgsl/maths.js";
import { networkBindings, networkCode } from "../../compute/wgsl/network-code.js";
import type { TilePlan } from "../../compute/wgsl/tile.js";
import { partialSize, SLOT_BINDING, SLOT_WGSL } from "../../compute/wgsl/update-code.js";
import type { InventorySimulator } from "../../evaluate/inventory/simulator.js";

/** Traces as a kernel plays them. */
export interface TracePlan {
  readonly tile: TilePlan;
  /** A problem of one store that is supplied without limits. */
  readonly simulator: InventorySimulator;
  /** Units of stock that count as 1 in what the network sees. */
  readonly unit: number;
  readonly numPeriods: number;
  /** Periods at the start whose cost does not count. */
  readonly ignored: number;
  /** All that there are in the buffers. */
  readonly numTraces: number;
  /** Workgroups at most. */
  readonly maxGroups: number;
}

/** `demands` [numPeriods, numTraces], `starts` [width, numTraces], `states` [numPeriods, width, maxGroups · rows]. */
const TRACES: readonly Binding[] = [
  { name: "demands", access: "read", type: "array<f32>" },
  { name: "starts", access: "read", type: "array<f32>" },
  { name: "states", access: "write", type: "array<f32>" },
];

export function hdpoGradientBindings(tile: TilePlan): readonly Binding[] {
  return [
    SLOT_BINDING,
    { name: "order", access: "read", type: "array<u32>" },
    ...TRACES,
    { name: "partials", access: "write", type: "array<f32>" },
    ...networkBindings(tile),
  ];
}

export function hdpoCostBindings(tile: TilePlan): readonly Binding[] {
  return [...TRACES, { name: "costs", access: "write", type: "array<f32>" }, ...networkBindings(tile)];
}

/** Floats of the states that a plan keeps. */
export function numStateFloats({ simulator, numPeriods, maxGroups, tile }: TracePlan): number {
  return numPeriods * simulator.width * maxGroups * tile.rows;
}

/**
 * WGSL of a batch's gradients: a workgroup takes a tile of traces through all periods and back again.
 *
 * Only states are kept on the way; going back, the network is applied to them once more. The batch is traces
 * `order[slot.start]` on; `slot.loss[0].x` is the weight of a unit of cost. Statistic 0 is the cost of all periods.
 */
export function hdpoGradientCode(plan: TracePlan): string {
  const { tile } = plan;
  const { layout, input, outputs } = tile;
  const [{ output, layer }] = outputs;
  return /* wgsl */ `${SLOT_WGSL}${commonCode(plan, true)}
fn trace_of(place: u32) -> u32 { return order[slot.start + place]; }
fn store_gradients(local: u32) {
  for (var i = local; i < ${layer.paddedOut}u * QUADS; i += THREADS) {
    let at = 4u * (i % QUADS);
    var value = vec4f(0.0);
    if (i / QUADS == 0u) { value = vec4f(staging[at], staging[at + 1u], staging[at + 2u], staging[at + 3u]); }
    tile_store(${output.base}u + (i / QUADS) * STRIDE + i % QUADS, value);
  }
}
@compute @workgroup_size(${tile.threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  tile_begin(group.x);
  let partial = group.x * ${partialSize(layout)}u;
  var cost = 0.0;
  for (var first_row = group.x * ROWS; first_row < slot.count; first_row += slot.num_groups * ROWS) {
    let owns = local < ROWS && first_row + local < slot.count;
    var trace = 0u;
    if (owns) { trace = trace_of(first_row + local); }
    begin_row(trace);
    for (var t = 0u; t < PERIODS; t++) {
      apply_network(local, group.x, t, owns, slot.count - first_row);
      if (owns) { cost += play_period(trace, t, order_of(local)); }
    }
    var slopes: array<f32, WIDTH>;
    for (var t = PERIODS; t > 0u; t--) {
      load_states(local, group.x, t - 1u, slot.count - first_row);
      network_forward(local);
      if (local < ROWS) { staging[local] = 0.0; }
      if (owns) {
        let weight = select(slot.loss[0].x, 0.0, t - 1u < IGNORED);
        let ordered = slopes[ENTRY] + weight * EDGE_COST;
        let left = states[state_index(group.x, t - 1u, 0u, local)] - demands[(t - 1u) * NUM_TRACES + trace];
        var left_slope = select(slopes[0], 0.0, LOST && left < 0.0);
        if (left > 0.0) { left_slope += weight * HOLDING_COST; }
        if (left < 0.0) { left_slope -= weight * UNDERAGE_COST; }
        for (var entry = WIDTH - 1u; entry > 0u; entry--) { slopes[entry] = slopes[entry - 1u]; }
        slopes[0] = left_slope;
        // The slope of softplus.
        staging[local] = ordered / (1.0 + exp(-(tile_value(${output.base}u, 0u, local) + 1.0)));
      }
      workgroupBarrier();
      store_gradients(local);
      tile_barrier();
      network_backward(local, partial, first_row == group.x * ROWS && t == PERIODS);
      tile_barrier();
      if (owns) {
        for (var entry = 0u; entry < WIDTH; entry++) { slopes[entry] += tile_value(${input.base}u, entry, local) / UNIT; }
      }
      // Before the states of the period before take their place.
      tile_barrier();
    }
  }
  if (local < ROWS) { staging[local] = cost; }
  workgroupBarrier();
  // Padding, then statistics.
  for (var i = local; i < ${partialSize(layout) - layout.freeOffset}u; i += THREADS) {
    var sum = 0.0;
    if (i == ${layout.size - layout.freeOffset}u) {
      for (var row = 0u; row < ROWS; row++) { sum += staging[row]; }
    }
    partials[partial + ${layout.freeOffset}u + i] = sum;
  }
}`;
}

/**
 * WGSL of the cost of all traces under the network as it stands: `costs` [workgroups], periods that count only. Where
 * demand comes in whole units orders are rounded, as whoever plays the policy does.
 */
export function hdpoCostCode(plan: TracePlan): string {
  const { tile, simulator, numTraces, maxGroups } = plan;
  return /* wgsl */ `${commonCode(plan, false)}
@compute @workgroup_size(${tile.threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  tile_begin(group.x);
  var cost = 0.0;
  for (var first_row = group.x * ROWS; first_row < ${numTraces}u; first_row += ${maxGroups}u * ROWS) {
    let trace = first_row + local;
    let owns = local < ROWS && trace < ${numTraces}u;
    begin_row(select(0u, trace, owns));
    for (var t = 0u; t < PERIODS; t++) {
      apply_network(local, group.x, t, owns, ${numTraces}u - first_row);
      if (owns) {
        let period_cost = play_period(trace, t, ${simulator.problem.wholeUnits ? "floor(order_of(local) + 0.5)" : "order_of(local)"});
        if (t >= IGNORED) { cost += period_cost; }
      }
    }
  }
  if (local < ROWS) { staging[local] = cost; }
  workgroupBarrier();
  if (local == 0u) {
    var sum = 0.0;
    for (var row = 0u; row < ROWS; row++) { sum += staging[row]; }
    costs[group.x] = sum;
  }
}`;
}

/** What both kernels do period by period; a thread below ROWS owns the trace of its row, whose state is `pipeline`. */
function commonCode(plan: TracePlan, backward: boolean): string {
  const { tile, simulator, unit, numPeriods, ignored, numTraces, maxGroups } = plan;
  const { input, outputs } = tile;
  const { width, edgeEntry, edgeCost, holdingCost, underageCost, lost } = simulator;
  return /* wgsl */ `${MATHS_WGSL}${networkCode(tile, backward)}
const PERIODS = ${numPeriods}u;
const IGNORED = ${ignored}u;
const NUM_TRACES = ${numTraces}u;
const WIDTH = ${width}u;
const ENTRY = ${edgeEntry[0]}u;
const LOST = ${lost};
const EDGE_COST = ${float(edgeCost[0])};
const HOLDING_COST = ${float(holdingCost[0])};
const UNDERAGE_COST = ${float(underageCost[0])};
const UNIT = ${float(unit)};
var<workgroup> staging: array<f32, ${tile.rows}>;
var<private> pipeline: array<f32, WIDTH>;
fn state_index(group: u32, t: u32, entry: u32, row: u32) -> u32 {
  return ((t * WIDTH + entry) * ${maxGroups}u + group) * ROWS + row;
}
fn begin_row(trace: u32) {
  for (var entry = 0u; entry < WIDTH; entry++) { pipeline[entry] = starts[entry * NUM_TRACES + trace]; }
}
// The states of a period to the input's activations; rows from \`count\` on are nought.
fn load_states(local: u32, group: u32, t: u32, count: u32) {
  for (var i = local; i < ${input.size}u * QUADS; i += THREADS) {
    let entry = i / QUADS;
    let row = 4u * (i % QUADS);
    var values = vec4f(0.0);
    if (entry < WIDTH) {
      let at = state_index(group, t, entry, row);
      for (var k = 0u; k < 4u; k++) {
        if (row + k < count) { values[k] = states[at + k] / UNIT; }
      }
    }
    tile_store(${input.base}u + entry * STRIDE + i % QUADS, values);
  }
}
fn apply_network(local: u32, group: u32, t: u32, owns: bool, count: u32) {
  if (owns) {
    for (var entry = 0u; entry < WIDTH; entry++) { states[state_index(group, t, entry, local)] = pipeline[entry]; }
  }
  storageBarrier();
  workgroupBarrier();
  load_states(local, group, t, count);
  network_forward(local);
}
// softplus(output + 1)
fn order_of(local: u32) -> f32 {
  let x = tile_value(${outputs[0].output.base}u, 0u, local) + 1.0;
  return select(own_log(1.0 + exp(min(x, 30.0))), x, x > 30.0);
}
// Moves the trace by one period and answers with its cost.
fn play_period(trace: u32, t: u32, ordered: f32) -> f32 {
  let left = pipeline[0] - demands[t * NUM_TRACES + trace];
  let cost = HOLDING_COST * max(left, 0.0) + UNDERAGE_COST * max(-left, 0.0) + EDGE_COST * ordered;
  var kept = left;
  if (LOST) { kept = max(left, 0.0); }
  for (var entry = 0u; entry + 1u < WIDTH; entry++) { pipeline[entry] = pipeline[entry + 1u]; }
  if (WIDTH > 1u) { pipeline[WIDTH - 1u] = 0.0; pipeline[0] += kept; } else { pipeline[0] = kept; }
  pipeline[ENTRY] += ordered;
  return cost;
}`;
}

/** A WGSL literal: it must not look like a whole number. */
const float = (value: number) => `f32(${value})`;
