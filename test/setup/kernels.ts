import { buildKernels } from "../../scripts/kernels.mjs";

/** Builds the WASM kernels when their sources changed, so that `npx vitest run` works on its own. */
export async function setup(): Promise<void> {
  await buildKernels();
}
