/**
 * Gives Node the WebGPU of a browser, on whatever Vulkan device its driver offers; browsers have it already.
 *
 * Nothing happens where the `webgpu` package or its binary for this platform is missing: then there is no adapter.
 */
export async function provideWebgpu(): Promise<void> {
  if (globalThis.navigator?.gpu) return;
  try {
    const { create, globals } = await import("webgpu");
    Object.assign(globalThis, globals);
    const navigator = { gpu: create([]), userAgent: "node" };
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
  } catch (error) {
    console.warn(`WebGPU is not here: ${error instanceof Error ? error.message : error}`);
  }
}

/** What was asked of the device since the counter was made. */
export interface Traffic {
  dispatches: number;
  bytesRead: number;
}

/** Counts dispatches and bytes read back, whoever causes them; null where there is no WebGPU. */
export function countTraffic(): Traffic | null {
  if (typeof GPUComputePassEncoder === "undefined") return null;
  const traffic: Traffic = { dispatches: 0, bytesRead: 0 };
  const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...sizes) {
    traffic.dispatches++;
    return dispatchWorkgroups.apply(this, sizes);
  };
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (...range) {
    traffic.bytesRead += this.size;
    return mapAsync.apply(this, range);
  };
  return traffic;
}
