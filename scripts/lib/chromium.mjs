import { accessSync, constants, existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ROOT, run, runPackage } from "./tools.mjs";

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

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ICD = "vk_swiftshader_icd.json";

/**
 * A Chromium on this machine: `$CHROMIUM`, one on the path, or the one that Playwright keeps.
 * @returns {Promise<string | null>} the path of its executable
 */
export async function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return named;
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of NAMES) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found) return found;
  }
  return playwrightChromium();
}

/**
 * Installs a Chromium: Debian's package when root on Debian, else (or when that fails) Playwright's own.
 * @returns {Promise<string | null>} the path of its executable, or null when it could not be installed
 */
export async function installChromium() {
  if (process.getuid?.() === 0 && isDebian()) {
    console.log("Installing Chromium (Debian's package) …");
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    // Lists that are out of date point at packages that are gone.
    run("apt-get", ["update", "-qq"], env);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], env);
    const installed = await findChromium();
    if (installed) return installed;
  }
  console.log("Installing Chromium (Playwright's own) …");
  runPackage("playwright/cli.js", ["install", "chromium"]);
  return findChromium();
}

/**
 * The environment in which Dawn (WebGPU in Node) finds SwiftShader: Chromium ships the driver and the Vulkan loader.
 * @param {string | null} chromium
 * @returns {Record<string, string>} empty when there is none
 */
export function softwareVulkan(chromium) {
  const beside = chromium && existsSync(chromium) ? [dirname(realpathSync(chromium)), dirname(chromium)] : [];
  const folders = [...beside, "/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"];
  const folder = folders.find((candidate) => existsSync(join(candidate, ICD)));
  if (!folder) return {};
  const loaders = [process.env.LD_LIBRARY_PATH, folder].filter(Boolean).join(delimiter);
  return { VK_DRIVER_FILES: process.env.VK_DRIVER_FILES ?? join(folder, ICD), LD_LIBRARY_PATH: loaders };
}

async function playwrightChromium() {
  if (!existsSync(join(ROOT, "node_modules", "playwright"))) return null;
  const { chromium } = await import("playwright");
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}

function isDebian() {
  // Ubuntu's package only points at a snap, so it does not count.
  const release = "/etc/os-release";
  return existsSync(release) && /^ID="?debian"?$/m.test(readFileSync(release, "utf8"));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
