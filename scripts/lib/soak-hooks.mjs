// What the soak test puts into the page and its training Workers, from outside: nothing of it is in the product.

/** Runs in the page before its scripts: Workers first load the hooks below, and can be ended. */
export function hookPage(workerHooks) {
  const Original = globalThis.Worker;
  const hooksUrl = URL.createObjectURL(new Blob([`(${workerHooks})();`], { type: "text/javascript" }));
  globalThis.soak = { workers: [], samples: [], bus: new BroadcastChannel("soak"), counts: null };
  globalThis.soak.bus.onmessage = ({ data }) => {
    if (data.counts) globalThis.soak.counts = data.counts;
  };
  globalThis.Worker = class extends Original {
    constructor(url, options) {
      // Imported in this order, so the hooks are there before the Worker's own code.
      const script = [hooksUrl, new URL(url, location.href).href].map((part) => `import ${JSON.stringify(part)};`);
      super(URL.createObjectURL(new Blob(script, { type: "text/javascript" })), options);
      globalThis.soak.workers.push(this);
    }
  };
  // What the run looks like, closely spaced, so that the moment of a loss and of the recovery can be told.
  setInterval(() => {
    const run = document.querySelector("vitrine-lab")?.lab?.session?.first;
    if (!run) return;
    globalThis.soak.samples.push({
      time: performance.now(),
      phase: run.phase,
      step: run.progress?.step ?? 0,
      seconds: run.progress?.seconds ?? 0,
      checkpoint: run.checkpoint?.step ?? 0,
      losses: run.losses,
      engine: run.engine?.chosen ?? null,
    });
  }, 20);
}

/** Runs in each training Worker before its script: knows its graphics devices, counts buffers, takes commands. */
export function hookWorker() {
  const devices = [];
  let buffers = 0;
  if (globalThis.GPUAdapter) {
    // As a graphics card would, so that a device which does not answer is given up as soon as one of those.
    const info = { vendor: "soak", architecture: "", device: "", description: "", isFallbackAdapter: false };
    Object.defineProperty(GPUAdapter.prototype, "info", { get: () => info });
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await requestDevice.apply(this, args);
      devices.push(device);
      return device;
    };
    const { createBuffer } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (...args) {
      buffers++;
      return createBuffer.apply(this, args);
    };
    const { destroy } = GPUBuffer.prototype;
    const gone = new WeakSet();
    GPUBuffer.prototype.destroy = function () {
      if (!gone.has(this)) buffers--;
      gone.add(this);
      return destroy.apply(this);
    };
  }
  const commands = {
    destroy: () => devices.at(-1)?.destroy(),
    memory: () =>
      devices
        .at(-1)
        ?.dispatchEvent(
          new GPUUncapturedErrorEvent("uncapturederror", { error: new GPUOutOfMemoryError("soak: no room") }),
        ),
    allocation: () => {
      setTimeout(() => {
        throw new RangeError("Array buffer allocation failed");
      });
    },
    stall: () => {
      GPUBuffer.prototype.mapAsync = () => new Promise(() => {});
    },
    hang: () => {
      for (;;);
    },
    crash: () => {
      setTimeout(() => {
        throw new Error("soak: the worker broke");
      });
    },
    count: () => bus.postMessage({ counts: { devices: devices.length, buffers } }),
  };
  const bus = new BroadcastChannel("soak");
  bus.onmessage = ({ data }) => commands[data.command]?.();
}
