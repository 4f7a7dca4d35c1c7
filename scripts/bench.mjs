#!/usr/bin/env node
import { pathToFileURL } from "node:url";
import { ensureInstalled, requireNode } from "./lib/install.mjs";

// Measures what README.md and docs/performance.md state; docs/performance.md explains the rows.
requireNode();
ensureInstalled({ dev: true });
const { bundleBench, ChromiumPlace, measureInNode } = await import("./lib/bench.mjs");
const bundle = await bundleBench();
const { main } = await import(pathToFileURL(`${bundle}/node/main.js`).href);

let chromium = null;
try {
  process.exitCode = await main(process.argv.slice(2), {
    node: { version: null, measure: (task, flags) => measureInNode(bundle, task, flags) },
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
