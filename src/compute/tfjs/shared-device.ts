import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { onBackend, openBackend } from "./backend.js";

/** The graphics device of tfjs, for compute passes of our own on the same buffers. */
export interface SharedDevice {
  readonly device: GPUDevice;

  /**
   * Submits what tfjs has put off. Call it before every submit of our own: tfjs collects up to fifteen passes, and
   * ours would overtake those that still have to read a buffer.
   */
  flush(): void;

  /**
   * A float32 tensor on a whole buffer (usage `STORAGE | COPY_SRC`), which stays ours, without a copy.
   *
   * Wrap the buffer again after each change: a tensor once read keeps the values it had.
   */
  wrap(buffer: GPUBuffer, shape: readonly number[]): Tensor;
}

/** Opens tfjs's webgpu backend to share its device; null where there is no adapter. */
export async function openSharedDevice(): Promise<SharedDevice | null> {
  const session = await openBackend("webgpu");
  if (!session || !(session.backend instanceof WebGPUBackend)) return null;
  const { backend } = session;
  return {
    device: backend.device,
    flush() {
      // `submitQueue` fails when nothing is pending, and only this private member tells. tfjs is pinned for it.
      if (!Reflect.get(backend, "commandEncoder")) return;
      backend.endComputePassEncoder();
      backend.submitQueue();
    },
    wrap: (buffer, shape) => onBackend(session, () => tensor({ buffer, zeroCopy: true }, [...shape], "float32")),
  };
}
