import { DeviceLostError, messageOf } from "../../core/errors.js";
import { type AdapterReport, describeAdapter, requestAdapter } from "./adapter.js";

/** How long a failed piece of work waits to hear whether the device is lost. */
const PATIENCE_MS = 100;

/**
 * The one graphics device of this thread: tfjs and our own passes share it, so that a buffer of one is a tensor of the
 * other.
 *
 * It ends when the device is lost, destroyed or out of memory; `openDevice` then opens another.
 */
export class GraphicsDevice {
  /** Why it ended; null while it works. */
  loss: DeviceLostError | null = null;
  /** Resolves when the device ends. */
  readonly ended: Promise<DeviceLostError>;

  constructor(
    readonly device: GPUDevice,
    /** As the adapter gave it; tfjs tunes its kernels by it. */
    readonly info: GPUAdapterInfo,
    readonly adapter: AdapterReport,
  ) {
    this.ended = device.lost.then(
      ({ reason, message }) => (this.loss ??= new DeviceLostError("device", lossText(reason, message))),
    );
    device.addEventListener("uncapturederror", this.onError as EventListener);
  }

  /** Throws the `DeviceLostError` of a device that has ended. */
  check(): void {
    if (this.loss) throw this.loss;
  }

  /**
   * The loss behind an error of work on this device, or the error itself: a lost device fails in many words, and often
   * before it says that it is lost.
   */
  async explain(error: unknown): Promise<unknown> {
    if (!this.loss) await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    // A read-back fails with one of these two when its device is gone; the graphics process dies without a word.
    const isGone = error instanceof DOMException && ["AbortError", "OperationError"].includes(error.name);
    return this.loss ?? (isGone ? new DeviceLostError("device", lossText("unknown", error.message)) : error);
  }

  /** A failed allocation leaves buffers that hold nothing; what is computed on them is worthless. */
  private readonly onError = (event: GPUUncapturedErrorEvent): void => {
    const { error } = event;
    // By name: in Node the class is a global only once it has been installed.
    if (error.constructor.name !== "GPUOutOfMemoryError") return;
    event.preventDefault();
    this.loss ??= new DeviceLostError("memory", `the graphics device is out of memory: ${error.message}`);
    this.device.destroy();
  };
}

let opening: Promise<GraphicsDevice | null> = Promise.resolve(null);

/**
 * Opens this thread's graphics device, or hands out the one that is open; null where there is no WebGPU or adapter.
 *
 * It gets the limits that the adapter has, of those that tfjs's kernels and ours make use of: more storage buffers in
 * a stage than the default 8, larger bindings and more memory for a workgroup.
 */
export function openDevice(): Promise<GraphicsDevice | null> {
  opening = opening.then((open) => (open && !open.loss ? open : request()));
  return opening;
}

/** Makes a device that tfjs opened by itself, for a model of a person's own, this thread's device as well. */
export function adoptDevice(device: GPUDevice): Promise<GraphicsDevice | null> {
  opening = opening.then((open) =>
    open && !open.loss ? open : new GraphicsDevice(device, device.adapterInfo, describeAdapter(device.adapterInfo)),
  );
  return opening;
}

async function request(): Promise<GraphicsDevice | null> {
  try {
    const adapter = await requestAdapter();
    if (!adapter) return null;
    const device = await adapter.requestDevice({ requiredLimits: limitsOf(adapter) });
    return new GraphicsDevice(device, adapter.info, describeAdapter(adapter.info));
  } catch (error) {
    console.warn(`The graphics device does not start here: ${messageOf(error)}`);
    return null;
  }
}

/** Of the limits that make a difference, all that the adapter has. */
function limitsOf({ limits }: GPUAdapter): Record<string, number> {
  const {
    maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize,
    maxComputeWorkgroupsPerDimension,
    maxStorageBufferBindingSize,
    maxBufferSize,
    maxComputeWorkgroupSizeX,
    maxComputeInvocationsPerWorkgroup,
  } = limits;
  return {
    maxStorageBuffersPerShaderStage,
    maxComputeWorkgroupStorageSize,
    maxComputeWorkgroupsPerDimension,
    maxStorageBufferBindingSize,
    maxBufferSize,
    maxComputeWorkgroupSizeX,
    maxComputeInvocationsPerWorkgroup,
  };
}

function lossText(reason: string, message: string): string {
  const why = message.trim().replace(/\.$/, "") || reason;
  return `the graphics device was lost (${why}): load the engine again and go on from the last checkpoint`;
}
