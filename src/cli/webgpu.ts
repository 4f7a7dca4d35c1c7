import { openedDevice } from "../compute/gpu/device.js";

/** The package that gives Node WebGPU; it need not be there. */
const PACKAGE = "webgpu";

interface WebgpuPackage {
  create(options: readonly string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

/**
 * Gives Node the `navigator.gpu` of a browser, by Dawn, if the package is installed: it is loaded only once somebody
 * asks for an adapter. Which driver it takes is up to `VK_DRIVER_FILES`.
 */
export function offerWebgpu(): void {
  if (globalThis.navigator?.gpu) return;
  let loading: Promise<GPU | null> | null = null;
  const load = async (): Promise<GPU | null> => {
    try {
      // Under a name that no bundler follows: nobody who trains on the CPU has to have it.
      const { create, globals } = (await import(/* @vite-ignore */ PACKAGE)) as WebgpuPackage;
      Object.assign(globalThis, globals);
      return create([]);
    } catch {
      return null;
    }
  };
  const gpu = {
    async requestAdapter(options?: GPURequestAdapterOptions) {
      loading ??= load();
      return (await loading)?.requestAdapter(options) ?? null;
    },
  };
  // Node before 21 has no navigator; that of later ones takes no assignment.
  const navigator = globalThis.navigator ?? {};
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
}

/** Closes the graphics device if one was opened: a live one keeps the process alive. */
export async function closeWebgpu(): Promise<void> {
  (await openedDevice())?.device.destroy();
}
