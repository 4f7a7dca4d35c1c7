import { create, globals } from "webgpu";

/**
 * Gives Node the WebGPU of a browser: `navigator.gpu` by Dawn, and its constants.
 *
 * Call it before the first import of tfjs's webgpu backend. Which driver Dawn takes is up to `VK_DRIVER_FILES` (see
 * `vitest.config.ts`). A live device keeps the process alive: destroy it after the last test.
 */
export function installWebgpu(): void {
  Object.assign(globalThis, globals);
  const navigator = { gpu: create([]), userAgent: "node", hardwareConcurrency: 1 };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
}
