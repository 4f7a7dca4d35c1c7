import type { GraphicsDevice } from "../gpu/device.js";

/**
 * Buffers of our own kernels.
 *
 * How a lost device shows itself: every read-back (`readBuffers`, and so each `iterate`, `getState`, `forward` and
 * `act` that waits for one) rejects with the device's `DeviceLostError`, and everything else on it throws the same by
 * `graphics.check()`. Engines and agents on it are dead then: dispose of them, open a fresh device, make them anew and
 * give them the last checkpoint.
 */
export function createStorage({ device }: GraphicsDevice, label: string, bytes: number): GPUBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return device.createBuffer({ label, size: Math.max(16, Math.ceil(bytes / 16) * 16), usage });
}

/** A uniform buffer of `bytes`. */
export function createUniform({ device }: GraphicsDevice, label: string, bytes: number): GPUBuffer {
  const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  return device.createBuffer({ label, size: Math.max(16, bytes), usage });
}

/** Fills a buffer from byte `offset` on. */
export function writeBuffer({ device }: GraphicsDevice, buffer: GPUBuffer, data: ArrayBufferView, offset = 0): void {
  device.queue.writeBuffer(buffer, offset, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/** Records passes and submits them at once. */
export function submit(graphics: GraphicsDevice, record: (pass: GPUComputePassEncoder) => void): void {
  graphics.check();
  const encoder = graphics.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  record(pass);
  pass.end();
  graphics.device.queue.submit([encoder.finish()]);
}

/** A part of a buffer; offset and size are multiples of four. */
export interface BufferPart {
  readonly buffer: GPUBuffer;
  readonly offset?: number;
  readonly bytes: number;
}

/**
 * Reads parts of buffers back, one after another in one array, once everything submitted before has run.
 *
 * Rejects with `DeviceLostError` when the device is lost.
 */
export async function readBuffers(graphics: GraphicsDevice, parts: readonly BufferPart[]): Promise<ArrayBuffer> {
  graphics.check();
  const { device } = graphics;
  const size = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  let at = 0;
  for (const { buffer, offset = 0, bytes } of parts) {
    encoder.copyBufferToBuffer(buffer, offset, staging, at, bytes);
    at += bytes;
  }
  device.queue.submit([encoder.finish()]);
  try {
    await graphics.wait(staging.mapAsync(GPUMapMode.READ));
    const copy = staging.getMappedRange().slice(0);
    graphics.check();
    return copy;
  } finally {
    staging.destroy();
  }
}
