import { describeAdapter, requestAdapter } from "../../src/compute/gpu/adapter.js";
import { GraphicsDevice } from "../../src/compute/gpu/device.js";

/** A device of its own with WebGPU's default limits, whatever the adapter offers; null where there is none. */
export async function openPlainDevice(): Promise<GraphicsDevice | null> {
  const adapter = await requestAdapter();
  return adapter && new GraphicsDevice(await adapter.requestDevice(), adapter.info, describeAdapter(adapter.info));
}
