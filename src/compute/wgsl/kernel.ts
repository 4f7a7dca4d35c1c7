import type { GraphicsDevice } from "../gpu/device.js";

/** One buffer a kernel sees, in the order of its bindings. */
export interface Binding {
  /** Its name in the shader. */
  readonly name: string;
  readonly access: "uniform" | "read" | "write";
  /** WGSL type, `array<vec4f>`. */
  readonly type: string;
}

/** A buffer, or a part of one from `offset` on. */
export type Resource = GPUBuffer | { readonly buffer: GPUBuffer; readonly offset: number; readonly size: number };

/** WGSL declarations of bindings, numbered in order. */
export function declare(bindings: readonly Binding[]): string {
  const spaces = { uniform: "uniform", read: "storage, read", write: "storage, read_write" } as const;
  return bindings
    .map(({ name, access, type }, i) => `@group(0) @binding(${i}) var<${spaces[access]}> ${name}: ${type};`)
    .join("\n");
}

interface Compiled {
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: GPUComputePipeline;
}

/** Compiled kernels by device and code: a session that starts again, or a target network, compiles nothing. */
const compiled = new WeakMap<GPUDevice, Map<string, Compiled>>();

/**
 * A compute kernel: its code starts with the declarations of its bindings, its entry point is `main`.
 *
 * Compiling is put off to the device; code that it refuses shows as a lost device with the compiler's words.
 */
export class Kernel {
  private readonly compiled: Compiled;

  constructor(
    private readonly gpu: GraphicsDevice,
    readonly label: string,
    bindings: readonly Binding[],
    code: string,
  ) {
    gpu.check();
    const text = `${declare(bindings)}\n${code}`;
    const known = compiled.get(gpu.device) ?? new Map<string, Compiled>();
    compiled.set(gpu.device, known);
    this.compiled = known.get(text) ?? compile(gpu, label, bindings, text);
    known.set(text, this.compiled);
  }

  /** Binds buffers in the order of the bindings. */
  bind(resources: readonly Resource[]): GPUBindGroup {
    return this.gpu.device.createBindGroup({
      label: this.label,
      layout: this.compiled.layout,
      entries: resources.map((resource, binding) => ({
        binding,
        resource: "buffer" in resource ? resource : { buffer: resource },
      })),
    });
  }

  /** Adds one dispatch to a pass. */
  dispatch(pass: GPUComputePassEncoder, group: GPUBindGroup, numWorkgroups: number): void {
    pass.setPipeline(this.compiled.pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(numWorkgroups);
  }
}

function compile(gpu: GraphicsDevice, label: string, bindings: readonly Binding[], code: string): Compiled {
  const { device } = gpu;
  gpu.expectCompiling();
  const types = { uniform: "uniform", read: "read-only-storage", write: "storage" } as const;
  const layout = device.createBindGroupLayout({
    label,
    entries: bindings.map(({ access }, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: types[access] },
    })),
  });
  const pipeline = device.createComputePipeline({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code }) },
  });
  return { layout, pipeline };
}
