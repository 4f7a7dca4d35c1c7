import { engine, env, type KernelBackend, registerBackend, removeBackend, setBackend } from "@tensorflow/tfjs-core";
import { DeviceLostError, messageOf, TrainingError } from "../../core/errors.js";
import { adoptDevice, type GraphicsDevice, openDevice } from "../gpu/device.js";
import { wasmFiles } from "./wasm-files.js";

/** The tfjs backends that serve as engines. */
export type TfjsBackend = "cpu" | "wasm" | "webgpu";

/** One started backend. It ends when its graphics device is lost; `openBackend` then starts another. */
export interface BackendSession {
  readonly name: TfjsBackend;
  readonly backend: KernelBackend;
  /** What the webgpu backend computes on; null for the others. */
  readonly graphics: GraphicsDevice | null;
}

const opening = new Map<TfjsBackend, Promise<BackendSession | null>>();

/**
 * Starts a backend once and leaves tfjs's current backend as it was; null where this platform lacks it.
 *
 * A backend that a person's own model has started already is shared.
 */
export async function openBackend(name: TfjsBackend): Promise<BackendSession | null> {
  const earlier = await opening.get(name);
  if (earlier && isAlive(earlier)) return earlier;
  const session = start(name);
  opening.set(name, session);
  return session;
}

async function start(name: TfjsBackend): Promise<BackendSession | null> {
  const previous = engine().backendName;
  try {
    const found = engine().registry[name];
    const made = found ? { backend: found, graphics: await deviceOf(found) } : await make(name);
    if (!made) return null;
    const { backend, graphics } = made;
    if (!found) {
      // tfjs's own factories start the backend inside `setBackend`, which until then leaves its name and its instance
      // at odds for every other engine. With a started backend the switch is one synchronous step.
      if (name in engine().registryFactory) removeBackend(name);
      registerBackend(name, () => backend);
    }
    // `setBackend` answers false for a backend that does not start, while `getBackend` already names it.
    const started = await setBackend(name);
    if (!started) return null;
    void graphics?.ended.then(() => {
      if (engine().registry[name] === backend) removeBackend(name);
    });
    return { name, backend, graphics };
  } catch (error) {
    console.warn(`The ${name} backend of TensorFlow.js does not start here: ${messageOf(error)}`);
    return null;
  } finally {
    if (engine().registry[previous]) await setBackend(previous);
  }
}

/** The device of a webgpu backend that a person's own model has started; null for other backends. */
async function deviceOf(backend: KernelBackend): Promise<GraphicsDevice | null> {
  const device: unknown = Reflect.get(backend, "device");
  return typeof GPUDevice !== "undefined" && device instanceof GPUDevice ? adoptDevice(device) : null;
}

/** Loads a backend's package, which registers its kernels, and makes an instance. */
async function make(
  name: TfjsBackend,
): Promise<{ readonly backend: KernelBackend; readonly graphics: GraphicsDevice | null } | null> {
  switch (name) {
    case "cpu": {
      const { MathBackendCPU } = await import("@tensorflow/tfjs-backend-cpu");
      const backend = new MathBackendCPU();
      // In Node its first tensor prints an advertisement, which production mode keeps back.
      const isProduction = env().getBool("PROD");
      env().set("PROD", true);
      backend.disposeData(backend.write(new Float32Array(1), [1], "float32"));
      env().set("PROD", isProduction);
      return { backend, graphics: null };
    }
    case "wasm": {
      const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
      const files = await wasmFiles();
      if (files) setWasmPaths(files);
      // Its threads come from a Worker made of text, which the page's content security policy refuses; for networks
      // of this size they gained nothing.
      env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
      return { backend: await engine().findBackendFactory("wasm")(), graphics: null };
    }
    case "webgpu": {
      // tfjs's own factory takes the adapter for granted, and makes a device of its own.
      const graphics = await openDevice();
      if (!graphics) return null;
      const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
      return { backend: new WebGPUBackend(graphics.device, graphics.info), graphics };
    }
    default:
      return name satisfies never;
  }
}

/** Whether the backend still runs: not after its graphics device was lost. */
function isAlive({ name, backend, graphics }: BackendSession): boolean {
  return !graphics?.loss && engine().registry[name] === backend;
}

/** The error for work that its backend can no longer finish. */
function lostError({ name, graphics }: BackendSession): TrainingError {
  return graphics?.loss ?? new DeviceLostError("device", `the ${name} backend of TensorFlow.js was removed`);
}

/**
 * Runs synchronous tensor work on a backend and switches back.
 *
 * tfjs has one backend for the whole process, and a kernel runs on the one of the moment, wherever its tensors are:
 * each piece of work has to say where. Throws `DeviceLostError` after the device was lost.
 */
export function onBackend<T>(session: BackendSession, work: () => T): T {
  if (!isAlive(session)) throw lostError(session);
  const previous = engine().backendName;
  if (previous === session.name) return work();
  switchTo(session.name);
  try {
    return work();
  } finally {
    if (engine().registry[previous]) switchTo(previous);
  }
}

/** Switches to a started backend, for which `setBackend` is done before its promise is. */
function switchTo(name: string): void {
  void setBackend(name);
  if (engine().backend !== engine().registry[name]) throw new TrainingError(`tfjs did not switch to ${name}`);
}
