import { TREE_KERNELS } from "../wasm/generated/tree-kernels.js";

/** What `assembly/trees.ts` exports; pointers are byte offsets into the memory. */
export interface TreeKernels {
  findRandomSplit(
    columns: number,
    stride: number,
    codes: number,
    size: number,
    shift: number,
    labelMask: number,
    values: number,
    features: number,
    numFeatures: number,
    numWanted: number,
    minLeaf: number,
    sums: number,
    found: number,
    key0: number,
    key1: number,
    copy: number,
    position: number,
  ): number;
  copyNear(
    rowKeys: number,
    numFeatures: number,
    codes: number,
    size: number,
    shift: number,
    columns: number,
    stride: number,
  ): void;
  partitionCodes(keys: number, codes: number, aside: number, size: number, key: number, shift: number): void;
}

/** Kernels, and a memory that they can reach, handed out from its start. */
export interface KernelMemory {
  readonly kernels: TreeKernels;
  /** The next `length` whole numbers; an even length keeps what follows in place for float64. */
  int32(length: number): Int32Array;
}

const PAGE_BYTES = 65536;
/** The first bytes are the module's own. */
const FIRST = 1024;

let compiled: WebAssembly.Module | null | undefined;

/** A memory of so many 32-bit words; null where there is no WebAssembly with SIMD, or no such memory to be had. */
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
  return {
    kernels: exports as unknown as TreeKernels,
    int32(length) {
      const array = new Int32Array(memory.buffer, next, length);
      next += array.byteLength;
      return array;
    },
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
