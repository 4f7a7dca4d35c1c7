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

  /**
   * A float32 tensor of its own out of a part of a packed buffer (usage `COPY_SRC`), from byte `offset` on, a multiple
   * of four. tfjs binds whole buffers only, so the part is copied; nothing leaves the device.
   */
  unpack(buffer: GPUBuffer, offset: number, shape: readonly number[]): Tensor;

  /** Copies a float32 tensor into a packed buffer (usage `COPY_DST`) from byte `offset` on, without leaving the device. */
  pack(tensor: Tensor, buffer: GPUBuffer, offset: number): void;
}

/** Opens tfjs's webgpu backend to share its device; null where there is no adapter. */
export async function openSharedDevice(): Promise<SharedDevice | null> {
  const session = await openBackend("webgpu");
  if (!session || !(session.backend instanceof WebGPUBackend)) return null;
  const { backend } = session;
  const { device } = backend;
  const flush = () => {
    // `submitQueue` fails when nothing is pending, and only this private member tells. tfjs is pinned for it.
    if (!Reflect.get(backend, "commandEncoder")) return;
    backend.endComputePassEncoder();
    backend.submitQueue();
  };
  const copy = (from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number) => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
    device.queue.submit([encoder.finish()]);
  };
  return {
    device,
    flush,
    unpack(buffer, offset, shape) {
      const size = 4 * shape.reduce((product, length) => product * length, 1);
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const part = device.createBuffer({ size, usage });
      // What tfjs has put off may still write the buffer, where it was wrapped.
      flush();
      copy(buffer, offset, part, 0, size);
      // tfjs copies once more into a buffer of its pool, so that the tensor releases what it holds.
      const made = onBackend(session, () => tensor({ buffer: part }, [...shape], "float32"));
      part.destroy();
      return made;
    },
    pack(source, buffer, offset) {
      const { tensorRef, buffer: part } = onBackend(session, () => source.dataToGPU());
      if (!part) throw new TypeError("expected a tensor on the graphics device, got one on the CPU");
      flush();
      copy(part, 0, buffer, offset, 4 * source.size);
      tensorRef.dispose();
    },
    wrap: (buffer, shape) => onBackend(session, () => tensor({ buffer, zeroCopy: true }, [...shape], "float32")),
  };
}
