import workerUrl from "../training/worker.ts?worker&url";

/** Starts a training Worker. */
export const createTrainingWorker = (): Worker => startWorker(workerUrl, "vitrine");

/**
 * Starts a Worker from the address of its script.
 *
 * A browser refuses a Worker script from another origin than the page's, as when the element is embedded from
 * elsewhere. Then a small script of the page's own origin imports it; where blobs are refused too, the `error` event
 * of the Worker tells.
 */
export function startWorker(address: string, name: string): Worker {
  const url = new URL(address, import.meta.url);
  if (url.origin === location.origin) return new Worker(url, { type: "module", name });
  const script = new Blob([`import ${JSON.stringify(url.href)};`], { type: "text/javascript" });
  const blobUrl = URL.createObjectURL(script);
  const worker = new Worker(blobUrl, { type: "module", name });
  // The script has been fetched by the time the Worker first speaks.
  worker.addEventListener("message", () => URL.revokeObjectURL(blobUrl), { once: true });
  return worker;
}
