import { existsSync } from "node:fs";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

/** A software WebGPU adapter in headless Chromium, canvas included; see docs/development.md. */
export const CHROMIUM_FLAGS = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--use-angle=swiftshader",
  "--ignore-gpu-blocklist",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Set by scripts/test.mjs; Playwright's own browser is used when empty. */
const executablePath = process.env["CHROMIUM"] || (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);
const icd = "/usr/lib/chromium/vk_swiftshader_icd.json";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.browser.test.ts", "test/**/*.dawn.test.ts", "test/**/*.e2e.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        // WebGPU in Node, on a software adapter.
        test: {
          name: "dawn",
          include: ["test/**/*.dawn.test.ts"],
          pool: "forks",
          testTimeout: 120_000,
          env: { VK_DRIVER_FILES: process.env["VK_DRIVER_FILES"] ?? icd },
        },
      },
      {
        optimizeDeps: {
          include: [
            "@tensorflow/tfjs-core",
            "@tensorflow/tfjs-backend-cpu",
            "@tensorflow/tfjs-backend-wasm",
            "@tensorflow/tfjs-backend-webgpu",
            "lit",
            "lit/decorators.js",
            "uplot",
            "valibot",
          ],
        },
        test: {
          name: "browser",
          include: ["test/**/*.browser.test.ts"],
          testTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath, chromiumSandbox: false, args: CHROMIUM_FLAGS } }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        // The built page and the command line, as a person meets them.
        test: {
          name: "e2e",
          include: ["test/**/*.e2e.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
