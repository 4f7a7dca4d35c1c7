#!/usr/bin/env node
import { buildKernels } from "./kernels.mjs";
import { CHECKS } from "./lib/checks.mjs";
import { ensureInstalled, requireNode } from "./lib/install.mjs";

requireNode();
ensureInstalled({ dev: true });
// Types and imports of the generated kernels have to be there.
await buildKernels();
const failed = CHECKS.filter((check) => check.run() !== 0).map((check) => check.name);
if (failed.length > 0) console.error(`Failed: ${failed.join(", ")}.`);
process.exit(failed.length > 0 ? 1 : 0);
