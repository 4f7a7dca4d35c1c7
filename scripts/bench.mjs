#!/usr/bin/env node
import { pathToFileURL } from "node:url";
import { ensureInstalled, requireNode } from "./lib/install.mjs";

// Measures what README.md and docs/performance.md state; docs/performance.md explains the rows.
requireNode();
ensureInstalled({ dev: true });
const { bundleBench, ChromiumPlace } = await import("./lib/bench.mjs");
const { measureInNode } = await import("./lib/measure.mjs");
const { ROOT } = await import("./lib/tools.mjs");
const bundle = await bundleBench();
const { main } = await import(pathToFileURL(`${bundle}/node/main.js`).href);

let chromium = null;
try {
  process.exitCode = await main(process.argv.slice(2), {
    node: { version: null, measure: (task, flags) => measureInNode(bundle, ROOT, task, flags) },
    openChromium: async () => {
      chromium = await ChromiumPlace.open(bundle);
      return chromium;
    },
    print: (text) => console.log(text),
    report: (text) => console.error(text),
  });
} finally {
  await chromium?.close();
}
