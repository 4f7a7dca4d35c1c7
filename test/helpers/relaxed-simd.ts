import { setFlagsFromString } from "node:v8";

/** Lets Node 20 run relaxed SIMD, which is behind a flag there; later versions know it and no longer the flag. */
export function allowRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
