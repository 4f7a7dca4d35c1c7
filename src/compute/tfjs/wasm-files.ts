/** Names of the binaries of the wasm backend, as tfjs asks for them. */
type WasmBinary = "tfjs-backend-wasm.wasm" | "tfjs-backend-wasm-simd.wasm" | "tfjs-backend-wasm-threaded-simd.wasm";

/**
 * Addresses of the wasm backend's binaries on our own origin; null in Node, where tfjs finds them beside its code.
 *
 * They are in the bundle, so nothing is asked of a content delivery network. The threaded one is never loaded (see
 * `backend.ts`), but tfjs insists on an address for it.
 */
export async function wasmFiles(): Promise<Record<WasmBinary, string> | null> {
  if (globalThis.process?.versions?.node) return null;
  const [plain, simd] = await Promise.all([
    import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url"),
    import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url"),
  ]);
  return {
    "tfjs-backend-wasm.wasm": plain.default,
    "tfjs-backend-wasm-simd.wasm": simd.default,
    "tfjs-backend-wasm-threaded-simd.wasm": simd.default,
  };
}
