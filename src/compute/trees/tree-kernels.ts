import { TREE_KERNELS } from "../wasm/generated/tree-kernels.js";

/** What `assembly/trees.ts` exports; pointers are byte offsets into the memory. */
export interface TreeKernels {
  prepare(settings: number): void;
  growTree(size: number, copy: number, position: number, firstLeaf: number): number;
  nextDraw(): number;
  numMixedLeaves(): number;
  walkTrees(
    nodes: number,
    roots: number,
    numTrees: number,
    keys: number,
    featureBits: number,
    leaves: number,
    open: number,
  ): void;
}

/** Kernels, and a memory that they can reach, handed out from its start: arrays of so many numbers. */
export interface KernelMemory {
  readonly kernels: TreeKernels;
  int32(length: number): Int32Array;
  float64(length: number): Float64Array;
}

const PAGE_BYTES = 65536;
/** The first bytes are the module's own. */
const FIRST = 1024;

let compiled: WebAssembly.Module | null | undefined;

/** A memory of so many 32-bit words, rounded up; null where there is no WebAssembly with SIMD, or no such memory to be had. */
export function kernelMemory(numWords: number): KernelMemory | null {
  compiled = compiled === undefined ? compile() : compiled;
  if (!compiled) return null;
  const pages = Math.ceil((FIRST + 4 * numWords) / PAGE_BYTES);
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch {
    return null;
  }
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  let next = FIRST;
  /** Every array starts at a multiple of 16 bytes. */
  const take = (numBytes: number): number => {
    const first = next;
    next += 16 * Math.ceil(numBytes / 16);
    return first;
  };
  return {
    kernels: exports as unknown as TreeKernels,
    int32: (length) => new Int32Array(memory.buffer, take(4 * length), length),
    float64: (length) => new Float64Array(memory.buffer, take(8 * length), length),
  };
}

/** Compiled while the caller waits: it is 2 kB, and growing trees is one long call anyway. */
function compile(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(TREE_KERNELS), (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}
