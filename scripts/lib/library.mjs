import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildKernels } from "../kernels.mjs";
import { makeWhenChanged } from "./stamp.mjs";
import { ROOT, runPackage } from "./tools.mjs";

/**
 * Builds the ESM library with its types, file by file, when its sources changed: `dist/index.js`, `dist/node.js`
 * and the `vitrine` command, `dist/cli/bin.js`.
 * @returns {Promise<boolean>} whether it was built
 */
export async function buildLibrary() {
  await buildKernels();
  return makeWhenChanged({
    name: "library",
    sources: ["src", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
    outputs: ["dist/index.js", "dist/index.d.ts", "dist/node.js", "dist/cli/bin.js"],
    make: () => {
      removeEarlier();
      if (runPackage("typescript/bin/tsc", ["--project", "tsconfig.build.json"]) !== 0) {
        throw new Error("The library could not be built: see above.");
      }
      chmodSync(join(ROOT, "dist/cli/bin.js"), 0o755);
    },
  });
}

/** What an earlier build left of the library; files that no longer have a source must not be shipped. */
function removeEarlier() {
  const folders = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  // dist/lab holds parts of the page's own module.
  const names = folders.map((entry) => entry.name).filter((name) => name !== "lab");
  for (const name of [...names, "index.js", "index.d.ts", "node.js", "node.d.ts"]) {
    const path = join(ROOT, "dist", name);
    if (existsSync(path)) rmSync(path, { recursive: true });
  }
}
