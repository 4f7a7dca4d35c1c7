import type { NetworkLayout } from "../network.js";
import type { Binding } from "./kernel.js";
import type { TileNode, TilePlan } from "./tile.js";

/**
 * WGSL of a network's forward and backward pass over one tile of rows, made for a plan.
 *
 * Declares, for kernels to call from uniform control flow with all threads:
 * - `tile_begin(group)` once, at the start.
 * - `network_forward(local)`: from the input's activations to those of every layer, outputs included.
 * - `network_backward(local, partial, first)`: from d(loss)/d(outputs), which stand where the outputs stood, to the
 *   gradients of all weights, added to (or, when `first`, stored over) `partials` from index `partial` on. Destroys
 *   the activations.
 * - `tile_load(i)`, `tile_store(i, value)`: the activations; `tile_barrier()` makes stores visible to the workgroup;
 *   `tile_value(base, feature, row)`: one of them.
 *
 * Needs the bindings {@link networkBindings} and, for backward, `partials: array<f32>`.
 *
 * Layers stand in a table rather than in the code, and every layer goes through the same few loops: code that is
 * unrolled by layers and sizes takes a software adapter minutes to compile. Pieces of work of layers side by side are
 * dealt out to threads one after another, so that no warp waits for another head. Sums run in a fixed order, so
 * results repeat bit for bit.
 */
export function networkCode(plan: TilePlan, backward: boolean): string {
  return [TABLE, memoryCode(plan), MULTIPLY, forwardCode(plan), backward ? backwardCode(plan) : ""].join("\n");
}

/**
 * The same for several networks of one shape in `parameters`: declares `parameter_base`, the vec4 at which the one in
 * use starts, 0 at first.
 */
export function networksCode(plan: TilePlan, backward: boolean): string {
  const based = networkCode(plan, backward).replaceAll("parameters[", "parameters[parameter_base + ");
  return `var<private> parameter_base: u32;\n${based}`;
}

/** The bindings a network's code needs; a plan in storage adds one part of `plan.size` vec4 for each workgroup. */
export function networkBindings(plan: TilePlan): readonly Binding[] {
  const table: Binding = { name: "layers", access: "uniform", type: `array<Layer, ${plan.layers.length}>` };
  const parameters: Binding = { name: "parameters", access: "read", type: "array<vec4f>" };
  const scratch: Binding = { name: "scratch", access: "write", type: "array<vec4f>" };
  return plan.memory === "storage" ? [table, parameters, scratch] : [table, parameters];
}

/** Offsets are in vec4: of the weights, of their transposed copy, of the biases, and of activations in the tile. */
const TABLE = /* wgsl */ `
struct Layer {
  matrix: u32, transposed: u32, biases: u32, is_last: u32,
  ins4: u32, outs4: u32, from_node: u32, to_node: u32,
  opens_depth: u32, depth_size: u32, num_readers: u32, outs: u32,
}
`;

/**
 * The table of layers, by depth, as the shader's `Layer` has it. `num_readers` stands with the first of the layers
 * that read a node whose gradient is wanted; the others follow it.
 */
export function layerTable(plan: TilePlan): Uint32Array<ArrayBuffer> {
  const { layers, layout, input } = plan;
  const wanted = (node: TileNode) => node !== input || layout.spec.inputGradients === true;
  return Uint32Array.from(
    layers.flatMap(({ layer, input: from, output, depth }, i) => {
      const readers = layers.filter((other) => other.input === from);
      const opens = i === 0 || layers[i - 1].depth !== depth;
      return [
        layer.weights / 4,
        (layout.size + layer.weights) / 4,
        layer.biases / 4,
        layer.activated ? 0 : 1,
        layer.paddedIn / 4,
        layer.paddedOut / 4,
        from.base,
        output.base,
        opens ? 1 : 0,
        layers.filter((other) => other.depth === depth).length,
        wanted(from) && readers[0] === layers[i] ? readers.length : 0,
        layer.outSize,
      ];
    }),
  );
}

function memoryCode({ memory, size, stride, quads, threads, layers }: TilePlan): string {
  const access =
    memory === "workgroup"
      ? `
var<workgroup> tile: array<vec4f, ${size}>;
fn tile_load(i: u32) -> vec4f { return tile[i]; }
fn tile_store(i: u32, value: vec4f) { tile[i] = value; }
fn tile_barrier() { workgroupBarrier(); }
fn tile_begin(group: u32) {}`
      : `
var<private> scratch_base: u32;
fn tile_load(i: u32) -> vec4f { return scratch[scratch_base + i]; }
fn tile_store(i: u32, value: vec4f) { scratch[scratch_base + i] = value; }
fn tile_barrier() { storageBarrier(); workgroupBarrier(); }
fn tile_begin(group: u32) { scratch_base = group * ${size}u; }`;
  return `
const STRIDE = ${stride}u;
const QUADS = ${quads}u;
const ROWS = ${4 * quads}u;
const THREADS = ${threads}u;
const NUM_LAYERS = ${layers.length}u;
${access}
fn tile_value(base: u32, feature: u32, row: u32) -> f32 {
  return tile_load(base + feature * STRIDE + row / 4u)[row % 4u];
}
// The first piece of work of a thread, when the pieces before have kept the first used threads busy.
fn first_piece(local: u32, used: u32) -> u32 { return (local + THREADS - used % THREADS) % THREADS; }`;
}

/** Sums over `count4` quads of features: column vec4 `column4` of a matrix [4 · count4][4 · columns4] times activations. */
const MULTIPLY = /* wgsl */ `
fn multiply(matrix: u32, columns4: u32, column4: u32, from_node: u32, quad: u32, count4: u32) -> mat4x4f {
  var s0 = vec4f(0.0); var s1 = vec4f(0.0); var s2 = vec4f(0.0); var s3 = vec4f(0.0);
  var w = matrix + column4;
  var a = from_node + quad;
  for (var i = 0u; i < count4; i++) {
    let w0 = parameters[w]; let w1 = parameters[w + columns4];
    let w2 = parameters[w + 2u * columns4]; let w3 = parameters[w + 3u * columns4];
    let x0 = tile_load(a); let x1 = tile_load(a + STRIDE);
    let x2 = tile_load(a + 2u * STRIDE); let x3 = tile_load(a + 3u * STRIDE);
    s0 += w0.x * x0; s1 += w0.y * x0; s2 += w0.z * x0; s3 += w0.w * x0;
    s0 += w1.x * x1; s1 += w1.y * x1; s2 += w1.z * x1; s3 += w1.w * x1;
    s0 += w2.x * x2; s1 += w2.y * x2; s2 += w2.z * x2; s3 += w2.w * x2;
    s0 += w3.x * x3; s1 += w3.y * x3; s2 += w3.z * x3; s3 += w3.w * x3;
    w += 4u * columns4;
    a += 4u * STRIDE;
  }
  return mat4x4f(s0, s1, s2, s3);
}`;

/** The same statement for 0 to 3: written out, because an index that varies moves registers into slow memory. */
function four(statement: (k: number) => string): string {
  return [0, 1, 2, 3].map(statement).join(" ");
}

/** WGSL of the activation of `x`, and of its slope by its own value `y`. */
const ACTIVATIONS = {
  tanh: { value: "own_tanh4(x)", slope: "1.0 - y * y" },
  relu: { value: "select(x, vec4f(0.0), x < vec4f(0.0))", slope: "select(vec4f(0.0), vec4f(1.0), y > vec4f(0.0))" },
  elu: {
    value: "select(x, exp(min(x, vec4f(0.0))) - 1.0, x < vec4f(0.0))",
    slope: "select(y + 1.0, vec4f(1.0), y > vec4f(0.0))",
  },
} as const;

/** Throws `RangeError` for an activation after the last layer. */
function activationOf({ spec }: NetworkLayout) {
  const activated = spec.heads.find((head) => head.activated);
  if (activated) throw new RangeError(`expected a last layer without activation on this engine, got ${activated.name}`);
  return ACTIVATIONS[spec.activation];
}

function forwardCode({ layout }: TilePlan): string {
  const { value } = activationOf(layout);
  // A last layer is narrow: one unit of four rows for each thread keeps more of them busy.
  return /* wgsl */ `
fn activate(x: vec4f) -> vec4f { return ${value}; }
fn forward_piece(layer: Layer, piece: u32) {
  let unit4 = piece / QUADS;
  let quad = piece % QUADS;
  let sums = multiply(layer.transposed, layer.outs4, unit4, layer.from_node, quad, layer.ins4);
  let bias = parameters[layer.biases + unit4];
  let to = layer.to_node + 4u * unit4 * STRIDE + quad;
  ${four((k) => `tile_store(to + ${k}u * STRIDE, activate(sums[${k}] + bias[${k}]));`)}
}
fn output_piece(layer: Layer, piece: u32) {
  let unit = piece / QUADS;
  let quad = piece % QUADS;
  var sum = vec4f(0.0);
  var a = layer.from_node + quad;
  for (var i = 0u; i < layer.ins4; i++) {
    let w = parameters[layer.matrix + unit * layer.ins4 + i];
    sum += w.x * tile_load(a);
    sum += w.y * tile_load(a + STRIDE);
    sum += w.z * tile_load(a + 2u * STRIDE);
    sum += w.w * tile_load(a + 3u * STRIDE);
    a += 4u * STRIDE;
  }
  tile_store(layer.to_node + unit * STRIDE + quad, sum + parameters[layer.biases + unit / 4u][unit % 4u]);
}
fn network_forward(local: u32) {
  var used = 0u;
  for (var l = 0u; l < NUM_LAYERS; l++) {
    let layer = layers[l];
    if (layer.opens_depth == 1u) {
      tile_barrier();
      used = 0u;
    }
    let count = select(layer.outs4, layer.outs, layer.is_last == 1u) * QUADS;
    for (var piece = first_piece(local, used); piece < count; piece += THREADS) {
      if (layer.is_last == 1u) { output_piece(layer, piece); } else { forward_piece(layer, piece); }
    }
    used += count;
  }
  tile_barrier();
}`;
}

function backwardCode({ layout, input }: TilePlan): string {
  const { slope } = activationOf(layout);
  // A thread's four input features lie a quarter of the layer apart, so that neighbours read neighbouring banks and
  // write neighbouring addresses.
  return /* wgsl */ `
fn slope(y: vec4f) -> vec4f { return ${slope}; }
fn add_partial(at: u32, value: f32, first: bool) { partials[at] = value + select(partials[at], 0.0, first); }
fn weight_piece(layer: Layer, piece: u32, partial: u32, first: bool) {
  let ins4 = layer.ins4;
  let unit4 = piece / ins4;
  let feature = piece % ins4;
  var g0 = vec4f(0.0); var g1 = vec4f(0.0); var g2 = vec4f(0.0); var g3 = vec4f(0.0); var b = vec4f(0.0);
  for (var quad = 0u; quad < QUADS; quad++) {
    let x = layer.from_node + feature * STRIDE + quad;
    let z = layer.to_node + 4u * unit4 * STRIDE + quad;
    let x0 = tile_load(x); let x1 = tile_load(x + ins4 * STRIDE);
    let x2 = tile_load(x + 2u * ins4 * STRIDE); let x3 = tile_load(x + 3u * ins4 * STRIDE);
    let z0 = tile_load(z); let z1 = tile_load(z + STRIDE);
    let z2 = tile_load(z + 2u * STRIDE); let z3 = tile_load(z + 3u * STRIDE);
    g0 += vec4f(dot(z0, x0), dot(z0, x1), dot(z0, x2), dot(z0, x3));
    g1 += vec4f(dot(z1, x0), dot(z1, x1), dot(z1, x2), dot(z1, x3));
    g2 += vec4f(dot(z2, x0), dot(z2, x1), dot(z2, x2), dot(z2, x3));
    g3 += vec4f(dot(z3, x0), dot(z3, x1), dot(z3, x2), dot(z3, x3));
    b += vec4f(dot(z0, vec4f(1.0)), dot(z1, vec4f(1.0)), dot(z2, vec4f(1.0)), dot(z3, vec4f(1.0)));
  }
  let row = partial + 4u * layer.matrix + 16u * unit4 * ins4 + feature;
  ${four((k) => four((i) => `add_partial(row + ${4 * k + i}u * ins4, g${k}[${i}], first);`))}
  if (feature == 0u) {
    let biases = partial + 4u * (layer.biases + unit4);
    ${four((k) => `add_partial(biases + ${k}u, b[${k}], first);`)}
  }
}
fn node_piece(reader: u32, piece: u32) {
  let columns4 = layers[reader].ins4;
  let column4 = piece / QUADS;
  let quad = piece % QUADS;
  var sums = mat4x4f();
  for (var r = reader; r < reader + layers[reader].num_readers; r++) {
    sums += multiply(layers[r].matrix, columns4, column4, layers[r].to_node, quad, layers[r].outs4);
  }
  let at = layers[reader].from_node + 4u * column4 * STRIDE + quad;
  let is_input = layers[reader].from_node == ${input.base}u;
  ${four((k) => `tile_store(at + ${k}u * STRIDE, select(slope(tile_load(at + ${k}u * STRIDE)), vec4f(1.0), is_input) * sums[${k}]);`)}
}
fn network_backward(local: u32, partial: u32, first: bool) {
  var used = 0u;
  for (var i = NUM_LAYERS; i > 0u; i--) {
    let layer = layers[i - 1u];
    let count = layer.outs4 * layer.ins4;
    for (var piece = first_piece(local, used); piece < count; piece += THREADS) {
      weight_piece(layer, piece, partial, first);
    }
    used += count;
    if (layer.opens_depth == 1u) {
      // The weights below have been read: the activations give way to their gradients.
      tile_barrier();
      used = 0u;
      for (var j = i - 1u; j < i - 1u + layer.depth_size; j++) {
        if (layers[j].num_readers > 0u) {
          let pieces = layers[j].ins4 * QUADS;
          for (var piece = first_piece(local, used); piece < pieces; piece += THREADS) { node_piece(j, piece); }
          used += pieces;
        }
      }
      tile_barrier();
      used = 0u;
    }
  }
}`;
}
