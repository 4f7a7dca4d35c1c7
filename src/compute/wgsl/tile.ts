import type { GraphicsDevice } from "../gpu/device.js";
import type { LayerLayout, NetworkLayout } from "../network.js";
import { ceil4 } from "../network.js";

/** Bytes of workgroup memory that a tile leaves for what its kernel keeps beside it. */
const RESERVED_BYTES = 2048;
/** More rows than this in a tile reuse weights no better and leave fewer workgroups on a core. */
const MOST_QUADS = 7;
/** Row quads of a tile whose activations lie in a storage buffer. */
const QUADS_IN_STORAGE = 3;
/** Of the workgroup memory a device offers, no more than this: several workgroups should share a core. */
const MOST_BYTES = 32768;

/** Where the activations of one layer (or the network's input) lie in a tile, in vec4. */
export interface TileNode {
  readonly base: number;
  /** Padded number of features. */
  readonly size: number;
}

/** One layer at work on a tile. */
export interface TileLayer {
  readonly layer: LayerLayout;
  readonly input: TileNode;
  readonly output: TileNode;
  /** 1 for the layers that read the network's input. */
  readonly depth: number;
}

/**
 * How a workgroup lays a tile of rows out: `rows` samples at a time go through the whole network.
 *
 * Activations are stored feature by feature: vec4 number `base + feature · stride + quad` holds one feature of four
 * rows. A thread's unit of work is four features × four rows, an outer product of two vec4. The stride is odd, so
 * that neighbouring features lie in different banks of workgroup memory. `memory` says where: in workgroup memory
 * when they fit, else in a storage buffer with `size` vec4 for each workgroup.
 */
export interface TilePlan {
  readonly layout: NetworkLayout;
  readonly memory: "workgroup" | "storage";
  /** Rows / 4. */
  readonly quads: number;
  readonly rows: number;
  readonly stride: number;
  /** Threads of a workgroup. */
  readonly threads: number;
  readonly input: TileNode;
  /** By depth. */
  readonly layers: readonly TileLayer[];
  /** The last layer of each head, in order. */
  readonly outputs: readonly TileLayer[];
  /** vec4 in all. */
  readonly size: number;
}

/** What a plan may use; tile sizes are parameters, because the best ones depend on the device. */
export interface TileLimits {
  readonly workgroupBytes: number;
  readonly mostQuads?: number;
}

/**
 * What a device allows a tile. A software adapter gets no workgroup memory: there it is no faster than any other, and
 * clearing it is compiled entry by entry, which takes seconds.
 */
export function tileLimits(gpu: GraphicsDevice): TileLimits {
  if (gpu.adapter.isSoftware) return { workgroupBytes: 0 };
  return { workgroupBytes: Math.min(MOST_BYTES, gpu.device.limits.maxComputeWorkgroupStorageSize) };
}

/** Plans the tile of a network. `extraBytes` of workgroup memory per row are kept free for the kernel. */
export function planTile(layout: NetworkLayout, limits: TileLimits, extraBytesPerRow = 0): TilePlan {
  const features = ceil4(layout.spec.inputSize) + layout.layers.reduce((sum, layer) => sum + layer.paddedOut, 0);
  const available = limits.workgroupBytes - RESERVED_BYTES;
  let quads = limits.mostQuads ?? MOST_QUADS;
  while (quads > 0 && 16 * features * strideOf(quads) + 4 * quads * extraBytesPerRow > available) quads--;
  const memory = quads > 0 ? "workgroup" : "storage";
  if (quads === 0) quads = QUADS_IN_STORAGE;

  const stride = strideOf(quads);
  let next = 0;
  const node = (size: number): TileNode => {
    const base = next;
    next += size * stride;
    return { base, size };
  };
  const input = node(ceil4(layout.spec.inputSize));
  const layers: TileLayer[] = [];
  const chain = (stack: readonly LayerLayout[], below: TileNode, depth: number): TileNode => {
    let from = below;
    stack.forEach((layer, i) => {
      const output = node(layer.paddedOut);
      layers.push({ layer, input: from, output, depth: depth + i });
      from = output;
    });
    return from;
  };
  const trunk = chain(layout.trunk, input, 1);
  const outputs = layout.heads.map((head) => {
    chain(head.layers, trunk, layout.trunk.length + 1);
    return layers[layers.length - 1];
  });
  // By depth, heads in order: readers of the trunk stand side by side.
  layers.sort((a, b) => a.depth - b.depth);
  return {
    layout,
    memory,
    quads,
    rows: 4 * quads,
    stride,
    threads: threadsFor(layers, quads),
    input,
    layers,
    outputs,
    size: next,
  };
}

function strideOf(quads: number): number {
  return quads % 2 === 1 ? quads : quads + 1;
}

/** As many threads as the widest depth has pieces of work, in whole groups of 32, from 64 to 256. */
function threadsFor(layers: readonly TileLayer[], quads: number): number {
  const work = new Map<number, number>();
  for (const { layer, depth } of layers) {
    work.set(depth, (work.get(depth) ?? 0) + (layer.paddedOut / 4) * quads);
  }
  const widest = Math.max(...work.values());
  return Math.min(256, Math.max(64, Math.ceil(widest / 32) * 32));
}
