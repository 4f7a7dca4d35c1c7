import type { AdapterReport } from "../engine.js";

/** SwiftShader (Chromium), llvmpipe and lavapipe (Mesa), Microsoft's Basic Render Driver. */
const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** The adapter that the device is opened on; null where WebGPU or an adapter is missing. */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  // Node before 21 has no navigator at all, and not every browser has `gpu`.
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  return (await gpu?.requestAdapter({ powerPreference: "high-performance" })) ?? null;
}

/** Says which adapter WebGPU has here, and whether it is a software one; null where there is none. */
export async function adapterReport(): Promise<AdapterReport | null> {
  const adapter = await requestAdapter();
  return adapter && describeAdapter(adapter.info);
}

/** Reads a report out of what an adapter says of itself. */
export function describeAdapter(
  info: Pick<GPUAdapterInfo, "vendor" | "architecture" | "device" | "description" | "isFallbackAdapter">,
): AdapterReport {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  const isSoftware = isFallbackAdapter || SOFTWARE_NAMES.test(`${vendor} ${architecture} ${device} ${description}`);
  return { vendor, architecture, description, isSoftware };
}

/** Whether WebGPU's adapter is a software one: it counts as no GPU. False where there is none. */
export async function isSoftwareAdapter(): Promise<boolean> {
  return (await adapterReport())?.isSoftware ?? false;
}
