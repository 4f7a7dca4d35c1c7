import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM_FLAGS, findChromium, softwareVulkan } from "./scripts/lib/chromium.mjs";

export { CHROMIUM_FLAGS };

const chromium = await findChromium();

export default defineConfig({
  test: {
    // Kernels first, whichever tests are asked for.
    globalSetup: ["test/setup/kernels.ts"],
    projects: [
      {
        test: {
          name: "node",
          sequence: { groupOrder: 0 },
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.browser.test.ts", "test/**/*.dawn.test.ts", "test/**/*.e2e.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        // WebGPU in Node, on a software adapter.
        test: {
          name: "dawn",
          sequence: { groupOrder: 1 },
          include: ["test/**/*.dawn.test.ts"],
          pool: "forks",
          testTimeout: 120_000,
          env: softwareVulkan(chromium),
        },
      },
      {
        optimizeDeps: {
          include: [
            "@tensorflow/tfjs-core",
            "@tensorflow/tfjs-backend-cpu",
            "@tensorflow/tfjs-backend-wasm",
            "@tensorflow/tfjs-backend-webgpu",
            "fast-check",
            "lit",
            "lit/decorators.js",
            "lit/directives/repeat.js",
            "@lit/localize",
            "uplot",
            "valibot",
          ],
        },
        test: {
          name: "browser",
          sequence: { groupOrder: 2 },
          include: ["test/**/*.browser.test.ts"],
          // A page has no environment of its own: this is its `import.meta.env`.
          env: { CI: process.env["CI"] ?? "" },
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              // Playwright's own browser when none was found.
              launchOptions: { executablePath: chromium ?? undefined, chromiumSandbox: false, args: CHROMIUM_FLAGS },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        // The built page and the command line, as a person meets them.
        test: {
          name: "e2e",
          sequence: { groupOrder: 3 },
          globalSetup: ["test/setup/site.ts"],
          include: ["test/**/*.e2e.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
