import { rmSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import { compactStyles } from "./vite.config.js";

/** Parts of the element, beside it. */
const PARTS = "lab";

/** Parts have their hash in their names, so those of earlier builds would pile up. */
function removeOldParts(): Plugin {
  return {
    name: "vitrine-remove-old-parts",
    apply: "build",
    buildStart() {
      rmSync(`dist/${PARTS}`, { recursive: true, force: true });
    },
  };
}

/**
 * The embeddable element, as `dist/vitrine-lab.js`; its Worker and lazily loaded parts lie in `dist/lab/` and are
 * found relative to it, wherever it is served from.
 */
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    assetsDir: PARTS,
    // A page of another origin need not allow preloads, and may forbid them.
    modulePreload: false,
    rollupOptions: {
      input: { "vitrine-lab": "src/lab/embed.ts" },
      preserveEntrySignatures: "exports-only",
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: `${PARTS}/[name]-[hash].js`,
        assetFileNames: `${PARTS}/[name]-[hash][extname]`,
      },
    },
  },
  worker: { format: "es" },
  plugins: [removeOldParts(), compactStyles()],
});
