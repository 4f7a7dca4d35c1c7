import type { Binding } from "../../compute/wgsl/kernel.js";
import { MATHS_WGSL } from "../../compute/wgsl/maths.js";
import { networkBindings, networkCode, networksCode } from "../../compute/wgsl/network-code.js";
import { SHUFFLE_WGSL } from "../../compute/wgsl/shuffle.js";
import { THREEFRY_WGSL } from "../../compute/wgsl/threefry.js";
import type { TilePlan } from "../../compute/wgsl/tile.js";
import { NUM_STATISTICS, partialSize, SLOT_BINDING, SLOT_WGSL } from "../../compute/wgsl/update-code.js";

/** What an algorithm adds to the kernel that turns samples into partial gradients. */
export interface GradientHead {
  readonly bindings: readonly Binding[];
  readonly declarations: string;
  /** Number of the sample at place `place` of the minibatch, an expression. */
  readonly sample: string;
  /** What comes before the network runs on the samples themselves; all threads, uniform. May be empty. */
  readonly before: string;
  /** Body of a function that answers input `feature` of the sample in row `row`, whose number is `numbers[row]`. */
  readonly input: string;
  /** Whether `parameters` holds several networks; see `networksCode`. */
  readonly severalNetworks: boolean;
  /**
   * Fills `gradients` from `outputs` for sample `number` at place `place`, adds to `statistics`; runs in the thread
   * that owns row `local`.
   */
  readonly loss: string;
}

export function gradientBindings(tile: TilePlan, head: GradientHead): readonly Binding[] {
  return [
    SLOT_BINDING,
    ...head.bindings,
    { name: "partials", access: "write", type: "array<f32>" },
    { name: "control", access: "read", type: "array<f32>" },
    ...networkBindings(tile),
  ];
}

/**
 * WGSL of one minibatch's gradients: forward, loss and backward of tile after tile, and the sums of each workgroup.
 *
 * The mean over the minibatch is taken here: gradients are divided by its size.
 */
export function gradientCode(tile: TilePlan, head: GradientHead): string {
  const { layout, input, outputs } = tile;
  const free = Math.max(1, layout.freeSize);
  const reads = layout.heads.flatMap(({ outputOffset, outputSize }, i) =>
    Array.from({ length: outputSize }, (_, unit) => {
      return `outputs[${outputOffset + unit}] = tile_value(${outputs[i].output.base}u, ${unit}u, local);`;
    }),
  );
  const stores = layout.heads.map(({ outputOffset, outputSize }, i) => {
    const { output, layer } = outputs[i];
    return `
    for (var i = local; i < ${layer.paddedOut}u * QUADS; i += THREADS) {
      let unit = i / QUADS;
      let at = (${outputOffset}u + unit) * ROWS + 4u * (i % QUADS);
      var value = vec4f(0.0);
      if (unit < ${outputSize}u) { value = vec4f(staging[at], staging[at + 1u], staging[at + 2u], staging[at + 3u]); }
      tile_store(${output.base}u + unit * STRIDE + i % QUADS, value);
    }`;
  });
  return /* wgsl */ `${SLOT_WGSL}${THREEFRY_WGSL}${SHUFFLE_WGSL}${MATHS_WGSL}${(head.severalNetworks ? networksCode : networkCode)(tile, true)}
var<workgroup> numbers: array<u32, ${tile.rows}>;
var<workgroup> staging: array<f32, ${tile.rows * Math.max(layout.outputSize, NUM_STATISTICS + free)}>;
${head.declarations}
fn load_rows(local: u32, first_row: u32) {
  for (var i = local; i < ${input.size}u * QUADS; i += THREADS) {
    let feature = i / QUADS;
    var values = vec4f(0.0);
    if (feature < ${layout.spec.inputSize}u) {
      for (var k = 0u; k < 4u; k++) {
        let row = 4u * (i % QUADS) + k;
        if (first_row + row < slot.count) { values[k] = input_of(row, feature); }
      }
    }
    tile_store(${input.base}u + feature * STRIDE + i % QUADS, values);
  }
}
fn input_of(row: u32, feature: u32) -> f32 { ${head.input} }
@compute @workgroup_size(${tile.threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  if (control[0] > 0.0) { return; }
  tile_begin(group.x);
  let partial = group.x * ${partialSize(layout)}u;
  var statistics: array<f32, ${NUM_STATISTICS}>;
  var free_gradients: array<f32, ${free}>;
  var outputs: array<f32, ${layout.outputSize}>;
  var gradients: array<f32, ${layout.outputSize}>;
  let scale = 1.0 / f32(slot.count);
  for (var first_row = group.x * ROWS; first_row < slot.count; first_row += slot.num_groups * ROWS) {
    let place = first_row + local;
    let owns = local < ROWS && place < slot.count;
    if (local < ROWS) { numbers[local] = 0u; }
    if (owns) { numbers[local] = ${head.sample}; }
    workgroupBarrier();
    ${head.before}
    load_rows(local, first_row);
    network_forward(local);
    if (owns) {
      let number = numbers[local];
      ${reads.join("\n      ")}
      ${head.loss}
    }
    if (local < ROWS) {
      for (var i = 0u; i < ${layout.outputSize}u; i++) { staging[i * ROWS + local] = select(0.0, scale * gradients[i], owns); }
    }
    workgroupBarrier();${stores.join("")}
    tile_barrier();
    network_backward(local, partial, first_row == group.x * ROWS);
    tile_barrier();
  }
  // Every row's own sums, added in the order of the rows.
  if (local < ROWS) {
    for (var i = 0u; i < ${NUM_STATISTICS}u; i++) { staging[local * ${NUM_STATISTICS + free}u + i] = statistics[i]; }
    for (var i = 0u; i < ${free}u; i++) { staging[local * ${NUM_STATISTICS + free}u + ${NUM_STATISTICS}u + i] = free_gradients[i]; }
  }
  workgroupBarrier();
  for (var i = local; i < ${partialSize(layout) - layout.freeOffset}u; i += THREADS) {
    // Free parameters, their padding, then statistics.
    var at = i + ${NUM_STATISTICS}u;
    var factor = select(0.0, scale, i < ${layout.freeSize}u);
    if (i >= ${layout.size - layout.freeOffset}u) {
      at = i - ${layout.size - layout.freeOffset}u;
      factor = 1.0;
    }
    var sum = 0.0;
    if (factor > 0.0) {
      for (var row = 0u; row < ROWS; row++) { sum += staging[row * ${NUM_STATISTICS + free}u + at]; }
    }
    partials[partial + ${layout.freeOffset}u + i] = factor * sum;
  }
}`;
}
