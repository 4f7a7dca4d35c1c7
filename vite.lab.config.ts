import { defineConfig } from "vite";

/**
 * The embeddable element, as `dist/vitrine-lab.js`; its Worker and lazily loaded parts lie in `dist/lab/` and are
 * found relative to it.
 */
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    assetsDir: "lab",
    rollupOptions: {
      input: { "vitrine-lab": "src/lab/embed.ts" },
      preserveEntrySignatures: "exports-only",
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "lab/[name]-[hash].js",
        assetFileNames: "lab/[name]-[hash][extname]",
      },
    },
  },
  worker: { format: "es" },
});
