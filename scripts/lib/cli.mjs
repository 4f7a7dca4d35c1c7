import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildKernels } from "../kernels.mjs";
import { contentHash } from "./stamp.mjs";
import { ROOT } from "./tools.mjs";

const FOLDER = join(ROOT, "build", "cli");
/** Bundles that are kept: one may still be running while sources change. */
const KEPT = 3;

/**
 * Bundles the command line when its sources changed.
 *
 * Each bundle lies in a folder named after the hash of its sources and is renamed into place, so that commands may
 * start at the same moment.
 * @returns {Promise<string>} the path of the bundle's entry
 */
export async function bundleCli() {
  await buildKernels();
  const pageOnly = ["elements", "lab"];
  const folders = readdirSync(join(ROOT, "src")).filter((name) => !pageOnly.includes(name));
  const sources = [...folders.map((name) => `src/${name}`), "package-lock.json", "scripts/lib/cli.mjs"];
  const target = join(FOLDER, contentHash(sources).slice(0, 16));
  const entry = join(target, "bin.js");
  if (existsSync(entry)) return entry;

  const unfinished = `${target}.${process.pid}`;
  mkdirSync(FOLDER, { recursive: true });
  await bundle(unfinished);
  try {
    renameSync(unfinished, target);
  } catch (error) {
    // Another command was faster; its bundle is the same.
    if (!existsSync(entry)) throw error;
    rmSync(unfinished, { recursive: true, force: true });
  }
  removeOld();
  return entry;
}

/** @param {string} outDir */
async function bundle(outDir) {
  const { build } = await import("vite");
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    // tfjs stays outside: it is large, and loaded only when one of its engines is asked for.
    ssr: { noExternal: true, external: tfjsPackages() },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: "node20",
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(
          ["bin", "command-worker", "seed-worker"].map((name) => [name, join(ROOT, `src/cli/${name}.ts`)]),
        ),
        // Side by side: the entry finds the threads' files next to itself.
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
}

/** The packages of TensorFlow.js, which a bundle for Node leaves outside. */
export function tfjsPackages() {
  return readdirSync(join(ROOT, "node_modules", "@tensorflow")).map((name) => `@tensorflow/${name}`);
}

function removeOld() {
  const ages = readdirSync(FOLDER).map((name) => ({ name, time: statSync(join(FOLDER, name)).mtimeMs }));
  for (const { name } of ages.sort((a, b) => b.time - a.time).slice(KEPT)) {
    rmSync(join(FOLDER, name), { recursive: true, force: true });
  }
}
