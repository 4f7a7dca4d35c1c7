import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";

/**
 * Writes the page's content security policy: everything from its own origin, its one inline style by hash, WASM, and
 * Workers. A `meta` rather than a header, so that any static server serves it.
 */
export function contentSecurityPolicy(): Plugin {
  return {
    name: "vitrine-content-security-policy",
    transformIndexHtml: {
      order: "post",
      handler(html, { server }) {
        // The development server injects scripts and styles of its own.
        if (server) return html;
        const hashes = [...html.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(
          ([, style]) => `'sha256-${createHash("sha256").update(style).digest("base64")}'`,
        );
        const policy = [
          "default-src 'none'",
          "script-src 'self' 'wasm-unsafe-eval'",
          "worker-src 'self'",
          `style-src 'self' ${hashes.join(" ")}`,
          "img-src 'self' data:",
          "connect-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
        ].join("; ");
        const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
        return html.replace('<meta charset="utf-8" />', `<meta charset="utf-8" />\n    ${meta}`);
      },
    },
  };
}

/** Takes indents and line breaks out of the styles of elements, which no minifier touches: a kilobyte of the page. */
export function compactStyles(): Plugin {
  return {
    name: "vitrine-compact-styles",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!/\/src\/(elements|lab)\/[\w-]+\.ts$/.test(id)) return null;
      const compact = code.replace(/\bcss`([^`]*)`/g, (_, rules: string) => {
        const short = rules.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s+/g, " ");
        return `css\`${short.replace(/ ?([{};]) ?/g, "$1").replace(/;}/g, "}")}\``;
      });
      return { code: compact, map: null };
    },
  };
}

/** The page, as `dist/site`: relative addresses, so that it may lie anywhere. */
export default defineConfig({
  base: "./",
  build: {
    outDir: "dist/site",
    target: "es2022",
    chunkSizeWarningLimit: 400,
  },
  // What the Worker loads says so in its name.
  worker: {
    format: "es",
    rollupOptions: { output: { chunkFileNames: "assets/worker-[name]-[hash].js" } },
  },
  plugins: [contentSecurityPolicy(), compactStyles()],
});
