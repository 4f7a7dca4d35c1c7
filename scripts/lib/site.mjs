import { buildKernels } from "../kernels.mjs";
import { makeWhenChanged } from "./stamp.mjs";
import { ROOT } from "./tools.mjs";

/** The built page, as `vite.config.ts` writes it. */
export const SITE = "dist/site";
/** The page's element as a module for other pages, as `vite.lab.config.ts` writes it. */
export const LAB_MODULE = "dist/vitrine-lab.js";

const SOURCES = ["index.html", "public", "src", "package-lock.json", "tsconfig.json"];

/**
 * Builds the page when its sources changed.
 * @returns {Promise<boolean>} whether it was built
 */
export async function buildSite() {
  await buildKernels();
  return makeWhenChanged({
    name: "site",
    sources: [...SOURCES, "vite.config.ts"],
    outputs: [`${SITE}/index.html`],
    make: () => viteBuild("vite.config.ts"),
  });
}

/**
 * Builds the element for other pages when its sources changed.
 * @returns {Promise<boolean>} whether it was built
 */
export async function buildLabModule() {
  await buildKernels();
  return makeWhenChanged({
    name: "lab-module",
    sources: [...SOURCES, "vite.config.ts", "vite.lab.config.ts"],
    outputs: [LAB_MODULE],
    make: () => viteBuild("vite.lab.config.ts"),
  });
}

/** @param {string} configFile */
async function viteBuild(configFile) {
  const { build } = await import("vite");
  // A test runner's NODE_ENV would bring in the libraries' development builds.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    await build({ root: ROOT, configFile: `${ROOT}/${configFile}`, logLevel: "warn" });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}
