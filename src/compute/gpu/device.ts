import { DeviceLostError, type LossKind, messageOf } from "../../core/errors.js";
import type { AdapterReport } from "../engine.js";
import { describeAdapter, requestAdapter } from "./adapter.js";

/** How long a failed piece of work waits to hear whether the device is lost. */
const HEARSAY_MS = 100;
/** A device that does not answer for this long hangs, unless it has taken half as long before. */
const HANG_MS = 3000;
/** The first answer after new shaders also waits until they are compiled. */
const COMPILING_HANG_MS = 30_000;
/** A software adapter takes many times as long for the same work, without hanging. */
const SOFTWARE_FACTOR = 20;

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
  /** Times that new shaders were handed over, and how many of these the answers so far have waited for. */
  private handedOver = 1;
  private compiled = 0;
  private longest = 0;
  /** Those who wait for an answer; a device can go without failing their work. */
  private readonly waiting = new Set<(loss: DeviceLostError) => void>();

  constructor(
    readonly device: GPUDevice,
    /** As the adapter gave it; tfjs tunes its kernels by it. */
    readonly info: GPUAdapterInfo,
    readonly adapter: AdapterReport,
  ) {
    this.ended = device.lost.then(({ reason, message }) => this.end("device", lossText(reason, message)));
    device.addEventListener("uncapturederror", this.onError as EventListener);
  }

  /** Throws the `DeviceLostError` of a device that has ended. */
  check(): void {
    if (this.loss) throw this.loss;
  }

  /**
   * Waits for an answer of the device, a read-back most of the time. Throws `DeviceLostError` when the device is lost,
   * or hangs: then it is given up.
   */
  async wait<T>(answer: Promise<T>): Promise<T> {
    this.check();
    const start = performance.now();
    const factor = this.adapter.isSoftware ? SOFTWARE_FACTOR : 1;
    const { handedOver } = this;
    const isCompiling = this.compiled < handedOver;
    const patience = isCompiling ? COMPILING_HANG_MS : HANG_MS;
    const limit = Math.max(factor * patience, 2 * this.longest);
    let reject: (loss: DeviceLostError) => void = () => {};
    const lost = new Promise<never>((_, fail) => {
      reject = fail;
    });
    this.waiting.add(reject);
    const timer = setTimeout(() => {
      this.end("silence", `the graphics device has not answered for ${Math.round(limit / 1000)} s`);
      this.device.destroy();
    }, limit);
    try {
      const value = await Promise.race([answer, lost]);
      // Work is done in order: what was handed over before this was asked is compiled.
      this.compiled = Math.max(this.compiled, handedOver);
      const elapsed = performance.now() - start;
      // What compiling took is not known: the next answer may take as long as all of it.
      this.longest = Math.max(this.longest, isCompiling ? elapsed / 2 : elapsed);
      return value;
    } catch (error) {
      throw await this.explain(error);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(reject);
    }
  }

  /** New shaders were handed to the device: the next answer may take as long as the first one. */
  expectCompiling(): void {
    this.handedOver++;
  }

  /**
   * The loss behind an error of work on this device, or the error itself: a lost device fails in many words, and often
   * before it says that it is lost.
   */
  async explain(error: unknown): Promise<unknown> {
    if (!this.loss) await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, HEARSAY_MS))]);
    // A read-back fails with one of these two when its device is gone; the graphics process dies without a word.
    const isGone = error instanceof DOMException && ["AbortError", "OperationError"].includes(error.name);
    return isGone ? this.end("device", lossText("unknown", error.message)) : (this.loss ?? error);
  }

  /**
   * An error that nobody asked about: memory ran out, or a kernel does not suit this driver. Either leaves buffers that
   * hold something else than they should, and what is computed on them is worthless.
   */
  private readonly onError = (event: GPUUncapturedErrorEvent): void => {
    const { error } = event;
    event.preventDefault();
    // By name: in Node the class is a global only once it has been installed.
    if (error.constructor.name === "GPUOutOfMemoryError") {
      this.end("memory", `the graphics device is out of memory: ${error.message}`);
    } else {
      this.end("device", `the graphics device refused its work: ${error.message}`);
    }
    this.device.destroy();
  };

  /** Notes why the device ended, the first reason only, and tells those who wait. */
  private end(kind: LossKind, detail: string): DeviceLostError {
    this.loss ??= new DeviceLostError(kind, detail);
    for (const reject of this.waiting) reject(this.loss);
    return this.loss;
  }
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

/** The device that is open, if any; opens none. */
export function openedDevice(): Promise<GraphicsDevice | null> {
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
